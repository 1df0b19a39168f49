package term

import (
	"cmp"
	"slices"

	"github.com/assay-project/assay/internal/text"
)

// Scratch is the working memory of a scan, to be reused by one goroutine. The zero value is ready.
type Scratch struct {
	hits    []Hit
	covered []bool  // tokens covered by a hit of their own letters
	known   []uint8 // per token: asked and yes, asked and no
	shapes  []shape
	word    []shape
	letters []rune   // of the word tried
	bounds  []bound  // of the term tried
	seen    []uint32 // words tried for the suspect at hand
	hashes  []uint64
	tried   int
	capped  bool
}

// Capped reports whether the last scan met so many candidates that it stopped looking. The
// verdict must say so.
func (s *Scratch) Capped() bool { return s.capped }

func (s *Scratch) reset(tokens int) {
	s.hits, s.capped, s.tried = s.hits[:0], false, 0
	s.covered = slices.Grow(s.covered[:0], tokens)[:tokens]
	s.known = slices.Grow(s.known[:0], tokens)[:tokens]
	clear(s.covered)
	clear(s.known)
}

// Append appends the hits in f to dst, in the order of Start, then longer ones first, then in the
// order of the terms.
func (x *Index) Append(dst []Hit, f *text.Folded, s *Scratch) []Hit {
	s.reset(f.NumTokens())
	c := scan{x: x, f: f, s: s, pieces: f.Pieces()}
	c.plain()
	if len(x.words) > 0 {
		c.suspects()
	}
	return resolve(dst, s.hits)
}

// A scan is one pass of an index over one text.
type scan struct {
	x      *Index
	f      *text.Folded
	s      *Scratch
	pieces []text.Piece
}

// plain finds the terms whose letters stand in the text, whatever stands between them.
func (c *scan) plain() {
	last := len(c.pieces) - 1
	for i := range last {
		for j := i + 1; j <= last && j-i <= maxPieces; j++ {
			h, n := c.f.Window(i, j)
			if n > c.x.maxLetters {
				break
			}
			h = spread(h)
			word := c.x.filter.word(h)
			if yes(word, h, isTerm) {
				c.probe(h, substitute{i: i, p: i, q: i, j: j})
			}
			if j == last || j-i >= 2 && !yes(word, h, isPrefix) && !c.inOnePlace(i, j) {
				break
			}
		}
	}
}

// inOnePlace reports whether the window of pieces i to j goes on as one word would, whatever
// stands in it: without a gap, spelled letter by letter, or broken by signs and not by spaces.
func (c *scan) inOnePlace(i, j int) bool {
	if c.pieces[j].Glue != text.Free {
		return true
	}
	if g := gapBefore(c.f, j); g != 0 && g&(text.Space|text.Newline) == 0 && j-i < maxChunk {
		return true // Guc(c)i
	}
	return int(c.pieces[j].Letter-c.pieces[i].Letter) <= j-i+1
}

// A substitute is a window of pieces i to j in which the pieces p to q are taken for a word.
type substitute struct {
	i, p, q, j int
	word       []rune
	transforms text.Transforms
	from, to   int32 // raw bytes of the word
}

// probe looks up the terms with the spread hash h and adds those that the window w spells.
func (c *scan) probe(h uint64, w substitute) {
	heads := &c.x.heads
	for cur := heads.find(h); ; {
		t, ok := heads.next(&cur)
		if !ok {
			return
		}
		if !c.spells(w, c.x.bytesOf(t)) {
			continue
		}
		c.accept(t, w)
		if c.x.traits[t]&traitSame != 0 {
			for _, other := range c.x.sameAs(t) {
				c.accept(other.next, w)
			}
		}
		return
	}
}

// sameAs lists the later terms with the letters of term t.
func (x *Index) sameAs(t uint32) []pair {
	i, _ := slices.BinarySearchFunc(x.same, pair{t, 0}, func(a, b pair) int { return cmp.Compare(a.first, b.first) })
	j := i
	for j < len(x.same) && x.same[j].first == t {
		j++
	}
	return x.same[i:j]
}

// spells reports whether the letters of the window are those of a term.
func (c *scan) spells(w substitute, term []byte) bool {
	rest, ok := match(term, c.f.Between(w.i, w.p))
	if ok {
		rest, ok = match(rest, w.word)
	}
	if ok {
		rest, ok = match(rest, c.f.Between(w.q, w.j))
	}
	return ok && len(rest) == 0
}

// accept adds a hit of term t, unless the policy or the neighbourhood speaks against it.
func (c *scan) accept(t uint32, w substitute) {
	e := c.x.traits[t]
	tr, ok := c.structure(t, w)
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
		Term: int32(t), Start: first.Start, End: last.End, FirstToken: first.Token, LastToken: last.Token,
		Transforms: tr,
	}
	if w.word != nil {
		h.Start, h.End = min(h.Start, w.from), max(h.End, w.to)
	}
	c.s.hits = append(c.s.hits, h)
	if w.word == nil && tr&text.Split == 0 {
		for k := h.FirstToken; k <= h.LastToken; k++ {
			c.s.covered[k] = true
		}
	}
}

// ordinary reports whether token k is an ordinary word.
func (c *scan) ordinary(k int) bool {
	if c.s.known[k] == 0 {
		c.s.known[k] = 1
		first, last := c.f.TokenPieces(k)
		h, n := c.f.Window(first, last)
		h = spread(h)
		if n > 1 && yes(c.x.filter.word(h), h, isOrdinary) && c.x.ordinary.has(h) {
			c.s.known[k] = 2
		}
	}
	return c.s.known[k] == 2
}

// resolve appends the hits that the overlap rule leaves, in order.
func resolve(dst, hits []Hit) []Hit {
	if len(hits) > 1 {
		slices.SortFunc(hits, func(a, b Hit) int {
			return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End),
				cmp.Compare(a.rank(), b.rank()), cmp.Compare(a.Term, b.Term), cmp.Compare(a.Transforms, b.Transforms))
		})
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

func (h Hit) rank() int {
	if h.Plain() {
		return 0
	}
	return 1
}

type span struct{ start, end int32 }

func (s span) contains(o span) bool { return s.start <= o.start && o.end <= s.end }
