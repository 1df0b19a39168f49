package main

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"sort"

	"github.com/assay-project/assay/internal/baseline"
	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/price"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/observation"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/text"
)

// An observed price and the file it is from.
type observed struct {
	observation.Observation
	file string
}

// Kinds of anomaly. untouched is none.
const untouched = "untouched"

var anomalies = []string{"slip of 10", "slip of 100", "wrong currency", "5 to 30 %", "5 to 20 times"}

// factors of an anomaly. Slips go both ways.
func factors(kind string, rng *rand.Rand) []float64 {
	switch kind {
	case "slip of 10":
		return []float64{10, 0.1}
	case "slip of 100":
		return []float64{100, 0.01}
	case "wrong currency": // euro to dirham, krona, koruna, yen, won, rupiah: about what one is in another
		return []float64{[]float64{4, 11, 25, 160, 1700, 20000}[rng.IntN(6)], 1 / []float64{4, 11, 25, 160, 1700, 20000}[rng.IntN(6)]}
	case "5 to 30 %":
		return []float64{0.05 + 0.25*rng.Float64()}
	}
	return []float64{5 + 15*rng.Float64()}
}

// A trial is one price, checked.
type trial struct {
	kind    string
	file    string
	level   string
	votes   int64 // of its cohort
	outside bool  // the cohort's range
	low     bool  // the anomaly makes it lower
	tier    int
	rivals  [len(rivalNames)]float64 // their scores
}

// The textbook rules, then two that lean on the next wider cohort: how many deviations of logarithms from the mean, and how far
// outside the range by deviations, where both are drawn towards those of the wider cohort as if it had given some prices more.
var rivalNames = [...]string{"raw z", "log z", "MAD", "Tukey", "log z, shrunk", "range", "range, shrunk"}

// A split says which observations are held out of the baselines.
type split struct {
	held func(*observed) bool
	rng  *rand.Rand // of what else is drawn
}

// randomly are n splits that leave a share of all observations to the baselines.
func randomly(n int, train float64) (splits []split) {
	for i := range n {
		rng := rand.New(rand.NewPCG(uint64(i), 7))
		splits = append(splits, split{func(*observed) bool { return rng.Float64() >= train }, rng})
	}
	return splits
}

// byFile is a split for each file, held out whole.
func byFile(files []string) (splits []split) {
	for i, file := range files {
		splits = append(splits, split{func(o *observed) bool { return o.file == file }, rand.New(rand.NewPCG(uint64(i), 7))})
	}
	return splits
}

// score measures a book's thresholds.
func score(book *rulebook.Book, all []observed, splits []split, perUnit bool) (*board, error) {
	b := new(board)
	for _, part := range splits {
		var held []observed
		builder := baseline.NewBuilder(baseline.Options{MinVotes: 5, PerUnit: perUnit, Category: func(name string) string {
			return cmp.Or(book.Categories.Find(name).Path, name)
		}})
		truth := newCohorts(book)
		for i := range all {
			if part.held(&all[i]) {
				held = append(held, all[i])
				continue
			}
			if err := builder.Add(&all[i].Observation); err != nil {
				return nil, err
			}
			truth.add(&all[i].Observation)
		}
		counted := *book
		counted.Baselines = builder.Rows()
		if err := b.try(&counted, truth, held, part.rng); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// try checks held-out prices.
func (b *board) try(book *rulebook.Book, truth *cohorts, held []observed, rng *rand.Rand) error {
	checker, err := price.New(book, nil)
	if err != nil {
		return err
	}
	plan, err := check.NewPlan(checker.Checker)
	if err != nil {
		return err
	}
	for i := range held {
		o := &held[i]
		c, wider, level := truth.find(&o.Observation)
		if c == nil {
			b.unjudged++
			continue
		}
		add := func(kind string, factor float64) {
			amount := scaled(o.Price, factor)
			if amount.Sign() <= 0 {
				return
			}
			x := amount.Float()
			t := trial{kind: kind, file: o.file, level: level, votes: int64(len(c.prices)), low: factor < 1,
				outside: x < c.prices[0] || x > c.prices[len(c.prices)-1], rivals: c.rivals(x, wider)}
			t.tier = tierOf(plan.Run(context.Background(), submission(&o.Observation, amount), nil))
			b.trials = append(b.trials, t)
		}
		add(untouched, 1)
		for _, kind := range anomalies {
			for _, factor := range factors(kind, rng) {
				add(kind, factor)
			}
		}
	}
	return nil
}

// scaled is an amount times a factor, rounded to hundredths.
func scaled(m listing.Money, factor float64) listing.Money {
	if factor == 1 {
		return m
	}
	cents := int64(math.Round(m.Float() * factor * 100))
	return listing.Money{Units: cents / 100, Nanos: int32(cents%100) * 10_000_000, Currency: m.Currency}
}

func submission(o *observation.Observation, amount listing.Money) *listing.Submission {
	s := &listing.Submission{ID: "s", Markets: []listing.Market{o.Market}}
	s.Product = listing.Product{Title: o.Title, Brand: o.Brand, Category: o.Category, GTIN: o.GTIN, Condition: o.Condition,
		Price: listing.Price{State: listing.PriceOK, Money: amount}}
	return s
}

// tierOf is how grave a report is: 3 extreme, 2 an outlier, 1 a soft sign, 0 nothing, -1 not judged.
func tierOf(r *check.Report) int {
	tier := 0
	for _, f := range r.Findings {
		switch f.Code {
		case price.LowExtreme:
			tier = max(tier, 3)
		case price.LowOutlier:
			tier = max(tier, 2)
		case price.HighOutlier:
			if f.Variant == price.Double {
				tier = max(tier, 2)
			}
			tier = max(tier, 1)
		case price.SoftLow:
			tier = max(tier, 1)
		case price.BaselineInsufficient:
			return -1
		}
	}
	return tier
}

// cohorts are prices as they were, for the range and for the textbook rules.
type cohorts struct {
	book  *rulebook.Book
	byKey map[[4]string]*cohort
}

type cohort struct {
	prices []float64 // sorted once they are asked for
	done   bool

	mean, deviation, logMean, logDeviation, median, mad, q1, q3 float64
}

func newCohorts(book *rulebook.Book) *cohorts { return &cohorts{book, make(map[[4]string]*cohort)} }

// keys are an observation's cohorts, the most specific first.
func (c *cohorts) keys(o *observation.Observation) (keys [][4]string) {
	path := cmp.Or(c.book.Categories.Find(o.Category).Path, o.Category)
	brand := text.Key(o.Brand)
	paths := []string{}
	for p := path; p != ""; p = above(p) {
		paths = append(paths, p)
	}
	if brand != "" {
		for _, p := range append(paths, "") {
			keys = append(keys, [4]string{brand, p, string(o.Market), o.Price.Currency})
		}
	}
	for _, p := range paths {
		keys = append(keys, [4]string{"", p, string(o.Market), o.Price.Currency})
	}
	return keys
}

func above(path string) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '>' {
			return path[:max(i-1, 0)]
		}
	}
	return ""
}

