package client

import (
	"context"
	"errors"
	"iter"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// An entry is one pair of the input on its way to a result.
type entry struct {
	position   int64
	submission *assayv1.Submission
	err        error // why it is not sent
}

// A flow carries entries through one stream after another. Three goroutines share it: feed reads the input, drive
// runs the streams, and the caller takes results. An entry holds a slot from when it is read until its result is taken; the channels
// have room for all slots, so nothing but taking a slot ever waits for the caller.
type flow struct {
	client  *Client
	options callOptions
	slots   chan struct{}
	fresh   chan entry
	results chan *assayv1.CheckResult
	err     error // why the flow ended early; read it after results is closed
}

func newFlow(c *Client, o callOptions) *flow {
	return &flow{
		client:  c,
		options: o,
		slots:   make(chan struct{}, o.window),
		fresh:   make(chan entry, o.window),
		results: make(chan *assayv1.CheckResult, o.window),
	}
}

// feed numbers the input and hands it on as slots come free.
func (f *flow) feed(ctx context.Context, submissions iter.Seq2[*assayv1.Submission, error]) {
	defer close(f.fresh)
	var position int64
	for s, err := range submissions {
		select {
		case f.slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		f.fresh <- entry{position: position, submission: s, err: err}
		position++
	}
}

// next returns the next fresh entry; false when there is none left or ctx ends.
func (f *flow) next(ctx context.Context) (entry, bool) {
	select {
	case e, ok := <-f.fresh:
		return e, ok
	case <-ctx.Done():
		return entry{}, false
	}
}

// drive answers entries over one stream after another until none is left or no stream helps.
func (f *flow) drive(ctx context.Context) {
	defer close(f.results)
	var waiting []entry // unanswered, in order
	failures := 0
	for {
		if len(waiting) == 0 {
			e, ok := f.next(ctx)
			if !ok {
				f.err = ended(ctx)
				return
			}
			waiting = append(waiting, e)
		}
		if waiting[0].err != nil { // needs no stream
			f.answer(waiting[0], failedOutcome(toInputError(waiting[0].err)))
			waiting = waiting[1:]
			continue
		}
		left, answered, err := f.stream(ctx, waiting)
		waiting = left
		if answered > 0 {
			failures = 0
		}
		if err == nil && (answered > 0 || len(left) == 0) {
			continue // rotated, or all is answered
		}
		failures++
		if f.err = f.wait(ctx, err, failures); f.err != nil {
			return
		}
	}
}

// wait waits after a stream that failed, or returns the failure when no other stream is to be tried.
func (f *flow) wait(ctx context.Context, err error, failures int) error {
	if err == nil {
		err = status.Error(codes.Unavailable, "the server ends streams without an answer")
	}
	e := toError(err)
	wait, again := f.options.retry.after(e, failures)
	if !again || e.RetryAfter > f.options.timeout || outlasts(ctx, wait) {
		return e
	}
	if err := f.client.pause(ctx, wait); err != nil {
		return toError(err)
	}
	return nil
}

// ended returns why ctx ended; nil when it did not, so that only the input did.
func ended(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	return toError(ctx.Err())
}

// answer puts the result of an entry in the caller's queue. The entry's slot is the room for it.
func (f *flow) answer(e entry, result *assayv1.CheckResult) {
	result.Position = e.position
	result.SubmissionId = e.submission.GetSubmissionId()
	f.results <- result
}

func failedOutcome(e *Error) *assayv1.CheckResult {
	return &assayv1.CheckResult{Outcome: &assayv1.CheckResult_Error{Error: e.status.Proto()}}
}

// toInputError gives an error of the input its own status, or INVALID_ARGUMENT.
func toInputError(err error) *Error {
	var s interface{ GRPCStatus() *status.Status }
	if errors.As(err, &s) {
		return newError(s.GRPCStatus())
	}
	return newError(status.New(codes.InvalidArgument, err.Error()))
}
