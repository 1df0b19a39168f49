package listing

import (
	"math"
	"strings"
	"testing"
)

func TestNewPrice(t *testing.T) {
	for _, tt := range []struct {
		name  string
		units int64
		nanos int32
		code  string
		want  PriceState
	}{
		{"ordinary", 12, 990_000_000, "EUR", PriceOK},
		{"zero is for a checker to judge", 0, 0, "EUR", PriceOK},
		{"smallest", 0, 10_000_000, "EUR", PriceOK},
		{"largest", math.MaxInt64, 990_000_000, "EUR", PriceOK},
		{"three decimals of KWD", 1, 5_000_000, "KWD", PriceOK},
		{"five decimals of KWD", 1, 50_000, "KWD", PriceOK},
		{"six decimals of KWD", 1, 5_000, "KWD", ImpossibleMoney},
		{"half a yen", 0, 500_000_000, "JPY", ImpossibleMoney},
		{"hundredth of a cent", 1, 100_000, "EUR", PriceOK},
		{"thousandth of a cent", 1, 10_000, "EUR", ImpossibleMoney},
		{"nanos one too many", 0, 1_000_000_000, "EUR", ImpossibleMoney},
		{"nanos one too few", 0, -1_000_000_000, "EUR", ImpossibleMoney},
		{"least nanos", 0, math.MinInt32, "EUR", ImpossibleMoney},
		{"signs differ", 1, -1, "EUR", ImpossibleMoney},
		{"signs differ the other way", -1, 10_000_000, "EUR", ImpossibleMoney},
		{"negative", -1, 0, "EUR", ImpossibleMoney},
		{"negative below a unit", 0, -10_000_000, "EUR", ImpossibleMoney},
		{"least units", math.MinInt64, 0, "EUR", ImpossibleMoney},
		{"no currency", 1, 0, "", UnknownCurrency},
		{"lower case", 1, 0, "usd", UnknownCurrency},
		{"not in use", 1, 0, "ZZZ", UnknownCurrency},
		{"too short", 1, 0, "US", UnknownCurrency},
		{"with a space", 1, 0, "USD ", UnknownCurrency},
		{"Cyrillic look-alike", 1, 0, "\u0415UR", UnknownCurrency},
		{"full width", 1, 0, "ＥＵＲ", UnknownCurrency},
		{"invisible letter", 1, 0, "EU\u200bR", UnknownCurrency},
		{"a kibibyte", 1, 0, strings.Repeat("A", 1024), UnknownCurrency},
		{"impossible in any currency", -1, 0, "usd", ImpossibleMoney},
		{"digits of an unknown currency are not counted", 1, 1, "ZZZ", UnknownCurrency},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := NewPrice(tt.units, tt.nanos, tt.code)
			if p.State != tt.want {
				t.Errorf("NewPrice(%d, %d, %.10q) is in state %d, want %d", tt.units, tt.nanos, tt.code, p.State, tt.want)
			}
			if (p.Why != "") != (tt.want == ImpossibleMoney) {
				t.Errorf("reason %q of state %d", p.Why, p.State)
			}
			if p.Units != tt.units || p.Nanos != tt.nanos || p.Currency != tt.code {
				t.Errorf("the amount is not kept as given: %+v", p.Money)
			}
		})
	}
}
