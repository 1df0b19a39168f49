package term

import (
	"math/bits"
	"unicode/utf8"

	"github.com/assay-project/assay/internal/text"
)

// A shape is one letter as the eye may take it.
type shape struct {
	class  rune   // letters that may be taken for one another have one class
	letter rune   // what it is, folded; ringN for r and n that make an m
	source source // how it was written
}

type source uint8

const (
	written source = iota // as a letter
	digit                 // as a digit or a symbol
	drawn                 // as a letter of another script, or a symbol drawn like one
	dotted                // as a small i, which nobody takes for an l
	masked                // blotted out: any letter
)

// Letters made of two.
const (
	ringN = -'m'
	twoV  = -'w'
)

// leet is what digits and symbols stand for.
var leet = [utf8.RuneSelf]byte{
	'0': 'o', '1': 'i', '2': 'z', '3': 'e', '4': 'a', '5': 's', '6': 'g', '7': 't', '8': 'b', '9': 'g',
	'@': 'a', '$': 's', '!': 'i', '|': 'i', '+': 't', '(': 'c', '<': 'c', '{': 'c', '[': 'c',
}

// classOf merges the letters that may be taken for one another.
func classOf(r rune) rune {
	switch r {
	case 'l':
		return 'i'
	}
	if uint32(r) < utf8.RuneSelf && leet[r] != 0 {
		return rune(leet[r])
	}
	return r
}

// appendWordShapes appends the shapes of folded letters.
func appendWordShapes(dst []shape, letters []rune) []shape {
	for _, r := range letters {
		dst = pushShape(dst, shape{class: classOf(lookOf(r)), letter: r}, true)
	}
	return dst
}

func lookOf(r rune) rune {
	if r >= utf8.RuneSelf {
		if l := text.Look(r); l != 0 {
			return rune(l)
		}
	}
	return r
}

// pushShape appends s, making one letter of r n and of v v if merge is set.
func pushShape(dst []shape, s shape, merge bool) []shape {
	if n := len(dst); merge && n > 0 {
		switch last := &dst[n-1]; {
		case s.class == 'n' && last.letter == 'r':
			*last = shape{'m', ringN, last.source}
			return dst
		case s.letter == 'v' && last.letter == 'v':
			*last = shape{'w', twoV, last.source}
			return dst
		}
	}
	return append(dst, s)
}

// hashShapes hashes the classes of shapes, runs of one class as one.
func hashShapes(shapes []shape) uint64 {
	var h uint64
	for i, s := range shapes {
		if i > 0 && s.class == shapes[i-1].class {
			continue
		}
		h = text.Extend(h, text.LetterHash(s.class))
	}
	return h
}

// classHashes are the hashes of the classes of ASCII letters.
var classHashes = func() (hashes [utf8.RuneSelf]uint64) {
	for r := range hashes {
		hashes[r] = text.LetterHash(classOf(rune(r)))
	}
	return hashes
}()

// skeleton hashes ASCII letters as hashShapes does their shapes when r n and v v are left apart, and
// reports whether there are any.
func skeleton(letters []rune) (h uint64, pairs bool) {
	var last rune
	var lastClass uint64
	for _, r := range letters {
		class := classHashes[r&(utf8.RuneSelf-1)]
		if r == 'n' && last == 'r' || r == 'v' && last == 'v' {
			pairs = true
		}
		if class != lastClass {
			h = text.Extend(h, class)
		}
		last, lastClass = r, class
	}
	return h, pairs
}

// align compares the shapes of a suspect with those of a word that has the same classes, runs
// aside, and says what had to be undone.
func align(suspect, word []shape) (t text.Transforms, ok bool) {
	edits := 0
	for len(suspect) > 0 && len(word) > 0 {
		n, m := run(suspect), run(word)
		if suspect[0].class != word[0].class {
			return 0, false
		}
		for i := range n {
			u := undoneIn(suspect[i], word[:m])
			if u == text.Edit {
				edits++
			}
			t |= u
		}
		switch {
		case n == m:
		case n >= 3 && n > m:
			t |= text.Repeat
		case n-m == 1 || m-n == 1:
			t |= text.Edit
			edits++
		default:
			return 0, false
		}
		suspect, word = suspect[n:], word[m:]
	}
	return t, len(suspect) == 0 && len(word) == 0 && edits <= 1
}

// undoneIn says what turns a shape into one of the letters of a run.
func undoneIn(s shape, word []shape) text.Transforms {
	for _, w := range word[1:] {
		if w.letter == s.letter {
			return 0
		}
	}
	return undone(s, word[0])
}

// run is the number of shapes of the first one's class at the beginning of s.
func run(s []shape) int {
	n := 1
	for n < len(s) && s[n].class == s[0].class {
		n++
	}
	return n
}

// undone says what turns one shape into the letter of another of the same class.
func undone(s, word shape) text.Transforms {
	switch {
	case s.letter == word.letter:
		return 0
	case s.source == dotted:
		return text.Edit
	case s.source == digit:
		return text.Leet
	}
	return text.LookAlike
}

// deletions gives the hashes of a word less one letter.
type deletions struct {
	prefix [maxWord + 1]uint64
	n      int
}

func (d *deletions) set(letters []rune) {
	d.n = len(letters)
	for i, r := range letters {
		d.prefix[i+1] = text.Extend(d.prefix[i], text.LetterHash(r))
	}
}

// without is the hash of the word without letter k.
func (d *deletions) without(k int) uint64 {
	return d.prefix[d.n] ^ bits.RotateLeft64(d.prefix[k]^d.prefix[k+1], text.HashRotate*(d.n-k-1))
}

// suffix is the hash of the word from letter k on.
func (d *deletions) suffix(k int) uint64 {
	return d.prefix[d.n] ^ bits.RotateLeft64(d.prefix[k], text.HashRotate*(d.n-k))
}

// frame hashes what is left of a word when all letters between its first and its last are blotted out.
func frame(first, last rune, n int) uint64 {
	return text.Extend(text.Extend(text.Extend(0, text.LetterHash(first)), text.LetterHash(last)), text.LetterHash(-rune(n)))
}

// oneEdit reports whether a and b are one insertion, deletion, substitution or transposition
// of neighbours apart.
func oneEdit(a, b []rune) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	j := 0
	for j < len(a)-i && a[len(a)-1-j] == b[len(b)-1-j] {
		j++
	}
	switch middle := len(a) - i - j; {
	case len(a) < len(b):
		return middle == 0
	case middle == 2:
		return a[i] == b[i+1] && a[i+1] == b[i]
	default:
		return middle == 1
	}
}
