package authorization

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/trademark"
	"github.com/assay-project/assay/internal/listing"
)

func TestCases(t *testing.T) {
	for name, c := range readCases(t) {
		t.Run(name, func(t *testing.T) {
			got := c.check(t, c.submission, c.mentions)
			for _, market := range c.submission.Markets {
				want := slices.Clone(c.Want[string(market)])
				slices.Sort(want)
				if diff := cmp.Diff(want, got.codes(market), cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("codes in %s (-want +got):\n%s", market, diff)
				}
			}
			c.checkWords(t, got)
			if c.Failing != "" && c.Failing != firstFailing(got) {
				t.Errorf("first failing is %q, want %q", firstFailing(got), c.Failing)
			}
			if until := got.until(); until != c.Until {
				t.Errorf("valid until %q, want %q", until, c.Until)
			}
			if t.Failed() {
				t.Log(got)
			}
		})
	}
}

func (r run) String() string {
	var b strings.Builder
	for _, f := range r.findings {
		fmt.Fprintf(&b, "%s/%s %v: %s\n", f.Code, f.Variant, f.Markets, f.Message)
	}
	return b.String()
}

func (r run) until() string {
	if r.result == nil || r.result.ValidUntil.IsZero() {
		return ""
	}
	return r.result.ValidUntil.Format(time.RFC3339) + " " + r.result.ValidUntilDocument
}

func (c *testCase) checkWords(t *testing.T, got run) {
	for _, fragment := range c.Says {
		if !slices.ContainsFunc(got.findings, func(f check.Finding) bool { return strings.Contains(f.Message, fragment) }) {
			t.Errorf("no message says %q", fragment)
		}
	}
	has := func(f check.Finding) bool { return len(f.Remedies) > 0 && strings.Contains(f.Remedies[0].Text, c.Fix) }
	if c.Fix != "" && !slices.ContainsFunc(got.findings, has) {
		t.Errorf("no finding asks for %q", c.Fix)
	}
}

// firstFailing is the first failing link, from 1, and its first failing constraint, of the first chain shown.
func firstFailing(r run) string {
	for _, f := range r.findings {
		for _, e := range f.Evidence {
			chain, ok := e.(check.Chain)
			if !ok || chain.FirstFailing < 0 {
				continue
			}
			constraints := chain.Links[chain.FirstFailing].Constraints
			at := slices.IndexFunc(constraints, func(c check.Constraint) bool { return !c.Holds })
			return fmt.Sprintf("%d %s", chain.FirstFailing+1, constraints[at].Name)
		}
	}
	return ""
}

// Whatever a finding proposes first puts it right, in all its markets.
func TestFixesClearTheirFindings(t *testing.T) {
	for name, c := range readCases(t) {
		t.Run(name, func(t *testing.T) {
			got := c.check(t, c.submission, c.mentions)
			for _, f := range got.findings {
				if f.Code == "TM_CLEARED_OWNER" {
					continue
				}
				if len(f.Remedies) == 0 {
					t.Errorf("%s proposes nothing", f.Code)
					continue
				}
				if _, person := f.Remedies[0].Fix.(check.RequestReview); person {
					continue
				}
				after := c.check(t, applied(c.submission, f.Remedies[0].Fix), without(c.mentions, f.Remedies[0].Fix))
				for _, g := range after.findings {
					if g.Code == f.Code && g.Mark == f.Mark && overlap(g.Markets, f.Markets) && (f.Code != "TM_FAKE_AFFILIATION" || g.Words == f.Words) {
						t.Errorf("%s is still there after its fix %q: %s", f.Code, f.Remedies[0].Text, g.Message)
					}
				}
			}
		})
	}
}

func overlap(a, b []listing.Market) bool {
	return slices.ContainsFunc(a, func(m listing.Market) bool { return slices.Contains(b, m) })
}

// applied is the submission after a fix.
func applied(s *listing.Submission, fix check.Fix) *listing.Submission {
	fixed := *s
	if f, ok := fix.(check.ProvideDocument); ok {
		f.Requirement.ID = "FIX"
		fixed.Documents = append(slices.Clone(s.Documents), f.Requirement)
	}
	return &fixed
}

