package checker_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"

	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/client/checker"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func description() *assayv1.DescribeCheckerResponse {
	return &assayv1.DescribeCheckerResponse{Name: "words", Version: "1", ContractVersions: []string{"v1"}, Codes: []string{"WORD"},
		Fields: []string{"product.title"}, Markets: []string{"DE"}}
}

// serve serves f until the test ends, and then wants Serve to have ended well.
func serve(t *testing.T, f checker.Func) *grpc.ClientConn {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- checker.Serve(ctx, l, description(), f) }()
	conn, err := grpc.NewClient(l.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		cancel()
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return conn
}

func question(title string) *assayv1.RunCheckerRequest {
	return &assayv1.RunCheckerRequest{Submission: &assayv1.Submission{SubmissionId: "s-1", Product: &assayv1.Product{Title: title}}}
}

func TestAFunctionBecomesAService(t *testing.T) {
	conn := serve(t, func(_ context.Context, r *assayv1.RunCheckerRequest) ([]*assayv1.CheckerFinding, error) {
		title := r.GetSubmission().GetProduct().GetTitle()
		switch {
		case strings.Contains(title, "panic"):
			panic("on " + title)
		case strings.Contains(title, "error"):
			return nil, status.Error(codes.Unavailable, "no list")
		case strings.Contains(title, "fault"):
			return nil, errors.New("broken")
		case strings.Contains(title, "liar"):
			return []*assayv1.CheckerFinding{{Code: "OTHER"}}, nil
		}
		at := strings.Index(title, "Größe")
		if at < 0 {
			return nil, nil
		}
		return []*assayv1.CheckerFinding{{Code: "WORD", Evidence: []*assayv1.Evidence{checker.Span("title", title, at, at+len("Größe"))}}}, nil
	})
	client := assayv1.NewCheckerServiceClient(conn)
	d, err := client.DescribeChecker(t.Context(), &assayv1.DescribeCheckerRequest{})
	if err != nil || d.GetName() != "words" {
		t.Errorf("DescribeChecker: %v, %v", d, err)
	}
	for title, want := range map[string]codes.Code{"Oak chair": codes.OK, "a panic": codes.Internal, "an error": codes.Unavailable,
		"a fault": codes.Unknown, "a liar": codes.Internal} {
		answer, err := client.RunChecker(t.Context(), question(title))
		if status.Code(err) != want || err == nil && (answer.GetSubmissionId() != "s-1" || len(answer.GetFindings()) > 0) {
			t.Errorf("%q: %v, %v", title, answer, err)
		}
		if strings.Contains(status.Convert(err).Message(), "on a panic") {
			t.Errorf("the error tells what was in the listing: %v", err)
		}
	}
	_, err = client.RunChecker(t.Context(), question("a liar"))
	if !strings.Contains(err.Error(), `findings[0].code: "OTHER" is not a code that it declared`) {
		t.Errorf("the author is told %v", err)
	}
	answer, err := client.RunChecker(t.Context(), question("Schuhe in Größe 39"))
	if err != nil || answer.GetFindings()[0].GetEvidence()[0].GetTextSpan().GetSurface() != "Größe" {
		t.Errorf("%v, %v", answer, err)
	}
	health, err := grpc_health_v1.NewHealthClient(conn).Check(t.Context(), &grpc_health_v1.HealthCheckRequest{})
	if err != nil || health.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
		t.Errorf("health: %v, %v", health, err)
	}
}

func TestABadDescriptionDoesNotStart(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := description()
	d.Fields, d.Codes = []string{"product.titel"}, []string{"word"}
	err = checker.Serve(t.Context(), l, d, nil)
	for _, want := range []string{"product.titel", `"word" is not UPPER_SNAKE`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Serve: %v; want %q", err, want)
		}
	}
	if _, err := l.Accept(); err == nil {
		t.Error("the listener is still open")
	}
}

func TestServeSaysWhyItEnded(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if err := checker.Serve(t.Context(), l, description(), nil); err == nil {
		t.Error("it served on a closed listener")
	}
}
