package baseline

import (
	"fmt"
	"math"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/text"
)

// Drift is how far a median may move.
const (
	driftPerDay  = 1.10
	maxDriftDays = 7 // older files do not let it move further
)

// A Moved cohort is one whose median moved further than it may.
type Moved struct {
	Row      rulebook.Baseline // as it stays: the older figures
	Now      listing.Money     // the median that was counted
	MostDays int               // that were allowed for
}

// String is the cohort and both medians, for people.
func (m Moved) String() string {
	r := &m.Row
	return fmt.Sprintf("%s%s %s %s: the median moved from %v to %v, more than a tenth a day for %d days",
		r.GTIN, r.Brand, r.Category, r.Market, r.Median, m.Now, m.MostDays)
}

// Hold compares new rows with those of an older file, in place: a row whose median moved faster than a tenth a day keeps the
// older figures and is marked as frozen. Cohorts without dates are given one day.
func Hold(rows, older []rulebook.Baseline) []Moved {
	before := make(map[rulebook.Baseline]*rulebook.Baseline, len(older))
	for i := range older {
		before[keyOf(&older[i])] = &older[i]
	}
	var moved []Moved
	for i := range rows {
		old := before[keyOf(&rows[i])]
		if old == nil || old.PerUnit != rows[i].PerUnit {
			continue
		}
		allowed := 1
		if old.AsOf != (listing.Date{}) && rows[i].AsOf != (listing.Date{}) {
			allowed = min(max(days(old.AsOf, rows[i].AsOf), 1), maxDriftDays)
		}
		if math.Abs(math.Log(rows[i].Median.Float()/old.Median.Float())) <= float64(allowed)*math.Log(driftPerDay) {
			continue
		}
		now := rows[i].Median
		rows[i] = *old
		rows[i].State = rulebook.Frozen
		moved = append(moved, Moved{rows[i], now, allowed})
	}
	return moved
}

// keyOf is a row without all that is not its key.
func keyOf(r *rulebook.Baseline) rulebook.Baseline {
	return rulebook.Baseline{Kind: r.Kind, GTIN: r.GTIN, Brand: text.Key(r.Brand), Category: r.Category, Market: r.Market,
		Currency: r.Currency, Condition: r.Condition}
}
