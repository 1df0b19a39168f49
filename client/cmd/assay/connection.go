package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"strings"

	"google.golang.org/grpc/test/bufconn"

	"github.com/assay-project/assay/client"
	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/rulebook/embedded"
	"github.com/assay-project/assay/server"
)

// connection says which service a command talks to.
type connection struct {
	Addr      string `placeholder:"TARGET" help:"Ask this assayd (host:port, unix:///path). Without it the service runs inside this process."`
	Rulebook  string `placeholder:"DIR" help:"Rulebook for the service inside this process; without it the embedded one."`
	TLSCA     string `name:"tls-ca" placeholder:"FILE" help:"Trust servers that these certificates (PEM) vouch for, instead of the system's."`
	TLSCert   string `name:"tls-cert" placeholder:"FILE" help:"Certificate (PEM) that this client shows; it is read again for each connection."`
	TLSKey    string `name:"tls-key" placeholder:"FILE" help:"Its key (PEM)."`
	TokenFile string `placeholder:"FILE" help:"Show the token or API key that this file holds; it is read again when it is renewed. Without it: what the variable ASSAY_TOKEN holds, if anything."`
	Insecure  bool   `help:"Connect without TLS. Loopback addresses and Unix sockets need no TLS anyway."`
}

// Validate is called by the parser.
func (c *connection) Validate() error {
	secure := c.TLSCA != "" || c.TLSCert != "" || c.TLSKey != ""
	switch {
	case c.Addr != "" && c.Rulebook != "":
		return errors.New("--rulebook goes without --addr: a server has a rulebook of its own")
	case c.Addr == "" && (secure || c.Insecure):
		return errors.New("the TLS flags and --insecure go with --addr")
	case c.Addr == "" && c.TokenFile != "":
		return errors.New("--token-file goes with --addr")
	case secure && c.Insecure:
		return errors.New("--insecure contradicts the TLS flags")
	case (c.TLSCert == "") != (c.TLSKey == ""):
		return errors.New("--tls-cert and --tls-key go together")
	}
	return nil
}

// A service is a client and what has to be shut after it.
type service struct {
	*client.Client
	shut func()
}

func (s service) close() {
	_ = s.Client.Close() // every call has ended
	s.shut()
}

// open connects to the service that the flags name.
func (c *connection) open() (service, error) {
	if c.Addr == "" {
		return c.start()
	}
	opts := []client.Option{client.WithUserAgent("assay/" + version())}
	if c.Insecure {
		opts = append(opts, client.WithInsecure())
	}
	config, err := c.tls()
	if err != nil {
		return service{}, err
	}
	if config != nil {
		opts = append(opts, client.WithTLS(config))
	}
	token, err := c.token()
	if err != nil {
		return service{}, err
	}
	if token != nil {
		opts = append(opts, client.WithToken(token))
	}
	dialled, err := client.Dial(c.Addr, opts...)
	return service{dialled, func() {}}, err
}

// token is what to show, nil for nothing. There is no flag for the token itself: command lines are seen by others.
func (c *connection) token() (client.TokenSource, error) {
	if c.TokenFile != "" {
		return client.TokenFile(c.TokenFile)
	}
	if token := os.Getenv("ASSAY_TOKEN"); token != "" {
		return client.Token(token), nil
	}
	return nil, nil
}

// tls returns what the TLS flags say, nil when they say nothing.
func (c *connection) tls() (*tls.Config, error) {
	if c.TLSCA == "" && c.TLSCert == "" {
		return nil, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS13}
	if c.TLSCA != "" {
		pem, err := os.ReadFile(c.TLSCA)
		if err != nil {
			return nil, err
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s: holds no certificate", c.TLSCA)
		}
	}
	if c.TLSCert != "" {
		pair, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey)
		if err != nil {
			return nil, err
		}
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			if renewed, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey); err == nil { // runs outlive short-lived certificates
				return &renewed, nil
			}
			return &pair, nil
		}
	}
	return config, nil
}

// start runs the server in this process and connects to it in memory.
func (c *connection) start() (service, error) {
	s := server.New(server.Config{})
	e, err := c.engine(s)
	if err != nil {
		s.Close()
		return service{}, err
	}
	listener := bufconn.Listen(256 << 10)
	s.Use(e)
	served := make(chan error, 1)
	go func() { served <- s.Serve(listener) }()
	dialled, err := client.Dial("passthrough:///in-process", client.WithInsecure(), client.WithUserAgent("assay/"+version()),
		client.WithDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
	return service{dialled, func() { s.Close(); <-served }}, err
}

// engine compiles the rulebook. One from a directory must also hold its own promises, as assayd demands it.
func (c *connection) engine(s *server.Server) (*engine.Engine, error) {
	name, read := "the embedded rulebook", func() (*rulebook.Book, error) { return rulebook.Load(embedded.FS()) }
	if c.Rulebook != "" {
		name, read = "rulebook "+c.Rulebook, func() (*rulebook.Book, error) { return rulebook.LoadDir(c.Rulebook) }
	}
	book, err := read()
	if err != nil {
		return nil, fmt.Errorf("%s:\n%w", name, err)
	}
	e, err := s.Compile(book)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if c.Rulebook == "" {
		return e, nil
	}
	if err := e.Prove(context.Background()); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return e, nil
}

// version returns the version this program was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "devel"
	}
	return strings.Trim(info.Main.Version, "()")
}
