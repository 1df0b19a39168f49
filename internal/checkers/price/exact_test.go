package price

import (
	"context"
	"fmt"
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/rulebook/embedded"
)

// A bound is a part of an amount of a baseline, above or below which something is said, as the embedded prices.yaml has it.
type bound struct {
	part, of string // decimals and one of median, least, most
	above    bool
	also     *bound // where two are asked for
	code     string
}

// Regimes are baselines for which the embedded rulebook asks for ratios alone: where it asks for a spread as well, it is so
// narrow that the ratio decides, or so wide that nothing is said. The gravest bound comes first.
var regimes = map[string]struct {
	row    rulebook.Baseline
	bounds []bound
}{
	"product, close prices": {rulebook.Baseline{Kind: rulebook.Observed, GTIN: shoeGTIN, Merchants: 20, Observations: 40, SpreadUp: 0.01}, []bound{
		{part: "0.30", code: LowExtreme}, {part: "0.60", code: LowOutlier}, {part: "0.70", code: SoftLow},
		{part: "2", above: true, code: HighOutlier + "/" + Double}, {part: "1.3", above: true, code: HighOutlier}}},
	"product, prices apart": {rulebook.Baseline{Kind: rulebook.Observed, GTIN: shoeGTIN, Merchants: 20, Observations: 40, SpreadUp: 3}, []bound{
		{part: "0.30", code: LowExtreme}, {part: "0.50", code: LowOutlier}, {part: "2", above: true, code: HighOutlier + "/" + Double}}},
	"product, few merchants": {rulebook.Baseline{Kind: rulebook.Observed, GTIN: shoeGTIN, Merchants: 7, Observations: 40, SpreadUp: 3}, []bound{
		{part: "0.25", code: LowExtreme}, {part: "0.40", code: LowOutlier}, {part: "2", above: true, code: HighOutlier + "/" + Double}}},
	"recommended price": {rulebook.Baseline{Kind: rulebook.MSRP, GTIN: shoeGTIN, Merchants: -1}, []bound{
		{part: "0.25", code: LowExtreme}, {part: "0.42", code: LowOutlier}, {part: "0.60", code: SoftLow}}},
	"many products": {rulebook.Baseline{Kind: rulebook.Observed, Brand: "Acme", Merchants: -1, Observations: 500, SpreadUp: 9}, []bound{
		{part: "0.15", also: &bound{part: "0.4", of: "least"}, code: LowExtreme},
		{part: "0.70", also: &bound{part: "1", of: "least"}, code: LowOutlier},
		{part: "2", above: true, also: &bound{part: "1", of: "most", above: true}, code: HighOutlier + "/" + Double}}},
}

func (b *bound) edge(row *rulebook.Baseline) *big.Rat {
	part, _ := new(big.Rat).SetString(b.part)
	of := map[string]listing.Money{"": row.Median, "least": row.Least, "most": row.Most}[b.of]
	return part.Mul(part, rational(of))
}

func (b *bound) holds(each *big.Rat, row *rulebook.Baseline) bool {
	side := -1
	if b.above {
		side = 1
	}
	return each.Cmp(b.edge(row)) == side && (b.also == nil || b.also.holds(each, row))
}

// What the checker says of a price at and around a threshold, of a pack or alone, is what rational arithmetic on the decimals of the
// embedded rulebook says: at the threshold itself nothing is said.
func TestThresholdsAgreeWithRationalArithmetic(t *testing.T) {
	book, err := rulebook.Load(embedded.FS())
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		regime := regimes[rapid.SampledFrom([]string{"product, close prices", "product, prices apart", "product, few merchants", "recommended price",
			"many products"}).Draw(t, "regime")]
		row := regime.row
		row.Market, row.Currency, row.Condition = "DE", "EUR", listing.ConditionNew
		cents := rapid.OneOf(rapid.Int64Range(1, 1<<50), rapid.Int64Range(1, 1000)).Draw(t, "cents of the median")
		row.Median = euros(cents)
		if row.Brand != "" {
			row.Least = euros(rapid.Int64Range(1, cents).Draw(t, "cents of the least"))
			row.Most = euros(cents*17/10 + rapid.Int64Range(1, 3*cents).Draw(t, "more of the most"))
			row.Low, row.High = row.Least, row.Most
		}
		units := int64(1)
		if row.PerUnit = rapid.Bool().Draw(t, "by unit"); row.PerUnit {
			units = rapid.Int64Range(1, 12).Draw(t, "units")
		}
		edge := rapid.SampledFrom(regime.bounds).Draw(t, "bound")
		if edge.also != nil && rapid.Bool().Draw(t, "of the range") {
			edge = *edge.also
		}
		at := new(big.Rat).Mul(edge.edge(&row), big.NewRat(100*units, 1))
		offered := euros(max(1, new(big.Int).Quo(at.Num(), at.Denom()).Int64()+rapid.Int64Range(-1, 2).Draw(t, "cents from the edge")))

		want := ""
		each := new(big.Rat).Mul(rational(offered), big.NewRat(1, units))
		for _, b := range regime.bounds {
			if b.holds(each, &row) {
				want = b.code
				break
			}
		}
		if got := coded(t, book, row, offered, int32(units)); got != want {
			t.Fatalf("%v for %d beside %+v: %q, want %q", offered, units, row, got, want)
		}
	})
}

