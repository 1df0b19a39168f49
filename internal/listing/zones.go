package listing

import "time"

// Zones are the time zones of markets, which days begin and end in.
type Zones map[Market]*time.Location

// Of is the zone of a market; UTC where none is named.
func (z Zones) Of(m Market) *time.Location {
	if zone := z[m]; zone != nil {
		return zone
	}
	return time.UTC
}

// Days are the earliest and the latest day that an instant falls on in the markets.
func (z Zones) Days(at time.Time, markets []Market) (first, last Date) {
	for i, m := range markets {
		day := DateOf(at.In(z.Of(m)))
		if i == 0 || day.Start(time.UTC).Before(first.Start(time.UTC)) {
			first = day
		}
		if i == 0 || last.Start(time.UTC).Before(day.Start(time.UTC)) {
			last = day
		}
	}
	return first, last
}

// DateOf is the day that an instant falls on in its zone.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{Year: y, Month: m, Day: d}
}
