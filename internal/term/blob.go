package term

import (
	"encoding/binary"
	"unicode/utf8"

	"github.com/assay-project/assay/internal/text"
)

// A record is where a term stands in the blob, in units of four bytes: its number, its traits, the
// size of its letters, and the letters, all that a hit needs in one cache line.
type record uint32

const (
	recordUnit   = 4
	recordHeader = 10
)

// appendRecord appends a record whose letters are still to come.
func appendRecord(blob []byte, id uint32, e traits) []byte {
	for len(blob)%recordUnit != 0 {
		blob = append(blob, 0)
	}
	blob = binary.LittleEndian.AppendUint32(blob, id)
	blob = binary.LittleEndian.AppendUint32(blob, uint32(e))
	return append(blob, 0, 0)
}

// at is the blob from record r on.
func (x *Index) at(r record) []byte { return x.blob[int(r)*recordUnit:] }

func (x *Index) id(r record) uint32 { return binary.LittleEndian.Uint32(x.at(r)) }

func (x *Index) traits(r record) traits { return traits(binary.LittleEndian.Uint32(x.at(r)[4:])) }

// bytesOf are the letters and marks of the term in record r.
func (x *Index) bytesOf(r record) []byte {
	b := x.at(r)
	return b[recordHeader : recordHeader+int(binary.LittleEndian.Uint16(b[8:]))]
}

// The letters are in UTF-8. Where a term has a gap or an edge between letters, a mark stands in
// their midst: a byte that UTF-8 never uses. The gaps between ideographs have none, since
// nothing stands there.
const (
	markFirst      = 0xF8
	markEdge       = 0xF8 // PlayStation, WD40
	markSpace      = 0xF9
	markHyphen     = 0xFA
	markApostrophe = 0xFB
	markGap        = 0xFC // three bytes with six bits of the gap each follow
)

// bound is where a piece of a term begins.
type bound struct {
	letter int32    // letters before it
	gap    text.Gap // what stands there; 0: an edge
}

// appendMark appends the mark for a piece that begins with glue after gap.
func appendMark(dst []byte, glue text.Glue, gap text.Gap) []byte {
	switch {
	case glue != text.Free:
		return append(dst, markEdge)
	case gap == 0:
		return dst
	case gap == text.Space:
		return append(dst, markSpace)
	case gap == text.Hyphen:
		return append(dst, markHyphen)
	case gap == text.Apostrophe:
		return append(dst, markApostrophe)
	}
	return append(dst, markGap, byte(gap>>12&63), byte(gap>>6&63), byte(gap&63))
}

// mark reads the mark at the beginning of b.
func mark(b []byte) (gap text.Gap, size int) {
	switch b[0] {
	case markSpace:
		return text.Space, 1
	case markHyphen:
		return text.Hyphen, 1
	case markApostrophe:
		return text.Apostrophe, 1
	case markGap:
		if len(b) >= 4 {
			return text.Gap(b[1])<<12 | text.Gap(b[2])<<6 | text.Gap(b[3]), 4
		}
	}
	return 0, 1
}

// match compares letters with the beginning of b, marks aside, and returns what is left of b.
func match(b []byte, letters []rune) ([]byte, bool) {
	n := 0
	for n < len(b) && n < len(letters) && rune(b[n]) == letters[n] && b[n] < utf8.RuneSelf {
		n++
	}
	b = b[n:]
	for _, r := range letters[n:] {
		for len(b) > 0 && b[0] >= markFirst {
			_, n := mark(b)
			b = b[n:]
		}
		switch {
		case len(b) == 0:
			return nil, false
		case b[0] < utf8.RuneSelf:
			if rune(b[0]) != r {
				return nil, false
			}
			b = b[1:]
		default:
			l, n := utf8.DecodeRune(b)
			if l != r {
				return nil, false
			}
			b = b[n:]
		}
	}
	return b, true
}

