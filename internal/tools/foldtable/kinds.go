package main

import (
	"unicode"

	"github.com/assay-project/assay/internal/text/foldtable"
)

// isWord reports whether r is a letter, a digit or a mark.
func isWord(r rune) bool {
	return unicode.In(r, unicode.L, unicode.M, unicode.Nd, unicode.Nl) && r != 0x02BC
}

func isJamo(r rune) bool {
	return r >= 0x1100 && r <= 0x11FF || r >= 0xA960 && r <= 0xA97C || r >= 0xD7B0 && r <= 0xD7FB
}

func isKana(r rune) bool { return unicode.In(r, unicode.Hiragana, unicode.Katakana) }

// dropsMark reports whether the mark r may go without changing which word is written. In the
// scripts of India and South-East Asia it may not: vowels and tones are marks there.
func dropsMark(r rune) bool {
	return unicode.Is(unicode.Me, r) || unicode.In(r, unicode.Inherited, unicode.Common,
		unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Arabic, unicode.Hebrew,
		unicode.Syriac, unicode.Armenian, unicode.Georgian, unicode.Coptic)
}

// digitValue returns the value of a decimal digit of any script.
func digitValue(r rune) (rune, bool) {
	for _, x := range unicode.Nd.R16 {
		if r >= rune(x.Lo) && r <= rune(x.Hi) {
			return (r - rune(x.Lo)) % 10, true
		}
	}
	for _, x := range unicode.Nd.R32 {
		if r >= rune(x.Lo) && r <= rune(x.Hi) {
			return (r - rune(x.Lo)) % 10, true
		}
	}
	return 0, false
}

var (
	southEast = []*unicode.RangeTable{unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
		unicode.Tai_Tham, unicode.New_Tai_Lue, unicode.Tai_Le, unicode.Tai_Viet}
	ideographic = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana,
		unicode.Bopomofo, unicode.Yi, unicode.Tangut, unicode.Nushu}
	lookingLatin = []*unicode.RangeTable{unicode.Coptic, unicode.Lisu, unicode.Deseret,
		unicode.Glagolitic, unicode.Gothic, unicode.Old_Italic, unicode.Runic, unicode.Carian,
		unicode.Lycian, unicode.Lydian, unicode.Elbasan, unicode.Osage, unicode.Warang_Citi,
		unicode.Canadian_Aboriginal, unicode.Tifinagh, unicode.Vai, unicode.Bamum, unicode.Miao}
)

// kindOf classifies a folded rune.
func kindOf(r rune) foldtable.Kind {
	switch {
	case r >= '0' && r <= '9':
		return foldtable.Digit
	case !isWord(r):
		return foldtable.Gap
	case unicode.Is(unicode.M, r):
		return foldtable.KeptMark
	case unicode.Is(unicode.Latin, r):
		return foldtable.Latin
	case unicode.Is(unicode.Greek, r):
		return foldtable.Greek
	case unicode.Is(unicode.Cyrillic, r):
		return foldtable.Cyrillic
	case unicode.Is(unicode.Armenian, r):
		return foldtable.Armenian
	case unicode.Is(unicode.Georgian, r):
		return foldtable.Georgian
	case unicode.Is(unicode.Cherokee, r):
		return foldtable.Cherokee
	case unicode.Is(unicode.Arabic, r):
		return foldtable.Arabic
	case unicode.Is(unicode.Hangul, r):
		return foldtable.Hangul
	case unicode.In(r, southEast...):
		return foldtable.SouthEast
	case unicode.In(r, ideographic...) || r == 0x30FC || r == 0x3005:
		return foldtable.Ideograph
	case unicode.In(r, lookingLatin...):
		return foldtable.OtherAlpha
	}
	return foldtable.Letter
}

// gapOf classifies a separator by its general category, unless the supplement knows better.
func (b *builder) gapOf(r rune) uint8 {
	if g, ok := b.src.supplement.gap[r]; ok {
		return g
	}
	switch {
	case r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == 0x85 || r == 0x2028 || r == 0x2029:
		return foldtable.Newline
	case r == '\t' || unicode.Is(unicode.Zs, r):
		return foldtable.Space
	case unicode.Is(unicode.Pd, r):
		return foldtable.Hyphen
	case unicode.Is(unicode.Ps, r):
		return foldtable.Open
	case unicode.Is(unicode.Pe, r):
		return foldtable.Close
	case unicode.In(r, unicode.Pi, unicode.Pf):
		return foldtable.Quote
	}
	return foldtable.Symbol
}
