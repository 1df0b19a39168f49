package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/assay-project/assay/server"
	"github.com/assay-project/assay/server/auth"
	"github.com/assay-project/assay/server/follow"
)

// accessFlags say who may call, and by which certificate callers know the server.
type accessFlags struct {
	TLSCert string `and:"tls" placeholder:"FILE" help:"Certificate chain, PEM. TLS 1.3 only. It and all files below are followed, as the rulebook is."`
	TLSKey  string `and:"tls" placeholder:"FILE" help:"Private key, PEM."`

	APIKeys string `name:"api-keys" placeholder:"FILE" help:"Take the API keys of this file, YAML; 'assayd keys new' writes rows."`

	TLSClientCA      string `name:"tls-client-ca" and:"clients" placeholder:"FILE" help:"Take client certificates that lead to these authorities, PEM."`
	TLSClients       string `name:"tls-clients" and:"clients" placeholder:"FILE" help:"Tenants and roles of client certificates, YAML rows such as {uri: 'spiffe://example.org/shop', tenant: shop, roles: [check]}; or dns for uri."`
	TLSClientCRL     string `name:"tls-client-crl" placeholder:"FILE" help:"Revocation lists of those authorities, PEM. With it a certificate without a list in force is refused."`
	TLSClientRequire bool   `name:"tls-client-require" help:"Refuse connections without a client certificate, of health probes too."`

	JWTIssuer      string `name:"jwt-issuer" and:"jwt" placeholder:"URL" help:"Take JSON Web Tokens of this issuer."`
	JWTAudience    string `name:"jwt-audience" and:"jwt" placeholder:"NAME" help:"What the issuer calls this service: one of the tokens' audiences."`
	JWTKeys        string `name:"jwt-keys" placeholder:"FILE" help:"The issuer's public keys, a JSON Web Key Set. Without it: asked of the issuer, by OpenID Connect discovery."`
	JWTTenantClaim string `name:"jwt-tenant-claim" default:"tenant" placeholder:"NAME" help:"Claim that holds the tenant."`
	JWTRolesClaim  string `name:"jwt-roles-claim" default:"roles" placeholder:"NAME" help:"Claim that holds the roles, check and admin, as a list or with spaces between."`
}

// Validate is called by the parser.
func (f *accessFlags) Validate() error {
	switch {
	case f.TLSClientCA != "" && f.TLSCert == "":
		return fmt.Errorf("--tls-client-ca goes with --tls-cert: certificates are shown in TLS")
	case f.TLSClientCA == "" && (f.TLSClientCRL != "" || f.TLSClientRequire):
		return fmt.Errorf("--tls-client-crl and --tls-client-require go with --tls-client-ca")
	case f.JWTIssuer == "" && f.JWTKeys != "":
		return fmt.Errorf("--jwt-keys goes with --jwt-issuer and --jwt-audience")
	}
	return nil
}

// auth is what the flags say of callers.
func (f *accessFlags) auth(config *server.Config) auth.Config {
	c := auth.Config{
		Keys:         f.APIKeys,
		Certificates: auth.Certificates{CA: f.TLSClientCA, CRL: f.TLSClientCRL, Clients: f.TLSClients, Required: f.TLSClientRequire},
		Logger:       config.Logger,
	}
	if f.JWTIssuer != "" {
		c.Tokens = auth.Tokens{Issuer: f.JWTIssuer, Audience: f.JWTAudience, Keys: f.JWTKeys, TenantClaim: f.JWTTenantClaim, RolesClaim: f.JWTRolesClaim}
	}
	if config.Metrics != nil {
		c.Refused, c.Loaded = config.Metrics.Refused, config.Metrics.Credentials
	}
	return c
}

// open reads the files, has the server ask callers by them, and returns what keeps them in step until what that returns is called.
func (f *accessFlags) open(config *server.Config, every time.Duration) (run func() (stop func()), err error) {
	var followers []func(context.Context, <-chan os.Signal)
	if f.TLSCert != "" {
		own, err := follow.Open("certificate", []string{f.TLSCert, f.TLSKey}, keyPair)
		if err != nil {
			return nil, fmt.Errorf("load %w", err)
		}
		config.TLS = &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return own.Value(), nil }}
		followers = append(followers, func(ctx context.Context, now <-chan os.Signal) {
			follow.Follow(ctx, every, now, loaded(config), own)
		})
	}
	if asked := f.auth(config); asked.Enabled() {
		if config.Auth, err = auth.New(asked); err != nil {
			return nil, fmt.Errorf("who may call: %w", err)
		}
		followers = append(followers, func(ctx context.Context, now <-chan os.Signal) { config.Auth.Follow(ctx, every, now) })
	}
	return func() func() { return runAll(followers) }, nil
}

func keyPair(contents [][]byte) (*tls.Certificate, error) {
	pair, err := tls.X509KeyPair(contents[0], contents[1])
	return &pair, err
}

// loaded tells how the server's own certificate was replaced.
func loaded(config *server.Config) func(string, error) {
	return func(what string, err error) {
		if config.Metrics != nil {
			config.Metrics.Credentials(what, err == nil)
		}
		if err != nil {
			config.Logger.Error(what+" refused: the one before stays", "error", err.Error())
			return
		}
		config.Logger.Info(what + " replaced")
	}
}

// runAll runs followers, each with hangups of its own, until what it returns is called.
func runAll(followers []func(context.Context, <-chan os.Signal)) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for _, run := range followers {
		hangups := make(chan os.Signal, 1)
		signal.Notify(hangups, syscall.SIGHUP)
		context.AfterFunc(ctx, func() { signal.Stop(hangups) })
		running.Go(func() { run(ctx, hangups) })
	}
	return func() { cancel(); running.Wait() }
}
