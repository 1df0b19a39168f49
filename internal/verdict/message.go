package verdict

import (
	"strings"

	"github.com/assay-project/assay/internal/check"
)

// merchantMessage is what the table tells the merchant about a finding, in the language asked for, its base language,
// or English. It repeats the merchant's own words and the mark's name, nothing else.
func merchantMessage(f *Finding, locale string) string {
	text := check.Words(f.Row.Merchant).In(locale)
	if !strings.ContainsAny(text, "{[") {
		return text
	}
	words := f.Words
	if words == "" {
		words = f.Mark
	}
	return fill(text, map[string]string{"words": words, "mark": f.Mark, "field": fieldOf(f), "market": marketsOf(f),
		"document": f.Facts.Document, "has": f.Facts.Has, "needs": f.Facts.Needs, "from": f.Facts.Proof.From, "to": f.Facts.Proof.To,
		"until": f.Facts.Proof.Until, "owner": f.Facts.Proof.Owner, "onward": f.Facts.Proof.Onward, "buyer": f.Facts.Proof.Buyer,
		"units": f.Facts.Proof.Units, "days": f.Facts.Proof.Days, "registrant": f.Facts.Proof.Registrant,
		"requirement": f.Facts.Requirement.In(locale), "issuer": f.Facts.Issuer.In(locale), "category": f.Facts.Category})
}

// fill puts values in for the names in braces. A part in square brackets is left out where one of its names has no value.
func fill(template string, values map[string]string) string {
	var b strings.Builder
	for template != "" {
		before, after, optional := strings.Cut(template, "[")
		text, _ := put(before, values)
		b.WriteString(text)
		if !optional {
			break
		}
		part, rest, _ := strings.Cut(after, "]")
		if text, complete := put(part, values); complete {
			b.WriteString(text)
		}
		template = rest
	}
	return b.String()
}

// put puts values in, and reports whether all were there.
func put(template string, values map[string]string) (text string, complete bool) {
	var b strings.Builder
	complete = true
	for {
		before, after, more := strings.Cut(template, "{")
		b.WriteString(before)
		if !more {
			return b.String(), complete
		}
		name, rest, _ := strings.Cut(after, "}")
		value := values[name]
		b.WriteString(value)
		complete = complete && value != ""
		template = rest
	}
}

func fieldOf(f *Finding) string {
	for _, e := range f.Evidence {
		if span, ok := e.(check.TextSpan); ok {
			return span.Field.String()
		}
		if document, ok := e.(check.Document); ok {
			return document.Field
		}
	}
	return ""
}

func marketsOf(f *Finding) string {
	names := make([]string, len(f.Markets))
	for i, m := range f.Markets {
		names[i] = string(m)
	}
	return strings.Join(names, ", ")
}
