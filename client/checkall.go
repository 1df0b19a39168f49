package client

import (
	"context"
	"iter"
	"sync"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// CheckAll returns one result for each pair of submissions, in order; positions count from 0 over the whole sequence.
//
// A pair with an error instead of a submission (a line that could not be read) gets a result with that error: the error's own
// status where it has one, else INVALID_ARGUMENT. Refused submissions likewise fail alone; see [ResultError]. An error
// in the sequence of results, always its last pair, means that the run itself could not go on: the server stayed away for longer than
// [Retry] allows, did not answer within the timeout, refused the options, or ctx ended.
//
// Submissions is ranged over in another goroutine, at most [Window] ahead of the results taken. It must not change a submission
// that it has yielded. When the caller stops ranging or ctx ends, CheckAll stops at once and returns as soon as submissions
// has returned, so it should not block for ever. The sequence returned can be ranged over as often as submissions can.
func (c *Client) CheckAll(ctx context.Context, submissions iter.Seq2[*assayv1.Submission, error], opts ...CallOption) iter.Seq2[*assayv1.CheckResult, error] {
	return func(yield func(*assayv1.CheckResult, error) bool) {
		f := newFlow(c, c.defaults.with(opts))
		ctx, cancel := context.WithCancel(ctx)
		var running sync.WaitGroup
		defer running.Wait()
		defer cancel()
		running.Go(func() { f.feed(ctx, submissions) })
		running.Go(func() { f.drive(ctx) })
		for {
			select {
			case result, more := <-f.results:
				if !more {
					if f.err != nil {
						yield(nil, f.err)
					}
					return
				}
				if !yield(result, nil) {
					return
				}
				<-f.slots
			case <-ctx.Done():
				yield(nil, toError(ctx.Err()))
				return
			}
		}
	}
}

// Each pairs every submission with a nil error, as [Client.CheckAll] takes them.
func Each(submissions iter.Seq[*assayv1.Submission]) iter.Seq2[*assayv1.Submission, error] {
	return func(yield func(*assayv1.Submission, error) bool) {
		for s := range submissions {
			if !yield(s, nil) {
				return
			}
		}
	}
}
