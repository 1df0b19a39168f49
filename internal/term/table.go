package term

import "math/bits"

// A table maps hashes to numbers: open addressing, one 64-bit slot per entry, 32 bits of it
// fingerprint. A find is a candidate, not proof. Equal hashes may be added more than once.
type table struct {
	slots []uint64
	used  int
}

// newTable returns a table with room for n entries.
func newTable(n int) table {
	return table{slots: make([]uint64, max(8, n+n/2))}
}

// spread makes all bits of a rolling hash depend on each other.
func spread(h uint64) uint64 {
	h = (h ^ h>>32) * 0xd6e8feb86659fd93
	return h ^ h>>32
}

// place is the home slot of the spread hash h.
func (t *table) place(h uint64) int {
	hi, _ := bits.Mul64(h, uint64(len(t.slots)))
	return int(hi)
}

// add maps h to v, which must not be negative.
func (t *table) add(h uint64, v int32) {
	h = spread(h)
	i := t.place(h)
	for t.slots[i] != 0 {
		if i++; i == len(t.slots) {
			i = 0
		}
	}
	t.slots[i] = h<<32 | uint64(uint32(v)+1)
	t.used++
}

// A cursor walks over the entries of one hash.
type cursor struct {
	h uint64
	i int
}

func (t *table) find(h uint64) cursor {
	h = spread(h)
	return cursor{h, t.place(h)}
}

// next returns the next value that the cursor's hash may map to, or -1.
func (t *table) next(c *cursor) int32 {
	for {
		s := t.slots[c.i]
		if s == 0 {
			return -1
		}
		if c.i++; c.i == len(t.slots) {
			c.i = 0
		}
		if uint32(s>>32) == uint32(c.h) {
			return int32(uint32(s) - 1)
		}
	}
}

// has reports whether h was (probably) added.
func (t *table) has(h uint64) bool {
	c := t.find(h)
	return t.next(&c) >= 0
}
