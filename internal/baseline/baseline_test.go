package baseline

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/observation"
	"github.com/assay-project/assay/internal/rulebook"
)

func euros(cents int64) listing.Money {
	return listing.Money{Units: cents / 100, Nanos: int32(cents%100) * 10_000_000, Currency: "EUR"}
}

// shoe is an observation of one product.
func shoe(cents int64, merchant string) observation.Observation {
	return observation.Observation{Price: euros(cents), GTIN: "4006381333931", Brand: "Acme", Category: "Apparel > Shoes", Market: "DE",
		Merchant: merchant}
}

func built(t *testing.T, options Options, all ...observation.Observation) []rulebook.Baseline {
	t.Helper()
	b := NewBuilder(options)
	for i := range all {
		if err := b.Add(&all[i]); err != nil {
			t.Fatal(err)
		}
	}
	return b.Rows()
}

// of is the row of the product, or of a brand and category.
func of(t *testing.T, rows []rulebook.Baseline, gtin, brand, category string) rulebook.Baseline {
	t.Helper()
	for _, r := range rows {
		if r.GTIN == gtin && r.Brand == brand && r.Category == category {
			return r
		}
	}
	t.Fatalf("no row of %q %q %q among %d", gtin, brand, category, len(rows))
	return rulebook.Baseline{}
}

