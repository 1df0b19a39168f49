package price

import (
	"strings"
	"testing"
	"time"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
)

const shoeGTIN = "4006381333931"

// seenAt is the baseline of one product: 100.00 in the middle, 80.00 to 150.00 seen.
func seenAt() rulebook.Baseline {
	return rulebook.Baseline{Kind: rulebook.Observed, GTIN: shoeGTIN, Market: "DE", Currency: "EUR", Condition: listing.ConditionNew,
		Merchants: 20, Observations: 40, Median: euros(10_000), Low: euros(8500), High: euros(14_000), Least: euros(8000), Most: euros(15_000), SpreadUp: 0.1}
}

func TestBesideTheTiers(t *testing.T) {
	for name, tt := range map[string]struct {
		lines  string
		change func(*rulebook.Book)
		want   string // what is reported holds this; "none" is all
	}{
		"list price of half more than the highest": {lines: "price: 100.00 EUR\nlist_price: 225.00 EUR\n", want: "none\n"},
		"list price above that":                    {lines: "price: 100.00 EUR\nlist_price: 225.01 EUR\n", want: ReferenceInflated},
		"list price in another currency":           {lines: "price: 100.00 EUR\nlist_price: 900.00 USD\n", want: "none\n"},
		"list price above the recommended one": {lines: "price: 100.00 EUR\nlist_price: 151.00 EUR\n", want: "1.5 times the recommended price of 100.00 EUR",
			change: func(b *rulebook.Book) {
				b.Baselines = append(b.Baselines, rulebook.Baseline{Kind: rulebook.MSRP, GTIN: shoeGTIN, Market: "DE", Currency: "EUR",
					Condition: listing.ConditionNew, Merchants: -1, Median: euros(10_000)})
			}},
		"all variants cheap":      {lines: "price: 100.00 EUR\nvariant: 20.00 EUR\nvariant: 22.00 EUR\n", want: "22.00 EUR is 78 % below"},
		"one variant without own": {lines: "price: 100.00 EUR\nvariant: 20.00 EUR\nvariant: -\n", want: "none\n"},
		"one variant at the price": {lines: "price: 100.00 EUR\nvariant: 60.00 EUR\nvariant: 100.00 EUR\n",
			want: "none\n"},
		"a cluster was set aside": {lines: "price: 100.00 EUR\n", want: "a cluster of far lower prices was set aside",
			change: func(b *rulebook.Book) { b.Baselines[0].State = rulebook.Contaminated }},
		"figures are frozen": {lines: "price: 20.00 EUR\n", want: "older figures stand",
			change: func(b *rulebook.Book) { b.Baselines[0].State = rulebook.Frozen }},
		"per unit": {lines: "price: 60.00 EUR\npack_quantity: 3\n", want: "20.00 EUR for each of 3 units is 80 % below",
			change: func(b *rulebook.Book) { b.Baselines[0].PerUnit = true }},
		"per unit by the title": {lines: "title: Socks, pack of 3\nprice: 300.00 EUR\n", want: "none\n",
			change: func(b *rulebook.Book) { b.Baselines[0].PerUnit = true }},
		"below an advertised minimum": {lines: "price: 95.00 EUR\n", want: MAPNotice, change: advertised},
		"at an advertised minimum":    {lines: "price: 96.00 EUR\n", want: "none\n", change: advertised},
		"nobody asked for it": {lines: "price: 95.00 EUR\n", want: "none\n", change: func(b *rulebook.Book) {
			advertised(b)
			b.Prices.MAPNotices = false
		}},
	} {
		t.Run(name, func(t *testing.T) {
			book := bookWith(seenAt())
			book.Prices.InflatedRatio = 1.5
			if tt.change != nil {
				tt.change(book)
			}
			s, _ := submission(t, "gtin: "+shoeGTIN+"\n"+tt.lines)
			got := render(run(t, book, s, ""))
			if !strings.Contains(got, tt.want) {
				t.Errorf("want %q, got\n%s", tt.want, got)
			}
		})
	}
}

func advertised(b *rulebook.Book) {
	b.Prices.MAPNotices = true
	b.Baselines = append(b.Baselines, rulebook.Baseline{Kind: rulebook.MAP, GTIN: shoeGTIN, Market: "DE", Currency: "EUR",
		Condition: listing.ConditionNew, Merchants: -1, Median: euros(9600)})
}

func TestMultipack(t *testing.T) {
	book := bookWith()
	book.Prices.MultipackRatio = 1.02
	variants := func(names ...string) []listing.Variant {
		var all []listing.Variant
		for _, name := range names {
			title, cost, _ := strings.Cut(name, "=")
			all = append(all, listing.Variant{Name: title, Price: amount(t, cost)})
		}
		return all
	}
	for name, tt := range map[string]struct {
		variants []listing.Variant
		reported bool
	}{
		"dearer by the unit":  {variants("1 pc=1.00 EUR", "pack of 12=12.25 EUR"), true},
		"within a fiftieth":   {variants("1 pc=1.00 EUR", "pack of 12=12.24 EUR"), false},
		"cheaper by the unit": {variants("pack of 3=3.00 EUR", "pack of 12=10.00 EUR"), false},
		"no packs":            {variants("red=1.00 EUR", "blue=12.00 EUR"), false},
		"another currency":    {variants("1 pc=1.00 EUR", "pack of 12=99.00 USD"), false},
	} {
		s, _ := submission(t, "price: 1.00 EUR\n")
		s.Product.Variants = tt.variants
		if got := render(run(t, book, s, "")); strings.Contains(got, MultipackPremium) != tt.reported {
			t.Errorf("%s: want %v, got\n%s", name, tt.reported, got)
		}
	}
}

func TestWrongCurrencyTyped(t *testing.T) {
	book := bookWith()
	book.Rates, book.Prices.MaxRateAgeDays = rates(t), 3
	for price, reported := range map[string]bool{"18675.00 EUR": true, "19200.00 EUR": true, "19300.00 EUR": false, "18000.00 EUR": false,
		"100.00 EUR": false, "116.84 EUR": false} {
		s, _ := submission(t, "markets: JP\nprice: "+price+"\nprevious_price: 100.00 EUR\n")
		s.AsOf = time.Date(2026, 4, 14, 0, 0, 0, 0, time.UTC)
		got := render(run(t, book, s, ""))
		if strings.Contains(got, "a price in JPY typed as EUR") != reported || reported && !strings.Contains(got, "perhaps 10") {
			t.Errorf("%s: want %v, got\n%s", price, reported, got)
		}
	}
}
