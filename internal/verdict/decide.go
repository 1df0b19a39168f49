package verdict

import (
	"reflect"
	"slices"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
)

// A Case is what a ruling is made from.
type Case struct {
	Markets  []listing.Market
	Findings []check.Finding
	Outcomes []check.Outcome
	Failure  map[string]FailurePolicy // by checker; not named: FailureReview
	Locale   string                   // of messages for the merchant, BCP 47
}

// NotRun is the code of a checker that did not end.
const NotRun = "SYS_CHECK_NOT_RUN"

// Rule rules on a case. What checkers in shadow reported stands apart, beside what the decision would be with it.
func (t *Table) Rule(c Case) Ruling {
	shadows := c.shadows()
	if len(shadows) == 0 {
		return t.rule(c)
	}
	r, would := t.rule(c.without(shadows)), t.rule(c)
	r.ShadowDecision = would.Decision
	for i := range r.Markets {
		r.Markets[i].ShadowDecision = would.Markets[i].Decision
	}
	for _, f := range would.Findings {
		if shadows[f.Checker] {
			r.Shadow = append(r.Shadow, f)
		}
	}
	return r
}

// shadows are the checkers in shadow.
func (c *Case) shadows() map[string]bool {
	var names map[string]bool
	for i := range c.Outcomes {
		if c.Outcomes[i].Shadow {
			if names == nil {
				names = make(map[string]bool)
			}
			names[c.Outcomes[i].Checker] = true
		}
	}
	return names
}

// without is the case as if some checkers were not there.
func (c Case) without(names map[string]bool) Case {
	c.Findings = slices.DeleteFunc(slices.Clone(c.Findings), func(f check.Finding) bool { return names[f.Checker] })
	c.Outcomes = slices.DeleteFunc(slices.Clone(c.Outcomes), func(o check.Outcome) bool { return names[o.Checker] })
	return c
}

func (t *Table) rule(c Case) Ruling {
	found := t.weigh(c)
	r := Ruling{Decision: Approve, Markets: make([]MarketDecision, len(c.Markets)), Findings: found}
	scratch := make([]bool, 3*len(found))
	active, ever, blocking := scratch[:len(found)], scratch[len(found):2*len(found)], scratch[2*len(found):]
	for i, market := range c.Markets {
		for j := range found {
			active[j] = found[j].activeIn(market, found)
			ever[j] = ever[j] || active[j]
		}
		r.Markets[i] = t.inMarket(market, found, active, blocking)
		r.Decision = max(r.Decision, r.Markets[i].Decision)
	}
	r.RiskScore = riskScore(found, ever)
	r.Fixes = fixes(found, blocking)
	return r
}

// weigh looks up every finding, adds those of checkers that did not end, and notes who excuses whom.
func (t *Table) weigh(c Case) []Finding {
	failed := notRun(c.Outcomes)
	if len(c.Findings)+len(failed) == 0 {
		return nil
	}
	found := make([]Finding, 0, len(c.Findings)+len(failed))
	for _, f := range c.Findings {
		row := t.Row(f.Code, f.Variant)
		found = append(found, Finding{Finding: f, Row: row, Effect: row.Effect, MitigatedBy: mitigators(f.ID, c.Findings)})
	}
	for _, f := range failed {
		row := t.Row(f.Code, f.Variant)
		found = append(found, Finding{Finding: f, Row: row, Effect: failureEffect(c.Failure[f.Checker])})
	}
	for i := range found {
		found[i].MerchantMessage = merchantMessage(&found[i], c.Locale)
	}
	return found
}

func mitigators(id string, findings []check.Finding) []string {
	var by []string
	for i := range findings {
		if slices.Contains(findings[i].Mitigates, id) {
			by = append(by, findings[i].ID)
		}
	}
	return by
}

func failureEffect(p FailurePolicy) Decision {
	switch p {
	case FailureReject:
		return Reject
	case FailureIgnore:
		return Approve
	}
	return Review
}

// notRun makes a finding of each checker that was to run and did not end.
func notRun(outcomes []check.Outcome) []check.Finding {
	var failed []check.Finding
	for i := range outcomes {
		o := &outcomes[i]
		if o.Status != check.TimedOut && o.Status != check.Failed {
			continue
		}
		code, variant := failureCode(o)
		failed = append(failed, check.Finding{ID: o.Checker + "/not-run", Checker: o.Checker, Code: code, Variant: variant,
			Message: "The checker " + o.Checker + " " + o.Reason + "; what it looks for was not looked for."})
	}
	return failed
}

// failureCode is what a checker that did not end says of it, or what is usual.
func failureCode(o *check.Outcome) (code, variant string) {
	code, variant = o.Code, o.Variant
	if code == "" {
		code = NotRun
	}
	if code == NotRun && variant == "" {
		variant = "failed"
		if o.Status == check.TimedOut {
			variant = "timed_out"
		}
	}
	return code, variant
}

