package text

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/assay-project/assay/internal/text/foldtable"
)

// word is the state of the word being folded.
type word struct {
	hash       uint64 // of all letters so far
	open       bool
	class      uint8 // class of the last letter
	kind       foldtable.Kind
	special    special
	hidden     bool // something invisible was met after the last letter
	marks      int32
	upper      int // letters by case
	lower      int
	firstUpper bool
	kinds      uint32 // kinds met, as bits
}

// special marks words that nothing else may continue.
type special uint8

const (
	ordinary special = iota
	single           // one letter of a script without spaces
	flags            // regional indicators
	tags             // tag characters
)

// Fold folds s, which need not be valid UTF-8, and forgets the text before.
func (f *Folded) Fold(s string) {
	f.Reset()
	if len(s) > MaxBytes {
		s, f.truncated = cut(s), true
	}
	f.raw = s
	f.letters = slices.Grow(f.letters, len(s)+spare)
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case !f.w.open && f.fast(s, &i):
		case c >= utf8.RuneSelf:
			i = f.foldRune(s, i)
		case ascii[c].class != classGap:
			i = f.asciiRun(s, i)
		default:
			f.asciiGap(c)
			i++
		}
		if len(f.letters) > maxLetters {
			f.truncated = true
			break
		}
	}
	f.closeWord()
	f.addGap(End)
	f.newPiece(f.w.hash, len(f.letters), len(s), Free)
}

