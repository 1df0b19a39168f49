package trademark

import (
	"math/bits"
	"slices"
	"strings"

	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/text"
)

// goods are the words that name kinds of goods, in all languages in which the book names categories: the last word of
// each name, where most names that end in it stand under one root of the taxonomy. They tell what a title offers where
// the category is not given.
type goods struct {
	roots map[string]uint // bit of a root
	words map[string]uint // root of a word, as a bit
}

const (
	maxRoots      = 64
	shortestGoods = 4 // letters
)

// tally counts the names that end in a word, by root.
type tally map[string]*[maxRoots]int

func goodsOf(categories *rulebook.Categories) goods {
	g := goods{roots: make(map[string]uint), words: make(map[string]uint)}
	t := make(tally)
	var f text.Folded
	for name, path := range categories.Names() {
		if root := g.root(path); root != 0 {
			parts := strings.Split(name, " > ")
			f.Fold(parts[len(parts)-1])
			t.add(&f, bits.TrailingZeros(root))
		}
	}
	for word, names := range t {
		if best := most(names); 3*names[best] >= 2*sum(names) {
			g.words[word] = 1 << best
		}
	}
	return g
}

// add counts the words that end a name, in the singular too.
func (t tally) add(f *text.Folded, root int) {
	for k := range f.NumTokens() {
		word := wordOf(f, k)
		if word == "" || !endsName(f.Token(k).After) {
			continue
		}
		forms := []string{word, strings.TrimSuffix(word, "s"), strings.TrimSuffix(word, "es")}
		slices.Sort(forms)
		for _, form := range slices.Compact(forms) {
			if t[form] == nil {
				t[form] = new([maxRoots]int)
			}
			t[form][root]++
		}
	}
}

// most is the first of the greatest counts.
func most(counts *[maxRoots]int) int {
	best := 0
	for i, n := range counts {
		if n > counts[best] {
			best = i
		}
	}
	return best
}

func sum(counts *[maxRoots]int) int {
	total := 0
	for _, n := range counts {
		total += n
	}
	return total
}

// root is the bit of a path's root; 0 where there are more roots than bits.
func (g *goods) root(path string) uint {
	name, _, _ := strings.Cut(path, " > ")
	if _, ok := g.roots[name]; !ok && len(g.roots) < maxRoots {
		g.roots[name] = 1 << len(g.roots)
	}
	return g.roots[name]
}

// endsName reports whether a name of goods ends before a gap: "Handbags, Wallets & Cases" are three.
func endsName(after text.Gap) bool {
	return after&(text.End|text.Comma|text.Symbol|text.Slash|text.Open|text.Close) != 0
}

// wordOf is the folded k-th token, where it is a word long enough to name goods.
func wordOf(f *text.Folded, k int) string {
	if f.Token(k).Class != text.Word || len(f.Letters(k)) < shortestGoods {
		return ""
	}
	return string(f.Letters(k))
}

// homes are the roots that a mark is at home under, of those that the taxonomy has.
func (g *goods) homes(paths []string) uint {
	var homes uint
	for _, path := range paths {
		name, _, _ := strings.Cut(path, " > ")
		homes |= g.roots[name]
	}
	return homes
}

// offers is the root under which most words of a title name goods; 0: none, or no more than half of them. What
// follows a compatibility cue does not count: "for women" says nothing of the goods.
func (g *goods) offers(f *text.Folded, cues map[string]bool) uint {
	var votes [maxRoots]int
	for k := range f.NumTokens() {
		if k > 0 && cues[string(f.Letters(k-1))] {
			continue
		}
		if root := g.words[wordOf(f, k)]; root != 0 {
			votes[bits.TrailingZeros(root)]++
		}
	}
	best := most(&votes)
	if 2*votes[best] <= sum(&votes) {
		return 0
	}
	return 1 << best
}

// home reports whether the goods are of the kind a mark is known for: by the category, or where none is known, by the
// words of the title.
func (j *judgement) home(s *sign) bool {
	if j.category.Path != "" {
		return j.atHome(s)
	}
	if !j.offered {
		j.offered = true
		j.folded.Fold(j.subject.Product.Title)
		j.offer = j.goods.offers(&j.folded, j.glued)
	}
	return j.offer&s.homes != 0
}
