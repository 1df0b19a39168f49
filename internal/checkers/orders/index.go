package orders

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/party"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/term"
	"github.com/assay-project/assay/internal/text"
)

// An index finds orders. It is immutable.
//
// A phrase is a brand, a model or a word of any order; phrases with the same letters are one, known by its number. What must be
// found together is looked up together, so that no list is gone through which grows with the orders of one brand.
type index struct {
	orders  []rulebook.Order
	markets map[listing.Market]bool // with orders; nil: every one has

	texts   *term.Layers
	phrases map[string]int32 // by key
	spelled []string         // by number
	weak    map[int32]bool   // brands that are ordinary words

	codes []codeRow         // by code
	pairs []pairRow         // by pair
	goods map[int32][]goods // exclusion orders by a phrase for their goods

	bound      map[int32][]party.Party // respondents by order
	named      map[string][]int32      // orders that say for which categories, by the core of a respondent's name
	namedUnder []string                // those categories

	cues    map[string]bool // keys of what says that the goods are for what follows
	cueEnds map[string]bool // keys of their last words
	generic map[string]bool // keys of brands that say that there is none
}

// A codeRow is an order with one of its product codes.
type codeRow struct {
	code  uint64
	order int32
}

// A pairRow is an order with a brand, and a model or a phrase for its goods beside it.
type pairRow struct {
	pair  uint64 // number of the brand, number of the other
	order int32
	model bool
}

// A goods is a product of an order.
type goods struct{ order, product int32 }

func pairOf(brand, other int32) uint64 { return uint64(brand)<<32 | uint64(other) }

// compile indexes the orders of a book.
func compile(book *rulebook.Book) (*index, error) {
	x := &index{orders: book.Orders, phrases: make(map[string]int32), weak: make(map[int32]bool), goods: make(map[int32][]goods),
		named: make(map[string][]int32), bound: make(map[int32][]party.Party), cues: make(map[string]bool), cueEnds: make(map[string]bool), generic: make(map[string]bool)}
	x.addWording(book.Wording)
	x.addMarkets()
	b := indexer{index: x, words: make(map[string]bool)}
	if len(book.Orders) > 0 {
		for _, w := range book.Words {
			b.words[text.Key(w)] = true
		}
	}
	for i := range book.Orders {
		b.add(int32(i))
	}
	slices.SortFunc(x.codes, func(a, b codeRow) int { return cmp.Or(cmp.Compare(a.code, b.code), cmp.Compare(a.order, b.order)) })
	slices.SortFunc(x.pairs, func(a, b pairRow) int { return cmp.Or(cmp.Compare(a.pair, b.pair), cmp.Compare(a.order, b.order)) })
	texts, err := term.Build(b.terms, nil)
	if err != nil {
		return nil, fmt.Errorf("index orders: %w", err)
	}
	x.texts = term.NewLayers(term.NewWords(book.Words, book.Dictionary))
	x.texts.Add(texts, 0, nil)
	return x, nil
}

func (x *index) addWording(lists []rulebook.Wording) {
	var f text.Folded
	for _, w := range lists {
		for _, phrase := range w.Phrases {
			switch {
			case w.Kind == rulebook.Compatibility && w.Position != rulebook.After:
				x.cues[text.Key(phrase)] = true
				f.Fold(phrase)
				x.cueEnds[text.Key(f.Surface(f.NumTokens()-1))] = true
			case w.Kind == rulebook.GenericBrand:
				x.generic[text.Key(phrase)] = true
			}
		}
	}
}

// addMarkets notes the markets that have any order.
func (x *index) addMarkets() {
	x.markets = make(map[listing.Market]bool)
	for i := range x.orders {
		for _, t := range x.orders[i].Territories {
			if t == "WORLD" {
				x.markets = nil
				return
			}
			x.markets[listing.Market(t)] = true
		}
	}
}

// inMarket reports whether any order is about a market.
func (x *index) inMarket(market listing.Market) bool {
	return x.markets == nil || x.markets[market] || x.markets["EU"] && market.InUnion()
}

// An indexer adds orders to an index.
type indexer struct {
	*index
	words map[string]bool // ordinary words, by key
	terms []term.Term
}

