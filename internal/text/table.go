package text

import (
	_ "embed"
	"hash/crc32"
	"math/bits"
	"unicode/utf8"

	"github.com/assay-project/assay/internal/text/foldtable"
)

//go:embed table.bin
var tableData string

// table is read-only after package initialisation (about 0.1 ms).
var table = mustDecode(tableData)

func mustDecode(data string) *foldtable.Table {
	t, err := foldtable.Decode(data)
	if err != nil {
		panic(err) // the binary was built with a broken table; no input can cause it
	}
	return t
}

// asciiEntry is what the fast path needs of an ASCII byte.
type asciiEntry struct {
	hash  uint64
	gap   Gap // if classGap
	rune  uint8
	class uint8 // classGap, classLower, classUpper, classDigit
}

// Letter classes inside a word.
const (
	classGap = iota
	classLower
	classUpper
	classDigit
	classNone     // letters of a script without case
	classSyllable // of Hangul
	classOther    // see letter
)

var ascii = makeASCII()

func makeASCII() *[utf8.RuneSelf]asciiEntry {
	var a [utf8.RuneSelf]asciiEntry
	for c := range a {
		e := table.At(rune(c))
		switch {
		case e.Kind() == foldtable.Digit:
			a[c] = asciiEntry{rune: uint8(c), class: classDigit}
		case e.Kind() == foldtable.Latin && e.Rune() != 0:
			a[c] = asciiEntry{rune: uint8(e.Rune()), class: classUpper}
		case e.Kind() == foldtable.Latin:
			a[c] = asciiEntry{rune: uint8(c), class: classLower}
		default:
			a[c] = asciiEntry{class: classGap, gap: 1 << e.Gap()}
			if e.Kind() == foldtable.Blank {
				a[c].gap |= Blank
			}
		}
		a[c].hash = mix(uint64(a[c].rune))
	}
	return &a
}

// A letter is what plainWord needs of a code point: the letter that it folds to, or two.
type letter struct {
	hash       uint64 // of rune
	rune       rune
	second     uint8 // the one before rune, if there are two: of ASCII
	class      uint8 // classGap: it ends a word; classOther: not for plainWord
	transforms Transforms
	kind       foldtable.Kind
}

// letters are the letters of the code points that have one or two bytes.
var letters = func() (a [0x800]letter) {
	for r := range a {
		a[r] = letterOf(rune(r))
	}
	return a
}()

// letterOf is the letter of any code point.
func letterOf(r rune) letter {
	e := table.At(r)
	l := letter{rune: r, kind: e.Kind(), transforms: Transforms(e.Transforms())}
	if to := e.Rune(); to != 0 {
		l.rune = to
	}
	switch k := e.Kind(); {
	case k == foldtable.Gap, k == foldtable.Ideograph, k == foldtable.Blank && r < utf8.RuneSelf:
		return letter{class: classGap}
	case k > foldtable.Letter || l.transforms&Enclosed != 0:
		return letter{class: classOther}
	case e.Multi():
		seq := table.Sequence(e)
		if len(seq) != 2 || !isSmall(seq[0]) || !isSmall(seq[1]) {
			return letter{class: classOther}
		}
		l.second, l.rune, l.kind = uint8(seq[0]), seq[1], foldtable.Latin
	}
	l.hash = LetterHash(l.rune)
	l.class = letterClass(l.kind, l.transforms)
	return l
}

// isSmall reports whether r is a small letter of ASCII.
func isSmall(r rune) bool { return r >= 'a' && r <= 'z' }

// Look returns the lower-case ASCII letter or the digit that r is drawn like, or 0 if it is
// drawn like none. ASCII characters look like nothing but themselves: 0.
func Look(r rune) byte {
	if uint32(r) > utf8.MaxRune {
		return 0
	}
	return table.At(r).Look()
}

// HashRotate is how far the rolling hash turns for each letter.
const HashRotate = 5

// mix spreads the bits of v (the finaliser of splitmix64).
func mix(v uint64) uint64 {
	v += 0x9e3779b97f4a7c15
	v = (v ^ v>>30) * 0xbf58476d1ce4e5b9
	v = (v ^ v>>27) * 0x94d049bb133111eb
	return v ^ v>>31
}

// gaps are the gaps of ASCII bytes; letters and digits have none.
var gaps = func() (a [utf8.RuneSelf]Gap) {
	for c, e := range ascii {
		a[c] = e.gap
	}
	return a
}()

// turned are the hashes of the folded letters of ASCII by how they must be turned where they are
// the first, second, ... of eight. That of no letter is 0.
var turned = func() (a [8][utf8.RuneSelf]uint64) {
	for c, e := range ascii {
		for i := range a {
			if e.class != classGap {
				a[i][c] = bits.RotateLeft64(e.hash, HashRotate*(len(a)-1-i))
			}
		}
	}
	return a
}()

// LetterHash is the value of one folded letter in the rolling hash.
func LetterHash(r rune) uint64 {
	if uint32(r) < utf8.RuneSelf {
		return ascii[r].hash
	}
	return mix(uint64(r))
}

// Extend returns the rolling hash h of some letters, extended by the hash v of one more letter.
func Extend(h, v uint64) uint64 { return bits.RotateLeft64(h, HashRotate) ^ v }

// Concat returns the hash of the letters hashed by a followed by n letters hashed by b.
func Concat(a, b uint64, n int) uint64 { return bits.RotateLeft64(a, HashRotate*n) ^ b }

// HashLetters returns the rolling hash of letters, which must be folded.
func HashLetters(letters []rune) uint64 {
	var h uint64
	for _, r := range letters {
		h = Extend(h, LetterHash(r))
	}
	return h
}

// FoldRune returns the first letter that r folds to and how many there are; 0, 0 if it adds no
// letter to a word.
func FoldRune(r rune) (rune, int) {
	n := lettersOf(r)
	if n == 0 {
		return 0, 0
	}
	e := table.At(r)
	switch {
	case e.Multi():
		return table.Sequence(e)[0], n
	case e.Rune() != 0:
		return e.Rune(), n
	}
	return r, n
}

// IsGap reports whether r shows and adds no letter to a word: punctuation, a symbol, a space.
func IsGap(r rune) bool {
	return uint32(r) > utf8.MaxRune || table.At(r).Kind() >= foldtable.Blank
}

// TableChecksum identifies the fold table: what was folded with one cannot be compared with
// what was folded with another.
func TableChecksum() uint32 {
	return crc32.Checksum([]byte(tableData), crc32.MakeTable(crc32.Castagnoli))
}

// IsLetter reports whether r adds a letter to a word.
func IsLetter(r rune) bool {
	return uint32(r) <= utf8.MaxRune && table.At(r).Kind() <= foldtable.LastWord
}
