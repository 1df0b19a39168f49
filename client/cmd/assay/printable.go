package main

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxStacked is how many combining marks on one character are shown; more would draw over the lines around.
const maxStacked = 3

// printable makes text of strangers safe to show: nothing of it moves the cursor, changes colours, reverses the line, hides or draws
// over other text. What is not shown as it is stands there as its code point, <U+202E>. Spaces of every kind and
// ends of lines become one space each; joiners stay inside the scripts that need them.
func printable(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	var before rune
	stacked := 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, "<%02X>", s[i])
		case unicode.In(r, unicode.Mn, unicode.Me) && (stacked >= maxStacked || before == 0):
			fmt.Fprintf(&b, "<U+%04X>", r)
		case r == '\n', r == '\r', r == '\t', unicode.Is(unicode.Zs, r):
			b.WriteByte(' ')
		case unicode.IsPrint(r), joins(before, r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "<U+%04X>", r)
		}
		if stacked++; !unicode.In(r, unicode.Mn, unicode.Me) {
			stacked = 0
		}
		before = r
		i += size
	}
	return b.String()
}

// plain tells whether s is printable ASCII, as most text is.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// joins tells whether r is a joiner or a variation selector in a place where it shapes what stands before it.
func joins(before, r rune) bool {
	switch r {
	case '\u200c', '\u200d':
		return before > 0x2ff && !unicode.In(before, unicode.Greek, unicode.Cyrillic) && unicode.IsPrint(before)
	default:
		return false
	}
}