func (c *cohorts) add(o *observation.Observation) {
	for _, k := range c.keys(o) {
		if c.byKey[k] == nil {
			c.byKey[k] = new(cohort)
		}
		c.byKey[k].prices = append(c.byKey[k].prices, o.Price.Float())
	}
}

// Levels of cohorts, the most specific first.
var levels = []string{"brand in its category", "brand in one above", "category"}

// find is the most specific cohort of at least five prices with its level, and the next wider one that has more; that itself
// where there is none.
func (c *cohorts) find(o *observation.Observation) (found, wider *cohort, level string) {
	for i, k := range c.keys(o) {
		at := c.byKey[k]
		if at == nil || len(at.prices) < 5 || found != nil && len(at.prices) == len(found.prices) {
			continue
		}
		at.finish()
		if found != nil {
			return found, at, level
		}
		switch found, level = at, levels[1]; {
		case k[0] == "":
			level = levels[2]
		case i == 0:
			level = levels[0]
		}
	}
	return found, found, level
}

func (c *cohort) finish() {
	if c.done {
		return
	}
	c.done = true
	sort.Float64s(c.prices)
	logs := make([]float64, len(c.prices))
	for i, p := range c.prices {
		logs[i] = math.Log(p)
	}
	c.mean, c.deviation = moments(c.prices)
	c.logMean, c.logDeviation = moments(logs)
	n := len(logs)
	c.median, c.q1, c.q3 = (logs[(n-1)/2]+logs[n/2])/2, logs[n/4], logs[n-1-n/4]
	away := make([]float64, n)
	for i, x := range logs {
		away[i] = math.Abs(x - c.median)
	}
	slices.Sort(away)
	c.mad = (away[(n-1)/2] + away[n/2]) / 2
}

func moments(values []float64) (mean, deviation float64) {
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		deviation += (v - mean) * (v - mean) / float64(len(values))
	}
	return mean, math.Sqrt(deviation)
}

// Prices that the wider cohort counts for where a cohort is shrunk: means differ between cohorts more than prices do within them,
// deviations less.
const (
	meanShrinkage      = 0.3
	deviationShrinkage = 3
)

// rivals are how far from ordinary other rules find a price.
func (c *cohort) rivals(p float64, wider *cohort) [len(rivalNames)]float64 {
	const floor = 0.05 // of spreads: some cohorts have none
	x, n := math.Log(p), float64(len(c.prices))
	mean := (n*c.logMean + meanShrinkage*wider.logMean) / (n + meanShrinkage)
	deviation := (n*c.logDeviation + deviationShrinkage*wider.logDeviation) / (n + deviationShrinkage)
	outside := max(math.Log(c.prices[0])-x, x-math.Log(c.prices[len(c.prices)-1]))
	return [...]float64{
		math.Abs(p-c.mean) / max(c.deviation, floor*c.mean),
		math.Abs(x-c.logMean) / max(c.logDeviation, floor),
		0.6745 * math.Abs(x-c.median) / max(c.mad, floor),
		max(c.q1-x, x-c.q3) / max(c.q3-c.q1, floor),
		math.Abs(x-mean) / max(deviation, floor),
		outside,
		outside / max(deviation, floor),
	}
}
