package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// A Plan is checkers in an order in which each comes after what it requires. It is immutable.
type Plan[S any] struct{ checkers []*Checker[S] }

// NewPlan keeps the order given. It refuses, all at once: names missing or given twice, requirements that are not
// planned earlier or that wait, and a checker planned after one that waits which does not wait itself.
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
			switch {
			case !slices.Contains(checkers[:i], r):
				errs = append(errs, fmt.Errorf("plan checker %q: requires %q, which is not planned before it", c.Name, r.Name))
			case r.Waits:
				errs = append(errs, fmt.Errorf("plan checker %q: requires %q, which waits: it is started when all others have ended", c.Name, r.Name))
			}
		}
		if i > 0 && checkers[i-1].Waits && !c.Waits {
			errs = append(errs, fmt.Errorf("plan checker %q: those that wait come last", c.Name))
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

// Run runs the selected checkers on a subject. Those that only compute run in order in the caller's goroutine: they
// take microseconds. Those that wait are then started all at once, each in a goroutine of its own, and Run returns when the
// last has ended. When ctx ends, those that have not run yet are TimedOut.
func (p *Plan[S]) Run(ctx context.Context, subject S, selected Selection) *Report {
	r := &Report{Outcomes: make([]Outcome, len(p.checkers))}
	for i, c := range p.checkers {
		r.Outcomes[i].Checker = c.Name
	}
	pass := Pass[S]{Subject: subject, report: r}
	for i, c := range p.checkers {
		if c.Waits {
			p.runWaiting(ctx, i, subject, selected, r)
			break
		}
		pass.index = i
		p.runOne(ctx, c, &pass, selected == nil || selected[i])
	}
	return r
}

// runWaiting runs the checkers from first on at once. Each files its findings in a report of its own, which shares the
// outcomes: no two write the same one.
func (p *Plan[S]) runWaiting(ctx context.Context, first int, subject S, selected Selection, r *Report) {
	known := slices.Clip(r.Findings)
	reports := make([]Report, len(p.checkers)-first)
	var wait sync.WaitGroup
	for i := first; i < len(p.checkers); i++ {
		own := &reports[i-first]
		*own = Report{Outcomes: r.Outcomes, Findings: known}
		wait.Go(func() {
			p.runOne(ctx, p.checkers[i], &Pass[S]{Subject: subject, report: own, index: i}, selected == nil || selected[i])
		})
	}
	wait.Wait()
	for i := range reports {
		r.Findings = append(r.Findings, reports[i].Findings[len(known):]...)
	}
}

// runOne decides whether c runs, runs it, and writes how that ended.
func (p *Plan[S]) runOne(ctx context.Context, c *Checker[S], pass *Pass[S], selected bool) {
	o := &pass.report.Outcomes[pass.index]
	start := time.Now()
	defer func() { o.Elapsed = time.Since(start) }()
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

	memos []memo
}

// Outcome is how the checker of that name ended; it must be one of the plan.
func (r *Report) Outcome(name string) *Outcome {
	i := 0
	for r.Outcomes[i].Checker != name { // by index: others may be written meanwhile, but for their names
		i++
	}
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
	Version  string // that looked, where it is known only then
	result   any    // of a stage
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

// A NotApplicable is what Run returns where only looking shows that the checker does not apply; its text says why.
type NotApplicable string

func (e NotApplicable) Error() string { return string(e) }

// end writes the status of a checker that was started.
func (o *Outcome) end(err error) {
	var not NotApplicable
	if errors.As(err, &not) {
		o.Status, o.Reason = Skipped, string(not)
		return
	}
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
