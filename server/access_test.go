package server_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	reflectionv1 "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/emptypb"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/server"
	"github.com/assay-project/assay/server/auth"
	"github.com/assay-project/assay/server/auth/authtest"
)

const issuerName = "https://issuer.example"

// A guarded server takes all three kinds of credentials over TLS, and the test has what makes them.
type guarded struct {
	address                 string
	servers, clients        *authtest.Authority
	signer                  *authtest.Signer
	checkKey, adminKey      string
	keys, jwks, crl, ca     string // files
	authenticator           *auth.Authenticator
	keyLines                string
	certified, revokedLater tls.Certificate
	revoked                 tls.Certificate
}

func newGuarded(t testing.TB) *guarded {
	t.Helper()
	g := &guarded{servers: authtest.NewAuthority(t, "servers"), clients: authtest.NewAuthority(t, "clients"), signer: authtest.NewSigner(t, "k1", jose.RS256)}
	shop := authtest.Leaf{URIs: []string{"spiffe://example.org/shop"}}
	g.certified, g.revoked, g.revokedLater = g.clients.Issue(t, shop), g.clients.Issue(t, shop), g.clients.Issue(t, shop)
	var check, admin string
	g.checkKey, check = newKey(t, "check", "shop", "check")
	g.adminKey, admin = newKey(t, "admin", "shop", "admin")
	g.keyLines = check + admin
	g.keys = authtest.File(t, "keys.yaml", []byte(g.keyLines))
	g.jwks = authtest.File(t, "keys.json", authtest.KeySet(t, g.signer))
	g.ca = authtest.File(t, "ca.pem", g.clients.PEM())
	g.crl = authtest.File(t, "crl.pem", g.clients.CRL(t, time.Hour, g.revoked))
	var err error
	g.authenticator, err = auth.New(auth.Config{
		Keys:   g.keys,
		Tokens: auth.Tokens{Issuer: issuerName, Audience: "assay", Keys: g.jwks},
		Certificates: auth.Certificates{CA: g.ca, CRL: g.crl,
			Clients: authtest.File(t, "clients.yaml", []byte("- {uri: 'spiffe://example.org/shop', tenant: shop, roles: [check]}\n"))},
	})
	if err != nil {
		t.Fatal(err)
	}
	g.address = g.serve(t, server.Config{Auth: g.authenticator, Dev: true}, newEngine(t, "test"), newEngine(t, "shadow"))
	return g
}

// serve serves over TLS, with an engine in shadow or nil, until the test ends and returns the address.
func (g *guarded) serve(t testing.TB, config server.Config, e, shadow *engine.Engine) string {
	t.Helper()
	config.TLS = &tls.Config{Certificates: []tls.Certificate{g.servers.Issue(t, authtest.Leaf{Server: true})}}
	config.MaxWait = time.Minute // a slow machine is no reason to be refused
	s := server.New(config)
	s.Use(e)
	s.Shadow(shadow)
	l := loopback(t)
	start(t, s, l)
	return l.Addr().String()
}

// follow keeps the credentials in step with their files until the test ends.
func (g *guarded) follow(t testing.TB) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); g.authenticator.Follow(ctx, time.Millisecond, nil) }()
	t.Cleanup(func() { cancel(); <-ended })
}

func newKey(t testing.TB, id, tenant, role string) (secret, line string) {
	t.Helper()
	secret, row, err := auth.NewKey(id, tenant, []string{role}, "")
	if err != nil {
		t.Fatal(err)
	}
	if line, err = row.Line(); err != nil {
		t.Fatal(err)
	}
	return secret, line
}

// A caller is how somebody calls.
type caller struct {
	certificate *tls.Certificate
	headers     []string // pairs
}

func bearerOf(token string) caller {
	return caller{headers: []string{"authorization", "Bearer " + token}}
}

// dial connects as a caller.
func (g *guarded) dial(t testing.TB, c caller) *grpc.ClientConn {
	t.Helper()
	return g.dialTo(t, g.address, c)
}

