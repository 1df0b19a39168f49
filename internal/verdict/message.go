package verdict

import (
	"strings"

	"github.com/assay-project/assay/internal/check"
)

// merchantMessage is what the table tells the merchant about a finding, in the language asked for, its base language,
// or English. It repeats the merchant's own words and the mark's name, nothing else.
func merchantMessage(f *Finding, locale string) string {
	text := localized(f.Row.Merchant, locale)
	if !strings.Contains(text, "{") {
		return text
	}
	words := f.Words
	if words == "" {
		words = f.Mark
	}
	return strings.NewReplacer("{words}", words, "{mark}", f.Mark, "{field}", fieldOf(f), "{market}", marketsOf(f)).Replace(text)
}

func localized(texts map[string]string, locale string) string {
	if text, ok := texts[locale]; ok {
		return text
	}
	base, _, _ := strings.Cut(locale, "-")
	if text, ok := texts[strings.ToLower(base)]; ok {
		return text
	}
	return texts["en"]
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
