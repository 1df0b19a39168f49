package main

import (
	"math"
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"
	"google.golang.org/genproto/googleapis/type/money"
	"pgregory.net/rapid"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

func coins(units int64) *money.Money {
	if units == 0 {
		return nil
	}
	return &money.Money{CurrencyCode: "EUR", Units: units}
}

// seen is a finding with a price beside others: offered, least, low, median, high, most; 0 is not known.
func seen(amounts ...int64) *assayv1.Finding {
	return &assayv1.Finding{Evidence: []*assayv1.Evidence{{Kind: &assayv1.Evidence_Price{Price: &assayv1.PriceEvidence{
		Offered: coins(amounts[0]), Least: coins(amounts[1]), Low: coins(amounts[2]), Median: coins(amounts[3]),
		High: coins(amounts[4]), Most: coins(amounts[5])}}}}}
}

func TestPlot(t *testing.T) {
	for name, tt := range map[string]struct {
		finding *assayv1.Finding
		color   bool
		width   int
		want    string
	}{
		"below the range": {seen(1, 100, 1000, 10_000, 100_000, 1_000_000), false, 31,
			"*.........|----[====+====]----|\n* 1 EUR  | 100  [ 1000  + 10000  ] 100000  | 1000000"},
		"above the range": {seen(1_000_000, 1, 10, 100, 1000, 10_000), false, 31,
			"|----[====+====]----|.........*\n* 1000000 EUR  | 1  [ 10  + 100  ] 1000  | 10000"},
		"inside it":          {seen(5, 1, 10, 100, 1000, 10_000), false, 29, "|----*-[======+======]------|\n* 5 EUR  | 1  [ 10  + 100  ] 1000  | 10000"},
		"range not known":    {seen(1, 0, 10, 100, 1000, 0), false, 31, "*.........[=========+=========]\n* 1 EUR  [ 10  + 100  ] 1000"},
		"with lines":         {seen(1, 100, 1000, 10_000, 100_000, 1_000_000), true, 31, "◆┄┄┄┄┄┄┄┄┄├────┣━━━━╋━━━━┫────┤\n◆ 1 EUR  ├ 100  ┣ 1000  ╋ 10000  ┫ 100000  ┤ 1000000"},
		"no room":            {seen(1, 0, 10, 100, 1000, 0), false, leastPlot - 1, ""},
		"no percentiles":     {seen(1, 0, 0, 100, 0, 0), false, 31, ""},
		"all one price":      {seen(1, 100, 100, 100, 100, 100), false, 31, ""},
		"out of order":       {seen(1, 0, 1000, 100, 10, 0), false, 31, ""},
		"nothing offered":    {seen(0, 0, 10, 100, 1000, 0), false, 31, ""},
		"without evidence":   {&assayv1.Finding{}, false, 31, ""},
		"wider than a plot":  {seen(1, 0, 10, 100, 1000, 0), false, 500, "*" + strings.Repeat(".", 20) + "[" + strings.Repeat("=", 20) + "+" + strings.Repeat("=", 20) + "]\n* 1 EUR  [ 10  + 100  ] 1000"},
		"another's currency": {mixed(), false, 31, ""},
	} {
		printer := &tablePrinter{paint: painter{tt.color}, widths: [3]int{7, 40, tt.width}}
		if got := text.StripEscape(printer.plot(tt.finding, red)); got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, tt.want)
		}
	}
}

func mixed() *assayv1.Finding {
	f := seen(1, 0, 10, 100, 1000, 0)
	f.GetEvidence()[0].GetPrice().Offered.CurrencyCode = "USD\x1b[2J"
	return f
}

// Whatever a server sends, a plot is as wide as there is room and nothing in it moves the cursor.
func TestPlotOfAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units := rapid.OneOf(rapid.Int64(), rapid.Int64Range(1, 1000), rapid.Just[int64](math.MaxInt64))
		f := seen(units.Draw(t, "offered"), units.Draw(t, "least"), units.Draw(t, "low"), units.Draw(t, "median"), units.Draw(t, "high"), units.Draw(t, "most"))
		width := rapid.IntRange(0, 200).Draw(t, "width")
		printer := &tablePrinter{paint: painter{rapid.Bool().Draw(t, "color")}, widths: [3]int{7, 40, width}}
		plot := text.StripEscape(printer.plot(f, red))
		line, legend, _ := strings.Cut(plot, "\n")
		if text.StringWidth(line) > min(width, mostPlot) || strings.ContainsAny(legend, "\x1b\n\r") {
			t.Fatalf("%d columns:\n%q", width, plot)
		}
	})
}
