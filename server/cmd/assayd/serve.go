package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/server"
	"github.com/assay-project/assay/server/metrics"
	"github.com/assay-project/assay/server/peers"
	"github.com/assay-project/assay/server/quiet"
)

type serveCommand struct {
	Listen         string        `default:"127.0.0.1:50051" help:"Address: host:port, or unix:PATH."`
	Rulebook       string        `placeholder:"DIR" help:"Rulebook's directory. Without it: the embedded one."`
	ReloadEvery    time.Duration `default:"1s" help:"How often the files of rulebook, certificates and credentials are compared; a change of content is loaded, tested and put in force. 0s: only on SIGHUP."`
	ShadowRulebook string        `placeholder:"DIR" help:"A rulebook that is asked of every submission too, and decides nothing: verdicts show what it finds, GetRulebook counts what it would decide."`
	AllowShrink    bool          `help:"Take a changed rulebook of which a list has lost more than half its rows."`

	accessFlags
	CheckerTLSCert string `name:"checker-tls-cert" and:"checkers" placeholder:"FILE" help:"Certificate chain, PEM, shown to outside checkers that ask for one."`
	CheckerTLSKey  string `name:"checker-tls-key" and:"checkers" placeholder:"FILE" help:"Its private key, PEM."`
	Insecure       bool   `help:"Allow plaintext on addresses that other machines reach."`
	Dev            bool   `help:"Serve reflection."`

	MetricsListen string `placeholder:"HOST:PORT" help:"Serve metrics for Prometheus on this address, as /metrics over plain HTTP. Without it: none."`

	LogLevel  slog.Level `default:"info" help:"debug (a line per call), info, warn or error."`
	LogFormat string     `default:"text" enum:"text,json" help:"text or json, on standard error."`

	MaxRequestBytes int           `default:"1048576" help:"Longest message taken."`
	MaxStreams      int           `default:"100" help:"Most calls at a time on one connection."`
	MaxConnections  int           `default:"1000" help:"Most connections at a time."`
	MaxPerHost      int           `placeholder:"N" help:"Most connections of one host at a time; of IPv6, of one network of 64 bits. Without it: half of max-connections."`
	MaxInFlight     int           `default:"512" help:"Most unary calls at a time; more are refused, to be tried again."`
	MaxOpenStreams  int           `default:"256" help:"Most streams at a time."`
	MaxWait         time.Duration `default:"20ms" help:"A call whose check would have to wait longer than this for its turn is refused, to be tried again; batches may wait 16 times as long."`
	CallTimeout     time.Duration `default:"5s" help:"Longest life of a unary call."`
	StreamAge       time.Duration `default:"60s" help:"Age at which a stream is ended with OK, to be opened again."`
	SlowCall        time.Duration `default:"1s" help:"Unary calls that take this long are logged."`
	DrainDelay      time.Duration `default:"2s" help:"How long health says NOT_SERVING before no call is taken any more."`
	DrainTimeout    time.Duration `default:"20s" help:"How long calls may take to end after that."`

	GCPercent   int   `default:"400" help:"Heap growth between collections; the variable GOGC goes before it."`
	MemoryLimit int64 `placeholder:"BYTES" help:"Soft limit of memory; GOMEMLIMIT goes before it. Without it: 70 % of the container's, where it has one."`
}

// maxRequestBytes is what --max-request-bytes may say: a quarter of what a length in the protocol can.
const maxRequestBytes = 1 << 30

// Validate is called by the parser. Of a limit below nothing the libraries would make none at all.
func (c *serveCommand) Validate() error {
	for _, limit := range []struct {
		flag  string
		value int64
	}{
		{"max-request-bytes", int64(c.MaxRequestBytes)}, {"max-streams", int64(c.MaxStreams)}, {"max-connections", int64(c.MaxConnections)},
		{"max-per-host", int64(c.MaxPerHost)}, {"max-in-flight", int64(c.MaxInFlight)}, {"max-open-streams", int64(c.MaxOpenStreams)},
		{"max-wait", int64(c.MaxWait)}, {"call-timeout", int64(c.CallTimeout)}, {"stream-age", int64(c.StreamAge)}, {"slow-call", int64(c.SlowCall)},
		{"drain-delay", int64(c.DrainDelay)}, {"drain-timeout", int64(c.DrainTimeout)}, {"reload-every", int64(c.ReloadEvery)}, {"memory-limit", c.MemoryLimit},
	} {
		if limit.value < 0 {
			return fmt.Errorf("--%s: is negative", limit.flag)
		}
	}
	if c.MaxRequestBytes > maxRequestBytes {
		return fmt.Errorf("--max-request-bytes: is more than %d", maxRequestBytes)
	}
	return c.accessFlags.Validate()
}