// phrase is the number of a phrase, which is looked for at least as far as the policy goes.
func (b *indexer) phrase(spelled string, policy term.Policy) int32 {
	key := text.Key(spelled)
	n, ok := b.phrases[key]
	if !ok {
		n = int32(len(b.terms))
		b.phrases[key] = n
		b.terms, b.spelled = append(b.terms, term.Term{Text: spelled, Policy: policy}), append(b.spelled, spelled)
	}
	b.terms[n].Policy = max(b.terms[n].Policy, policy)
	return n
}

func (b *indexer) add(i int32) {
	o := &b.orders[i]
	if o.Exclusion != nil {
		b.addExclusion(i, o)
	}
	if o.Recall != nil {
		b.addRecall(i, o)
	}
	for _, p := range o.Products {
		for _, list := range p.With {
			for _, phrase := range list {
				b.phrase(phrase, term.Disguised)
			}
		}
	}
}

func (b *indexer) addExclusion(i int32, o *rulebook.Order) {
	for k, p := range o.Products {
		var seen []int32
		for _, phrase := range p.Goods {
			if n := b.phrase(phrase, term.Disguised); !slices.Contains(seen, n) {
				seen = append(seen, n)
				b.goods[n] = append(b.goods[n], goods{i, int32(k)})
			}
		}
	}
	var keys []string
	for _, name := range o.Exclusion.Respondents {
		who := party.Listed(name, "")
		b.bound[i] = append(b.bound[i], who)
		keys = append(keys, who.Core())
	}
	if len(o.Categories) == 0 {
		return // without a kind of goods a name is not enough
	}
	for _, path := range o.Categories {
		if !slices.Contains(b.namedUnder, path) {
			b.namedUnder = append(b.namedUnder, path)
		}
	}
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		b.named[key] = append(b.named[key], i)
	}
}

// shortestName is the fewest letters of a model that is looked for in disguise.
const shortestName = 6

// modelPolicy is how far a model's spelling may be off: not at all where it has digits, as one digit makes another model.
func modelPolicy(model string) term.Policy {
	if strings.ContainsAny(model, "0123456789") || len(model) < shortestName {
		return term.Exact
	}
	return term.Disguised
}

func (b *indexer) addRecall(i int32, o *rulebook.Order) {
	for _, code := range o.Recall.GTINs {
		if n, err := strconv.ParseUint(code, 10, 64); err == nil {
			b.codes = append(b.codes, codeRow{n, i})
		}
	}
	var models, goods []int32
	for _, model := range o.Recall.Models {
		models = append(models, b.phrase(model, modelPolicy(model)))
	}
	for _, p := range o.Products {
		for _, phrase := range p.Goods {
			goods = append(goods, b.phrase(phrase, term.Disguised))
		}
	}
	for _, name := range o.Recall.Brands {
		key := text.Key(name)
		if b.generic[key] {
			continue
		}
		policy := term.Disguised
		if b.words[key] {
			policy = term.Exact
		}
		brand := b.phrase(name, policy)
		if b.words[key] {
			b.weak[brand] = true
		}
		for _, n := range models {
			b.pairs = append(b.pairs, pairRow{pairOf(brand, n), i, true})
		}
		for _, n := range goods {
			b.pairs = append(b.pairs, pairRow{pairOf(brand, n), i, false})
		}
	}
}

// withCode are the orders with a product code of 14 digits.
func (x *index) withCode(code string) []codeRow {
	n, err := strconv.ParseUint(code, 10, 64)
	if err != nil {
		return nil
	}
	from, _ := slices.BinarySearchFunc(x.codes, n, func(r codeRow, n uint64) int { return cmp.Compare(r.code, n) })
	to := from
	for to < len(x.codes) && x.codes[to].code == n {
		to++
	}
	return x.codes[from:to]
}

// withPair are the orders with a brand and another phrase beside it.
func (x *index) withPair(brand, other int32) []pairRow {
	pair := pairOf(brand, other)
	from, _ := slices.BinarySearchFunc(x.pairs, pair, func(r pairRow, pair uint64) int { return cmp.Compare(r.pair, pair) })
	to := from
	for to < len(x.pairs) && x.pairs[to].pair == pair {
		to++
	}
	return x.pairs[from:to]
}
