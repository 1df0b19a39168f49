package server_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/verdict"
	"github.com/assay-project/assay/server"
)

func TestMain(m *testing.M) {
	if os.Getenv(servesInstead) == "" {
		goleak.VerifyTestMain(m)
		return
	}
	if err := serveInstead(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// newBook knows one code and no marks.
func newBook(t testing.TB, label string) *rulebook.Book {
	t.Helper()
	table, err := verdict.NewTable([]verdict.Row{{Code: "PRICE_INVALID", Severity: verdict.High, Effect: verdict.Review, Title: "impossible price"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	digest := fmt.Sprintf("%x", sha256.Sum256([]byte(label)))
	return &rulebook.Book{Label: label, Digest: digest, Categories: &rulebook.Categories{}, Decisions: table}
}

func newEngine(t testing.TB, label string) *engine.Engine {
	t.Helper()
	e, err := engine.New(newBook(t, label))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// start serves on l until the test ends and returns a connection to it. Each test that needs another end of the
// server's life than Close ends it itself.
func start(t testing.TB, s *server.Server, l net.Listener) *grpc.ClientConn {
	t.Helper()
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	dial := func(ctx context.Context, _ string) (net.Conn, error) {
		if memory, ok := l.(*bufconn.Listener); ok {
			return memory.DialContext(ctx)
		}
		return (&net.Dialer{}).DialContext(ctx, l.Addr().Network(), l.Addr().String())
	}
	conn, err := grpc.NewClient("passthrough:///test", grpc.WithContextDialer(dial), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		s.Close()
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return conn
}

func inMemory() net.Listener { return bufconn.Listen(1 << 20) }

func loopback(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// serving is a client of a server with the engine of newEngine in force.
func serving(t testing.TB, config server.Config) (assayv1.ComplianceServiceClient, *server.Server) {
	t.Helper()
	s := server.New(config)
	s.Use(newEngine(t, "test"))
	return assayv1.NewComplianceServiceClient(start(t, s, inMemory())), s
}

func submission(id string) *assayv1.Submission {
	return &assayv1.Submission{
		SubmissionId: id,
		Product:      &assayv1.Product{Title: "Oak chair", Price: &money.Money{CurrencyCode: "EUR", Units: 89}},
		Markets:      []string{"DE"},
	}
}

func wantCode(t testing.TB, err error, want codes.Code) *status.Status {
	t.Helper()
	got := status.Convert(err)
	if got.Code() != want {
		t.Fatalf("status is %v (%s), want %v", got.Code(), got.Message(), want)
	}
	return got
}

// detail is the status detail of type T.
func detail[T any](t testing.TB, s *status.Status) T {
	t.Helper()
	for _, d := range s.Details() {
		if found, ok := d.(T); ok {
			return found
		}
	}
	var none T
	t.Fatalf("status %v has no %T", s, none)
	return none
}

func reason(t testing.TB, s *status.Status) string {
	t.Helper()
	info := detail[*errdetails.ErrorInfo](t, s)
	if info.GetDomain() != "assay" {
		t.Errorf("domain is %q", info.GetDomain())
	}
	return info.GetReason()
}

func fields(t testing.TB, s *status.Status) []string {
	t.Helper()
	var names []string
	for _, v := range detail[*errdetails.BadRequest](t, s).GetFieldViolations() {
		names = append(names, v.GetField())
	}
	return names
}

// background is a context that keeps a test that hangs from hanging for ever. No test depends on its length.
func background(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}
