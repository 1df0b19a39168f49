package engine

import (
	"time"

	"github.com/assay-project/assay/internal/assessment"
	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/assortment"
	"github.com/assay-project/assay/internal/checkers/authorization"
	"github.com/assay-project/assay/internal/checkers/identity"
	"github.com/assay-project/assay/internal/checkers/merchant"
	"github.com/assay-project/assay/internal/checkers/orders"
	"github.com/assay-project/assay/internal/checkers/price"
	"github.com/assay-project/assay/internal/checkers/qualification"
	"github.com/assay-project/assay/internal/checkers/remote"
	"github.com/assay-project/assay/internal/checkers/rule"
	"github.com/assay-project/assay/internal/checkers/trademark"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/verdict"
)

// checkers are the product's checkers, compiled from one book.
type checkers struct {
	marks  *check.Stage[*listing.Submission, *trademark.Result]
	codes  *check.Checker[*listing.Submission]
	price  *price.Checker
	papers *check.Stage[*listing.Submission, *authorization.Result]
	kinds  *check.Stage[*listing.Submission, *qualification.Result]
	orders *check.Stage[*listing.Submission, *orders.Result]
	others []*remote.Checker
	rules  []*check.Checker[*listing.Submission]

	merchant   *check.Stage[*assessment.Subject, merchant.Result]
	qualified  *check.Stage[*assessment.Subject, qualification.MerchantResult]
	ofMerchant []*check.Checker[*assessment.Subject] // all that look at merchants
}

// compile makes the checkers of a book; the outside ones have connections of the pool, if there is one.
func compile(book *rulebook.Book, pool *remote.Pool) (checkers, error) {
	marks, err := trademark.New(book)
	if err != nil {
		return checkers{}, err
	}
	c := checkers{marks: marks, codes: identity.New(book, marks), papers: authorization.New(book, marks), kinds: qualification.New(book)}
	if c.price, err = price.New(book, c.brandOf, marks.Checker); err != nil {
		return checkers{}, err
	}
	if c.orders, err = orders.New(book, marks); err != nil {
		return checkers{}, err
	}
	c.rules, err = rule.New(book, rule.Inputs{
		Mentions: c.mentions, MentionsAfter: []*check.Checker[*listing.Submission]{marks.Checker, c.papers.Checker},
		Price: c.price.Beside, PriceAfter: []*check.Checker[*listing.Submission]{marks.Checker, c.price.Checker}})
	for _, row := range book.Remotes {
		c.others = append(c.others, remote.New(row, pool, marks))
	}
	c.merchant, c.qualified = merchant.New(book), qualification.NewMerchant(book)
	c.ofMerchant = []*check.Checker[*assessment.Subject]{
		c.merchant.Checker,        // what the markets' laws make a platform ask of a merchant
		merchant.NewHistory(book), // what is known of the merchant's past
		assortment.New(book),      // counts and shares over the listings, and the name of the shop
		assortment.NewCodes(book), // product and unit codes that stand on several listings
		assortment.NewPapers(),    // papers that contradict each other, over all listings
		assortment.NewCopies(),    // listings that are near copies of others
		c.qualified.Checker,       // papers that goods of these kinds need, each told once
	}
	return c, err
}

// list is everything that the product checks on a submission, in the order it runs. What it checks on a merchant with an
// assortment is listed in compile.
func (c checkers) list() []*check.Checker[*listing.Submission] {
	all := []*check.Checker[*listing.Submission]{
		c.marks.Checker,  // which marks the listing mentions, how, and with what excuse
		c.codes,          // product and unit codes against each other and the brand
		c.price.Checker,  // the price against what the product usually costs
		c.papers.Checker, // the documents that a gated mark needs, as a chain of authorizations
		c.kinds.Checker,  // the documents that goods of this kind need by market
		c.orders.Checker, // import bans and recalls that the goods fall under, or may
	}
	all = append(all, c.rules...) // what the rulebook says in expressions
	for _, other := range c.others {
		all = append(all, other.Checker) // what the rulebook has other processes look for
	}
	return all
}

// brandOf is the brand of the goods as the text shows it, for listings whose brand field says nothing.
func (c checkers) brandOf(p *check.Pass[*listing.Submission]) string {
	found := c.marks.Result(p)
	if found == nil {
		return ""
	}
	for i := range found.Mentions {
		if m := &found.Mentions[i]; m.Role == check.OwnBrand {
			return m.Canonical
		}
	}
	return ""
}

// complete adds what the stages found to the verdict. Mentions decide nothing and are told of a stage in shadow too; until
// when an approval holds is a matter of the papers it rests on and of orders about to begin, and of none that a checker in
// shadow looked at.
func (c checkers) complete(v *verdict.Verdict, report *check.Report) {
	papers := c.papers.In(report)
	if papers != nil && !report.Outcome(c.papers.Name).Shadow {
		v.ValidUntil, v.ValidUntilDocument = papers.ValidUntil, papers.ValidUntilDocument
	}
	if kinds := c.kinds.In(report); kinds != nil && !report.Outcome(c.kinds.Name).Shadow {
		v.Needs = kinds.Needs
		if earlier(kinds.ValidUntil, v.ValidUntil) {
			v.ValidUntil, v.ValidUntilDocument = kinds.ValidUntil, kinds.ValidUntilDocument
		}
	}
	if bans := c.orders.In(report); bans != nil && earlier(bans.ValidUntil, v.ValidUntil) && !report.Outcome(c.orders.Name).Shadow {
		v.ValidUntil, v.ValidUntilDocument = bans.ValidUntil, bans.ValidUntilDocument
	}
	v.Mentions = told(c.marks.In(report), papers)
}

// earlier reports whether something ends before something else does; zero: it never ends.
func earlier(a, b time.Time) bool { return !a.IsZero() && (b.IsZero() || a.Before(b)) }

// mentions are the marks found so far in a run, for checkers that require both stages.
func (c checkers) mentions(p *check.Pass[*listing.Submission]) []check.Mention {
	return told(c.marks.Result(p), c.papers.Result(p))
}

// told are mentions as verdicts have them: with the papers' word on whether the mark is gated.
func told(marks *trademark.Result, papers *authorization.Result) []check.Mention {
	if marks == nil || len(marks.Mentions) == 0 {
		return nil
	}
	mentions := make([]check.Mention, len(marks.Mentions))
	for i := range marks.Mentions {
		mentions[i] = marks.Mentions[i].Mention
		mentions[i].Gated = papers.IsGated(marks.Mentions[i].MarkID)
	}
	return mentions
}
