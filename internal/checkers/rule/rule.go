package rule

import (
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/cel"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
)

type (
	pass   = check.Pass[*listing.Submission]
	native = check.Checker[*listing.Submission]
)

// Inputs are what rules may read besides the submission, each with the checkers that must have ended for it.
type Inputs struct {
	Mentions      func(*pass) []check.Mention
	MentionsAfter []*native

	Price      func(*pass, listing.Market) (check.Price, bool) // false: there is nothing to compare with
	PriceAfter []*native
}

// maxProblems are told before the rest of a book is left alone: finding many in one expression takes long.
const maxProblems = 200

// New makes a checker of every rule of a book, in its order, or says everything that is wrong with them as
// [rulebook.Problems]. A book without rules costs nothing.
func New(book *rulebook.Book, in Inputs) ([]*native, error) {
	if len(book.Rules) == 0 {
		return nil, nil
	}
	l, err := newLanguage()
	if err != nil {
		return nil, err
	}
	facts := newFacts(l.env.CELTypeAdapter(), in)
	checkers := make([]*native, len(book.Rules))
	var problems rulebook.Problems
	for i := range book.Rules {
		if len(problems) > maxProblems {
			problems = append(problems, rulebook.NewProblem(book.Rules[i].At, "from here on no rule was looked at: there is too much to tell already"))
			break
		}
		c, wrong := l.rule(&book.Rules[i])
		problems = append(problems, wrong...)
		c.facts = facts
		checkers[i] = &native{Name: c.Checker(), Doc: c.Doc, Version: "1", Lists: []string{"rules.yaml"},
			Requires: c.requires(in), Skip: c.skip, Run: c.run}
	}
	if len(problems) > 0 {
		problems.Sort()
		return nil, problems
	}
	return checkers, nil
}

// A rule is compiled. It is immutable.
type rule struct {
	*rulebook.Rule
	facts     *check.Memo[*listing.Submission, *facts]
	when      *expression
	message   []part
	evidence  []evidence
	perMarket bool // what it says may differ between markets
}

// rule compiles a rule. What is wrong with it is told; the rule is then of no use.
func (l *language) rule(r *rulebook.Rule) (*rule, rulebook.Problems) {
	c := &rule{Rule: r}
	var problems, wrong rulebook.Problems
	c.when, problems = l.compile(whole(r.When), cel.BoolType)
	switch {
	case c.when == nil:
	case c.when.usesPrice && !c.when.asksPrice:
		problems = whole(r.When).refuse(0, "price is empty where there is nothing to compare with: ask has(price.median) first")
	case l.never(c):
		problems = whole(r.When).refuse(0, "the rule can never fire: this is false, whatever is submitted")
	}
	c.message, wrong = l.message(r.Message)
	problems = append(problems, wrong...)
	c.evidence, wrong = l.evidence(r.Evidence)
	problems = append(problems, wrong...)
	for _, e := range c.expressions() {
		c.perMarket = c.perMarket || e.usesMarket || e.usesPrice
	}
	return c, problems
}

// never reports whether the rule's condition is false in every market that it is for.
func (l *language) never(c *rule) bool {
	if len(c.Markets) == 0 || !c.when.usesMarket {
		return !l.fires(c.when, "")
	}
	return !slices.ContainsFunc(c.Markets, func(m listing.Market) bool { return l.fires(c.when, string(m)) })
}

// expressions are all of the rule that were compiled.
func (c *rule) expressions() []*expression {
	all := []*expression{c.when}
	for _, p := range c.message {
		all = append(all, p.value)
	}
	for _, e := range c.evidence {
		all = append(all, e.show)
	}
	return slices.DeleteFunc(all, func(e *expression) bool { return e == nil })
}

func (c *rule) requires(in Inputs) []*native {
	var after []*native
	for _, e := range c.expressions() {
		if e.usesMentions {
			after = append(after, in.MentionsAfter...)
		}
		if e.usesPrice {
			after = append(after, in.PriceAfter...)
		}
	}
	var once []*native
	for _, n := range after {
		if !slices.Contains(once, n) {
			once = append(once, n)
		}
	}
	return once
}

// skip says where the rule is not in force.
func (c *rule) skip(s *listing.Submission) string {
	switch {
	case !c.From.IsZero() && s.AsOf.Before(c.From):
		return "in force from " + c.From.Format(time.RFC3339)
	case !c.Until.IsZero() && !s.AsOf.Before(c.Until):
		return "in force until " + c.Until.Format(time.RFC3339)
	case len(c.marketsOf(s)) == 0:
		return "for other markets"
	}
	return ""
}

// marketsOf are the markets of a submission that the rule is for.
func (c *rule) marketsOf(s *listing.Submission) []listing.Market {
	if len(c.Markets) == 0 {
		return s.Markets
	}
	return slices.DeleteFunc(slices.Clone(s.Markets), func(m listing.Market) bool { return !slices.Contains(c.Markets, m) })
}

// A part is a part of a message: words, or an expression whose value stands in its place.
type part struct {
	words string
	value *expression
}

// message takes a message apart at its double braces.
func (l *language) message(e rulebook.Expression) (parts []part, problems rulebook.Problems) {
	rest, offset := e.Text, 0
	for {
		words, after, opened := strings.Cut(rest, "{{")
		parts = append(parts, part{words: words})
		if !opened {
			return parts, problems
		}
		offset += chars(words) + len("{{")
		inner, then, closed := strings.Cut(after, "}}")
		p := piece{from: e, offset: offset, text: inner}
		if !closed {
			return parts, append(problems, p.refuse(-len("{{"), "{{ without }}")...)
		}
		value, wrong := l.compile(p, shown...)
		parts, problems = append(parts, part{value: value}), append(problems, wrong...)
		rest, offset = then, offset+chars(inner)+len("}}")
	}
}