func (g *guarded) dialTo(t testing.TB, address string, c caller) *grpc.ClientConn {
	t.Helper()
	config := &tls.Config{RootCAs: x509.NewCertPool()}
	config.RootCAs.AddCert(g.servers.Certificate)
	if c.certificate != nil {
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return c.certificate, nil }
	}
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(credentials.NewTLS(config)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// methods are all that a server with reflection serves, out of the descriptors.
func methods() (all []protoreflect.MethodDescriptor) {
	for _, file := range []protoreflect.FileDescriptor{assayv1.File_assay_v1_compliance_proto, grpc_health_v1.File_grpc_health_v1_health_proto,
		reflectionv1.File_grpc_reflection_v1_reflection_proto} {
		for i := range file.Services().Len() {
			for m := range file.Services().Get(i).Methods().Len() {
				all = append(all, file.Services().Get(i).Methods().Get(m))
			}
		}
	}
	return all
}

// knock calls a method with an empty message and returns how the server answers first.
func knock(t testing.TB, conn *grpc.ClientConn, m protoreflect.MethodDescriptor, headers []string) error {
	t.Helper()
	ctx, cancel := context.WithCancel(metadata.AppendToOutgoingContext(background(t), headers...))
	defer cancel()
	desc := &grpc.StreamDesc{ClientStreams: m.IsStreamingClient(), ServerStreams: m.IsStreamingServer()}
	s, err := conn.NewStream(ctx, desc, fmt.Sprintf("/%s/%s", m.Parent().FullName(), m.Name()))
	if err != nil {
		return err
	}
	if err := s.SendMsg(&emptypb.Empty{}); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if err := s.CloseSend(); err != nil {
		return err
	}
	return s.RecvMsg(&emptypb.Empty{})
}

func service(m protoreflect.MethodDescriptor) string { return string(m.Parent().FullName()) }

// claims are those of a good token, changed in one place.
func claims(name string, value any) map[string]any {
	all := map[string]any{"iss": issuerName, "aud": "assay", "exp": time.Now().Add(time.Hour).Unix(), "tenant": "shop", "roles": "check"}
	if name != "" {
		all[name] = value
	}
	return all
}

// TestNobodyPassesWithABadCredential sweeps all methods with every bad credential. Health alone answers, and not to those
// with whom no connection comes about.
func TestNobodyPassesWithABadCredential(t *testing.T) {
	g := newGuarded(t)
	public, err := x509.MarshalPKIXPublicKey(g.signer.Public)
	if err != nil {
		t.Fatal(err)
	}
	good := g.signer.Sign(t, claims("", nil))
	stranger := authtest.NewAuthority(t, "clients").Issue(t, authtest.Leaf{URIs: []string{"spiffe://example.org/shop"}})
	over := g.clients.Issue(t, authtest.Leaf{URIs: []string{"spiffe://example.org/shop"}, Ends: -time.Hour})
	unnamed := g.clients.Issue(t, authtest.Leaf{URIs: []string{"spiffe://example.org/shop2"}})
	purpose := g.clients.Issue(t, authtest.Leaf{URIs: []string{"spiffe://example.org/shop"}, Server: true})
	for name, tt := range map[string]struct {
		caller  caller
		severed bool // TLS refuses the connection
	}{
		"none":                      {caller: caller{}},
		"expired token":             {caller: bearerOf(g.signer.Sign(t, claims("exp", time.Now().Add(-time.Hour).Unix())))},
		"token for another":         {caller: bearerOf(g.signer.Sign(t, claims("aud", "other")))},
		"token of another":          {caller: bearerOf(g.signer.Sign(t, claims("iss", "https://other.example")))},
		"unsigned token":            {caller: bearerOf("eyJhbGciOiJub25lIn0." + strings.Split(good, ".")[1] + ".")},
		"HMAC with the public key":  {caller: bearerOf(g.signer.WithSecret(public).Sign(t, claims("", nil)))},
		"token of another's key":    {caller: bearerOf(authtest.NewSigner(t, "k1", jose.RS256).Sign(t, claims("", nil)))},
		"token without a tenant":    {caller: bearerOf(g.signer.Sign(t, claims("tenant", "")))},
		"unknown key":               {caller: bearerOf(g.checkKey + "A")},
		"two headers":               {caller: caller{headers: []string{"authorization", "Bearer " + good, "authorization", "Bearer " + good}}},
		"binary header":             {caller: caller{headers: []string{"authorization-bin", "Bearer " + good}}},
		"lower-case scheme":         {caller: caller{headers: []string{"authorization", "bearer " + good}}},
		"8 KiB":                     {caller: bearerOf(good + strings.Repeat("A", 8<<10-len(good)))},
		"revoked certificate":       {caller: caller{certificate: &g.revoked}},
		"revoked, and a good token": {caller: caller{certificate: &g.revoked, headers: bearerOf(good).headers}},
		"certificate of no row":     {caller: caller{certificate: &unnamed}},
		"unknown authority":         {caller: caller{certificate: &stranger}, severed: true},
		"unknown, and a good token": {caller: caller{certificate: &stranger, headers: bearerOf(good).headers}, severed: true},
		"expired certificate":       {caller: caller{certificate: &over}, severed: true},
		"certificate of a server":   {caller: caller{certificate: &purpose}, severed: true},
	} {
		t.Run(name, func(t *testing.T) {
			conn := g.dial(t, tt.caller)
			for _, m := range methods() {
				want := codes.Unauthenticated
				if tt.severed {
					want = codes.Unavailable
				} else if service(m) == "grpc.health.v1.Health" {
					want = codes.OK
				}
				err := knock(t, conn, m, tt.caller.headers)
				if status.Code(err) != want {
					t.Errorf("%s answers %v, want %v", m.FullName(), err, want)
				}
				if said := status.Convert(err); want == codes.Unauthenticated && (said.Message() != "a valid credential is needed" || reason(t, said) != "UNAUTHENTICATED") {
					t.Errorf("%s says %q", m.FullName(), said.Message())
				}
			}
		})
	}
}

// TestWhoPassesWithAGoodCredential sweeps all methods with each role. An empty message is no good one, but it was read.
func TestWhoPassesWithAGoodCredential(t *testing.T) {
	g := newGuarded(t)
	for name, tt := range map[string]struct {
		caller caller
		admin  bool
	}{
		"key":         {caller: bearerOf(g.checkKey)},
		"token":       {caller: bearerOf(g.signer.Sign(t, claims("", nil)))},
		"certificate": {caller: caller{certificate: &g.certified}},
		"admin":       {caller: bearerOf(g.adminKey), admin: true},
		"admin token": {caller: bearerOf(g.signer.Sign(t, claims("roles", []string{"admin"}))), admin: true},
	} {
		t.Run(name, func(t *testing.T) {
			conn := g.dial(t, tt.caller)
			for _, m := range methods() {
				_, tells := map[string]bool{"ListCheckers": true, "GetRulebook": true}[string(m.Name())]
				forbidden := tt.admin && service(m) == assayv1.ComplianceService_ServiceDesc.ServiceName && !tells
				switch code := status.Code(knock(t, conn, m, tt.caller.headers)); {
				case forbidden != (code == codes.PermissionDenied), code == codes.Unauthenticated, code == codes.Unavailable:
					t.Errorf("%s answers %v", m.FullName(), code)
				}
			}
		})
	}
}

// TestNothingButTheCredentialSaysWho: what a check caller must not see stays out whatever it says of itself, and answers do not
// differ by what it says.
func TestNothingButTheCredentialSaysWho(t *testing.T) {
	g := newGuarded(t)
	claim := []string{"x-tenant-id", "other", "tenant", "other", "roles", "admin", "x-roles", "admin", "x-forwarded-user", "admin"}
	api := assayv1.NewComplianceServiceClient(g.dial(t, caller{}))
	rulebook := func(token string, more ...string) *assayv1.GetRulebookResponse {
		t.Helper()
		ctx := metadata.AppendToOutgoingContext(background(t), append(bearerOf(token).headers, more...)...)
		r, err := api.GetRulebook(ctx, &assayv1.GetRulebookRequest{})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := rulebook(g.checkKey, claim...); r.GetShadow() != nil || r.GetLastLoad() != nil || len(r.GetCodes()) == 0 {
		t.Errorf("a caller that checks sees %v", r)
	}
	if r := rulebook(g.adminKey); r.GetShadow() == nil {
		t.Error("an admin does not see what is in shadow")
	}
	s := submission("1")
	s.Merchant = &assayv1.Merchant{MerchantId: "other"}
	ctx := metadata.AppendToOutgoingContext(background(t), append(bearerOf(g.adminKey).headers, claim...)...)
	_, err := api.CheckSubmission(ctx, &assayv1.CheckSubmissionRequest{Submission: s})
	wantCode(t, err, codes.PermissionDenied)
}

// TestAServerWithoutCredentialsIsOpen as it always was, and sees no identity.
func TestAServerWithoutCredentialsIsOpen(t *testing.T) {
	api, _ := serving(t, server.Config{})
	if _, err := api.GetRulebook(background(t), &assayv1.GetRulebookRequest{}); err != nil {
		t.Error(err)
	}
	ctx := metadata.AppendToOutgoingContext(background(t), "authorization", "nonsense", "authorization", "more")
	if _, err := api.CheckSubmission(ctx, &assayv1.CheckSubmissionRequest{Submission: submission("1")}); err != nil {
		t.Error(err)
	}
}

// TestListeningBeyondThisMachineWithoutCredentialsIsWarnedOf, with TLS and without.
func TestListeningBeyondThisMachineWithoutCredentialsIsWarnedOf(t *testing.T) {
	g := newGuarded(t)
	own := g.servers.Issue(t, authtest.Leaf{Server: true})
	for name, tt := range map[string]struct {
		config server.Config
		listen string
		want   bool
	}{
		"open, with TLS": {server.Config{TLS: &tls.Config{Certificates: []tls.Certificate{own}}}, "0.0.0.0:0", true},
		"open, insecure": {server.Config{Insecure: true}, "0.0.0.0:0", true},
		"open, loopback": {server.Config{}, "127.0.0.1:0", false},
		"not open":       {server.Config{Insecure: true, Auth: g.authenticator}, "0.0.0.0:0", false},
	} {
		logs := make(lines, 10)
		tt.config.Logger = logs.logger(slog.LevelWarn)
		s := server.New(tt.config)
		l, err := net.Listen("tcp", tt.listen)
		if err != nil {
			t.Fatal(err)
		}
		served := make(chan error, 1)
		go func() { served <- s.Serve(l) }()
		conn, err := grpc.NewClient(l.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			t.Fatal(err)
		}
		if tt.config.TLS == nil { // it has begun when it answers
			_, err = grpc_health_v1.NewHealthClient(conn).Check(background(t), &grpc_health_v1.HealthCheckRequest{})
		}
		s.Close()
		conn.Close()
		if err := errors.Join(err, <-served); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		close(logs)
		var all []string
		for line := range logs {
			all = append(all, line)
		}
		if got := strings.Contains(strings.Join(all, ""), "open to all"); got != tt.want {
			t.Errorf("%s: warned %v: %s", name, got, all)
		}
	}
}

// TestCredentialsChangeUnderLoad: while every file is written again and again, and broken in between, nobody who may call is
// ever refused; and who loses the right loses it on an open connection too.
func TestCredentialsChangeUnderLoad(t *testing.T) {
	g := newGuarded(t)
	g.follow(t)
	callers := map[string]caller{"key": bearerOf(g.checkKey), "token": bearerOf(g.signer.Sign(t, claims("", nil))), "certificate": {certificate: &g.certified}}
	ctx, stop := context.WithCancel(background(t))
	var calling sync.WaitGroup
	var answered [3]atomic.Int64
	n := 0
	for name, c := range callers {
		mine := &answered[n]
		n++
		conn := g.dial(t, c)
		calling.Go(func() {
			api := assayv1.NewComplianceServiceClient(conn)
			for ctx.Err() == nil {
				_, err := api.CheckSubmission(metadata.AppendToOutgoingContext(context.Background(), c.headers...), &assayv1.CheckSubmissionRequest{Submission: submission("1")})
				if err != nil {
					t.Errorf("%s: %v", name, err)
					return
				}
				mine.Add(1)
			}
		})
	}
	plain, later := assayv1.NewComplianceServiceClient(g.dial(t, caller{})), assayv1.NewComplianceServiceClient(g.dial(t, caller{certificate: &g.revokedLater}))
	lists := func(api assayv1.ComplianceServiceClient, c caller) error {
		_, err := api.ListCheckers(metadata.AppendToOutgoingContext(background(t), c.headers...), &assayv1.ListCheckersRequest{})
		return err
	}
	if err := lists(later, caller{}); err != nil {
		t.Fatal(err)
	}
	for i := range 30 {
		key, line := newKey(t, fmt.Sprint("k", i), "other", "check")
		authtest.Write(t, g.keys, []byte(g.keyLines+"- {broken"))
		authtest.Write(t, g.crl, []byte("-----BEGIN X509 CRL-----\nAA"))
		authtest.Write(t, g.jwks, authtest.KeySet(t, authtest.NewSigner(t, fmt.Sprint("k", i+2), jose.ES256), g.signer))
		authtest.Write(t, g.ca, append(authtest.NewAuthority(t, fmt.Sprint("other", i)).PEM(), g.clients.PEM()...))
		authtest.Write(t, g.keys, []byte(line+g.keyLines))
		authtest.Write(t, g.crl, g.clients.CRL(t, time.Hour, g.revoked, g.revokedLater))
		for lists(plain, bearerOf(key)) != nil { // it comes, or background ends
			if ctx.Err() != nil {
				t.Fatal("a new key is not taken")
			}
		}
	}
	for status.Code(lists(later, caller{})) != codes.Unauthenticated {
		if ctx.Err() != nil {
			t.Fatal("a certificate is not revoked on an open connection")
		}
	}
	stop()
	calling.Wait()
	for i := range answered {
		if answered[i].Load() == 0 {
			t.Error("somebody did not call at all")
		}
	}
}

// TestACertificateCanBeRequired of every connection, those that only ask for health too.
func TestACertificateCanBeRequired(t *testing.T) {
	g := newGuarded(t)
	a, err := auth.New(auth.Config{Keys: g.keys, Certificates: auth.Certificates{CA: g.ca, Required: true,
		Clients: authtest.File(t, "clients.yaml", []byte("[]"))}})
	if err != nil {
		t.Fatal(err)
	}
	address := g.serve(t, server.Config{Auth: a}, newEngine(t, "test"), nil)
	without := grpc_health_v1.NewHealthClient(g.dialTo(t, address, caller{}))
	_, err = without.Check(background(t), &grpc_health_v1.HealthCheckRequest{})
	wantCode(t, err, codes.Unavailable)
	with := g.dialTo(t, address, caller{certificate: &g.certified})
	if _, err := grpc_health_v1.NewHealthClient(with).Check(background(t), &grpc_health_v1.HealthCheckRequest{}); err != nil {
		t.Error(err)
	}
	_, err = assayv1.NewComplianceServiceClient(with).ListCheckers(background(t), &assayv1.ListCheckersRequest{})
	wantCode(t, err, codes.Unauthenticated) // it speaks for nobody
	ctx := metadata.AppendToOutgoingContext(background(t), bearerOf(g.checkKey).headers...)
	if _, err := assayv1.NewComplianceServiceClient(with).ListCheckers(ctx, &assayv1.ListCheckersRequest{}); err != nil {
		t.Error(err)
	}
}

// TestPlaintextServersTakeTokensToo, on this machine.
func TestPlaintextServersTakeTokensToo(t *testing.T) {
	key, line := newKey(t, "lister", "shop", "check")
	a, err := auth.New(auth.Config{Keys: authtest.File(t, "keys.yaml", []byte(line))})
	if err != nil {
		t.Fatal(err)
	}
	s := server.New(server.Config{Auth: a})
	s.Use(newEngine(t, "test"))
	l := loopback(t)
	start(t, s, l)
	conn, err := grpc.NewClient(l.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	api := assayv1.NewComplianceServiceClient(conn)
	_, err = api.CheckSubmission(background(t), &assayv1.CheckSubmissionRequest{Submission: submission("1")})
	wantCode(t, err, codes.Unauthenticated)
	ctx := metadata.AppendToOutgoingContext(background(t), bearerOf(key).headers...)
	if _, err := api.CheckSubmission(ctx, &assayv1.CheckSubmissionRequest{Submission: submission("1")}); err != nil {
		t.Error(err)
	}
}
