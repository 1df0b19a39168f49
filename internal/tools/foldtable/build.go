package main

import (
	"fmt"
	"slices"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/assay-project/assay/internal/text/foldtable"
)

// A builder computes entries from the sources.
type builder struct {
	src   *sources
	multi []rune
	seqs  map[string]int // sequence -> index in multi
}

func newBuilder(src *sources) *builder {
	// Index 0 would read as "the code point itself".
	return &builder{src: src, multi: []rune{0}, seqs: map[string]int{}}
}

// table encodes the entries of all code points, after checking that folding is closed:
// what an entry folds to must fold to itself.
func (b *builder) table() ([]byte, error) {
	entries := make([]foldtable.Entry, unicode.MaxRune+1)
	for r := range entries {
		entries[r] = b.entry(rune(r))
	}
	for r, e := range entries {
		for _, to := range b.target(rune(r), e) {
			got := entries[to]
			notWord := got.Kind() > foldtable.LastWord && !e.Multi() // a sequence may hold signs
			if got.Rune() != 0 && got.Rune() != to || got.Multi() || notWord {
				return nil, fmt.Errorf("%04X folds to %04X, which folds again", r, to)
			}
		}
	}
	return foldtable.Encode(func(r rune) foldtable.Entry { return entries[r] }, b.multi), nil
}

func (b *builder) target(r rune, e foldtable.Entry) []rune {
	switch {
	case e.Kind() > foldtable.LastWord:
		return nil
	case e.Multi():
		i := int(e.Rune())
		return b.multi[i+1 : i+1+int(b.multi[i])]
	case e.Rune() != 0:
		return []rune{e.Rune()}
	}
	return []rune{r}
}

func (b *builder) entry(r rune) foldtable.Entry {
	look := b.look(r)
	if k, gap, ok := b.notWord(r); ok {
		return foldtable.New(0, false, k, 0, look, 0, gap)
	}
	to, transforms := b.fold(r)
	if len(to) == 0 { // a mark or a compatibility form of nothing
		return foldtable.New(0, false, foldtable.DropMark, 0, 0, 0, 0)
	}
	key := b.keyLook(to[0])
	k, gap, sign := b.notWord(to[0])
	switch {
	case len(to) > 1:
		return foldtable.New(b.sequence(to), true, kindOf(to[0]), transforms, look, 0, 0)
	case sign:
		return foldtable.New(0, false, k, 0, look, 0, gap)
	case to[0] == r:
		return foldtable.New(0, false, kindOf(r), transforms, look, key, 0)
	}
	return foldtable.New(to[0], false, kindOf(to[0]), transforms, look, key, 0)
}

// notWord returns the kind of a code point that adds no letter to a word.
func (b *builder) notWord(r rune) (foldtable.Kind, uint8, bool) {
	if k, ok := b.src.supplement.kind[r]; ok {
		return k, foldtable.Space, true
	}
	if g, ok := b.src.supplement.gap[r]; ok {
		return foldtable.Gap, g, true
	}
	if _, ok := b.src.supplement.fold[r]; ok {
		return 0, 0, false
	}
	switch {
	case b.src.ignorable[r]:
		return foldtable.Ignorable, 0, true
	case isJamo(r):
		return foldtable.Jamo, 0, true
	case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r):
		if dropsMark(r) {
			return foldtable.DropMark, 0, true
		}
	case !isWord(r) && len(norm.NFKD.String(string(r))) == len(string(r)):
		return foldtable.Gap, b.gapOf(r), true
	case r < 0x80 && !isWord(r):
		return foldtable.Gap, b.gapOf(r), true
	}
	return 0, 0, false
}

// fold returns what r folds to and which transforms that undoes.
func (b *builder) fold(r rune) ([]rune, uint16) {
	if row, ok := b.src.supplement.fold[r]; ok {
		return row.target, row.transform | caseBit(r)
	}
	if v, ok := digitValue(r); ok {
		if r < 0x80 {
			return []rune{r}, 0
		}
		return []rune{'0' + v}, foldtable.Width
	}
	var transforms uint16
	cur := []rune{r}
	for range 6 {
		next, t := b.step(cur)
		transforms |= t
		if slices.Equal(next, cur) {
			break
		}
		cur = next
	}
	if !unicode.Is(unicode.Sk, r) && len(cur) > 0 && cur[0] == ' ' { // spacing clones of marks
		return []rune{' '}, 0
	}
	return cur, transforms
}

// step is one round of compatibility decomposition, case folding and mark removal.
func (b *builder) step(in []rune) ([]rune, uint16) {
	var transforms uint16
	compat := []rune(norm.NFKC.String(string(in)))
	if !slices.Equal(compat, []rune(norm.NFC.String(string(in)))) {
		transforms |= compatBit(in, compat)
	}
	var out []rune
	for _, r := range compat {
		folded := []rune{r}
		if f, ok := b.src.caseFold[r]; ok {
			folded = f
			transforms |= foldtable.Case
		}
		for _, f := range folded {
			o, t := b.strip(f)
			out, transforms = append(out, o...), transforms|t
		}
	}
	return out, transforms
}

// strip decomposes one folded rune and drops the marks that do not matter.
func (b *builder) strip(r rune) ([]rune, uint16) {
	if row, ok := b.src.supplement.fold[r]; ok {
		return row.target, row.transform
	}
	if v, ok := digitValue(r); ok && r >= 0x80 {
		return []rune{'0' + v}, foldtable.Width
	}
	if isKana(r) || unicode.Is(unicode.Hangul, r) {
		return []rune{r}, 0
	}
	if s, ok := b.src.simplified[r]; ok {
		return []rune{s}, foldtable.Width
	}
	if r == 0x0E33 || r == 0x0EB3 { // SARA AM: decomposing it would reorder the tone marks
		return []rune{r}, 0
	}
	var out []rune
	for _, d := range norm.NFD.String(string(r)) {
		switch k, ok := b.src.supplement.kind[d]; {
		case b.src.ignorable[d] || ok && k == foldtable.Ignorable:
		case (unicode.Is(unicode.Mn, d) || unicode.Is(unicode.Me, d)) && dropsMark(d):
		default:
			out = append(out, d)
		}
	}
	if len(out) == 1 && out[0] == r {
		return out, 0
	}
	return out, foldtable.Diacritic
}

func (b *builder) sequence(to []rune) rune {
	if i, ok := b.seqs[string(to)]; ok {
		return rune(i)
	}
	i := len(b.multi)
	b.seqs[string(to)] = i
	b.multi = append(append(b.multi, rune(len(to))), to...)
	return rune(i)
}

func caseBit(r rune) uint16 {
	if unicode.IsUpper(r) {
		return foldtable.Case
	}
	return 0
}

// compatBit tells what kind of compatibility form in is of out.
func compatBit(in, out []rune) uint16 {
	r := in[0]
	switch {
	case r >= 0x2460 && r <= 0x24FF, r >= 0x3200 && r <= 0x32FF, r >= 0x1F100 && r <= 0x1F2FF:
		return foldtable.Enclosed
	case len(in) == 1 && len(out) > 1:
		return foldtable.Ligature
	}
	return foldtable.Width
}
