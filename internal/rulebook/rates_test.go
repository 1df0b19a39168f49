package rulebook

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func readRates(t *testing.T, text string) (*Rates, Problems) {
	t.Helper()
	s := &source{name: "rates.csv", data: []byte(text)}
	var d draft
	parseRates(s)(&d)
	return d.book.Rates, s.all()
}

func TestRatesFind(t *testing.T) {
	rates, problems := readRates(t, "Date,USD,JPY,HRK,\n2026-04-10,1.25,186.43,N/A,\n2026-04-13,1.1684,186.75,N/A,\n")
	if problems != nil {
		t.Fatal(problems)
	}
	day := func(n, hour int) time.Time { return time.Date(2026, 4, n, hour, 0, 0, 0, time.UTC) }
	for _, tt := range []struct {
		from, to string
		on       time.Time
		num, den uint64
		err      error
	}{
		{"USD", "EUR", day(13, 9), 1_000_000, 1_168_400, nil},
		{"EUR", "JPY", day(12, 23), 186_430_000, 1_000_000, nil}, // of the Friday before
		{"USD", "JPY", day(16, 23), 186_750_000, 1_168_400, nil},
		{"USD", "JPY", day(17, 1), 186_750_000, 1_168_400, ErrStaleRate},
		{"USD", "EUR", day(8, 0), 1_000_000, 1_250_000, nil}, // before all: the first
		{"USD", "EUR", day(1, 0), 1_000_000, 1_250_000, ErrStaleRate},
		{"HRK", "EUR", day(13, 0), 1_000_000, 0, ErrNoRate},
		{"EGP", "USD", day(13, 0), 1_168_400, 0, ErrNoRate},
	} {
		got, err := rates.Find(tt.from, tt.to, tt.on, 3)
		if !errors.Is(err, tt.err) || got.Num != tt.num || got.Den != tt.den {
			t.Errorf("%s to %s on %v: %+v, %v; want %d/%d, %v", tt.from, tt.to, tt.on, got, err, tt.num, tt.den, tt.err)
		}
	}
	if _, err := new(Rates).Find("EUR", "USD", day(13, 0), 3); !errors.Is(err, ErrNoRate) {
		t.Errorf("no rates at all: %v", err)
	}
}

func TestRatesRefused(t *testing.T) {
	for text, want := range map[string]string{
		"date,USD\n2026-04-13,1\n":             "first line",
		"Date,USD\n":                           "no rows",
		"Date,USD,USD\n2026-04-13,1,1\n":       "given twice",
		"Date,XXQ\n2026-04-13,1\n":             "not a currency",
		"Date,USD\n13.4.2026,1\n":              "expected a day",
		"Date,USD\n2026-04-13\n":               "2 cells",
		"Date,USD\n2026-04-13,0\n":             "expected a rate",
		"Date,USD\n2026-04-13,-1\n":            "expected a rate",
		"Date,USD\n2026-04-13,1.0000001\n":     "expected a rate",
		"Date,USD\n2026-04-13,9999999999999\n": "expected a rate",
		"Date,USD\n2026-04-13,\"1\n":           "CSV",
	} {
		if _, problems := readRates(t, text); len(problems) == 0 || !strings.Contains(problems.Error(), want) {
			t.Errorf("%q: %v, want %q", text, problems, want)
		}
	}
}
