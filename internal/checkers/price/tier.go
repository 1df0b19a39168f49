package price

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
)

// A fraction is a threshold of the rulebook, exactly: 0.3 is 3/10 and not the nearest float. The zero fraction is "never".
type fraction struct{ num, den uint64 }

const maxDecimals = 9

// exactly reads a float as the decimal that it was written as, in lowest form only where that is needed.
func exactly(f float64) (fraction, error) {
	whole, decimals, _ := strings.Cut(strconv.FormatFloat(f, 'f', -1, 64), ".")
	num, err := strconv.ParseUint(whole+decimals, 10, 32)
	if err != nil || len(decimals) > maxDecimals {
		return fraction{}, fmt.Errorf("ratio %v is negative, beyond what amounts are compared with, or has more than %d decimals", f, maxDecimals)
	}
	den := uint64(1)
	for range len(decimals) {
		den *= 10
	}
	return fraction{num, den}, nil
}

// above and below compare amount/n with the fraction of m. n is below 2^31.
func (f fraction) below(amount listing.Money, n uint64, m listing.Money) bool {
	return f.num != 0 && listing.CmpTimes(amount, f.den, m, f.num*n) < 0
}

func (f fraction) above(amount listing.Money, n uint64, m listing.Money) bool {
	return f.num != 0 && listing.CmpTimes(amount, f.den, m, f.num*n) > 0
}

// A tier is a row of the rulebook's tiers, with exact ratios.
type tier struct {
	*rulebook.Tier
	levels                        [len(levelNames)]bool
	soft, outlier, withZ, extreme fraction
	least, extremeLeast           fraction // of the lowest price seen
	tight, most, double           fraction

	calmFrom float64 // above this part of the median nothing is low
}

// tiers are tried in the rulebook's order.
type tiers []tier

// fit is the first tier that a reference has enough behind it for, or -1. Merchants are asked for where they are known, and
// observations where not; in cohorts of many products, where a merchant has many offers, both.
func (ts tiers) fit(kind check.PriceReference, l level, merchants, observations int64) int32 {
	for i := range ts {
		t := &ts[i]
		if t.Reference != kind || !t.levels[l] {
			continue
		}
		if merchants >= 0 && merchants < t.MinMerchants || (merchants < 0 || l.wide()) && observations < t.MinObservations {
			continue
		}
		return int32(i)
	}
	return -1
}

// asked is the least number of observations, or of merchants where they are known, that a tier of the level asks for; -1 where
// no tier is for such cohorts.
func (ts tiers) asked(l level, merchants bool) int64 {
	least := int64(-1)
	for i := range ts {
		t := &ts[i]
		if t.Reference != check.MarketReference || !t.levels[l] {
			continue
		}
		asked := t.MinObservations
		if merchants {
			asked = t.MinMerchants
		}
		if least < 0 || asked < least {
			least = asked
		}
	}
	return least
}

// limits are the rulebook's thresholds, exact where amounts are compared.
type limits struct {
	tiers                tiers
	minSpread, maxSpread float64
	high                 fraction
	highZ                float64
	inflated, multipack  fraction
	shipping, margin     fraction
	calmTo               float64 // below this part of a median nothing is high
	shippingFrom         float64 // below this many times the price no charge is excessive
	feeCalmTo            float64 // below this many times the price there is nothing to say of a charge
}

// rounding is more than what comparing amounts as floating-point numbers may lose.
const rounding = 1e-9

func newLimits(prices *rulebook.Prices) (*limits, error) {
	l := &limits{minSpread: prices.MinSpread, maxSpread: prices.MaxSpread, highZ: prices.HighZ,
		calmTo: prices.HighRatio * (1 - rounding), shippingFrom: prices.ShippingRatio * (1 - rounding)}
	l.feeCalmTo = 1 - rounding
	if prices.ShippingRatio != 0 {
		l.feeCalmTo = min(l.feeCalmTo, l.shippingFrom)
	}
	var errs []error
	read := func(where string, f float64) fraction {
		exact, err := exactly(f)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", where, err))
		}
		return exact
	}
	l.high = read("high_ratio", prices.HighRatio)
	l.inflated, l.multipack = read("inflated_ratio", prices.InflatedRatio), read("multipack_ratio", prices.MultipackRatio)
	l.shipping, l.margin = read("shipping_ratio", prices.ShippingRatio), read("converted_margin", prices.ConvertedMargin)
	for i := range prices.Tiers {
		row := &prices.Tiers[i]
		where := fmt.Sprintf("%s:%d", row.At.File, row.At.Line)
		t := tier{Tier: row, soft: read(where, row.SoftRatio), outlier: read(where, row.OutlierRatio),
			withZ: read(where, row.OutlierRatioWithZ), extreme: read(where, row.ExtremeRatio), least: read(where, row.LeastRatio),
			extremeLeast: read(where, row.ExtremeLeastRatio), tight: read(where, row.TightRatio), most: read(where, row.MostRatio),
			double: read(where, cmp.Or(row.DoubleRatio, prices.DoubleRatio))}
		for l, name := range levelNames {
			t.levels[l] = len(row.Levels) == 0 || slices.Contains(row.Levels, name)
		}
		t.calmFrom = max(row.SoftRatio, row.OutlierRatio, row.OutlierRatioWithZ, row.ExtremeRatio) * (1 + rounding)
		l.tiers = append(l.tiers, t)
	}
	return l, errors.Join(errs...)
}

