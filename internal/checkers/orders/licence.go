package orders

import (
	"slices"
	"strings"
	"time"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/party"
	"github.com/assay-project/assay/internal/rulebook"
)

// A licence is a paper by which the holder of a right lets the merchant offer goods that make use of it: a licence agreement, a
// letter of authorization or the like, from a holder that the order names to the merchant, that names the right by its number,
// covers the market, and holds at the time. What was not extracted of a paper, or not surely, is not taken for granted.
type licence struct {
	paper *listing.Document
	ends  time.Time // zero: never
}

// licensed finds the licence that lasts longest in all markets of a match; nil where there is none. near is a paper from the
// holder to the merchant that is not enough, and what it lacks.
func (q *inquiry) licensed(m *match) (found *licence, near *listing.Document, lacks string) {
	holders := make([]party.Party, 0, len(m.Exclusion.Holders))
	for _, name := range m.Exclusion.Holders {
		holders = append(holders, party.Listed(name, ""))
	}
	if len(holders) == 0 || len(q.Documents) == 0 {
		return nil, nil, ""
	}
	merchant := party.OfMerchant(&q.Merchant)
	papers := slices.Clone(q.Documents)
	slices.SortStableFunc(papers, func(a, b listing.Document) int { return strings.Compare(a.ID, b.ID) })
	for i := range papers {
		d := &papers[i]
		if !grants(d.Type) || !between(d, holders, &merchant) {
			continue
		}
		ends, missing := q.holds(d, m)
		if missing != "" {
			near, lacks = d, missing
		} else if found == nil || !found.ends.IsZero() && (ends.IsZero() || ends.After(found.ends)) {
			found = &licence{d, ends}
		}
	}
	return found, near, lacks
}

func grants(t listing.DocumentType) bool {
	switch t {
	case listing.LicenseAgreement, listing.LetterOfAuthorization, listing.SubAuthorization, listing.DistributionAgreement:
		return true
	}
	return false
}

// between reports whether a paper is from one of the holders to the merchant.
func between(d *listing.Document, holders []party.Party, merchant *party.Party) bool {
	from, to := party.Of(&d.Issuer), party.Of(&d.Subject)
	return party.Match(&to, merchant) >= party.Equal &&
		slices.ContainsFunc(holders, func(h party.Party) bool { return party.Match(&from, &h) >= party.Equal })
}

// holds tells until when a paper is a licence for the goods of a match, or what it lacks.
func (q *inquiry) holds(d *listing.Document, m *match) (ends time.Time, lacks string) {
	switch {
	case d.Status == listing.Refused || d.Status == listing.Revoked:
		return ends, "it was refused or revoked"
	case d.Dispute.Open():
		return ends, "a complaint about it is open"
	case !q.sure(d):
		return ends, "it was not read surely"
	case !namesRight(d, m.Order):
		return ends, "it does not name the right"
	}
	for _, market := range m.markets {
		if !rulebook.Covers(d.Territories, market) {
			return ends, "it does not cover " + string(market)
		}
		end, ok := q.lasts(d, market)
		if !ok {
			return ends, "it is not known to hold at this time"
		}
		if !end.IsZero() && (ends.IsZero() || end.Before(ends)) {
			ends = end
		}
	}
	return ends, ""
}

// licenceFields are what a licence is told by.
var licenceFields = []string{"issuer", "subject", "brands", "effective", "territories"}

func (q *inquiry) sure(d *listing.Document) bool {
	for field, confidence := range d.Confidence {
		base, _, _ := strings.Cut(field, ".")
		if confidence < q.confidence && slices.Contains(licenceFields, base) {
			return false
		}
	}
	return true
}

// namesRight reports whether a paper names a right that the order protects, or the order itself, by number.
func namesRight(d *listing.Document, o *rulebook.Order) bool {
	for _, b := range d.Brands {
		number := rightNumber(b.RegistrationNumber)
		if number == "" {
			continue
		}
		if number == rightNumber(o.Number) || slices.ContainsFunc(o.Exclusion.Rights, func(r rulebook.Right) bool { return rightNumber(r.Number) == number }) {
			return true
		}
	}
	return false
}

// rightNumber folds a number as offices and lawyers write it: US 6,993,858 B2.
func rightNumber(typed string) string {
	var b strings.Builder
	for _, r := range strings.ToUpper(typed) {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		}
	}
	number := strings.TrimPrefix(b.String(), "US")
	for _, kind := range []string{"B1", "B2", "S1"} {
		if rest, ok := strings.CutSuffix(number, kind); ok && rest != "" {
			number = rest
		}
	}
	return number
}

// lasts is when a paper ends that holds at the time in a market's zone (zero: never); false where it does not, or that is not
// known.
func (q *inquiry) lasts(d *listing.Document, market listing.Market) (end time.Time, ok bool) {
	zone := q.zones.Of(market)
	from := d.Effective.Start
	if from.State == listing.Absent {
		from = d.IssuedOn
	}
	start, known := moment(from, zone, listing.Date.Start)
	if !known || q.AsOf.Before(start) {
		return end, false
	}
	if d.Effective.Perpetual && d.Effective.End.State == listing.Absent {
		return end, true
	}
	end, known = moment(d.Effective.End, zone, listing.Date.After)
	return end, known && q.AsOf.Before(end)
}

// moment is when a bound is; false where it is not known or there is no such day.
func moment(b listing.Bound, zone *time.Location, ofDay func(listing.Date, *time.Location) time.Time) (time.Time, bool) {
	switch {
	case b.State == listing.Instant:
		return b.Time.UTC(), true
	case b.State == listing.Day && b.Date.Exists():
		return ofDay(b.Date, zone).UTC(), true
	}
	return time.Time{}, false
}

// asked is the licence that would clear a match.
func (q *inquiry) asked(m *match) (check.ProvideDocument, bool) {
	if len(m.Exclusion.Holders) == 0 || q.Merchant.LegalName == "" {
		return check.ProvideDocument{}, false
	}
	want := listing.Document{Type: listing.LicenseAgreement, Issuer: listing.Party{LegalName: m.Exclusion.Holders[0]},
		Subject:   listing.Party{LegalName: q.Merchant.LegalName, Country: q.Merchant.Country, RegistrationNumber: q.Merchant.RegistrationNumber},
		Effective: listing.Validity{Start: listing.Bound{State: listing.Instant, Time: q.AsOf}, Perpetual: true}}
	for _, market := range m.markets {
		want.Territories = append(want.Territories, string(market))
	}
	for _, r := range m.Exclusion.Rights {
		if r.Number != "" {
			want.Brands = append(want.Brands, listing.BrandGrant{RegistrationNumber: r.Number, Office: r.Office})
		}
	}
	if len(want.Brands) == 0 {
		want.Brands = []listing.BrandGrant{{RegistrationNumber: m.Number}}
	}
	return check.ProvideDocument{Requirement: want}, true
}
