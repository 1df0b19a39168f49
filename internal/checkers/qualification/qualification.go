package qualification

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/text"
	"github.com/assay-project/assay/internal/verdict"
)

// Name is the checker's name.
const Name = "qualification"

const doc = `Whether the papers are there that goods of this kind need in these markets, whatever their brand: licences, inspection and
test reports, declarations, reviews by third parties.

What is needed stands in requirements.yaml. One paper that holds is enough; else the finding names what is wrong with the nearest
one, and the paper that would do.`

const listName = "requirements.yaml"

// lists are the files that answers rest on: categories and brands by any of their names, and what counts as read.
var lists = []string{listName, "categories.csv", "category_aliases.csv", "marks.jsonl", "packs.yaml", "wording.yaml"}

// Prefix is what codes that no other checker reports begin with: a book without requirements need not weigh them.
const Prefix = "QUAL_"

// The codes of this checker.
const (
	requiredMissing   = "QUAL_REQUIRED_MISSING"
	revoked           = "QUAL_REVOKED"
	disputed          = "QUAL_DISPUTED"
	expired           = "QUAL_EXPIRED"
	expiresSoon       = "QUAL_EXPIRES_SOON"
	notYetValid       = "QUAL_NOT_YET_VALID"
	tooOld            = "QUAL_TOO_OLD"
	selfIssued        = "QUAL_SELF_ISSUED"
	issuerNotAccepted = "QUAL_ISSUER_NOT_ACCEPTED"
	notAccredited     = "QUAL_ISSUER_NOT_ACCREDITED"
	otherStandard     = "QUAL_STANDARD_NOT_COVERED"
	notPassed         = "QUAL_NOT_PASSED"
	otherMerchant     = "QUAL_OTHER_MERCHANT"
	otherManufacturer = "QUAL_OTHER_MANUFACTURER"
	otherBrand        = "QUAL_OTHER_BRAND"
	otherProduct      = "QUAL_OTHER_PRODUCT"
	otherCategory     = "QUAL_OTHER_CATEGORY"
	otherMarket       = "QUAL_OTHER_MARKET"
	fieldMissing      = "QUAL_FIELD_MISSING"
	dateInvalid       = "DOC_DATE_INVALID"
	incomplete        = "QUAL_LISTING_INCOMPLETE"
	categoryUnknown   = "QUAL_CATEGORY_UNKNOWN"
)

// A Result is what the stage tells the verdict. It is not changed after the stage has ended.
type Result struct {
	// Needs are what the goods need papers for, requirements of merchants alone included.
	Needs []verdict.Need
	// ValidUntil is when the first of the papers that the listing's verdict rests on no longer does; zero: none of them ends.
	ValidUntil         time.Time
	ValidUntilDocument string // its id
}

// A checker is a book's requirements. It is immutable.
type checker struct {
	rows       []requirement
	categories *rulebook.Categories
	zones      listing.Zones
	confidence float32
	noBrands   map[string]bool   // folded words that name no brand
	brands     map[string]string // folded names of marks, by other folded names
}

func newChecker(book *rulebook.Book) *checker {
	c := &checker{categories: book.Categories, zones: book.Zones, confidence: book.Papers.MinConfidence}
	for i := range book.Requirements {
		if r := &book.Requirements[i]; r.Asked != rulebook.AskedNowhere {
			c.rows = append(c.rows, newRequirement(r))
		}
	}
	if len(c.rows) == 0 {
		return c
	}
	c.noBrands, c.brands = make(map[string]bool), make(map[string]string)
	for i := range book.Wording {
		if w := &book.Wording[i]; w.Kind == rulebook.GenericBrand {
			for _, phrase := range w.Phrases {
				c.noBrands[text.Key(phrase)] = true
			}
		}
	}
	for i := range book.Marks {
		for _, alias := range book.Marks[i].Aliases {
			if alias.Kind != rulebook.Coded {
				c.brands[text.Key(alias.Text)] = text.Key(book.Marks[i].Text)
			}
		}
	}
	return c
}

