package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/types/known/timestamppb"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/catalogue"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// A world makes listings with results; the same seed makes the same ones.
type world struct {
	*rand.Rand
	names    int // different merchants, brands, marks and papers
	position int64
}

func newWorld(seed uint64, names int) *world {
	return &world{rand.New(rand.NewPCG(seed, 1)), names, 0}
}

func (w *world) name(kind string) string { return fmt.Sprintf("%s %d", kind, w.IntN(w.names)) }

// next makes an entry with its result.
func (w *world) next() (catalogue.Entry, *assayv1.CheckResult) {
	n := w.position
	w.position++
	id := fmt.Sprintf("id-%d", n)
	e := catalogue.Entry{File: "a.jsonl", Line: int(n) + 1}
	if w.IntN(20) == 0 {
		return e, &assayv1.CheckResult{SubmissionId: id, Position: n, Outcome: &assayv1.CheckResult_Error{Error: &status.Status{Code: 3, Message: e.Place() + ": no JSON"}}}
	}
	brand := w.name("brand")
	e.Submission = &assayv1.Submission{SubmissionId: id, Markets: []string{"DE", "US"}, Merchant: &assayv1.Merchant{MerchantId: w.name("m"), LegalName: "Some Ltd"},
		Product: &assayv1.Product{Title: "N1ke shoes " + brand, Brand: brand, Category: w.name("A > B")}}
	if w.IntN(3) == 0 {
		e.Submission.Documents = []*assayv1.Document{w.document()}
	}
	return e, &assayv1.CheckResult{SubmissionId: id, Position: n, Outcome: &assayv1.CheckResult_Verdict{Verdict: w.verdict(id)}}
}

func (w *world) document() *assayv1.Document {
	return &assayv1.Document{DocumentId: w.name("doc"), Type: assayv1.DocumentType_DOCUMENT_TYPE_LETTER_OF_AUTHORIZATION, Brands: []*assayv1.BrandGrant{{Text: "Nike"}},
		Effective: &assayv1.Validity{End: &assayv1.Validity_EndDate{EndDate: &date.Date{Year: 2026 + w.Int32N(4), Month: 1 + w.Int32N(12), Day: 1 + w.Int32N(28)}}}}
}

func (w *world) verdict(id string) *assayv1.Verdict {
	mark := w.name("mark")
	span := &assayv1.TextSpan{Field: "title", End: 4, Surface: "N1ke", Canonical: "Nike", Transforms: []string{"leet"}, MarkId: mark}
	v := &assayv1.Verdict{SubmissionId: id, Decision: assayv1.Decision_DECISION_APPROVE, AsOf: timestamppb.New(noon), Rulebook: &assayv1.RulebookRef{Label: "book", Sha256: "ab"},
		Mentions:    []*assayv1.Mention{{MarkId: mark, Canonical: mark, Spans: []*assayv1.TextSpan{span}, Role: assayv1.Role(1 + w.IntN(9)), Gated: true}},
		CheckerRuns: []*assayv1.CheckerRun{{Checker: "price", Status: assayv1.RunStatus(1 + w.IntN(5)), Reason: "why"}}, Completeness: assayv1.Completeness_COMPLETENESS_COMPLETE}
	for range w.IntN(3) {
		v.Findings = append(v.Findings, w.finding(len(v.Findings), span))
		v.Decision = max(v.Decision, v.Findings[len(v.Findings)-1].Effect)
		v.RiskScore = w.Float64()
	}
	for _, market := range []string{"DE", "US"} {
		v.MarketDecisions = append(v.MarketDecisions, &assayv1.MarketDecision{Market: market, Decision: v.Decision, FindingIds: []string{"c/0"}})
	}
	if v.Decision == assayv1.Decision_DECISION_APPROVE && w.IntN(2) == 0 {
		v.ValidUntil = timestamppb.New(noon.AddDate(0, w.IntN(40), 0))
	}
	if v.Decision == assayv1.Decision_DECISION_REVIEW {
		v.Fixes = []*assayv1.Fix{{Kind: &assayv1.Fix_ProvideDocument{ProvideDocument: &assayv1.ProvideDocument{MarkId: mark, Requirement: &assayv1.Document{
			Type: assayv1.DocumentType_DOCUMENT_TYPE_LETTER_OF_AUTHORIZATION, Territories: []string{"DE"}, Issuer: &assayv1.Party{LegalName: "Nike, Inc."}}}}}}
	}
	return v
}

func (w *world) finding(n int, span *assayv1.TextSpan) *assayv1.Finding {
	f := &assayv1.Finding{FindingId: fmt.Sprintf("c/%d", n), Code: fmt.Sprintf("CODE_%d", w.IntN(30)), Severity: assayv1.Severity(1 + w.IntN(5)), Effect: assayv1.Decision(1 + w.IntN(3)),
		Message: "what was found", MerchantMessage: "what to do", Evidence: []*assayv1.Evidence{{Kind: &assayv1.Evidence_TextSpan{TextSpan: span}}}}
	if w.IntN(4) == 0 {
		f.Evidence = append(f.Evidence, &assayv1.Evidence{Kind: &assayv1.Evidence_Price{Price: priced(1+w.Int64N(900), w.name("cohort"))}})
	}
	return f
}

