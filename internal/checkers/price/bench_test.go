package price

import (
	"context"
	"fmt"
	"testing"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/text"
)

// many is a book with n cohorts, one of which is that of the ordinary submission.
func many(n int) *rulebook.Book {
	rows := make([]rulebook.Baseline, 0, n)
	for i := range n - 1 {
		rows = append(rows, rulebook.Baseline{Kind: rulebook.Observed, Brand: fmt.Sprintf("Brand %c%c%c%c%c", 'a'+i%26, 'a'+i/26%26,
			'a'+i/676%26, 'a'+i/17576%26, 'a'+i/456976), Category: "Apparel > Shoes", Market: "DE", Currency: "EUR", Condition: listing.ConditionNew,
			Merchants: -1, Observations: 40, Median: euros(int64(1000 + i))})
	}
	return bookWith(append(rows, rulebook.Baseline{Kind: rulebook.Observed, Brand: "Acme Sports", Category: "Apparel > Shoes", Market: "DE",
		Currency: "EUR", Condition: listing.ConditionNew, Merchants: -1, Observations: 40, Median: euros(8000), SpreadUp: 0.3})...)
}

func ordinary() *listing.Submission {
	s := &listing.Submission{ID: "s", Markets: []listing.Market{"DE"}}
	s.Product = listing.Product{Title: "Acme Sports running shoe for men, size 43, black", Brand: "Acme Sports", Category: "Apparel > Shoes",
		Condition: listing.ConditionNew, Price: listing.NewPrice(69, 990_000_000, "EUR"), Shipping: listing.NewPrice(4, 990_000_000, "EUR")}
	return s
}

// inMarkets asks for as many markets as one may, all of which have the cohort.
func inMarkets(s *listing.Submission) {
	s.Markets = nil
	for i := range 32 {
		s.Markets = append(s.Markets, listing.Market([]byte{'X', byte('A' + i%26)}))
		if i >= 26 {
			s.Markets[i] = listing.Market([]byte{'Y', byte('A' + i%26)})
		}
	}
}

func TestCheckWithoutFindingAllocatesNothing(t *testing.T) {
	book := many(1000)
	everywhere := book.Baselines[len(book.Baselines)-1]
	everywhere.Market = ""
	book.Baselines = append(book.Baselines, everywhere)
	c, err := New(book, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*listing.Submission){
		"ordinary":  func(*listing.Submission) {},
		"with list": func(s *listing.Submission) { s.Product.ListPrice = listing.NewPrice(99, 0, "EUR") },
		"declared pack": func(s *listing.Submission) {
			s.Product.PackQuantity, s.Product.Title = 2, s.Product.Title+", pack of 2"
		},
		"free shipping": func(s *listing.Submission) { s.Product.Shipping = listing.NewPrice(0, 0, "EUR") },
		"ten variants":  func(s *listing.Submission) { s.Product.Variants = make([]listing.Variant, 10) },
		"nearer to low": func(s *listing.Submission) { s.Product.Price = listing.NewPrice(23, 0, "EUR") },
		"32 markets":    inMarkets,
		"32 markets, nearer to low": func(s *listing.Submission) {
			inMarkets(s)
			s.Product.Price = listing.NewPrice(23, 0, "EUR")
		},
	} {
		s := ordinary()
		change(s)
		p := &pass{Subject: s}
		if n := testing.AllocsPerRun(100, func() { c.Run(context.Background(), p) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// BenchmarkCheckWithoutFinding is beside what folding the same title costs, the measure of what a check may cost: a fifth was the
// goal. The shortest of many runs is 0.40 of folding 48 bytes, with a thousand cohorts as with a million. Finding the brand, the
// category and the cohort by their hashes, and making sure that they are the ones, is nearly a fifth of folding by itself; the rest is
// reading the product's fields and walking the ladder. A cohort takes 80 bytes, 4 to 12 in the tables, and its share of the names:
// here, where each has a brand of its own, 134 in all; 103 in a million counted of a third as many brands.
func BenchmarkCheckWithoutFinding(b *testing.B) {
	for _, n := range []int{1000, 1_000_000} {
		book := many(n)
		cohorts, err := rulebook.NewCohorts(book.Baselines, text.Key, text.Key)
		if err != nil {
			b.Fatal(err)
		}
		book.Baselines, book.Cohorts = nil, cohorts
		c, err := New(book, nil)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p := &pass{Subject: ordinary()}
			b.ReportAllocs()
			for b.Loop() {
				if err := c.Run(context.Background(), p); err != nil {
					b.Fatal(err)
				}
			}
			if cohorts.Len() != n {
				b.Fatalf("%d cohorts", cohorts.Len())
			}
			b.ReportMetric(float64(cohorts.Bytes())/float64(cohorts.Len()), "bytes/cohort")
		})
	}
	title := ordinary().Product.Title
	for name, title := range map[string]string{"fold 48 bytes": title, "fold 144 bytes": title + title + title} {
		b.Run(name, func(b *testing.B) {
			var f text.Folded
			for b.Loop() {
				f.Fold(title)
			}
		})
	}
}

func BenchmarkCheckWithFinding(b *testing.B) {
	c, err := New(many(1000), nil)
	if err != nil {
		b.Fatal(err)
	}
	plan, err := check.NewPlan(c.Checker)
	if err != nil {
		b.Fatal(err)
	}
	extreme, unknown := ordinary(), ordinary()
	extreme.Product.Price = listing.NewPrice(5, 0, "EUR")
	unknown.Product.Brand, unknown.Product.Category = "Nobody", "Nothing > Known"
	for name, s := range map[string]*listing.Submission{LowExtreme: extreme, BaselineInsufficient: unknown} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if r := plan.Run(context.Background(), s, nil); len(r.Findings) != 1 || r.Findings[0].Code != name {
					b.Fatalf("findings %v", r.Findings)
				}
			}
		})
	}
}