// inMarket decides for one market from the findings active there, and marks those that stand in the way.
func (t *Table) inMarket(market listing.Market, found []Finding, active, blocking []bool) MarketDecision {
	decision := MarketDecision{Market: market, Decision: Approve}
	for i := range found {
		if active[i] {
			decision.Decision = max(decision.Decision, found[i].Effect)
		}
	}
	raised := t.escalate(found, active)
	for d, severity := range raised {
		if severity != NoSeverity {
			decision.Decision = max(decision.Decision, Decision(d))
		}
	}
	if decision.Decision == Approve {
		return decision
	}
	left := t.escalate(found, withoutEffect(found, active))
	for i := range found {
		if !active[i] {
			continue
		}
		blocking[i] = blocking[i] || found[i].Effect > Approve || left.by(&found[i], Review) || left.by(&found[i], Reject)
		if found[i].Effect == decision.Decision || raised.by(&found[i], decision.Decision) {
			decision.Findings = append(decision.Findings, found[i].ID)
		}
	}
	return decision
}

// withoutEffect are the active findings that alone lead to nothing: what is left when the others are put right.
func withoutEffect(found []Finding, active []bool) []bool {
	left := make([]bool, len(active))
	for i := range found {
		left[i] = active[i] && found[i].Effect <= Approve
	}
	return left
}

// raised holds, by decision, the least severity of the findings that together lead to it; NoSeverity: none do.
type raised [Reject + 1]Severity

// by reports whether the finding is one of those that together lead to d.
func (r *raised) by(f *Finding, d Decision) bool {
	return r[d] != NoSeverity && f.Row.Severity >= r[d]
}

// escalate tells what the active findings lead to together.
func (t *Table) escalate(found []Finding, active []bool) raised {
	var r raised
	if len(found) < 2 {
		return r
	}
	for _, e := range t.escalations {
		if e.reached(found, active) && (r[e.Effect] == NoSeverity || e.Severity < r[e.Effect]) {
			r[e.Effect] = e.Severity
		}
	}
	return r
}

// concerns reports whether the finding is about the market.
func (f *Finding) concerns(market listing.Market) bool {
	return len(f.Markets) == 0 || slices.Contains(f.Markets, market)
}

// activeIn reports whether the finding is about the market and not excused there.
func (f *Finding) activeIn(market listing.Market, found []Finding) bool {
	if !f.concerns(market) {
		return false
	}
	for i := range found {
		if slices.Contains(f.MitigatedBy, found[i].ID) && found[i].concerns(market) {
			return false
		}
	}
	return true
}

// reached reports whether enough different active findings are severe enough.
func (e *Escalation) reached(found []Finding, active []bool) bool {
	counted := make(map[findingKey]bool, e.Count)
	for i := range found {
		if !active[i] || found[i].Row.Severity < e.Severity {
			continue
		}
		key := found[i].key()
		if e.DistinctCheckers {
			key = findingKey{checker: found[i].Checker}
		}
		counted[key] = true
	}
	return len(counted) >= e.Count
}

// A findingKey tells findings apart that say different things; one said twice counts once.
type findingKey struct{ checker, code, variant, mark, words string }

func (f *Finding) key() findingKey {
	return findingKey{f.Checker, f.Code, f.Variant, f.Mark, f.Words}
}

// riskWeights are editorial: one HIGH outweighs three MEDIUM, one CRITICAL four HIGH.
var riskWeights = [...]float64{Low: 0.05, Medium: 0.3, High: 1, Critical: 4}

// riskScore is w/(1+w), w the weights of the different active findings. More or worse findings always give more, and
// it never reaches 1.
func riskScore(found []Finding, active []bool) float64 {
	if len(found) == 0 {
		return 0
	}
	var counts [len(riskWeights)]int
	seen := make(map[findingKey]bool, len(found))
	for i := range found {
		if key := found[i].key(); active[i] && !seen[key] {
			seen[key] = true
			counts[found[i].Row.Severity]++
		}
	}
	var w float64
	for severity, n := range counts {
		w += float64(n) * riskWeights[severity]
	}
	return w / (1 + w)
}

// fixes collects the first fix of every finding that would stand in the way if the others were put right, each change once.
func fixes(found []Finding, blocking []bool) []Fix {
	var all []Fix
	for i := range found {
		if !blocking[i] {
			continue
		}
		fix := found[i].fix()
		at := slices.IndexFunc(all, func(f Fix) bool { return reflect.DeepEqual(f.Fix, fix) })
		if at < 0 {
			at = len(all)
			all = append(all, Fix{Fix: fix})
		}
		all[at].Findings = append(all[at].Findings, found[i].ID)
	}
	return all
}

func (f *Finding) fix() check.Fix {
	for i := range f.Remedies {
		if f.Remedies[i].Fix != nil {
			return f.Remedies[i].Fix
		}
	}
	return check.RequestReview{Reason: f.Row.Title}
}
