package term

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-project/assay/internal/text"
)

// An oracle finds plain hits without hashes, filters or tables: it compares the letters of every
// window of pieces with those of every term, in a map. What makes a window a hit, and which
// hits are reported, is left to the index's own rules.
type oracle struct {
	x       *Index
	records map[string][]record
}

func newOracle(x *Index) *oracle {
	o := &oracle{x, map[string][]record{}}
	for at := 0; at < len(x.blob); {
		r := record(at / recordUnit)
		letters := string(appendLetters(nil, x.bytesOf(r)))
		o.records[letters] = append(o.records[letters], r)
		at += recordHeader + len(x.bytesOf(r))
		at = (at + recordUnit - 1) / recordUnit * recordUnit
	}
	return o
}

func (o *oracle) hits(f *text.Folded) []Hit {
	var s Scratch
	s.reset(f.NumTokens())
	c := scan{x: o.x, known: &o.x.known, f: f, s: &s, pieces: f.Pieces()}
	c.askOne() // what is an ordinary word
	for i := range len(c.pieces) - 1 {
		for j := i + 1; j < len(c.pieces); j++ {
			for _, r := range o.records[string(f.Between(i, j))] {
				c.accept(r, &candidate{i: i, j: j})
			}
		}
	}
	return resolve(nil, s.hits)
}

// exactTerms are terms that are found as they are written.
func exactTerms() []Term {
	exact := slices.Clone(marks)
	for i := range exact {
		exact[i].Policy = Exact
	}
	return append(exact, Term{"Air", Exact}, Term{"Air Max", Exact}, Term{"Max Air Max", Exact}, Term{"the north face", Exact},
		Term{"North", Exact}, Term{"NIKE", Exact}, Term{"A", Exact}, Term{"a a", Exact}, Term{"月亮", Exact}, Term{"耐克 Air", Exact},
		Term{"삼성", Exact}, Term{"لايكا", Exact}, Term{"C++", Exact}, Term{"AC/DC", Exact}, Term{"iPhone 15 Pro", Exact})
}

func exactIndex(tb testing.TB, exact []Term) (*Index, *oracle) {
	x, err := Build(exact, ordinaryWords)
	if err != nil {
		tb.Fatal(err)
	}
	return x, newOracle(x)
}

// FuzzOracle holds the index against the oracle. Texts are short: the oracle looks at every window.
func FuzzOracle(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Add("max air max the north face a a 耐克 air iphone 15 pro c++ ac/dc")
	x, o := exactIndex(f, exactTerms())
	var folded text.Folded
	var s Scratch
	f.Fuzz(func(t *testing.T, in string) {
		folded.Fold(in[:min(len(in), 400)])
		got := x.Append(nil, &folded, &s)
		if want := o.hits(&folded); !s.Capped() && !slices.Equal(want, got) {
			t.Fatalf("%q: -oracle +index\n%s", folded.Raw(), cmp.Diff(want, got))
		}
	})
}

func TestOracle(t *testing.T) {
	texts := 100_000
	if testing.Short() {
		texts = 5_000
	}
	exact := exactTerms()
	x, o := exactIndex(t, exact)
	g := generator{rand.New(rand.NewPCG(7, 7)), exact}
	var f text.Folded
	var s Scratch
	var hits []Hit
	found := 0
	for range texts {
		f.Fold(g.text())
		hits = x.Append(hits[:0], &f, &s)
		found += len(hits)
		if want := o.hits(&f); !slices.Equal(want, hits) {
			t.Fatalf("%q: -oracle +index\n%s", f.Raw(), cmp.Diff(want, hits))
		}
		for _, h := range hits {
			checkHit(t, &f, h)
		}
	}
	t.Logf("%d hits in %d texts", found, texts)
}

// A generator makes texts of terms, parts of terms, words and signs.
type generator struct {
	rng   *rand.Rand
	terms []Term
}

func (g generator) text() string {
	var b strings.Builder
	for range 1 + g.rng.IntN(9) {
		b.WriteString(g.word())
		b.WriteString(pick(g.rng, []string{" ", " ", " ", " ", "", "-", ", ", ". ", "'s ", "® ", "/", "  ", "\n", "\u00a0", "."}))
	}
	return b.String()
}

func (g generator) word() string {
	w := g.terms[g.rng.IntN(len(g.terms))].Text
	switch g.rng.IntN(12) {
	case 0:
		return pick(g.rng, ordinaryWords)
	case 1:
		return pick(g.rng, []string{"15", "S", "a", "鞋", "用", "나", "의", "و", "#", "é", "\u200b", "\u0301", "🇺🇸", "½", "™"})
	case 2:
		return strings.ToUpper(w)
	case 3:
		return strings.ToLower(w)
	case 4:
		return strings.ReplaceAll(w, " ", "")
	case 5:
		return strings.ReplaceAll(w, " ", "-")
	case 6:
		r := []rune(w)
		return string(r[:1+g.rng.IntN(len(r))])
	case 7:
		return w + pick(g.rng, []string{"15", "Shoes", "s", "의", "鞋", "x"})
	case 8:
		return pick(g.rng, []string{"15", "و", "ال", "新", "#", "x"}) + w
	}
	return w
}

func pick(rng *rand.Rand, from []string) string { return from[rng.IntN(len(from))] }
