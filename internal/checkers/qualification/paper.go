package qualification

import (
	"slices"
	"strings"

	"github.com/assay-project/assay/internal/checkers/authorization"
	"github.com/assay-project/assay/internal/checkers/identity"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/party"
	"github.com/assay-project/assay/internal/text"
)

// A paper is a document, ready for comparison.
type paper struct {
	*listing.Document
	issuer, subject party.Party
	brands          []string   // folded
	gtins           []string   // of 14 digits; of lines too
	models          []string   // folded
	schemes         [][]string // tokens of each
	accreditations  []string   // folded bodies
	byMerchant      party.Closeness
	ofMerchant      party.Closeness
	ofMaker         party.Closeness
	bySubject       party.Closeness
	names           bool // it names the product
	goods           coverage
	covers          []listing.Market // of the submission's, where it states territories
	unsure          []string         // fields that were hardly readable
}

// coverage is whether the categories that a paper states hold those of the goods.
type coverage uint8

const (
	noneStated coverage = iota
	covered
	perhaps // some are in words that the rulebook does not know
	others
)

// A whom is a party of the submission, and whether papers can be compared with it.
type whom struct {
	party.Party
	as listing.Party
}

func (q *inquiry) prepare() {
	if q.read {
		return
	}
	q.read = true
	m, p := &q.Merchant, &q.Product
	q.merchant = whom{party.OfMerchant(m), listing.Party{LegalName: m.LegalName, Country: m.Country, RegistrationNumber: m.RegistrationNumber}}
	q.maker.as = p.ManufacturerParty
	if strings.TrimSpace(q.maker.as.LegalName) == "" {
		q.maker.as.LegalName = p.Manufacturer
	}
	q.maker.Party = party.Of(&q.maker.as)
	q.brand = q.brandKey(p.Brand)
	q.product = q.goods()
	q.papers = q.newPapers()
}

// newPapers prepares the documents in the order of their ids, so that the order in which they were given changes nothing. One that
// the caller rejected proves nothing.
func (q *inquiry) newPapers() []paper {
	documents := make([]*listing.Document, 0, len(q.Documents))
	for i := range q.Documents {
		documents = append(documents, &q.Documents[i])
	}
	slices.SortStableFunc(documents, func(a, b *listing.Document) int { return strings.Compare(a.ID, b.ID) })
	var papers []paper
	for _, d := range documents[:min(len(documents), maxDocuments)] {
		if d.Status != listing.Refused && q.accepts(d.Type) {
			papers = append(papers, q.newPaper(d))
		}
	}
	return papers
}

// accepts reports whether any requirement takes papers of a type.
func (c *checker) accepts(t listing.DocumentType) bool {
	for i := range c.rows {
		for j := range c.rows[i].papers {
			if slices.Contains(c.rows[i].papers[j].Types, t) {
				return true
			}
		}
	}
	return false
}

func (q *inquiry) newPaper(d *listing.Document) paper {
	p := paper{Document: d, issuer: party.Of(&d.Issuer), subject: party.Of(&d.Subject), models: keys(d.Models)}
	for i := range d.Brands {
		if key := q.brandKey(d.Brands[i].Text); key != "" {
			p.brands = append(p.brands, key)
		}
	}
	for _, code := range d.GTINs {
		p.gtins = append(p.gtins, gtinKey(code))
	}
	for i := range d.Lines {
		if code := d.Lines[i].GTIN; code != "" {
			p.gtins = append(p.gtins, gtinKey(code))
		}
	}
	for _, s := range d.Schemes {
		if tokens := schemeTokens(s); len(tokens) > 0 {
			p.schemes = append(p.schemes, tokens)
		}
	}
	for i := range d.Accreditations {
		if key := text.Key(d.Accreditations[i].Body); key != "" {
			p.accreditations = append(p.accreditations, key)
		}
	}
	p.names, p.goods = q.named(&p), q.coverage(d.Categories)
	if len(d.Territories) > 0 {
		p.covers = authorization.Covered(d.Territories, q.Markets)
	}
	p.unsure = authorization.Unsure(d, q.confidence)
	p.byMerchant = party.Match(&p.issuer, &q.merchant.Party)
	p.ofMerchant = party.Match(&p.subject, &q.merchant.Party)
	p.ofMaker = party.Match(&p.subject, &q.maker.Party)
	p.bySubject = party.Match(&p.issuer, &p.subject)
	return p
}

// coverage tells whether the categories of a paper hold those of the goods.
func (q *inquiry) coverage(categories []string) coverage {
	if len(categories) == 0 || q.category.Path == "" {
		return noneStated
	}
	found := others
	for _, name := range categories {
		category := q.categories.Find(name)
		switch {
		case category.Path == "":
			found = perhaps
		case q.category.Under([]string{category.Path}):
			return covered
		}
	}
	return found
}

// gtinKey is a GTIN of any length as one of 14 digits; one that is none is its letters.
func gtinKey(code string) string {
	if key, ok := identity.ReadGTIN(code); ok {
		return key
	}
	return text.Key(code)
}

func keys(texts []string) []string {
	var all []string
	for _, t := range texts {
		if key := text.Key(t); key != "" {
			all = append(all, key)
		}
	}
	return all
}

// title is the paper for messages: "test report T-17".
func (p *paper) title() string { return p.Type.String() + " " + party.Shorten(p.ID) }

// goods are how a product is told from others: by its GTINs, or by its model or part number.
type goods struct {
	gtins  []string // of 14 digits, sorted; of variants too
	models []string // folded
}

func (q *inquiry) goods() goods {
	p := &q.Product
	g := goods{models: keys([]string{p.Model, p.MPN})}
	for _, code := range append([]string{p.GTIN}, variantGTINs(p)...) {
		if key := gtinKey(code); key != "" {
			g.gtins = append(g.gtins, key)
		}
	}
	slices.Sort(g.gtins)
	g.gtins = slices.Compact(g.gtins)
	return g
}

func variantGTINs(p *listing.Product) []string {
	var codes []string
	for i := range p.Variants {
		codes = append(codes, p.Variants[i].GTIN)
	}
	return codes
}

// known reports whether the product can be told from others.
func (g *goods) known() bool { return len(g.gtins)+len(g.models) > 0 }

// sharesAny reports whether two lists have a text in common.
func sharesAny(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

// named tells whether a paper names the product: by a GTIN, or by a model of a brand that is not another one.
func (q *inquiry) named(p *paper) bool {
	for _, code := range p.gtins {
		if _, found := slices.BinarySearch(q.product.gtins, code); found {
			return true
		}
	}
	otherBrand := q.brand != "" && len(p.brands) > 0 && !slices.Contains(p.brands, q.brand)
	return !otherBrand && sharesAny(q.product.models, p.models)
}
