package term

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/assay-project/assay/internal/text"
)

// Scratch is the working memory of a scan, to be reused by one goroutine. The zero value is ready.
type Scratch struct {
	hits     []Hit
	covered  []bool // tokens covered by a hit of their own letters
	shapes   []shape
	word     []shape
	letters  []rune  // of the word tried
	bounds   []bound // of the term tried
	steps    []bound // of the candidate tried
	repairs  []repair
	pool     []rune    // letters of the repairs
	segments []segment // of the candidate at hand
	spelling []rune    // its letters
	seen     []uint32  // words tried for the suspect at hand
	deleted  deletions // of the token tried
	hashes   []uint64  // of them
	run      []element // of letters without spaces
	window   []rune    // of it
	one      []asked   // windows of one piece
	unknown  []int32   // those that are no ordinary words
	starts   []int32   // pieces at which windows begin, and whether with two pieces: twice the one plus the other
	two      []uint64  // hashes of windows of two
	words    []uint64  // what the filter knows about them
	windows  []window  // that the filter lets through
	touched  uint32    // so that the touching is not optimised away
	tried    int
	odd      int // windows of runs with blots or repeated letters
	capped   bool
}

// Capped reports whether the last scan met so many candidates that it stopped looking. The
// verdict must say so.
func (s *Scratch) Capped() bool { return s.capped }

func (s *Scratch) reset(tokens int) {
	s.hits, s.capped, s.tried, s.odd = s.hits[:0], false, 0, 0
	s.covered = slices.Grow(s.covered[:0], tokens)[:tokens]
	clear(s.covered)
}

// Append appends the hits in f to dst, in the order of Start, then longer ones first, then in the
// order of the terms.
func (x *Index) Append(dst []Hit, f *text.Folded, s *Scratch) []Hit {
	s.reset(f.NumTokens())
	c := scan{x: x, known: &x.known, f: f, s: s, pieces: f.Pieces()}
	c.plain()
	c.disguised()
	return resolve(dst, s.hits)
}

// A scan is one pass of an index over one text.
type scan struct {
	x        *Index
	known    *known   // ordinary words, and what x knows about them
	innocent innocent // more of them, for suspects alone; nil: none
	most     int      // equal terms reported at a place; 0: all
	f        *text.Folded
	s        *Scratch
	pieces   []text.Piece
}

// disguised finds the terms that words stand for which no plain hit covers.
func (c *scan) disguised() {
	c.s.repairs, c.s.pool = c.s.repairs[:0], c.s.pool[:0]
	if len(c.x.words) > 0 {
		c.suspects()
		if c.x.hasRuns {
			c.runs()
		}
		c.repair()
	}
}

// plain finds the terms whose letters stand in the text, whatever stands between them. Memory is
// far away: each step first asks for all that it needs, and only then looks at any of it.
func (c *scan) plain() {
	c.askOne()
	c.askTwo()
	c.sieve()
	c.fetch()
	for k := range c.s.windows {
		if w := &c.s.windows[k]; w.found && !c.acceptWord(w) {
			c.probe(w.hash, &candidate{i: int(w.i), j: int(w.j)})
		}
	}
}

// An asked is the hash of a window and what is known about it.
type asked struct {
	hash  uint64
	facts facts
}

// A window of pieces i to j, with its hash, and the first record that may have its letters.
type window struct {
	hash  uint64
	i, j  int32
	first record
	found bool
}

// askOne asks about all windows of one piece: first the table of ordinary words, then the filter
// about the others.
func (c *scan) askOne() {
	n := len(c.pieces) - 1
	one := slices.Grow(c.s.one[:0], n)[:n]
	slots := slices.Grow(c.s.words[:0], n)[:n]
	unknown := slices.Grow(c.s.unknown[:0], n)[:n]
	c.s.one, c.s.words = one, slots
	pieces, known := c.pieces[:n+1], c.known
	for i := range one {
		p, q := &pieces[i], &pieces[i+1]
		h := spread(q.Hash ^ bits.RotateLeft64(p.Hash, text.HashRotate*int(q.Letter-p.Letter)))
		one[i].hash = h
		slots[i] = known.slots[home(h, known.homes)]
	}
	k := 0
	for i := range one {
		a := &one[i]
		if a.facts = factsIn(slots[i], a.hash); slots[i] < a.hash&^factMask {
			a.facts = known.facts(a.hash)
		}
		unknown[k] = int32(i)
		k += 1 - int(a.facts/anOrdinary)
	}
	c.s.unknown = unknown[:k]
	c.askUnknown()
}

