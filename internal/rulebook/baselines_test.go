package rulebook

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/assay-project/assay/internal/listing"
)

// What is written reads the same.
func TestWriteBaselines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := func(name string, least, most int64) listing.Money {
			n := rapid.Int64Range(least, most).Draw(t, name)
			return listing.Money{Units: n / 1_000_000_000, Nanos: int32(n % 1_000_000_000), Currency: "EUR"}
		}
		want := Baseline{At: Position{File: "f", Line: 2}, Kind: Observed, GTIN: "4006381333931", Brand: rapid.StringMatching(`([a-z ,"]{0,8}x)?`).Draw(t, "brand"),
			Category: "Shoes > Red, \"wide\"", Market: "DE", Currency: "EUR",
			Condition: listing.Condition(rapid.IntRange(0, int(listing.ConditionForParts)).Draw(t, "condition")),
			Merchants: rapid.Int64Range(-1, 9).Draw(t, "merchants"), Observations: rapid.Int64Range(1, 1<<40).Draw(t, "observations"),
			Least: amount("least", 1, 10), Low: amount("low", 10, 1e9), Median: amount("median", 1e9, 1e15), High: amount("high", 1e15, 1e16),
			Most: amount("most", 1e16, 1<<62), SpreadUp: float64(rapid.IntRange(0, 99_999).Draw(t, "spread")) / 10_000,
			PerUnit: rapid.Bool().Draw(t, "unit"), State: rapid.SampledFrom([]BaselineState{"", Contaminated, Frozen}).Draw(t, "state"),
			AsOf: rapid.SampledFrom([]listing.Date{{}, {Year: 2026, Month: 2, Day: 28}}).Draw(t, "day"), Source: "a b"}
		var file bytes.Buffer
		if err := WriteBaselines(&file, []Baseline{want}); err != nil {
			t.Fatal(err)
		}
		got, err := ReadBaselines("f", file.Bytes())
		if err != nil {
			t.Fatalf("%v in\n%s", err, file.String())
		}
		if diff := cmp.Diff([]Baseline{want}, got); diff != "" {
			t.Fatalf("(-written +read):\n%s", diff)
		}
	})
}
