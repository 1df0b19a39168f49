package server_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"log/slog"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection/grpc_reflection_v1"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/server"
)

func TestHealthFollowsTheEngine(t *testing.T) {
	s := server.New(server.Config{DrainDelay: -1})
	conn := start(t, s, inMemory())
	health := grpc_health_v1.NewHealthClient(conn)
	watch, err := health.Watch(background(t), &grpc_health_v1.HealthCheckRequest{})
	if err != nil {
		t.Fatal(err)
	}
	next := func() grpc_health_v1.HealthCheckResponse_ServingStatus {
		r, err := watch.Recv()
		if err != nil {
			t.Fatal(err)
		}
		return r.GetStatus()
	}
	if got := next(); got != grpc_health_v1.HealthCheckResponse_NOT_SERVING {
		t.Errorf("without an engine health is %v", got)
	}
	_, err = assayv1.NewComplianceServiceClient(conn).CheckSubmission(background(t), &assayv1.CheckSubmissionRequest{Submission: submission("s1")})
	if after := detail[*errdetails.RetryInfo](t, wantCode(t, err, codes.Unavailable)); after.GetRetryDelay().AsDuration() <= 0 {
		t.Errorf("retry after %v", after)
	}
	s.Use(newEngine(t, "test"))
	if got := next(); got != grpc_health_v1.HealthCheckResponse_SERVING {
		t.Errorf("with an engine health is %v", got)
	}
	drained := make(chan error, 1)
	go func() { drained <- s.Shutdown(background(t)) }()
	if got := next(); got != grpc_health_v1.HealthCheckResponse_NOT_SERVING {
		t.Errorf("while draining health is %v", got)
	}
	if err := <-drained; err != nil {
		t.Errorf("a health watch held the server up: %v", err)
	}
}

func TestShutdownAnswersWhatItTook(t *testing.T) {
	client, s := serving(t, server.Config{DrainDelay: -1})
	stream := open(t, client)
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		for i := 0; stream.Send(item(i)) == nil; i++ {
		}
	}()
	drained := make(chan error, 1)
	answered := int64(0)
	for r := receive(t, stream); r != nil; r = receive(t, stream) { // a status that is not OK fails the test
		if r.GetPosition() != answered || r.GetVerdict() == nil {
			t.Fatalf("result %d is %v", answered, r)
		}
		if answered++; answered == 100 {
			go func() { drained <- s.Shutdown(background(t)) }()
		}
	}
	<-sent
	if err := <-drained; err != nil {
		t.Errorf("Shutdown: %v", err)
	}
	if answered < 100 {
		t.Errorf("the stream ended after %d results, before it had to", answered)
	}
}

// hold opens a unary call whose message never comes, and returns once the server has it.
func hold(t *testing.T, conn *grpc.ClientConn) grpc.ClientStream {
	t.Helper()
	held, err := conn.NewStream(background(t), &grpc.StreamDesc{ClientStreams: true}, assayv1.ComplianceService_CheckSubmission_FullMethodName)
	if err != nil {
		t.Fatal(err)
	}
	// Headers of one connection are read in order: when a later call is answered, the first has been taken.
	if _, err := assayv1.NewComplianceServiceClient(conn).ListCheckers(background(t), &assayv1.ListCheckersRequest{}); err != nil {
		t.Fatal(err)
	}
	return held
}

func TestAMessageThatNeverComesIsCut(t *testing.T) {
	s := server.New(server.Config{CallTimeout: 100 * time.Millisecond})
	s.Use(newEngine(t, "test"))
	conn := start(t, s, inMemory())
	held, err := conn.NewStream(background(t), &grpc.StreamDesc{ClientStreams: true}, assayv1.ComplianceService_CheckSubmission_FullMethodName)
	if err != nil {
		t.Fatal(err)
	}
	wantCode(t, held.RecvMsg(&assayv1.CheckSubmissionResponse{}), codes.DeadlineExceeded)
}

func TestACallerThatNeverReadsLetsTheHandlerGo(t *testing.T) {
	logs := make(lines, 1)
	client, _ := serving(t, server.Config{Logger: logs.logger(slog.LevelDebug), StreamAge: 50 * time.Millisecond, StreamGrace: 50 * time.Millisecond})
	ctx, cancel := context.WithCancel(background(t))
	stream, err := client.StreamCheckSubmissions(ctx)
	if err != nil {
		t.Fatal(err)
	}
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		for i := 0; stream.Send(item(i)) == nil; i++ {
		}
	}()
	line := <-logs
	for strings.Contains(line, "checker did not end") { // one that was under way when the call's time was over
		line = <-logs
	}
	if !strings.Contains(line, "StreamCheckSubmissions") {
		t.Errorf("the first line of a call is %s", line)
	}
	cancel()
	<-sent
}