// coded is the code and variant that a price gets beside a baseline.
func coded(t *rapid.T, book *rulebook.Book, row rulebook.Baseline, offered listing.Money, units int32) string {
	with := *book
	with.Baselines = []rulebook.Baseline{row}
	c, err := New(&with, nil)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := check.NewPlan(c.Checker)
	if err != nil {
		t.Fatal(err)
	}
	s := &listing.Submission{ID: "s", Markets: []listing.Market{"DE"}}
	s.Product = listing.Product{GTIN: row.GTIN, Brand: row.Brand, Price: listing.NewPrice(offered.Units, offered.Nanos, "EUR")}
	if units > 1 {
		s.Product.PackQuantity = units
	}
	r := plan.Run(t.Context(), s, nil)
	if len(r.Findings) > 1 {
		t.Fatalf("findings %v", r.Findings)
	}
	if len(r.Findings) == 0 {
		return ""
	}
	f := r.Findings[0]
	if f.Variant != "" {
		return fmt.Sprint(f.Code, "/", f.Variant)
	}
	return f.Code
}

// Of whatever offer a glance says that it is ordinary, a full look says nothing either.
func TestOrdinaryOffersHaveNoFindings(t *testing.T) {
	observed := func(change func(*rulebook.Baseline)) rulebook.Baseline {
		b := rulebook.Baseline{Kind: rulebook.Observed, Market: "DE", Currency: "EUR", Condition: listing.ConditionNew, Merchants: 12, Observations: 40,
			Median: euros(10_000), SpreadUp: 0.06}
		change(&b)
		return b
	}
	dollars := listing.Money{Units: 101, Currency: "USD"}
	book := bookWith(
		observed(func(b *rulebook.Baseline) { b.GTIN, b.High = shoeGTIN, euros(12_000) }),
		observed(func(b *rulebook.Baseline) {
			b.GTIN, b.Market, b.Currency, b.Median, b.High = shoeGTIN, "US", "USD", dollars, dollars
		}),
		observed(func(b *rulebook.Baseline) { b.Brand, b.Market, b.Currency, b.Median = "Acme", "", "USD", dollars }),
		observed(func(b *rulebook.Baseline) { b.Brand, b.Market, b.Low, b.High = "Acme", "", euros(8000), euros(12_000) }),
		observed(func(b *rulebook.Baseline) { b.Brand, b.Median = "Listed", euros(6000) }),
		rulebook.Baseline{Kind: rulebook.MSRP, Brand: "Listed", Market: "DE", Currency: "EUR", Condition: listing.ConditionNew, Merchants: -1,
			Median: euros(15_000)})
	book.Prices.InflatedRatio, book.Prices.MultipackRatio = 1.5, 1.02
	c, err := New(book, nil)
	if err != nil {
		t.Fatal(err)
	}
	thorough, never := *c.prices, *c.prices.limits
	never.calmTo = 0 // so that no market is passed over
	thorough.limits = &never
	plan, err := check.NewPlan(&check.Checker[*listing.Submission]{Name: Name, Run: func(_ context.Context, p *pass) error {
		thorough.judgeAll(p)
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	agree := func(s *listing.Submission) bool {
		if !c.prices.ordinary(&pass{Subject: s}) {
			return false
		}
		if r := plan.Run(t.Context(), s, nil); len(r.Findings) != 0 || r.Outcomes[0].Err != nil {
			t.Fatalf("ordinary at a glance, but %v %v: %+v", r.Findings, r.Outcomes[0].Err, s)
		}
		return true
	}
	ordinary := 0
	for _, product := range []listing.Product{{GTIN: shoeGTIN}, {Brand: "Acme", Category: "Apparel > Shoes"}, {GTIN: shoeGTIN, Category: "Apparel > Shoes"}, {Brand: "Listed"}} {
		for _, markets := range [][]listing.Market{{"DE"}, {"FR"}, {"DE", "FR"}, {"US"}} {
			for cents := int64(100); cents < 30_000; cents += 50 {
				for _, fee := range []int64{-1, 0, cents / 3, cents - 1, cents, 2 * cents, 2*cents + 1} {
					s := &listing.Submission{ID: "s", Markets: markets, Product: product, AsOf: time.Date(2026, 4, 12, 0, 0, 0, 0, time.UTC)}
					code := []string{"EUR", "USD"}[cents/50%2]
					s.Product.Price = listing.NewPrice(cents/100, int32(cents%100*10_000_000), code)
					if fee >= 0 {
						s.Product.Shipping = listing.NewPrice(fee/100, int32(fee%100*10_000_000), code)
					}
					if agree(s) {
						ordinary++
					}
				}
			}
		}
	}
	if ordinary < 1000 {
		t.Errorf("only %d were ordinary", ordinary)
	}
	rapid.Check(t, func(t *rapid.T) { agree(submissions().Draw(t, "submission")) })
}
