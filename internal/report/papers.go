package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

const (
	keptPapers  = 2_000
	shownPapers = 60
	monthsAhead = 24
	daySize     = 24 * time.Hour
)

// papers are the documents of listings by when they end.
type papers struct {
	Top       *top[paper]   `json:"top"`
	Approvals map[int]int64 `json:"approvals"` // approved listings by the month in which their approval ends
	Lasting   int64         `json:"lasting"`   // approved listings that rest on papers that do not end or on none
}

// A paper is one document of a merchant.
type paper struct {
	ID, Kind, Merchant, Called, Brands, Status string
	End                                        string   `json:",omitempty"` // last day, YYYY-MM-DD; empty: not known
	Perpetual                                  bool     `json:",omitempty"`
	Listings                                   []string `json:",omitempty"` // few ids of those that carry it
}

const paperListings = 3

func newPapers() papers {
	return papers{Top: newTop[paper](keptPapers), Approvals: map[int]int64{}}
}

// add takes the documents of an item, and when its approval ends.
func (p *papers) add(it *item) {
	merchant, called := it.merchant()
	for _, d := range it.in.GetDocuments() {
		k := p.Top.of(cut(merchant, maxName)+"\n"+cut(d.GetDocumentId(), maxName), true)
		if k.ID == "" {
			*k = paperOf(d)
			k.Merchant, k.Called = cut(merchant, maxName), cut(called, maxName)
		}
		if len(k.Listings) < paperListings {
			k.Listings = append(k.Listings, cut(it.id, maxName))
		}
	}
	switch {
	case it.verdict == nil || it.outcome != approved:
	case it.verdict.GetValidUntil() == nil:
		p.Lasting++
	default:
		p.Approvals[monthOf(it.verdict.GetValidUntil().AsTime().Add(-1))]++
	}
}

func paperOf(d *assayv1.Document) paper {
	var brands []string
	for _, b := range d.GetBrands()[:min(4, len(d.GetBrands()))] {
		brands = append(brands, b.GetText())
	}
	p := paper{ID: cut(d.GetDocumentId(), maxName), Kind: enumWords(d.GetType().String(), "DOCUMENT_TYPE_"),
		Brands: cut(strings.Join(brands, ", "), maxName), Status: enumWords(d.GetStatus().String(), "DOCUMENT_STATUS_"), Perpetual: d.GetEffective().GetPerpetual()}
	if end, known := lastDay(d.GetEffective()); known && !p.Perpetual {
		p.End = end.Format(time.DateOnly)
	}
	return p
}

// lastDay is the last day on which a paper holds, by its own words.
func lastDay(v *assayv1.Validity) (time.Time, bool) {
	switch end := v.GetEnd().(type) {
	case *assayv1.Validity_EndTime:
		return end.EndTime.AsTime().Add(-1), end.EndTime.IsValid()
	case *assayv1.Validity_EndDate:
		d := end.EndDate
		day := time.Date(int(d.GetYear()), time.Month(d.GetMonth()), int(d.GetDay()), 0, 0, 0, 0, time.UTC)
		return day, day.Year() == int(d.GetYear()) && int(day.Month()) == int(d.GetMonth()) && day.Day() == int(d.GetDay()) && d.GetYear() > 0
	}
	return time.Time{}, false
}

// monthOf counts months from the year 0. Times beyond those of the contract count as its last.
func monthOf(t time.Time) int {
	year := min(max(t.Year(), 1970), 2200)
	return year*12 + int(t.Month()) - 1
}

func monthWords(m int) string { return fmt.Sprintf("%04d-%02d", m/12, m%12+1) }

// A papersView is what ends when.
type papersView struct {
	Months                                   []monthRow
	Rows                                     []paperRow
	Overdue, Later, Perpetual, Unknown, Kept int
	ApprovalsLater, Lasting                  int64
	Missed                                   string
	Soon                                     bool // something ends within the months shown, or has ended
}

type monthRow struct {
	Month             string
	Papers, Approvals int64
}

type paperRow struct {
	paper
	Carried int64
	Days    int // until it ends; below zero: since
	Over    bool
}

// view sorts papers by their end, as seen from a day.
func (p *papers) view(asOf time.Time) papersView {
	v := papersView{Kept: len(p.Top.least), Lasting: p.Lasting, Missed: p.Top.bound(keptPapers, "listings")}
	from, byMonth := monthOf(asOf), map[int]int64{}
	for _, k := range p.Top.first(keptPapers) {
		end, err := time.Parse(time.DateOnly, k.Value.End)
		days := int(end.Sub(asOf.Truncate(daySize)) / daySize)
		switch {
		case k.Value.Perpetual:
			v.Perpetual++
		case err != nil:
			v.Unknown++
		case days < 0:
			v.Overdue++
			v.Rows = append(v.Rows, paperRow{k.Value, k.All, days, true})
		case monthOf(end) >= from+monthsAhead:
			v.Later++
		default:
			byMonth[monthOf(end)]++
			v.Rows = append(v.Rows, paperRow{k.Value, k.All, days, false})
		}
	}
	for m := from; m < from+monthsAhead; m++ {
		v.Months = append(v.Months, monthRow{monthWords(m), byMonth[m], p.Approvals[m]})
		v.Soon = v.Soon || byMonth[m] > 0 || p.Approvals[m] > 0
	}
	for _, m := range slices.Sorted(maps.Keys(p.Approvals)) {
		if m >= from+monthsAhead {
			v.ApprovalsLater += p.Approvals[m]
		}
	}
	v.Soon = v.Soon || v.Overdue > 0
	slices.SortStableFunc(v.Rows, func(a, b paperRow) int { return cmp.Compare(a.End, b.End) })
	v.Rows = v.Rows[:min(shownPapers, len(v.Rows))]
	return v
}
