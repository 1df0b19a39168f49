package report

import (
	"cmp"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// A merchantView is the verdict on a merchant.
type merchantView struct {
	Called, Merchant string
	Outcome          outcome
	Findings         []merchantFinding
	Incomplete       bool // not every checker ended, or not every listing was seen
}

// A merchantFinding is one about the merchant or about the assortment as a whole.
type merchantFinding struct {
	Code, Title, Message, Todo string
	Outcome                    outcome
	Excused                    bool
}

// merchantOf is nil for a run that is not about a merchant.
func merchantOf(run Run, titles titles) *merchantView {
	if run.Verdict == nil {
		return nil
	}
	m := run.Merchant
	v := &merchantView{Called: cut(cmp.Or(m.GetLegalName(), m.GetShopName(), "a merchant without a name"), maxName), Merchant: cut(m.GetMerchantId(), maxName),
		Outcome: outcomeOf(run.Verdict.GetDecision()), Incomplete: run.Verdict.GetCompleteness() == assayv1.Completeness_COMPLETENESS_DEGRADED}
	for _, f := range run.Verdict.GetFindings() {
		v.Findings = append(v.Findings, merchantFinding{codeOf(f), titles.of(codeOf(f)), cut(f.GetMessage(), 4*maxMessage), cut(todoOf(f), maxMessage),
			outcomeOf(f.GetEffect()), len(f.GetMitigatedBy()) > 0})
	}
	return v
}

// requestsView are the requests of the verdict on a merchant, in its order.
func requestsView(run Run) (rows []askView) {
	for _, r := range run.Verdict.GetRequests() {
		a, _ := askOf(r.GetFix())
		if a.Do == "" {
			continue
		}
		a.Merchant, a.Called = cut(run.Merchant.GetMerchantId(), maxName), cut(cmp.Or(run.Merchant.GetLegalName(), run.Merchant.GetShopName()), maxName)
		for _, id := range r.GetSubmissionIds()[:min(askListings, len(r.GetSubmissionIds()))] {
			a.Listings = append(a.Listings, cut(id, maxName))
		}
		rows = append(rows, askView{a, int64(len(r.GetSubmissionIds()))})
	}
	return rows
}
