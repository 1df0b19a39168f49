package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/bojanz/currency"

	"github.com/assay-project/assay/internal/baseline"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/observation"
	"github.com/assay-project/assay/internal/rulebook"
)

const leastPrices = 5 // observations that make a cohort

// writeBaselines counts what goods usually cost, from listings with a price. Their categories are those of the embedded
// taxonomy; listings of which none is known do not count.
func writeBaselines(j job) (string, error) {
	rows, err := readListings(j.data)
	if err != nil {
		return "", err
	}
	places, err := newPlaces(j.out)
	if err != nil {
		return "", err
	}
	b := baseline.NewBuilder(baseline.Options{MinVotes: leastPrices, NoBrand: func(brand string) bool { return places.noBrand[joined(brand)] }})
	unmapped := 0
	for i := range rows {
		o, ok := observe(&rows[i], places.days)
		if !ok {
			continue
		}
		if o.Category, ok = places.find(rows[i]); !ok {
			unmapped++
			continue
		}
		b.Source(rows[i].Source)
		if err := b.Add(&o); err != nil {
			return "", err
		}
	}
	counted := b.Rows()
	var buf bytes.Buffer
	if err := rulebook.WriteBaselines(&buf, counted); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d cohorts (%d prices without a known category), %d bytes", len(counted), unmapped, buf.Len()),
		os.WriteFile(filepath.Join(j.out, "baselines.csv"), buf.Bytes(), 0o644)
}

// observe is a listing as an observation; ok is false where it has no price. The day is that of its data set.
func observe(row *offer, days map[string]string) (o observation.Observation, ok bool) {
	price, err := row.Price.Float64()
	if err != nil || price <= 0 || !currency.IsValid(row.Currency) || row.Market == "" {
		return o, false
	}
	o = observation.Observation{Brand: row.Brand, Market: listing.Market(row.Market)}
	if o.Price, ok = observation.Amount(row.Price.String(), row.Currency); !ok {
		return o, false
	}
	if day, err := time.Parse(time.DateOnly, days[row.Source]); err == nil {
		o.Date = listing.Date{Year: day.Year(), Month: day.Month(), Day: day.Day()}
	}
	return o, true
}
