package rulebook

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/bojanz/currency"

	"github.com/assay-project/assay/internal/listing"
)

// Rates are what one euro was worth in other currencies, by day: the reference rates of the European Central Bank, or a table of
// the same form. The zero value knows none.
type Rates struct {
	days []rateDay // the latest first
}

type rateDay struct {
	date listing.Date
	at   time.Time
	rate map[string]uint64 // millionths of a currency's unit for a euro
}

const rateScale = 1_000_000

// A Conversion multiplies amounts by Num/Den.
type Conversion struct {
	Num, Den uint64
	Date     listing.Date // of the rates
}

// Why there is no conversion.
var (
	ErrNoRate    = errors.New("there is no exchange rate")
	ErrStaleRate = errors.New("the exchange rate is too old or too new")
)

// Find is how an amount in one currency is turned into another at a time, by the rates of the nearest day not after it, else
// the first after. Where that day is more than maxDays away it is with ErrStaleRate; ErrNoRate where it does not have both
// currencies.
func (r *Rates) Find(from, to string, on time.Time, maxDays int) (Conversion, error) {
	if len(r.days) == 0 {
		return Conversion{}, ErrNoRate
	}
	i := slices.IndexFunc(r.days, func(d rateDay) bool { return !d.at.After(on) })
	if i < 0 {
		i = len(r.days) - 1
	}
	day := &r.days[i]
	c := Conversion{Num: day.rate[to], Den: day.rate[from], Date: day.date}
	if c.Num == 0 || c.Den == 0 {
		return c, ErrNoRate
	}
	if away := on.Sub(day.at).Abs(); away > time.Duration(maxDays+1)*24*time.Hour {
		return c, ErrStaleRate
	}
	return c, nil
}

// parseRates reads rates.csv as the European Central Bank publishes it: a column Date and one for each currency; "N/A" and empty
// cells are not known.
func parseRates(s *source) part {
	reader := csv.NewReader(bytes.NewReader(s.data))
	reader.FieldsPerRecord = -1
	header, err := reader.Read()
	if err != nil || len(header) < 2 || header[0] != "Date" {
		s.refuse(1, 1, "the first line must be Date and codes of currencies")
		return func(*draft) {}
	}
	for i, code := range header[1:] {
		if code != "" && !currency.IsValid(code) && !slices.Contains(gone, code) || slices.Index(header, code) < i+1 && code != "" {
			s.refuse(1, 0, "column %d: %q is not a currency of ISO 4217, or is given twice", i+2, code)
		}
	}
	var rates Rates
	for {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			s.refuse(0, 0, "CSV: %v", err)
			break
		}
		line, _ := reader.FieldPos(0)
		s.rows++
		if day, ok := parseRateDay(s, line, header, row); ok {
			rates.days = append(rates.days, day)
		}
	}
	slices.SortFunc(rates.days, func(a, b rateDay) int { return b.at.Compare(a.at) })
	if len(rates.days) == 0 && len(s.problems) == 0 {
		s.refuse(0, 0, "the table has no rows")
	}
	return func(d *draft) { d.book.Rates = &rates }
}

// gone are currencies that the bank's table still has columns for.
var gone = strings.Fields("CYP EEK LTL LVL MTL ROL SIT SKK TRL HRK BGN")

func parseRateDay(s *source, line int, header, row []string) (day rateDay, ok bool) {
	at, err := time.Parse(time.DateOnly, row[0])
	if err != nil || len(row) != len(header) {
		s.refuse(line, 1, "expected a day as YYYY-MM-DD and %d cells", len(header))
		return day, false
	}
	day = rateDay{date: listing.Date{Year: at.Year(), Month: at.Month(), Day: at.Day()}, at: at, rate: map[string]uint64{"EUR": rateScale}}
	for i, cell := range row[1:] {
		if cell == "" || cell == "N/A" || header[i+1] == "" {
			continue
		}
		units, nanos, ok := parseDecimal(cell)
		if !ok || units > 1e9 || units == 0 && nanos < 1000 || nanos%1000 != 0 {
			s.refuse(line, 0, "%s %q: expected a rate with up to 6 digits after the point", header[i+1], cell)
			continue
		}
		day.rate[header[i+1]] = uint64(units)*rateScale + uint64(nanos/1000)
	}
	return day, true
}
