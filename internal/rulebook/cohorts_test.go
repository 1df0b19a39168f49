package rulebook

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-project/assay/internal/listing"
)

func cents(n int64, code string) listing.Money {
	return listing.Money{Units: n / 100, Nanos: int32(n%100) * 10_000_000, Currency: code}
}

// shelfOf are rows of every kind of key and figure.
func shelfOf() []Baseline {
	return []Baseline{
		{Kind: Observed, GTIN: "4006381333931", Market: "DE", Currency: "EUR", Condition: listing.ConditionNew, Merchants: 12, Observations: 40,
			Median: cents(6999, "EUR"), Low: cents(5000, "EUR"), High: cents(8000, "EUR"), Least: cents(4500, "EUR"), Most: cents(12000, "EUR"),
			SpreadUp: 0.125, AsOf: listing.Date{Year: 2026, Month: 4, Day: 13}, Source: "shop"},
		{Kind: Observed, Brand: "Acme Sports", Category: "Apparel > Shoes", Currency: "JPY", Merchants: -1, Observations: 1 << 31,
			Median: listing.Money{Units: 1 << 62, Currency: "JPY"}, State: Contaminated, PerUnit: true},
		{Kind: MSRP, Brand: "Nova", Market: "KW", Currency: "KWD", Condition: listing.ConditionForParts, Merchants: -1,
			Median: listing.Money{Nanos: 5_000_000, Currency: "KWD"}, State: Frozen},
		{Kind: Floor, Category: "Apparel", Market: "US", Currency: "USD", Merchants: 0, Median: listing.Money{Units: 1, Nanos: 1, Currency: "USD"}, Source: "holder"},
	}
}

func opened(t testing.TB, rows []Baseline) *Cohorts {
	t.Helper()
	made, err := NewCohorts(rows, strings.ToLower, strings.ToLower)
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if _, err := made.WriteTo(&file); err != nil {
		t.Fatal(err)
	}
	c, err := OpenCohorts(file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCohortsHoldRows(t *testing.T) {
	rows := shelfOf()
	c := opened(t, rows)
	for i, want := range rows {
		k := c.Key(int32(i))
		if at := c.Find(&k); at != int32(i) {
			t.Errorf("row %d is found at %d", i, at)
		}
		if diff := cmp.Diff(want, c.Row(int32(i))); diff != "" {
			t.Errorf("row %d (-want +got):\n%s", i, diff)
		}
		k.Condition++
		if at := c.Find(&k); at != -1 {
			t.Errorf("row %d in another condition is found at %d", i, at)
		}
	}
	for name, want := range map[string]uint32{"Acme Sports": 1, "acme sports": 1, "Nova": 2, "ACME SPORTS": 0, "": 0, "Apparel": 0} {
		if got := c.Brand(name); got != want {
			t.Errorf("Brand(%q) = %d, want %d", name, got, want)
		}
	}
	if c.Categories() != 2 || c.Category(0) != "Apparel > Shoes" {
		t.Errorf("%d categories, the first %q", c.Categories(), c.Category(0))
	}
}

func TestCohortsRefuse(t *testing.T) {
	for name, row := range map[string]Baseline{
		"too many digits": {Brand: "a", Currency: "EUR", Median: listing.Money{Units: 1 << 62, Nanos: 1, Currency: "EUR"}},
		"no code":         {GTIN: "00000000", Currency: "EUR", Median: cents(1, "EUR")},
		"no currency":     {Brand: "a", Median: cents(1, "")},
		"no median":       {Brand: "a", Currency: "EUR"},
		"no key":          {Currency: "EUR", Median: cents(1, "EUR")},
	} {
		if _, err := NewCohorts([]Baseline{row}, strings.ToLower, strings.ToLower); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// Whatever a file holds, it is refused or can be looked up in.
func FuzzOpenCohorts(f *testing.F) {
	var file bytes.Buffer
	if _, err := opened(f, shelfOf()).WriteTo(&file); err != nil {
		f.Fatal(err)
	}
	whole := file.Bytes()
	f.Add(whole)
	f.Add(whole[:len(whole)-1])
	for _, at := range []int{8, 12, 16, 20, cohortsHead + recordBrand, cohortsHead + recordScale, cohortsHead + recordAmounts + 7} {
		broken := bytes.Clone(whole)
		broken[at] = 0xff
		f.Add(broken)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := OpenCohorts(data)
		if err != nil {
			return
		}
		for i := range int32(c.Len()) {
			k := c.Key(i)
			c.Find(&k)
			if b := c.Row(i); b.Median.Sign() <= 0 || b.Median.Nanos < 0 {
				t.Fatalf("row %d has median %v", i, b.Median)
			}
		}
		for i := range c.Categories() {
			c.Brand(c.Category(i))
		}
	})
}

// million is a file of a million cohorts: 50,000 brands in 20 categories.
func million(tb testing.TB) []byte {
	tb.Helper()
	rows := make([]Baseline, 0, 1_000_000)
	for i := range 1_000_000 {
		m := cents(int64(1000+i), "EUR")
		rows = append(rows, Baseline{Kind: Observed, Brand: fmt.Sprintf("Brand %d", i/20), Category: fmt.Sprintf("Goods > Kind %d", i%20), Market: "DE",
			Currency: "EUR", Condition: listing.ConditionNew, Merchants: -1, Observations: 40, Median: m, Low: m, High: m, Least: m, Most: m, SpreadUp: 0.3})
	}
	c, err := NewCohorts(rows, strings.ToLower, strings.ToLower)
	if err != nil {
		tb.Fatal(err)
	}
	return c.data
}

func BenchmarkOpenCohorts(b *testing.B) {
	data := million(b)
	for b.Loop() {
		if _, err := OpenCohorts(data); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(data))/1e6, "B/cohort")
}
