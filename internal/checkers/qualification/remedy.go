package qualification

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/party"
	"github.com/assay-project/assay/internal/rulebook"
)

// maxProposals is how many papers a remedy names at most.
const maxProposals = 4

// remedies is the paper that would do in a group of markets. One is proposed only after it was tried: with it among the documents
// the requirement is satisfied in all of them, without a remark.
func (q *inquiry) remedies(r *requirement, g *group) []check.Remedy {
	var working []listing.Document
	var words []string
	for _, a := range q.preferred(r, g) {
		for _, t := range a.Types {
			if len(working) == maxProposals {
				break
			}
			if d := q.wanted(a, t, g); q.satisfies(r, a, &d, g) {
				working, words = append(working, d), append(words, q.describe(r, a, &d, g))
			}
		}
	}
	if len(working) == 0 {
		reason := "Look at what is given for this: no paper that a program could ask for would do."
		return []check.Remedy{{Text: reason, Fix: check.RequestReview{Reason: reason}}}
	}
	text := "Give: " + words[0] + "."
	if len(words) > 1 {
		text += " Or: " + strings.Join(words[1:], "; or ") + "."
	}
	return []check.Remedy{{Text: text, Fix: check.ProvideDocument{Requirement: working[0], Alternatives: working[1:]}}}
}

// preferred are the accepted kinds of paper, that of the nearest paper first.
func (q *inquiry) preferred(r *requirement, g *group) []*accepted {
	var all []*accepted
	if g.paper != nil {
		all = append(all, g.accepted)
	}
	for i := range r.papers {
		if a := &r.papers[i]; !slices.Contains(all, a) {
			all = append(all, a)
		}
	}
	return all
}

// satisfies tries a paper.
func (q *inquiry) satisfies(r *requirement, a *accepted, d *listing.Document, g *group) bool {
	p := q.newPaper(d)
	c := q.candidate(r, a, g.names, &p)
	for _, m := range g.markets {
		if _, sum := c.in(m); !sum.holds() || sum.notes > 0 {
			return false
		}
	}
	return true
}

// wanted is a paper of a kind with just what must hold.
func (q *inquiry) wanted(a *accepted, t listing.DocumentType, g *group) listing.Document {
	d := listing.Document{Type: t}
	if len(a.Issuers) > 0 {
		d.Issuer.LegalName = a.Issuers[0]
	} else if d.Issuer.LegalName = a.Issuer.In("en"); d.Issuer.LegalName == "" && a.ThirdParty {
		d.Issuer.LegalName = "a third party"
	}
	if len(a.Accreditations) > 0 {
		d.Accreditations = []listing.Accreditation{{Body: a.Accreditations[0]}}
	}
	if d.Schemes = a.Schemes; !a.EveryScheme {
		d.Schemes = a.Schemes[:min(len(a.Schemes), 1)]
	}
	if a.Passed {
		d.Outcome = listing.Passed
	}
	for _, n := range g.names {
		q.name(&d, n)
	}
	q.date(&d, a, g.markets)
	return d
}

// name puts in what a paper must name.
func (q *inquiry) name(d *listing.Document, n rulebook.PaperFor) {
	p := &q.Product
	switch n {
	case rulebook.ForMerchant:
		d.Subject = q.merchant.as
	case rulebook.ForManufacturer:
		d.Subject = q.maker.as
	case rulebook.ForBrand:
		d.Brands = []listing.BrandGrant{{Text: p.Brand}}
	case rulebook.ForCategory:
		d.Categories = []string{q.category.Path}
	case rulebook.ForProduct:
		if code := productGTIN(p); code != "" {
			d.GTINs = []string{code}
		} else {
			d.Models = []string{productModel(p)}
		}
	}
}

// productGTIN is the product's own, or that of the first variant that has one.
func productGTIN(p *listing.Product) string {
	for _, code := range append([]string{p.GTIN}, variantGTINs(p)...) {
		if strings.TrimSpace(code) != "" {
			return code
		}
	}
	return ""
}

// productModel is what a paper calls a product that has no GTIN.
func productModel(p *listing.Product) string {
	if strings.TrimSpace(p.Model) != "" {
		return p.Model
	}
	return p.MPN
}

// date puts in a day of issue and a term, as far as some are asked for: from today for as long as it takes, and a day at least.
func (q *inquiry) date(d *listing.Document, a *accepted, markets []listing.Market) {
	first, last := q.zones.Days(q.AsOf, markets)
	if a.MaxAgeDays > 0 {
		d.IssuedOn = listing.Bound{State: listing.Day, Date: first}
	}
	lasting := (&question{accepted: a}).lasts(&paper{Document: d})
	if lasting && a.MinRemainingDays == 0 {
		return
	}
	end := listing.DateOf(last.Start(time.UTC).AddDate(0, 0, max(1, a.MinRemainingDays)))
	d.Effective = listing.Validity{Start: listing.Bound{State: listing.Day, Date: first}, End: listing.Bound{State: listing.Day, Date: end}}
	if !end.Exists() {
		d.Effective.End, d.Effective.Perpetual = listing.Bound{}, true
	}
}

// describe is a paper that would do, in words: what it is, who issues it to whom, on what, and how long it holds.
func (q *inquiry) describe(r *requirement, a *accepted, d *listing.Document, g *group) string {
	words := d.Type.String()
	if title := r.Title.In("en"); !strings.EqualFold(title, words) {
		words = title + " (" + words + ")"
	}
	for _, part := range []struct{ before, words string }{
		{", issued by ", issuerWords(a)}, {", to ", q.to(g.names)},
		{", for ", q.naming(g.names)}, {", under ", schemeWords(a)},
	} {
		if part.words != "" {
			words += part.before + part.words
		}
	}
	if a.Passed {
		words += ", passed"
	}
	if a.MaxAgeDays > 0 {
		words += fmt.Sprintf(", at most %d days old", a.MaxAgeDays)
	}
	if a.MinRemainingDays > 0 && d.Effective.End.State == listing.Day {
		words += ", valid until " + d.Effective.End.Date.String() + " at least"
	}
	return words
}

// issuerWords say who issues a paper, and by what right.
func issuerWords(a *accepted) string {
	words := a.Issuer.In("en")
	switch {
	case words != "":
	case len(a.Issuers) > 0:
		words = choice(a.Issuers)
	case a.ThirdParty:
		words = "a third party"
	case len(a.Accreditations) > 0:
		words = "a body"
	}
	if len(a.Accreditations) > 0 {
		words += " accredited by " + choice(a.Accreditations)
	}
	return words
}

func schemeWords(a *accepted) string {
	if a.EveryScheme {
		return strings.Join(a.Schemes, " and ")
	}
	return choice(a.Schemes)
}

// maxChoice is how many of several names, of which one is enough, a message has.
const maxChoice = 3

func choice(names []string) string {
	words := strings.Join(names[:min(len(names), maxChoice)], " or ")
	if more := len(names) - maxChoice; more > 0 {
		words += fmt.Sprintf(" or one of %d more", more)
	}
	return words
}

// naming is what a paper must name besides whom it is issued to.
func (q *inquiry) naming(names []rulebook.PaperFor) string {
	var words []string
	for _, n := range names {
		switch n {
		case rulebook.ForBrand:
			words = append(words, "the brand "+party.Shorten(q.Product.Brand))
		case rulebook.ForProduct:
			words = append(words, "the product "+q.productShown())
		case rulebook.ForCategory:
			words = append(words, party.Shorten(q.category.Path))
		}
	}
	return strings.Join(words, ", ")
}
