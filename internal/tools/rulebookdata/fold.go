package main

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// tokens splits s into folded words: compatibility forms and accents gone,
// lower case, letters and digits only. Two names are the same name to these
// generators when their tokens, joined, are equal.
func tokens(s string) []string {
	s = strings.NewReplacer("'", "", "’", "", "ʼ", "").Replace(s)
	s = norm.NFC.String(strings.Map(unaccent, norm.NFKD.String(s)))
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// unaccent drops combining marks, other than those that make another kana, and
// maps the Latin letters that do not decompose.
func unaccent(r rune) rune {
	switch r {
	case 0x3099, 0x309A:
		return r
	case 'ø', 'Ø':
		return 'o'
	case 'đ', 'Đ', 'ð':
		return 'd'
	case 'ł', 'Ł':
		return 'l'
	case 'ı':
		return 'i'
	}
	if unicode.Is(unicode.Mn, r) {
		return -1
	}
	return r
}

// joined is the name as one word.
func joined(s string) string { return strings.Join(tokens(s), "") }

// spaced is the name as words with single spaces.
func spaced(s string) string { return strings.Join(tokens(s), " ") }

// latin reports whether every letter of s is a Latin one.
func latin(s string) bool {
	for _, r := range s {
		if unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) {
			return false
		}
	}
	return true
}

// kebab makes an id of letters a-z, digits and single hyphens; it is empty for
// names in other scripts.
func kebab(s string) string {
	s = strings.NewReplacer("&", " and ", "ß", "ss", "æ", "ae", "Æ", "ae", "œ", "oe", "þ", "th").Replace(s)
	words := tokens(s)
	kept := words[:0]
	for _, w := range words {
		w = strings.Map(func(r rune) rune {
			if r < unicode.MaxASCII {
				return r
			}
			return -1
		}, w)
		if w != "" {
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, "-")
}