func TestASecondSignalStopsAtOnce(t *testing.T) {
	tests := map[string]time.Duration{"while health says so": time.Hour, "while calls end": -1}
	for name, delay := range tests {
		t.Run(name, func(t *testing.T) {
			s := server.New(server.Config{CallTimeout: time.Hour, DrainDelay: delay, DrainTimeout: time.Hour})
			s.Use(newEngine(t, "test"))
			held := hold(t, start(t, s, inMemory()))
			ctx, second := context.WithCancel(background(t))
			drained := make(chan error, 1)
			go func() { drained <- s.Shutdown(ctx) }()
			second()
			if err := <-drained; !errors.Is(err, context.Canceled) {
				t.Errorf("Shutdown: %v, want it to say that calls were cut off", err)
			}
			wantCode(t, held.RecvMsg(&assayv1.CheckSubmissionResponse{}), codes.Unavailable)
		})
	}
}

func TestCallsThatDoNotEndAreCutAfterTheTimeout(t *testing.T) {
	s := server.New(server.Config{CallTimeout: time.Hour, DrainDelay: -1, DrainTimeout: 10 * time.Millisecond})
	s.Use(newEngine(t, "test"))
	held := hold(t, start(t, s, inMemory()))
	if err := s.Shutdown(background(t)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Shutdown: %v, want it to say that calls were cut off", err)
	}
	wantCode(t, held.RecvMsg(&assayv1.CheckSubmissionResponse{}), codes.Unavailable)
}

func TestReflectionIsForDevelopment(t *testing.T) {
	for dev, want := range map[bool]codes.Code{false: codes.Unimplemented, true: codes.OK} {
		s := server.New(server.Config{Dev: dev})
		stream, err := grpc_reflection_v1.NewServerReflectionClient(start(t, s, inMemory())).ServerReflectionInfo(background(t))
		if err != nil {
			t.Fatal(err)
		}
		stream.Send(&grpc_reflection_v1.ServerReflectionRequest{MessageRequest: &grpc_reflection_v1.ServerReflectionRequest_ListServices{}})
		_, err = stream.Recv()
		wantCode(t, err, want)
		stream.CloseSend()
	}
}

func TestPlaintextIsForThisMachine(t *testing.T) {
	everywhere := func() net.Listener {
		l, err := net.Listen("tcp", ":0")
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	l := everywhere()
	refused := server.New(server.Config{})
	defer refused.Close()
	if err := refused.Serve(l); !errors.Is(err, server.ErrPlaintext) {
		t.Errorf("Serve on %s: %v", l.Addr(), err)
	}
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the listener is left open: %v", err)
	}
	allowed := server.New(server.Config{Insecure: true})
	conn := start(t, allowed, everywhere())
	if _, err := grpc_health_v1.NewHealthClient(conn).Check(background(t), &grpc_health_v1.HealthCheckRequest{}); err != nil {
		t.Errorf("insecure is set and it still does not serve: %v", err)
	}
}

func TestOldTLSIsRefused(t *testing.T) {
	certificate, roots := selfSigned(t)
	for version, want := range map[uint16]codes.Code{tls.VersionTLS12: codes.Unavailable, tls.VersionTLS13: codes.OK} {
		s := server.New(server.Config{TLS: &tls.Config{Certificates: []tls.Certificate{certificate}}})
		l := loopback(t)
		start(t, s, l)
		conn, err := grpc.NewClient(l.Addr().String(), grpc.WithTransportCredentials(credentials.NewTLS(
			&tls.Config{RootCAs: roots, ServerName: "assay.test", MaxVersion: version, MinVersion: tls.VersionTLS12})))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_, err = grpc_health_v1.NewHealthClient(conn).Check(background(t), &grpc_health_v1.HealthCheckRequest{})
		wantCode(t, err, want)
	}
}

func selfSigned(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "assay.test"}, DNSNames: []string{"assay.test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

func TestNewCallsGetTheNewEngine(t *testing.T) {
	client, s := serving(t, server.Config{})
	s.Use(newEngine(t, "next"))
	r, err := client.GetRulebook(background(t), &assayv1.GetRulebookRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if got := r.GetRulebook().GetLabel(); got != "next" {
		t.Errorf("rulebook is %q", got)
	}
}
