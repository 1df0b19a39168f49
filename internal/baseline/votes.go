package baseline

import (
	"maps"
	"math"
	"slices"

	"github.com/DataDog/sketches-go/ddsketch"

	"github.com/assay-project/assay/internal/listing"
)

// A micro is a millionth of a currency's unit: finer than any minor unit, so that prices are exact and only prices per unit
// are rounded.
type micro int64

const (
	microsPerUnit = 1_000_000
	mostMicros    = math.MaxInt64 / 2 // so that two can be added
)

// micros reads an amount above zero; ok is false where it is too large, or nothing.
func micros(m listing.Money, units int32) (v micro, ok bool) {
	if m.Units > mostMicros/microsPerUnit-1 {
		return 0, false
	}
	v = micro(m.Units*microsPerUnit + int64(m.Nanos+500)/1000)
	if units > 1 {
		v = (v + micro(units)/2) / micro(units)
	}
	return v, v > 0
}

// money is the exact amount.
func (v micro) money(currency string) listing.Money {
	return listing.Money{Units: int64(v) / microsPerUnit, Nanos: int32(int64(v)%microsPerUnit) * 1000, Currency: currency}
}

// exactVotes is how many votes of a cohort, and prices of a merchant in one, are kept as they are.
const (
	exactVotes  = 512
	exactPrices = 32
	// manyMerchants is from how many merchants on, in a cohort of many products, the first exactPrices offers of each are
	// enough to know the range by.
	manyMerchants = 64
	accuracy      = 0.005
)

// values are prices, exactly while they are few.
type values struct {
	exact       []micro
	sketch      *ddsketch.DDSketch // of all, once they are many
	count       int64
	least, most micro
}

func (v *values) add(price micro, limit int) {
	if v.count == 0 || price < v.least {
		v.least = price
	}
	v.most = max(v.most, price)
	v.count++
	if v.sketch == nil && len(v.exact) < limit {
		v.exact = append(v.exact, price)
		return
	}
	if v.sketch == nil {
		v.sketch = newSketch()
		for _, old := range v.exact {
			v.put(old, 1)
		}
		v.exact = nil
	}
	v.put(price, 1)
}

// newSketch bounds the bins too: prices over more than some twenty orders of magnitude lose their lowest ones.
func newSketch() *ddsketch.DDSketch {
	s, err := ddsketch.LogCollapsingLowestDenseDDSketch(accuracy, 2048)
	if err != nil {
		panic(err) // of a constant accuracy
	}
	return s
}

func (v *values) put(price micro, count float64) {
	if err := v.sketch.AddWithCount(float64(price), count); err != nil {
		panic(err) // of a value that is no positive number
	}
}

// quantile is by nearest rank. Exact values must be sorted.
func (v *values) quantile(p float64) micro {
	if v.sketch == nil {
		return v.exact[max(0, int(math.Ceil(p*float64(len(v.exact))))-1)]
	}
	at, err := v.sketch.GetValueAtQuantile(p)
	if err != nil {
		panic(err) // of an empty sketch
	}
	return min(max(micro(math.Round(at)), v.least), v.most)
}

// median is the middle, exactly while values are few, of two the mean.
func (v *values) median() micro {
	if v.sketch != nil {
		return v.quantile(0.5)
	}
	n := len(v.exact)
	return (v.exact[(n-1)/2] + v.exact[n/2]) / 2
}

// A ballot is the votes of a cohort.
type ballot struct {
	anonymous values             // of observations without merchant
	merchants map[uint32]*values // by merchant
	seen      int64              // observations
	lastDay   listing.Date
	sources   uint64 // bits of source numbers
}

func (b *ballot) add(merchant uint32, price micro, limit int) {
	b.seen++
	if merchant == 0 {
		b.anonymous.add(price, exactVotes)
		return
	}
	if b.merchants == nil {
		b.merchants = make(map[uint32]*values)
	}
	of := b.merchants[merchant]
	if of == nil {
		of = new(values)
		b.merchants[merchant] = of
	}
	if len(b.merchants) > manyMerchants && of.count >= exactPrices && limit == exactVotes {
		return
	}
	of.add(price, limit)
}

// count is the votes of a cohort, and whether all are of known merchants. Observations without merchant are a vote each. In
// a cohort of one product a merchant has one vote, its median there. In one of many products its offers are of different
// things, each of which says something of the range: they all vote, but where there are five merchants or more, none has
// more than a tenth of the offers, and three at least.
func (b *ballot) count(wide bool) (votes *values, known bool) {
	most := math.MaxInt
	if len(b.merchants) >= 5 {
		most = max(3, int(b.seen/10))
	}
	votes = &b.anonymous
	if len(b.merchants) > 0 {
		votes = &values{exact: slices.Clone(b.anonymous.exact), sketch: b.anonymous.sketch, count: b.anonymous.count,
			least: b.anonymous.least, most: b.anonymous.most}
		if votes.sketch != nil {
			votes.sketch = votes.sketch.Copy()
		}
	}
	for _, merchant := range slices.Sorted(maps.Keys(b.merchants)) {
		of := b.merchants[merchant]
		slices.Sort(of.exact)
		if !wide {
			votes.add(of.median(), exactVotes)
			continue
		}
		for _, price := range of.points(most) {
			votes.add(price, exactVotes)
		}
	}
	slices.Sort(votes.exact)
	return votes, b.anonymous.count == 0
}

// points are sorted values, or as many quantiles of them as may be.
func (v *values) points(most int) []micro {
	if v.sketch == nil && len(v.exact) <= most {
		return v.exact
	}
	n := min(most, int(v.count))
	points := make([]micro, n)
	for i := range points {
		points[i] = v.quantile((float64(i) + 0.5) / float64(n))
	}
	return points
}

// The gap rule: a gap of logarithms wider than this, with a share of the votes below it between these, parts two clusters.
const (
	gapRatio = 1.6
	leastGap = 0.15
	mostGap  = 0.50
)

// split is the upper cluster of sorted votes, and whether there is a lower one.
func (v *values) split() (upper *values, parted bool) {
	if v.sketch != nil {
		return v, false
	}
	at, widest := 0, gapRatio
	for i := 1; i < len(v.exact); i++ {
		share := float64(i) / float64(len(v.exact))
		if ratio := float64(v.exact[i]) / float64(v.exact[i-1]); ratio > widest && share >= leastGap && share <= mostGap {
			at, widest = i, ratio
		}
	}
	if at == 0 {
		return v, false
	}
	rest := v.exact[at:]
	return &values{exact: rest, count: int64(len(rest)), least: rest[0], most: rest[len(rest)-1]}, true
}

// spreadUp is the median distance above the median, in logarithms: cheap imitations cannot widen it.
func (v *values) spreadUp(median micro) float64 {
	if v.sketch != nil {
		return max(0, math.Log(float64(v.quantile(0.75))/float64(median)))
	}
	from, _ := slices.BinarySearch(v.exact, median)
	above := v.exact[from:]
	n := len(above)
	distance := func(i int) float64 { return math.Log(float64(above[i]) / float64(median)) }
	return (distance((n-1)/2) + distance(n/2)) / 2
}

// trimmed is the range without one vote in a thousand at either end.
func (v *values) trimmed() (least, most micro) {
	if v.count < 1000 {
		return v.least, v.most
	}
	return v.quantile(0.001), v.quantile(0.999)
}
