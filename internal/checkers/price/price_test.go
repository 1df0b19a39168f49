package price

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/text"
)

var update = flag.Bool("update", false, "write what the checker finds into the cases")

// A case of testdata/*.txt holds a submission, the baselines and the findings; its comment says what it proves.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d cases found, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			parts := make(map[string]string)
			for _, f := range archive.Files {
				parts[f.Name] = string(f.Data)
			}
			book := bookWith(baselines(t, parts["baselines"])...)
			if strings.Contains(parts["submission"], "as_of:") {
				book.Rates = rates(t)
			}
			s, found := submission(t, parts["submission"])
			got := render(run(t, book, s, found))
			if *update {
				archive.Files[len(archive.Files)-1].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(parts["findings"], got); diff != "" {
				t.Errorf("%sfindings (-want +got):\n%s", archive.Comment, diff)
			}
		})
	}
}

// run checks a submission; found is the brand that the listing's words show.
func run(t *testing.T, book *rulebook.Book, s *listing.Submission, found string) *check.Report {
	t.Helper()
	c, err := New(book, func(*pass) string { return found })
	if err != nil {
		t.Fatal(err)
	}
	plan, err := check.NewPlan(c.Checker)
	if err != nil {
		t.Fatal(err)
	}
	report := plan.Run(context.Background(), s, nil)
	if err := report.Outcomes[0].Err; err != nil {
		t.Fatal(err)
	}
	return report
}

// bookWith has the tiers of the plan (market median by product, small cohorts, cohorts of many products, recommended prices).
func bookWith(rows ...rulebook.Baseline) *rulebook.Book {
	wide := []string{"brand+category", "brand+parent", "category"}
	return &rulebook.Book{
		Baselines: rows,
		Categories: rulebook.NewCategories([]rulebook.CategoryRow{{Path: "Apparel"}, {Path: "Apparel > Shoes"},
			{Path: "Apparel > Shoes > Sneakers"}, {Path: "Electronics"}, {Path: "Electronics > Headphones"}},
			map[string]string{"Schuhe": "Apparel > Shoes"}, text.Key),
		Prices: rulebook.Prices{
			Tiers: []rulebook.Tier{
				{Reference: check.MarketReference, Levels: []string{"gtin"}, MinMerchants: 10, MinObservations: 30,
					SoftRatio: 0.70, SoftZ: -2.5, OutlierRatio: 0.50, OutlierRatioWithZ: 0.60, OutlierZ: -3.5, ExtremeRatio: 0.30},
				{Reference: check.MarketReference, Levels: []string{"gtin"}, MinMerchants: 5, MinObservations: 5,
					OutlierRatio: 0.40, ExtremeRatio: 0.25},
				{Reference: check.MarketReference, Levels: wide, MinMerchants: 5, MinObservations: 5,
					OutlierRatio: 0.30, ExtremeRatio: 0.15},
				{Reference: check.MSRPReference, SoftRatio: 0.60, OutlierRatio: 0.42, ExtremeRatio: 0.25},
			},
			ShippingRatio: 2, ConvertedMargin: 0.8, InflatedRatio: 1.5, MultipackRatio: 1.02, MAPNotices: true, PriorPrice: []listing.Market{"FR"}, MaxRateAgeDays: 3,
			Emergencies: []rulebook.Emergency{{Name: "flood of April", Market: "US", Categories: []string{"Apparel"}, Ratio: 1.1,
				From: listing.Date{Year: 2026, Month: 4, Day: 10}, Until: listing.Date{Year: 2026, Month: 4, Day: 14}}},
			MinSpread: 0.05, MaxSpread: 0.20, HighRatio: 1.3, HighZ: 2.5, DoubleRatio: 2,
			Currencies: map[listing.Market][]string{"DE": {"EUR"}, "FR": {"EUR"}, "US": {"USD"}, "JP": {"JPY"}, "BG": {"BGN", "EUR"}},
		},
	}
}

// submission reads "field: value" lines. The field found is the brand that the listing's words show.
func submission(t *testing.T, lines string) (s *listing.Submission, found string) {
	t.Helper()
	s = &listing.Submission{ID: "s", Markets: []listing.Market{"DE"}}
	p := &s.Product
	for line := range strings.Lines(lines) {
		name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
		value = strings.TrimSpace(value)
		texts := map[string]*string{"title": &p.Title, "brand": &p.Brand, "category": &p.Category, "gtin": &p.GTIN, "found": &found}
		prices := map[string]*listing.Price{"price": &p.Price, "list_price": &p.ListPrice, "previous_price": &p.PreviousPrice,
			"shipping": &p.Shipping}
		switch {
		case !ok:
			t.Fatalf("line %q has no colon", line)
		case texts[name] != nil:
			*texts[name] = value
		case prices[name] != nil:
			*prices[name] = amount(t, value)
		case name == "variant":
			name, cost, named := strings.Cut(value, " = ")
			if !named {
				name, cost = "", value
			}
			p.Variants = append(p.Variants, listing.Variant{Name: name, Price: amount(t, cost)})
		case name == "markets":
			s.Markets = nil
			for _, m := range strings.Fields(value) {
				s.Markets = append(s.Markets, listing.Market(m))
			}
		case name == "as_of":
			at, err := time.Parse(time.RFC3339, value)
			if err != nil {
				t.Fatal(err)
			}
			s.AsOf = at
		case name == "condition":
			p.Condition = condition(t, value)
		case name == "pack_quantity":
			n, err := strconv.ParseInt(value, 10, 32)
			if err != nil {
				t.Fatal(err)
			}
			p.PackQuantity = int32(n)
		default:
			t.Fatalf("no field %q", name)
		}
	}
	return s, found
}

