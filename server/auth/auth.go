package auth

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/assay-project/assay/server/follow"
)

// Config says which credentials are taken.
type Config struct {
	// Keys is a YAML file of API keys, rows of [Key]. Empty: keys are not taken.
	Keys         string
	Certificates Certificates
	Tokens       Tokens

	// Logger gets a line for what is loaded or cannot be, and at a bounded rate for refused calls; never a credential. Nil: no logs.
	Logger *slog.Logger
	// Now is the clock that credentials are held against. Nil: time.Now.
	Now func() time.Time
	// Refused and Loaded count; nil: nothing does. They are called concurrently.
	Refused func(Reason)
	Loaded  func(what string, ok bool)
}

// Enabled tells whether any credential is taken at all.
func (c Config) Enabled() bool {
	return c.Keys != "" || c.Certificates.CA != "" || c.Certificates.Clients != "" || c.Tokens.Issuer != ""
}

// An Authenticator decides who may call. Its methods may be called concurrently.
type Authenticator struct {
	config      Config
	keys        *follow.Source[keyring]      // nil: keys are not taken
	authorities *follow.Source[*authorities] // nil: certificates are not taken
	clients     *follow.Source[clients]
	issuer      issuer // nil: tokens are not taken
	web         *webIssuer
	sources     []follow.Looker

	verifying chan struct{} // a place for each signature that may be verified at a time
	refusals  *refusals
}

// New reads what the configuration names, or says everything that is wrong with it. It asks nothing of the network: an issuer
// whose keys are not in a file is asked by Follow.
func New(config Config) (*Authenticator, error) {
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	config.Tokens.TenantClaim = cmp.Or(config.Tokens.TenantClaim, "tenant")
	config.Tokens.RolesClaim = cmp.Or(config.Tokens.RolesClaim, "roles")
	a := &Authenticator{config: config, verifying: make(chan struct{}, max(runtime.GOMAXPROCS(0)/2, 1)), refusals: newRefusals()}
	if err := errors.Join(a.openKeys(), a.openCertificates(), a.openTokens()); err != nil {
		return nil, err
	}
	return a, nil
}

func (a *Authenticator) openKeys() (err error) {
	if a.config.Keys == "" {
		return nil
	}
	a.keys, err = follow.Open("API keys", []string{a.config.Keys}, func(c [][]byte) (keyring, error) { return parseKeys(c[0]) })
	if err != nil {
		return err
	}
	if openToOthers(a.config.Keys) {
		a.config.Logger.Warn("the file of API keys is open to others than its owner: chmod 600", "file", a.config.Keys)
	}
	a.sources = append(a.sources, a.keys)
	return nil
}

func (a *Authenticator) openCertificates() (err error) {
	c := a.config.Certificates
	switch {
	case c == (Certificates{}):
		return nil
	case c.CA == "" || c.Clients == "":
		return errors.New("client certificates: the authorities that they lead to and the clients that they speak for go together")
	}
	files := []string{c.CA}
	if c.CRL != "" {
		files = append(files, c.CRL)
	}
	var missing error
	a.authorities, err = follow.Open("client authorities", files, func(c [][]byte) (*authorities, error) {
		return parseAuthorities(c, a.config.Now())
	})
	a.clients, missing = follow.Open("clients", []string{c.Clients}, func(c [][]byte) (clients, error) { return parseClients(c[0]) })
	a.sources = append(a.sources, a.authorities, a.clients)
	return errors.Join(err, missing)
}

func (a *Authenticator) openTokens() (err error) {
	t := a.config.Tokens
	switch {
	case t.Issuer == "" && t.Audience == "" && t.Keys == "":
		return nil
	case t.Issuer == "" || t.Audience == "":
		return errors.New("tokens: issuer and audience go together")
	case t.Keys == "":
		a.web, err = newWebIssuer(t.Issuer, t.Client)
		a.issuer = a.web
		return err
	}
	keys, err := follow.Open("token keys", []string{t.Keys}, func(c [][]byte) (*signers, error) { return parseSigners(c[0]) })
	if err != nil {
		return err
	}
	a.issuer = fileIssuer{keys}
	a.sources = append(a.sources, keys)
	return nil
}

// Follow keeps what calls are judged by in step with the files, and with the issuer where its keys are not in one, until ctx
// ends. It looks every so often, if that is positive, and when a signal comes.
func (a *Authenticator) Follow(ctx context.Context, every time.Duration, now <-chan os.Signal) {
	var asking sync.WaitGroup
	defer asking.Wait()
	if a.web != nil {
		asking.Go(func() { a.web.follow(ctx, func(err error) { a.loaded("issuer's keys", err) }) })
	}
	follow.Follow(ctx, every, now, a.loaded, a.sources...)
}

