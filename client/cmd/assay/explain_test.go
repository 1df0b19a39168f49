package main

import (
	"testing"

	"google.golang.org/genproto/googleapis/type/money"
)

func TestAmount(t *testing.T) {
	for want, m := range map[string]*money.Money{
		"12.99 EUR":                      {CurrencyCode: "EUR", Units: 12, Nanos: 990_000_000},
		"12.50 EUR":                      {CurrencyCode: "EUR", Units: 12, Nanos: 500_000_000},
		"1.125 KWD":                      {CurrencyCode: "KWD", Units: 1, Nanos: 125_000_000},
		"3200 JPY":                       {CurrencyCode: "JPY", Units: 3200},
		"-0.05 USD":                      {CurrencyCode: "USD", Nanos: -50_000_000},
		"-9223372036854775808 USD":       {CurrencyCode: "USD", Units: -1 << 63},
		"5 units -500000000 nanos USD":   {CurrencyCode: "USD", Units: 5, Nanos: -500_000_000},
		"0 units 2000000000 nanos ":      {Nanos: 2_000_000_000},
		"0 units -2147483648 nanos EURO": {CurrencyCode: "EURO", Nanos: -1 << 31},
	} {
		if got := amount(m); got != want {
			t.Errorf("amount(%v) = %q; want %q", m, got, want)
		}
	}
}
