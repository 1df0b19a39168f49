package term

import "math/bits"

// A table maps hashes to numbers below 1<<idBits: open addressing, one 32-bit slot per entry,
// what the number leaves of it is fingerprint. A find is a candidate, not proof. Equal
// hashes may be added more than once.
type table struct {
	slots  []uint32 // 0: empty; otherwise fingerprint<<idBits | number+1
	idBits uint
}

// newTable returns a table with room for n entries with numbers below ids.
func newTable(n, ids int) table {
	return table{slots: make([]uint32, n+n/4+4), idBits: uint(bits.Len(uint(ids)))}
}

// spread makes all bits of a rolling hash depend on each other.
func spread(h uint64) uint64 {
	h = (h ^ h>>32) * 0xd6e8feb86659fd93
	return h ^ h>>32
}

// home is the first slot to look at for the spread hash h, of n.
func home(h uint64, n int) int {
	hi, _ := bits.Mul64(h, uint64(n))
	return int(hi)
}

// add maps the spread hash h to v.
func (t *table) add(h uint64, v uint32) {
	i := home(h, len(t.slots))
	for t.slots[i] != 0 {
		if i++; i == len(t.slots) {
			i = 0
		}
	}
	t.slots[i] = uint32(h)<<t.idBits | (v + 1)
}

// A cursor walks over the entries of one hash.
type cursor struct {
	tag uint32
	i   int
}

// find returns a cursor for the spread hash h.
func (t *table) find(h uint64) cursor {
	return cursor{uint32(h) << t.idBits, home(h, len(t.slots))}
}

// next returns the next number that the cursor's hash may map to, and whether there is one.
func (t *table) next(c *cursor) (uint32, bool) {
	mask := uint32(1)<<t.idBits - 1
	for {
		s := t.slots[c.i]
		if s == 0 {
			return 0, false
		}
		if c.i++; c.i == len(t.slots) {
			c.i = 0
		}
		if s&^mask == c.tag {
			return s&mask - 1, true
		}
	}
}

// A filter answers several questions about a hash with one memory access, sometimes yes when no
// is right: it sets three bits of one 64-bit word for each member, other bits for each question.
type filter []uint64

// The questions.
const (
	isTerm    = 0  // are these the letters of a term?
	isPrefix  = 32 // does a term begin with these letters, and go on after a gap?
	isNear    = 0  // (in the filter of deletions) is this a word, or one less a letter?
	isShape   = 32 // (in the same) is this the skeleton of a word?
	isInitial = 16 // (in the same) does a name that is looked for in runs begin with this letter?
)

// Bits of a filter per member.
const (
	filterBits = 10
	nearBits   = 10
)

// newFilter returns a filter for n members.
func newFilter(n, bits int) filter { return make(filter, n*bits/64+1) }

// word is the word of the filter that knows about the spread hash h.
func (f filter) word(h uint64) uint64 { return f[home(h, len(f))] }

// bits3 are the bits for a question about h: those for the first one, turned. home has used the high
// bits of h, and the lowest may be facts.
func bits3(h uint64, question int) uint64 {
	return bits.RotateLeft64(1<<(h>>3&63)|1<<(h>>9&63)|1<<(h>>15&63), question)
}

func (f filter) add(h uint64, question int) {
	f[home(h, len(f))] |= bits3(h, question)
}

// facts are what the filter or the table of ordinary words says about a window, and what its first
// letter says.
type facts uint8

const (
	aTerm      facts = 1 << iota // the letters of a term
	aPrefix                      // a term begins with them
	anOrdinary                   // an ordinary word
	aNumber                      // a digit comes first

	dull = anOrdinary | aNumber // nobody breaks a word into such parts
)

// about are the facts that the filter's word for h knows. It is free of branches, for nobody can
// predict them.
func about(word, h uint64) facts {
	return factIf(bits3(h, isTerm)&^word == 0, aTerm) | factIf(bits3(h, isPrefix)&^word == 0, aPrefix)
}

// is is 1 if one of the other facts is among f.
func (f facts) is(other facts) uint8 {
	if f&other != 0 {
		return 1
	}
	return 0
}

func factIf(is bool, f facts) facts {
	var n facts
	if is {
		n = 1
	}
	return n * f
}

// yes reports whether the filter's word for h answers the question with (probably) yes.
func yes(word, h uint64, question int) bool {
	b := bits3(h, question)
	return word&b == b
}
