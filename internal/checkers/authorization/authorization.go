package authorization

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/trademark"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/party"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/text"
)

// Name is the checker's name.
const Name = "authorization"

const doc = `Looks for papers that show that the merchant may use the gated marks which the listing mentions.

For each gated mark and market one alternative of the gate's pack must hold: the merchant is the registered holder, a
chain of authorizations leads from the holder to the merchant, or invoices show where the goods come from. The finding
names the link and the constraint that fails, and the paper that would do.`

// A Result is what the stage tells the verdict. It is not changed after the stage has ended.
type Result struct {
	// Gated are the ids of the mentioned marks that need papers in at least one of the markets asked for, sorted.
	Gated []string
	// ValidUntil is the earliest end of the papers that proofs rest on: the first instant at which one no longer holds.
	// Zero: they rest on nothing that ends.
	ValidUntil time.Time
	// ValidUntilDocument is the id of the document that ends then.
	ValidUntilDocument string
}

// IsGated reports whether the mark needs papers in at least one of the markets asked for. A nil Result gates nothing.
func (r *Result) IsGated(markID string) bool {
	if r == nil {
		return false
	}
	_, found := slices.BinarySearch(r.Gated, markID)
	return found
}

// New makes the stage of a book's gates and packs. Its result is nil where no gated mark is mentioned.
func New(book *rulebook.Book, marks *check.Stage[*listing.Submission, *trademark.Result]) *check.Stage[*listing.Submission, *Result] {
	return newStage(book, marks.Result, marks.Checker)
}

// newStage takes the mentions from anywhere.
func newStage(book *rulebook.Book, mentioned func(*check.Pass[*listing.Submission]) *trademark.Result,
	requires ...*check.Checker[*listing.Submission]) *check.Stage[*listing.Submission, *Result] {
	c := newChecker(book)
	return check.NewStage(check.Checker[*listing.Submission]{
		Name: Name, Doc: doc, Version: "1", Lists: []string{"marks.bin", "marks.jsonl", "gates.yaml", "packs.yaml", "categories.csv"},
		Requires: requires,
	}, func(ctx context.Context, p *check.Pass[*listing.Submission]) (*Result, error) {
		return c.run(ctx, p, mentioned(p))
	})
}

// A checker is a book's gates, by mark.
type checker struct {
	book  *rulebook.Book
	marks map[string]*gatedMark // by id; only those that a gate names
}

// A gatedMark is a mark that needs papers somewhere.
type gatedMark struct {
	*rulebook.Mark
	keys   []string // folded text and aliases
	number string   // folded registration number
	holder party.Party
	gates  []gate
}

// A gate is a gate of the book with its pack.
type gate struct {
	*rulebook.Gate
	pack *rulebook.Pack
}

func newChecker(book *rulebook.Book) *checker {
	packs := make(map[string]*rulebook.Pack, len(book.Packs))
	for i := range book.Packs {
		packs[book.Packs[i].Name] = &book.Packs[i]
	}
	marks := make(map[string]*rulebook.Mark, len(book.Marks))
	for i := range book.Marks {
		marks[book.Marks[i].ID] = &book.Marks[i]
	}
	c := &checker{book: book, marks: make(map[string]*gatedMark)}
	for i := range book.Gates {
		g := &book.Gates[i]
		for _, id := range g.Marks {
			if mark := cmp.Or(marks[id], book.Registered(id)); mark != nil && packs[g.Pack] != nil {
				c.add(mark, gate{g, packs[g.Pack]})
			}
		}
	}
	return c
}

func (c *checker) add(mark *rulebook.Mark, g gate) {
	m := c.marks[mark.ID]
	if m == nil {
		m = &gatedMark{Mark: mark, number: text.Key(mark.RegistrationNumber), holder: party.Listed(mark.Holder, mark.HolderCountry)}
		m.keys = append(m.keys, text.Key(mark.Text))
		for _, a := range mark.Aliases {
			m.keys = append(m.keys, text.Key(a.Text))
		}
		c.marks[mark.ID] = m
	}
	m.gates = append(m.gates, g)
}

// isName reports whether a folded text is the mark's name.
func (m *gatedMark) isName(key string) bool { return key != "" && slices.Contains(m.keys, key) }

// holderShown is the holder for messages.
func (m *gatedMark) holderShown() string {
	if m.holder.Stated() {
		return m.holder.Shown
	}
	return "the registered holder of " + m.Text
}

// asking are the gates whose packs a submission must satisfy for the mark in a market, the first for each pack. What
// a submission does not say (its category, its condition, its kind of shop) lets no gate stay open.
func (m *gatedMark) asking(s *listing.Submission, category rulebook.Category, market listing.Market) []gate {
	var asking []gate
	for _, g := range m.gates {
		if g.fits(s, category, market) && !slices.ContainsFunc(asking, func(o gate) bool { return o.pack == g.pack }) {
			asking = append(asking, g)
		}
	}
	return asking
}

func (g *gate) fits(s *listing.Submission, category rulebook.Category, market listing.Market) bool {
	return (len(g.Markets) == 0 || slices.Contains(g.Markets, market)) &&
		category.Under(g.Categories) &&
		(len(g.Conditions) == 0 || s.Product.Condition == listing.ConditionUnknown || slices.Contains(g.Conditions, s.Product.Condition)) &&
		(len(g.ShopTypes) == 0 || s.Merchant.ShopType == listing.ShopTypeUnknown || slices.Contains(g.ShopTypes, s.Merchant.ShopType))
}

// run asks for each mentioned mark that is gated whether the merchant may use it, and reports.
func (c *checker) run(ctx context.Context, p *check.Pass[*listing.Submission], found *trademark.Result) (*Result, error) {
	if found == nil {
		return nil, nil
	}
	var q *inquiry
	var answers []*answer
	for i := range found.Mentions {
		mark := c.marks[found.Mentions[i].MarkID]
		if mark == nil {
			continue
		}
		if q == nil {
			q = c.newInquiry(p.Subject)
		}
		a, err := q.answer(ctx, mark, &found.Mentions[i], found.Claims)
		if err != nil {
			return nil, err
		}
		if a != nil {
			answers = append(answers, a)
		}
	}
	if len(answers) == 0 {
		return nil, nil
	}
	if len(p.Subject.Documents) > maxDocuments {
		p.Degrade(fmt.Sprintf("only %d of %d documents were looked at", maxDocuments, len(p.Subject.Documents)))
	}
	return report(ctx, p, answers)
}