// askUnknown asks the filter about the windows of one piece that are no ordinary words.
func (c *scan) askUnknown() {
	one, words, filter := c.s.one, c.s.words, c.x.filter
	for _, i := range c.s.unknown {
		words[i] = filter.word(one[i].hash)
	}
	letters := c.f.Between(0, len(one))
	for _, i := range c.s.unknown {
		r := letters[c.pieces[i].Letter]
		one[i].facts = about(words[i], one[i].hash) | factIf(uint32(r-'0') <= 9, aNumber)
	}
}

// askTwo asks the filter about the windows of two pieces that may be something. Where a term
// begins with the first piece they may; else the two must be one word broken in two, and then
// they are no ordinary words. It lists the pieces at which a window of one or two may begin.
func (c *scan) askTwo() {
	one, pieces := c.s.one, c.pieces
	starts := slices.Grow(c.s.starts[:0], len(one))[:len(one)]
	two := slices.Grow(c.s.two[:0], len(one))[:len(one)]
	n, m := 0, 0
	for i := range one {
		a, b := one[i].facts, facts(dull) // after the last piece: nothing
		if i+1 < len(one) {
			b = one[i+1].facts
		}
		pair := a.is(aPrefix) | (1 ^ a.is(dull)&b.is(dull)) | uint8(min(pieces[i+1].Glue, 1))
		starts[n] = int32(i)<<1 | int32(pair)
		n += int(a.is(aTerm) | pair)
	}
	if last := len(one) - 1; n > 0 && starts[n-1]>>1 == int32(last) {
		starts[n-1] &^= 1
	}
	starts = starts[:n]
	for _, s := range starts {
		if s&1 != 0 {
			h, _ := c.f.Window(int(s>>1), int(s>>1)+2)
			two[m] = spread(h)
			m++
		}
	}
	c.s.starts, c.s.two = starts, two[:m]
	words := slices.Grow(c.s.words[:0], m)[:m]
	c.s.words = words
	filter := c.x.filter
	for k, h := range c.s.two {
		words[k] = filter.word(h)
	}
}

// dull reports whether piece i is an ordinary word or a number.
func (c *scan) dull(i int) bool { return c.s.one[i].facts&dull != 0 }

// sieve lists the windows that the filter lets through, in the order of their beginnings, longer
// ones first.
func (c *scan) sieve() {
	last := len(c.pieces) - 1
	windows, two, words := c.s.windows[:0], c.s.two, c.s.words
	for _, s := range c.s.starts {
		i := int(s >> 1)
		n := len(windows)
		if n > maxWindows {
			c.s.capped = true
			break
		}
		if a := &c.s.one[i]; a.facts&aTerm != 0 {
			windows = append(windows, window{hash: a.hash, i: int32(i), j: int32(i + 1)})
		}
		if s&1 == 0 {
			continue
		}
		h, word := two[0], words[0]
		two, words = two[1:], words[1:]
		if yes(word, h, isTerm) {
			windows = append(windows, window{hash: h, i: int32(i), j: int32(i + 2)})
		}
		if i+2 < last && (yes(word, h, isPrefix) || c.inOnePlace(i, i+2)) {
			windows = c.sieveFrom(windows, i)
		}
		slices.Reverse(windows[n:])
	}
	c.s.windows = windows
}

// sieveFrom goes on from the window of two pieces at i.
func (c *scan) sieveFrom(dst []window, i int) []window {
	last := len(c.pieces) - 1
	for j := i + 3; j <= last && j-i <= maxPieces; j++ {
		h, n := c.f.Window(i, j)
		if n > c.x.maxLetters {
			break
		}
		h = spread(h)
		word := c.x.filter.word(h)
		if yes(word, h, isTerm) {
			dst = append(dst, window{hash: h, i: int32(i), j: int32(j)})
		}
		if !yes(word, h, isPrefix) && (j == last || !c.inOnePlace(i, j)) {
			break
		}
	}
	return dst
}

