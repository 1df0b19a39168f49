package text

import (
	"unicode/utf8"

	"github.com/assay-project/assay/internal/text/foldtable"
)

// Key returns the form in which two names are compared: case, width, diacritics, invisible
// characters, spacing and punctuation are gone, and letters of other alphabets that pass for
// Latin ones are Latin. It is empty if nothing is left, and Key(Key(s)) == Key(s). It is
// meant for names, not for display; two words of different languages may share a key.
func Key(s string) string {
	var buf [64]byte
	return string(AppendKey(buf[:0], s))
}

// AppendKey appends Key(s) to dst.
func AppendKey(dst []byte, s string) []byte {
	k := keyer{dst: dst, base: len(dst)}
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		e := table.At(r)
		switch {
		case e.Kind() == foldtable.KanaMark:
			k.voice(r)
		case e.Kind() == foldtable.Jamo:
			k.jamo(r)
		case e.Kind() > foldtable.LastWord:
		case isSignLetter(r) && len(k.dst) > k.base && !showsLetter(s[i:]):
		case e.Multi():
			for _, to := range table.Sequence(e) {
				k.add(to)
			}
		case e.Rune() != 0:
			k.add(e.Rune())
		default:
			k.add(r)
		}
	}
	return k.dst
}

// lettersOf is the number of letters that r folds to.
func lettersOf(r rune) int {
	e := table.At(r)
	switch {
	case e.Kind() == foldtable.Jamo:
		return 1
	case e.Kind() > foldtable.LastWord:
		return 0
	case !e.Multi():
		return 1
	}
	n := 0
	for _, to := range table.Sequence(e) {
		if table.At(to).Kind() <= foldtable.LastWord {
			n++
		}
	}
	return n
}

// A keyer appends the letters of a key.
type keyer struct {
	dst  []byte
	base int
}

// add appends a folded letter.
func (k *keyer) add(r rune) {
	e := table.At(r)
	if e.Kind() > foldtable.LastWord {
		return
	}
	if l := e.KeyLook(); l != 0 {
		r = rune(l)
	}
	k.dst = utf8.AppendRune(k.dst, r)
}

// last removes and returns the last letter, or 0.
func (k *keyer) last() rune {
	if len(k.dst) == k.base {
		return 0
	}
	r, size := utf8.DecodeLastRune(k.dst)
	k.dst = k.dst[:len(k.dst)-size]
	return r
}

func (k *keyer) voice(mark rune) {
	kana := k.last()
	if c := composeKana(kana, mark); c != 0 {
		kana = c
	}
	if kana != 0 {
		k.dst = utf8.AppendRune(k.dst, kana)
	}
}

// jamo appends a conjoining letter, composed with what stands before it.
func (k *keyer) jamo(r rune) {
	before := k.last()
	if before != 0 {
		pair := string([]rune{before, r})
		if c, n := composeJamo(pair); n == len(pair) {
			k.dst = utf8.AppendRune(k.dst, c)
			return
		}
		open := before >= hangulBase && before <= hangulTo && (before-hangulBase)%countT == 0
		if open && r > jamoT && r < jamoT+countT {
			k.dst = utf8.AppendRune(k.dst, before+r-jamoT)
			return
		}
		k.dst = utf8.AppendRune(k.dst, before)
	}
	k.dst = utf8.AppendRune(k.dst, r)
}