// amount reads "12.50 EUR", "1/-1 EUR" (units and nanos) and "1 "usd"" (a quoted currency); "-" is none.
func amount(t *testing.T, value string) listing.Price {
	t.Helper()
	if value == "-" {
		return listing.Price{}
	}
	number, code, _ := strings.Cut(value, " ")
	if quoted, err := strconv.Unquote(code); err == nil {
		code = quoted
	}
	if units, nanos, ok := strings.Cut(number, "/"); ok {
		return listing.NewPrice(integer(t, units), int32(integer(t, nanos)), code)
	}
	m := money(t, number, code)
	return listing.NewPrice(m.Units, m.Nanos, code)
}

func integer(t *testing.T, s string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// money reads a decimal number without sign; "" is zero money.
func money(t *testing.T, number, code string) listing.Money {
	t.Helper()
	if number == "" {
		return listing.Money{}
	}
	whole, decimals, _ := strings.Cut(number, ".")
	nanos := integer(t, (decimals + "000000000")[:9])
	return listing.Money{Units: integer(t, whole), Nanos: int32(nanos), Currency: code}
}

func condition(t *testing.T, name string) listing.Condition {
	t.Helper()
	for c := listing.ConditionUnknown; c <= listing.ConditionForParts; c++ {
		if c.String() == name {
			return c
		}
	}
	t.Fatalf("no condition %q", name)
	return 0
}

// baselines reads "kind, gtin, brand, category, market, currency, condition, merchants, observations, median, spread, low,
// high" lines; least, most and state may follow.
func baselines(t *testing.T, lines string) []rulebook.Baseline {
	t.Helper()
	var rows []rulebook.Baseline
	for line := range strings.Lines(lines) {
		cells := strings.Split(strings.TrimSpace(line), ",")
		if len(cells) == 13 {
			cells = append(cells, "", "", "")
		}
		if len(cells) != 16 {
			t.Fatalf("line %q has %d cells", line, len(cells))
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		b := rulebook.Baseline{At: rulebook.Position{File: "baselines", Line: len(rows) + 1}, Kind: rulebook.BaselineKind(cells[0]),
			GTIN: cells[1], Brand: cells[2], Category: cells[3], Market: listing.Market(cells[4]), Currency: cells[5], Merchants: -1,
			Median: money(t, cells[9], cells[5]), Low: money(t, cells[11], cells[5]), High: money(t, cells[12], cells[5]),
			Least: money(t, cells[13], cells[5]), Most: money(t, cells[14], cells[5]), State: rulebook.BaselineState(cells[15])}
		if cells[6] != "" {
			b.Condition = condition(t, cells[6])
		}
		if cells[7] != "" {
			b.Merchants = integer(t, cells[7])
		}
		if cells[8] != "" {
			b.Observations = integer(t, cells[8])
		}
		if cells[10] != "" {
			spread, err := strconv.ParseFloat(cells[10], 64)
			if err != nil {
				t.Fatal(err)
			}
			b.SpreadUp = spread
		}
		rows = append(rows, b)
	}
	return rows
}

// render is a report as a case has it.
func render(r *check.Report) string {
	var b strings.Builder
	if o := &r.Outcomes[0]; o.Status == check.Skipped {
		fmt.Fprintf(&b, "skipped: %s\n", o.Reason)
	}
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s", f.Code)
		if f.Variant != "" {
			fmt.Fprintf(&b, "/%s", f.Variant)
		}
		if f.Markets != nil {
			fmt.Fprintf(&b, " in %v", f.Markets)
		}
		fmt.Fprintf(&b, "\n  %s\n", f.Message)
		for _, e := range f.Evidence {
			switch e := e.(type) {
			case check.TextSpan:
				fmt.Fprintf(&b, "  %s at %d: %q is %s\n", e.Field, e.Start, e.Surface, e.Canonical)
			case check.Price:
				renderEvidence(&b, e)
			case check.ListEntry:
				fmt.Fprintf(&b, "  %s of %s\n", e.Entry, e.List)
			}
		}
		for _, remedy := range f.Remedies {
			switch fix := remedy.Fix.(type) {
			case check.ConfirmPrice:
				fmt.Fprintf(&b, "  fix: confirm %s", fix.Field)
				if fix.Suggestion.Sign() != 0 {
					fmt.Fprintf(&b, ", perhaps %v", fix.Suggestion)
				}
			case check.SetField:
				fmt.Fprintf(&b, "  fix: set %s to %s", fix.Field, fix.Value)
			}
			b.WriteByte('\n')
		}
	}
	if b.Len() == 0 {
		return "none\n"
	}
	return b.String()
}

func renderEvidence(b *strings.Builder, e check.Price) {
	if e.Reference != check.NoReference {
		kind := [...]string{"", "market", "msrp", "floor", "own"}[e.Reference]
		fmt.Fprintf(b, "  %s %s: median %v", kind, e.Level, e.Median)
		if e.High.Sign() != 0 {
			fmt.Fprintf(b, " in [%v, %v]", e.Low, e.High)
		}
		fmt.Fprintf(b, ", offers %d, merchants %d, offered %v of %d, ratio %.4g", e.Observations, e.Merchants, e.Offered,
			e.PackQuantity, e.Ratio)
		if e.Spread != 0 {
			fmt.Fprintf(b, ", spread %.3g, z %.3g", e.Spread, e.Z)
		}
		b.WriteByte('\n')
	}
	for _, caveat := range e.Caveats {
		fmt.Fprintf(b, "  caveat: %s\n", caveat)
	}
}
