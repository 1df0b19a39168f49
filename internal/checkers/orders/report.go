package orders

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/party"
	"github.com/assay-project/assay/internal/rulebook"
)

// maxReported bounds the findings of one code and variant; those that say it of a market first are always reported, so that
// the bound changes no decision.
const maxReported = 8

// report files the findings, in the order of the orders' ids, and returns what they mean for how long an approval holds.
func (q *inquiry) report() *Result {
	slices.SortStableFunc(q.matches, func(a, b match) int {
		return cmp.Or(strings.Compare(a.ID, b.ID), strings.Compare(a.variant, b.variant))
	})
	seen := make(map[string]int)
	for i := range q.matches {
		m := &q.matches[i]
		if len(m.markets) == 0 {
			if m.cleared == "" {
				q.until(m.begins, "")
			}
			continue
		}
		kind := m.code + "/" + m.variant + "/" + m.cleared
		news := false
		for _, market := range m.markets {
			key := kind + "/" + string(market)
			news = news || seen[key] == 0
			seen[key]++
		}
		if seen[kind]++; news || seen[kind] <= maxReported {
			q.file(m)
		}
	}
	if q.capped {
		q.pass.Degrade("orders: so many words were found that not all were looked at")
	}
	if q.result == (Result{}) {
		return none
	}
	result := q.result
	return &result
}

// file reports a match.
func (q *inquiry) file(m *match) {
	if m.cleared != "" {
		q.pass.Report(check.Finding{Code: Cleared, Variant: m.cleared, Markets: m.markets, Message: m.message, Words: m.words,
			Evidence: m.evidence, Citation: m.Citation})
		return
	}
	f := check.Finding{Code: m.code, Variant: m.variant, Markets: m.markets, Message: m.message, Words: m.words, Evidence: m.evidence,
		Citation: m.Citation}
	if m.Exclusion == nil {
		f.Remedies = []check.Remedy{{Text: q.recallRemedy(m)}}
		q.pass.Report(f)
		return
	}
	found, near, lacks := q.licensed(m)
	if found == nil && near != nil {
		f.Message += fmt.Sprintf(" %s %s is from the holder to the merchant, but %s.", sentence(near.Type.String()), party.Shorten(near.ID), lacks)
		f.Evidence = append(f.Evidence, check.Document{ID: near.ID, Field: "brands", Expected: rights(m.Exclusion), Actual: lacks})
	}
	f.Remedies = q.exclusionRemedies(m)
	id := q.pass.Report(f)
	if found == nil {
		return
	}
	q.until(found.ends, found.paper.ID)
	q.pass.Report(check.Finding{Code: Cleared, Variant: "licensed", Markets: m.markets, Words: m.words, Mitigates: []string{id},
		Message: fmt.Sprintf("%s %s of %s lets the merchant make use of what order %s protects.", sentence(found.paper.Type.String()),
			party.Shorten(found.paper.ID), party.Shorten(found.paper.Issuer.LegalName), m.Order),
		Evidence: append(q.entry(m.Order), check.Document{ID: found.paper.ID, Field: "brands", Expected: rights(m.Exclusion), Actual: "named"})})
}

// exclusionRemedies are a licence, and the origin where that is not stated.
func (q *inquiry) exclusionRemedies(m *match) []check.Remedy {
	var all []check.Remedy
	if want, ok := q.asked(m); ok {
		all = append(all, check.Remedy{Fix: want, Text: fmt.Sprintf("Give a licence from %s to %s that names %s and covers %s.",
			strings.Join(m.Exclusion.Holders, " or "), party.Shorten(q.Merchant.LegalName), rights(m.Exclusion), q.where(m))})
	}
	if q.origin() == "" {
		all = append(all, check.Remedy{Text: fmt.Sprintf("State where the goods were made: the order is about imports into %s.", q.where(m))})
	}
	return append(all, check.Remedy{Text: fmt.Sprintf("Have somebody who knows the right look at the goods, with %s.", m.Order),
		Fix: check.RequestReview{Reason: "order " + m.Order.String()}})
}

func (q *inquiry) recallRemedy(m *match) string {
	switch m.variant {
	case "batch_unknown":
		return "State the batch, the serial number or the day of making, or withdraw the listing."
	case "words", "in_text":
		return "State brand, model and product code, so that it can be told which product it is."
	case "other_brand":
		return "Correct the product code or the brand."
	case "seizure":
		return "Show where the goods come from."
	}
	return "Withdraw the listing."
}

// entry points at the order in the list.
func (q *inquiry) entry(o *rulebook.Order) []check.Evidence {
	return []check.Evidence{check.ListEntry{List: listName, Entry: o.ID, Version: q.version}}
}

// sentence begins with a capital.
func sentence(words string) string {
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:]
}
