package authorization

import (
	"slices"
	"strings"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/party"
	"github.com/assay-project/assay/internal/text"
)

// A kind is what a document can do in a chain.
type kind uint8

const (
	idle        kind = iota // nothing
	certificate             // says who holds the mark
	application             // says who would like to
	assignment              // moves the mark to another holder
	affiliation             // makes one party count as another
	grant                   // lets another party use the mark: one level
	sale                    // shows that goods were bought
	worthless               // proves nothing, whatever a rulebook says
)

func kindOf(t listing.DocumentType) kind {
	switch t {
	case listing.TrademarkCertificate, listing.TrademarkRenewal:
		return certificate
	case listing.TrademarkApplication:
		return application
	case listing.Assignment:
		return assignment
	case listing.AffiliationProof:
		return affiliation
	case listing.LetterOfAuthorization, listing.SubAuthorization, listing.DistributionAgreement, listing.LicenseAgreement:
		return grant
	case listing.PurchaseInvoice, listing.SalesReceipt, listing.CustomsDeclaration:
		return sale
	case listing.ProFormaInvoice, listing.Quote, listing.OrderConfirmation, listing.SelfIssued:
		return worthless
	}
	return idle
}

// lasting reports whether documents of the kind state a fact that lasts, and not a term.
func (k kind) lasting() bool { return k == assignment || k == affiliation }

// A paper is a document, ready for comparison.
type paper struct {
	*listing.Document
	kind            kind
	issuer, subject party.Party
	brands          []string      // of Brands: folded texts
	numbers         []string      // of Brands, and the document's own: folded registration numbers
	signers         []party.Party // of Signatures, in their order
	threshold       float32       // extraction confidence under which a field counts as not extracted
}

// maxDocuments is the contract's limit. It bounds the work; more are not looked at, and the outcome says so.
const maxDocuments = 64

// newPapers prepares documents in the order of their ids, so that the order in which they were given changes nothing.
func newPapers(documents []listing.Document, threshold float32) []paper {
	papers := make([]paper, 0, len(documents))
	for i := range documents {
		papers = append(papers, newPaper(&documents[i], threshold))
	}
	slices.SortStableFunc(papers, func(a, b paper) int { return strings.Compare(a.ID, b.ID) })
	return papers[:min(len(papers), maxDocuments)]
}

func newPaper(d *listing.Document, threshold float32) paper {
	p := paper{Document: d, kind: kindOf(d.Type), issuer: party.Of(&d.Issuer), subject: party.Of(&d.Subject), threshold: threshold}
	for i := range d.Signatures {
		signer := p.issuer
		if by := d.Signatures[i].Party; by != d.Issuer.LegalName {
			signer = party.New(by, nil, "", "")
		}
		p.signers = append(p.signers, signer)
	}
	for _, b := range d.Brands {
		if key := text.Key(b.Text); key != "" {
			p.brands = append(p.brands, key)
		}
		if key := text.Key(b.RegistrationNumber); key != "" {
			p.numbers = append(p.numbers, key)
		}
	}
	if key := text.Key(d.Number); key != "" && (p.kind == certificate || p.kind == application) {
		p.numbers = append(p.numbers, key)
	}
	return p
}

// minNumber is the shortest registration number that identifies a mark.
const minNumber = 4

// names reports whether the paper names the mark, by text or by registration number.
func (p *paper) names(m *gatedMark) bool {
	if slices.ContainsFunc(p.brands, m.isName) {
		return true
	}
	return len(m.number) >= minNumber && slices.Contains(p.numbers, m.number)
}

// concerns reports whether the paper may be about the mark: it names it, it names none (its brands were not extracted),
// or it is about companies alone.
func (p *paper) concerns(m *gatedMark) bool {
	return p.kind == affiliation || len(p.brands)+len(p.numbers) == 0 || p.names(m)
}

// title is the paper for messages: "letter of authorization L-17".
func (p *paper) title() string { return p.Type.String() + " " + party.Shorten(p.ID) }

// sure reports whether the caller is sure of all it extracted of some fields.
func (p *paper) sure(fields ...string) bool {
	for field, confidence := range p.Confidence {
		base, _, _ := strings.Cut(field, ".")
		if confidence < p.threshold && slices.Contains(fields, base) {
			return false
		}
	}
	return true
}

// lacks reports whether the caller looked for a field that is not set, and is sure that the paper does not have it.
func (p *paper) lacks(field string) bool {
	confidence, named := p.Confidence[field]
	return named && confidence >= p.threshold
}
