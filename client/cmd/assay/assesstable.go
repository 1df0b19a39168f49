package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/type/date"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// An assessmentPrinter prints an assessment for people.
type assessmentPrinter struct {
	on     screen
	titles map[titleKey]string
	paint  painter
}

func newAssessmentPrinter(on screen, book *assayv1.GetRulebookResponse) *assessmentPrinter {
	return &assessmentPrinter{on: on, titles: findingTitles(book), paint: painter{on.color}}
}

// print prints the verdict on the merchant, how the listings came out, and what to ask for.
func (p *assessmentPrinter) print(m *assayv1.Merchant, a *assessed) error {
	v := a.verdict
	who := cmp.Or(m.GetLegalName(), m.GetShopName(), "merchant without a name")
	if m.GetMerchantId() != "" {
		who += " (" + m.GetMerchantId() + ")"
	}
	fmt.Fprintf(p.on, "%s  %s\n", p.paint.in(paintOf(v.GetDecision()), name(v.GetDecision().String(), "DECISION_")), printable(who))
	for _, f := range v.GetFindings() {
		p.finding(f)
	}
	fmt.Fprintf(p.on, "\nListings: %d approve, %d review, %d reject, %d not answered.\n\n", a.approve, a.review, a.reject, a.failures)
	for _, r := range a.results {
		if failed := r.GetError(); failed != nil {
			fmt.Fprintf(p.on, "Not answered: %s: %s\n", printable(r.GetSubmissionId()), printable(failed.GetMessage()))
		}
	}
	if len(v.GetRequests()) == 0 {
		return nil
	}
	asks := newGrid(p.on, "CLEARS", "TO ASK FOR")
	for _, r := range v.GetRequests() {
		asks.row(cleared(r), askedFor(r.GetFix()))
	}
	if n := v.GetRequestsLeftOut(); n > 0 {
		asks.row("", fmt.Sprintf("and %d more", n))
	}
	return asks.print()
}

func (p *assessmentPrinter) finding(f *assayv1.Finding) {
	title := cmp.Or(p.titles[titleKey{f.GetCode(), f.GetVariant()}], p.titles[titleKey{f.GetCode(), ""}], f.GetCode())
	how := cyan
	if f.GetEffect() != assayv1.Decision_DECISION_APPROVE {
		how = paintOf(f.GetEffect())
	}
	fmt.Fprintf(p.on, "  %s\n", p.paint.in(how, printable(title)))
	for line := range strings.Lines(wrap(printable(f.GetMessage()), p.on.width()-4)) {
		fmt.Fprintf(p.on, "    %s\n", strings.TrimSuffix(line, "\n"))
	}
}

// cleared says what a request is good for.
func cleared(r *assayv1.MerchantRequest) string {
	switch ids := r.GetSubmissionIds(); len(ids) {
	case 0:
		return "the merchant"
	case 1:
		return clipped(ids[0])
	case 2:
		return clipped(ids[0]) + ", " + clipped(ids[1])
	default:
		return fmt.Sprintf("%s, ... (%d)", clipped(ids[0]), len(ids))
	}
}

func clipped(id string) string {
	if runes := []rune(id); len(runes) > 24 {
		return string(runes[:23]) + "…"
	}
	return id
}

// askedFor is a fix in words.
func askedFor(f *assayv1.Fix) string {
	switch k := f.GetKind().(type) {
	case *assayv1.Fix_ProvideDocument:
		words := paperWords(k.ProvideDocument.GetRequirement())
		for _, o := range k.ProvideDocument.GetAlternatives() {
			words += "; or " + paperWords(o)
		}
		return words
	case *assayv1.Fix_SetField:
		if k.SetField.GetValue() == "" {
			return fieldWords(k.SetField.GetField())
		}
		return fmt.Sprintf("set %s to %q", k.SetField.GetField(), k.SetField.GetValue())
	case *assayv1.Fix_RemoveText:
		return fmt.Sprintf("take bytes %d to %d out of %s", k.RemoveText.GetStart(), k.RemoveText.GetEnd(), k.RemoveText.GetField())
	case *assayv1.Fix_ConfirmPrice:
		return fmt.Sprintf("confirm or correct %s %s", k.ConfirmPrice.GetField(), amount(k.ConfirmPrice.GetPrice()))
	}
	return "something that this program does not know"
}

// fieldWords is a field of the merchant as people say it.
func fieldWords(path string) string {
	words := strings.TrimPrefix(strings.TrimPrefix(path, "merchant."), "eu_trader.")
	return strings.ReplaceAll(strings.TrimSuffix(strings.ReplaceAll(words, ".", " "), "_on_file"), "_", " ")
}

// paperWords is a paper that would do.
func paperWords(d *assayv1.Document) string {
	words := strings.ToLower(strings.ReplaceAll(name(d.GetType().String(), "DOCUMENT_TYPE_"), "_", " "))
	var brands []string
	for _, b := range d.GetBrands() {
		brands = append(brands, b.GetText())
	}
	var classes []string
	for _, c := range d.GetNiceClasses() {
		classes = append(classes, fmt.Sprint(c))
	}
	for _, part := range []struct{ before, words string }{
		{" for ", strings.Join(brands, ", ")}, {" from ", d.GetIssuer().GetLegalName()}, {" to ", d.GetSubject().GetLegalName()},
		{", under ", strings.Join(d.GetSchemes(), ", ")}, {", accredited by ", accreditationWords(d)},
		{" for ", few(slices.Concat(d.GetModels(), d.GetGtins()))}, {", for ", strings.Join(d.GetCategories(), ", ")},
		{", covering ", strings.Join(d.GetTerritories(), ", ")}, {", class ", strings.Join(classes, ", ")},
		{", valid until ", dayWords(d.GetEffective().GetEndDate())}, {", into ", d.GetLanguage()},
	} {
		if part.words != "" {
			words += part.before + part.words
		}
	}
	return words
}

func accreditationWords(d *assayv1.Document) string {
	var bodies []string
	for _, a := range d.GetAccreditations() {
		bodies = append(bodies, a.GetBody())
	}
	return strings.Join(bodies, ", ")
}

// maxGoods is how many products a paper that would do is shown to name.
const maxGoods = 5

func few(names []string) string {
	words := strings.Join(names[:min(len(names), maxGoods)], ", ")
	if more := len(names) - maxGoods; more > 0 {
		words += fmt.Sprintf(" and %d more", more)
	}
	return words
}

func dayWords(d *date.Date) string {
	if d == nil {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.GetYear(), d.GetMonth(), d.GetDay())
}
