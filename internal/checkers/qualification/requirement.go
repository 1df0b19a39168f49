package qualification

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/party"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/text"
)

// A requirement is a row of the book, ready to be asked.
type requirement struct {
	*rulebook.Requirement
	papers []accepted
}

// An accepted is a way to satisfy a requirement, ready for comparison.
type accepted struct {
	*rulebook.AcceptedPaper
	schemes        [][]string // tokens of each
	accreditations []string   // folded
	issuers        []party.Party
}

func newRequirement(r *rulebook.Requirement) requirement {
	row := requirement{Requirement: r}
	for i := range r.Papers {
		a := accepted{AcceptedPaper: &r.Papers[i]}
		for _, s := range a.Schemes {
			a.schemes = append(a.schemes, schemeTokens(s))
		}
		for _, s := range a.Accreditations {
			a.accreditations = append(a.accreditations, text.Key(s))
		}
		for _, s := range a.Issuers {
			a.issuers = append(a.issuers, party.Listed(s, ""))
		}
		row.papers = append(row.papers, a)
	}
	return row
}

func (r *requirement) ofListings() bool { return r.Asked == rulebook.AskedOfListings }

// concerns reports whether goods of a category need the paper.
func (r *requirement) concerns(c rulebook.Category) bool {
	if c.Path == "" {
		return len(r.Categories) == 0
	}
	return c.Under(r.Categories) && (len(r.Except) == 0 || !c.Under(r.Except))
}

func (r *requirement) inForce(asOf time.Time) bool {
	return (r.From.IsZero() || !asOf.Before(r.From)) && (r.Until.IsZero() || asOf.Before(r.Until))
}

// asks reports whether the merchant and the condition of the goods are among those asked. What is not known is.
func (r *requirement) asks(s *listing.Submission) bool {
	return (len(r.Countries) == 0 || s.Merchant.Country == "" || slices.Contains(r.Countries, strings.ToUpper(s.Merchant.Country))) &&
		(len(r.Conditions) == 0 || s.Product.Condition == listing.ConditionUnknown || slices.Contains(r.Conditions, s.Product.Condition)) &&
		(len(r.ShopTypes) == 0 || s.Merchant.ShopType == listing.ShopTypeUnknown || slices.Contains(r.ShopTypes, s.Merchant.ShopType))
}

// in are the markets, of those given, that the requirement is for.
func (r *requirement) in(markets []listing.Market) []listing.Market {
	if len(r.Markets) == 0 {
		return markets
	}
	var in []listing.Market
	for _, m := range markets {
		if slices.Contains(r.Markets, m) {
			in = append(in, m)
		}
	}
	return in
}

// schemeTokens are the words and numbers of the name of a standard: "EN71-1:2014" is en, 71, 1, 2014.
func schemeTokens(s string) []string {
	var tokens []string
	var token strings.Builder
	kind := ' '
	for _, r := range norm.NFKC.String(s) {
		k := ' '
		switch {
		case unicode.IsDigit(r):
			k = '0'
		case unicode.IsLetter(r) || unicode.IsMark(r):
			k = 'a'
		}
		if k != kind && token.Len() > 0 {
			tokens = append(tokens, token.String())
			token.Reset()
		}
		if kind = k; k != ' ' {
			token.WriteRune(unicode.ToLower(r))
		}
	}
	if token.Len() > 0 {
		tokens = append(tokens, token.String())
	}
	return tokens
}

// namedBy reports whether a standard that a paper names is the one that is wanted, or a part, an edition or an adoption of it.
func namedBy(wanted, named []string) bool {
	for len(wanted) > 0 && len(named) >= len(wanted) {
		if slices.Equal(named[:len(wanted)], wanted) {
			return true
		}
		named = named[1:]
	}
	return false
}