// fetch touches the memory that the probes will need.
func (c *scan) fetch() {
	heads := &c.x.heads
	touched := uint32(0)
	for k := range c.s.windows {
		touched += heads.slots[home(c.s.windows[k].hash, len(heads.slots))]
	}
	for k := range c.s.windows {
		w := &c.s.windows[k]
		cur := heads.find(w.hash)
		if r, ok := heads.next(&cur); ok {
			w.first, w.found = record(r), true
			touched += uint32(c.x.blob[int(r)*recordUnit])
		}
	}
	c.s.touched = touched
}

// inOnePlace reports whether the window of pieces i to j goes on as one word would, whatever
// stands in it: without a gap, spelled letter by letter, broken by signs and not by spaces, or
// into parts that are no words.
func (c *scan) inOnePlace(i, j int) bool {
	if c.pieces[j].Glue != text.Free {
		return true
	}
	g := gapBefore(c.f, j)
	switch {
	case g == 0: // between ideographs
		return false
	case (g&(text.Space|text.Newline) == 0 || g&text.Blank != 0) && j-i < maxChunk:
		return true // Guc(c)i
	}
	if int(c.pieces[j].Letter-c.pieces[i].Letter) <= j-i+1 {
		return true
	}
	// The last word of a term, broken in two: New Bala nce.
	return j-i <= maxBroken && !c.dull(j-1) && !c.dull(j)
}

// A candidate is a window of pieces i to j that may spell a term: by its own letters, or by others
// where repairs take the place of some of its pieces.
type candidate struct {
	i, j       int
	segments   []segment // nil: the pieces themselves
	letters    []rune    // of the segments
	transforms text.Transforms
	from, to   int32 // raw bytes of the repairs
	inside     bool  // they are all that is meant of the pieces
}

// probe looks up the terms with the spread hash h and adds those that the window w spells.
func (c *scan) probe(h uint64, w *candidate) {
	heads := &c.x.heads
	for cur := heads.find(h); ; {
		slot, ok := heads.next(&cur)
		if !ok {
			return
		}
		r := record(slot)
		if !c.spells(w, c.x.bytesOf(r)) {
			continue
		}
		c.accept(r, w)
		if c.x.traits(r)&traitSame != 0 {
			same := c.x.sameAs(r)
			if c.most > 0 {
				same = same[:min(len(same), c.most-1)]
			}
			for _, other := range same {
				c.accept(other.next, w)
			}
		}
		return
	}
}

// sameAs lists the later terms with the letters of the term in record r.
func (x *Index) sameAs(r record) []pair {
	i, _ := slices.BinarySearchFunc(x.same, pair{r, 0}, func(a, b pair) int { return cmp.Compare(a.first, b.first) })
	j := i
	for j < len(x.same) && x.same[j].first == r {
		j++
	}
	return x.same[i:j]
}

// spells reports whether the letters of the window are those of a term.
func (c *scan) spells(w *candidate, term []byte) bool {
	letters := w.letters
	if w.segments == nil {
		letters = c.f.Between(w.i, w.j)
	}
	rest, ok := match(term, letters)
	return ok && len(rest) == 0
}

// spellsFirst reports whether the letters of a window of pieces are those of its first record.
func (c *scan) spellsFirst(w *window) bool {
	rest, ok := match(c.x.bytesOf(w.first), c.f.Between(int(w.i), int(w.j)))
	return ok && len(rest) == 0
}

// acceptWord does what probe would for the most frequent hit, one whole token that is a term without
// parts and of more than two letters, and reports whether it was that.
func (c *scan) acceptWord(w *window) bool {
	p, next := &c.pieces[w.i], &c.pieces[w.j]
	e := c.x.traits(w.first)
	if w.j != w.i+1 || p.Glue != text.Free || next.Glue != text.Free || e&(traitMarked|traitSame|traitLone) != 0 || e.letters() < 3 {
		return false
	}
	tok := c.f.TokenAt(int(p.Token))
	tr := (tok.Transforms ^ e.own()) & text.Case
	if tok.Case != e.pattern(0) {
		tr = text.Case
	}
	tr |= tok.Transforms &^ (e.own() | text.Case)
	if tr&^ownTransforms != 0 || len(c.s.hits) == maxRaw || !c.spellsFirst(w) {
		return false
	}
	c.s.hits = append(c.s.hits, Hit{
		Term: int32(c.x.id(w.first)), Start: p.Start, End: p.End, FirstToken: p.Token, LastToken: p.Token, Transforms: tr,
	})
	c.s.covered[p.Token] = true
	return true
}

