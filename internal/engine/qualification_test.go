package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/type/date"
	"pgregory.net/rapid"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/assessment"
	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/verdict"
	"github.com/assay-project/assay/internal/wire"
)

const (
	teaKind = "Food, Beverages & Tobacco > Beverages > Tea & Infusions"
	toyKind = "Toys & Games > Toys > Building Toys"
)

// asking is an engine of the embedded book with some requirements asked elsewhere.
func asking(t testing.TB, asked rulebook.Asked, names ...string) *engine.Engine {
	t.Helper()
	book := *inForce.Book()
	book.Requirements = slices.Clone(book.Requirements)
	for i := range book.Requirements {
		if slices.Contains(names, book.Requirements[i].Name) {
			book.Requirements[i].Asked = asked
		}
	}
	e, err := engine.New(&book)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// morning is a merchant of China of whom everything is known that is asked.
func morning() *assayv1.Merchant {
	m := harbour()
	m.Country, m.LegalName, m.VerifiedAt = "CN", "晨星商贸有限公司", nil
	return m
}

// permit is what a food merchant of China needs.
func permit(until int32) *assayv1.Document {
	return &assayv1.Document{DocumentId: "permit", Type: assayv1.DocumentType_DOCUMENT_TYPE_OPERATING_LICENSE, Schemes: []string{"食品经营许可证"},
		Subject: &assayv1.Party{LegalName: "晨星商贸有限公司"}, Effective: &assayv1.Validity{Start: &assayv1.Validity_StartDate{StartDate: &date.Date{Year: 2020, Month: 1, Day: 1}},
			End: &assayv1.Validity_EndDate{EndDate: &date.Date{Year: until, Month: 1, Day: 31}}}}
}

// assessWith answers on a merchant with standing papers and listings, by an engine.
func assessWith(t testing.TB, e *engine.Engine, r *assayv1.AssessMerchantRequest) (*verdict.Merchant, map[string]*verdict.Verdict) {
	t.Helper()
	who, err := wire.Assessment(r, now)
	if err != nil {
		t.Fatal(err)
	}
	a := assessment.New(who.Merchant, who.Documents, who.Markets, who.AsOf)
	verdicts := make(map[string]*verdict.Verdict)
	for _, m := range r.Submissions {
		s, err := wire.Submission(who.Fill(m), now)
		if err != nil {
			t.Fatal(err)
		}
		v, _, err := e.Check(t.Context(), s, engine.Options{})
		if err != nil {
			t.Fatal(err)
		}
		verdicts[s.ID] = v
		a.Add(s, v)
	}
	v, _ := e.Assess(t.Context(), a, engine.Options{Locale: "zh"})
	return v, verdicts
}

// qualified are the findings that a merchant's verdict has of papers by kind of goods.
func qualified(v *verdict.Merchant) []verdict.Finding {
	return slices.DeleteFunc(slices.Clone(v.Findings), func(f verdict.Finding) bool { return f.Checker != "merchant-qualification" })
}

// papersAsked are the requests for papers.
func papersAsked(v *verdict.Merchant) []verdict.Request {
	return slices.DeleteFunc(slices.Clone(v.Requests), func(r verdict.Request) bool {
		_, ok := r.Fix.(check.ProvideDocument)
		return !ok
	})
}

// assorted are listings of one category, and toys of one, each with a number of its own.
func assorted(teas, toys int) *assayv1.AssessMerchantRequest {
	r := &assayv1.AssessMerchantRequest{Merchant: morning(), Markets: []string{"CN", "US"}}
	for i := range teas {
		r.Submissions = append(r.Submissions, &assayv1.Submission{SubmissionId: fmt.Sprintf("tea%02d", i), Markets: []string{"CN"},
			Product: &assayv1.Product{Title: fmt.Sprintf("Green leaves, tin %d", i), Category: teaKind}})
	}
	for i := range toys {
		r.Submissions = append(r.Submissions, &assayv1.Submission{SubmissionId: fmt.Sprintf("toy%02d", i), Markets: []string{"US"},
			Product: &assayv1.Product{Title: fmt.Sprintf("Wooden blocks, set %d", i), Model: fmt.Sprintf("WB-%d", i), Category: toyKind}})
	}
	return r
}

// TestOneCategoryAsksForOnePaper: twelve listings of one kind make one finding and one request, and no listing hears of it.
func TestOneCategoryAsksForOnePaper(t *testing.T) {
	v, verdicts := assessWith(t, inForce, assorted(12, 12))
	found, asked := qualified(v), papersAsked(v)
	if len(found) != 2 || found[0].Code != "QUAL_REQUIRED_MISSING" || found[1].Code != "QUAL_REQUIRED_MISSING" || v.Decision != verdict.Review {
		t.Fatalf("%v, found %+v", v.Decision, found)
	}
	for _, words := range []string{"Food business permit", "in CN", "tea00, tea01, tea02, tea03, tea04 and 7 more"} {
		if !strings.Contains(found[0].Message, words) {
			t.Errorf("no %q in %s", words, found[0].Message)
		}
	}
	if m := found[0].MerchantMessage; !strings.Contains(m, "食品经营许可证或备案") || !strings.Contains(m, "晨星商贸有限公司") || !strings.Contains(m, "市场监督管理部门") {
		t.Errorf("the merchant reads %s", m)
	}
	if len(asked) != 2 || len(asked[0].Submissions) != 12 || len(asked[1].Submissions) != 12 || len(asked[0].Findings) != 1 {
		t.Fatalf("asked for %+v", asked)
	}
	for _, a := range asked {
		if d := a.Fix.(check.ProvideDocument).Requirement; d.Type == listing.DeclarationOfConformity && len(d.Models) != 12 {
			t.Errorf("the declaration names %v", d.Models)
		}
	}
	for id, v := range verdicts {
		if v.Decision != verdict.Approve || len(v.Findings) > 0 || !v.ValidUntil.IsZero() {
			t.Errorf("%s: %v, %v", id, v.Decision, v.Findings)
		}
	}
}

// TestAskedOfListings: where the rulebook asks listings, each one's verdict speaks of it, and the merchant's asks once.
func TestAskedOfListings(t *testing.T) {
	e := asking(t, rulebook.AskedOfListings, "cn-food-permit")
	r := assorted(3, 0)
	v, verdicts := assessWith(t, e, r)
	for id, v := range verdicts {
		if v.Decision != verdict.Review || len(v.Fixes) != 1 || len(v.Findings) != 1 || v.Findings[0].Code != "QUAL_REQUIRED_MISSING" {
			t.Errorf("%s: %v, %+v", id, v.Decision, v.Findings)
		}
	}
	if asked := papersAsked(v); len(asked) != 1 || len(asked[0].Submissions) != 3 {
		t.Errorf("asked for %+v", asked)
	}
	r.Documents = []*assayv1.Document{permit(2028)}
	v, verdicts = assessWith(t, e, r)
	until := time.Date(2028, 1, 31, 16, 0, 0, 0, time.UTC)
	if len(qualified(v)) != 0 || !v.ValidUntil.Equal(until) || len(papersAsked(v)) != 0 {
		t.Errorf("with a permit: until %v, %+v", v.ValidUntil, qualified(v))
	}
	for id, v := range verdicts {
		if v.Decision != verdict.Approve || !v.ValidUntil.Equal(until) || v.ValidUntilDocument != "permit" {
			t.Errorf("%s: %v until %v by %q", id, v.Decision, v.ValidUntil, v.ValidUntilDocument)
		}
	}
}

// TestQualificationInShadow: what it finds stands apart, decides nothing, and is not asked of the merchant.
func TestQualificationInShadow(t *testing.T) {
	book := *asking(t, rulebook.AskedOfListings, "cn-food-permit").Book()
	book.Policies = map[string]rulebook.Policy{"qualification": {Shadow: true}}
	e, err := engine.New(&book)
	if err != nil {
		t.Fatal(err)
	}
	v, verdicts := assessWith(t, e, assorted(2, 0))
	for id, v := range verdicts {
		if v.Decision != verdict.Approve || v.ShadowDecision != verdict.Review || len(v.Findings) != 0 || len(v.Shadow) != 1 {
			t.Errorf("%s: %v, in shadow %v", id, v.Decision, v.Shadow)
		}
	}
	if len(qualified(v)) != 0 || len(papersAsked(v)) != 0 {
		t.Errorf("the merchant: %+v", qualified(v))
	}
}

// TestOneListingsPaperIsTheMerchants: a permit that came with one listing is the merchant's, and the others are still to be given it.
func TestOneListingsPaperIsTheMerchants(t *testing.T) {
	r := assorted(3, 0)
	r.Submissions[1].Documents = []*assayv1.Document{permit(2028)}
	if v, _ := assessWith(t, inForce, r); len(qualified(v)) != 0 || len(papersAsked(v)) != 0 {
		t.Errorf("found %+v", qualified(v))
	}
	r.Submissions[1].Documents = []*assayv1.Document{permit(2024)}
	if v, _ := assessWith(t, inForce, r); len(qualified(v)) != 1 || qualified(v)[0].Code != "QUAL_EXPIRED" || len(papersAsked(v)) != 1 {
		t.Errorf("found %+v", qualified(v))
	}
	r.Submissions[1].Merchant = &assayv1.Merchant{MerchantId: "other", LegalName: "晨星商贸有限公司"}
	r.Submissions[1].Documents = []*assayv1.Document{permit(2028)}
	if v, _ := assessWith(t, inForce, r); len(qualified(v)) != 1 || qualified(v)[0].Code != "QUAL_REQUIRED_MISSING" {
		t.Errorf("with the paper of another merchant: %+v", qualified(v))
	}
}

// TestMerchantWithoutListings: what every merchant needs is asked for before there is a listing.
func TestMerchantWithoutListings(t *testing.T) {
	e := asking(t, rulebook.AskedOfMerchants, "alibaba-like-verified-supplier")
	r := &assayv1.AssessMerchantRequest{Merchant: harbour(), Markets: []string{"CN", "DE"}}
	v, _ := assessWith(t, e, r)
	if found := qualified(v); len(found) != 1 || found[0].Code != "QUAL_REQUIRED_MISSING" || len(found[0].Markets) != 2 || len(papersAsked(v)) != 1 {
		t.Fatalf("found %+v", found)
	}
	r.Documents = []*assayv1.Document{{DocumentId: "review", Type: assayv1.DocumentType_DOCUMENT_TYPE_QUALIFICATION_REVIEW, Issuer: &assayv1.Party{LegalName: "SGS SA"},
		Subject: &assayv1.Party{LegalName: "Harbour Trading GmbH"}, Outcome: assayv1.ReportOutcome_REPORT_OUTCOME_PASSED,
		IssuedOn: &date.Date{Year: 2026, Month: 9, Day: 30}}}
	if v, _ = assessWith(t, e, r); len(qualified(v)) != 0 || v.ValidUntil.IsZero() {
		t.Errorf("found %+v, valid until %v", qualified(v), v.ValidUntil)
	}
	r.Documents[0].Issuer.LegalName = "Harbour Trading GmbH"
	if v, _ = assessWith(t, e, r); len(qualified(v)) != 2 {
		t.Errorf("issued by the merchant: %+v", qualified(v))
	}
}

// TestQualificationIgnoresOrder: listings in any order, and twice, give the same verdict on the merchant.
func TestQualificationIgnoresOrder(t *testing.T) {
	r := assorted(4, 4)
	r.Submissions[0].Documents = []*assayv1.Document{permit(2024)}
	r.Submissions[2].Documents = []*assayv1.Document{permit(2025)}
	r.Submissions[3].Product.Category = teaKind + " > Loose"
	r.Submissions[5].Product.Model = ""
	want, _ := assessWith(t, inForce, r)
	rapid.Check(t, func(rt *rapid.T) {
		other := &assayv1.AssessMerchantRequest{Merchant: r.Merchant, Markets: r.Markets}
		other.Submissions = append(rapid.Permutation(r.Submissions).Draw(rt, "order"), r.Submissions[rapid.IntRange(0, 7).Draw(rt, "twice")])
		got, _ := assessWith(t, inForce, other)
		if diff := cmp.Diff(qualified(want), qualified(got)); diff != "" {
			rt.Fatalf("findings (-one +another order):\n%s", diff)
		}
		if diff := cmp.Diff(papersAsked(want), papersAsked(got)); diff != "" {
			rt.Fatalf("requests (-one +another order):\n%s", diff)
		}
	})
}
