package party

import (
	"slices"
	"strings"
	"unicode"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/text"
)

// A Party is a person or company with all names that are known of it, ready for comparison. The zero Party is not known.
type Party struct {
	names        []name // the legal name, then the aliases
	registration string // folded; empty: not known
	country      string
	written      string // the legal name as it was typed
	register     bool   // see Listed
	Shown        string // for messages
}

// maxAliases is the contract's limit; more are not looked at.
const maxAliases = 16

// New reads the names of a party. What is empty is not known.
func New(legalName string, aliases []string, country, registration string) Party {
	p := Party{country: strings.ToUpper(country), registration: text.Key(registration), Shown: Shorten(legalName),
		written: strings.TrimSpace(legalName)}
	for _, s := range append([]string{legalName}, aliases[:min(len(aliases), maxAliases)]...) {
		if n := parseName(s); n.core != "" {
			p.names = append(p.names, n)
			if p.Shown == "" {
				p.Shown = Shorten(s)
			}
		}
	}
	return p
}

// Of is a party as a document names it.
func Of(p *listing.Party) Party {
	return New(p.LegalName, p.Aliases, p.Country, p.RegistrationNumber)
}

// OfMerchant is who submits.
func OfMerchant(m *listing.Merchant) Party {
	return New(m.LegalName, m.Aliases, m.Country, m.RegistrationNumber)
}

// Listed is a party that a list of the rulebook names. Lists often leave the legal form out, and then any form is the same
// party's.
func Listed(legalName, country string) Party {
	p := New(legalName, nil, country, "")
	p.register = true
	return p
}

// Stated reports whether anything is known of the party.
func (p *Party) Stated() bool { return len(p.names) > 0 }

// Core is the first name's letters and digits without its legal form, folded; "" of one that is not known.
func (p *Party) Core() string {
	if !p.Stated() {
		return ""
	}
	return p.names[0].core
}

// minRegistration is the shortest register number that identifies anybody.
const minRegistration = 5

// Match tells how near two parties are: as near as their nearest names. Aliases count only where they are equal.
// One register number in one country makes them similar whatever their names are.
func Match(a, b *Party) Closeness {
	if !a.Stated() || !b.Stated() {
		return Unstated
	}
	if a.written == b.written && a.written != "" {
		return Literal
	}
	best := compareNames(a.names[0], b.names[0])
	if best == Similar && (a.register && a.names[0].form == "" || b.register && b.names[0].form == "") &&
		a.names[0].core == b.names[0].core {
		best = Equal
	}
	if best < Equal && sharesName(a, b) {
		best = Equal
	}
	if best < Similar && a.sameRegistration(b) {
		best = Similar
	}
	return max(best, Different)
}

func sharesName(a, b *Party) bool {
	for _, n := range a.names {
		if slices.ContainsFunc(b.names, func(o name) bool { return n.core == o.core && n.form == o.form }) {
			return true
		}
	}
	return false
}

func (p *Party) sameRegistration(o *Party) bool {
	return len(p.registration) >= minRegistration && p.registration == o.registration &&
		(p.country == "" || o.country == "" || strings.EqualFold(p.country, o.country))
}

// maxShown bounds the characters of a name in a message.
const maxShown = 100

// Shorten makes a text that somebody typed fit for a message: one line, no control characters, not endless.
func Shorten(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s[:min(len(s), 4*maxShown)])
	if runes := []rune(strings.TrimSpace(s)); len(runes) > maxShown {
		return string(runes[:maxShown]) + "…"
	}
	return strings.TrimSpace(s)
}
