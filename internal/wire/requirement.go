package wire

import (
	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/assay-project/assay/internal/listing"
)

// documentMessage makes a message of a document: one that was given, or one that is asked for and has just the fields
// that must hold.
func documentMessage(d listing.Document) *assayv1.Document {
	return &assayv1.Document{
		DocumentId: d.ID, Type: assayv1.DocumentType(d.Type), Sha256: d.SHA256, Language: d.Language, TranslationOf: d.TranslationOf,
		Dispute: disputeMessage(d.Dispute), ExtractionConfidence: d.Confidence, Issuer: partyMessage(d.Issuer), Subject: partyMessage(d.Subject),
		Effective: validityMessage(d.Effective), IssuedOn: dateOf(d.IssuedOn.Date), Territories: d.Territories,
		NiceClasses: d.NiceClasses, Categories: d.Categories, Gtins: d.GTINs,
		Brands: convert(d.Brands, func(b listing.BrandGrant) *assayv1.BrandGrant {
			return &assayv1.BrandGrant{Text: b.Text, RegistrationNumber: b.RegistrationNumber, Office: b.Office}
		}),
		Channels: d.Channels, Exclusivity: assayv1.Exclusivity(d.Exclusivity), MaySublicense: factMessage(d.MaySublicense),
		Signatures: convert(d.Signatures, func(s listing.Signature) *assayv1.Signature {
			return &assayv1.Signature{Party: s.Party, Kind: assayv1.SignatureKind(s.Kind), SignerName: s.SignerName, SignerTitle: s.Title,
				SignedOn: dateOf(s.SignedOn.Date)}
		}),
		Number: d.Number,
		Lines: convert(d.Lines, func(l listing.InvoiceLine) *assayv1.InvoiceLine {
			line := &assayv1.InvoiceLine{Description: l.Description, Brand: l.Brand, Gtin: l.GTIN, UnitPrice: priceMessage(l.UnitPrice)}
			if l.Quantity >= 0 {
				line.Quantity = &l.Quantity
			}
			return line
		}),
		Total: priceMessage(d.Total), Status: assayv1.DocumentStatus(d.Status), Tax: priceMessage(d.Tax), Charges: priceMessage(d.Charges),
		Discount: priceMessage(d.Discount), MediaType: d.MediaType, File: fileMessage(d.File),
		Schemes: d.Schemes, Outcome: assayv1.ReportOutcome(d.Outcome), Models: d.Models,
		Accreditations: convert(d.Accreditations, func(a listing.Accreditation) *assayv1.Accreditation {
			return &assayv1.Accreditation{Body: a.Body, Number: a.Number}
		}),
	}
}

func fileMessage(f listing.FileHistory) *assayv1.FileHistory {
	if f == (listing.FileHistory{}) {
		return nil
	}
	return &assayv1.FileHistory{Producer: f.Producer, CreatedAt: momentMessage(f.Created), ModifiedAt: momentMessage(f.Modified)}
}

func disputeMessage(d *listing.Dispute) *assayv1.Dispute {
	if d == nil {
		return nil
	}
	return &assayv1.Dispute{NoticeId: d.NoticeID, Complainant: d.Complainant, ReceivedAt: momentMessage(d.Received),
		CounteredAt: momentMessage(d.Countered), ForwardedAt: momentMessage(d.Forwarded), ClosedAt: momentMessage(d.Closed),
		State: assayv1.DisputeState(d.State)}
}

func partyMessage(p listing.Party) *assayv1.Party {
	if p.LegalName == "" && len(p.Aliases) == 0 && p.Country == "" && p.RegistrationNumber == "" && p.Address == "" &&
		p.Contact == (listing.Contact{}) && p.Kind == 0 {
		return nil
	}
	return &assayv1.Party{LegalName: p.LegalName, Aliases: p.Aliases, Country: p.Country,
		RegistrationNumber: p.RegistrationNumber, Address: p.Address, Contact: contactMessage(p.Contact), Kind: assayv1.PartyKind(p.Kind)}
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