func TestCohortsOfAnObservation(t *testing.T) {
	var got []string
	for _, r := range built(t, Options{}, shoe(1000, "m")) {
		got = append(got, strings.Join([]string{r.GTIN, r.Brand, r.Category, string(r.Market), r.Condition.String()}, "|"))
	}
	want := []string{"4006381333931|||DE|new", "|Acme||DE|new", "||Apparel|DE|new", "|Acme|Apparel|DE|new", "||Apparel > Shoes|DE|new",
		"|Acme|Apparel > Shoes|DE|new"}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFiguresAreExact(t *testing.T) {
	var all []observation.Observation
	for _, cents := range []int64{1001, 1000, 9999, 1299, 1499, 1750} {
		all = append(all, shoe(cents, ""))
	}
	got := of(t, built(t, Options{}, all...), "4006381333931", "", "")
	want := rulebook.Baseline{Kind: rulebook.Observed, GTIN: "4006381333931", Market: "DE", Currency: "EUR", Condition: listing.ConditionNew,
		Merchants: -1, Observations: 6, Median: euros(1399), Low: euros(1000), High: euros(9999), Least: euros(1000), Most: euros(9999),
		SpreadUp: math.Log(1750.0 / 1399)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOneVoteForEachMerchant(t *testing.T) {
	var all []observation.Observation
	for i := range 12 {
		all = append(all, shoe(100+int64(i), "flood"))
	}
	for i := range 18 {
		all = append(all, shoe(9000+int64(i)*100, fmt.Sprint("m", i)))
	}
	got := of(t, built(t, Options{}, all...), "4006381333931", "", "")
	if got.Merchants != 19 || got.Observations != 30 || got.Median != euros(9800) {
		t.Errorf("%d merchants, %d observations, median %v; want 19, 30, 98.00", got.Merchants, got.Observations, got.Median)
	}
	all = append(all, shoe(9000, ""))
	if got = of(t, built(t, Options{}, all...), "4006381333931", "", ""); got.Merchants != -1 || got.Observations != 20 {
		t.Errorf("with one of no merchant: %d merchants, %d observations; want -1, 20 votes", got.Merchants, got.Observations)
	}
}

// Of different products all offers vote, but nobody has more than a tenth of them once there are five merchants.
func TestMerchantsOfManyProducts(t *testing.T) {
	offer := func(cents int64, merchant string) observation.Observation {
		return observation.Observation{Price: euros(cents), Brand: "Acme", Merchant: merchant}
	}
	var all []observation.Observation
	for i := range 12 {
		all = append(all, offer(100+int64(i), "flood"))
	}
	for i := range 18 {
		all = append(all, offer(9000+int64(i)*100, fmt.Sprint("m", i/3)))
	}
	if got := of(t, built(t, Options{}, all...), "", "Acme", ""); got.Merchants != 7 || got.Observations != 21 || got.Median != euros(9700) {
		t.Errorf("%d merchants, %d votes, median %v; want 7, 21, 97.00", got.Merchants, got.Observations, got.Median)
	}
	if got := of(t, built(t, Options{}, all[:12]...), "", "Acme", ""); got.Merchants != 1 || got.Observations != 12 || got.Most != euros(111) {
		t.Errorf("one shop: %d merchants, %d votes up to %v; want 1, 12, 1.11", got.Merchants, got.Observations, got.Most)
	}
}

func TestWhoDoesNotVote(t *testing.T) {
	on := func(day int, approved observation.Approval) observation.Observation {
		o := shoe(1000, "")
		o.Date, o.Approved = listing.Date{Year: 2026, Month: 4, Day: day}, approved
		return o
	}
	huge := shoe(1000, "")
	huge.Price.Units = math.MaxInt64
	b := NewBuilder(Options{AsOf: listing.Date{Year: 2026, Month: 4, Day: 20}, MinAge: 1, MaxAge: 10})
	for _, o := range []observation.Observation{on(20, observation.Approved), on(19, observation.ApprovalUnknown), on(10, observation.Approved),
		on(9, observation.Approved), on(15, observation.NotApproved), shoe(1000, ""), huge, {Price: euros(100)}} {
		if err := b.Add(&o); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(Passed{NotApproved: 1, TooYoung: 1, TooOld: 1, TooLarge: 1, NoKey: 1}, b.Passed()); diff != "" {
		t.Errorf("passed (-want +got):\n%s", diff)
	}
	if row := of(t, b.Rows(), "4006381333931", "", ""); row.Observations != 3 || row.AsOf.Day != 19 {
		t.Errorf("%d observations as of %v, want 3 as of the 19th", row.Observations, row.AsOf)
	}
}

func TestPerUnit(t *testing.T) {
	stated, read := shoe(1200, ""), shoe(1000, "")
	stated.Pack, read.Title = 3, "Socks, pack of 3"
	got := of(t, built(t, Options{PerUnit: true}, stated, read), "4006381333931", "", "")
	if !got.PerUnit || got.Most != euros(400) || got.Least.Nanos != 333_333_000 {
		t.Errorf("%v to %v, per unit %v; want 3.333333 to 4.00", got.Least, got.Most, got.PerUnit)
	}
}

func TestSplitsTwoClustersOfOneProduct(t *testing.T) {
	var all []observation.Observation
	for i := range 24 {
		all = append(all, shoe(9000+int64(i)*100, ""))
	}
	for i := range 6 {
		all = append(all, shoe(1000+int64(i)*100, ""))
	}
	rows := built(t, Options{}, all...)
	if got := of(t, rows, "4006381333931", "", ""); got.State != rulebook.Contaminated || got.Least != euros(9000) || got.Observations != 24 {
		t.Errorf("state %q from %v of %d, want the upper 24", got.State, got.Least, got.Observations)
	}
	if got := of(t, rows, "", "Acme", "Apparel > Shoes"); got.State != "" || got.Least != euros(1000) {
		t.Errorf("a cohort of many products: state %q from %v", got.State, got.Least)
	}
}

// Sketched figures are within half a hundredth of the exact ones, by rank.
func TestManyVotes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	b := NewBuilder(Options{})
	var cents []int64
	for range 20_000 {
		cents = append(cents, int64(math.Exp(8+rng.NormFloat64())))
		o := shoe(cents[len(cents)-1], "")
		if err := b.Add(&o); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(cents)
	row := of(t, b.Rows(), "4006381333931", "", "")
	for name, tt := range map[string]struct {
		got  listing.Money
		rank float64
	}{"median": {row.Median, 0.5}, "low": {row.Low, 0.05}, "high": {row.High, 0.95}, "least": {row.Least, 0.001}, "most": {row.Most, 0.999}} {
		want := float64(cents[int(math.Ceil(tt.rank*float64(len(cents))))-1]) / 100
		if ratio := tt.got.Float() / want; math.Abs(ratio-1) > 0.011 {
			t.Errorf("%s %v, want within a hundredth of %v", name, tt.got, want)
		}
	}
	if size := len(b.cohorts); size != 6 {
		t.Errorf("%d cohorts", size)
	}
}

func TestMergingIsCountingTogether(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	var all []observation.Observation
	for i := range 4000 {
		o := shoe(1000+rng.Int64N(5000), "")
		if i%3 == 0 {
			o.Brand, o.Merchant = "Nova", fmt.Sprint("m", rng.IntN(40))
		}
		all = append(all, o)
	}
	together := NewBuilder(Options{})
	halves := [2]*Builder{NewBuilder(Options{}), NewBuilder(Options{})}
	together.Source("s")
	for i := range all {
		halves[i%2].Source("s")
		if err := errors.Join(together.Add(&all[i]), halves[i%2].Add(&all[i])); err != nil {
			t.Fatal(err)
		}
	}
	merged := NewBuilder(Options{})
	for _, half := range halves {
		var file bytes.Buffer
		if err := half.Save(&file); err != nil {
			t.Fatal(err)
		}
		if err := merged.Merge(&file); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(together.Rows(), merged.Rows()); diff != "" {
		t.Errorf("(-together +merged):\n%s", diff)
	}
}

func TestMergeRefuses(t *testing.T) {
	head := `{"assay_votes":1,"per_unit":false}` + "\n"
	for name, text := range map[string]string{
		"nothing":        "",
		"a table":        "kind,gtin\n",
		"a newer file":   `{"assay_votes":2}` + "\n",
		"another basis":  `{"assay_votes":1,"per_unit":true}` + "\n",
		"no key":         head + `{"currency":"EUR","seen":1}` + "\n",
		"no JSON":        head + "{\n",
		"negative price": head + `{"gtin":"1","currency":"EUR","seen":1,"anonymous":{"exact":[-1],"count":1}}` + "\n",
		"no sketch":      head + `{"gtin":"1","currency":"EUR","seen":1,"anonymous":{"sketch":"AAAA","count":1,"least":1,"most":1}}` + "\n",
	} {
		if err := NewBuilder(Options{}).Merge(strings.NewReader(text)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestHold(t *testing.T) {
	row := func(brand string, cents int64, day int) rulebook.Baseline {
		return rulebook.Baseline{Kind: rulebook.Observed, Brand: brand, Currency: "EUR", Median: euros(cents),
			AsOf: listing.Date{Year: 2026, Month: 4, Day: day}}
	}
	older := []rulebook.Baseline{row("Acme", 1000, 1), row("Nova", 1000, 1), row("Gone", 1000, 1)}
	rows := []rulebook.Baseline{row("ACME", 1200, 2), row("Nova", 1200, 3), row("New", 100, 3)}
	moved := Hold(rows, older)
	if len(moved) != 1 || rows[0].Median != euros(1000) || rows[0].State != rulebook.Frozen {
		t.Errorf("moved %v, row %+v; want the first frozen at 10.00", moved, rows[0])
	}
	if rows[1].Median != euros(1200) || rows[1].State != "" || rows[2].State != "" {
		t.Errorf("rows %+v; want a fifth in two days to pass, and the new one", rows[1:])
	}
}

func TestUnionKeepsWhatIsInOneTable(t *testing.T) {
	one := []rulebook.Baseline{{Kind: rulebook.Observed, Brand: "Nova", Currency: "EUR", Median: euros(100), Observations: 9, Merchants: -1}}
	two := []rulebook.Baseline{{Kind: rulebook.MSRP, Brand: "Nova", Currency: "EUR", Median: euros(100), Merchants: -1},
		{Kind: rulebook.Observed, Brand: "Acme", Currency: "EUR", Median: euros(200), Observations: 9, Merchants: -1}}
	rows, estimate, err := Union(one, two)
	if diff := cmp.Diff([]rulebook.Baseline{two[1], two[0], one[0]}, rows); err != nil || diff != "" || estimate != (Estimate{Factor: 1}) {
		t.Errorf("%v, %+v (-want +got):\n%s", err, estimate, diff)
	}
}

func TestUnionRefuses(t *testing.T) {
	row := rulebook.Baseline{Kind: rulebook.Observed, Brand: "Nova", Currency: "EUR", Median: euros(100), Observations: 9, Merchants: -1}
	unit := row
	unit.PerUnit = true
	msrp, other := row, row
	msrp.Kind, other.Kind, other.Median = rulebook.MSRP, rulebook.MSRP, euros(101)
	for want, tables := range map[string][2]rulebook.Baseline{"by unit": {row, unit}, "msrp prices": {msrp, other}} {
		if _, _, err := Union(tables[:1], tables[1:]); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

// The median of tables merged is no further from that of all observations than their medians are apart, and where the
// observations are of one kind it is near. The order of tables does not matter.
func TestUnionEstimatesWithinItsBound(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	for range 50 {
		all, tables := NewBuilder(Options{}), make([][]rulebook.Baseline, 2+rng.IntN(3))
		apart := 0.5 * rng.Float64()
		for i := range tables {
			one := NewBuilder(Options{})
			for range 5 + rng.IntN(240) {
				o := observation.Observation{Brand: "Acme", Market: "DE", Price: euros(1 + int64(1000*math.Exp(apart*float64(i)+0.5*rng.NormFloat64())))}
				for _, b := range []*Builder{one, all} {
					if err := b.Add(&o); err != nil {
						t.Fatal(err)
					}
				}
			}
			tables[i] = one.Rows()
		}
		got, estimate, err := Union(tables...)
		if err != nil || len(got) != 1 || estimate.Cohorts != 1 {
			t.Fatalf("%d rows, %+v, %v", len(got), estimate, err)
		}
		want := all.Rows()[0]
		off := math.Abs(math.Log(got[0].Median.Float() / want.Median.Float()))
		if off > math.Log(estimate.Factor)+1e-9 || off > 0.1 {
			t.Errorf("the median is estimated as %v, is %v, and the bound is a factor of %.3f", got[0].Median, want.Median, estimate.Factor)
		}
		if got[0].Least != want.Least || got[0].Most != want.Most || got[0].Observations != want.Observations {
			t.Errorf("range and count are %+v, want those of %+v", got[0], want)
		}
		slices.Reverse(tables)
		if again, _, err := Union(tables...); err != nil || cmp.Diff(got, again) != "" {
			t.Errorf("in another order (%v):\n%s", err, cmp.Diff(got, again))
		}
	}
}

func TestTooManyCohorts(t *testing.T) {
	b := NewBuilder(Options{MaxCohorts: 5})
	o := shoe(100, "")
	if err := b.Add(&o); err == nil {
		t.Error("six cohorts where five may be")
	}
}
