package baseline

import (
	"fmt"
	"math"
	"testing"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/observation"
)

// eighteen are offers of one product by as many shops, at 90.00 to 107.00.
func eighteen() (all []observation.Observation) {
	for i := range 18 {
		all = append(all, shoe(9000+int64(i)*100, fmt.Sprint("m", i)))
	}
	return all
}

func TestOneShopUnderManyNames(t *testing.T) {
	all := eighteen()
	for i, name := range []string{"Flood Shop", "FLOOD SHOP", "flood-shop", "Flood  Shop", "Ｆｌｏｏｄ Shop", "flood shop ", "FloodShop", "Flood.Shop", "Flöod Shop",
		"Flood\u200bShop", "Flood_Shop", "Fl\u00ADood Shop"} {
		all = append(all, shoe(1000+int64(i), name))
	}
	if got := of(t, built(t, Options{}, all...), "4006381333931", "", ""); got.Merchants != 19 || got.Median != euros(9800) {
		t.Errorf("%d merchants, median %v; want 19, 98.00", got.Merchants, got.Median)
	}
}

// Shops whose names have no letters that fold to anything are told apart as they are written.
func TestShopsWithoutLetters(t *testing.T) {
	if got := of(t, built(t, Options{}, shoe(100, "!!!"), shoe(100, "???")), "4006381333931", "", ""); got.Merchants != 2 {
		t.Errorf("%d merchants, want 2", got.Merchants)
	}
}

// What one row in ten says falsely moves the middle of a cohort by no more than a row in ten can, and what is in another currency
// not at all.
func TestFalseRows(t *testing.T) {
	clean := of(t, built(t, Options{}, eighteen()...), "4006381333931", "", "")
	for name, change := range map[string]func(*observation.Observation){
		"in another currency":             func(o *observation.Observation) { o.Price.Currency = "JPY" },
		"the number of another currency":  func(o *observation.Observation) { o.Price.Units *= 160 },
		"the least there is":              func(o *observation.Observation) { o.Price = listing.Money{Nanos: 1000, Currency: "EUR"} },
		"the most there is":               func(o *observation.Observation) { o.Price = listing.Money{Units: math.MaxInt64, Currency: "EUR"} },
		"as much as is counted":           func(o *observation.Observation) { o.Price = listing.Money{Units: 1 << 41, Currency: "EUR"} },
		"of another market":               func(o *observation.Observation) { o.Market = "FR" },
		"of a thing that is used":         func(o *observation.Observation) { o.Condition = listing.ConditionUsed },
		"of a listing that was not taken": func(o *observation.Observation) { o.Approved = observation.NotApproved },
	} {
		all := eighteen()
		for i := range 2 {
			o := shoe(9500, fmt.Sprint("false", i))
			change(&o)
			all = append(all, o)
		}
		got := of(t, built(t, Options{}, all...), "4006381333931", "", "")
		if off := math.Abs(math.Log(got.Median.Float() / clean.Median.Float())); off > 0.02 {
			t.Errorf("%s: the median is %v instead of %v", name, got.Median, clean.Median)
		}
		if got.SpreadUp > clean.SpreadUp+0.03 {
			t.Errorf("%s: the spread is %v instead of %v", name, got.SpreadUp, clean.SpreadUp)
		}
	}
}

// Fakes below the gap are set aside, up to two in five; the rest is what it would be without them.
func TestClusterOfFakes(t *testing.T) {
	clean := of(t, built(t, Options{}, eighteen()...), "4006381333931", "", "")
	for _, fakes := range []int{4, 12} { // of 22 and of 30
		all := eighteen()
		for i := range fakes {
			all = append(all, shoe(2000+int64(i)*100, fmt.Sprint("f", i)))
		}
		got := of(t, built(t, Options{}, all...), "4006381333931", "", "")
		if got.State != "contaminated" || got.Median != clean.Median || got.Merchants != 18 {
			t.Errorf("%d fakes beside 18: state %q, %d merchants, median %v; want %v of 18", fakes, got.State, got.Merchants, got.Median, clean.Median)
		}
	}
}
