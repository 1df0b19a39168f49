package rule

import (
	"sync"

	"github.com/assay-project/assay/internal/text"
)

// words are one word, or some in a row, folded.
type words struct{ letters []rune }

// maxLetters bounds the words that are looked for: each token of a text may be the beginning of them.
const maxLetters = 64

// newWords folds words; nil where nothing is left of them, or too much to be looked for.
func newWords(word string) *words {
	var f text.Folded
	f.Fold(word)
	if f.NumTokens() == 0 {
		return nil
	}
	w := &words{}
	for _, r := range f.Between(0, len(f.Pieces())-1) {
		w.letters = append(w.letters, plain(r))
	}
	if len(w.letters) == 0 || len(w.letters) > maxLetters {
		return nil
	}
	return w
}

// plain is the Latin letter that a letter looks like, or the letter.
func plain(r rune) rune {
	if look := text.Look(r); look != 0 {
		return rune(look)
	}
	return r
}

const maxKept = 16 << 10 // bytes of a text that a folder keeps

// folders keep the last text folded: rules ask about the same few fields, one after the other.
var folders = sync.Pool{New: func() any { return new(text.Folded) }}

// find looks for the words in a text, from the beginning of one word to the end of one; what stands between letters counts
// for nothing. It tells the bytes in the text.
func (w *words) find(in string) (start, end int, found bool) {
	f := folders.Get().(*text.Folded)
	defer func() {
		if len(in) > maxKept {
			f.Reset()
		}
		folders.Put(f)
	}()
	if f.Raw() != in {
		f.Fold(in)
	}
	for first := range f.NumTokens() {
		if last, ok := w.from(f, first); ok {
			return int(f.TokenAt(first).Start), int(f.TokenAt(last).End), true
		}
	}
	return 0, 0, false
}

// from reports whether the words begin with a token, and with which they end.
func (w *words) from(f *text.Folded, first int) (last int, ok bool) {
	rest := w.letters
	for last = first; last < f.NumTokens(); last++ {
		letters := f.Letters(last)
		if len(letters) > len(rest) {
			return 0, false
		}
		for i, r := range letters {
			if r != rest[i] && plain(r) != rest[i] {
				return 0, false
			}
		}
		if rest = rest[len(letters):]; len(rest) == 0 {
			return last, true
		}
	}
	return 0, false
}
