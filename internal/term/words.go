package term

import (
	"slices"

	"github.com/assay-project/assay/internal/text"
)

// Words are ordinary words: ones that a text may contain without meaning the term one letter away
// from them. They are never changed and safe for concurrent use.
type Words struct {
	filter filter // asked while a text is read
	table  table  // asked where it matters more
}

// NewWords folds words. Those of one letter do not count.
func NewWords(words []string) *Words {
	var f text.Folded
	known := make([]uint64, 0, len(words))
	for _, w := range words {
		f.Fold(w)
		if h, n := f.Window(0, len(f.Pieces())-1); n > 1 {
			known = append(known, spread(h))
		}
	}
	slices.Sort(known)
	known = slices.Compact(known)
	w := &Words{newFilter(len(known), knownBits), newTable(len(known), 1)}
	for _, h := range known {
		w.filter.addOrdinary(h)
		w.table.add(h, 0)
	}
	return w
}

// Contain reports whether the letters of s are those of an ordinary word.
func (w *Words) Contain(s string) bool {
	var f text.Folded
	f.Fold(s)
	h, n := f.Window(0, len(f.Pieces())-1)
	return n > 0 && w.table.has(spread(h))
}
