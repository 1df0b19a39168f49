package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// A Plan is checkers in an order in which each comes after what it requires. It is immutable.
type Plan[S any] struct{ checkers []*Checker[S] }

// NewPlan keeps the order given. It refuses, all at once: names missing or given twice, and requirements that are not
// planned earlier.
func NewPlan[S any](checkers ...*Checker[S]) (*Plan[S], error) {
	var errs []error
	for i, c := range checkers {
		if c.Name == "" || c.Run == nil {
			errs = append(errs, fmt.Errorf("plan checker %d: needs a name and a run", i))
		}
		if slices.ContainsFunc(checkers[:i], func(o *Checker[S]) bool { return o.Name == c.Name }) {
			errs = append(errs, fmt.Errorf("plan checker %q: the name is taken", c.Name))
		}
		for _, r := range c.Requires {
			if !slices.Contains(checkers[:i], r) {
				errs = append(errs, fmt.Errorf("plan checker %q: requires %q, which is not planned before it", c.Name, r.Name))
			}
		}
	}
	return &Plan[S]{slices.Clone(checkers)}, errors.Join(errs...)
}

// Checkers are the plan's checkers in order. They must not be changed.
func (p *Plan[S]) Checkers() []*Checker[S] { return p.checkers }

// Select is the set of the named checkers and all they require. An unknown name is an error that lists them all.
func (p *Plan[S]) Select(names []string) (Selection, error) {
	chosen := make(Selection, len(p.checkers))
	var unknown []string
	for _, name := range names {
		i := slices.IndexFunc(p.checkers, func(c *Checker[S]) bool { return c.Name == name })
		if i < 0 {
			unknown = append(unknown, name)
			continue
		}
		p.choose(chosen, i)
	}
	if len(unknown) > 0 {
		return nil, fmt.Errorf("select checkers: no checker is named %q", unknown)
	}
	return chosen, nil
}

func (p *Plan[S]) choose(chosen Selection, i int) {
	chosen[i] = true
	for _, r := range p.checkers[i].Requires {
		p.choose(chosen, slices.Index(p.checkers, r))
	}
}

// A Selection says which checkers of a plan run; nil: all.
type Selection []bool

// Run runs the selected checkers on a subject, in order, in the caller's goroutine. When ctx ends, those that have not
// run yet are TimedOut.
func (p *Plan[S]) Run(ctx context.Context, subject S, selected Selection) *Report {
	r := &Report{Outcomes: make([]Outcome, len(p.checkers))}
	pass := Pass[S]{Subject: subject, report: r}
	for i, c := range p.checkers {
		o := &r.Outcomes[i]
		o.Checker = c.Name
		pass.index = i
		start := time.Now()
		p.runOne(ctx, c, &pass, selected == nil || selected[i])
		o.Elapsed = time.Since(start)
	}
	return r
}

// runOne decides whether c runs, runs it, and writes how that ended.
func (p *Plan[S]) runOne(ctx context.Context, c *Checker[S], pass *Pass[S], selected bool) {
	o := &pass.report.Outcomes[pass.index]
	if !selected {
		o.Status, o.Reason = Skipped, "not asked for"
		return
	}
	for _, required := range c.Requires {
		if ended := pass.report.Outcome(required.Name); ended.Status == TimedOut || ended.Status == Failed {
			o.Status, o.Reason = ended.Status, "requires "+required.Name+", which did not run"
			return
		}
	}
	err := ctx.Err()
	if err == nil {
		err = guarded(ctx, c, pass)
	}
	o.end(err)
}

// guarded runs c and turns a panic into an error without its text, which may hold what the merchant wrote.
func guarded[S any](ctx context.Context, c *Checker[S], pass *Pass[S]) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = &PanicError{Checker: c.Name, Cause: cause}
		}
	}()
	o := &pass.report.Outcomes[pass.index]
	if c.Skip != nil {
		if why := c.Skip(pass.Subject); why != "" {
			o.Status, o.Reason = Skipped, why
			return nil
		}
	}
	return c.Run(ctx, pass)
}

// A PanicError is a checker's panic. Cause is for logs only.
type PanicError struct {
	Checker string
	Cause   any
}

func (e *PanicError) Error() string { return "checker " + e.Checker + " panicked" }

// A Report is how a run went.
type Report struct {
	Outcomes []Outcome // one per planned checker, in order
	Findings []Finding // in the order of the checkers and their reports
}

// Outcome is how the checker of that name ended; it must be one of the plan.
func (r *Report) Outcome(name string) *Outcome {
	i := slices.IndexFunc(r.Outcomes, func(o Outcome) bool { return o.Checker == name })
	return &r.Outcomes[i]
}

// An Outcome is how one checker ended.
type Outcome struct {
	Checker  string
	Status   Status
	Shadow   bool   // what it reports stands apart and counts for nothing; whoever runs the plan knows
	Reason   string // why it was skipped, did not work, or (if it ran) may have missed something; safe to show
	Err      error  // of Failed and TimedOut; for logs
	Code     string // of the finding that it did not end; "": the usual one
	Variant  string // of Code; "": the usual one
	Reported int    // findings
	Elapsed  time.Duration
	result   any // of a stage
}

// A Failure is the error of a checker that can say more than that it did not work.
type Failure struct {
	Code    string // of the finding that it did not end; "": the usual one
	Variant string // of that code
	Reason  string // safe to show, after the checker's name: "could not be reached"
	Err     error  // for logs; may be nil
}

func (e *Failure) Error() string { return e.Reason }

func (e *Failure) Unwrap() error { return e.Err }

// end writes the status of a checker that was started.
func (o *Outcome) end(err error) {
	o.Err = err
	o.status(err)
	if failure := (*Failure)(nil); errors.As(err, &failure) {
		o.Code, o.Variant, o.Reason = failure.Code, failure.Variant, failure.Reason
	}
}

func (o *Outcome) status(err error) {
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		o.Status, o.Reason = TimedOut, "ran out of time"
	case err != nil:
		o.Status, o.Reason = Failed, "did not work"
	case o.Status == Skipped:
	case o.Reported > 0:
		o.Status = Flagged
	default:
		o.Status = Clean
	}
}

// Status is how a checker ended.
type Status uint8

// Statuses, numbered as in the contract.
const (
	StatusUnknown Status = iota
	Clean
	Flagged
	Skipped
	TimedOut
	Failed
)