// brandKey is a brand as brands are compared: another name of a mark is the mark; empty: none, or none that can be told apart.
func (c *checker) brandKey(brand string) string {
	key := text.Key(brand)
	if c.noBrands[key] {
		return ""
	}
	if mark, ok := c.brands[key]; ok {
		return mark
	}
	return key
}

// New makes the stage of a book's requirements. Its result is nil where nothing is needed.
func New(book *rulebook.Book) *check.Stage[*listing.Submission, *Result] {
	c := newChecker(book)
	return check.NewStage(check.Checker[*listing.Submission]{Name: Name, Doc: doc, Version: "1", Lists: lists, Skip: c.skip},
		func(ctx context.Context, p *check.Pass[*listing.Submission]) (*Result, error) { return c.run(ctx, p) })
}

func (c *checker) skip(*listing.Submission) string {
	if len(c.rows) == 0 {
		return "the rulebook asks for no papers by kind of goods"
	}
	return ""
}

// maxDocuments is the contract's limit. It bounds the work; more are not looked at, and the outcome says so.
const maxDocuments = 64

// run judges every requirement that applies, and reports what listings are asked for.
func (c *checker) run(ctx context.Context, p *check.Pass[*listing.Submission]) (*Result, error) {
	q := c.newInquiry(p.Subject)
	r := &Result{}
	for i := range c.rows {
		markets := q.marketsOf(&c.rows[i])
		if len(markets) == 0 {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for _, a := range q.answers(&c.rows[i], markets) {
			r.add(p, &c.rows[i], a)
		}
	}
	if n := len(p.Subject.Documents); n > maxDocuments && len(r.Needs) > 0 {
		p.Degrade(fmt.Sprintf("only %d of %d documents were looked at", maxDocuments, n))
	}
	if unknown := q.unknown(); unknown != nil {
		r.add(p, nil, *unknown)
	}
	if len(r.Needs) == 0 {
		return nil, nil
	}
	return r, nil
}

// add takes what became of a requirement in some markets, and reports it where listings are asked.
func (r *Result) add(p *check.Pass[*listing.Submission], row *requirement, a answer) {
	r.Needs = append(r.Needs, a.Need)
	if !a.ofListings {
		return
	}
	for _, f := range a.Findings {
		p.Report(f)
	}
	if a.Met && !a.Until.IsZero() && (r.ValidUntil.IsZero() || a.Until.Before(r.ValidUntil)) {
		r.ValidUntil, r.ValidUntilDocument = a.Until, a.Document
	}
}

// An inquiry is what all questions about one submission share.
type inquiry struct {
	*checker
	*listing.Submission
	category rulebook.Category
	merchant whom
	maker    whom
	brand    string // folded; empty: not known
	product  goods
	papers   []paper // made when they are first needed
	read     bool
}

func (c *checker) newInquiry(s *listing.Submission) *inquiry {
	return &inquiry{checker: c, Submission: s, category: c.categories.Find(s.Product.Category)}
}

// marketsOf are the markets of the submission in which a requirement applies.
func (q *inquiry) marketsOf(r *requirement) []listing.Market {
	if !r.concerns(q.category) || !r.inForce(q.AsOf) || !r.asks(q.Submission) {
		return nil
	}
	return r.in(q.Markets)
}

// unknown tells that the category is not known, where some requirement of the markets is by category.
func (q *inquiry) unknown() *answer {
	if q.category.Path != "" {
		return nil
	}
	var markets []listing.Market
	ofListings := false
	for i := range q.rows {
		r := &q.rows[i]
		if len(r.Categories) == 0 || !r.inForce(q.AsOf) || !r.asks(q.Submission) {
			continue
		}
		in := r.in(q.Markets)
		markets = append(markets, in...)
		ofListings = ofListings || len(in) > 0 && r.ofListings()
	}
	if len(markets) == 0 {
		return nil
	}
	slices.Sort(markets)
	return q.categoryUnknown(slices.Compact(markets), ofListings)
}
