package authorization

import (
	"context"
	"fmt"
	"testing"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/trademark"
	"github.com/assay-project/assay/internal/listing"
)

func runner(t testing.TB, c *testCase) func() {
	checker := newChecker(c.book)
	var pass check.Pass[*listing.Submission]
	plan, err := check.NewPlan(&check.Checker[*listing.Submission]{Name: "capture",
		Run: func(_ context.Context, p *check.Pass[*listing.Submission]) error { pass = *p; return nil }})
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		plan.Run(context.Background(), c.submission, nil)
		if _, err := checker.run(context.Background(), &pass, c.mentions); err != nil {
			t.Fatal(err)
		}
	}
}

// BenchmarkNothingGated is the cost for a listing that mentions three marks nobody gated, without the plan around it.
func BenchmarkNothingGated(b *testing.B) {
	c := newCase(b, file{})
	ember := c.mention(b, &trademark.Result{}, "ember", check.OwnBrand)
	found := &trademark.Result{Mentions: []trademark.Mention{*ember, *ember, *ember}}
	checker, pass := newChecker(c.book), &check.Pass[*listing.Submission]{Subject: c.submission}
	b.ReportAllocs()
	for b.Loop() {
		if r, err := checker.run(b.Context(), pass, found); r != nil || err != nil {
			b.Fatal(r, err)
		}
	}
}

func BenchmarkOneLetter(b *testing.B) {
	letter := document{ID: "L-1", From: holder, To: merchant, Brands: []string{"Aeris"}, Territories: []string{"DE"}, Term: "2026-01-01 to 2028-01-01"}
	benchmark(b, newCase(b, file{Documents: []document{letter}}))
}

func BenchmarkNoPaper(b *testing.B) { benchmark(b, newCase(b, file{})) }

// adversarial is 64 papers that all lead to each other and none from the holder to the merchant, in 32 markets, for goods
// of two classes, under the longest limit of levels.
func adversarial(t testing.TB) *testCase {
	f := file{Packs: []packRow{{Name: "deep", Levels: 16, Alternatives: []alternativeRow{{Name: "letters", By: "chain", Types: []string{"letter of authorization", "sub-authorization"}}}}},
		Gates: []gateRow{{Marks: []string{"aeris"}, Pack: "deep"}}}
	f.Product.Category, f.Product.Title = "Bags", "Aeris bag"
	for i := range 32 {
		f.Markets = append(f.Markets, fmt.Sprintf("%c%c", 'A'+i/26, 'A'+i%26))
	}
	for i := range maxDocuments {
		f.Documents = append(f.Documents, document{ID: fmt.Sprintf("D-%02d", i), From: fmt.Sprintf("Party Number %d Ltd", i%8),
			To: fmt.Sprintf("Party Number %d Ltd", i/8), Brands: []string{"Aeris"}, Sublicense: "yes",
			Territories: f.Markets[:1+i%32], Term: "2026-01-01 to 2028-01-01"})
	}
	return newCase(t, f)
}

func BenchmarkAdversarial(b *testing.B) { benchmark(b, adversarial(b)) }

func benchmark(b *testing.B, c *testCase) {
	run := runner(b, c)
	b.ReportAllocs()
	for b.Loop() {
		run()
	}
}

func TestNothingGatedAllocatesNothing(t *testing.T) {
	c := newCase(t, file{})
	ember := c.mention(t, &trademark.Result{}, "ember", check.OwnBrand)
	found := &trademark.Result{Mentions: []trademark.Mention{*ember, *ember}}
	checker, pass := newChecker(c.book), &check.Pass[*listing.Submission]{Subject: c.submission}
	if n := testing.AllocsPerRun(100, func() {
		if r, err := checker.run(context.Background(), pass, found); r != nil || err != nil {
			t.Error(r, err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
