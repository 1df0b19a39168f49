package baseline

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
)

// An Estimate says what was estimated where tables share cohorts, for a person to judge by.
type Estimate struct {
	Cohorts int                // that are in more than one table
	Factor  float64            // by which a median may be off at most; 1 where none was estimated
	Worst   *rulebook.Baseline // the cohort with that factor; nil where none was estimated
}

// Union is the rows of several tables. A cohort of observed prices that is in more than one is estimated: a table has five
// points of a cohort's distribution, and the points of the whole lie where the lines between those of its parts, weighted by
// observations, meet them. The least and the greatest price are those of all tables. The median of a whole lies between the medians of its
// parts, and so does the estimate: it cannot be further off than they are apart. Merchants are counted as the most that one
// table knows, as the same may be in all. Votes files merge without such loss.
//
// It fails where tables count on different bases, and where they name different prices of one kind that is not observed.
func Union(tables ...[]rulebook.Baseline) ([]rulebook.Baseline, Estimate, error) {
	shared := make(map[rulebook.Baseline][]*rulebook.Baseline)
	var order []rulebook.Baseline
	for _, rows := range tables {
		for i := range rows {
			k := keyOf(&rows[i])
			if shared[k] == nil {
				order = append(order, k)
			}
			shared[k] = append(shared[k], &rows[i])
		}
	}
	all := make([]rulebook.Baseline, 0, len(order))
	est := Estimate{Factor: 1}
	worst := -1
	for _, k := range order {
		parts := shared[k]
		row, factor, err := whole(parts)
		if err != nil {
			return nil, est, err
		}
		if all = append(all, row); len(parts) > 1 {
			est.Cohorts++
			if worst < 0 || factor > est.Factor {
				est.Factor, worst = factor, len(all)-1
			}
		}
	}
	if worst >= 0 {
		row := all[worst]
		est.Worst = &row
	}
	sortRows(all)
	return all, est, nil
}

// whole is the row of a cohort of which there are several parts, and how far apart their medians are.
func whole(parts []*rulebook.Baseline) (row rulebook.Baseline, factor float64, err error) {
	row = *parts[0]
	if len(parts) == 1 {
		return row, 1, nil
	}
	slices.SortFunc(parts, func(a, b *rulebook.Baseline) int { return a.Median.Cmp(b.Median) })
	first, last := parts[0], parts[len(parts)-1]
	for _, p := range parts[1:] {
		if p.PerUnit != first.PerUnit {
			return row, 1, fmt.Errorf("%s is counted by unit in one table and by listing in another", nameOf(p))
		}
	}
	if first.Kind != rulebook.Observed {
		if first.Median.Cmp(last.Median) != 0 {
			return row, 1, fmt.Errorf("%s has the %s prices %v and %v in two tables", nameOf(first), first.Kind, first.Median, last.Median)
		}
		return row, 1, nil
	}
	row = counts(parts)
	m := mixtureOf(parts)
	row.Median = within(m.money(0.5, row.Currency), first.Median, last.Median)
	row.Low, row.High = m.money(0.05, row.Currency), m.money(0.95, row.Currency)
	if row.Low.Cmp(row.Median) > 0 {
		row.Low = row.Median
	}
	if row.High.Cmp(row.Median) < 0 {
		row.High = row.Median
	}
	row.SpreadUp = max(0, m.quantile(0.75)-math.Log(row.Median.Float()))
	return row, last.Median.Float() / first.Median.Float(), nil
}

func nameOf(r *rulebook.Baseline) string {
	return strings.Join(strings.Fields(strings.Join([]string{r.GTIN, r.Brand, r.Category, string(r.Market), r.Currency}, " ")), " ")
}

