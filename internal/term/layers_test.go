package term

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-project/assay/internal/text"
)

// spell writes the hits of a text so that they can be compared whatever the numbers of the terms.
func spell(in string, hits []Hit, terms []Term) []string {
	var out []string
	for _, h := range hits {
		out = append(out, fmt.Sprintf("%03d-%03d %s=%s %v", h.Start, h.End, in[h.Start:h.End], terms[h.Term].Text, h.Transforms.AppendNames(nil)))
	}
	slices.Sort(out)
	return out
}

// TestLayersAreOneIndex splits lists of terms at random into a large index, some of whose terms do not count any more,
// and a small one, and holds what they find together against one index of all terms that count.
func TestLayersAreOneIndex(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	words := NewWords(ordinaryWords, nil)
	var f text.Folded
	var s Scratch
	for range 60 {
		var below, above, all []Term
		counts := make(map[int]bool)
		for _, term := range manyTerms() {
			switch rng.IntN(4) {
			case 0:
				above = append(above, term)
				all = append(all, term)
			case 1:
				below = append(below, term) // withdrawn
			default:
				counts[len(below)] = true
				below, all = append(below, term), append(all, term)
			}
		}
		one := built(t, all, ordinaryWords)
		layers := NewLayers(words)
		layers.Add(reread(t, built(t, below, nil)), 0, func(h Hit) bool {
			return counts[int(h.Term)] && (h.Transforms&text.Glued == 0 || !words.Contain(below[h.Term].Text))
		})
		layers.Add(built(t, above, ordinaryWords), 0, nil)
		if layers.NumTerms() != len(below)+len(above) {
			t.Fatalf("%d terms", layers.NumTerms())
		}
		for range 100 {
			in := disguisedText(rng)
			f.Fold(in)
			want := spell(in, one.Append(nil, &f, &s), all)
			got := spell(in, layers.Append(nil, &f, &s), append(slices.Clone(below), above...))
			if d := cmp.Diff(want, got); d != "" {
				t.Fatalf("%q: -one index +layers\n%s", in, d)
			}
		}
	}
}

// manyTerms are terms of all policies, some of them with the same letters, and some of them ordinary words.
func manyTerms() []Term {
	terms := slices.Clone(marks)
	for i, name := range names {
		terms = append(terms, Term{name, Policy(i % 3)})
	}
	for _, name := range append([]string{"Nike Air", "Air", "NIKE", "Coca Cola", "Bala", "Play"}, ordinaryWords[:8]...) {
		terms = append(terms, Term{name, Fuzzy})
	}
	return terms
}

// disguisedText is ordinary words with names among them, most of them disguised.
func disguisedText(rng *rand.Rand) string {
	var parts []string
	for range 3 + rng.IntN(5) {
		parts = append(parts, ordinaryWords[rng.IntN(len(ordinaryWords))])
		name := []rune(names[rng.IntN(len(names))])
		parts = append(parts, kinds[rng.IntN(len(kinds))].disguise(rng, name))
	}
	parts = append(parts, marks[rng.IntN(len(marks))].Text+"Shoes", ordinaryWords[rng.IntN(8)]+"15")
	return strings.Join(parts, " ")
}

func built(tb testing.TB, terms []Term, words []string) *Index {
	x, err := Build(terms, words)
	if err != nil {
		tb.Fatal(err)
	}
	return x
}

// reread writes an index and reads it.
func reread(tb testing.TB, x *Index) *Index {
	y, err := Decode(bytes.Clone(encode(tb, x)))
	if err != nil {
		tb.Fatal(err)
	}
	return y
}

func TestLayersAllocateNothing(t *testing.T) {
	layers := NewLayers(NewWords(ordinaryWords, nil))
	layers.Add(built(t, marks[:10], nil), 0, func(h Hit) bool { return h.Term != 3 })
	layers.Add(built(t, marks[10:], nil), 0, nil)
	var f text.Folded
	var s Scratch
	var hits []Hit
	scan := func() {
		f.Fold("N1ke and Louis Vu1tton, Samsumg S-Mart")
		hits = layers.Append(hits[:0], &f, &s)
	}
	scan()
	if n := testing.AllocsPerRun(10, scan); n != 0 || len(hits) < 3 {
		t.Errorf("%v allocations, %d hits", n, len(hits))
	}
}