// loaded tells of a load, good or bad.
func (a *Authenticator) loaded(what string, err error) {
	if err != nil {
		a.config.Logger.Error("credentials refused: those before stay", "what", what, "error", err.Error())
	} else {
		a.config.Logger.Info("credentials replaced", "what", what)
	}
	if a.config.Loaded != nil {
		a.config.Loaded(what, err == nil)
	}
}

// AtTheDoor decides what can be decided at once, from the headers of a call of a method. The context it returns has the
// identity. It returns a *[Refusal] for who may not pass. It does not block.
func (a *Authenticator) AtTheDoor(ctx context.Context, method string, headers metadata.MD) (context.Context, error) {
	need, ok := methods[method]
	if !ok || need == open {
		return ctx, nil // what is not served is no secret, and what is served without an entry Authorize refuses
	}
	identity, err := a.identify(ctx, headers, false)
	if errors.Is(err, errUndecided) {
		return ctx, nil
	}
	return a.pass(ctx, method, need, identity, err)
}

// Authorize decides, for the method of the server's call that ctx belongs to, what the door has left open. It is the AuthFunc of
// go-grpc-middleware's interceptors.
func (a *Authenticator) Authorize(ctx context.Context) (context.Context, error) {
	method, _ := grpc.Method(ctx)
	need, ok := methods[method]
	switch {
	case !ok:
		return a.pass(ctx, method, 0, nil, refuse(UnknownMethod))
	case need == open, FromContext(ctx) != nil:
		return ctx, nil
	}
	headers, _ := metadata.FromIncomingContext(ctx)
	identity, err := a.identify(ctx, headers, true)
	return a.pass(ctx, method, need, identity, err)
}

// pass lets an identity pass that has a role which the method needs.
func (a *Authenticator) pass(ctx context.Context, method string, need Role, identity *Identity, err error) (context.Context, error) {
	if err == nil && !identity.Roles.Any(need) {
		err = refuse(WrongRole)
	}
	if err != nil {
		a.refused(ctx, method, identity, err)
		return ctx, err
	}
	return withIdentity(ctx, identity), nil
}

// Tenant is the tenant of a call whose headers have come, as far as that is known at once: "" where it is not.
func (a *Authenticator) Tenant(ctx context.Context, headers metadata.MD) string {
	if i := FromContext(ctx); i != nil {
		return i.Tenant
	}
	if i, err := a.identify(ctx, headers, false); err == nil {
		return i.Tenant
	}
	return ""
}

// identify finds out who calls. Where a certificate and a token are shown both must be good and of one tenant, and the token's
// identity is the call's.
func (a *Authenticator) identify(ctx context.Context, headers metadata.MD, patient bool) (*Identity, error) {
	now := a.config.Now()
	shown, err := bearer(headers)
	if err != nil {
		return nil, err
	}
	certified, err := a.certificate(ctx, now)
	switch {
	case shown == "" && certified == nil && err == nil:
		return nil, refuse(NoCredential)
	case shown == "":
		return certified, err
	case err != nil && !isUnmapped(err): // one that speaks for nobody only secures the connection
		return nil, err
	}
	identity, err := a.bearer(ctx, shown, now, patient)
	if err == nil && certified != nil && certified.Tenant != identity.Tenant {
		return nil, refuse(TwoTenants)
	}
	return identity, err
}

func isUnmapped(err error) bool {
	r, ok := errors.AsType[*Refusal](err)
	return ok && r.Reason == UnknownClient
}

// bearer judges what stands behind "Bearer ".
func (a *Authenticator) bearer(ctx context.Context, shown string, now time.Time, patient bool) (*Identity, error) {
	if !strings.HasPrefix(shown, keyPrefix) {
		return a.token(ctx, shown, now, patient)
	}
	if a.keys == nil {
		return nil, refuse(UnknownKey)
	}
	return a.keys.Value().identify(shown, now)
}

// maxCredential is how long one may be, in bytes.
const maxCredential = 8 << 10

// bearer is what the headers show behind "Bearer "; "" where there is no such header. There is one way to show it.
func bearer(headers metadata.MD) (string, error) {
	values := headers["authorization"]
	if len(headers["authorization-bin"]) > 0 || len(values) > 1 {
		return "", refuse(Malformed)
	}
	if len(values) == 0 {
		return "", nil
	}
	shown, ok := strings.CutPrefix(values[0], "Bearer ")
	const allowed = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._~+/="
	if !ok || shown == "" || len(shown) > maxCredential || strings.Trim(shown, allowed) != "" {
		return "", refuse(Malformed)
	}
	return shown, nil
}
