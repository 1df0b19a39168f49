package wire

import (
	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/verdict"
)

// Options say how to check.
type Options struct {
	Mode           verdict.Mode
	Locale         string   // BCP 47; empty: English
	Checkers       []string // empty: all
	RulebookSHA256 string   // empty: any
	OmitLists      bool     // of checker runs, from verdicts
}

// CheckOptions makes a value of a message; absent ones are defaults. The error is an *Invalid.
func CheckOptions(m *assayv1.CheckOptions) (Options, error) {
	var v validator
	v.enum("mode", int32(m.GetMode()), assayv1.CheckMode_name, false)
	v.maxBytes("locale", m.GetLocale(), 64)
	if v.count("checkers", len(m.GetCheckers()), 64) {
		for i, name := range m.GetCheckers() {
			v.pushItem("checkers", i)
			v.key("", name, maxID)
			v.pop()
		}
	}
	v.sha256("rulebook_sha256", m.GetRulebookSha256())
	o := Options{Mode: verdict.Enforce, Locale: m.GetLocale(), Checkers: m.GetCheckers(), RulebookSHA256: m.GetRulebookSha256(),
		OmitLists: m.GetOmitLists()}
	if m.GetMode() == assayv1.CheckMode_CHECK_MODE_PREVIEW {
		o.Mode = verdict.Preview
	}
	return o, v.err()
}
