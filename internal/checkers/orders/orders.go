package orders

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/trademark"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
)

// Name is the checker's name.
const Name = "orders"

// The codes that the checker reports.
const (
	GeneralExclusion = "REG_ITC_GEO_MATCH"
	Respondent       = "REG_ITC_LEO_RESPONDENT"
	Recalled         = "REG_RECALL_MATCH"
	Cleared          = "REG_CLEARED"
)

const doc = `Import bans and recalls that the listing falls under, or may: exclusion orders, orders to cease and desist, recalls.

Goods are known by product code, by brand and model, or by words of the order that stand together; respondents by name. An order
counts in its territories, from the day it begins to the day it ends. What a right covers is never told from words.`

const listName = "orders.jsonl"

type pass = check.Pass[*listing.Submission]

// A Result is what orders mean for how long an approval holds.
type Result struct {
	ValidUntil         time.Time // when an order that the listing matches begins, or the paper that clears it ends; zero: never
	ValidUntilDocument string    // the id of that paper; empty where it is an order
}

// none is the result where no order has anything to say.
var none = new(Result)

// A checker is the orders of a book, compiled. It is immutable.
type checker struct {
	*index
	categories *rulebook.Categories
	zones      listing.Zones
	confidence float32 // of an extracted field, at least
	version    string  // of the list
	marks      *check.Stage[*listing.Submission, *trademark.Result]
	scratch    sync.Pool // of *reading
}

// New compiles the checker of a book's orders. It fails where a word of one cannot be looked for.
func New(book *rulebook.Book, marks *check.Stage[*listing.Submission, *trademark.Result]) (*check.Stage[*listing.Submission, *Result], error) {
	x, err := compile(book)
	if err != nil {
		return nil, fmt.Errorf("orders checker: %w", err)
	}
	c := &checker{index: x, categories: book.Categories, zones: book.Zones, confidence: book.Papers.MinConfidence, marks: marks}
	for _, list := range book.Lists {
		if list.Name == listName {
			c.version = list.Digest
		}
	}
	c.scratch.New = func() any { return new(reading) }
	return check.NewStage(check.Checker[*listing.Submission]{Name: Name, Doc: doc, Version: "1",
		Lists:    []string{listName, "wording.yaml", "words.tsv", "dictionary.txt", "categories.csv", "category_aliases.csv", "packs.yaml"},
		Requires: []*check.Checker[*listing.Submission]{marks.Checker}, Skip: c.skip}, c.run), nil
}

func (c *checker) skip(s *listing.Submission) string {
	for _, market := range s.Markets {
		if c.inMarket(market) {
			return ""
		}
	}
	return "no orders in these markets"
}

func (c *checker) run(_ context.Context, p *pass) (*Result, error) {
	r := c.scratch.Get().(*reading)
	defer func() {
		r.forget()
		c.scratch.Put(r)
	}()
	r.begin(c, p.Subject)
	q := inquiry{checker: c, reading: r, pass: p, Submission: p.Subject, category: c.categories.Find(p.Subject.Product.Category)}
	q.recalls()
	q.exclusions()
	return q.report(), nil
}

// An inquiry is a listing held against the orders.
type inquiry struct {
	*checker
	*reading
	*listing.Submission
	pass     *pass
	category rulebook.Category

	matches []match
	result  Result
}

// A match is an order that a listing falls under, or would.
type match struct {
	*rulebook.Order
	markets  []listing.Market // where it is in force
	begins   time.Time        // where markets is empty: when it will be
	code     string
	variant  string
	cleared  string // variant of Cleared that says why there is nothing to find; empty: there is
	message  string
	words    string
	evidence []check.Evidence
}

// standing tells in which of the submission's markets an order is in force; where in none, when it will be (zero: never).
// imported counts only markets that are not the country of origin.
func (q *inquiry) standing(o *rulebook.Order, imported bool) (markets []listing.Market, begins time.Time) {
	for _, market := range q.Markets {
		if !rulebook.Covers(o.Territories, market) || imported && q.origin() == string(market) {
			continue
		}
		inForce, from := o.In(q.zones.Of(market), q.AsOf)
		if inForce {
			markets = append(markets, market)
		} else if !from.IsZero() && (begins.IsZero() || from.Before(begins)) {
			begins = from
		}
	}
	return markets, begins
}

// until notes when an approval ends.
func (q *inquiry) until(at time.Time, document string) {
	if !at.IsZero() && (q.result.ValidUntil.IsZero() || at.Before(q.result.ValidUntil)) {
		q.result = Result{at.UTC(), document}
	}
}
