package wire

import (
	"time"

	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/types/known/timestamppb"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
)

// Message makes the public message of a submission, for whoever judges one by the contract and not by our values. It says what
// the value says: as_of is always there, and times and dates that do not exist are not. It shares strings and slices with the
// value and must not be changed.
func Message(s *listing.Submission) *assayv1.Submission {
	markets := make([]string, len(s.Markets))
	for i, m := range s.Markets {
		markets[i] = string(m)
	}
	return &assayv1.Submission{SubmissionId: s.ID, Merchant: merchantMessage(&s.Merchant), Product: productMessage(&s.Product),
		Markets: markets, Documents: convert(s.Documents, documentMessage), AsOf: timestamppb.New(s.AsOf), Annotations: s.Annotations}
}

// Mentions makes messages of mentions.
func Mentions(mentions []check.Mention) []*assayv1.Mention { return convert(mentions, mention) }

func productMessage(p *listing.Product) *assayv1.Product {
	m := &assayv1.Product{
		Title: p.Title, Description: p.Description, Bullets: p.Bullets, Keywords: p.Keywords,
		Brand: p.Brand, Manufacturer: p.Manufacturer, Model: p.Model, Mpn: p.MPN, Gtin: p.GTIN,
		Category: p.Category, Condition: assayv1.Condition(p.Condition),
		Price: priceMessage(p.Price), ListPrice: priceMessage(p.ListPrice),
		PreviousPrice: priceMessage(p.PreviousPrice), Shipping: priceMessage(p.Shipping),
		Variants: convert(p.Variants, func(v listing.Variant) *assayv1.Variant {
			return &assayv1.Variant{Name: v.Name, Price: priceMessage(v.Price), Gtin: v.GTIN}
		}),
		OriginCountry: p.OriginCountry, UnitCodes: p.UnitCodes,
		Images: convert(p.Images, func(i listing.Image) *assayv1.Image {
			return &assayv1.Image{Sha256: i.SHA256, Labels: i.Labels, PerceptualHash: i.PerceptualHash}
		}),
		ManufacturerParty: partyMessage(p.ManufacturerParty), EuResponsiblePerson: partyMessage(p.EUResponsiblePerson),
	}
	if p.PackQuantity != 0 {
		m.PackQuantity = &p.PackQuantity
	}
	if p.StockQuantity >= 0 {
		m.StockQuantity = &p.StockQuantity
	}
	if len(p.Attributes) > 0 {
		m.Attributes = make(map[string]string, len(p.Attributes))
		for _, a := range p.Attributes {
			m.Attributes[a.Key] = a.Value
		}
	}
	return m
}

// priceMessage makes a message of a price as it was given, impossible ones too.
func priceMessage(p listing.Price) *money.Money {
	if p.State == listing.NoPrice {
		return nil
	}
	return &money.Money{CurrencyCode: p.Currency, Units: p.Units, Nanos: p.Nanos}
}

func merchantMessage(v *listing.Merchant) *assayv1.Merchant {
	a, t := &v.Address, &v.EUTrader
	return &assayv1.Merchant{
		MerchantId: v.ID, LegalName: v.LegalName, Aliases: v.Aliases, ShopName: v.ShopName,
		ShopType: assayv1.ShopType(v.ShopType), Country: v.Country, RegistrationNumber: v.RegistrationNumber,
		Address: &assayv1.PostalAddress{Lines: a.Lines, PostalCode: a.PostalCode, Locality: a.Locality, Region: a.Region,
			Country: a.Country},
		Contact: contactMessage(v.Contact), VerifiedAt: momentMessage(v.VerifiedAt),
		TaxIdOnFile: factMessage(v.TaxID), BankAccountOnFile: factMessage(v.BankAccount),
		EuTrader: &assayv1.TraderInfo{TradeRegister: t.Register, TradeRegisterNumber: t.RegisterNumber,
			IdentityDocumentOnFile: factMessage(t.IdentityDocument), SelfCertified: factMessage(t.SelfCertified)},
		History:        historyMessage(&v.History),
		AgentCountries: v.AgentCountries,
	}
}

func historyMessage(h *listing.History) *assayv1.MerchantHistory {
	m := &assayv1.MerchantHistory{OpenedAt: momentMessage(h.OpenedAt), Gross_12M: priceMessage(h.Gross12M)}
	if h.Strikes >= 0 {
		m.Strikes = &h.Strikes
	}
	if h.Complaints >= 0 {
		m.Complaints = &h.Complaints
	}
	if h.Sales12M >= 0 {
		m.Sales_12M = &h.Sales12M
	}
	if h.Listings7D >= 0 {
		m.Listings_7D = &h.Listings7D
	}
	return m
}

func contactMessage(c listing.Contact) *assayv1.Contact {
	if c == (listing.Contact{}) {
		return nil
	}
	return &assayv1.Contact{Email: c.Email, Phone: c.Phone, Website: c.Website, Person: c.Person}
}

// momentMessage makes a message of a time; none of one that is not known.
func momentMessage(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}
