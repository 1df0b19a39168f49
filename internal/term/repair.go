package term

import "github.com/assay-project/assay/internal/text"

// A repair is a word of a term that may be meant by the pieces first to end.
type repair struct {
	first, end          int32
	hash                uint64
	letters, numLetters int32 // in Scratch.pool
	from, to            int32 // raw bytes
	transforms          text.Transforms
	inside              bool // from and to are all that it is of its pieces
}

// A segment is one piece of a candidate, or the pieces that a repair replaces.
type segment struct {
	first, letters int32
	repair         int32 // index, or -1
}

// repair looks for terms of which some words stand in the text and others were found disguised.
// A term may begin with what stands before a repair, and go on with pieces or other repairs.
func (c *scan) repair() {
	heads := c.x.heads.slots
	for k := range c.s.repairs { // most are terms by themselves: touch what they need
		h := spread(c.s.repairs[k].hash)
		c.s.touched += uint32(c.x.filter.word(h)) + heads[home(h, len(heads))]
	}
	for k := range c.s.repairs {
		r := &c.s.repairs[k]
		for i := int(r.first); i >= max(0, int(r.first)-reach); i-- {
			if i < int(r.first) && !c.begins(i, int(r.first)) {
				continue
			}
			c.s.segments = c.s.segments[:0]
			for p := i; p < int(r.first); p++ {
				c.push(p)
			}
			left, _ := c.f.Window(i, int(r.first))
			c.pushRepair(int32(k))
			c.extend(text.Concat(left, r.hash, int(r.numLetters)), int(r.end))
		}
	}
}

// begins reports whether a term may begin with the window of pieces i to p, and go on.
func (c *scan) begins(i, p int) bool {
	if c.s.one[i].facts&aPrefix == 0 {
		return false
	}
	if p == i+1 {
		return true
	}
	h, _ := c.f.Window(i, p)
	h = spread(h)
	return yes(c.x.filter.word(h), h, isPrefix)
}

// push adds piece p to the candidate, pushRepair a repair.
func (c *scan) push(p int) {
	n := c.pieces[p+1].Letter - c.pieces[p].Letter
	c.s.segments = append(c.s.segments, segment{int32(p), n, -1})
}

func (c *scan) pushRepair(k int32) {
	r := &c.s.repairs[k]
	c.s.segments = append(c.s.segments, segment{r.first, r.numLetters, k})
}

// extend looks up the candidate, whose hash is h, and those that go on from piece at.
func (c *scan) extend(h uint64, at int) {
	spreadHash := spread(h)
	word := c.x.filter.word(spreadHash)
	if yes(word, spreadHash, isTerm) {
		c.probeRepaired(spreadHash, at)
	}
	n := len(c.s.segments)
	if !yes(word, spreadHash, isPrefix) || at >= len(c.pieces)-1 || n >= reach || c.tooMany() {
		return
	}
	next, letters := c.f.Window(at, at+1)
	c.push(at)
	c.extend(text.Concat(h, next, letters), at+1)
	for k := range c.s.repairs {
		r := &c.s.repairs[k]
		if int(r.first) == at {
			c.s.segments = c.s.segments[:n]
			c.pushRepair(int32(k))
			c.extend(text.Concat(h, r.hash, int(r.numLetters)), int(r.end))
		}
	}
	c.s.segments = c.s.segments[:n]
}

// probeRepaired looks up the candidate made of the segments at hand, which ends before piece at.
func (c *scan) probeRepaired(h uint64, at int) {
	w := candidate{i: int(c.s.segments[0].first), j: at, segments: c.s.segments, from: int32(len(c.f.Raw()))}
	spelling := c.s.spelling[:0]
	for _, seg := range c.s.segments {
		if seg.repair < 0 {
			spelling = append(spelling, c.f.Between(int(seg.first), int(seg.first)+1)...)
			continue
		}
		r := &c.s.repairs[seg.repair]
		spelling = append(spelling, c.s.pool[r.letters:r.letters+r.numLetters]...)
		w.transforms |= r.transforms
		w.inside = r.inside
		w.from, w.to = min(w.from, r.from), max(w.to, r.to)
	}
	c.s.spelling, w.letters = spelling, spelling
	c.probe(h, &w)
}
