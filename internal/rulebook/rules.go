package rulebook

import (
	"time"

	rulebookv1 "github.com/assay-project/assay/proto/assay/rulebook/v1"
	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/listing"
)

// RulePrefix stands before the name of a rule in the name of its checker.
const RulePrefix = "rule/"

// A Rule is one rule of rules.yaml, as far as it can be read without knowing its language. Its mode is among the book's
// policies, under the name of its checker.
type Rule struct {
	At            Position
	Name, Doc     string
	When, Message Expression
	Code, Variant string
	Citation      string           // empty: that of the code
	Markets       []listing.Market // empty: all
	From, Until   time.Time        // UTC, closed-open; zero: no bound
	Evidence      []RuleEvidence
}

// Checker is the name of the rule's checker.
func (r *Rule) Checker() string { return RulePrefix + r.Name }

// RuleEvidence is what a finding of a rule shows; see the schema.
type RuleEvidence struct {
	At    Position
	Field string
	Show  Expression // no text: the whole field
}

// parseRules reads rules.yaml.
func (v *validator) parseRules(s *source) part {
	var f rulebookv1.RulesFile
	doc := v.decode(s, &f)
	rules := make([]Rule, len(f.Rules))
	shadow := make(map[string]bool)
	var references []reference
	for i, r := range f.Rules {
		rules[i] = doc.rule(r)
		shadow[r.Name] = r.Mode == assayv1.CheckerMode_CHECKER_MODE_SHADOW
		at := doc.field(r, "code")
		if r.Variant != "" {
			at = doc.field(r, "variant")
		}
		references = append(references, reference{at, codeName, codeOf(r.Code, r.Variant)})
	}
	s.rows = len(rules)
	return func(d *draft) {
		for i, r := range f.Rules {
			d.define(ruleName, r.Name, doc.field(r, "name"))
			if d.shadows == nil {
				d.shadows = make(map[string]Policy)
			}
			d.shadows[rules[i].Checker()] = Policy{At: doc.at(r), Shadow: shadow[r.Name]}
		}
		d.book.Rules = rules
		d.references = append(d.references, references...)
	}
}

func (d *document) rule(r *rulebookv1.Rule) Rule {
	rule := Rule{At: d.at(r), Name: r.Name, Doc: r.Doc, When: d.expression(r, "when", r.When),
		Message: d.expression(r, "message", r.Message), Code: r.Code, Variant: r.Variant, Citation: r.Citation,
		From: d.instant(d.field(r, "from"), r.From), Until: d.instant(d.field(r, "until"), r.Until)}
	for i, m := range r.Markets {
		d.marketAt(d.item(r, "markets", i), m)
		rule.Markets = append(rule.Markets, listing.Market(m))
	}
	if !rule.From.IsZero() && !rule.Until.IsZero() && !rule.From.Before(rule.Until) {
		d.refuseAt(d.field(r, "until"), "the rule can never fire: it ends at %s, and begins at %s", r.Until, r.From)
	}
	for _, e := range r.Evidence {
		rule.Evidence = append(rule.Evidence, RuleEvidence{At: d.field(e, "field"), Field: e.Field, Show: d.expression(e, "show", e.Show)})
	}
	return rule
}

// instant reads a bound of time: a day, which begins in UTC, or an instant. Zero where there is none.
func (d *document) instant(at Position, text string) time.Time {
	if text == "" {
		return time.Time{}
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC()
		}
	}
	d.refuseAt(at, `%q is neither a day ("2026-12-01") nor an instant ("2026-12-01T06:00:00Z")`, text)
	return time.Time{}
}

// rulePolicies puts the modes of rules beside the policies of rulebook.yaml, which may name a rule for its failure alone.
func (d *draft) rulePolicies(b *Book) {
	for name, own := range d.shadows {
		if named, ok := b.Policies[name]; ok {
			own.At, own.Failure = named.At, named.Failure
		}
		if b.Policies != nil {
			b.Policies[name] = own
		}
	}
}
