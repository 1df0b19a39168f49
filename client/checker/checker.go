package checker

import (
	"context"
	"fmt"
	"net"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/status"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/outside"
)

// A Func looks at one submission and returns what it finds, nil for nothing. It is called from many goroutines at once, must
// give the same answer to the same request, and should end when ctx does: nobody waits for it any longer. Its error means
// that it could not look; the listing then goes to a person.
type Func func(ctx context.Context, r *assayv1.RunCheckerRequest) ([]*assayv1.CheckerFinding, error)

// Limits of the server that [Serve] runs.
const (
	maxRequest = 2 << 20 // bytes of a submission
	maxStreams = 256     // calls at a time on one connection
	drain      = 5 * time.Second
)

// Serve serves a checker on a listener until ctx ends, then lets running calls end, for 5 seconds at most. Options are added
// to the usual ones; transport security is one of them. The error says what is wrong with the description, or why there
// was no serving.
func Serve(ctx context.Context, l net.Listener, d *assayv1.DescribeCheckerResponse, f Func, options ...grpc.ServerOption) error {
	usual := []grpc.ServerOption{grpc.MaxRecvMsgSize(maxRequest), grpc.MaxConcurrentStreams(maxStreams), grpc.WaitForHandlers(true),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 30 * time.Second})}
	s := grpc.NewServer(append(usual, options...)...)
	if err := Register(s, d, f); err != nil {
		_ = l.Close() // nothing was served on it
		return err
	}
	healthy := health.NewServer()
	grpc_health_v1.RegisterHealthServer(s, healthy)
	stopped := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(stopped)
		healthy.Shutdown()
		cut := time.AfterFunc(drain, s.Stop)
		defer cut.Stop()
		s.GracefulStop()
	})
	err := s.Serve(l)
	if stop() {
		return fmt.Errorf("serve checker on %s: %w", l.Addr(), err)
	}
	<-stopped
	return nil
}

// Register makes a checker part of a server that the caller runs. The error says everything that is wrong with the
// description.
func Register(s grpc.ServiceRegistrar, d *assayv1.DescribeCheckerResponse, f Func) error {
	held, err := outside.Describe(d)
	if err != nil {
		return fmt.Errorf("describe checker: %w", err)
	}
	assayv1.RegisterCheckerServiceServer(s, &service{message: d, held: held, look: f})
	return nil
}

type service struct {
	assayv1.UnimplementedCheckerServiceServer
	message *assayv1.DescribeCheckerResponse
	held    *outside.Description
	look    Func
}

// DescribeChecker answers with the description.
func (s *service) DescribeChecker(context.Context, *assayv1.DescribeCheckerRequest) (*assayv1.DescribeCheckerResponse, error) {
	return s.message, nil
}

// RunChecker calls the function and holds what it returns to the contract.
func (s *service) RunChecker(ctx context.Context, r *assayv1.RunCheckerRequest) (answer *assayv1.RunCheckerResponse, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = status.Errorf(codes.Internal, "the checker panicked: %T", cause) // the cause itself may hold what a merchant wrote
		}
	}()
	findings, err := s.look(ctx, r)
	if err != nil {
		return nil, err
	}
	answer = &assayv1.RunCheckerResponse{SubmissionId: r.GetSubmission().GetSubmissionId(), Findings: findings}
	q, skipped := s.held.Ask(r.GetSubmission(), r.GetMentions())
	if skipped != "" {
		return &assayv1.RunCheckerResponse{SubmissionId: answer.GetSubmissionId()}, nil // it was not to be asked
	}
	if _, err := q.Findings("", answer); err != nil {
		return nil, status.Errorf(codes.Internal, "the checker's answer breaks the contract: %v", err)
	}
	return answer, nil
}

// Span is evidence that points at words: the bytes from start to end of a text of the submission. field is the text's path
// as in findings: "title", "bullets[2]", `attributes["Colour"]`.
func Span(field, text string, start, end int) *assayv1.Evidence {
	return &assayv1.Evidence{Kind: &assayv1.Evidence_TextSpan{TextSpan: &assayv1.TextSpan{
		Field: field, Start: int32(start), End: int32(end), Surface: check.Surface(text, start, end)}}}
}
