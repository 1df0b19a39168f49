package main

import (
	"math/rand/v2"
	"testing"

	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/twin"
)

// TestOwnTitles holds copies of our own titles, by change, to what is found of them at least; and honest ones to nothing.
func TestOwnTitles(t *testing.T) {
	book, err := load("")
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.New(book)
	if err != nil {
		t.Fatal(err)
	}
	b, originals := &board{engine: e}, ownTitles()
	sketches := make([]twin.Sketch, len(originals))
	for i, o := range originals {
		if sketches[i], err = b.sketch(t.Context(), o, "seller"); err != nil {
			t.Fatal(err)
		}
	}
	least := map[string]int{"one word in ten left out": 80, "one word in five left out": 40, "one word in ten added": 90,
		"digits for letters in one word in ten": 90, "order, look-alikes, emoji, one in ten left out": 80, "every second word another": 0}
	for _, c := range changes {
		n, err := b.copies(t.Context(), originals, sketches, c, rand.New(rand.NewPCG(1, 2)))
		want, named := least[c.name]
		if !named && !c.honest {
			want = 100
		}
		if share := 100 * n / len(originals); err != nil || share < want || c.honest && n > 0 {
			t.Errorf("%s: %d of %d are found, want %d %%; %v", c.name, n, len(originals), want, err)
		}
	}
}
