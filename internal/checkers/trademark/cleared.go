package trademark

import (
	"fmt"
	"strings"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
)

// scope is where a finding on the mark holds; nil: in all markets asked for.
func (f *found) scope() []listing.Market {
	if len(f.elsewhere)+len(f.lapsed) == 0 {
		return nil
	}
	return f.markets
}

// cleared reports what speaks for the listing: a reviewer should see that a watched mark was found, and why it does not
// count. For other marks the mention says the same.
func (r *reporter) cleared() {
	for i := range r.founds {
		f := &r.founds[i]
		r.notLive(i, f)
		if !f.watched {
			continue
		}
		if len(f.elsewhere) > 0 && f.live {
			r.clear(i, "TM_CLEARED_TERRITORY", f.elsewhere, fmt.Sprintf("the mark is known to be in force in %s only", strings.Join(f.Territories, ", ")))
		}
		switch {
		case f.role == check.OtherClass:
			r.clear(i, "TM_CLEARED_CLASS", f.scope(), f.reason)
		case f.role == check.Descriptive && f.person:
			r.clear(i, "TM_CLEARED_PERSONAL_NAME", f.scope(), f.reason)
		case f.role == check.Descriptive:
			r.clear(i, "TM_CLEARED_DESCRIPTIVE", f.scope(), f.reason)
		case f.role == check.Nominative && f.open == nothingOpen:
			r.clear(i, "TM_CLEARED_NOMINATIVE", f.scope(), f.reason)
		}
	}
}

func (r *reporter) clear(i int, code string, markets []listing.Market, reason string) {
	f := &r.founds[i]
	spans := r.spansOf(f, anywhere)
	r.file(check.Finding{
		Code: code, Markets: markets, Evidence: evidence(spans...), Mark: f.Text, Words: words(spans),
		Message: fmt.Sprintf("%q is not held against the listing: %s.", spans[0].Surface, reason),
	}, i)
}

// expiry is when the registration of a mark ended, for messages; empty where it does not say so.
func (f *found) expiry() string {
	if f.ExpiresOn == (listing.Date{}) || f.Status == rulebook.MarkDead {
		return ""
	}
	return ": its registration expired on " + f.ExpiresOn.String()
}

// notLive reports marks that are dead, have expired or are only applied for.
func (r *reporter) notLive(i int, f *found) {
	variant, markets := "", f.scope()
	switch {
	case f.live && len(f.lapsed) > 0 && (f.role == check.OtherTerritory || !f.harmless()):
		markets = f.lapsed
	case f.live && f.harmless():
		return
	case f.live && f.pending:
		variant = "pending"
	case f.live:
		return
	}
	message := " is no longer in force" + f.expiry() + "."
	if variant != "" {
		message = " is applied for and not registered."
	}
	spans := r.spansOf(f, anywhere)
	r.file(check.Finding{
		Code: "TM_MARK_NOT_LIVE", Variant: variant, Markets: markets, Evidence: evidence(spans...), Mark: f.Text, Words: words(spans),
		Message: f.Text + message,
	}, i)
}