// Run serves until a signal.
func (c serveCommand) Run(w world) error {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP) // to the very end: while nobody takes it, it would end the process
	logger, flush := c.logger(w)
	defer flush()
	config, err := c.config(logger)
	if err != nil {
		return err
	}
	tracer, stopTracing, err := startTracing(logger)
	if err != nil {
		return err
	}
	defer stopTracing()
	config.Tracer = tracer
	stopMetrics, err := c.serveMetrics(&config)
	if err != nil {
		return err
	}
	defer stopMetrics()
	followAccess, err := c.open(&config, c.ReloadEvery)
	if err != nil {
		return err
	}
	s := server.New(config)
	defer s.Close()
	e, err := proven(c.Rulebook, s)
	if err != nil {
		return err
	}
	var shadow *engine.Engine
	if c.ShadowRulebook != "" {
		if shadow, err = proven(c.ShadowRulebook, s); err != nil {
			return fmt.Errorf("in shadow: %w", err)
		}
	}
	c.tuneCollector(e.Book()) // not before: what loading leaves behind would stay resident
	l, err := listen(c.Listen)
	if err != nil {
		return err
	}
	s.Use(e)
	s.Shadow(shadow)
	defer c.follow(s)()
	defer followAccess()()
	return serve(s, l, logger, started(l, e, config))
}

// follow keeps the rulebooks that are not the embedded one in step with their directories, until what it returns is called.
func (c serveCommand) follow(s *server.Server) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var followers sync.WaitGroup
	for _, f := range []struct {
		dir    string
		follow func(context.Context, server.Folder, <-chan os.Signal)
	}{{c.Rulebook, s.Follow}, {c.ShadowRulebook, s.FollowShadow}} {
		if f.dir == "" {
			continue
		}
		hangups := make(chan os.Signal, 1)
		signal.Notify(hangups, syscall.SIGHUP)
		context.AfterFunc(ctx, func() { signal.Stop(hangups) })
		folder := server.Folder{Dir: f.dir, Compile: s.Compile, Poll: c.ReloadEvery, AllowShrink: c.AllowShrink}
		followers.Go(func() { f.follow(ctx, folder, hangups) })
	}
	return func() { cancel(); followers.Wait() }
}

// flushLog is how long lines of the log that are not written yet may take at the end.
const flushLog = time.Second

// logger writes to standard error until it is flushed. Neither a reader who does not read nor one who has gone stops the service.
func (c serveCommand) logger(w world) (_ *slog.Logger, flush func()) {
	signal.Ignore(syscall.SIGPIPE)
	lines := quiet.NewWriter(w.stderr, func(to io.Writer, dropped int64) {
		slog.New(c.handler(to)).Warn("lines of the log were dropped: nobody read them", "lines", dropped)
	})
	return slog.New(c.handler(lines)), func() { lines.Close(flushLog) }
}

func (c serveCommand) handler(to io.Writer) slog.Handler {
	options := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogFormat == "json" {
		return slog.NewJSONHandler(to, options)
	}
	return slog.NewTextHandler(to, options)
}

func (c serveCommand) config(logger *slog.Logger) (server.Config, error) {
	config := server.Config{
		Logger: logger, Insecure: c.Insecure, Dev: c.Dev,
		MaxPerHost: c.MaxPerHost, MessageMemory: c.messageMemory(), MaxInFlight: c.MaxInFlight, MaxOpenStreams: c.MaxOpenStreams, MaxWait: c.MaxWait,
		MaxRequestBytes: c.MaxRequestBytes, MaxStreams: c.MaxStreams, MaxConnections: connections(c.MaxConnections, openFiles(), logger),
		CallTimeout: c.CallTimeout, StreamAge: c.StreamAge, SlowCall: c.SlowCall,
		DrainDelay: orNone(c.DrainDelay), DrainTimeout: c.DrainTimeout,
	}
	var err error
	config.CheckerCertificate, err = certificateOf(c.CheckerTLSCert, c.CheckerTLSKey)
	return config, err
}

// spareFiles are for everything but connections: rulebooks, certificates, outside checkers, metrics.
const spareFiles = 64

