package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

type checkStream = grpc.BidiStreamingClient[assayv1.StreamCheckSubmissionsRequest, assayv1.StreamCheckSubmissionsResponse]

// A leg is one stream of a flow: one goroutine sends, the one that drives the flow receives.
type leg struct {
	*flow
	stream checkStream
	cancel context.CancelCauseFunc
	sent   chan entry // entries whose result is awaited, in order; closed when no more will be sent
}

// stream sends waiting entries, then fresh ones, over one new stream and answers them in order. It returns what is left
// unanswered and how many were answered; a nil error means that the stream ended cleanly.
func (f *flow) stream(ctx context.Context, waiting []entry) (left []entry, answered int, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stream, err := f.client.api.StreamCheckSubmissions(ctx)
	if err != nil {
		return waiting, 0, err
	}
	l := &leg{flow: f, stream: stream, cancel: cancel, sent: make(chan entry, f.options.window)}
	var unsent []entry
	var sending sync.WaitGroup
	sending.Go(func() { unsent = l.send(ctx, waiting) })
	held, answered, err := l.receive(ctx)
	cancel(nil)
	sending.Wait()
	for e := range l.sent {
		held = append(held, e)
	}
	return append(held, unsent...), answered, err
}

// send sends until the input ends, the stream breaks or ctx ends, and returns those waiting entries it did not get to.
func (l *leg) send(ctx context.Context, waiting []entry) (unsent []entry) {
	defer close(l.sent)
	options := l.options.message() // the first message alone carries them
	for {
		var e entry
		if len(waiting) > 0 {
			e, waiting = waiting[0], waiting[1:]
		} else {
			fresh, ok := l.next(ctx)
			if !ok {
				_ = l.stream.CloseSend() // a stream that cannot be closed has ended
				return nil
			}
			e = fresh
		}
		var msg *grpc.PreparedMsg
		if e.err == nil {
			msg, e.err = l.encode(e.submission, options)
		}
		l.sent <- e
		if e.err != nil {
			continue
		}
		if l.stream.SendMsg(msg) != nil {
			return waiting // why it broke is for receive to see
		}
		options = nil
	}
}

// encode makes the message of a submission. What cannot be a message must not reach the stream, which would break for all.
func (l *leg) encode(s *assayv1.Submission, options *assayv1.CheckOptions) (*grpc.PreparedMsg, error) {
	req := &assayv1.StreamCheckSubmissionsRequest{Submission: s, Options: options}
	if size := proto.Size(req); size > MaxRequestBytes {
		return nil, fmt.Errorf("the submission has %d bytes on the wire; at most %d are read", size, MaxRequestBytes)
	}
	msg := new(grpc.PreparedMsg)
	if err := msg.Encode(l.stream, req); err != nil {
		return nil, fmt.Errorf("encode the submission: %s", status.Convert(err).Message())
	}
	return msg, nil
}

// receive answers sent entries in order. When the stream ends before all are answered it returns the entry it was at.
func (l *leg) receive(ctx context.Context) (held []entry, answered int, err error) {
	var position int64 // in this stream
	for e := range l.sent {
		if e.err != nil {
			l.answer(e, failedOutcome(toInputError(e.err)))
			continue
		}
		result, err := l.await(ctx)
		if err == nil {
			err = fits(result, e, position)
		}
		if err != nil {
			return []entry{e}, answered, ending(err)
		}
		l.answer(e, l.settle(ctx, e, result))
		answered++
		position++
	}
	if ctx.Err() == nil {
		_, _ = l.await(ctx) // lets the server end the stream in peace; everything is answered
	}
	return nil, answered, nil
}

// await receives one result, or ends the stream when none comes in time.
func (l *leg) await(ctx context.Context) (*assayv1.CheckResult, error) {
	timer := time.AfterFunc(l.options.timeout, func() { l.cancel(errLate) })
	defer timer.Stop()
	resp, err := l.stream.Recv()
	if err != nil && errors.Is(context.Cause(ctx), errLate) {
		return nil, errLate
	}
	return resp.GetResult(), err
}

var errLate = newError(status.New(codes.DeadlineExceeded, "the server did not answer in time"))

// fits returns an error when a result is not the one of an entry.
func fits(r *assayv1.CheckResult, e entry, position int64) error {
	if r.GetPosition() != position || r.GetVerdict() != nil && r.GetSubmissionId() != e.submission.GetSubmissionId() {
		return status.Errorf(codes.Internal, "the server answered %q at %d where %q at %d was due",
			r.GetSubmissionId(), r.GetPosition(), e.submission.GetSubmissionId(), position)
	}
	return nil
}

// settle returns the result, or asks again by itself about an entry that the server was too busy for. Meanwhile nothing is
// received, so that the server gets less to do.
func (l *leg) settle(ctx context.Context, e entry, result *assayv1.CheckResult) *assayv1.CheckResult {
	err := ResultError(result)
	if err == nil {
		return result
	}
	failed := toError(err)
	if _, again := l.options.retry.after(failed, 1); !again {
		return failedOutcome(failed)
	}
	verdict, err := l.client.check(ctx, e.submission, l.options, failed)
	if err != nil {
		return failedOutcome(toError(err))
	}
	return &assayv1.CheckResult{Outcome: &assayv1.CheckResult_Verdict{Verdict: verdict}}
}

// ending tells a clean end of a stream from a broken one.
func ending(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
