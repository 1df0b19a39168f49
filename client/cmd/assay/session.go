package main

import (
	"fmt"
	"iter"
	"sync/atomic"
	"time"

	rpcstatus "google.golang.org/genproto/googleapis/rpc/status"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/catalogue"
)

// A printer prints results, one after another.
type printer interface {
	print(e catalogue.Entry, r *assayv1.CheckResult) error
	end(n *tally) error // after the last, also when the run ended early
}

// A session is one run over an input.
type session struct {
	in    *catalogue.Input
	con   console
	bar   *progress
	out   printer
	file  *outFile   // nil: standard output
	page  *pageFile  // nil: no report
	twins *twinsFile // nil: nobody looks for near copies
	count tally
}

// print prints every result with its entry.
func (s *session) print(results iter.Seq2[*assayv1.CheckResult, error]) error {
	defer s.bar.finish()
	for r, err := range results {
		if err != nil {
			s.bar.finish()
			return s.cut(err)
		}
		e := s.in.Take()
		r.Position += s.count.before.All()
		s.count.add(r)
		if failed := r.GetError(); failed != nil {
			s.tell(e, failed)
		}
		s.page.add(e, r)
		if err := s.out.print(e, r); err != nil {
			return fmt.Errorf("write results: %w", err)
		}
		if err := s.twins.add(e, r); err != nil {
			return err
		}
		if err := s.file.step(s.out, s.page, &s.count, e.End); err != nil {
			return err
		}
		s.bar.step()
	}
	s.bar.finish()
	return s.end()
}

// end ends the output, whole or not.
func (s *session) end() error {
	if err := s.file.save(s.out, s.page); err != nil {
		return err
	}
	if err := s.out.end(&s.count); err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	return nil
}

// tell puts the place into an error of one entry, and the error also on standard error, unless the same eyes see it in the
// table.
func (s *session) tell(e catalogue.Entry, failed *rpcstatus.Status) {
	if e.Err == nil { // the server's; errors of the input name their place
		failed.Message = e.Place() + ": " + failed.GetMessage()
	}
	if _, seen := s.out.(*tablePrinter); seen && s.con.stdout.terminal && s.con.stderr.terminal {
		return
	}
	fmt.Fprintln(s.bar.above(s.con.stderr), printable(failed.GetMessage()))
}

// cut ends a run that could not go on.
func (s *session) cut(err error) error {
	if err := s.end(); err != nil {
		return err
	}
	return fmt.Errorf("after %d results: %w", s.count.all(), err)
}

// A tally counts results. It may be read while they come.
type tally struct {
	begun                           time.Time
	before                          catalogue.Counts // of the runs that this one continues, counted below too
	approve, review, reject, errors atomic.Int64

	twins func() int // listings that are near copies so far; nil: nobody looked
}

func (t *tally) add(r *assayv1.CheckResult) {
	switch {
	case r.GetVerdict() == nil:
		t.errors.Add(1)
	case r.GetVerdict().GetDecision() == assayv1.Decision_DECISION_APPROVE:
		t.approve.Add(1)
	case r.GetVerdict().GetDecision() == assayv1.Decision_DECISION_REJECT:
		t.reject.Add(1)
	default: // a decision that this program does not know is for a person
		t.review.Add(1)
	}
}

func (t *tally) all() int64 {
	return t.approve.Load() + t.review.Load() + t.reject.Load() + t.errors.Load()
}

func (t *tally) seconds() float64 { return time.Since(t.begun).Seconds() }

// rate returns results per second of this run so far.
func (t *tally) rate() float64 { return float64(t.all()-t.before.All()) / max(t.seconds(), 1e-3) }

// start begins to count where runs before ended.
func (t *tally) start(before catalogue.Counts) {
	t.begun, t.before = time.Now(), before
	t.approve.Store(before.Approve)
	t.review.Store(before.Review)
	t.reject.Store(before.Reject)
	t.errors.Store(before.Errors)
}

func (t *tally) counts() catalogue.Counts {
	return catalogue.Counts{Approve: t.approve.Load(), Review: t.review.Load(), Reject: t.reject.Load(), Errors: t.errors.Load()}
}
