package term

import (
	"errors"
	"fmt"
	"slices"

	"github.com/assay-project/assay/internal/text"
)

// An Index finds the terms it was built from. It is safe for concurrent use, each goroutine with
// its own Scratch.
type Index struct {
	entries []entry
	letters []rune  // of all terms
	bounds  []bound // of all terms
	heads   table   // hash of the letters -> first term with them
	prefix  table   // hashes of the beginnings of terms, at piece ends

	words    []wordRef // of terms that may be disguised
	shapes   table     // hash of the skeleton -> word
	deletes  table     // hash of the word, and of the word less one letter -> word
	ordinary table     // hashes of ordinary words

	maxLetters int
	disguised  bool
}

// entry is one term.
type entry struct {
	letters, numLetters int32 // in Index.letters
	bounds, numBounds   int32
	next                int32 // term with the same letters, or -1
	policy              Policy
	patterns            uint32 // letter case of the first 16 tokens, 2 bits each
	own                 text.Transforms
	tokens              uint8
	size                uint8 // letters, ideographs counted twice, at most 255
	ordinary            bool
	digits              bool // no letters
	lone                bool // one letter of a script without spaces
}

// pattern is the letter case of the k-th token.
func (e *entry) pattern(k int) text.Pattern { return text.Pattern(e.patterns >> (2 * k) & 3) }

// bound is where a piece of a term begins.
type bound struct {
	letter int32 // letters before it
	glue   text.Glue
	gap    text.Gap
}

type wordRef struct {
	hash       uint64
	letters, n int32
	fuzzy      bool
}

