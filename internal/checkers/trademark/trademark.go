package trademark

import (
	"context"
	"fmt"
	"sync"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
)

// Name is the stage's name in rulebooks and verdicts.
const Name = "trademark"

const doc = `Marks that the listing mentions, however spelled, in what role, and with what excuse.

Every text is folded and read against the rulebook's marks and wording. The role of a mark is decided, in this order, by
its standing in the markets, its goods, whether it is meant at all or a plain word, counterfeit wording and claims of a tie
beside it, the brand field, and the wording around it. Reported are disguises, counterfeit wording, comparisons and
compatibility wording in the wrong form; whether the merchant may use a mark is for the checkers of papers to say.`

// stage is what the checker is made of.
type stage struct {
	*lexicon
	scratch sync.Pool // of *reading
}

// none is the result where no mark and no wording was found.
var none = new(Result)

// New makes the stage of a book's marks and wording. It fails where the book has a mark or phrase that cannot be looked
// for.
func New(book *rulebook.Book) (*check.Stage[*listing.Submission, *Result], error) {
	l, err := compile(book)
	if err != nil {
		return nil, fmt.Errorf("trademark checker: %w", err)
	}
	s := &stage{lexicon: l}
	s.scratch.New = func() any { return &reading{lexicon: l, categories: book.Categories} }
	c := check.Checker[*listing.Submission]{
		Name: Name, Doc: doc, Version: "1",
		Lists: []string{"marks.bin", "marks.jsonl", "words.tsv", "dictionary.txt", "wording.yaml", "categories.csv", "category_aliases.csv", "gates.yaml"},
	}
	return check.NewStage(c, s.run), nil
}

// run reads a submission, judges what was read, and reports.
func (s *stage) run(ctx context.Context, p *check.Pass[*listing.Submission]) (*Result, error) {
	r := s.scratch.Get().(*reading)
	defer func() {
		r.reset()
		s.scratch.Put(r)
	}()
	r.subject = p.Subject
	for field, raw := range p.Subject.Texts() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		r.read(field, raw)
	}
	if len(r.sightings)+len(r.alarms)+len(r.controls)+len(r.truncated) == 0 {
		return none, nil
	}
	r.place()
	j := judgement{reading: r}
	j.judge()
	report := reporter{judgement: &j, pass: p, result: new(Result)}
	return report.report(), nil
}
