package main

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/type/money"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/report"
)

// titleKey names a code with its variant.
type titleKey struct{ code, variant string }

// findingTitles are the rulebook's few words for each code.
func findingTitles(book *assayv1.GetRulebookResponse) map[titleKey]string {
	titles := map[titleKey]string{}
	for _, c := range book.GetCodes() {
		titles[titleKey{c.GetCode(), c.GetVariant()}] = c.GetTitle()
	}
	return titles
}

// name returns the name of an enum value without its prefix.
func name(value, prefix string) string { return strings.TrimPrefix(value, prefix) }

// titleSpans are the words of the title that caused findings.
func titleSpans(v *assayv1.Verdict) []span {
	var spans []span
	decisive := report.Decisive(v)
	for _, f := range v.GetFindings() {
		how := cyan
		switch {
		case decisive[f.GetFindingId()]:
			how = paintOf(max(f.GetEffect(), assayv1.Decision_DECISION_REVIEW))
		case len(f.GetMitigatedBy()) > 0, f.GetSeverity() <= assayv1.Severity_SEVERITY_INFO:
			continue // excused, or an excuse itself
		}
		for _, e := range f.GetEvidence() {
			if s := e.GetTextSpan(); s.GetField() == "title" {
				spans = append(spans, span{int(s.GetStart()), int(s.GetEnd()), how})
			}
		}
	}
	return spans
}

// maxWords is how many words of a finding are shown.
const maxWords = 4

// words lists the words a finding rests on, what they mean where that is not plain, and where they stand outside the title.
func words(f *assayv1.Finding) string {
	var list []string
	for _, e := range f.GetEvidence() {
		s := e.GetTextSpan()
		if s.GetSurface() == "" {
			continue
		}
		word := "“" + printable(s.GetSurface()) + "”"
		if c := s.GetCanonical(); c != "" && len(s.GetTransforms()) > 0 && !strings.EqualFold(c, s.GetSurface()) {
			word += " = " + printable(c) + " (" + printable(strings.ReplaceAll(strings.Join(s.GetTransforms(), ", "), "_", "-")) + ")"
		}
		if field := s.GetField(); field != "title" {
			word += " in " + printable(field)
		}
		if !slices.Contains(list, word) {
			list = append(list, word)
		}
	}
	if more := len(list) - maxWords; more > 0 {
		list = append(list[:maxWords], fmt.Sprintf("%d more", more))
	}
	return strings.Join(list, ", ")
}

// todo says what would put a finding right.
func todo(f *assayv1.Finding) string {
	if f.GetMerchantMessage() != "" || len(f.GetRemedies()) == 0 {
		return f.GetMerchantMessage()
	}
	return f.GetRemedies()[0].GetText()
}

// differing lists the decisions of the markets where they are not all the same.
func differing(v *assayv1.Verdict) string {
	byDecision := map[assayv1.Decision][]string{}
	for _, m := range v.GetMarketDecisions() {
		byDecision[m.GetDecision()] = append(byDecision[m.GetDecision()], printable(m.GetMarket()))
	}
	if len(byDecision) < 2 {
		return ""
	}
	var parts []string
	for _, d := range []assayv1.Decision{assayv1.Decision_DECISION_REJECT, assayv1.Decision_DECISION_REVIEW, assayv1.Decision_DECISION_APPROVE} {
		if markets := byDecision[d]; len(markets) > 0 {
			parts = append(parts, strings.ToLower(name(d.String(), "DECISION_"))+" in "+strings.Join(markets, ", "))
		}
	}
	return strings.Join(parts, "; ")
}

// mentionsAside tells of the marks that no finding tells of.
func mentionsAside(v *assayv1.Verdict) []string {
	told := map[string]bool{}
	for _, f := range v.GetFindings() {
		for _, e := range f.GetEvidence() {
			told[e.GetTextSpan().GetMarkId()] = true
			told[e.GetChain().GetMarkId()] = true
		}
	}
	var list []string
	for _, m := range v.GetMentions() {
		if told[m.GetMarkId()] {
			continue
		}
		told[m.GetMarkId()] = true
		role := strings.ToLower(strings.ReplaceAll(name(m.GetRole().String(), "ROLE_"), "_", " "))
		list = append(list, fmt.Sprintf("mentions %s (%s)", printable(m.GetCanonical()), role))
	}
	if more := len(list) - maxWords; more > 0 {
		list = append(list[:maxWords], fmt.Sprintf("mentions %d marks more", more))
	}
	return list
}

// amount writes money as people do, and impossible money as it came.
func amount(m *money.Money) string {
	units, nanos := m.GetUnits(), m.GetNanos()
	if nanos <= -1e9 || nanos >= 1e9 || units > 0 && nanos < 0 || units < 0 && nanos > 0 {
		return fmt.Sprintf("%d units %d nanos %s", units, nanos, short(m.GetCurrencyCode()))
	}
	sign := ""
	if units < 0 || nanos < 0 {
		sign = "-"
	}
	places := strings.TrimRight(fmt.Sprintf("%09d", max(nanos, -nanos)), "0")
	text := sign + strings.TrimPrefix(fmt.Sprint(units), "-")
	if places != "" {
		text += "." + (places + "0")[:max(2, len(places))]
	}
	return text + " " + short(m.GetCurrencyCode())
}
