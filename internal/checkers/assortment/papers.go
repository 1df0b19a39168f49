package assortment

import (
	"context"
	"fmt"
	"slices"

	"github.com/assay-project/assay/internal/assessment"
	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/authorization"
	"github.com/assay-project/assay/internal/listing"
)

// PapersName is the name of the checker of papers across listings.
const PapersName = "assortment-papers"

const papersDoc = `The same file or the same number of an issuer with different data, over the standing papers and those of all listings; and
the same file with listings of different merchants. Hashes are the caller's; nothing is remembered from one call to another.`

// The codes that the checker of papers reports.
const (
	DuplicateHash = "DOC_DUPLICATE_HASH"
	NumberReused  = "DOC_NUMBER_REUSED"
)

// maxRepeats bounds how many findings of one kind there are.
const maxRepeats = 16

// NewPapers makes the checker of papers across listings.
func NewPapers() *check.Checker[*subject] {
	return &check.Checker[*subject]{Name: PapersName, Doc: papersDoc, Version: "1", Lists: []string{"decisions.yaml"}, Skip: skipPapers,
		Run: func(_ context.Context, p *pass) error {
			repeats(p)
			shared(p)
			return nil
		}}
}

func skipPapers(s *subject) string {
	if len(s.Papers) < 2 {
		return "fewer than two papers"
	}
	return ""
}

// repeats reports papers that cannot all be what they say.
func repeats(p *pass) {
	documents := make([]*listing.Document, len(p.Subject.Papers))
	for i := range p.Subject.Papers {
		documents[i] = p.Subject.Papers[i].Document
	}
	found := authorization.Repeats(documents)
	for i := range found[:min(len(found), maxRepeats)] {
		r := &found[i]
		a, b := r.Documents[0], r.Documents[1]
		f := check.Finding{Code: DuplicateHash, Variant: "contradiction"}
		what := "are one and the same file"
		if r.Number != "" {
			f.Code, f.Variant, what = NumberReused, "", "bear the same number of the same issuer, "+clip(r.Number)+","
		}
		f.Facts = check.Facts{Document: documentPair(a, b), Has: r.Number}
		f.Message = fmt.Sprintf("Documents %s and %s %s and differ in %s: %q and %q. At most one of the two is what it says.", clip(a.ID), clip(b.ID), what, r.Field, r.Values[0], r.Values[1])
		f.Evidence = []check.Evidence{check.Document{ID: a.ID, Field: r.Field, Expected: r.Values[1], Actual: r.Values[0]},
			check.Document{ID: b.ID, Field: r.Field, Expected: r.Values[0], Actual: r.Values[1]}}
		p.Report(f)
	}
}

// documentPair names one document or two.
func documentPair(a, b *listing.Document) string {
	if a.ID == b.ID {
		return clip(a.ID)
	}
	return clip(a.ID) + ", " + clip(b.ID)
}

// shared reports files that came with listings of different merchants. Those who have the same number in the register are one, and
// who a merchant without merchant_id is, is not known.
func shared(p *pass) {
	owner := owners(p.Subject.Papers)
	first := make(map[string]*assessment.Paper)
	told := make(map[string]bool)
	for i := range p.Subject.Papers {
		d := &p.Subject.Papers[i]
		if d.SHA256 == "" || d.Merchant == "" || public(d.Type) {
			continue
		}
		before := first[d.SHA256]
		switch {
		case before == nil:
			first[d.SHA256] = d
		case owner[before.Merchant] != owner[d.Merchant] && !told[d.SHA256] && len(told) < maxRepeats:
			told[d.SHA256] = true
			p.Report(check.Finding{Code: DuplicateHash, Facts: check.Facts{Document: documentPair(before.Document, d.Document)},
				Message:  fmt.Sprintf("One file was given for merchant %s, as %s, and for merchant %s, as %s.", clip(before.Merchant), clip(before.ID), clip(d.Merchant), clip(d.ID)),
				Evidence: []check.Evidence{check.Document{ID: before.ID, Field: "sha256", Actual: d.SHA256}, check.Document{ID: d.ID, Field: "sha256", Actual: d.SHA256}}})
		}
	}
}

// owners is who stands behind each merchant: the number in the register, where there is exactly one, else the merchant.
func owners(papers []assessment.Paper) map[string]string {
	numbers := make(map[string][]string)
	for i := range papers {
		m, n := papers[i].Merchant, papers[i].RegistrationNumber
		if n != "" && !slices.Contains(numbers[m], n) {
			numbers[m] = append(numbers[m], n)
		}
	}
	owner := make(map[string]string)
	for i := range papers {
		m := papers[i].Merchant
		owner[m] = "merchant " + m
		if len(numbers[m]) == 1 {
			owner[m] = "number " + numbers[m][0]
		}
	}
	return owner
}

// public reports papers that anybody may have a copy of.
func public(t listing.DocumentType) bool {
	switch t {
	case listing.TrademarkCertificate, listing.TrademarkApplication, listing.TrademarkRenewal, listing.TestReport,
		listing.DeclarationOfConformity, listing.ConformityCertificate, listing.ProductRegistration, listing.SafetyDataSheet,
		listing.FactoryAudit, listing.ManagementCertificate: // of the maker, for all who sell its goods
		return true
	}
	return false
}
