package text

import (
	"math/bits"
	"slices"
	"unicode/utf8"

	"github.com/assay-project/assay/internal/text/foldtable"
)

// This file does what asciiRun, asciiGap, foldRune and closeWord do, several times faster, for the
// text that most listings consist of: words of plain letters, single ideographs, gaps. What
// it does not know it leaves to them, from the beginning of the word on.

// fast folds from *i on until it meets something it does not know, moves *i there, and reports
// whether it got anywhere. No word may be open.
func (f *Folded) fast(s string, i *int) bool {
	at := *i
	for at < len(s) {
		var end int
		if s[at] >= utf8.RuneSelf {
			end = f.fastRune(s, at)
		} else if end = f.asciiBlock(s, at); end == at {
			end = f.plainWord(s, at)
		}
		if end == at {
			break
		}
		at = end
	}
	moved := at > *i
	*i = at
	return moved
}

// fastRune folds the gap, ideographs or word that begin at s[i], which is not ASCII, and returns
// where they end, or i if it does not know how.
func (f *Folded) fastRune(s string, i int) int {
	r, size := decode(s, i)
	e := table.At(r)
	switch k := e.Kind(); {
	case k == foldtable.Gap:
		f.addGap(1 << e.Gap())
		return i + size
	case k == foldtable.Ideograph:
		return f.ideographs(s, i, size, r, e)
	case isPlain(e):
		return f.plainWord(s, i)
	}
	return i
}

// decode is utf8.DecodeRuneInString of s[i:], with the two forms that most letters beyond ASCII
// have tried first.
func decode(s string, i int) (r rune, size int) {
	if i+2 < len(s) {
		a, b, c := s[i], s[i+1]^0x80, s[i+2]^0x80 // b and c continue a rune if they are below 0x40
		switch {
		case a-0xC2 <= 0xDF-0xC2 && b < 0x40:
			return rune(a&0x1F)<<6 | rune(b), 2
		case a-0xE1 <= 0xEC-0xE1 && b < 0x40 && c < 0x40:
			return rune(a&0x0F)<<12 | rune(b)<<6 | rune(c), 3
		}
	}
	return utf8.DecodeRuneInString(s[i:])
}

// isPlain reports whether e is a letter that folds to one letter and may stand anywhere in a word.
func isPlain(e foldtable.Entry) bool {
	return e.Kind() <= foldtable.Letter && !e.Multi() && e.Transforms()&foldtable.Enclosed == 0
}

// ideographs folds the ideographs from s[i] on, the first of which is r with the entry e, up to one
// that what follows may change.
func (f *Folded) ideographs(s string, i, size int, r rune, e foldtable.Entry) int {
	for e.Kind() == foldtable.Ideograph && !e.Multi() && e.Transforms()&foldtable.Enclosed == 0 {
		end := i + size
		var next rune
		var after foldtable.Entry // of a letter of ASCII: what follows r changes nothing
		size = 0
		if end < len(s) && s[end] >= utf8.RuneSelf {
			next, size = decode(s, end)
			after = table.At(next)
			if k := after.Kind(); !isPlain(after) && k != foldtable.Ideograph && k != foldtable.SouthEast && k != foldtable.Gap {
				return i
			}
		}
		if to := e.Rune(); to != 0 {
			r = to
		}
		n := len(f.letters)
		piece := f.newPiece(f.w.hash, n, i, Free)
		piece.End = int32(end)
		tok := f.newToken(i, n, len(f.pieces)-1)
		tok.End, tok.Class, tok.Transforms = int32(end), Ideograph, Transforms(e.Transforms())
		f.letters = append(f.letters, r)
		f.w.hash = Extend(f.w.hash, mix(uint64(r)))
		i = end
		if size == 0 {
			break
		}
		r, e = next, after
	}
	return i
}

