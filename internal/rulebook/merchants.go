package rulebook

import (
	"github.com/bojanz/currency"

	rulebookv1 "github.com/assay-project/assay/proto/assay/rulebook/v1"

	"github.com/assay-project/assay/internal/listing"
)

// Merchants say what is asked of merchants, and what about them stands out. The zero value asks nothing.
type Merchants struct {
	Asks       []Ask
	History    HistoryLimits
	Assortment AssortmentLimits
}

// An Ask is data that a merchant must have given in some markets; see the schema.
type Ask struct {
	At                 Position
	Name, Code         string
	Markets            []listing.Market // empty: all
	Fields             []MerchantField
	VerifiedWithinDays int // 0: need not be verified
	MinSales           int64
	MinGross           int64 // whole units of Currency; 0: any
	Currency           string
	Abroad             bool
	Citation           string
}

// MerchantField is something a merchant gives.
type MerchantField uint8

// Fields, numbered as in the schema.
const (
	FieldUnknown MerchantField = iota
	FieldLegalName
	FieldRegistrationNumber
	FieldAddress
	FieldEmail
	FieldPhone
	FieldContact
	FieldTaxID
	FieldBankAccount
	FieldTradeRegister
	FieldIdentityDocument
	FieldSelfCertification
	FieldLocalAgent
	FieldCountry
)

// HistoryLimits say what of a merchant's past stands out; see the schema.
type HistoryLimits struct {
	Strikes, Complaints int32 // reported from so many on; 0: never
	NewAccountDays      int
	BurstListings       int
	HighValueListings   int              // 0: no burst is ever reported
	HighValues          map[string]int64 // whole units, by currency
}

// AssortmentLimits say what of an assortment stands out; see the schema. 0: no limit.
type AssortmentLimits struct {
	MinListings, GatedPercent, LowListings, LowPercent, RejectedListings int
}

// parseMerchants reads merchants.yaml.
func (v *validator) parseMerchants(s *source) part {
	var f rulebookv1.MerchantsFile
	doc := v.decode(s, &f)
	m := Merchants{History: doc.history(f.History), Assortment: assortment(f.Assortment)}
	var references []reference
	for i, a := range f.Asks {
		m.Asks = append(m.Asks, doc.ask(a))
		references = append(references, reference{doc.field(a, "code"), codeName, a.Code})
		for _, earlier := range f.Asks[:i] {
			if earlier.Name == a.Name {
				doc.refuseAt(doc.field(a, "name"), "the ask %q is given twice", a.Name)
			}
		}
	}
	s.rows = len(m.Asks)
	return func(d *draft) {
		d.book.Merchants = m
		d.references = append(d.references, references...)
	}
}

func (d *document) ask(a *rulebookv1.MerchantAsk) Ask {
	if len(a.Fields) == 0 && a.VerifiedWithinDays == 0 {
		d.refuseAt(d.at(a), "the ask %q asks for nothing: it has no fields and no verified_within_days", a.Name)
	}
	if (a.MinGross > 0) != (a.Currency != "") {
		d.refuseAt(d.at(a), "min_gross and currency are given together or not at all")
	}
	if a.Currency != "" && !currency.IsValid(a.Currency) {
		d.refuseAt(d.field(a, "currency"), "%q is not a currency of ISO 4217", a.Currency)
	}
	ask := Ask{At: d.at(a), Name: a.Name, Code: a.Code, VerifiedWithinDays: int(a.VerifiedWithinDays), MinSales: a.MinSales, MinGross: a.MinGross,
		Currency: a.Currency, Abroad: a.Abroad, Citation: a.Citation, Fields: enumItems[MerchantField](d, a, "fields", a.Fields)}
	for i, market := range a.Markets {
		d.marketAt(d.item(a, "markets", i), market)
		ask.Markets = append(ask.Markets, listing.Market(market))
	}
	return ask
}

func (d *document) history(h *rulebookv1.HistoryLimits) HistoryLimits {
	limits := HistoryLimits{NewAccountDays: int(h.GetNewAccountDays()), BurstListings: int(h.GetBurstListings()),
		HighValueListings: int(h.GetHighValueListings()), HighValues: make(map[string]int64)}
	if h == nil {
		return limits
	}
	if h.MaxStrikes != nil {
		limits.Strikes = *h.MaxStrikes + 1
	}
	if h.MaxComplaints != nil {
		limits.Complaints = *h.MaxComplaints + 1
	}
	if h.HighValueListings > 0 && (len(h.HighValues) == 0 || h.NewAccountDays == 0) {
		d.refuseAt(d.field(h, "high_value_listings"), "high_value_listings without high_values or new_account_days: nothing would be a burst")
	}
	for _, v := range h.HighValues {
		if _, twice := limits.HighValues[v.Currency]; twice || !currency.IsValid(v.Currency) {
			d.refuseAt(d.field(v, "currency"), "%q is not a currency of ISO 4217, or is given twice", v.Currency)
		}
		limits.HighValues[v.Currency] = v.Units
	}
	return limits
}

func assortment(a *rulebookv1.AssortmentLimits) AssortmentLimits {
	return AssortmentLimits{MinListings: int(a.GetMinListings()), GatedPercent: int(a.GetGatedPercent()), LowListings: int(a.GetLowListings()),
		LowPercent: int(a.GetLowPercent()), RejectedListings: int(a.GetRejectedListings())}
}
