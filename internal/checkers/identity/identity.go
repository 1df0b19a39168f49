package identity

import (
	"context"
	"fmt"
	"strings"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/trademark"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
)

// Name is the checker's name.
const Name = "identity"

// The codes that the checker reports.
const (
	GTINChecksum        = "ID_GTIN_CHECKSUM"
	GTINRestrictedRange = "ID_GTIN_RESTRICTED_RANGE"
	GTINBrandMismatch   = "ID_GTIN_BRAND_MISMATCH"
	SerialFormat        = "ID_SERIAL_FORMAT"
	SerialGTINMismatch  = "ID_SERIAL_GTIN_MISMATCH"
	SerialDuplicate     = "ID_SERIAL_DUPLICATE"
)

const doc = `Product codes (GTIN) with a wrong check digit, of a range that no product may bear, or of another brand's
company; codes of single units that are malformed, stand twice, or belong to another product. Nothing is looked up.`

// maxShown bounds the places that one finding points at.
const maxShown = 16

type pass = check.Pass[*listing.Submission]

// A checker is what a book knows of codes, compiled. It is immutable.
type checker struct {
	categories *rulebook.Categories
	marks      *check.Stage[*listing.Submission, *trademark.Result]
	owners     map[string]*rulebook.Mark // by company prefix: the one mark of the book's own list that has it; nil: several have
}

// New compiles the checker. Company prefixes of marks in marks.bin count where the goods bear the mark; whose a foreign
// prefix is, is told from marks.jsonl alone.
func New(book *rulebook.Book, marks *check.Stage[*listing.Submission, *trademark.Result]) *check.Checker[*listing.Submission] {
	c := &checker{categories: book.Categories, marks: marks, owners: make(map[string]*rulebook.Mark)}
	for i := range book.Marks {
		m := &book.Marks[i]
		for _, prefix := range m.CompanyPrefixes {
			if _, taken := c.owners[prefix]; taken {
				m = nil
			}
			c.owners[prefix] = m
		}
	}
	return &check.Checker[*listing.Submission]{Name: Name, Doc: doc, Version: "1", Lists: []string{"marks.jsonl", "categories.csv"},
		Requires: []*check.Checker[*listing.Submission]{marks.Checker}, Skip: skip, Run: c.run}
}

func skip(s *listing.Submission) string {
	if s.Product.GTIN != "" || len(s.Product.UnitCodes) > 0 {
		return ""
	}
	for i := range s.Product.Variants {
		if s.Product.Variants[i].GTIN != "" {
			return ""
		}
	}
	return "no product code and no unit code"
}

func (c *checker) run(_ context.Context, p *pass) error {
	codes := c.gtins(p)
	c.units(p, codes)
	return nil
}

// A place is a code where it stands.
type place struct {
	field listing.Field
	text  string
}

// gtins judges the product's codes and those of its variants, and returns the good ones in 14 digits.
func (c *checker) gtins(p *pass) (good []string) {
	var wrong, kept []place
	what := ""
	category := c.categories.Find(p.Subject.Product.Category).Path
	for _, at := range productCodes(&p.Subject.Product) {
		code, ok := gtin14(at.text)
		if !ok {
			wrong = append(wrong, at)
			continue
		}
		good = append(good, code)
		if reason := reservedFor(code, category); reason != "" {
			kept, what = append(kept, at), reason
			continue
		}
		c.owner(p, at, code)
	}
	report(p, GTINChecksum, wrong, "%s no GTIN: its length or check digit is wrong.", "%s no GTINs: their length or check digit is wrong.")
	report(p, GTINRestrictedRange, kept, "%s of a range kept for "+what+".", "%s of ranges kept for "+what+" or the like.")
	return good
}

func productCodes(product *listing.Product) []place {
	var all []place
	if product.GTIN != "" {
		all = append(all, place{listing.Field{Kind: listing.GTINField}, product.GTIN})
	}
	for i := range product.Variants {
		if code := product.Variants[i].GTIN; code != "" {
			all = append(all, place{listing.Field{Kind: listing.VariantGTINField, Index: i}, code})
		}
	}
	return all
}