// counts is what of a whole needs no estimate, or can have none: the range, how much was seen, by whom at least, when and where.
func counts(parts []*rulebook.Baseline) rulebook.Baseline {
	row := *parts[0]
	row.Observations, row.State = 0, ""
	var sources []string
	for _, p := range parts {
		row.Observations += p.Observations
		if row.Merchants >= 0 {
			row.Merchants = max(row.Merchants, p.Merchants)
		}
		if p.Merchants < 0 {
			row.Merchants = -1
		}
		if later(p.AsOf, row.AsOf) {
			row.AsOf = p.AsOf
		}
		if p.Observations > parts[0].Observations {
			row.Brand, row.Category = p.Brand, p.Category
		}
		row.Least = outer(row.Least, p.Least, -1)
		row.Most = outer(row.Most, p.Most, 1)
		row.State = max(row.State, p.State)
		sources = append(sources, strings.Fields(p.Source)...)
	}
	slices.Sort(sources)
	row.Source = strings.Join(slices.Compact(sources), " ")
	return row
}

// outer is the lower of two amounts, or the higher; none where one is not known.
func outer(a, b listing.Money, sign int) listing.Money {
	if a.Sign() == 0 || b.Sign() == 0 {
		return listing.Money{}
	}
	if a.Cmp(b) == sign {
		return a
	}
	return b
}

func within(m, low, high listing.Money) listing.Money {
	if m.Cmp(low) < 0 {
		return low
	}
	if m.Cmp(high) > 0 {
		return high
	}
	return m
}

// A mixture is several distributions, each with a weight.
type mixture struct {
	parts  []distribution
	weight []float64 // of each; they sum up to 1
}

// A distribution is known at some points, in logarithms of prices, rising; between them it is taken as even.
type distribution []point

type point struct{ share, log float64 }

func mixtureOf(parts []*rulebook.Baseline) *mixture {
	m := new(mixture)
	total := 0.0
	for _, p := range parts {
		total += float64(p.Observations)
	}
	for _, p := range parts {
		m.parts = append(m.parts, distributionOf(p))
		m.weight = append(m.weight, float64(p.Observations)/total)
	}
	return m
}

// distributionOf is what a row tells of its cohort. The median distance above the median is the third quartile.
func distributionOf(r *rulebook.Baseline) distribution {
	var d distribution
	add := func(share float64, log float64) {
		if len(d) == 0 || log >= d[len(d)-1].log {
			d = append(d, point{share, log})
		}
	}
	money := func(share float64, m listing.Money) {
		if m.Sign() > 0 {
			add(share, math.Log(m.Float()))
		}
	}
	money(0, r.Least)
	money(0.05, r.Low)
	money(0.5, r.Median)
	if r.SpreadUp > 0 && (r.High.Sign() == 0 || r.SpreadUp < math.Log(r.High.Float()/r.Median.Float())) {
		add(0.75, math.Log(r.Median.Float())+r.SpreadUp)
	}
	money(0.95, r.High)
	money(1, r.Most)
	return d
}

// below is the share of a distribution up to a logarithm.
func (d distribution) below(log float64) float64 {
	i, _ := slices.BinarySearchFunc(d, log, func(p point, log float64) int {
		if p.log <= log {
			return -1
		}
		return 1
	})
	switch i {
	case 0:
		return 0
	case len(d):
		return 1
	}
	a, b := d[i-1], d[i]
	return a.share + (b.share-a.share)*(log-a.log)/(b.log-a.log)
}

// quantile is the logarithm up to which a share of the whole lies, found by halving.
func (m *mixture) quantile(share float64) float64 {
	low, high := math.Inf(1), math.Inf(-1)
	for _, d := range m.parts {
		low, high = min(low, d[0].log), max(high, d[len(d)-1].log)
	}
	for range 60 {
		middle := (low + high) / 2
		below := 0.0
		for i, d := range m.parts {
			below += m.weight[i] * d.below(middle)
		}
		if below < share {
			low = middle
		} else {
			high = middle
		}
	}
	return high
}

// money is a quantile as an amount, to the minor unit of its currency where it is worth a hundred of them.
func (m *mixture) money(share float64, code string) listing.Money {
	exact := micro(math.Round(math.Exp(m.quantile(share)) * microsPerUnit)).money(code)
	if rounded := exact.Per(1); rounded.Units > 0 {
		return rounded
	}
	return exact
}
