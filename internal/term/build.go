package term

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/assay-project/assay/internal/text"
)

// An Index finds the terms it was built from. It is never changed and safe for concurrent use,
// each goroutine with its own Scratch. It holds no pointers into its terms.
type Index struct {
	blob   []byte // records of all terms
	same   []pair // terms with the same letters as an earlier one, in order
	heads  table  // hash of the letters -> record of the first term with them
	filter filter // of terms and their beginnings
	known  known  // ordinary words

	words   []wordRef // of terms that may be disguised
	shapes  table     // hash of the skeleton -> word
	deletes table     // hash of the word, and of the word less one letter -> word
	near    filter    // of deletes

	numTerms   int
	maxLetters int
	leastEdit  int  // letters of the shortest word that may have one wrong
	hasRuns    bool // some words are looked for in runs
}

// pair says that term next has the letters of term first.
type pair struct{ first, next record }

// A wordRef is where a word stands in the blob: offset<<wordBits | size in bytes, and whether a term
// with Policy Loose has it.
type wordRef uint64

const (
	wordBits = 8
	isLoose  = 1 << 63
)

func (r wordRef) offset() int { return int(r &^ isLoose >> wordBits) }
func (r wordRef) size() int   { return int(r & (1<<wordBits - 1)) }

// Build makes an index of terms. words are ordinary words: ones that a text may contain without
// meaning the term one letter away from them. Build names all terms that cannot be looked for.
func Build(terms []Term, words []string) (*Index, error) {
	b := NewBuilder(words)
	b.b.grow(len(terms))
	var errs []error
	for i, t := range terms {
		if err := b.b.add(t); err != nil {
			errs = append(errs, fmt.Errorf("term %d %q: %w", i, t.Text, err))
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return b.Build(), nil
}

// Limits of what 32-bit numbers can hold with room to spare.
const (
	maxTerms = 1 << 24
	maxBlob  = 1 << 30
)

// A Builder takes the terms of an index one by one. It keeps their letters, not the terms.
type Builder struct{ b builder }

// NewBuilder begins an index that knows these ordinary words.
func NewBuilder(words []string) *Builder {
	return &Builder{builder{Index: &Index{known: NewWords(words, nil).known}}}
}

// Add adds terms; the number of each is how many were added before. Where one of them cannot be looked
// for, it says why and adds none.
func (b *Builder) Add(terms ...Term) error {
	builder, index := b.b, *b.b.Index
	for _, t := range terms {
		if err := b.b.add(t); err != nil {
			b.b = builder
			*b.b.Index = index
			return fmt.Errorf("%q: %w", t.Text, err)
		}
	}
	return nil
}

// Build finishes the index. The builder must not be used any more.
func (b *Builder) Build() *Index {
	b.b.link()
	b.b.collectWords()
	b.b.addWords()
	b.b.setLeastEdit()
	b.b.setRuns()
	x := b.b.Index
	x.known = x.known.in(x)
	b.b = builder{}
	return x
}

type builder struct {
	*Index
	f         text.Folded
	hashes    []uint64 // of the terms, spread
	records   []record
	prefixes  []uint64 // of their beginnings, spread
	wordsSeen int
	seen      table // spread hash of a word -> word
	pending   []pendingWord
	touched   uint32 // so that the touching is not optimised away
	letters   []rune
	shape     []shape
}

func (b *builder) grow(terms int) {
	b.blob = make([]byte, 0, terms*(recordHeader+20))
	b.hashes, b.records = make([]uint64, 0, terms), make([]record, 0, terms)
}

// add folds a term and stores its letters and where its words begin.
func (b *builder) add(t Term) error {
	f := &b.f
	f.Fold(t.Text)
	pieces := f.Pieces()
	last := len(pieces) - 1
	switch {
	case last == 0:
		return errors.New("nothing is left of it when case, spacing and signs are folded away")
	case last > maxPieces || f.Truncated():
		return fmt.Errorf("%d parts, want at most %d", last, maxPieces)
	case t.Policy > Loose:
		return fmt.Errorf("unknown policy %d", t.Policy)
	case b.numTerms == maxTerms || len(b.blob) > maxBlob:
		return fmt.Errorf("the index is full: it has %d terms of %d bytes", b.numTerms, len(b.blob))
	}
	letters := f.Between(0, last)
	hash, _ := f.Window(0, last)
	hash = spread(hash)
	e := traitsOf(f, t.Policy, letters)
	if b.known.facts(hash) != 0 {
		e |= traitOrdinary
	}
	b.blob = appendRecord(b.blob, uint32(b.numTerms), e)
	b.numTerms++
	start := len(b.blob) - recordHeader
	for k := range last {
		if k > 0 {
			b.blob = appendMark(b.blob, pieces[k].Glue, gapBefore(f, k))
			if h, _ := f.Window(0, k); pieces[k].Glue <= text.CamelEdge {
				b.prefixes = append(b.prefixes, spread(h))
			}
		}
		b.blob = appendRunes(b.blob, f.Between(k, k+1))
	}
	b.hashes = append(b.hashes, hash)
	b.records = append(b.records, record(start/recordUnit))
	binary.LittleEndian.PutUint16(b.blob[start+8:], uint16(len(b.blob)-start-recordHeader))
	b.maxLetters = max(b.maxLetters, len(letters))
	b.wordsSeen += f.NumTokens() + 1 // all of them as one
	return nil
}

// gapBefore is what stands in front of piece k, if it begins a token.
func gapBefore(f *text.Folded, k int) text.Gap {
	if p := &f.Pieces()[k]; p.Glue == text.Free {
		return f.Before(int(p.Token))
	}
	return 0
}

// link fills the table and the filter of whole terms.
func (b *builder) link() {
	b.filter = newFilter(len(b.hashes)+len(b.prefixes), filterBits)
	for _, h := range b.prefixes {
		b.filter.add(h, isPrefix)
	}
	b.heads = newTable(len(b.hashes), len(b.blob)/recordUnit+1)
	for i, h := range b.hashes {
		r := b.records[i]
		if first, ok := b.sameLetters(h, r); ok {
			binary.LittleEndian.PutUint32(b.at(first)[4:], uint32(b.traits(first)|traitSame))
			b.same = append(b.same, pair{first, r})
			continue
		}
		b.filter.add(h, isTerm)
		b.heads.add(h, uint32(r))
	}
	slices.SortFunc(b.same, func(a, c pair) int {
		return cmp.Or(cmp.Compare(a.first, c.first), cmp.Compare(a.next, c.next))
	})
}

// sameLetters returns the first term with the letters of r, if there is one.
func (b *builder) sameLetters(h uint64, r record) (record, bool) {
	c := b.heads.find(h)
	for {
		j, ok := b.heads.next(&c)
		if !ok {
			return 0, false
		}
		b.letters = appendLetters(b.letters[:0], b.bytesOf(r))
		if rest, ok := match(b.bytesOf(record(j)), b.letters); ok && len(rest) == 0 {
			return record(j), true
		}
	}
}

// collectWords lists the distinct words of all terms that may be disguised, and those with Policy Loose
// as one word too.
func (b *builder) collectWords() {
	b.seen = newTable(b.wordsSeen, b.wordsSeen)
	for _, r := range b.records {
		e := b.traits(r)
		if e.policy() == Exact || e.size() < minDisguised || e.digits() {
			continue
		}
		loose := wordRef(0)
		if e.policy() == Loose {
			loose = isLoose
		}
		from := int(r)*recordUnit + recordHeader
		end := from + len(b.bytesOf(r))
		for i := from; i < end; {
			n := 1
			if c := b.blob[i]; c > markEdge {
				b.addWord(from, i, loose)
				_, n = mark(b.blob[i:end])
				from = i + n
			}
			i += n
		}
		b.addWord(from, end, loose)
		if first := int(r)*recordUnit + recordHeader; loose != 0 && from > first {
			b.addWord(first, end, loose)
		}
	}
	b.settle()
	b.seen = table{}
}

// A pendingWord is a word of a term that may have been seen before.
type pendingWord struct {
	hash uint64 // spread
	word wordRef
}

const maxPending = 512

// addWord adds the word that stands between from and to in the blob, unless it is known or
// unfit for disguise.
func (b *builder) addWord(from, to int, loose wordRef) {
	b.letters = appendLetters(b.letters[:0], b.blob[from:to])
	n := len(b.letters)
	if n < 2 || n > maxWord || to-from >= 1<<wordBits || !mayDisguise(b.letters) && !(loose != 0 && isRunWord(b.letters)) {
		return
	}
	h := spread(text.HashLetters(b.letters))
	b.pending = append(b.pending, pendingWord{h, wordRef(from)<<wordBits | wordRef(to-from) | loose})
	if len(b.pending) == maxPending {
		b.settle()
	}
}

// settle lists the pending words that were not seen before. As in a scan, each step asks for all that
// it needs before it looks at any of it.
func (b *builder) settle() {
	for _, p := range b.pending {
		b.touched += b.seen.slots[home(p.hash, len(b.seen.slots))]
	}
	for _, p := range b.pending {
		c := b.seen.find(p.hash)
		if w, ok := b.seen.next(&c); ok {
			b.touched += uint32(b.blob[b.words[w].offset()])
		}
	}
	for _, p := range b.pending {
		b.settleWord(p)
	}
	b.pending = b.pending[:0]
}

func (b *builder) settleWord(p pendingWord) {
	c := b.seen.find(p.hash)
	for {
		w, ok := b.seen.next(&c)
		if !ok {
			break
		}
		from := p.word.offset()
		b.letters = appendLetters(b.letters[:0], b.blob[from:from+p.word.size()])
		if rest, ok := match(b.bytesOfWord(w), b.letters); ok && len(rest) == 0 {
			b.words[w] |= p.word & isLoose
			return
		}
	}
	b.seen.add(p.hash, uint32(len(b.words)))
	b.words = append(b.words, p.word)
}

func mayDisguise(letters []rune) bool {
	return !slices.ContainsFunc(letters, func(r rune) bool { return isDense(r) || isSpaceless(r) })
}

// loose reports whether a term has Policy Loose.
func (x *Index) loose() bool { return x.leastEdit == minLoose }

func (x *Index) setLeastEdit() {
	x.leastEdit = minFuzzy
	for _, w := range x.words {
		if w&isLoose != 0 {
			x.leastEdit = minLoose
			return
		}
	}
}

// setRuns notes whether some words are looked for in runs.
func (x *Index) setRuns() {
	for w := range x.words {
		if x.words[w]&isLoose != 0 && isRunWord(appendLetters(nil, x.bytesOfWord(uint32(w)))) {
			x.hasRuns = true
			return
		}
	}
}

func (x *Index) bytesOfWord(w uint32) []byte {
	r := x.words[w]
	return x.blob[r.offset() : r.offset()+r.size()]
}

// addWords fills the tables of words.
func (b *builder) addWords() {
	b.shapes = newTable(len(b.words), len(b.words))
	// The deletions are added in the order of their hashes, roughly: the tables are larger than
	// the caches, and filling them at random would take several times as long.
	var next [257]int
	b.eachDeletion(func(h uint64, _ uint32) { next[h>>56+1]++ })
	for i := range 256 {
		next[i+1] += next[i]
	}
	total := next[256]
	sorted := make([]deletion, total)
	b.eachDeletion(func(h uint64, w uint32) {
		k := &next[h>>56]
		sorted[*k] = deletion{h, w}
		*k++
	})
	b.deletes = newTable(total, len(b.words))
	b.near = newFilter(total+len(b.words), nearBits)
	for _, d := range sorted {
		b.deletes.add(d.hash, d.word)
		b.near.add(d.hash, isNear)
	}
	for w := range b.words {
		b.letters = appendLetters(b.letters[:0], b.bytesOfWord(uint32(w)))
		h := spread(b.skeleton())
		b.shapes.add(h, uint32(w))
		b.near.add(h, isShape)
		if isRunWord(b.letters) {
			for _, r := range append(standIns(b.letters[0]), b.letters[0]) {
				b.near.add(spread(text.LetterHash(r)), isInitial)
			}
		}
	}
}

// skeleton hashes the shapes of the word at hand.
func (b *builder) skeleton() uint64 {
	h, pairs := skeleton(b.letters)
	if !pairs && !slices.ContainsFunc(b.letters, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return h
	}
	b.shape = appendWordShapes(b.shape[:0], b.letters)
	return hashShapes(b.shape)
}

// A deletion is the spread hash of a word, or of a word less one letter.
type deletion struct {
	hash uint64
	word uint32
}

// eachDeletion calls add with all deletions of all words that are long enough, and with the frames of
// loose ones.
func (b *builder) eachDeletion(add func(h uint64, w uint32)) {
	var d deletions
	for w := range b.words {
		b.letters = appendLetters(b.letters[:0], b.bytesOfWord(uint32(w)))
		loose := b.words[w]&isLoose != 0
		if len(b.letters) < minDisguised && (!loose || len(b.letters) < minLoose) {
			continue
		}
		if loose && len(b.letters) >= minDisguised {
			add(spread(frame(b.letters[0], b.letters[len(b.letters)-1], len(b.letters))), uint32(w))
		}
		if isRunWord(b.letters) {
			eachSlip(b.letters, func(h uint64) { add(h, uint32(w)) })
		}
		d.set(b.letters)
		add(spread(d.prefix[d.n]), uint32(w))
		for k, r := range b.letters {
			if k == 0 || r != b.letters[k-1] { // else the same again
				add(spread(d.without(k)), uint32(w))
			}
		}
	}
}

func appendRunes(dst []byte, rs []rune) []byte {
	for _, r := range rs {
		if r < 0x80 {
			dst = append(dst, byte(r))
			continue
		}
		dst = append(dst, string(r)...)
	}
	return dst
}
