package auth_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/server/auth"
	"github.com/assay-project/assay/server/auth/authtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	checkMethod  = assayv1.ComplianceService_CheckSubmission_FullMethodName
	issuerName   = "https://issuer.example"
	audienceName = "assay"
)

// stream tells gRPC's functions which method is called.
type stream struct {
	grpc.ServerTransportStream
	method string
}

func (s stream) Method() string { return s.method }

// A call is what a test knows of one.
type call struct {
	method  string // "": CheckSubmission
	headers metadata.MD
	chains  [][]*x509.Certificate // of a client certificate
}

func (c call) context(ctx context.Context) context.Context {
	if c.method == "" {
		c.method = checkMethod
	}
	p := &peer.Peer{Addr: &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 4711}}
	if c.chains != nil {
		p.AuthInfo = credentials.TLSInfo{State: tls.ConnectionState{VerifiedChains: c.chains}}
	}
	ctx = metadata.NewIncomingContext(peer.NewContext(ctx, p), c.headers)
	return grpc.NewContextWithServerTransportStream(ctx, stream{method: c.method})
}

// showing is a call with a token or a key.
func showing(credential string) call {
	return call{headers: metadata.Pairs("authorization", "Bearer "+credential)}
}

// ask takes a call through the door and, if it comes through, to the end. It returns who called, or why it was refused.
func ask(t testing.TB, a *auth.Authenticator, c call) (*auth.Identity, auth.Reason) {
	t.Helper()
	if c.method == "" {
		c.method = checkMethod
	}
	ctx, err := a.AtTheDoor(c.context(t.Context()), c.method, c.headers)
	if err == nil {
		ctx, err = a.Authorize(ctx)
	}
	if err == nil {
		return auth.FromContext(ctx), ""
	}
	refusal, ok := errors.AsType[*auth.Refusal](err)
	if !ok {
		t.Fatalf("refused by %v, which is no refusal", err)
	}
	if auth.FromContext(ctx) != nil {
		t.Errorf("who is refused has an identity")
	}
	return nil, refusal.Reason
}

// wantReason expects a refusal, with a door and without one; "" expects none.
func wantReason(t testing.TB, a *auth.Authenticator, c call, want auth.Reason) *auth.Identity {
	t.Helper()
	identity, reason := ask(t, a, c)
	if reason != want {
		t.Errorf("refused because of %q, want %q", reason, want)
	}
	if reason == "" {
		return identity
	}
	_, err := a.Authorize(c.context(t.Context()))
	if without, ok := errors.AsType[*auth.Refusal](err); !ok || without.Reason != reason {
		t.Errorf("with the door %s, without it %v", reason, err)
	}
	return identity
}

func open(t testing.TB, c auth.Config) *auth.Authenticator {
	t.Helper()
	a, err := auth.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// follow runs Follow until the test ends, or stop is called.
func follow(t testing.TB, a *auth.Authenticator) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); a.Follow(ctx, time.Millisecond, nil) }()
	stop = sync.OnceFunc(func() { cancel(); <-ended })
	t.Cleanup(stop)
	return stop
}

// eventually waits for what files or issuers lead to. It fails only if that never comes.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it never comes that %s", what)
		}
	}
}

// A journal collects what is logged.
type journal struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.all.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.all.String()
}

func (j *journal) logger() *slog.Logger { return slog.New(slog.NewTextHandler(j, nil)) }

// newKey makes a key and its row.
func newKey(t testing.TB, id, tenant string, roles ...string) (secret, line string) {
	t.Helper()
	secret, row, err := auth.NewKey(id, tenant, roles, "")
	if err != nil {
		t.Fatal(err)
	}
	if line, err = row.Line(); err != nil {
		t.Fatal(err)
	}
	return secret, line
}

// keysFile holds rows.
func keysFile(t testing.TB, lines ...string) string {
	t.Helper()
	var all []byte
	for _, line := range lines {
		all = append(all, line...)
	}
	return authtest.File(t, "keys.yaml", all)
}

// claims are those of a good token.
func claims(more map[string]any) map[string]any {
	all := map[string]any{"iss": issuerName, "aud": audienceName, "exp": time.Now().Add(time.Hour).Unix(), "sub": "lister", "tenant": "shop", "roles": []string{"check"}}
	for name, value := range more {
		if value == nil {
			delete(all, name)
		} else {
			all[name] = value
		}
	}
	return all
}

func tokens(keys string) auth.Tokens {
	return auth.Tokens{Issuer: issuerName, Audience: audienceName, Keys: keys}
}