// Build makes an index of terms. words are ordinary words: one that a text may contain without
// meaning the term one letter away from it. Build names all terms that cannot be looked for.
func Build(terms []Term, words []string) (*Index, error) {
	b := builder{Index: &Index{entries: make([]entry, len(terms))}}
	b.addOrdinary(words)
	var errs []error
	for i, t := range terms {
		if err := b.addTerm(i, t); err != nil {
			errs = append(errs, fmt.Errorf("term %d %q: %w", i, t.Text, err))
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	b.link()
	b.addWords()
	return b.Index, nil
}

type builder struct {
	*Index
	f        text.Folded
	hashes   []uint64 // of the terms
	prefixes []uint64
	skeleton []shape
}

func (b *builder) addOrdinary(words []string) {
	b.ordinary = newTable(len(words))
	for _, w := range words {
		b.f.Fold(w)
		pieces := b.f.Pieces()
		if h, n := b.f.Window(0, len(pieces)-1); n > 1 && !b.ordinary.has(h) {
			b.ordinary.add(h, 0)
		}
	}
}

// addTerm folds a term and stores its letters and where its words begin.
func (b *builder) addTerm(i int, t Term) error {
	f := &b.f
	f.Fold(t.Text)
	pieces := f.Pieces()
	last := len(pieces) - 1
	switch {
	case last == 0:
		return errors.New("nothing is left of it when case, spacing and signs are folded away")
	case last > maxPieces || f.Truncated():
		return fmt.Errorf("%d parts, want at most %d", last, maxPieces)
	case t.Policy > Fuzzy:
		return fmt.Errorf("unknown policy %d", t.Policy)
	}
	letters := f.Between(0, last)
	e := entry{
		letters: int32(len(b.letters)), numLetters: int32(len(letters)), bounds: int32(len(b.bounds)),
		next: -1, policy: t.Policy, tokens: uint8(f.NumTokens()),
	}
	hash, _ := f.Window(0, last)
	b.hashes = append(b.hashes, hash)
	for k := 1; k < last; k++ {
		h, _ := f.Window(0, k)
		b.prefixes = append(b.prefixes, h)
		b.bounds = append(b.bounds, bound{pieces[k].Letter, pieces[k].Glue, gapBefore(f, k)})
	}
	e.numBounds = int32(len(b.bounds)) - e.bounds
	e.digits = true
	for k := range f.NumTokens() {
		tok := f.Token(k)
		e.own |= tok.Transforms
		e.patterns |= uint32(tok.Case) << (2 * k)
		e.digits = e.digits && tok.Class == text.Number
	}
	e.size = uint8(min(255, sizeOf(letters)))
	e.lone = len(letters) == 1 && f.Token(0).Class >= text.Ideograph
	e.ordinary = b.ordinary.has(hash)
	b.letters = append(b.letters, letters...)
	b.entries[i] = e
	b.maxLetters = max(b.maxLetters, len(letters))
	b.disguised = b.disguised || t.Policy > Exact
	return nil
}

// gapBefore is what stands in front of piece k, if it begins a token.
func gapBefore(f *text.Folded, k int) text.Gap {
	if p := f.Pieces()[k]; p.Glue == text.Free {
		return f.Before(int(p.Token))
	}
	return 0
}

// sizeOf is the number of letters, those of scripts with a letter per syllable or word twice.
func sizeOf(letters []rune) int {
	n := len(letters)
	for _, r := range letters {
		if r >= 0x2E80 && r < 0xA000 || r >= 0xAC00 && r < 0xD7A4 || r >= 0x20000 {
			n++
		}
	}
	return n
}

// link fills the hash tables of whole terms.
func (b *builder) link() {
	b.heads = newTable(len(b.entries))
	for i, h := range b.hashes {
		if j := b.sameLetters(h, int32(i)); j >= 0 {
			b.entries[i].next = b.entries[j].next
			b.entries[j].next = int32(i)
			continue
		}
		b.heads.add(h, int32(i))
	}
	b.prefix = newTable(len(b.prefixes))
	slices.Sort(b.prefixes)
	for _, h := range slices.Compact(b.prefixes) {
		b.prefix.add(h, 0)
	}
}

func (b *builder) sameLetters(h uint64, i int32) int32 {
	want := b.lettersOf(i)
	for c := b.heads.find(h); ; {
		j := b.heads.next(&c)
		if j < 0 || slices.Equal(b.lettersOf(j), want) {
			return j
		}
	}
}

func (x *Index) lettersOf(t int32) []rune {
	e := &x.entries[t]
	return x.letters[e.letters : e.letters+e.numLetters]
}

func (x *Index) boundsOf(t int32) []bound {
	e := &x.entries[t]
	end := e.bounds + e.numBounds
	return x.bounds[e.bounds:end:end]
}

func (x *Index) lettersOfWord(w int32) []rune {
	r := &x.words[w]
	return x.letters[r.letters : r.letters+r.n]
}

// addWords indexes the words of all terms that may be disguised.
func (b *builder) addWords() {
	seen := make(map[uint64]int32)
	for i := range b.entries {
		e := &b.entries[i]
		if e.policy == Exact || int(e.size) < minDisguised || e.digits {
			continue
		}
		from := int32(0)
		for _, bd := range append(b.boundsOf(int32(i)), bound{letter: e.numLetters}) {
			if bd.glue != text.Free {
				continue
			}
			b.addWord(seen, e.letters+from, bd.letter-from, e.policy == Fuzzy)
			from = bd.letter
		}
	}
	deletes := 0
	for i := range b.words {
		deletes += 1 + int(b.words[i].n)
	}
	b.shapes, b.deletes = newTable(len(b.words)), newTable(deletes)
	for i := range b.words {
		b.addShape(int32(i))
		b.addDeletes(int32(i))
	}
}

func (b *builder) addWord(seen map[uint64]int32, from, n int32, fuzzy bool) {
	letters := b.letters[from : from+n]
	if n < minDisguised || n > maxWord || sizeOf(letters) != int(n) {
		return
	}
	h := text.HashLetters(letters)
	if w, ok := seen[h]; ok {
		b.words[w].fuzzy = b.words[w].fuzzy || fuzzy
		return
	}
	seen[h] = int32(len(b.words))
	b.words = append(b.words, wordRef{h, from, n, fuzzy})
}

func (b *builder) addShape(w int32) {
	b.skeleton = appendWordShapes(b.skeleton[:0], b.lettersOfWord(w))
	b.shapes.add(hashShapes(b.skeleton), w)
}

func (b *builder) addDeletes(w int32) {
	letters := b.lettersOfWord(w)
	b.deletes.add(b.words[w].hash, w)
	var d deletions
	d.set(letters)
	for k := range letters {
		if k > 0 && letters[k] == letters[k-1] {
			continue // the same word again
		}
		b.deletes.add(d.without(k), w)
	}
}
