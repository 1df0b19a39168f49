package twin

import (
	"slices"
	"strings"
)

// From when on two texts are one.
const (
	longTitle   = 10  // words of a title that say enough by themselves, in the longer one
	exactTitle  = 9   // and of two that have the same ones
	joinedTitle = 6   // and of one with
	longLetters = 80  // bytes of letters
	longBody    = 16  // words of a body that stand in for a short title
	nearLike    = 0.8 // share of words in common
	sureLike    = 0.9 // where brand-swapped titles are a shop's usual style, or a listing was rejected
	fewWords    = 4   // words of a title that was rejected
)

// A likeness is what two texts have in common.
type likeness struct {
	like, margin float64
	near         bool // enough for a copy
	sure         bool // enough within one shop, which has its style
	again        bool // enough for a copy of a rejected one
}

// A pair is what a listing is to an earlier one.
type pair struct {
	likeness
	kind   Kind // 0: nothing
	of     *Sketch
	images int
}

// compare tells what a listing is to an earlier one. Pictures are those that say something.
func compare(k, o *Sketch, pictures []uint64) pair {
	p := pair{of: o}
	swapped := otherBrand(k.brand, o.brand)
	if !swapped && k.Rejected == o.Rejected && len(pictures) == 0 {
		return p // as most are: the same goods again
	}
	p.likeness = liken(k, o)
	for _, picture := range pictures {
		if slices.Contains(o.Images, picture) {
			p.images++
		}
	}
	p.kind = kindOf(k, o, p.likeness, swapped, p.images > 0)
	return p
}

// kindOf is the strongest of the kinds that two listings are of; 0: of none.
func kindOf(k, o *Sketch, l likeness, swapped, pictured bool) Kind {
	strangers := k.Merchant != "" && o.Merchant != "" && k.Merchant != o.Merchant
	listed, again := k.Listed || o.Listed, l.again && k.Rejected != o.Rejected
	switch {
	case again && k.Merchant == o.Merchant:
		return Relisted
	case strangers && swapped && listed && l.near:
		return Copied
	case strangers && swapped && listed && pictured:
		return Pictured
	case again && strangers:
		return Alike
	case strangers && pictured && k.GTIN != 0 && o.GTIN != 0 && company(k.GTIN) != company(o.GTIN):
		return Coded
	case strangers && swapped && (l.near || pictured):
		return Unbranded
	case !strangers && swapped && l.sure:
		return Template
	}
	return 0
}

// liken compares titles; and bodies, where titles are short or name different models, as those of honest listings in the usual
// words of a trade do.
func liken(k, o *Sketch) (l likeness) {
	words := max(k.Title.Size, o.Title.Size)
	l.like, l.margin = k.Title.Like(o.Title)
	l.again = l.like >= sureLike && min(k.Title.Size, o.Title.Size) >= fewWords
	if l.like < nearLike || min(k.Title.Size, o.Title.Size) < minTitle {
		return l
	}
	long := says(k, o, words, l.like) && !otherModel(k.Models, o.Models)
	body, margin := k.Body.Like(o.Body)
	told := min(k.Body.Size, o.Body.Size) >= longBody
	l.near = long || told && body >= nearLike
	l.sure = l.near && l.like >= sureLike && (!told || body >= sureLike) && words >= longTitle
	if l.near && !long {
		l.like, l.margin = body, margin
	}
	return l
}

// says reports whether titles that are alike have enough words, or, in languages that join them, enough letters, to be no
// accident.
func says(k, o *Sketch, words int32, like float64) bool {
	return words >= longTitle || words >= exactTitle && like == 1 ||
		words >= joinedTitle && min(len(k.Words), len(o.Words)) >= longLetters
}

// otherModel reports whether each of two listings names models, and none is the same.
func otherModel(a, b []uint32) bool {
	return len(a) > 0 && len(b) > 0 && !slices.ContainsFunc(a, func(m uint32) bool { return slices.Contains(b, m) })
}

// otherBrand reports whether two brands are known and not one: none has all the words of the other, as "Hugo Boss" has of
// "Boss".
func otherBrand(a, b string) bool {
	if a == b || a == "" || b == "" || strings.ReplaceAll(a, " ", "") == strings.ReplaceAll(b, " ", "") {
		return false
	}
	return !within(a, b) && !within(b, a)
}

// within reports whether all words of one text are in another.
func within(a, b string) bool {
	words := strings.Fields(b)
	for word := range strings.FieldsSeq(a) {
		if !slices.Contains(words, word) {
			return false
		}
	}
	return true
}

// maxShared bounds how many words in common are shown.
const maxShared = 12

// shared are the first words of one text that are in another too, each once.
func shared(a, b string) []string {
	var both []string
	words := strings.Fields(b)
	for word := range strings.FieldsSeq(a) {
		if slices.Contains(words, word) && !slices.Contains(both, word) && len(both) < maxShared {
			both = append(both, word)
		}
	}
	return both
}