// owner compares whose company prefix a code has with the brand that the goods bear, as far as the book knows both.
func (c *checker) owner(p *pass, at place, code string) {
	found := c.marks.Result(p)
	if found == nil || strings.HasPrefix(code, "000000") {
		return // a GTIN-8 has no company prefix
	}
	var own *rulebook.Mark
	for i := range found.Mentions {
		if m := &found.Mentions[i]; m.Role == check.OwnBrand {
			if hasPrefix(code[1:], m.Mark.CompanyPrefixes) {
				return
			}
			if own == nil {
				own = m.Mark
			}
		}
	}
	if own == nil {
		return
	}
	other := c.ownerOf(code[1:])
	switch {
	case other != nil && other.Holder != "" && other.Holder == own.Holder:
	case other != nil:
		c.mismatch(p, at, own, fmt.Sprintf("has the company prefix of %s", other.Text))
	case len(own.CompanyPrefixes) > 0:
		c.mismatch(p, at, own, "has none of the company prefixes of its holder")
	}
}

// ownerOf is the mark with the longest prefix of a code of 13 digits.
func (c *checker) ownerOf(code string) *rulebook.Mark {
	for n := len(code) - 1; n > 0; n-- {
		if m := c.owners[code[:n]]; m != nil {
			return m
		}
	}
	return nil
}

func (c *checker) mismatch(p *pass, at place, own *rulebook.Mark, why string) {
	p.Report(check.Finding{Code: GTINBrandMismatch, Evidence: []check.Evidence{at.span(own)}, Words: at.text, Mark: own.Text,
		Message: fmt.Sprintf("The goods are offered as %s; product code %s %s.", own.Text, at.text, why)})
}

func (at place) span(m *rulebook.Mark) check.TextSpan {
	span := check.TextSpan{Field: at.field, End: len(at.text), Surface: check.Surface(at.text, 0, len(at.text))}
	if m != nil {
		span.MarkID, span.Canonical = m.ID, m.Text
	}
	return span
}

// units judges the codes of single units against each other and the product's good codes.
func (c *checker) units(p *pass, codes []string) {
	product := make(map[string]bool, len(codes))
	for _, code := range codes {
		product[code] = true
	}
	var malformed, foreign, twice []place
	seen := make(map[unit]bool, len(p.Subject.Product.UnitCodes))
	for i, text := range p.Subject.Product.UnitCodes {
		at := place{listing.Field{Kind: listing.UnitCodeField, Index: i}, text}
		u, ok := unitOf(text)
		switch {
		case !ok:
			malformed = append(malformed, at)
		case seen[u]:
			twice = append(twice, at)
		case u.gtin != "" && len(product) > 0 && !product[u.gtin]:
			foreign = append(foreign, at)
		}
		seen[u] = ok || seen[u]
	}
	report(p, SerialFormat, malformed, "Unit code %s of no scheme that is known: GS1 element string or Digital Link, EPC URN, Transparency, serial of 7 to 20 letters and digits.",
		"Unit codes %s of no scheme that is known: GS1 element string or Digital Link, EPC URN, Transparency, serial of 7 to 20 letters and digits.")
	report(p, SerialGTINMismatch, foreign, "Unit code %s of another product: the GTIN in it is none of this listing's.",
		"Unit codes %s of another product: the GTIN in them is none of this listing's.")
	report(p, SerialDuplicate, twice, "Unit code %s given twice.", "Unit codes %s given more than once.")
}

// report files one finding about all places; the message names the first few.
func report(p *pass, code string, places []place, one, many string) {
	if len(places) == 0 {
		return
	}
	f := check.Finding{Code: code, Words: places[0].text}
	for _, at := range places[:min(len(places), maxShown)] {
		f.Evidence = append(f.Evidence, at.span(nil))
	}
	f.Message = fmt.Sprintf(one, check.Surface(places[0].text, 0, len(places[0].text))+" is")
	if len(places) > 1 {
		f.Message = fmt.Sprintf(many, listed(places)+" are")
	}
	p.Report(f)
}

// listed names a few places and counts the rest.
func listed(places []place) string {
	const few = 3
	var names []string
	for _, at := range places[:min(len(places), few)] {
		names = append(names, check.Surface(at.text, 0, min(len(at.text), 64)))
	}
	text := strings.Join(names, ", ")
	if more := len(places) - few; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
