package main

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const (
	leastPrices = 5   // observations that make a cohort
	maxSpread   = 1.2 // MAD of ln price from which a cohort says nothing
)

// columns of baselines.csv.
var columns = []string{"kind", "gtin", "brand", "category", "market", "currency", "condition", "merchants",
	"observations", "median", "spread_up", "low", "high", "as_of", "source"}

// A cohort is what prices have in common. The brand is one word, however sellers
// split it, and may be empty.
type cohort struct{ brand, category, market, currency string }

// A sample is the prices of a cohort and the data sets they come from.
type sample struct {
	prices  []float64
	sources map[string]bool
	brands  map[string]int // how often each spelling of the brand was seen
}

// writeBaselines computes what goods usually cost, from listings with a price.
func writeBaselines(j job) (string, error) {
	rows, err := readListings(j.data)
	if err != nil {
		return "", err
	}
	places, err := newPlaces(j.out)
	if err != nil {
		return "", err
	}
	prices, unmapped := gather(rows, places)
	var buf bytes.Buffer
	out := csv.NewWriter(&buf)
	if err := out.Write(columns); err != nil {
		return "", err
	}
	kept, small, wide := 0, 0, 0
	for _, c := range slices.SortedFunc(maps.Keys(prices), compareCohorts) {
		switch s := prices[c]; {
		case len(s.prices) < leastPrices:
			small++
		case mad(s.prices) > maxSpread:
			wide++
		default:
			kept++
			if err := out.Write(baseline(c, s, places.days)); err != nil {
				return "", err
			}
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d cohorts (%d too small, %d too wide, %d prices without a known category), %d bytes", kept, small, wide, unmapped, buf.Len()),
		os.WriteFile(filepath.Join(j.out, "baselines.csv"), buf.Bytes(), 0o644)
}

func compareCohorts(a, b cohort) int {
	return cmp.Or(cmp.Compare(a.category, b.category), cmp.Compare(a.brand, b.brand), cmp.Compare(a.market, b.market),
		cmp.Compare(a.currency, b.currency))
}

// gather puts each price into its cohorts: brand and leaf category, brand and
// top category, leaf and top category alone.
func gather(rows []listing, places *places) (samples map[cohort]*sample, unmapped int) {
	samples = map[cohort]*sample{}
	for _, row := range rows {
		price, err := row.Price.Float64()
		if err != nil || price <= 0 || row.Currency == "" || row.Market == "" {
			continue
		}
		leaf, ok := places.find(row)
		if !ok {
			unmapped++
			continue
		}
		top := root(leaf)
		brand := joined(row.Brand)
		add := func(brand, category string) {
			c := cohort{brand, category, row.Market, row.Currency}
			if samples[c] == nil {
				samples[c] = &sample{sources: map[string]bool{}, brands: map[string]int{}}
			}
			samples[c].prices = append(samples[c].prices, price)
			samples[c].sources[row.Source] = true
			samples[c].brands[spaced(row.Brand)]++
		}
		for _, category := range slices.Compact([]string{leaf, top}) {
			add("", category)
			if brand != "" && !places.noBrand[brand] {
				add(brand, category)
			}
		}
	}
	return samples, unmapped
}

// baseline is the row of a cohort. Low and high are the 5th and 95th percentile
// by nearest rank, so that all figures are prices that were seen.
// The day is that of the only data set where there is but one.
func baseline(c cohort, s *sample, days map[string]string) []string {
	values := s.prices
	slices.Sort(values)
	sources := strings.Join(slices.Sorted(maps.Keys(s.sources)), " ")
	brand := ""
	if c.brand != "" {
		brand = mostSeen(s.brands)
	}
	return []string{"observed", "", brand, c.category, c.market, c.currency, "NEW", "", strconv.Itoa(len(values)),
		amount(median(values)), strconv.FormatFloat(spreadUp(values), 'f', 4, 64), amount(rank(values, 0.05)),
		amount(rank(values, 0.95)), days[sources], sources}
}

// mostSeen is the spelling seen most often, the first of equals.
func mostSeen(counts map[string]int) string {
	best := ""
	for _, text := range slices.Sorted(maps.Keys(counts)) {
		if best == "" || counts[text] > counts[best] {
			best = text
		}
	}
	return best
}

// amount is a decimal with two digits, or none where they are zero.
func amount(v float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 2, 64), ".00")
}

// median of sorted values; of an even number the mean of the middle two.
func median(sorted []float64) float64 {
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// rank is the nearest-rank quantile of sorted values.
func rank(sorted []float64, p float64) float64 {
	return sorted[max(0, int(math.Ceil(p*float64(len(sorted))))-1)]
}

// spreadUp is the median distance in ln price, above the median only: cheap
// imitations among the values cannot widen it.
func spreadUp(values []float64) float64 {
	logs := logarithms(values)
	m := median(logs)
	var above []float64
	for _, x := range logs {
		if x >= m {
			above = append(above, x-m)
		}
	}
	return median(above)
}

// mad is the median absolute deviation of ln price.
func mad(values []float64) float64 {
	logs := logarithms(values)
	m := median(logs)
	away := make([]float64, len(logs))
	for i, x := range logs {
		away[i] = math.Abs(x - m)
	}
	slices.Sort(away)
	return median(away)
}

func logarithms(values []float64) []float64 {
	logs := make([]float64, len(values))
	for i, v := range values {
		logs[i] = math.Log(v)
	}
	slices.Sort(logs)
	return logs
}
