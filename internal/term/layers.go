package term

import "github.com/assay-project/assay/internal/text"

// Layers are indexes that are asked together: they find what one index of all their terms would
// find. So a small list can add to a large index, and take from it, without building it anew. The
// ordinary words are those of the layers, whatever the indexes were built with, which should be
// none.
//
// Layers are never changed and safe for concurrent use, each goroutine with its own Scratch.
type Layers struct {
	words  *Words
	layers []layer
}

// A layer is an index whose terms have the numbers from first on.
type layer struct {
	*Index
	known known // the ordinary words and what the index knows about them
	first int32
	most  int
	keep  func(Hit) bool
}

// NewLayers begins with no index.
func NewLayers(words *Words) *Layers { return &Layers{words: words} }

// Add puts an index on top. Its terms get the numbers after those of the ones below. Of its terms
// with the same letters at most so many are reported at a place, those with the lowest numbers; 0: all. Of its hits
// only those count that keep keeps, with the number they have in the layers; nil keeps all. keep is
// called while texts are read, by many goroutines.
func (l *Layers) Add(x *Index, most int, keep func(Hit) bool) {
	l.layers = append(l.layers, layer{x, l.words.known.in(x), int32(l.NumTerms()), most, keep})
}

// NumTerms is the number of terms of all layers.
func (l *Layers) NumTerms() int {
	n := 0
	for _, y := range l.layers {
		n += y.numTerms
	}
	return n
}

// Append appends the hits in f to dst, ordered as those of an index.
func (l *Layers) Append(dst []Hit, f *text.Folded, s *Scratch) []Hit {
	l.scan(f, s)
	return resolve(dst, s.hits)
}

// AppendAll appends those too that the overlap rule drops, for callers to whom each term matters by itself and not what
// a longer one says of it.
func (l *Layers) AppendAll(dst []Hit, f *text.Folded, s *Scratch) []Hit {
	l.scan(f, s)
	return all(dst, s.hits)
}

// scan leaves the hits of all layers in the scratch.
func (l *Layers) scan(f *text.Folded, s *Scratch) {
	s.reset(f.NumTokens())
	c := scan{innocent: l.words.innocent, f: f, s: s, pieces: f.Pieces()}
	for k := range l.layers {
		from := len(s.hits)
		c.x, c.known, c.most = l.layers[k].Index, &l.layers[k].known, l.layers[k].most
		c.plain()
		if l.layers[k].settle(s, from) {
			s.recover()
		}
	}
	// A word that a plain hit of any layer covers is no suspect for the others, so the disguises come
	// after, the topmost first: what is known of the windows is known of its index.
	for k := len(l.layers) - 1; k >= 0; k-- {
		from := len(s.hits)
		if c.x, c.known, c.most = l.layers[k].Index, &l.layers[k].known, l.layers[k].most; k < len(l.layers)-1 {
			c.askOne()
		}
		c.disguised()
		l.layers[k].settle(s, from)
	}
}

// settle numbers the hits from the given one on, drops those that do not count, and reports whether
// there were any.
func (l *layer) settle(s *Scratch, from int) bool {
	kept := s.hits[:from]
	for _, h := range s.hits[from:] {
		if h.Term += l.first; l.keep == nil || l.keep(h) {
			kept = append(kept, h)
		}
	}
	dropped := len(kept) < len(s.hits)
	s.hits = kept
	return dropped
}

// recover notes anew which tokens plain hits cover.
func (s *Scratch) recover() {
	clear(s.covered)
	for _, h := range s.hits {
		if h.Transforms&text.Split == 0 {
			for k := h.FirstToken; k <= h.LastToken; k++ {
				s.covered[k] = true
			}
		}
	}
}

// Within reports whether a policy allows what had to be undone to find the hit.
func (h Hit) Within(p Policy) bool {
	return (p >= Fuzzy || h.Transforms&text.Edit == 0) && (p >= Disguised || h.Transforms&disguised == 0)
}
