package rulebook

import (
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	rulebookv1 "github.com/assay-project/assay/proto/assay/rulebook/v1"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
)

// A Requirement is one paper that goods of some categories need in some markets, whatever their brand; see the schema. Empty
// lists mean all.
type Requirement struct {
	At                 Position
	Name               string
	Title              check.Words
	Asked              Asked
	Names              []PaperFor // what the paper must name; the first says for what one is enough
	Categories, Except []string
	Markets            []listing.Market
	Countries          []string // where the merchant is established
	Conditions         []listing.Condition
	ShopTypes          []listing.ShopType
	Papers             []AcceptedPaper // any one of them does
	From, Until        time.Time       // UTC, closed-open; zero: no bound
	Citation           string
}

// An AcceptedPaper says which papers do; see the schema.
type AcceptedPaper struct {
	Types                 []listing.DocumentType
	Schemes               []string // one of them, or every one; empty: any
	EveryScheme           bool
	Accreditations        []string // one of them; empty: any or none
	Issuers               []string // empty: anybody
	Issuer                check.Words
	ThirdParty            bool
	Passed                bool
	MaxAgeDays            int // 0: any
	MinRemainingDays      int
	MinRemainingMandatory bool
	Lasting               bool
}

// Asked is where a requirement is asked for.
type Asked uint8

// Where, numbered as in the schema.
const (
	AskedUnknown Asked = iota
	AskedNowhere
	AskedOfMerchants
	AskedOfListings
)

// PaperFor is what a paper is for, and names.
type PaperFor uint8

// What papers name, numbered as in the schema.
const (
	ForUnknown PaperFor = iota
	ForMerchant
	ForManufacturer
	ForBrand
	ForProduct
	ForCategory
)

// parseRequirements reads requirements.yaml.
func (v *validator) parseRequirements(s *source) part {
	var f rulebookv1.RequirementsFile
	doc := v.decode(s, &f)
	requirements := make([]Requirement, len(f.Requirements))
	var references []reference
	for i, r := range f.Requirements {
		requirements[i] = doc.requirement(r)
		references = append(references, doc.references(r, "categories", categoryName, r.Categories)...)
		references = append(references, doc.references(r, "except", categoryName, r.Except)...)
	}
	s.rows = len(requirements)
	return func(d *draft) {
		for _, r := range f.Requirements {
			d.define(requirementName, r.Name, doc.field(r, "name"))
		}
		d.book.Requirements = requirements
		d.references = append(d.references, references...)
	}
}

func (d *document) requirement(r *rulebookv1.Requirement) Requirement {
	row := Requirement{At: d.at(r), Name: r.Name, Title: d.words(r, "title", r.Title), Asked: Asked(r.Asked), Categories: r.Categories,
		Except: r.Except, Markets: d.markets(r, "markets", r.Markets), Citation: r.Citation,
		Conditions: enumItems[listing.Condition](d, r, "conditions", r.Conditions),
		ShopTypes:  enumItems[listing.ShopType](d, r, "shop_types", r.ShopTypes),
		From:       d.instant(d.field(r, "from"), r.From), Until: d.instant(d.field(r, "until"), r.Until)}
	for _, country := range d.markets(r, "merchant_countries", r.MerchantCountries) {
		row.Countries = append(row.Countries, string(country))
	}
	row.Names = append([]PaperFor{PaperFor(r.Per)}, enumItems[PaperFor](d, r, "names", r.Names)...)
	for _, p := range r.Papers {
		row.Papers = append(row.Papers, d.acceptedPaper(p))
	}
	d.judgeRequirement(r, &row)
	return row
}

func (d *document) acceptedPaper(p *rulebookv1.AcceptedPaper) AcceptedPaper {
	paper := AcceptedPaper{Types: enumItems[listing.DocumentType](d, p, "types", p.Types), Schemes: p.Schemes, EveryScheme: p.EveryScheme,
		Accreditations: p.Accreditations, Issuers: p.Issuers, Issuer: d.words(p, "issuer", p.Issuer), ThirdParty: p.ThirdParty,
		Passed: p.Passed, MaxAgeDays: int(p.MaxAgeDays), MinRemainingDays: int(p.MinRemainingDays),
		MinRemainingMandatory: p.MinRemainingMandatory, Lasting: p.Lasting}
	for i, t := range p.Types {
		if provesNothing(t) {
			d.refuseAt(d.item(p, "types", i), "%s proves nothing", t)
		}
	}
	d.foldable(p, "schemes", p.Schemes)
	d.foldable(p, "accreditations", p.Accreditations)
	d.foldable(p, "issuers", p.Issuers)
	switch {
	case p.EveryScheme && len(p.Schemes) == 0:
		d.refuseAt(d.field(p, "every_scheme"), "every_scheme without schemes")
	case p.MinRemainingMandatory && p.MinRemainingDays == 0:
		d.refuseAt(d.field(p, "min_remaining_mandatory"), "min_remaining_mandatory without min_remaining_days")
	}
	return paper
}

// foldable refuses names of which nothing is left to be compared.
func (d *document) foldable(m proto.Message, field string, names []string) {
	for i, name := range names {
		if foldsAway(name) {
			d.refuseAt(d.item(m, field, i), "nothing in %q can be compared", name)
		}
	}
}

// judgeRequirement refuses a row that contradicts itself.
func (d *document) judgeRequirement(r *rulebookv1.Requirement, row *Requirement) {
	if r.Per == rulebookv1.PaperFor_PAPER_FOR_CATEGORY {
		d.refuseAt(d.field(r, "per"), "a paper is somebody's or something's: PAPER_FOR_CATEGORY is for names")
	}
	for i, n := range r.Names {
		if n == r.Per {
			d.refuseAt(d.item(r, "names", i), "%s is what it is per, which it must name in any case", n)
		}
	}
	if !row.From.IsZero() && !row.Until.IsZero() && !row.From.Before(row.Until) {
		d.refuseAt(d.field(r, "until"), "the requirement is never asked for: it ends at %s, and begins at %s", r.Until, r.From)
	}
	for i, path := range r.Except {
		if !(Category{Path: path}).Under(r.Categories) {
			d.refuseAt(d.item(r, "except", i), "the category %q is under none of the categories", path)
		}
	}
}

// words are texts by language, of which English must be one.
func (d *document) words(m proto.Message, field string, texts map[string]string) check.Words {
	for language, text := range texts {
		if strings.ContainsAny(text, "{}[]") {
			d.refuseAt(d.entry(m, field, language), "%s %q: braces and brackets have a meaning in messages", field, language)
		}
	}
	if len(texts) > 0 && texts["en"] == "" {
		d.refuseAt(d.field(m, field), `no %s in "en", which others fall back to`, field)
	}
	return texts
}

// markets are those of a list field.
func (d *document) markets(m proto.Message, field string, codes []string) []listing.Market {
	var markets []listing.Market
	for i, code := range codes {
		d.marketAt(d.item(m, field, i), code)
		markets = append(markets, listing.Market(code))
	}
	return markets
}
