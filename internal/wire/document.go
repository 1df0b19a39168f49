package wire

import (
	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/listing"
)

func (v *validator) documents(documents []*assayv1.Document) {
	if !v.count("documents", len(documents), maxDocuments) {
		return
	}
	for i, d := range documents {
		for _, earlier := range documents[:i] {
			if earlier.GetDocumentId() == d.GetDocumentId() {
				v.add("documents", "document_id %.40q is given twice", d.GetDocumentId())
				break
			}
		}
		v.pushItem("documents", i)
		v.document(d)
		v.pop()
	}
}

func (v *validator) document(d *assayv1.Document) {
	v.key("document_id", d.GetDocumentId(), maxID)
	v.enum("type", int32(d.GetType()), assayv1.DocumentType_name, true)
	v.sha256("sha256", d.GetSha256())
	v.party("issuer", d.GetIssuer())
	v.party("subject", d.GetSubject())
	v.maxBytes("language", d.GetLanguage(), 64)
	v.maxBytes("translation_of", d.GetTranslationOf(), maxID)
	if x := d.GetDispute(); x != nil {
		v.push("dispute")
		v.maxBytes("notice_id", x.GetNoticeId(), maxID)
		v.maxBytes("complainant", x.GetComplainant(), maxName)
		v.enum("state", int32(x.GetState()), assayv1.DisputeState_name, false)
		v.pop()
	}
	v.texts("territories", d.GetTerritories(), 300, 64)
	v.count("nice_classes", len(d.GetNiceClasses()), 45)
	v.texts("categories", d.GetCategories(), 100, maxName)
	v.texts("gtins", d.GetGtins(), 1000, 64)
	v.brands(d.GetBrands())
	v.texts("channels", d.GetChannels(), 50, 128)
	v.enum("exclusivity", int32(d.GetExclusivity()), assayv1.Exclusivity_name, false)
	v.signatures(d.GetSignatures())
	v.maxBytes("number", d.GetNumber(), 128)
	v.lines(d.GetLines())
	v.enum("status", int32(d.GetStatus()), assayv1.DocumentStatus_name, false)
	v.confidence(d.GetExtractionConfidence())
	v.maxBytes("media_type", d.GetMediaType(), 128)
	if f := d.GetFile(); f != nil {
		v.push("file")
		v.maxBytes("producer", f.GetProducer(), 256)
		v.pop()
	}
	v.texts("schemes", d.GetSchemes(), 50, 256)
	v.accreditations(d.GetAccreditations())
	v.enum("outcome", int32(d.GetOutcome()), assayv1.ReportOutcome_name, false)
	v.texts("models", d.GetModels(), 1000, 256)
}

func (v *validator) accreditations(accreditations []*assayv1.Accreditation) {
	if !v.count("accreditations", len(accreditations), 16) {
		return
	}
	for i, a := range accreditations {
		v.pushItem("accreditations", i)
		v.maxBytes("body", a.GetBody(), 128)
		v.maxBytes("number", a.GetNumber(), 128)
		v.pop()
	}
}

func (v *validator) brands(brands []*assayv1.BrandGrant) {
	if !v.count("brands", len(brands), 200) {
		return
	}
	for i, b := range brands {
		v.pushItem("brands", i)
		v.maxBytes("text", b.GetText(), maxName)
		v.maxBytes("registration_number", b.GetRegistrationNumber(), 128)
		v.maxBytes("office", b.GetOffice(), 64)
		v.pop()
	}
}

func (v *validator) signatures(signatures []*assayv1.Signature) {
	if !v.count("signatures", len(signatures), 32) {
		return
	}
	for i, s := range signatures {
		v.pushItem("signatures", i)
		v.maxBytes("party", s.GetParty(), maxName)
		v.enum("kind", int32(s.GetKind()), assayv1.SignatureKind_name, false)
		v.maxBytes("signer_name", s.GetSignerName(), 512)
		v.maxBytes("signer_title", s.GetSignerTitle(), 512)
		v.pop()
	}
}

func (v *validator) lines(lines []*assayv1.InvoiceLine) {
	if !v.count("lines", len(lines), 500) {
		return
	}
	for i, l := range lines {
		v.pushItem("lines", i)
		v.maxBytes("description", l.GetDescription(), 2048)
		v.maxBytes("brand", l.GetBrand(), maxName)
		v.maxBytes("gtin", l.GetGtin(), 64)
		v.pop()
	}
}