// accept adds a hit of the term in record r, unless the policy or the neighbourhood speaks against it.
func (c *scan) accept(r record, w *candidate) {
	e := c.x.traits(r)
	tr, ok := c.structure(r, e, w)
	if !ok {
		return
	}
	edge, ok := c.edges(e, w)
	if !ok {
		return
	}
	tr |= w.transforms | edge | c.folding(e, w)
	if !c.allowed(e, tr, w) {
		return
	}
	if len(c.s.hits) == maxRaw {
		c.s.capped = true
		return
	}
	first, last := c.pieces[w.i], c.pieces[w.j-1]
	h := Hit{
		Term: int32(c.x.id(r)), Start: first.Start, End: last.End, FirstToken: first.Token, LastToken: last.Token,
		Transforms: tr,
	}
	switch {
	case w.inside:
		h.Start, h.End = w.from, w.to
	case w.segments != nil:
		h.Start, h.End = min(h.Start, w.from), max(h.End, w.to)
	}
	c.s.hits = append(c.s.hits, h)
	if w.segments == nil && tr&text.Split == 0 {
		for k := h.FirstToken; k <= h.LastToken; k++ {
			c.s.covered[k] = true
		}
	}
}

// ordinary reports whether token k is an ordinary word.
func (c *scan) ordinary(k int) bool {
	h, ordinary := c.wordAt(k)
	return h != 0 && ordinary
}

// blameless reports whether token k is an ordinary word, or an innocent one.
func (c *scan) blameless(k int) bool {
	h, ordinary := c.wordAt(k)
	return h != 0 && (ordinary || c.innocent.contain(h))
}

// wordAt is the spread hash of token k, 0 if it is of one letter, and whether it is an ordinary word.
func (c *scan) wordAt(k int) (h uint64, ordinary bool) {
	first, last := c.f.TokenPieces(k)
	if c.pieces[last].Letter-c.pieces[first].Letter < 2 {
		return 0, false
	}
	if last == first+1 {
		a := &c.s.one[first]
		return a.hash, a.facts&anOrdinary != 0
	}
	h, _ = c.f.Window(first, last)
	h = spread(h)
	return h, c.known.facts(h) != 0
}

// resolve appends the hits that the overlap rule leaves, in order.
func resolve(dst, hits []Hit) []Hit {
	if !inOrder(hits) {
		slices.SortFunc(hits, order)
	}
	var plain, any span
	base := len(dst)
	for _, h := range hits {
		s := span{h.Start, h.End}
		if plain.contains(s) && (plain != s || !h.Plain()) || !h.Plain() && any.contains(s) && any != s {
			continue
		}
		if n := len(dst); n > base && dst[n-1].Term == h.Term && dst[n-1].Start == h.Start && dst[n-1].End == h.End {
			continue // found in two ways
		}
		dst = append(dst, h)
		if any.end < s.end {
			any = s
		}
		if h.Plain() && plain.end < s.end {
			plain = s
		}
	}
	return dst
}

// all appends all hits but those found in two ways, in order.
func all(dst, hits []Hit) []Hit {
	slices.SortFunc(hits, order)
	for i, h := range hits {
		if i > 0 && h.Term == hits[i-1].Term && h.Start == hits[i-1].Start && h.End == hits[i-1].End {
			continue
		}
		dst = append(dst, h)
	}
	return dst
}

// inOrder reports whether no two hits have the same bytes and order would leave them as they are.
func inOrder(hits []Hit) bool {
	for i := range max(0, len(hits)-1) {
		a, b := &hits[i], &hits[i+1]
		if a.Start > b.Start || a.Start == b.Start && a.End <= b.End {
			return false
		}
	}
	return true
}

// order sorts hits by place, then longer ones first, then plain ones first, then by term.
func order(a, b Hit) int {
	if a.Start != b.Start {
		return cmp.Compare(a.Start, b.Start)
	}
	return cmp.Or(cmp.Compare(b.End, a.End), cmp.Compare(a.rank(), b.rank()),
		cmp.Compare(a.Term, b.Term), cmp.Compare(a.Transforms, b.Transforms))
}

func (h Hit) rank() int {
	if h.Plain() {
		return 0
	}
	return 1
}

type span struct{ start, end int32 }

func (s span) contains(o span) bool { return s.start <= o.start && o.end <= s.end }
