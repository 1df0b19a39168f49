package price

import (
	"math/big"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/text"
)

func TestExactly(t *testing.T) {
	for _, tt := range []struct {
		f    float64
		want string // as a fraction; empty: refused
	}{
		{0, "0"}, {0.3, "3/10"}, {0.15, "3/20"}, {1.3, "13/10"}, {2, "2"}, {0.1, "1/10"}, {0.70, "7/10"},
		{0.123456789, "123456789/1000000000"}, {4.294967295, "858993459/200000000"}, {4294967295, "4294967295"},
		{0.1234567891, ""}, {4294967296, ""}, {-0.3, ""}, {1.0 / 3, ""},
	} {
		got, err := exactly(tt.f)
		if err != nil {
			if tt.want != "" {
				t.Errorf("exactly(%v): %v", tt.f, err)
			}
			continue
		}
		if r := new(big.Rat).SetFrac(new(big.Int).SetUint64(got.num), new(big.Int).SetUint64(got.den)); r.RatString() != tt.want {
			t.Errorf("exactly(%v) = %s, want %q", tt.f, r.RatString(), tt.want)
		}
	}
}

// The tier of any price, by rational arithmetic on the decimals of the book, is the tier that the checker says.
func TestTiersAgreeWithRationalArithmetic(t *testing.T) {
	decimals := rapid.IntRange(0, 9_999)
	rapid.Check(t, func(t *rapid.T) {
		// Near the threshold, or anywhere.
		threshold := decimals.Draw(t, "threshold in ten-thousandths")
		ratio, err := strconv.ParseFloat(big.NewRat(int64(threshold), 10_000).FloatString(4), 64)
		if err != nil {
			t.Fatal(err)
		}
		book := bookWith(rulebook.Baseline{Kind: rulebook.Observed, GTIN: "4006381333931", Currency: "EUR",
			Condition: listing.ConditionNew, Merchants: 20, Median: euros(rapid.Int64Range(1, 1<<62).Draw(t, "cents of the median"))})
		book.Prices.Tiers = []rulebook.Tier{{Reference: check.MarketReference, ExtremeRatio: ratio}}
		limits, err := newLimits(&book.Prices)
		if err != nil {
			t.Fatal(err)
		}
		row := &book.Baselines[0]
		edge := new(big.Rat).Mul(rational(row.Median), big.NewRat(int64(threshold), 10_000))
		cents := new(big.Int).Quo(new(big.Int).Mul(edge.Num(), big.NewInt(100)), edge.Denom()).Int64()
		offered := euros(max(0, cents+rapid.Int64Range(-2, 2).Draw(t, "cents from the edge")))

		want := notLow
		if rational(offered).Cmp(edge) < 0 {
			want = lowExtreme
		}
		if got := limits.low(offered, 1, row, reference{level: byGTIN}); got != want {
			t.Fatalf("%v beside %v at %v: tier %d, want %d", offered, row.Median, ratio, got, want)
		}
	})
}

func euros(cents int64) listing.Money {
	return listing.Money{Units: cents / 100, Nanos: int32(cents % 100 * 10_000_000), Currency: "EUR"}
}

func rational(m listing.Money) *big.Rat {
	return new(big.Rat).Add(new(big.Rat).SetInt64(m.Units), big.NewRat(int64(m.Nanos), 1_000_000_000))
}

func TestNewRefuses(t *testing.T) {
	good := rulebook.Baseline{Kind: rulebook.Observed, Brand: "Acme", Currency: "EUR", Merchants: -1, Observations: 9, Median: euros(100)}
	change := func(f func(*rulebook.Baseline)) rulebook.Baseline {
		b := good
		f(&b)
		return b
	}
	for name, tt := range map[string]struct {
		rows []rulebook.Baseline
		want string
	}{
		"no key":            {[]rulebook.Baseline{change(func(b *rulebook.Baseline) { b.Brand = "" })}, "names no product code"},
		"no currency":       {[]rulebook.Baseline{change(func(b *rulebook.Baseline) { b.Currency, b.Median.Currency = "", "" })}, "currency"},
		"zero median":       {[]rulebook.Baseline{change(func(b *rulebook.Baseline) { b.Median = euros(0) })}, "median"},
		"amount of another": {[]rulebook.Baseline{change(func(b *rulebook.Baseline) { b.Low = listing.Money{Units: 1, Currency: "USD"} })}, `"USD"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(bookWith(tt.rows...), nil)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one of %q", err, tt.want)
			}
		})
	}
}

func TestCohortsThatFoldTogether(t *testing.T) {
	row := func(brand string, observations int64) rulebook.Baseline {
		return rulebook.Baseline{Kind: rulebook.Observed, Brand: brand, Currency: "EUR", Observations: observations, Median: euros(100)}
	}
	c, err := newCohorts(bookWith(row("Ac Me", 9), row("Acme", 40), row("ACME", 40), row("acmé", 8)))
	if err != nil {
		t.Fatal(err)
	}
	l := ladder{offer: rulebook.NewOfferKey("EUR").With(listing.ConditionNew)}
	l.branded = c.brand("ac-me", &l.brand)
	if r := c.find(check.MarketReference, &l, "DE", nil); r.row < 0 || c.full(r).Observations != 40 {
		t.Errorf("the reference is %+v, want one of 40 observations", r)
	}
}

func TestNewRefusesRatiosThatAreNoDecimals(t *testing.T) {
	book := bookWith()
	book.Prices.HighRatio, book.Prices.Tiers[0].SoftRatio = 4.0/3, 1.0/3
	_, err := New(book, nil)
	if err == nil || strings.Count(err.Error(), "decimals") != 2 {
		t.Errorf("error %v, want both ratios refused", err)
	}
}

func TestCategoriesWithoutTaxonomyStandForThemselves(t *testing.T) {
	book := bookWith(rulebook.Baseline{Kind: rulebook.Observed, Category: "Rocks > Round", Currency: "EUR",
		Median: euros(100), Observations: 9})
	book.Categories = rulebook.NewCategories(nil, nil, text.Key)
	c, err := newCohorts(book)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]struct {
		found, exact bool
	}{"Rocks > Round": {true, true}, "rocks>ROUND": {true, true}, "Rocks > Round > Red": {true, false}, "Rocks": {true, true},
		"Sand": {false, false}, "": {false, false}, ">": {false, false}} {
		if place, exact := c.place(name); (place != 0) != want.found || exact != want.exact {
			t.Errorf("place(%q) = %d, %v, want %+v", name, place, exact, want)
		}
	}
}

func TestCohortsWithoutTierAreNotJudgedBy(t *testing.T) {
	book := bookWith(rulebook.Baseline{Kind: rulebook.Observed, Brand: "Acme", Market: "DE", Currency: "EUR", Condition: listing.ConditionNew,
		Merchants: -1, Observations: 1204, Median: euros(10_000)})
	book.Prices.Tiers[2].Levels = []string{"brand+category"}
	s, _ := submission(t, "brand: Acme\ncategory: Electronics\nprice: 1.00 EUR\n")
	r := run(t, book, s, "")
	if len(r.Findings) != 1 || r.Findings[0].Code != BaselineInsufficient {
		t.Fatalf("findings %v, want %s alone", r.Findings, BaselineInsufficient)
	}
	const want = "No judgement made: the rulebook knows only a cohort too wide to judge by, of 1,204 offers " +
		"(Acme, any category, DE, new; merchants unknown)."
	if got := r.Findings[0].Message; got != want {
		t.Errorf("message %q, want %q", got, want)
	}
}