func (v *validator) confidence(m map[string]float32) {
	if !v.count("extraction_confidence", len(m), 64) {
		return
	}
	for field, confidence := range m {
		if len(field) > 128 || !(confidence >= 0 && confidence <= 1) {
			v.pushKey("extraction_confidence", cut(field, 128))
			v.add("", "keys must be at most 128 bytes, values from 0 to 1")
			v.pop()
		}
	}
}

func documents(messages []*assayv1.Document) []listing.Document {
	return convert(messages, document)
}

func document(d *assayv1.Document) listing.Document {
	return listing.Document{
		ID: d.GetDocumentId(), Type: listing.DocumentType(d.GetType()), SHA256: d.GetSha256(),
		Issuer: party(d.GetIssuer()), Subject: party(d.GetSubject()),
		Effective: validity(d.GetEffective()),
		Language:  d.GetLanguage(), TranslationOf: d.GetTranslationOf(), Dispute: dispute(d.GetDispute()),
		IssuedOn: day(d.GetIssuedOn()), Territories: d.GetTerritories(), NiceClasses: d.GetNiceClasses(),
		Categories: d.GetCategories(), GTINs: d.GetGtins(),
		Brands: convert(d.GetBrands(), func(b *assayv1.BrandGrant) listing.BrandGrant {
			return listing.BrandGrant{Text: b.GetText(), RegistrationNumber: b.GetRegistrationNumber(), Office: b.GetOffice()}
		}),
		Channels: d.GetChannels(), Exclusivity: listing.Exclusivity(d.GetExclusivity()),
		MaySublicense: known(d.MaySublicense),
		Signatures: convert(d.GetSignatures(), func(s *assayv1.Signature) listing.Signature {
			return listing.Signature{Party: s.GetParty(), Kind: listing.SignatureKind(s.GetKind()),
				SignerName: s.GetSignerName(), Title: s.GetSignerTitle(), SignedOn: day(s.GetSignedOn())}
		}),
		Number: d.GetNumber(), Lines: convert(d.GetLines(), invoiceLine), Total: price(d.GetTotal()),
		Status: listing.DocumentStatus(d.GetStatus()), Confidence: d.GetExtractionConfidence(),
		Tax: price(d.GetTax()), Charges: price(d.GetCharges()), Discount: price(d.GetDiscount()),
		MediaType: d.GetMediaType(),
		File: listing.FileHistory{Producer: d.GetFile().GetProducer(), Created: moment(d.GetFile().GetCreatedAt()),
			Modified: moment(d.GetFile().GetModifiedAt())},
		Schemes: d.GetSchemes(), Outcome: listing.ReportOutcome(d.GetOutcome()), Models: d.GetModels(),
		Accreditations: convert(d.GetAccreditations(), func(a *assayv1.Accreditation) listing.Accreditation {
			return listing.Accreditation{Body: a.GetBody(), Number: a.GetNumber()}
		}),
	}
}

func validity(m *assayv1.Validity) listing.Validity {
	v := listing.Validity{Start: instant(m.GetStartTime()), End: instant(m.GetEndTime()), Perpetual: m.GetPerpetual()}
	if m.GetStartDate() != nil {
		v.Start = day(m.GetStartDate())
	}
	if m.GetEndDate() != nil {
		v.End = day(m.GetEndDate())
	}
	return v
}

func dispute(d *assayv1.Dispute) *listing.Dispute {
	if d == nil {
		return nil
	}
	return &listing.Dispute{NoticeID: d.GetNoticeId(), Complainant: d.GetComplainant(), Received: moment(d.GetReceivedAt()),
		Countered: moment(d.GetCounteredAt()), Forwarded: moment(d.GetForwardedAt()), Closed: moment(d.GetClosedAt()),
		State: listing.DisputeState(d.GetState())}
}

func invoiceLine(l *assayv1.InvoiceLine) listing.InvoiceLine {
	line := listing.InvoiceLine{Description: l.GetDescription(), Brand: l.GetBrand(), GTIN: l.GetGtin(), Quantity: -1,
		UnitPrice: price(l.GetUnitPrice())}
	if l.Quantity != nil {
		line.Quantity = *l.Quantity
	}
	return line
}
