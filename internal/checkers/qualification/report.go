package qualification

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/authorization"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/party"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/verdict"
)

// findings say what is wrong with the nearest paper of a group, or that there is none. All of them ask for the same paper.
func (q *inquiry) findings(r *requirement, g *group) []check.Finding {
	remedies := q.remedies(r, g)
	base := check.Finding{Markets: g.markets, Words: r.Name, Citation: r.Citation, Remedies: remedies,
		Facts: check.Facts{Requirement: r.Title, Issuer: r.papers[0].Issuer, Category: q.kind(r)}}
	base.Facts.Proof.To = q.to(g.names)
	if g.paper == nil {
		return []check.Finding{q.missing(r, g, base)}
	}
	base.Facts.Issuer = g.accepted.Issuer
	var all []check.Finding
	for _, f := range q.faults(g) {
		all = append(all, q.fault(g, &f, base))
	}
	return all
}

// A fault is what is wrong with a paper by one code.
type fault struct {
	judgement
	words, has, needs []string
	evidence          []check.Evidence
}

// faults are what is wrong with the nearest paper, each code once.
func (q *inquiry) faults(g *group) []fault {
	var all []fault
	for i := range rules {
		r := &rules[i]
		j := r.judged(&g.question, g.paper)
		if j.standing <= holds {
			continue
		}
		at := slices.IndexFunc(all, func(f fault) bool { return f.judgement == j })
		if at < 0 {
			at = len(all)
			all = append(all, fault{judgement: j})
		}
		f, s := &all[at], r.show(&g.question, g.paper)
		f.words, f.has, f.needs = append(f.words, inWords(r, j, s.words)), append(f.has, s.has), append(f.needs, s.needs)
		f.evidence = append(f.evidence, check.Document{ID: g.paper.ID, Field: r.fields[0], Expected: s.expected, Actual: s.actual})
	}
	return all
}

// inWords is what a paper does that a rule finds wrong. Of what was not read, and of what is not there, it is the field.
func inWords(r *rule, j judgement, words string) string {
	switch {
	case j.code == fieldMissing && j.variant != "":
		return "was not read so far that one could tell (" + r.fields[0] + ")"
	case j.code == fieldMissing:
		return "does not have what is asked for (" + r.fields[0] + ")"
	}
	return strings.TrimSuffix(words, ".")
}

// heading is what every message begins with: the requirement, the kind of goods, the markets.
func (q *inquiry) heading(r *requirement, markets []listing.Market) string {
	words := capital(r.Title.In("en"))
	if kind := q.kind(r); kind != "" {
		words += " for " + kind
	}
	return words + " in " + marketList(markets)
}

// kind is the kind of goods that a requirement is asked for; empty: it is asked whatever the goods.
func (q *inquiry) kind(r *requirement) string {
	if len(r.Categories) == 0 {
		return ""
	}
	return party.Shorten(q.category.Path)
}

// capital is a text as a sentence begins with it.
func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

func marketList(markets []listing.Market) string {
	texts := make([]string, len(markets))
	for i, m := range markets {
		texts[i] = string(m)
	}
	return strings.Join(texts, ", ")
}

// missing says that there is no paper of the kinds that are accepted.
func (q *inquiry) missing(r *requirement, g *group, f check.Finding) check.Finding {
	f.Code = requiredMissing
	f.Message = fmt.Sprintf("%s: none was given. %s", q.heading(r, g.markets), f.Remedies[0].Text)
	f.Evidence = []check.Evidence{check.Document{Field: "type", Expected: typeList(r)}, entry(r)}
	return f
}

// typeList are the kinds of paper that satisfy a requirement.
func typeList(r *requirement) string {
	var names []string
	for i := range r.papers {
		for _, t := range r.papers[i].Types {
			if !slices.Contains(names, t.String()) {
				names = append(names, t.String())
			}
		}
	}
	return strings.Join(names, ", ")
}

func entry(r *requirement) check.Evidence {
	return check.ListEntry{List: listName, Entry: r.Name, Version: r.Citation}
}

// fault says what is wrong with the nearest paper.
func (q *inquiry) fault(g *group, fault *fault, f check.Finding) check.Finding {
	f.Code, f.Variant = fault.code, fault.variant
	f.Facts.Document = party.Shorten(g.paper.ID)
	f.Facts.Has, f.Facts.Needs = authorization.ShowList(fault.has), authorization.ShowList(fault.needs)
	f.Message = fmt.Sprintf("%s: %s %s. %s", q.heading(g.requirement, g.markets), g.paper.title(), strings.Join(fault.words, ", "), f.Remedies[0].Text)
	f.Evidence = append(fault.evidence, entry(g.requirement))
	return f
}

// to is to whom, or about whom, the paper has to be; empty: nobody in particular.
func (q *inquiry) to(names []rulebook.PaperFor) string {
	switch {
	case slices.Contains(names, rulebook.ForMerchant):
		return q.merchant.Shown
	case slices.Contains(names, rulebook.ForManufacturer):
		return q.maker.Shown
	}
	return ""
}

// incomplete says that the submission does not state what the paper must name, so that nobody can say which paper that is.
func (q *inquiry) incomplete(r *requirement, markets []listing.Market, missing gap) answer {
	remedy := check.Remedy{Text: "State " + missing.words + ".", Fix: check.SetField{Field: missing.field}}
	f := check.Finding{Code: incomplete, Markets: markets, Words: r.Name, Citation: r.Citation, Remedies: []check.Remedy{remedy},
		Facts: check.Facts{Requirement: r.Title, Category: q.kind(r), Needs: missing.field},
		Message: fmt.Sprintf("%s: which paper that is cannot be told while %s is not stated. %s", q.heading(r, markets), missing.words,
			remedy.Text),
		Evidence: []check.Evidence{check.Document{Field: missing.field, Expected: "given"}, entry(r)}}
	return answer{ofListings: r.ofListings(), Need: verdict.Need{Requirement: r.Name, For: "not stated: " + missing.field, Markets: markets,
		Distance: maxDistance, Findings: []check.Finding{f}}}
}

// categoryUnknown says that the kind of goods is not known, so that nobody can say which papers they need.
func (q *inquiry) categoryUnknown(markets []listing.Market, ofListings bool) *answer {
	remedy := check.Remedy{Text: "State the category as a path that the rulebook knows.", Fix: check.SetField{Field: "product.category"}}
	actual := party.Shorten(q.Product.Category)
	f := check.Finding{Code: categoryUnknown, Markets: markets, Remedies: []check.Remedy{remedy}, Facts: check.Facts{Has: actual},
		Message: fmt.Sprintf("Papers by kind of goods are asked for in %s, and the kind of these is not known (category: %s). %s",
			marketList(markets), orNotStated(actual), remedy.Text),
		Evidence: []check.Evidence{check.Document{Field: "product.category", Expected: "a category of categories.csv", Actual: actual}}}
	return &answer{ofListings: ofListings, Need: verdict.Need{Markets: markets, Distance: maxDistance, Findings: []check.Finding{f}}}
}
