package price

import (
	"math"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
)

// prices draws whatever a caller can send as an amount.
func prices() *rapid.Generator[listing.Price] {
	return rapid.Custom(func(t *rapid.T) listing.Price {
		if rapid.Bool().Draw(t, "absent") {
			return listing.Price{}
		}
		return listing.NewPrice(
			rapid.OneOf(rapid.Int64(), rapid.Int64Range(-1, 200), rapid.Just[int64](math.MaxInt64)).Draw(t, "units"),
			rapid.OneOf(rapid.Int32(), rapid.Just[int32](0), rapid.SampledFrom([]int32{10_000_000, 990_000_000})).Draw(t, "nanos"),
			rapid.OneOf(rapid.SampledFrom([]string{"EUR", "EUR", "EUR", "USD", "JPY", "eur", ""}), rapid.String()).Draw(t, "currency"))
	})
}

// submissions draws products that may be of the book's cohorts.
func submissions() *rapid.Generator[*listing.Submission] {
	some := func(values ...string) *rapid.Generator[string] {
		return rapid.OneOf(rapid.SampledFrom(values), rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
	}
	return rapid.Custom(func(t *rapid.T) *listing.Submission {
		s := &listing.Submission{ID: "s", Markets: rapid.SliceOfNDistinct(rapid.SampledFrom([]listing.Market{"DE", "FR", "US", "JP", "BR"}),
			1, 5, rapid.ID[listing.Market]).Draw(t, "markets")}
		s.Product = listing.Product{
			Title: some("pack of 12", "x12", "6er-Pack").Draw(t, "title"), Brand: some("Acme", "ACME").Draw(t, "brand"),
			Category: some("Apparel > Shoes", "Schuhe", ">").Draw(t, "category"), GTIN: some("4006381333931", "").Draw(t, "gtin"),
			Condition: listing.Condition(rapid.Uint8Range(0, 12).Draw(t, "condition")),
			Price:     prices().Draw(t, "price"), ListPrice: prices().Draw(t, "list"), PreviousPrice: prices().Draw(t, "previous"),
			Shipping:     prices().Draw(t, "shipping"),
			PackQuantity: rapid.OneOf(rapid.Int32Range(0, 3), rapid.Just[int32](math.MaxInt32)).Draw(t, "pack"),
		}
		for range rapid.IntRange(0, 5).Draw(t, "variants") {
			s.Product.Variants = append(s.Product.Variants, listing.Variant{Price: prices().Draw(t, "variant")})
		}
		return s
	})
}

func TestAnySubmissionIsJudgedWithinBounds(t *testing.T) {
	dear := euros(math.MaxInt64)
	book := bookWith(
		rulebook.Baseline{Kind: rulebook.Observed, GTIN: "4006381333931", Market: "DE", Currency: "EUR", Condition: listing.ConditionNew,
			Merchants: 12, Observations: 40, Median: euros(1), SpreadUp: 0.1},
		rulebook.Baseline{Kind: rulebook.Observed, Brand: "Acme", Category: "Apparel > Shoes", Currency: "EUR", Merchants: -1, Observations: 40,
			Median: dear, Low: euros(1), High: dear, SpreadUp: 9},
		rulebook.Baseline{Kind: rulebook.MSRP, GTIN: "4006381333931", Currency: "JPY", Condition: listing.ConditionUsed, Merchants: -1,
			Median: listing.Money{Units: 1000, Currency: "JPY"}})
	c, err := New(book, nil)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := check.NewPlan(c.Checker)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := submissions().Draw(t, "submission")
		r := plan.Run(t.Context(), s, nil)
		if err := r.Outcomes[0].Err; err != nil {
			t.Fatalf("%v: %v", err, err.(*check.PanicError).Cause)
		}
		if most := 4 + 2 + 1 + 1 + 3 + 2*len(s.Markets); len(r.Findings) > most {
			t.Fatalf("%d findings, more than %d", len(r.Findings), most)
		}
		for _, f := range r.Findings {
			if !utf8.ValidString(f.Message) || len(f.Message) > 1024 {
				t.Fatalf("message %q", f.Message)
			}
			for _, e := range f.Evidence {
				if e, ok := e.(check.Price); ok {
					sane(t, e)
				}
			}
		}
		judgesOnlyTheComparable(t, s, r)
	})
}

func sane(t *rapid.T, e check.Price) {
	for _, f := range []float64{e.Ratio, e.Spread, e.Z} {
		if math.IsNaN(f) || math.IsInf(f, 0) {
			t.Fatalf("evidence %+v", e)
		}
	}
}

// judgesOnlyTheComparable is that no tier is said of an offer whose amount is impossible or of no known currency.
func judgesOnlyTheComparable(t *rapid.T, s *listing.Submission, r *check.Report) {
	if s.Product.Price.State <= listing.PriceOK && s.Product.Price.Sign() > 0 || s.Product.Price.State == listing.NoPrice {
		return
	}
	for _, f := range r.Findings {
		if f.Code != Invalid && f.Code != CurrencyUnknown {
			t.Fatalf("%s of a price that is none: %+v", f.Code, s.Product.Price)
		}
	}
}
