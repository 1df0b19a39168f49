package wire

import (
	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/assay-project/assay/internal/listing"
)

// documentMessage makes a message of a document that is asked for: just the fields that must hold.
func documentMessage(d listing.Document) *assayv1.Document {
	return &assayv1.Document{
		DocumentId: d.ID, Type: assayv1.DocumentType(d.Type), Issuer: partyMessage(d.Issuer), Subject: partyMessage(d.Subject),
		Effective: validityMessage(d.Effective), IssuedOn: dateOf(d.IssuedOn.Date), Territories: d.Territories,
		NiceClasses: d.NiceClasses, Categories: d.Categories, Gtins: d.GTINs,
		Brands: convert(d.Brands, func(b listing.BrandGrant) *assayv1.BrandGrant {
			return &assayv1.BrandGrant{Text: b.Text, RegistrationNumber: b.RegistrationNumber, Office: b.Office}
		}),
		Channels: d.Channels, Exclusivity: assayv1.Exclusivity(d.Exclusivity), MaySublicense: factMessage(d.MaySublicense),
		Signatures: convert(d.Signatures, func(s listing.Signature) *assayv1.Signature {
			return &assayv1.Signature{Party: s.Party, Kind: assayv1.SignatureKind(s.Kind), SignerName: s.SignerName, SignerTitle: s.Title}
		}),
		Number: d.Number,
		Lines: convert(d.Lines, func(l listing.InvoiceLine) *assayv1.InvoiceLine {
			line := &assayv1.InvoiceLine{Description: l.Description, Brand: l.Brand, Gtin: l.GTIN, UnitPrice: amount(l.UnitPrice.Money)}
			if l.Quantity >= 0 {
				line.Quantity = &l.Quantity
			}
			return line
		}),
		Total: amount(d.Total.Money), Status: assayv1.DocumentStatus(d.Status),
	}
}

func partyMessage(p listing.Party) *assayv1.Party {
	if p.LegalName == "" {
		return nil
	}
	return &assayv1.Party{LegalName: p.LegalName, Aliases: p.Aliases, Country: p.Country,
		RegistrationNumber: p.RegistrationNumber, Address: p.Address, Kind: assayv1.PartyKind(p.Kind)}
}

func validityMessage(v listing.Validity) *assayv1.Validity {
	if v == (listing.Validity{}) {
		return nil
	}
	m := &assayv1.Validity{Perpetual: v.Perpetual}
	switch v.Start.State {
	case listing.Instant:
		m.Start = &assayv1.Validity_StartTime{StartTime: timestamppb.New(v.Start.Time)}
	case listing.Day:
		m.Start = &assayv1.Validity_StartDate{StartDate: dateOf(v.Start.Date)}
	}
	switch v.End.State {
	case listing.Instant:
		m.End = &assayv1.Validity_EndTime{EndTime: timestamppb.New(v.End.Time)}
	case listing.Day:
		m.End = &assayv1.Validity_EndDate{EndDate: dateOf(v.End.Date)}
	}
	return m
}

func factMessage(k listing.Known) *bool {
	if k == listing.NotKnown {
		return nil
	}
	yes := k == listing.Yes
	return &yes
}