// spread is what a baseline's spread counts as. Cohorts of one product are clamped on both sides, as a cohort that fakes
// have widened would hide the next one; cohorts of many products are as wide as their goods. One not known is wide.
func (l *limits) spread(row *rulebook.Baseline, at level) float64 {
	switch {
	case row.SpreadUp == 0:
		return l.maxSpread
	case at.wide():
		return max(row.SpreadUp, l.minSpread)
	}
	return min(max(row.SpreadUp, l.minSpread), l.maxSpread)
}

// consistency makes a median absolute deviation comparable to a standard deviation of normally distributed values.
const consistency = 0.6745

// z is how many spreads amount/n is from the median, in logarithms.
func (l *limits) z(amount listing.Money, n uint64, row *rulebook.Baseline, at level) float64 {
	return consistency * math.Log(proportion(amount, n, row)) / l.spread(row, at)
}

// proportion is amount/n as a part of the median, for logarithms and for people.
func proportion(amount listing.Money, n uint64, row *rulebook.Baseline) float64 {
	return amount.Float() / float64(n) / row.Median.Float()
}

// A lowness is which tier a price falls into. A greater one is lower.
type lowness uint8

const (
	notLow lowness = iota
	softLow
	lowOutlier
	lowExtreme
)

// low says how low an offer is beside a reference. A cohort of many products has cheap ones: there what lies inside its range
// is not low, but for what is far below goods that lie close together.
func (l *limits) low(amount listing.Money, n uint64, row *rulebook.Baseline, r reference) lowness {
	if r.tier < 0 {
		return notLow
	}
	t := &l.tiers[r.tier]
	if r.level.wide() && t.least.num == 0 && row.Low.Sign() > 0 && listing.CmpTimes(amount, 1, row.Low, n) >= 0 {
		return notLow
	}
	z := func() float64 { return l.z(amount, n, row, r.level) }
	apart := t.withZ.below(amount, n, row.Median) && t.closeTogether(row) && z() < t.OutlierZ
	switch {
	case t.extreme.below(amount, n, row.Median) && (under(t.extremeLeast, amount, n, row) || apart):
		return lowExtreme
	case t.outlier.below(amount, n, row.Median) && under(t.least, amount, n, row), apart:
		return lowOutlier
	case t.soft.below(amount, n, row.Median) && (t.SoftZ == 0 || z() < t.SoftZ):
		return softLow
	}
	return notLow
}

// under reports whether amount/n is below a part of the lowest price seen; always where that is not asked for. Where only the
// 5th percentile is known, the range is taken to reach to half of it.
func under(part fraction, amount listing.Money, n uint64, row *rulebook.Baseline) bool {
	least := row.Least
	if least.Sign() == 0 {
		least, part.den = row.Low, 2*part.den
	}
	return part.num == 0 || least.Sign() == 0 || part.below(amount, n, least)
}

// over is the same of the highest price seen, and of twice the 95th percentile. It is false where neither is known.
func over(times fraction, amount listing.Money, n uint64, row *rulebook.Baseline) bool {
	most := row.Most
	if most.Sign() == 0 {
		most, times.num = row.High, 2*times.num
	}
	return most.Sign() > 0 && times.above(amount, n, most)
}

// aboveTwice reports whether amount/n is more than two times another.
func aboveTwice(amount listing.Money, n uint64, other listing.Money) bool {
	return listing.CmpTimes(amount, 1, other, 2*n) > 0
}

// closeTogether reports whether the dear goods of a cohort are not far from its median.
func (t *tier) closeTogether(row *rulebook.Baseline) bool {
	return t.tight.num == 0 || row.High.Sign() > 0 && t.tight.below(row.High, 1, row.Median)
}

// A highness is how high a price is.
type highness uint8

const (
	notHigh highness = iota
	high
	doubleHigh
)

// highness says how high amount/n is beside a reference of the market. A cohort of many products has dear ones: there the price
// must be outside its range too, and, where only a part of that is known, outside its spread.
func (l *limits) highness(amount listing.Money, n uint64, row *rulebook.Baseline, r reference) highness {
	if r.tier < 0 || !l.high.above(amount, n, row.Median) {
		return notHigh
	}
	t := &l.tiers[r.tier]
	double := t.double.above(amount, n, row.Median)
	if t.most.num != 0 {
		if double && (over(t.most, amount, n, row) || t.tight.num != 0 && t.closeTogether(row) && aboveTwice(amount, n, row.High)) {
			return doubleHigh
		}
		double = false
	}
	apart := l.z(amount, n, row, r.level) > l.highZ
	if r.level.wide() && (!apart || row.High.Sign() > 0 && listing.CmpTimes(amount, 1, row.High, n) <= 0) {
		return notHigh
	}
	switch {
	case double:
		return doubleHigh
	case apart:
		return high
	}
	return notHigh
}
