package client

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake is a server that misbehaves as a test says.
type fake struct {
	assayv1.UnimplementedComplianceServiceServer
	check  func(context.Context, *assayv1.CheckSubmissionRequest) (*assayv1.CheckSubmissionResponse, error)
	stream func(grpc.BidiStreamingServer[assayv1.StreamCheckSubmissionsRequest, assayv1.StreamCheckSubmissionsResponse]) error
}

func (f *fake) CheckSubmission(ctx context.Context, req *assayv1.CheckSubmissionRequest) (*assayv1.CheckSubmissionResponse, error) {
	return f.check(ctx, req)
}

func (f *fake) StreamCheckSubmissions(s grpc.BidiStreamingServer[assayv1.StreamCheckSubmissionsRequest, assayv1.StreamCheckSubmissionsResponse]) error {
	return f.stream(s)
}

// waits records the pauses of a client instead of making them.
type waits struct {
	mu   sync.Mutex
	list []time.Duration
}

func (w *waits) pause(ctx context.Context, d time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.list = append(w.list, d)
	return ctx.Err()
}

func (w *waits) all() []time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]time.Duration(nil), w.list...)
}

// dialFake connects a client that does not really wait to a fake.
func dialFake(t testing.TB, f *fake, opts ...CallOption) (*Client, *waits) {
	t.Helper()
	return dialFakeWith(t, f, WithDefaults(opts...))
}

func dialFakeWith(t testing.TB, f *fake, opts ...Option) (*Client, *waits) {
	t.Helper()
	listener := bufconn.Listen(1 << 20)
	server := grpc.NewServer(grpc.MaxRecvMsgSize(MaxRequestBytes))
	assayv1.RegisterComplianceServiceServer(server, f)
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(listener) }()
	c, err := Dial("passthrough:///fake", append(opts, WithInsecure(),
		WithDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))...)
	if err != nil {
		t.Fatal(err)
	}
	w := &waits{}
	c.pause = w.pause
	t.Cleanup(func() { _ = c.Close(); server.Stop(); <-done })
	return c, w
}

func submission(id string) *assayv1.Submission {
	return &assayv1.Submission{SubmissionId: id, Product: &assayv1.Product{Title: "Mug " + id}, Markets: []string{"DE"}}
}

func approve(id string) *assayv1.Verdict {
	return &assayv1.Verdict{SubmissionId: id, Decision: assayv1.Decision_DECISION_APPROVE}
}

// answers reads a stream and answers with approval until limit answers are given, then returns end.
func answers(s grpc.BidiStreamingServer[assayv1.StreamCheckSubmissionsRequest, assayv1.StreamCheckSubmissionsResponse], limit int, end error) error {
	for position := int64(0); limit < 0 || position < int64(limit); position++ {
		req, err := s.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		id := req.GetSubmission().GetSubmissionId()
		result := &assayv1.CheckResult{SubmissionId: id, Position: position, Outcome: &assayv1.CheckResult_Verdict{Verdict: approve(id)}}
		if err := s.Send(&assayv1.StreamCheckSubmissionsResponse{Result: result}); err != nil {
			return err
		}
	}
	return end
}

// refusal is a status with details.
func refusal(t testing.TB, code codes.Code, details ...protoadapt.MessageV1) *status.Status {
	t.Helper()
	s, err := status.New(code, "no").WithDetails(details...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func comeBackIn(d time.Duration) *errdetails.RetryInfo {
	return &errdetails.RetryInfo{RetryDelay: durationpb.New(d)}
}
