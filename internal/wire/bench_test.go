package wire_test

import (
	"testing"
	"time"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/money"

	"github.com/assay-project/assay/internal/wire"
)

// BenchmarkSubmission turns an ordinary message with two documents into a value.
func BenchmarkSubmission(b *testing.B) {
	m := &assayv1.Submission{SubmissionId: "s-1", Markets: []string{"US"},
		Merchant: &assayv1.Merchant{MerchantId: "m-1", LegalName: "Willow and Wren Trading LLC", ShopName: "Willow and Wren", Country: "US"},
		Product: &assayv1.Product{Title: "Washable dog bed with raised edge", Description: "A bed for dogs that keeps its shape.",
			Bullets: []string{"Foam base", "Rubber dots"}, Attributes: map[string]string{"Colour": "grey", "Material": "polyester", "Pet": "dog"},
			Brand: "Willow", Category: "Animals & Pet Supplies", Price: &money.Money{CurrencyCode: "USD", Units: 26, Nanos: 99e7},
			Images: []*assayv1.Image{{}}},
		Documents: []*assayv1.Document{
			{DocumentId: "d-1", Type: assayv1.DocumentType_DOCUMENT_TYPE_PURCHASE_INVOICE, Issuer: &assayv1.Party{LegalName: "Ningbo Soft Home"},
				Subject: &assayv1.Party{LegalName: "Willow and Wren Trading LLC"}, IssuedOn: &date.Date{Year: 2026, Month: 2, Day: 11},
				Lines: []*assayv1.InvoiceLine{{Description: "Dog bed"}, {Description: "Spare cover"}}, Total: &money.Money{CurrencyCode: "USD", Units: 2180}},
			{DocumentId: "d-2", Type: assayv1.DocumentType_DOCUMENT_TYPE_TEST_REPORT, IssuedOn: &date.Date{Year: 2025, Month: 11, Day: 3}},
		}}
	now := time.Unix(1.7e9, 0)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := wire.Submission(m, now); err != nil {
			b.Fatal(err)
		}
	}
}
