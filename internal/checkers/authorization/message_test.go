package authorization

import (
	"strings"
	"testing"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/verdict"
)

// What a merchant reads is complete in every language: nothing is left to be put in, nothing was put in that is empty, and a
// document that is at fault is named.
func TestMerchantMessagesAreComplete(t *testing.T) {
	for name, c := range readCases(t) {
		got := c.check(t, c.submission, c.mentions)
		for _, locale := range []string{"en", "zh", "de", "es", "fr"} {
			ruling := shipped().Decisions.Rule(verdict.Case{Findings: got.findings, Markets: c.submission.Markets, Locale: locale})
			for i := range ruling.Findings {
				f := &ruling.Findings[i]
				if f.Code == "TM_CLEARED_OWNER" {
					continue
				}
				t.Logf("%s %s %s/%s: %s", locale, name, f.Code, f.Variant, f.MerchantMessage)
				checkMerchantMessage(t, name+" "+locale, f)
			}
		}
	}
}

func checkMerchantMessage(t *testing.T, what string, f *verdict.Finding) {
	message := f.MerchantMessage
	if message == "" || strings.ContainsAny(message, "{}[]") || strings.Contains(message, "  ") || strings.Contains(message, "“”") ||
		strings.HasPrefix(message, " ") || strings.HasSuffix(message, " ") {
		t.Errorf("%s: %s/%s: %q", what, f.Code, f.Variant, message)
	}
	if strings.HasPrefix(f.Code, "AUTH_") && f.Facts.Proof.From != "" && f.Facts.Proof.Until != "" &&
		strings.Contains(f.Row.Merchant["en"], "{from}") && !strings.Contains(message, f.Facts.Proof.From) {
		t.Errorf("%s: %s/%s does not say from whom the paper comes: %q", what, f.Code, f.Variant, message)
	}
	for _, e := range f.Evidence {
		d, ok := e.(check.Document)
		if ok && d.ID != "" && strings.Contains(f.Row.Merchant["en"], "{document}") && !strings.Contains(message, d.ID) &&
			f.Facts.Has != "" && f.Facts.Needs != "" {
			t.Errorf("%s: %s/%s does not name document %s: %q", what, f.Code, f.Variant, d.ID, message)
		}
	}
}

// Every code about papers that the shipped rulebook gives a meaning to is reported by some case, in every weight; what the rulebook
// says of one file at two merchants is for assortments.
func TestEveryCodeHasACase(t *testing.T) {
	reported := map[string]bool{"DOC_DUPLICATE_HASH": true}
	for _, c := range readCases(t) {
		for _, codes := range c.Want {
			for _, code := range codes {
				reported[code] = true
			}
		}
	}
	for _, row := range shipped().Decisions.Rows() {
		code := row.Code
		if row.Variant != "" {
			code += "/" + row.Variant
		}
		if (strings.HasPrefix(code, "AUTH_") || strings.HasPrefix(code, "DOC_")) && !reported[code] {
			t.Errorf("no case reports %s", code)
		}
	}
}
