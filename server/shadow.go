package server

import (
	"context"
	"sync"
	"sync/atomic"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/verdict"
	"github.com/assay-project/assay/internal/wire"
	"github.com/assay-project/assay/server/admission"
	"github.com/assay-project/assay/server/metrics"
)

// Shadow puts an engine beside the one in force, which must be there: it is asked the same of every submission, after the
// other, and what it says stands in the verdict and is counted, and decides nothing. Nil takes it away.
func (s *Server) Shadow(e *engine.Engine) {
	for {
		now := s.current.Load()
		if s.current.CompareAndSwap(now, now.beside(e)) {
			break
		}
	}
	if s.config.Metrics != nil {
		var ref verdict.Rulebook
		if e != nil {
			ref = e.Rulebook()
		}
		s.config.Metrics.Rulebook(metrics.InShadow, ref, s.config.Now())
	}
}

// beside is the same engine in force with another one in shadow. Counting begins anew.
func (f *inForce) beside(e *engine.Engine) *inForce {
	next := *f
	next.shadow, next.counts = e, new(shadowCounts)
	return &next
}

// waits reports whether checks wait for outside checkers, of either engine.
func (f *inForce) waits() bool { return f.engine.Waits() || f.shadow != nil && f.shadow.Waits() }

// check answers a submission with the engine in force, and has the one in shadow say what it thinks.
func (q question) check(ctx context.Context, s *listing.Submission) (*verdict.Verdict, []check.Outcome, error) {
	if q.waits() {
		admission.Apart(ctx)
	} else {
		turn, err := admission.Run(ctx)
		if err != nil {
			return nil, nil, err
		}
		defer turn.Done()
	}
	thinks := q.aside(ctx, s)
	v, outcomes, err := q.engine.Check(ctx, s, q.options)
	other := thinks()
	if err != nil {
		return nil, nil, err
	}
	if other != nil {
		v.Beside(other)
	}
	q.counts.add(v)
	if q.meter != nil {
		q.meter.Count(v, outcomes)
	}
	tell(ctx, v, outcomes)
	return v, outcomes, nil
}

// aside asks the engine in shadow. What it returns waits for what that one thinks; nil: nothing. Where it has to wait for outside
// checkers it begins at once, so that the two together take no longer than one.
func (q question) aside(ctx context.Context, s *listing.Submission) func() *verdict.Verdict {
	thinks := sync.OnceValue(func() *verdict.Verdict {
		if q.shadow == nil || ctx.Err() != nil {
			return nil
		}
		v, _, err := q.shadow.Check(ctx, s, q.options)
		if err != nil {
			return nil // it lacks a checker that was asked for by name
		}
		return v
	})
	if q.shadow != nil && q.shadow.Waits() {
		go func() {
			defer func() { _ = recover() }() // a panic comes up again where it is waited for
			thinks()
		}()
	}
	return thinks
}

// shadowCounts are numbers of verdicts, by what was decided and what would have been.
type shadowCounts [verdict.Reject + 1][verdict.Reject + 1]atomic.Int64

func (c *shadowCounts) add(v *verdict.Verdict) {
	if v.ShadowDecision != verdict.NoDecision {
		c[v.Decision][v.ShadowDecision].Add(1)
	}
}

func (c *shadowCounts) message() []*assayv1.ShadowCount {
	var counts []*assayv1.ShadowCount
	for decided := range c {
		for would := range c[decided] {
			if n := c[decided][would].Load(); n > 0 {
				counts = append(counts, &assayv1.ShadowCount{Decision: assayv1.Decision(decided), ShadowDecision: assayv1.Decision(would), Count: n})
			}
		}
	}
	return counts
}

// shadowStatus is what runs in shadow; nil: nothing does, or nothing has been asked yet.
func (f *inForce) shadowStatus(load *assayv1.RulebookLoad) *assayv1.ShadowStatus {
	status := &assayv1.ShadowStatus{Counts: f.counts.message(), LastLoad: load}
	if f.shadow != nil {
		status.Rulebook = wire.Rulebook(f.shadow.Rulebook())
	}
	if status.Rulebook == nil && status.Counts == nil && load == nil {
		return nil
	}
	return status
}