// connections are as many as asked for, and no more than there may be open files: at that limit nothing can be accepted, read or reloaded.
func connections(asked, files int, logger *slog.Logger) int {
	if files == 0 || asked <= files-spareFiles {
		return asked
	}
	most := max(1, files-spareFiles)
	logger.Warn("fewer connections than asked for: this process may have few files open", "max_connections", most, "open_files", files)
	return most
}

// certificateOf reads a certificate and its key; nil where no files are named.
func certificateOf(chain, key string) (*tls.Certificate, error) {
	if chain == "" {
		return nil, nil
	}
	certificate, err := tls.LoadX509KeyPair(chain, key)
	if err != nil {
		return nil, fmt.Errorf("load certificate: %w", err)
	}
	return &certificate, nil
}

// serveMetrics has the server count, and serves what it counts, until what it returns is called.
func (c serveCommand) serveMetrics(config *server.Config) (stop func(), err error) {
	if c.MetricsListen == "" {
		return func() {}, nil
	}
	l, err := net.Listen("tcp", c.MetricsListen)
	if err != nil {
		return nil, fmt.Errorf("listen for metrics: %w", err)
	}
	config.Metrics = metrics.New()
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", config.Metrics.Handler())
	h := &http.Server{Handler: mux, ReadTimeout: 10 * time.Second, WriteTimeout: 20 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
	scrapers := peers.New(peers.Limits{Connections: maxScrapers, PerHost: maxScrapers})
	served := make(chan struct{})
	go func() { defer close(served); _ = h.Serve(scrapers.Listen(l)) }() // it ends when it is closed
	config.Logger.Info("serving metrics", "address", l.Addr().String())
	return func() { _ = h.Close(); <-served }, nil
}

// maxScrapers is how many connections for metrics there are at a time. A further one takes the place of the oldest: whoever holds
// connections open blinds nobody.
const maxScrapers = 16

// orNone makes of "0s" what the library calls none; its zero is the default.
func orNone(d time.Duration) time.Duration {
	if d == 0 {
		return -1
	}
	return d
}

// proven compiles a rulebook and holds it to its own tests.
func proven(dir string, s *server.Server) (*engine.Engine, error) {
	e, err := compile(dir, s.Compile)
	if err != nil {
		return nil, err
	}
	failures := e.Test(context.Background())
	if len(failures) == 0 {
		return e, nil
	}
	lines := make([]string, len(failures))
	for i, f := range failures {
		lines[i] = f.String()
	}
	return nil, &testsError{book: bookName(dir), of: len(e.Book().Tests), failed: len(failures), lines: lines}
}

func listen(address string) (net.Listener, error) {
	network := "tcp"
	if address == "" {
		return nil, errors.New("listen: there is no address")
	}
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		if path == "" {
			return nil, errors.New("listen: unix: names no path")
		}
		removeAbandoned(path)
		network, address = "unix", path
	}
	l, err := net.Listen(network, address)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	return l, nil
}

// removeAbandoned takes away a socket that a process left behind which was killed: nobody answers there.
func removeAbandoned(path string) {
	info, err := os.Lstat(path)
	if err != nil || info.Mode().Type() != os.ModeSocket {
		return
	}
	c, err := net.Dial("unix", path)
	if err == nil {
		c.Close()
	} else if errors.Is(err, syscall.ECONNREFUSED) {
		_ = os.Remove(path) // where it cannot, listening says why
	}
}

// started is the one line that is printed at the start.
func started(l net.Listener, e *engine.Engine, config server.Config) slog.Attr {
	return slog.Group("",
		slog.String("address", l.Addr().String()),
		slog.String("rulebook", e.Book().Label),
		slog.String("sha256", e.Book().Digest),
		slog.Bool("tls", config.TLS != nil),
		slog.Bool("auth", config.Auth != nil))
}

// serve answers until a signal, drains, and stops at a second one.
func serve(s *server.Server, l net.Listener, logger *slog.Logger, line slog.Attr) error {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGTERM, os.Interrupt)
	defer signal.Stop(signals)
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	logger.LogAttrs(context.Background(), slog.LevelInfo, "serving", line)
	debug.FreeOSMemory() // loading leaves several times as much garbage as the rulebook is large
	select {
	case err := <-served:
		return err
	case <-signals:
		logger.Info("draining; a second signal stops at once")
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	drained := make(chan error, 1)
	go func() { drained <- s.Shutdown(ctx) }()
	select {
	case <-signals:
		cancel()
		return <-drained
	case err := <-drained:
		return err
	}
}
