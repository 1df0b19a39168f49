package qualification

import (
	"fmt"
	"testing"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
)

// crowded is a book of many requirements for the same goods, and a submission with many papers of the right kind, all of which
// fail at the last rule.
func crowded(requirements, papers, markets int) (*rulebook.Book, *listing.Submission) {
	book := &rulebook.Book{Categories: rulebook.NewCategories(nil, nil, func(s string) string { return s }), Papers: rulebook.Papers{MinConfidence: 0.8}}
	for i := range requirements {
		book.Requirements = append(book.Requirements, rulebook.Requirement{Name: fmt.Sprintf("r%d", i), Title: check.Words{"en": "report"},
			Asked: rulebook.AskedOfListings, Names: []rulebook.PaperFor{rulebook.ForBrand, rulebook.ForMerchant},
			Papers: []rulebook.AcceptedPaper{{Types: []listing.DocumentType{listing.TestReport}, Schemes: []string{"EN 71-1", "GB 6675"},
				Accreditations: []string{"CNAS"}, ThirdParty: true, Passed: true, MaxAgeDays: 365, MinRemainingDays: 30}}})
	}
	s := &listing.Submission{ID: "s", AsOf: asOf, Merchant: listing.Merchant{LegalName: "Harbour Trading GmbH"}, Product: listing.Product{Brand: "Morning"}}
	for i := range markets {
		s.Markets = append(s.Markets, listing.Market([]byte{'A' + byte(i/26), 'A' + byte(i%26)}))
	}
	day := listing.Bound{State: listing.Day, Date: listing.Date{Year: 2026, Month: 10, Day: 1}}
	for i := range papers {
		s.Documents = append(s.Documents, listing.Document{ID: fmt.Sprintf("d%03d", i), Type: listing.TestReport, IssuedOn: day,
			Issuer: listing.Party{LegalName: fmt.Sprintf("Laboratory %d Ltd", i)}, Subject: listing.Party{LegalName: "Harbour Trading GmbH"},
			Brands: []listing.BrandGrant{{Text: "Morning"}}, Schemes: []string{"EN 71-10", "GB 6675.1-2014"},
			Accreditations: []listing.Accreditation{{Body: "DAkkS"}}, Outcome: listing.NotPassed})
	}
	return book, s
}

// stuff fills a document up to what the contract lets in.
func stuff(d *listing.Document) {
	d.Confidence = make(map[string]float32)
	for i := range 1000 {
		d.GTINs = append(d.GTINs, fmt.Sprintf("%014d", i*7919))
		d.Models = append(d.Models, fmt.Sprintf("model %d", i))
		if i < 100 {
			d.Categories = append(d.Categories, fmt.Sprintf("goods > of kind %d", i))
		}
		if i < 64 {
			d.Confidence[fmt.Sprintf("field_%d.part", i)] = 0.1
		}
		if i < 300 {
			d.Territories = append(d.Territories, " nowhere ")
		}
	}
}

// BenchmarkAdversarial is the worst that the contract lets in, and halves of it: ns/judgement is for one paper under one
// requirement in one market, and stays the same where work is linear in each.
func BenchmarkAdversarial(b *testing.B) {
	for _, n := range []struct{ requirements, papers, markets int }{{16, 64, 32}, {8, 64, 32}, {4, 64, 32}, {16, 32, 32}, {16, 16, 32}, {16, 64, 16}, {16, 64, 8}} {
		b.Run(fmt.Sprintf("requirements=%d/papers=%d/markets=%d", n.requirements, n.papers, n.markets), func(b *testing.B) {
			book, s := crowded(n.requirements, n.papers, n.markets)
			plan, err := check.NewPlan(New(book).Checker)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				plan.Run(b.Context(), s, nil)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n.requirements*n.papers*n.markets), "ns/judgement")
		})
	}
}

// BenchmarkStuffed is papers that are as long as the contract lets in: each is read once, whatever is asked.
func BenchmarkStuffed(b *testing.B) {
	for _, papers := range []int{64, 32, 16} {
		b.Run(fmt.Sprintf("papers=%d", papers), func(b *testing.B) {
			book, s := crowded(16, papers, 32)
			for i := range s.Documents {
				stuff(&s.Documents[i])
			}
			for i := range 100 {
				s.Product.Variants = append(s.Product.Variants, listing.Variant{GTIN: fmt.Sprintf("%013d", i)})
			}
			plan, err := check.NewPlan(New(book).Checker)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				plan.Run(b.Context(), s, nil)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*papers), "ns/paper")
		})
	}
}

// BenchmarkNothingAsked is a listing whose goods need nothing, under the rows of the tests.
func BenchmarkNothingAsked(b *testing.B) {
	plan, err := check.NewPlan(New(small(b)).Checker)
	if err != nil {
		b.Fatal(err)
	}
	s := &listing.Submission{ID: "s", AsOf: asOf, Markets: []listing.Market{"CN", "DE", "US"}, Product: listing.Product{Title: "t", Category: "Phones"}}
	s.Merchant.Country = "DE"
	for b.Loop() {
		plan.Run(b.Context(), s, nil)
	}
}
