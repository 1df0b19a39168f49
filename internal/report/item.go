package report

import (
	"cmp"
	"math"
	"slices"
	"strings"

	rpcstatus "google.golang.org/genproto/googleapis/rpc/status"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/catalogue"
)

// An outcome is what became of a listing.
type outcome int

const (
	approved outcome = iota
	reviewed
	rejected
	failed // no verdict
	outcomes
)

var outcomeNames = [outcomes]string{"approve", "review", "reject", "error"}

func (o outcome) String() string { return outcomeNames[o] }

// held tells whether somebody has to do something.
func (o outcome) held() bool { return o != approved }

func outcomeOf(d assayv1.Decision) outcome {
	switch d {
	case assayv1.Decision_DECISION_APPROVE:
		return approved
	case assayv1.Decision_DECISION_REJECT:
		return rejected
	default: // a decision that this program does not know is for a person
		return reviewed
	}
}

// A counts has a number for each outcome.
type counts [outcomes]int64

func (c counts) all() int64 { return c[approved] + c.held() }

func (c counts) held() int64 { return c[reviewed] + c[rejected] + c[failed] }

func (c counts) minus(o counts) counts {
	for i := range c {
		c[i] -= o[i]
	}
	return c
}

// An item is an entry with its result, as sections take it.
type item struct {
	place    string // FILE:LINE
	position int64
	id       string
	in       *assayv1.Submission // nil: the line could not be read
	verdict  *assayv1.Verdict    // nil: no answer
	failure  *rpcstatus.Status
	outcome  outcome
	decisive map[string]bool // ids of the findings that led to the decision
}

func newItem(e catalogue.Entry, r *assayv1.CheckResult) *item {
	it := &item{place: strings.ToValidUTF8(e.Place(), "\ufffd"), position: r.GetPosition(), in: e.Submission, verdict: r.GetVerdict(), failure: r.GetError(), outcome: failed}
	it.id = cmp.Or(r.GetSubmissionId(), e.Submission.GetSubmissionId())
	if it.verdict != nil {
		it.outcome = outcomeOf(it.verdict.GetDecision())
		it.decisive = Decisive(it.verdict)
	}
	return it
}

// Decisive are the ids of the findings that led to the decision in some market, alone or together.
func Decisive(v *assayv1.Verdict) map[string]bool {
	decisive := map[string]bool{}
	for _, m := range v.GetMarketDecisions() {
		for _, id := range m.GetFindingIds() {
			decisive[id] = true
		}
	}
	for _, f := range v.GetFindings() {
		if f.GetEffect() != assayv1.Decision_DECISION_APPROVE && len(f.GetMitigatedBy()) == 0 {
			decisive[f.GetFindingId()] = true
		}
	}
	return decisive
}

// codes are those of the decisive findings, each once.
func (it *item) codes() []string {
	var list []string
	for _, f := range it.verdict.GetFindings() {
		if code := codeOf(f); it.decisive[f.GetFindingId()] && !slices.Contains(list, code) {
			list = append(list, code)
		}
	}
	return list
}

// codeOf is CODE or CODE/variant.
func codeOf(f *assayv1.Finding) string {
	return cut(strings.TrimSuffix(f.GetCode()+"/"+f.GetVariant(), "/"), maxName)
}

// brand is the mark that the text shows as the brand of the goods, else what the brand field says.
func (it *item) brand() string {
	for _, m := range it.verdict.GetMentions() {
		if m.GetRole() == assayv1.Role_ROLE_OWN_BRAND && slices.ContainsFunc(m.GetSpans(), ofGoods) {
			return m.GetCanonical()
		}
	}
	return it.in.GetProduct().GetBrand()
}

// ofGoods tells whether words stand anywhere but in the name of the shop, which is over all listings.
func ofGoods(s *assayv1.TextSpan) bool { return s.GetField() != "merchant.shop_name" }

// merchant is what names the merchant, and how they are called.
func (it *item) merchant() (key, name string) {
	m := it.in.GetMerchant()
	name = cmp.Or(m.GetLegalName(), m.GetShopName())
	return cmp.Or(m.GetMerchantId(), name), name
}

// risk orders listings; a server that says nonsense does not break the order.
func (it *item) risk() float64 {
	return finite(min(max(it.verdict.GetRiskScore(), 0), 1))
}

func finite(x float64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	return x
}