// priced is a price in EUR beside a cohort with median 100.
func priced(offered int64, cohort string) *assayv1.PriceEvidence {
	eur := func(units int64) *money.Money { return &money.Money{CurrencyCode: "EUR", Units: units} }
	ratio := float64(offered) / 100
	return &assayv1.PriceEvidence{Reference: assayv1.PriceReference_PRICE_REFERENCE_MARKET, Cohort: cohort, Observations: 50, Offered: eur(offered), PackQuantity: 1,
		Median: eur(100), Low: eur(60), High: eur(150), Least: eur(40), Most: eur(900), Ratio: ratio, Spread: 0.2, Z: ratio - 1}
}

func pageOf(t testing.TB, r *Report, run Run) []byte {
	t.Helper()
	var page bytes.Buffer
	if err := r.Write(&page, run); err != nil {
		t.Fatal(err)
	}
	return page.Bytes()
}

// A report whose state went through JSON at any moments is the report of an undisturbed run, byte for byte.
func TestResumed(t *testing.T) {
	names := 5000 // more than are kept
	if testing.Short() {
		names = 50
	}
	undisturbed, parted := New(), New()
	a, b, cut := newWorld(1, names), newWorld(1, names), rand.New(rand.NewPCG(3, 3))
	for range 3 * names {
		undisturbed.Add(a.next())
		parted.Add(b.next())
		if cut.IntN(names/3) == 0 {
			text, err := json.Marshal(parted)
			if err != nil {
				t.Fatal(err)
			}
			parted = New()
			if err := json.Unmarshal(text, parted); err != nil {
				t.Fatal(err)
			}
		}
	}
	whole, again := pageOf(t, undisturbed, Run{}), pageOf(t, parted, Run{})
	if !bytes.Equal(whole, again) {
		t.Fatalf("%d bytes, and %d other ones after going on", len(whole), len(again))
	}
}

// However many different names come, and whatever they are made of, what is kept and what is written stay small.
func TestBounds(t *testing.T) {
	const (
		maxState = 24 << 20 // a checkpoint may have 32 MiB
		maxHeap  = 64 << 20
		maxPage  = 4 << 20 // of characters of which one takes 40 bytes to show
	)
	n := 200_000
	if testing.Short() {
		n = 30_000
	}
	r, w := New(), newWorld(7, 1<<40)
	hostile := strings.Repeat("<\u2028\x01&\"", 100)
	for range n {
		e, result := w.next()
		if s := e.Submission; s != nil {
			s.SubmissionId += hostile
			s.Product.Title += hostile
			s.Product.Brand += hostile
			s.Product.Category += hostile
			s.Merchant.MerchantId += hostile
			s.Merchant.LegalName += hostile
		}
		if v := result.GetVerdict(); v != nil {
			for _, f := range v.Findings {
				f.Code += fmt.Sprint(w.Int64())
				f.Message, f.MerchantMessage, f.Citation = hostile, hostile, hostile
			}
			v.Mentions[0].Canonical, v.Mentions[0].Reason, v.Mentions[0].Role = hostile, hostile, assayv1.Role(w.Int32())
			v.CheckerRuns[0].Checker += fmt.Sprint(w.Int64())
			v.CheckerRuns[0].Reason += fmt.Sprint(w.Int64())
			v.Rulebook.Sha256 = fmt.Sprint(w.Int64())
			v.MarketDecisions[0].Market = fmt.Sprint(w.Int64())
		}
		r.Add(e, result)
	}
	state, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	page := pageOf(t, r, Run{})
	hostile = ""
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	t.Logf("%d listings: state %d bytes, page %d bytes, heap %d bytes", n, len(state), len(page), memory.HeapAlloc)
	if len(state) > maxState || len(page) > maxPage || memory.HeapAlloc > maxHeap {
		t.Errorf("state %d bytes (at most %d), page %d (%d), heap %d (%d)", len(state), maxState, len(page), maxPage, memory.HeapAlloc, maxHeap)
	}
	if !bytes.Contains(page, []byte("different ones came")) {
		t.Error("the page does not say that its tables are bounded")
	}
	runtime.KeepAlive(r)
}

// Counts of the page are those of the results: by decision, by name, by code.
func TestCounts(t *testing.T) {
	r, w := New(), newWorld(2, 20)
	var want counts
	brands, codes := map[string]counts{}, map[string]int64{}
	for range 2000 {
		e, result := w.next()
		r.Add(e, result)
		o := failed
		if v := result.GetVerdict(); v != nil {
			o = outcomeOf(v.GetDecision())
			seen := map[string]bool{}
			for _, f := range v.GetFindings() {
				if !seen[f.GetCode()] {
					codes[f.GetCode()]++
				}
				seen[f.GetCode()] = true
			}
		}
		want[o]++
		if e.Submission != nil {
			c := brands[e.Submission.GetProduct().GetBrand()]
			c[o]++
			brands[e.Submission.GetProduct().GetBrand()] = c
		}
	}
	if r.s.Counts != want {
		t.Errorf("decisions %v, want %v", r.s.Counts, want)
	}
	p := r.page(Run{})
	for _, row := range p.Codes {
		if row.Listings != codes[row.Key] {
			t.Errorf("%s in %d listings, want %d", row.Key, row.Listings, codes[row.Key])
		}
	}
	found := counts{}
	for _, row := range r.s.Brands.view("", "", "", titles{}).Rows {
		for o := range found {
			found[o] += row.Counts[o]
		}
	}
	if found != r.s.Brands.Sum || len(p.Codes) != len(codes) {
		t.Errorf("brands add up to %v, want %v; %d codes, want %d", found, r.s.Brands.Sum, len(p.Codes), len(codes))
	}
}
