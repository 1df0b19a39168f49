package remote

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/failsafe-go/failsafe-go/bulkhead"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/outside"
)

var (
	errClosed = errors.New("the connections are closed")
	errOpen   = errors.New("most of its last answers failed")
)

// A patience is how long one call may take.
type patience struct {
	timeout time.Duration // of the checker, by the rulebook
	callers bool          // the caller's own deadline leaves less
}

// margin is what a request keeps of its own time to make a verdict of.
const margin = 50 * time.Millisecond

// within bounds ctx by the checker's timeout and by what the request has left.
func within(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc, patience) {
	p := patience{timeout: timeout}
	if end, ok := ctx.Deadline(); ok {
		if left := time.Until(end) - margin; left < timeout {
			p = patience{timeout: max(left, 0), callers: true}
		}
	}
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	return ctx, cancel, p
}

// run asks the checker one question. Whether it does not work of late, and how many ask it now, is looked at first.
func (l *link) run(ctx context.Context, p patience, q *assayv1.RunCheckerRequest, accept func(*assayv1.RunCheckerResponse) error) error {
	if l.broken != nil {
		return l.broken
	}
	if l.breaker.RemainingDelay() > 0 {
		return errOpen
	}
	if err := l.slots.AcquirePermitWithMaxWait(ctx, p.timeout/2); err != nil {
		return err
	}
	defer l.slots.ReleasePermit()
	if !l.breaker.TryAcquirePermit() {
		return errOpen
	}
	answer, err := l.ask(ctx, q)
	if err == nil {
		err = accept(answer)
	}
	l.record(ctx, p, err)
	return err
}

// ask makes the call. The answer is read by the contract's own reader, not by the connection's.
func (l *link) ask(ctx context.Context, q *assayv1.RunCheckerRequest) (*assayv1.RunCheckerResponse, error) {
	var data []byte
	if err := l.conn.Invoke(ctx, assayv1.CheckerService_RunChecker_FullMethodName, q, &data, grpc.ForceCodecV2(unread{usual})); err != nil {
		return nil, err
	}
	return outside.Read(data)
}

var usual = encoding.GetCodecV2(proto.Name)

// unread is the usual codec, but that it leaves what comes in as bytes.
type unread struct{ encoding.CodecV2 }

// Name is part of the content type, where the usual codec's is left out too.
func (unread) Name() string { return "" }

// Unmarshal takes a *[]byte.
func (unread) Unmarshal(data mem.BufferSlice, into any) error {
	*into.(*[]byte) = data.Materialize()
	return nil
}

// record notes how a call went. A caller who had no time, or went away, says nothing of the checker, or callers in a hurry could
// keep it from everybody else; only a call that tries whether it works again must end in one of the two.
func (l *link) record(ctx context.Context, p patience, err error) {
	ended := over(ctx, err)
	switch {
	case err == nil:
		l.breaker.RecordSuccess()
	case ended == nil, !p.callers && errors.Is(ended, context.DeadlineExceeded), l.breaker.IsHalfOpen():
		l.breaker.RecordFailure()
	}
}

// over is why time was up when a call ended; nil where it was not. The other side may see it a moment before we do.
func over(ctx context.Context, err error) error {
	if ctx.Err() == nil && status.Code(err) == codes.DeadlineExceeded {
		return context.DeadlineExceeded
	}
	return ctx.Err()
}

// failure says why a checker could not be asked or its answer not be taken, in words that hold nothing of the submission
// and nothing that the checker made up but, escaped, names.
func failure(ctx context.Context, p patience, err error) error {
	f, ended := &check.Failure{Err: err}, over(ctx, err)
	var broken outside.Problems
	switch {
	case errors.As(err, &broken):
		f.Reason = "answered against the contract: " + clip(broken[0])
	case errors.Is(err, errOpen):
		f.Reason = "was not asked, as most of its last answers failed"
	case errors.Is(err, bulkhead.ErrFull):
		f.Reason = "had no room for another call"
	case ended != nil && p.callers:
		f.Reason, f.Err = "did not answer in the time that the request had left", ended
	case ended != nil:
		f.Reason, f.Err = fmt.Sprintf("did not answer within %v", p.timeout), ended
	default:
		f.Reason = byCode(status.Convert(err))
	}
	return f
}

// What our own client says of an answer over the limit begins so, and what it says of a connection that could not be secured
// holds that.
const (
	tooLarge  = "grpc: received message larger than max"
	handshake = "authentication handshake failed"
)

func byCode(s *status.Status) string {
	switch {
	case s.Code() == codes.Unavailable && strings.Contains(s.Message(), handshake):
		return "could not be reached (the TLS handshake failed)"
	case s.Code() == codes.Unavailable:
		return "could not be reached"
	case s.Code() == codes.Unimplemented:
		return "does not implement assay.v1.CheckerService"
	case s.Code() == codes.ResourceExhausted && strings.HasPrefix(s.Message(), tooLarge):
		return fmt.Sprintf("answered with more than %d KiB", outside.MaxAnswerBytes>>10)
	}
	return fmt.Sprintf("failed with %v", s.Code())
}

// maxReason bounds what of a broken answer is told.
const maxReason = 200

func clip(text string) string {
	if len(text) <= maxReason {
		return text
	}
	return strings.ToValidUTF8(text[:maxReason], "") + " ..."
}