// appendLetters appends the letters in b.
func appendLetters(dst []rune, b []byte) []rune {
	for len(b) > 0 {
		switch {
		case b[0] < utf8.RuneSelf:
			dst = append(dst, rune(b[0]))
			b = b[1:]
		case b[0] >= markFirst:
			_, n := mark(b)
			b = b[n:]
		default:
			l, n := utf8.DecodeRune(b)
			dst = append(dst, l)
			b = b[n:]
		}
	}
	return dst
}

// appendBounds appends the places of the marks in b.
func appendBounds(dst []bound, b []byte) []bound {
	letter := int32(0)
	for len(b) > 0 {
		switch {
		case b[0] < utf8.RuneSelf:
			letter++
			b = b[1:]
		case b[0] >= markFirst:
			gap, n := mark(b)
			dst = append(dst, bound{letter, gap})
			b = b[n:]
		default:
			_, n := utf8.DecodeRune(b)
			letter++
			b = b[n:]
		}
	}
	return dst
}

// A traits packs what a scan must know of a term besides its letters.
//
//	bits  0..1   policy
//	bit   2      one letter of a script without spaces
//	bit   3      an ordinary word
//	bit   4      digits only
//	bit   5      other terms have the same letters
//	bits  6..8   size, at most 7
//	bits  9..12  tokens, at most 15
//	bits 13..14  letters, at most 3
//	bits 15..22  letter case of the first four tokens
//	bits 23..26  what folding the term itself undid: case, width, diacritics, ligatures
//	bit  27      there are marks among the letters
type traits uint32

const (
	traitLone     traits = 1 << 2
	traitOrdinary traits = 1 << 3
	traitDigits   traits = 1 << 4
	traitSame     traits = 1 << 5
	traitMarked   traits = 1 << 27

	ownTransforms = text.Case | text.Width | text.Diacritic | text.Ligature
	maxPatterns   = 4
)

func (e traits) policy() Policy       { return Policy(e & 3) }
func (e traits) lone() bool           { return e&traitLone != 0 }
func (e traits) ordinary() bool       { return e&traitOrdinary != 0 }
func (e traits) digits() bool         { return e&traitDigits != 0 }
func (e traits) size() int            { return int(e >> 6 & 7) }
func (e traits) tokens() int          { return int(e >> 9 & 15) }
func (e traits) letters() int         { return int(e >> 13 & 3) }
func (e traits) own() text.Transforms { return text.Transforms(e>>23) & ownTransforms }

// pattern is the letter case of token k, which must be below maxPatterns.
func (e traits) pattern(k int) text.Pattern { return text.Pattern(e >> (15 + 2*k) & 3) }

// traitsOf describes the folded term.
func traitsOf(f *text.Folded, policy Policy, letters []rune) traits {
	e := traits(policy)
	own, digits := text.Transforms(0), true
	for k := range f.NumTokens() {
		tok := f.Token(k)
		own |= tok.Transforms
		digits = digits && tok.Class == text.Number
		if k < maxPatterns {
			e |= traits(tok.Case) << (15 + 2*k)
		}
	}
	e |= traits(own&ownTransforms) << 23
	e |= traits(min(7, sizeOf(letters)))<<6 | traits(min(15, f.NumTokens()))<<9 | traits(min(3, len(letters)))<<13
	if f.NumTokens() > 1 || len(f.Pieces()) > 2 {
		e |= traitMarked
	}
	if digits {
		e |= traitDigits
	}
	if len(letters) == 1 && f.Token(0).Class >= text.Ideograph {
		e |= traitLone
	}
	return e
}

// sizeOf is the number of letters, those of scripts with a letter per syllable or word twice.
func sizeOf(letters []rune) int {
	n := len(letters)
	for _, r := range letters {
		if isDense(r) {
			n++
		}
	}
	return n
}

// isDense reports whether r stands for a syllable or a word: Han, kana, Hangul.
func isDense(r rune) bool {
	return r >= 0x2E80 && r < 0xA000 || r >= 0xAC00 && r < 0xD7A4 || r >= 0x20000
}

// isSpaceless reports whether r is of a script of South-East Asia that is written without spaces.
func isSpaceless(r rune) bool {
	return r >= 0x0E00 && r < 0x0F00 || r >= 0x1000 && r < 0x10A0 || r >= 0x1780 && r < 0x1800
}
