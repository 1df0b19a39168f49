package term

import (
	"math"
	"slices"

	"github.com/assay-project/assay/internal/text"
)

// Words are ordinary words: ones that a text may contain without meaning the term one letter away
// from them. They are never changed and safe for concurrent use.
type Words struct {
	known    known
	innocent innocent
}

// NewWords folds words. Those of one letter do not count. About innocent words less follows: they are no
// disguises, and no more. A term may be broken into them, and may stand inside a longer word beside one.
func NewWords(words, innocent []string) *Words {
	hashes := hashesOf(words)
	for i := range hashes {
		hashes[i] &^= factMask
	}
	slices.Sort(hashes)
	return &Words{newKnown(slices.Compact(hashes)), newInnocent(hashesOf(innocent))}
}

// hashesOf are the spread hashes of words, without those of one letter.
func hashesOf(words []string) []uint64 {
	var f text.Folded
	hashes := make([]uint64, 0, len(words))
	for _, w := range words {
		f.Fold(w)
		if h, n := f.Window(0, len(f.Pieces())-1); n > 1 {
			hashes = append(hashes, spread(h))
		}
	}
	return hashes
}

// innocent are words that are no suspects: fingerprints of their hashes by open addressing, half of the
// slots empty, so that most questions end at the first. One in a billion other words is taken for one.
type innocent []uint32

// newInnocent makes a set of spread hashes.
func newInnocent(hashes []uint64) innocent {
	if len(hashes) == 0 {
		return nil
	}
	set := make(innocent, 2*len(hashes)+1)
	for _, h := range hashes {
		if i := set.slot(h); set[i] == 0 {
			set[i] = fingerprint(h)
		}
	}
	return set
}

// contain reports whether the spread hash h is that of one of the words.
func (s innocent) contain(h uint64) bool { return len(s) > 0 && s[s.slot(h)] != 0 }

// slot is where the spread hash h is, or would be.
func (s innocent) slot(h uint64) int {
	i := home(h, len(s))
	for s[i] != 0 && s[i] != fingerprint(h) {
		if i++; i == len(s) {
			i = 0
		}
	}
	return i
}

// fingerprint is what a slot holds of a spread hash: never 0.
func fingerprint(h uint64) uint32 { return uint32(h) | 1 }

// Contain reports whether the letters of s are those of an ordinary word.
func (w *Words) Contain(s string) bool {
	var f text.Folded
	f.Fold(s)
	h, n := f.Window(0, len(f.Pieces())-1)
	return n > 0 && w.known.facts(spread(h)) != 0
}

// known are ordinary words and what an index knows about them. Most words of a text are among them,
// and they are few: they stay in the caches, and the large tables need not be asked.
//
// It is a table with open addressing in the order of the hashes, so that a search ends where a larger
// one stands, as it does in an empty slot. A slot is a spread hash whose lowest bits are facts.
type known struct {
	slots []uint64 // and more than homes of them
	homes int
}

const (
	factMask  = uint64(aTerm | aPrefix | anOrdinary)
	emptySlot = math.MaxUint64 &^ factMask // and no facts
)

// newKnown makes a table of words from their spread hashes, which must be in order.
func newKnown(hashes []uint64) known {
	k := known{homes: 2*len(hashes) + 1}
	k.slots = make([]uint64, 0, k.homes+len(hashes)/8+1)
	for _, h := range hashes {
		k.fill(home(h, k.homes))
		k.slots = append(k.slots, h&^factMask|uint64(anOrdinary))
	}
	k.fill(max(k.homes, len(k.slots)+1))
	return k
}

// fill appends empty slots until there are n.
func (k *known) fill(n int) {
	for len(k.slots) < n {
		k.slots = append(k.slots, emptySlot)
	}
}

// facts are what is known of the word with the spread hash h: none if it is no ordinary word.
func (k *known) facts(h uint64) facts {
	i := home(h, k.homes)
	for k.slots[i] < h&^factMask {
		i++
	}
	return factsIn(k.slots[i], h)
}

// factsIn are the facts in a slot, if it is that of the spread hash h.
func factsIn(slot, h uint64) facts { return factIf(slot^h <= factMask, facts(slot&factMask)) }

// hashes are the spread hashes of the words in order, without the bits that facts take.
func (k *known) hashes() []uint64 {
	var out []uint64
	for _, s := range k.slots {
		if s&factMask != 0 {
			out = append(out, s&^factMask)
		}
	}
	return out
}

// in are the words with what x knows about them.
func (k *known) in(x *Index) known {
	met := known{slices.Clone(k.slots), k.homes}
	for i, s := range met.slots {
		if s&factMask != 0 {
			met.slots[i] = s | uint64(about(x.filter.word(s), s))
		}
	}
	return met
}
