package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/money"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

const (
	keptPrices  = 60 // on either side
	shownPrices = 8
	perCohort   = 2 // of those shown
)

// prices are those that stand farthest from their reference.
type prices struct {
	Low    best[price] `json:"low,omitempty"`
	High   best[price] `json:"high,omitempty"`
	Judged int64       `json:"judged,omitempty"` // listings with a finding that compares a price
}

// A price is a listing's beside those it was compared with. Amounts are as decimal strings in Currency.
type price struct {
	Listing                          example  `json:"l"`
	Code                             string   `json:"c"`
	Currency                         string   `json:"cur"`
	Offered, Median                  string   //
	Least, Low, High, Most           string   // empty: not known
	Ratio, Spread, Z                 float64  //
	Pack                             int32    `json:",omitempty"`
	Observations                     int64    //
	Merchants                        *int64   `json:",omitempty"`
	Cohort, Level, Reference, Source string   //
	AsOf                             string   `json:",omitempty"`
	Caveats                          []string `json:",omitempty"`
}

// add takes the prices that findings of an item compare.
func (p *prices) add(it *item) {
	found := false
	for _, f := range it.verdict.GetFindings() {
		for _, e := range f.GetEvidence() {
			if m := e.GetPrice(); drawable(m) && len(f.GetMitigatedBy()) == 0 {
				found = true
				p.put(it, f, m)
			}
		}
	}
	if found {
		p.Judged++
	}
}

func (p *prices) put(it *item, f *assayv1.Finding, m *assayv1.PriceEvidence) {
	side := &p.Low
	if m.GetRatio() > 1 {
		side = &p.High
	}
	rank := math.Abs(finite(m.GetZ()))
	if f.GetEffect() != assayv1.Decision_DECISION_APPROVE {
		rank += 1e6
	}
	same := slices.ContainsFunc(*side, func(s scored[price]) bool { return s.Position == it.position })
	if !same && side.wants(keptPrices, rank) {
		side.put(keptPrices, rank, it.position, priceOf(it, f, m))
	}
}

func priceOf(it *item, f *assayv1.Finding, m *assayv1.PriceEvidence) price {
	p := price{Listing: it.exampleOf(spansOf(f), wordsOfConcern, f.GetMessage(), todoOf(f)), Code: codeOf(f), Currency: cut(m.GetOffered().GetCurrencyCode(), 8),
		Offered: decimal(m.GetOffered()), Median: decimal(m.GetMedian()), Low: decimal(m.GetLow()), High: decimal(m.GetHigh()),
		Ratio: finite(m.GetRatio()), Spread: finite(m.GetSpread()), Z: finite(m.GetZ()), Pack: m.GetPackQuantity(),
		Observations: m.GetObservations(), Merchants: m.Merchants, Cohort: cut(m.GetCohort(), maxMessage), Level: cut(m.GetLevel(), maxName),
		Reference: referenceWords[m.GetReference()], Source: cut(m.GetSource(), maxName), AsOf: dayWords(m.GetAsOf())}
	if m.GetLeast() != nil && m.GetMost() != nil {
		p.Least, p.Most = decimal(m.GetLeast()), decimal(m.GetMost())
	}
	for _, c := range m.GetCaveats()[:min(4, len(m.GetCaveats()))] {
		p.Caveats = append(p.Caveats, cut(c, maxName))
	}
	return p
}

var referenceWords = map[assayv1.PriceReference]string{
	assayv1.PriceReference_PRICE_REFERENCE_MARKET: "offers in the market",
	assayv1.PriceReference_PRICE_REFERENCE_MSRP:   "list price of the rights holder",
	assayv1.PriceReference_PRICE_REFERENCE_FLOOR:  "lowest price of the rights holder",
	assayv1.PriceReference_PRICE_REFERENCE_OWN:    "the merchant's own prices",
}

// drawable tells whether evidence is of amounts in one currency, above zero and in order. The server may be anybody's.
func drawable(p *assayv1.PriceEvidence) bool {
	rising := []*money.Money{p.GetLow(), p.GetMedian(), p.GetHigh()}
	if p.GetLeast() != nil && p.GetMost() != nil {
		rising = []*money.Money{p.GetLeast(), p.GetLow(), p.GetMedian(), p.GetHigh(), p.GetMost()}
	}
	last := 0.0
	for _, m := range rising {
		if m.GetCurrencyCode() != p.GetOffered().GetCurrencyCode() || amount(m) < last || !(amount(m) > 0) {
			return false
		}
		last = amount(m)
	}
	return amount(p.GetOffered()) > 0 && amount(rising[0]) < last
}

func amount(m *money.Money) float64 { return float64(m.GetUnits()) + float64(m.GetNanos())/1e9 }

// decimal writes an amount above zero with at least two places, unless it has none.
func decimal(m *money.Money) string {
	if m == nil {
		return ""
	}
	places := strings.TrimRight(fmt.Sprintf("%09d", m.GetNanos()), "0")
	if places == "" {
		return strconv.FormatInt(m.GetUnits(), 10)
	}
	return fmt.Sprintf("%d.%s", m.GetUnits(), (places + "0")[:max(2, len(places))])
}

func dayWords(d *date.Date) string {
	if d == nil {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.GetYear(), d.GetMonth(), d.GetDay())
}

// A priceView is a price with its plot.
type priceView struct {
	price
	Example exampleView
	Title   string // of the code
	Beside  string // how far from the median, in words
}

// pricesView are the worst, few of each cohort.
func pricesView(b best[price], titles titles) (views []priceView) {
	cohorts := map[string]int{}
	for _, s := range b {
		p := s.Value
		if cohorts[p.Cohort]++; cohorts[p.Cohort] > perCohort {
			continue
		}
		if views = append(views, priceView{p, p.Listing.view(titles), titles.of(p.Code), beside(p.Ratio)}); len(views) == shownPrices {
			break
		}
	}
	return views
}

// beside says how far a ratio is from one.
func beside(ratio float64) string {
	switch {
	case ratio <= 0:
		return ""
	case ratio < 1:
		return fmt.Sprintf("%.0f %% below the median", min(99, math.Round(100*(1-ratio))))
	case ratio < 3:
		return fmt.Sprintf("%.0f %% above the median", 100*(ratio-1))
	case ratio < 10:
		return fmt.Sprintf("%.1f times the median", ratio)
	}
	return fmt.Sprintf("%s times the median", number(int64(min(ratio, 1e15))))
}
