package main

import (
	"slices"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// look returns the lower-case ASCII letter or the digit that r is drawn like, or 0.
// ASCII itself has no look: 1 for l and 0 for o are a matter for who compares words.
func (b *builder) look(r rune) byte {
	if r < 0x80 {
		return 0
	}
	if l, ok := b.src.supplement.look[r]; ok {
		return l
	}
	if !b.mayLook(r) {
		return 0
	}
	if l := b.lookOf(b.skeleton(r)); l == 'l' && unicode.IsUpper(r) {
		return 'i' // the prototype of capital I is small l
	} else if l != 0 {
		return l
	}
	to, _ := b.fold(r)
	if l := asciiWord(to); l != 0 {
		return l
	}
	if len(to) == 1 && to[0] != r {
		return b.look(to[0])
	}
	return 0
}

// mayLook reports whether r is drawn at all.
func (b *builder) mayLook(r rune) bool {
	return !b.src.ignorable[r] && unicode.In(r, unicode.L, unicode.N, unicode.S, unicode.P) &&
		!unicode.Is(unicode.Han, r)
}

// skeleton is the UTS #39 prototype of r without the marks drawn over it.
func (b *builder) skeleton(r rune) []rune {
	var out []rune
	for _, d := range norm.NFD.String(string(r)) {
		p, ok := b.src.confusable[d]
		if !ok {
			p = []rune{d}
		}
		for _, c := range norm.NFD.String(string(p)) {
			if !unicode.Is(unicode.Mn, c) && !unicode.Is(unicode.Me, c) {
				out = append(out, c)
			}
		}
	}
	return out
}

// lookOf reads a skeleton as one ASCII letter or digit, or 0.
func (b *builder) lookOf(skeleton []rune) byte {
	switch string(skeleton) {
	case "rn":
		return 'm'
	case "vv":
		return 'w'
	}
	if len(skeleton) != 1 {
		return 0
	}
	if l := asciiWord(skeleton); l != 0 {
		return l
	}
	if l, ok := b.src.supplement.look[skeleton[0]]; ok {
		return l
	}
	to, _ := b.fold(skeleton[0])
	return asciiWord(to)
}

func asciiWord(s []rune) byte {
	if len(s) != 1 || s[0] >= 0x80 {
		return 0
	}
	c := byte(s[0])
	switch {
	case c >= 'A' && c <= 'Z':
		return c + 'a' - 'A'
	case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
		return c
	}
	return 0
}

// keyScripts are the scripts whose letters a comparison key may replace by Latin ones.
var keyScripts = []*unicode.RangeTable{unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Armenian,
	unicode.Cherokee, unicode.Coptic, unicode.Lisu, unicode.Deseret}

// keyLook is the look of a folded letter that is the same for its capital: that of the
// capital where it has one, since names are written in capitals to deceive.
func (b *builder) keyLook(folded rune) byte {
	if folded < 0x80 || !unicode.In(folded, keyScripts...) {
		return 0
	}
	for _, r := range b.capitals(folded) {
		if _, ok := b.src.supplement.look[folded]; ok && !unicode.Is(unicode.Greek, folded) {
			break // the supplement speaks for both cases
		}
		if l := b.look(r); l != 0 {
			return l
		}
	}
	return b.look(folded)
}

// capitals returns the code points other than folded that fold to it by case, in order.
func (b *builder) capitals(folded rune) []rune {
	var out []rune
	for r := unicode.SimpleFold(folded); r != folded; r = unicode.SimpleFold(r) {
		out = append(out, r)
	}
	slices.Sort(out)
	return out
}
