package engine

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/assay-project/assay/internal/assessment"
	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/remote"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/verdict"
)

// An Engine is a rulebook, compiled. It is immutable and safe for concurrent use.
type Engine struct {
	book     *rulebook.Book
	ref      verdict.Rulebook
	checkers checkers
	plan     *check.Plan[*listing.Submission]
	rows     []verdict.Checker // what every verdict says of each, in plan order
	failure  map[string]verdict.FailurePolicy

	merchants    *check.Plan[*assessment.Subject]
	merchantRows []verdict.Checker
}

// New compiles a book, or says everything that keeps it from working. Its outside checkers are not connected: they are
// skipped where that is asked for ([Options.Offline]) and else fail.
func New(book *rulebook.Book) (*Engine, error) { return Connect(book, nil) }

// Connect compiles a book as New does, with connections of the pool for its outside checkers. Nothing waits for them: what
// cannot be reached fails when it is asked.
func Connect(book *rulebook.Book, pool *remote.Pool) (*Engine, error) {
	e := &Engine{book: book, ref: verdict.Rulebook{Label: book.Label, Digest: book.Digest}}
	var err error
	if e.checkers, err = compile(book, pool); err != nil {
		return nil, fmt.Errorf("compile rulebook %q: %w", book.Label, err)
	}
	if e.plan, err = check.NewPlan(e.checkers.list()...); err != nil {
		return nil, fmt.Errorf("compile rulebook %q: %w", book.Label, err)
	}
	if e.merchants, err = check.NewPlan(e.checkers.ofMerchant...); err != nil {
		return nil, fmt.Errorf("compile rulebook %q: %w", book.Label, err)
	}
	e.rows, e.merchantRows = rows(e.plan, book), rows(e.merchants, book)
	e.failure = make(map[string]verdict.FailurePolicy, len(e.rows))
	for _, all := range [...][]verdict.Checker{e.rows, e.merchantRows} {
		for i := range all {
			e.failure[all[i].Name] = all[i].Failure
		}
	}
	if unknown := e.unknownPolicies(); len(unknown) > 0 {
		return nil, unknown
	}
	return e, nil
}

// unknownPolicies refuses policies of checkers that there are not: a misspelt one would leave a checker enforced that was
// to be in shadow, or the other way round.
func (e *Engine) unknownPolicies() rulebook.Problems {
	var problems rulebook.Problems
	for name, policy := range e.book.Policies {
		if _, ok := e.failure[name]; !ok {
			problems = append(problems, rulebook.Problem{Position: policy.At, Text: fmt.Sprintf("no checker is named %q", name)})
		}
	}
	problems.Sort()
	return problems
}

// rows are what every verdict says of the checkers of a plan.
func rows[S any](plan *check.Plan[S], book *rulebook.Book) []verdict.Checker {
	var all []verdict.Checker
	for _, c := range plan.Checkers() {
		all = append(all, row(c, book))
	}
	return all
}

// row is what every verdict says of a checker.
func row[S any](c *check.Checker[S], book *rulebook.Book) verdict.Checker {
	r := verdict.Checker{Name: c.Name, Doc: c.Doc, Version: c.Version, Failure: verdict.FailureReview}
	if policy, ok := book.Policies[c.Name]; ok {
		r.Failure, r.Shadow = max(policy.Failure, verdict.FailureReview), policy.Shadow
	}
	for _, required := range c.Requires {
		r.Requires = append(r.Requires, required.Name)
	}
	for _, list := range book.Lists {
		if slices.Contains(c.Lists, list.Name) {
			r.Lists = append(r.Lists, verdict.List{Name: list.Name, Digest: list.Digest})
		}
	}
	return r
}

// Book is the rulebook the engine is made of. It must not be changed.
func (e *Engine) Book() *rulebook.Book { return e.book }

// Rulebook names it.
func (e *Engine) Rulebook() verdict.Rulebook { return e.ref }

// Describe is what is known of the checkers by now, in order: outside ones say themselves what they are.
func (e *Engine) Describe() []verdict.Checker {
	rows := slices.Clone(e.rows)
	first := len(rows) - len(e.checkers.others)
	for i, other := range e.checkers.others {
		if d := other.Described(); d != nil {
			rows[first+i].Version, rows[first+i].Doc = d.Version, cmp.Or(d.Doc, rows[first+i].Doc)
		}
	}
	return rows
}

// Checkers tells which checkers run on submissions, in order. It must not be changed.
func (e *Engine) Checkers() []verdict.Checker { return e.rows }

// Options say how to check. The zero value enforces, in English, with every checker.
type Options struct {
	Mode     verdict.Mode // ModeUnknown: Enforce
	Locale   string       // of messages for the merchant, BCP 47
	Checkers []string     // only these and what they require; empty: all
	Offline  bool         // outside checkers are skipped
}

// Check answers a submission. The outcomes tell how each checker ended and how long it took. The error is an unknown
// name among o.Checkers; whatever goes wrong in a checker is part of the verdict.
func (e *Engine) Check(ctx context.Context, s *listing.Submission, o Options) (*verdict.Verdict, []check.Outcome, error) {
	var selected check.Selection
	if len(o.Checkers) > 0 {
		var err error
		if selected, err = e.plan.Select(o.Checkers); err != nil {
			return nil, nil, err
		}
	}
	if o.Offline {
		selected = e.offline(selected)
	}
	report := e.plan.Run(ctx, s, selected)
	for i := range report.Outcomes {
		report.Outcomes[i].Shadow = e.rows[i].Shadow
	}
	v := &verdict.Verdict{
		SubmissionID: s.ID,
		Ruling: e.book.Decisions.Rule(verdict.Case{Markets: s.Markets, Findings: report.Findings, Outcomes: report.Outcomes,
			Failure: e.failure, Locale: o.Locale}),
		Runs:         runs(e.rows, report),
		Rulebook:     e.ref,
		AsOf:         s.AsOf,
		Completeness: completeness(report, selected),
		Mode:         max(o.Mode, verdict.Enforce),
		Annotations:  s.Annotations,
	}
	e.checkers.complete(v, report)
	return v, report.Outcomes, nil
}

// offline takes the checkers that wait for others out of a selection.
func (e *Engine) offline(selected check.Selection) check.Selection {
	if len(e.checkers.others) == 0 {
		return selected
	}
	if selected == nil {
		selected = slices.Repeat(check.Selection{true}, len(e.rows))
	}
	for i, c := range e.plan.Checkers() {
		selected[i] = selected[i] && !c.Waits
	}
	return selected
}

// Waits reports whether checks wait for outside checkers, so that several at a time take no longer than one.
func (e *Engine) Waits() bool { return len(e.checkers.others) > 0 }

func runs(rows []verdict.Checker, report *check.Report) []verdict.Run {
	runs := make([]verdict.Run, len(rows))
	for i := range runs {
		runs[i] = verdict.Run{Checker: &rows[i], Status: report.Outcomes[i].Status, Reason: report.Outcomes[i].Reason,
			Ran: report.Outcomes[i].Version}
	}
	return runs
}

// completeness is the worst of what happened: a checker that did not end or may have missed something; some not asked for.
func completeness(report *check.Report, selected check.Selection) verdict.Completeness {
	for i := range report.Outcomes {
		switch o := &report.Outcomes[i]; {
		case o.Shadow: // what rests on it has a row of its own
		case o.Status == check.TimedOut, o.Status == check.Failed:
			return verdict.Degraded
		case o.Reason != "" && o.Status != check.Skipped:
			return verdict.Degraded
		}
	}
	if slices.Contains(selected, false) {
		return verdict.Partial
	}
	return verdict.Complete
}