// without are the mentions after a fix took words away.
func without(r *trademark.Result, fix check.Fix) *trademark.Result {
	f, ok := fix.(check.RemoveText)
	if !ok {
		return r
	}
	gone := func(s check.TextSpan) bool { return s.Field == f.Field && s.Start >= f.Start && s.End <= f.End }
	left := &trademark.Result{Claims: r.Claims}
	for _, m := range r.Mentions {
		m.Claims = slices.DeleteFunc(slices.Clone(m.Claims), func(i int) bool { return gone(r.Claims[i].Span) })
		m.Spans = slices.DeleteFunc(slices.Clone(m.Spans), gone)
		m.ShopNameSpans = slices.DeleteFunc(slices.Clone(m.ShopNameSpans), gone)
		left.Mentions = append(left.Mentions, m)
	}
	return left
}

// The order in which documents are given changes nothing at all.
func TestDocumentOrderChangesNothing(t *testing.T) {
	for name, c := range readCases(t) {
		want := c.check(t, c.submission, c.mentions)
		for range 5 {
			shuffled := *c.submission
			shuffled.Documents = slices.Clone(c.submission.Documents)
			rand.Shuffle(len(shuffled.Documents), func(i, j int) {
				shuffled.Documents[i], shuffled.Documents[j] = shuffled.Documents[j], shuffled.Documents[i]
			})
			got := c.check(t, &shuffled, c.mentions)
			if diff := cmp.Diff(want.findings, got.findings); diff != "" {
				t.Errorf("%s: findings differ:\n%s", name, diff)
			}
			if diff := cmp.Diff(want.result, got.result); diff != "" {
				t.Errorf("%s: results differ:\n%s", name, diff)
			}
		}
	}
}

// Each market alone is judged as it is among others.
func TestMarketsAreIndependent(t *testing.T) {
	for name, c := range readCases(t) {
		together := c.check(t, c.submission, c.mentions)
		for _, market := range c.submission.Markets {
			alone := *c.submission
			alone.Markets = []listing.Market{market}
			got := c.check(t, &alone, only(c.mentions, alone.Markets))
			if diff := cmp.Diff(together.codes(market), got.codes(market)); diff != "" {
				t.Errorf("%s: %s alone (-together +alone):\n%s", name, market, diff)
			}
		}
	}
}

// More documents than the contract allows are not looked at, and the outcome says so.
func TestTooManyDocumentsAreSaid(t *testing.T) {
	var documents []document
	for i := range maxDocuments + 1 {
		documents = append(documents, document{ID: fmt.Sprintf("D-%03d", i), From: "Anybody Ltd", To: "B GmbH", Brands: []string{"Aeris"},
			Territories: []string{"DE"}, Term: "2026-01-01", Perpetual: true})
	}
	documents[maxDocuments].From = "Aeris Sports, Inc."
	c := newCase(t, file{Documents: documents})
	stage := newStage(c.book, func(*check.Pass[*listing.Submission]) *trademark.Result { return c.mentions })
	plan, err := check.NewPlan(stage.Checker)
	if err != nil {
		t.Fatal(err)
	}
	report := plan.Run(t.Context(), c.submission, nil)
	if want := "only 64 of 65 documents were looked at"; report.Outcomes[0].Reason != want {
		t.Errorf("reason is %q, want %q", report.Outcomes[0].Reason, want)
	}
	if slices.ContainsFunc(report.Findings, func(f check.Finding) bool { return f.Code == "TM_CLEARED_OWNER" }) {
		t.Error("a document beyond the limit was used")
	}
}

// A countdown is a context that ends after it was asked a number of times.
type countdown struct {
	context.Context
	left int
}

func (c *countdown) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

// Wherever the context ends, while papers are judged or while a remedy is tried, the stage ends with it.
func TestContextEndsTheStage(t *testing.T) {
	c := newCase(t, file{Markets: []string{"DE", "FR", "US"}})
	run := func(asked int) error {
		_, err := newChecker(c.book).run(&countdown{t.Context(), asked}, &check.Pass[*listing.Submission]{Subject: c.submission}, c.mentions)
		return err
	}
	const judged = 3 // once for each market
	for asked := range judged + 3 {
		if err := run(asked); !errors.Is(err, context.Canceled) {
			t.Errorf("with a context that ends after %d questions: %v", asked, err)
		}
	}
}
