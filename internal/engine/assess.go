package engine

import (
	"context"

	"github.com/assay-project/assay/internal/assessment"
	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/verdict"
)

// MerchantCheckers tells which checkers run on a merchant with an assortment, in order. It must not be changed.
func (e *Engine) MerchantCheckers() []verdict.Checker { return e.merchantRows }

// Assess answers on a merchant and the listings that were gathered, whose verdicts are this engine's. The assortment must not be
// used after. The decision is made of the merchant's findings by the same table as a listing's, and the verdicts of
// the listings are not changed. All merchant checkers run; where only some looked at the listings (o.Checkers), the answer is
// as partial as theirs.
func (e *Engine) Assess(ctx context.Context, a *assessment.Assortment, o Options) (*verdict.Merchant, []check.Outcome) {
	subject := a.Subject()
	report := e.merchants.Run(ctx, subject, nil)
	for i := range report.Outcomes {
		report.Outcomes[i].Shadow = e.merchantRows[i].Shadow
	}
	v := &verdict.Merchant{
		Ruling: e.book.Decisions.Rule(verdict.Case{Markets: subject.Markets, Findings: report.Findings, Outcomes: report.Outcomes,
			Failure: e.failure, Locale: o.Locale}),
		Runs:         runs(e.merchantRows, report),
		AsOf:         subject.AsOf,
		ValidUntil:   e.checkers.merchant.In(report).ValidUntil,
		Completeness: completeness(report, nil),
	}
	if until := e.checkers.qualified.In(report).ValidUntil; earlier(until, v.ValidUntil) && !report.Outcome(e.checkers.qualified.Name).Shadow {
		v.ValidUntil = until
	}
	if v.Completeness == verdict.Complete && len(o.Checkers) > 0 {
		v.Completeness = verdict.Partial
	}
	v.Requests, v.RequestsLeftOut = a.Requests(v.Findings)
	return v, report.Outcomes
}
