package main

import (
	"math"
	"slices"
	"testing"
)

func TestBaseline(t *testing.T) {
	s := &sample{prices: []float64{40, 10, 20, 80, 20}, sources: map[string]bool{"shop": true},
		brands: map[string]int{"ac me": 3, "a cme": 2}}
	got := baseline(cohort{"acme", "Electronics", "DE", "EUR"}, s, map[string]string{"shop": "2024-04-15"})
	want := []string{"observed", "", "ac me", "Electronics", "DE", "EUR", "NEW", "", "5", "20", "0.3466", "10", "80", "2024-04-15", "shop"}
	if !slices.Equal(got, want) {
		t.Errorf("baseline =\n%q, want\n%q", got, want)
	}
}

func TestSpreads(t *testing.T) {
	for _, test := range []struct {
		prices  []float64
		up, mad float64
	}{
		{[]float64{5, 5, 5}, 0, 0},
		{[]float64{1, 2, 4}, math.Ln2 / 2, math.Ln2},
		{[]float64{0.01, 10, 10, 10, 10}, 0, 0}, // cheap ones do not widen the upper side
	} {
		if got := spreadUp(test.prices); math.Abs(got-test.up) > 1e-9 {
			t.Errorf("spreadUp(%v) = %v, want %v", test.prices, got, test.up)
		}
		if got := mad(test.prices); math.Abs(got-test.mad) > 1e-9 {
			t.Errorf("mad(%v) = %v, want %v", test.prices, got, test.mad)
		}
	}
}

func TestAmount(t *testing.T) {
	for _, test := range []struct {
		value float64
		want  string
	}{{430, "430"}, {25.99, "25.99"}, {1.3, "1.30"}, {16499000, "16499000"}} {
		if got := amount(test.value); got != test.want {
			t.Errorf("amount(%v) = %q, want %q", test.value, got, test.want)
		}
	}
}