// plainWord folds the word of plain letters that begins at s[start] and returns where it ends. If
// anything else touches it, nothing is done and start returned.
func (f *Folded) plainWord(s string, start int) int {
	n, firstPiece := len(f.letters), len(f.pieces)
	dst := f.letters[n : n+len(s)-start] // Fold keeps that much room
	hash := f.w.hash
	piece := f.newPiece(hash, n, start, Free)
	var p plain
	var class uint8 = classNone
	var far letter // the last one of three bytes or more
	k, run, i := 0, 0, start
	for i < len(s) {
		var e *letter
		size := 1
		if c := s[i]; c < utf8.RuneSelf {
			e = &letters[c]
		} else if c-0xC2 <= 0xDF-0xC2 && i+1 < len(s) && s[i+1]^0x80 < 0x40 {
			e, size = &letters[int(c&0x1F)<<6|int(s[i+1]^0x80)], 2
		} else {
			far, size = letterAt(s, i)
			e = &far
		}
		if e.class != class {
			p.count(class, k-run)
			if run = k; e.class == classGap {
				break
			}
			if e.class == classOther {
				f.pieces = f.pieces[:firstPiece]
				return start
			}
			if edge := edgeOf(class, e.class); edge != Free && k > 0 {
				piece.End = int32(i)
				piece = f.newPiece(hash, n+k, i, edge)
			}
			class = e.class
		}
		p.kinds |= 1 << e.kind
		p.transforms |= e.transforms
		if e.second != 0 {
			hash = Extend(hash, ascii[e.second].hash)
			dst[k] = rune(e.second)
			k++
		}
		hash = bits.RotateLeft64(hash, HashRotate) ^ e.hash
		dst[k] = e.rune
		k++
		i += size
	}
	p.count(class, k-run)
	piece.End = int32(i)
	f.letters = f.letters[:n+k]
	f.w.hash = hash
	tok := f.newToken(start, n, firstPiece)
	tok.End = int32(i)
	f.closePlain(tok, &p)
	return i
}

// plain is what plainWord learns of its letters.
type plain struct {
	upper, lower, digits, others int // letters by class
	firstUpper                   bool
	kinds                        uint32
	transforms                   Transforms
}

func (p *plain) count(class uint8, n int) {
	switch class {
	case classUpper:
		p.firstUpper = p.firstUpper || p.upper+p.lower == 0
		p.upper += n
	case classLower:
		p.lower += n
	case classDigit:
		p.digits += n
	default:
		p.others += n
	}
}

func letterAt(s string, i int) (letter, int) {
	r, size := decode(s, i)
	return letterOf(r), size
}

// closePlain completes a token of plain letters.
func (f *Folded) closePlain(tok *Token, p *plain) {
	tok.Case = patternOf(p.upper, p.lower, p.firstUpper)
	tok.Transforms = p.transforms
	if p.digits > 0 {
		tok.Class = Number
		if p.upper+p.lower+p.others > 0 {
			tok.Class = Mixed
		}
	}
	if p.kinds&^(1<<foldtable.Latin|1<<foldtable.Digit) != 0 {
		f.closeForeign(tok, p.kinds)
	}
}

// newPiece appends a piece. Its fields are set one by one, in place: built on the stack and
// copied, it would cost three times as much.
func (f *Folded) newPiece(hash uint64, letter, start int, glue Glue) *Piece {
	k := len(f.pieces)
	if k == cap(f.pieces) {
		f.pieces = slices.Grow(f.pieces, 1)
	}
	f.pieces = f.pieces[:k+1]
	p := &f.pieces[k]
	p.Hash, p.Letter, p.Start, p.End = hash, int32(letter), int32(start), int32(start)
	p.Token, p.Glue = int32(len(f.tokens)), glue
	return p
}

// newToken appends a token.
func (f *Folded) newToken(start, letter, piece int) *Token {
	k := len(f.tokens)
	if k == cap(f.tokens) {
		f.tokens = slices.Grow(f.tokens, 1)
	}
	f.tokens = f.tokens[:k+1]
	t := &f.tokens[k]
	t.Start, t.End, t.letters, t.piece = int32(start), int32(start), int32(letter), int32(piece)
	t.After, t.Transforms, t.Class, t.Case = 0, 0, 0, 0
	return t
}
