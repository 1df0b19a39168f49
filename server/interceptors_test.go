package server

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// broken is a service whose handlers panic, behind the real options of a server.
type broken struct {
	assayv1.UnimplementedComplianceServiceServer
	left chan time.Duration
}

func (broken) CheckSubmission(context.Context, *assayv1.CheckSubmissionRequest) (*assayv1.CheckSubmissionResponse, error) {
	panic("secret of a listing")
}

func (broken) StreamCheckSubmissions(grpc.BidiStreamingServer[assayv1.StreamCheckSubmissionsRequest, assayv1.StreamCheckSubmissionsResponse]) error {
	var none []int
	_ = none[len("secret")]
	return nil
}

func (b broken) ListCheckers(ctx context.Context, _ *assayv1.ListCheckersRequest) (*assayv1.ListCheckersResponse, error) {
	end, _ := ctx.Deadline()
	b.left <- time.Until(end)
	return &assayv1.ListCheckersResponse{}, nil
}

func serveBroken(t *testing.T, s *Server) (assayv1.ComplianceServiceClient, broken) {
	t.Helper()
	service := broken{left: make(chan time.Duration, 1)}
	t.Cleanup(s.Close)
	g := grpc.NewServer(s.options()...)
	assayv1.RegisterComplianceServiceServer(g, service)
	l := bufconn.Listen(1 << 16)
	served := make(chan error, 1)
	go func() { served <- g.Serve(l) }()
	conn, err := grpc.NewClient("passthrough:///test", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return l.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		g.Stop()
		<-served
	})
	return assayv1.NewComplianceServiceClient(conn), service
}

func TestAPanicIsInternalWithoutItsText(t *testing.T) {
	var logs bytes.Buffer
	s := New(Config{Logger: slog.New(slog.NewTextHandler(&logs, nil))})
	client, _ := serveBroken(t, s)
	_, err := client.CheckSubmission(t.Context(), &assayv1.CheckSubmissionRequest{})
	if got := status.Convert(err); got.Code() != codes.Internal || got.Message() != "internal error" {
		t.Errorf("a panic of a unary handler is %v", got)
	}
	stream, err := client.StreamCheckSubmissions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = stream.Recv()
	if got := status.Convert(err); got.Code() != codes.Internal || got.Message() != "internal error" {
		t.Errorf("a panic of a stream's handler is %v", got)
	}
	for _, want := range []string{"level=ERROR msg=panic cause=string", `cause="runtime error: index out of range [6] with length 0"`, "code=Internal", "stack="} {
		if !strings.Contains(logs.String(), want) {
			t.Errorf("the log lacks %s:\n%s", want, &logs)
		}
	}
	if strings.Contains(logs.String(), "secret of") {
		t.Errorf("the log holds the panic's text:\n%s", &logs)
	}
}

func TestEveryCallHasADeadline(t *testing.T) {
	s := New(Config{CallTimeout: time.Hour})
	client, service := serveBroken(t, s)
	for name, test := range map[string]struct {
		asked   time.Duration // 0: none
		longest time.Duration
	}{
		"caller asks for none": {0, time.Hour},
		"caller asks for more": {100 * time.Hour, time.Hour},
		"caller asks for less": {time.Minute, time.Minute},
	} {
		ctx := t.Context()
		if test.asked > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, test.asked)
			defer cancel()
		}
		if _, err := client.ListCheckers(ctx, &assayv1.ListCheckersRequest{}); err != nil {
			t.Fatal(err)
		}
		if left := <-service.left; left <= 0 || left > test.longest {
			t.Errorf("%s: the handler has %v, want at most %v", name, left, test.longest)
		}
	}
}