// cut returns the longest prefix of s within MaxBytes that ends between runes.
func cut(s string) string {
	n := MaxBytes
	for n > MaxBytes-utf8.UTFMax && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

func (f *Folded) asciiGap(c byte) {
	f.closeWord()
	f.addGap(ascii[c].gap)
	if ascii[c].gap&Blank != 0 {
		f.invisible++
	}
}

func (f *Folded) addGap(g Gap) {
	if n := len(f.tokens); n > 0 {
		f.tokens[n-1].After |= g
		return
	}
	f.leading |= g
}

// asciiRun folds the ASCII letters and digits from i on and returns where they end.
func (f *Folded) asciiRun(s string, i int) int {
	w := &f.w
	if w.open && w.special != ordinary {
		f.closeWord()
	}
	f.place(i, ascii[s[i]].class)
	n := len(f.letters)
	dst := f.letters[n : n+len(s)-i] // Fold keeps that much room
	hash, class, run := w.hash, w.class, i
	start := i
	for ; i < len(s); i++ {
		c := s[i]
		if c >= utf8.RuneSelf {
			break
		}
		e := &ascii[c]
		if e.class != class {
			if e.class == classGap {
				break
			}
			w.count(class, i-run)
			w.kinds |= 1 << asciiKind(class)
			run = i
			if edge := edgeOf(class, e.class); edge != Free {
				w.hash = hash
				f.letters = f.letters[:n+i-start]
				f.pieces[len(f.pieces)-1].End = int32(i)
				f.addPiece(i, edge)
			}
			class = e.class
		}
		hash = Extend(hash, e.hash)
		dst[i-start] = rune(e.rune)
	}
	w.count(class, i-run)
	w.kind = asciiKind(class)
	w.kinds |= 1 << w.kind
	f.letters = f.letters[:n+i-start]
	w.hash, w.class, w.marks = hash, class, 0
	f.endAt(i)
	return i
}

func asciiKind(class uint8) foldtable.Kind {
	if class == classDigit {
		return foldtable.Digit
	}
	return foldtable.Latin
}

// edgeOf returns whether a piece ends between letters of the two classes.
func edgeOf(before, after uint8) Glue {
	switch {
	case before == classLower && after == classUpper:
		return CamelEdge
	case before == classSyllable && after == classSyllable:
		return Syllable
	case before >= classDigit && before != after, after >= classDigit && before != after:
		return ScriptEdge
	}
	return Free
}

// count takes note of n letters of a class.
func (w *word) count(class uint8, n int) {
	switch class {
	case classUpper:
		w.firstUpper = w.firstUpper || w.upper+w.lower == 0
		w.upper += n
	case classLower:
		w.lower += n
	}
}

// place makes room for a letter of the given class at byte i: it opens a word, or begins a
// new piece of the open one where the letters before ask for it.
func (f *Folded) place(i int, class uint8) {
	w := &f.w
	if !w.open {
		*w = word{hash: w.hash, open: true, class: class}
		f.newPiece(w.hash, len(f.letters), i, Free)
		f.newToken(i, len(f.letters), len(f.pieces)-1)
		return
	}
	edge := edgeOf(w.class, class)
	if w.hidden {
		edge = Hidden
		f.tokens[len(f.tokens)-1].Transforms |= Invisible
		w.hidden = false
	}
	if edge != Free {
		f.addPiece(i, edge)
	}
	w.class = class
}

func (f *Folded) addPiece(i int, glue Glue) {
	f.newPiece(f.w.hash, len(f.letters), i, glue).Token--
}

// endAt notes that the open word reaches to byte i at least.
func (f *Folded) endAt(i int) {
	f.tokens[len(f.tokens)-1].End = int32(i)
	f.pieces[len(f.pieces)-1].End = int32(i)
}

// addLetter adds a folded letter that spans the raw bytes from start to end.
func (f *Folded) addLetter(r rune, k foldtable.Kind, t Transforms, start, end int) {
	class := letterClass(k, t)
	f.place(start, class)
	w := &f.w
	w.hash = Extend(w.hash, LetterHash(r))
	w.count(class, 1)
	w.kinds |= 1 << k
	w.kind, w.class, w.marks = k, class, 0
	f.letters = append(f.letters, r)
	tok := &f.tokens[len(f.tokens)-1]
	tok.Transforms |= t
	f.endAt(end)
}

// letterClass is the class of a folded letter of kind k, given what folding undid.
func letterClass(k foldtable.Kind, t Transforms) uint8 {
	switch {
	case k == foldtable.Digit:
		return classDigit
	case k == foldtable.Hangul:
		return classSyllable
	case t&Case != 0:
		return classUpper
	case k <= foldtable.OtherAlpha:
		return classLower
	}
	return classNone
}

// closeWord completes the open token, if there is one.
func (f *Folded) closeWord() {
	w := &f.w
	if !w.open {
		return
	}
	w.open = false
	tok := &f.tokens[len(f.tokens)-1]
	tok.Case = patternOf(w.upper, w.lower, w.firstUpper)
	if w.upper > 0 {
		tok.Transforms |= Case
	}
	tok.Class = classOf(w.kinds)
	if w.kinds&^(1<<foldtable.Latin|1<<foldtable.Digit) != 0 {
		f.closeForeign(tok, w.kinds)
	}
}

// closeForeign does for the last token what only words beyond Latin need.
func (f *Folded) closeForeign(tok *Token, kinds uint32) {
	if kinds&(1<<foldtable.Arabic) != 0 {
		f.splitClitics()
	}
	if mixesScripts(kinds, f.letters[tok.letters:]) {
		f.mixed = report(f.mixed, len(f.tokens)-1)
	}
}

func patternOf(upper, lower int, firstUpper bool) Pattern {
	switch {
	case upper == 0:
		return Lower
	case lower == 0:
		return Upper
	case upper == 1 && firstUpper:
		return Title
	}
	return Camel
}

func classOf(kinds uint32) Class {
	switch {
	case kinds == 1<<foldtable.Digit:
		return Number
	case kinds&(1<<foldtable.Digit) != 0:
		return Mixed
	case kinds&(1<<foldtable.Ideograph) != 0:
		return Ideograph
	case kinds&(1<<foldtable.SouthEast) != 0:
		return SouthEast
	}
	return Word
}

// lookingLatin are the kinds whose letters pass for Latin ones.
const lookingLatin = 1<<foldtable.Greek | 1<<foldtable.Cyrillic | 1<<foldtable.Armenian |
	1<<foldtable.Georgian | 1<<foldtable.Cherokee | 1<<foldtable.OtherAlpha

// mixesScripts reports whether a word mixes Latin with a script that passes for it. The
// Greek letters of units and formulas (µF, kΩ, αGPC) are not a mixture.
func mixesScripts(kinds uint32, letters []rune) bool {
	foreign := kinds & lookingLatin
	if foreign&(foreign-1) != 0 {
		return true
	}
	if foreign == 0 || kinds&(1<<foldtable.Latin) == 0 {
		return false
	}
	if foreign != 1<<foldtable.Greek {
		return true
	}
	greek := 0
	for _, r := range letters {
		if table.At(r).Kind() != foldtable.Greek {
			continue
		}
		greek++
		if !strings.ContainsRune("μωαβγδλπ", r) {
			return true
		}
	}
	return greek > 1
}

func report(dst []int32, v int) []int32 {
	if len(dst) < maxReports {
		dst = append(dst, int32(v))
	}
	return dst
}
