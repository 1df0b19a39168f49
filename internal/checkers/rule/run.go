package rule

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
)

// The codes of rules that could not be asked.
const (
	ErrorCode = "SYS_RULE_ERROR"
	CostCode  = "SYS_RULE_COST"
)

// run asks the rule. What it found in some markets is reported also where it fails in others.
func (c *rule) run(ctx context.Context, p *pass) error {
	v := &vars{facts: c.facts.In(p), pass: p}
	all := c.marketsOf(p.Subject)
	asked := all
	if !c.perMarket {
		asked = all[:1]
	}
	var found []check.Finding
	var failed error
	for _, v.market = range asked {
		holds, err := v.eval(ctx, c.when)
		if failed == nil {
			failed = err
		}
		if holds == types.True {
			found = together(found, c.finding(ctx, v))
		}
	}
	for _, f := range found {
		if !c.perMarket {
			f.Markets = all
		}
		if len(f.Markets) == len(p.Subject.Markets) {
			f.Markets = nil
		}
		p.Report(f)
	}
	return failed
}

// together adds a finding, or its market to one that says the same.
func together(found []check.Finding, f check.Finding) []check.Finding {
	i := slices.IndexFunc(found, func(o check.Finding) bool {
		return o.Message == f.Message && reflect.DeepEqual(o.Evidence, f.Evidence)
	})
	if i < 0 {
		return append(found, f)
	}
	found[i].Markets = append(found[i].Markets, f.Markets...)
	return found
}

// finding says in one market what the rule says.
func (c *rule) finding(ctx context.Context, v *vars) check.Finding {
	f := check.Finding{Code: c.Code, Variant: c.Variant, Citation: c.Citation, Markets: []listing.Market{v.market},
		Message: c.said(ctx, v)}
	for i := range c.evidence {
		e := &c.evidence[i]
		words := ""
		if e.show != nil {
			shown, err := v.eval(ctx, e.show)
			if err != nil || shown == types.String("") {
				continue
			}
			words = inWords(shown)
		}
		if shown := e.point(v.pass.Subject, words); shown != nil {
			f.Evidence = append(f.Evidence, shown)
		}
	}
	f.Words = wordsOf(f.Evidence)
	return f
}

// wordsOf are the words of the first evidence.
func wordsOf(all []check.Evidence) string {
	if len(all) == 0 {
		return ""
	}
	switch e := all[0].(type) {
	case check.TextSpan:
		return e.Surface
	case check.Opaque:
		return e.Text
	}
	return ""
}

// said is the rule's message. A part that ends with an error says so and takes nothing from the rest.
func (c *rule) said(ctx context.Context, v *vars) string {
	var b strings.Builder
	for _, p := range c.message {
		if p.value == nil {
			b.WriteString(p.words)
			continue
		}
		value, err := v.eval(ctx, p.value)
		if err != nil {
			b.WriteString("(not told: an error)")
			continue
		}
		if words := inWords(value); b.Len() < maxMessage {
			b.WriteString(clip(words, maxMessage))
		}
	}
	return clip(b.String(), maxMessage)
}

// eval evaluates an expression within what is left of the bounds on cost and time. Its error says what became of the rule.
func (v *vars) eval(ctx context.Context, e *expression) (ref.Val, error) {
	if v.spent > totalLimit {
		return nil, &check.Failure{Code: CostCode, Reason: "was not asked: the rules before it cost too much on this submission"}
	}
	out, details, err := e.evaluate(ctx, v)
	if cost := details.ActualCost(); cost != nil {
		v.spent += *cost
	}
	if err != nil {
		return nil, failure(ctx, err)
	}
	return out, nil
}

// evaluate evaluates the expression, and looks at the time only where that may be long.
func (e *expression) evaluate(ctx context.Context, v *vars) (ref.Val, *cel.EvalDetails, error) {
	if e.loops {
		return e.program.ContextEval(ctx, v)
	}
	return e.program.Eval(v)
}

// failure is what an error of an evaluation means. Errors may quote what a merchant wrote; what is told does not.
func failure(ctx context.Context, err error) error {
	var cancelled interpreter.EvalCancelledError
	switch {
	case errors.As(err, &cancelled) && cancelled.Cause == interpreter.CostLimitExceeded:
		return &check.Failure{Code: CostCode, Reason: "was stopped at its cost limit", Err: err}
	case errors.Is(err, interpreter.InterruptError{}):
		return context.Cause(ctx)
	}
	reason := "ended with an error"
	for _, known := range []string{"division by zero", "modulus by zero", "no such key", "index out of bounds", "integer overflow",
		"no such day", "timestamp overflow", "duration overflow"} {
		if strings.Contains(err.Error(), known) {
			reason += " (" + known + ")"
			break
		}
	}
	return &check.Failure{Code: ErrorCode, Reason: reason, Err: err}
}