// TestBuilderLeavesOut says what Add does with terms that cannot be looked for.
func TestBuilderLeavesOut(t *testing.T) {
	b := NewBuilder(nil)
	var refused []string
	for _, s := range []string{"Nike", "...", strings.Repeat("a ", 60), "Sony"} {
		if err := b.Add(Term{Text: s}); err != nil {
			refused = append(refused, s)
		}
	}
	if err := b.Add(Term{Text: "Apple"}, Term{Text: "?"}); err == nil {
		t.Error("half of a list is added")
	}
	x := b.Build()
	if len(refused) != 2 || x.NumTerms() != 2 {
		t.Errorf("refused %q, %d terms", refused, x.NumTerms())
	}
	var f text.Folded
	f.Fold("Sony")
	if hits := x.Append(nil, &f, new(Scratch)); len(hits) != 1 || hits[0].Term != 1 {
		t.Errorf("got %v", hits)
	}
}

func TestWithin(t *testing.T) {
	for _, tt := range []struct {
		transforms text.Transforms
		least      Policy
	}{{text.Case, Exact}, {text.Joined | text.Glued, Exact}, {text.LookAlike, Disguised}, {text.Edit, Fuzzy}, {text.Edit | text.Leet, Fuzzy}} {
		for p := Exact; p <= Fuzzy; p++ {
			if got := (Hit{Transforms: tt.transforms}).Within(p); got != (p >= tt.least) {
				t.Errorf("%v within %d: %v", tt.transforms, p, got)
			}
		}
	}
}

// TestInnocentWords holds what follows of an innocent word against what follows of an ordinary one, and of none.
func TestInnocentWords(t *testing.T) {
	terms := []Term{{Text: "Cartier", Policy: Fuzzy}, {Text: "Adobe", Policy: Fuzzy}, {Text: "Nike", Policy: Loose}}
	found := func(in string, words *Words) bool {
		layers := NewLayers(words)
		layers.Add(built(t, terms, nil), 0, nil)
		var f text.Folded
		f.Fold(in)
		return len(layers.Append(nil, &f, new(Scratch))) > 0
	}
	for _, tt := range []struct {
		in, word                  string
		unknown, innocent, listed bool
	}{
		{"dog carrier", "carrier", true, false, false},
		{"dog Carriér", "carrier", true, false, false},
		{"dog carrie", "carrier", false, false, false}, // two letters off
		{"dog cartie", "carrier", true, true, true},
		{"Ado be", "ado", true, true, true}, // be is none
		{"nikeshoes", "shoes", false, false, true},
		{"Cartier", "cartier", true, true, true},
	} {
		for name, words := range map[string]*Words{"unknown": NewWords(nil, nil), "innocent": NewWords(nil, []string{"be", tt.word}),
			"listed": NewWords([]string{tt.word}, nil)} {
			want := map[string]bool{"unknown": tt.unknown, "innocent": tt.innocent, "listed": tt.listed}[name]
			if found(tt.in, words) != want {
				t.Errorf("%q with %q %s: found is %v", tt.in, tt.word, name, !want)
			}
		}
	}
}

// TestInnocentSet asks a set for what is in it and for as many words that are not.
func TestInnocentSet(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	in, out := make([]uint64, 5000), 0
	for i := range in {
		in[i] = rng.Uint64()
	}
	set := newInnocent(append(in, in...))
	for _, h := range in {
		if !set.contain(h) {
			t.Fatalf("%x is lost", h)
		}
		if set.contain(rng.Uint64()) {
			out++
		}
	}
	if out > 0 || newInnocent(nil).contain(1) {
		t.Errorf("%d strangers are in the set", out)
	}
}
