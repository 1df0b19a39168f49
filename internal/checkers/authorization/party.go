package authorization

import (
	"slices"
	"strings"
	"unicode"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/text"
)

// A party is somebody a chain can lead through, ready for comparison.
type party struct {
	names        []name // the legal name, then the aliases
	registration string // folded; empty: not known
	country      string
	written      string // the legal name as it was typed
	register     bool   // taken from the rulebook, which often leaves the legal form out
	shown        string // for messages
}

// maxAliases is the contract's limit; more are not looked at.
const maxAliases = 16

func newParty(legalName string, aliases []string, country, registration string) party {
	p := party{country: strings.ToUpper(country), registration: text.Key(registration), shown: shorten(legalName),
		written: strings.TrimSpace(legalName)}
	for _, s := range append([]string{legalName}, aliases[:min(len(aliases), maxAliases)]...) {
		if n := parseName(s); n.core != "" {
			p.names = append(p.names, n)
			if p.shown == "" {
				p.shown = shorten(s)
			}
		}
	}
	return p
}

func documentParty(p *listing.Party) party {
	return newParty(p.LegalName, p.Aliases, p.Country, p.RegistrationNumber)
}

func merchantParty(m *listing.Merchant) party {
	return newParty(m.LegalName, m.Aliases, m.Country, m.RegistrationNumber)
}

func holderParty(m *rulebook.Mark) party {
	p := newParty(m.Holder, nil, m.HolderCountry, "")
	p.register = true
	return p
}

// stated reports whether anything is known of the party.
func (p *party) stated() bool { return len(p.names) > 0 }

// minRegistration is the shortest register number that identifies anybody.
const minRegistration = 5

// match tells how near two parties are: as near as their nearest names. Aliases count only where they are equal.
// One register number in one country makes them similar whatever their names are.
func match(a, b *party) closeness {
	if !a.stated() || !b.stated() {
		return unstated
	}
	if a.written == b.written && a.written != "" {
		return literal
	}
	best := compareNames(a.names[0], b.names[0])
	if best == similar && (a.register && a.names[0].form == "" || b.register && b.names[0].form == "") &&
		a.names[0].core == b.names[0].core {
		best = equal
	}
	if best < equal && sharesName(a, b) {
		best = equal
	}
	if best < similar && a.sameRegistration(b) {
		best = similar
	}
	return max(best, different)
}

func sharesName(a, b *party) bool {
	for _, n := range a.names {
		if slices.ContainsFunc(b.names, func(o name) bool { return n.core == o.core && n.form == o.form }) {
			return true
		}
	}
	return false
}

func (p *party) sameRegistration(o *party) bool {
	return len(p.registration) >= minRegistration && p.registration == o.registration &&
		(p.country == "" || o.country == "" || strings.EqualFold(p.country, o.country))
}

// maxShown bounds the characters of a name in a message.
const maxShown = 100

// shorten makes a text that somebody typed fit for a message: one line, no control characters, not endless.
func shorten(s string) string {
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
