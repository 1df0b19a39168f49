package orders

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/identity"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/party"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/text"
)

// how a listing is known to be a product. A greater one says more.
type how uint8

const (
	byWords      how = iota + 1 // its brand, and words for the goods
	byText                      // the text names brand and model
	byOtherBrand                // the product code, but the listing states another brand
	byProduct                   // the product code, or brand and model as the listing states them
)

// A product is a recall that a listing may fall under.
type product struct {
	how   how
	words string // what is found
	spans []check.Evidence
	text  string // how the listing is known, in words
}

// recalls looks for recalls: by product code, then by what stands beside a brand.
func (q *inquiry) recalls() {
	found := make(map[int32]product)
	if len(q.codes) > 0 {
		q.byCode(found)
	}
	if len(q.pairs) > 0 {
		q.byBrand(found)
	}
	for _, i := range slices.Sorted(maps.Keys(found)) {
		q.recalled(&q.orders[i], found[i])
	}
}

// keep keeps what says most of an order.
func keep(found map[int32]product, order int32, p product) {
	if found[order].how < p.how {
		found[order] = p
	}
}

// A code is a product code where it stands.
type code struct {
	field       listing.Field
	typed, gtin string
}

func (q *inquiry) productCodes() []code {
	var all []code
	if q.Product.GTIN != "" {
		all = append(all, code{listing.Field{Kind: listing.GTINField}, q.Product.GTIN, q.Product.GTIN})
	}
	for i := range q.Product.Variants {
		all = append(all, code{listing.Field{Kind: listing.VariantGTINField, Index: i}, q.Product.Variants[i].GTIN, q.Product.Variants[i].GTIN})
	}
	for i, unit := range q.Product.UnitCodes {
		key, _, ok := identity.ReadUnit(unit)
		if gtin, _, _ := strings.Cut(key, " "); ok && gtin != "" {
			all = append(all, code{listing.Field{Kind: listing.UnitCodeField, Index: i}, unit, gtin})
		}
	}
	return all
}

func (q *inquiry) byCode(found map[int32]product) {
	for _, c := range q.productCodes() {
		gtin, ok := identity.ReadGTIN(c.gtin)
		if !ok {
			continue
		}
		for _, row := range q.withCode(gtin) {
			p := product{how: byProduct, words: c.typed, text: fmt.Sprintf("The product code %s is", party.Shorten(c.gtin)),
				spans: []check.Evidence{check.TextSpan{Field: c.field, End: len(c.typed), Surface: check.Surface(c.typed, 0, len(c.typed)), Canonical: gtin}}}
			if q.otherBrand(q.orders[row.order].Recall.Brands) {
				p.how = byOtherBrand
			}
			keep(found, row.order, p)
		}
	}
}

// statedBrand reports whether the brand field names a brand.
func (q *inquiry) statedBrand() bool {
	key := text.Key(q.Product.Brand)
	return key != "" && !q.generic[key]
}

// otherBrand reports whether the listing states a brand that is none of these.
func (q *inquiry) otherBrand(brands []string) bool {
	if len(brands) == 0 || !q.statedBrand() {
		return false
	}
	return !slices.ContainsFunc(brands, func(b string) bool {
		n, ok := q.number(b)
		return ok && q.states(n)
	})
}

// states reports whether the listing states a brand: in the brand or the manufacturer field, or by another name of the mark there.
func (q *inquiry) states(brand int32) bool {
	for i := range q.brand {
		if q.brand[i].phrase == brand && (q.brand[i].whole || q.brand[i].field.Kind == listing.ManufacturerField && !q.brand[i].aside) {
			return true
		}
	}
	return slices.Contains(q.ownBrands(), brand)
}

// ownBrands are the brands whose mark the brand field names, in whatever script.
func (q *inquiry) ownBrands() []int32 {
	result := q.marks.Result(q.pass)
	if result == nil {
		return nil
	}
	var all []int32
	for i := range result.Mentions {
		if m := &result.Mentions[i]; m.Role == check.OwnBrand && m.InBrand {
			if n, ok := q.number(m.Canonical); ok {
				all = append(all, n)
			}
		}
	}
	return all
}

// byBrand looks for pairs: a brand that is stated with a model that is stated or named, or with goods that are named; a brand
// that the title names, where the brand field says nothing, with the same; one that only the title names beside another brand,
// with a model.
func (q *inquiry) byBrand(found map[int32]product) {
	stated := q.ownBrands()
	for i := range q.brand {
		if s := &q.brand[i]; q.states(s.phrase) {
			stated = append(stated, s.phrase)
		}
	}
	slices.Sort(stated)
	stated = slices.Compact(stated)
	for _, brand := range stated {
		q.beside(found, brand, nil)
	}
	for i, s := range q.title {
		named, ok := find(q.title, s.phrase)
		if i > 0 && q.title[i-1].phrase == s.phrase || !ok || q.weak[s.phrase] || slices.Contains(stated, s.phrase) {
			continue
		}
		q.beside(found, s.phrase, &named)
	}
}

// beside looks for what stands beside a brand. named is where the title names it; nil: it is stated.
func (q *inquiry) beside(found map[int32]product, brand int32, named *sighting) {
	for _, model := range q.models() {
		for _, row := range q.withPair(brand, model.phrase) {
			if row.model {
				p := q.pair(byText, brand, named, model)
				if named == nil {
					p = q.pair(byProduct, brand, nil, model)
				}
				keep(found, row.order, p)
			}
		}
	}
	for i, s := range q.title {
		if i > 0 && q.title[i-1].phrase == s.phrase || s.phrase == brand {
			continue
		}
		other, ok := find(q.title, s.phrase)
		for _, row := range q.withPair(brand, s.phrase) {
			switch {
			case !ok:
			case row.model && named == nil && q.nothingElse(&q.orders[row.order]):
				keep(found, row.order, q.pair(byProduct, brand, nil, other))
			case row.model:
				keep(found, row.order, q.pair(byText, brand, named, other))
			case named == nil || !q.statedBrand():
				q.byGoods(found, row.order, brand, named)
			}
		}
	}
}

// nothingElse reports whether the title says no more than brands, models and goods of an order.
func (q *inquiry) nothingElse(o *rulebook.Order) bool {
	names := slices.Concat(o.Recall.Brands, o.Recall.Models)
	for _, p := range o.Products {
		names = append(names, p.Goods...)
	}
	rest := []byte(q.Product.Title)
	for _, name := range names {
		n, _ := q.number(name)
		for i := range q.title {
			if s := &q.title[i]; s.phrase == n && !s.aside {
				copy(rest[s.start:s.end], strings.Repeat(" ", s.end-s.start))
			}
		}
	}
	return text.Key(string(rest)) == ""
}

// models are the models that the listing states: in its fields, or in an attribute for it.
func (q *inquiry) models() []sighting {
	var all []sighting
	add := func(field listing.Field, typed string) {
		if n, ok := q.number(typed); ok {
			all = append(all, sighting{phrase: n, field: field, raw: typed, end: len(typed), whole: true})
		}
	}
	add(listing.Field{Kind: listing.ModelField}, q.Product.Model)
	add(listing.Field{Kind: listing.MPNField}, q.Product.MPN)
	for _, a := range q.Product.Attributes {
		if attributeKind(a.Key) == attributeModel {
			add(listing.Field{Kind: listing.AttributeField, Key: a.Key}, a.Value)
		}
	}
	return all
}

// pair is a product known by brand and model.
func (q *inquiry) pair(by how, brand int32, named *sighting, model sighting) product {
	p := product{how: by, words: model.words(), spans: []check.Evidence{model.span(q.spelled[model.phrase])}}
	verb := "are"
	if by == byText {
		verb = "are named in the text: they are"
	}
	if named != nil {
		p.spans = append(p.spans, named.span(q.spelled[brand]))
	}
	p.text = fmt.Sprintf("Brand %s and model %q (%s) %s", q.spelled[brand], model.words(), model.field, verb)
	return p
}

// byGoods files an order whose brand and goods are named, and all that must stand with them.
func (q *inquiry) byGoods(found map[int32]product, i, brand int32, named *sighting) {
	o := &q.orders[i]
	if found[i].how >= byWords || !q.category.Under(o.Categories) || q.otherModel(o) {
		return
	}
	for k := range o.Products {
		words, ok := q.product(&o.Products[k])
		if !ok {
			continue
		}
		p := product{how: byWords, words: words[0].words(), text: fmt.Sprintf("The brand %s and %s (%s) are", q.spelled[brand], quoted(words), fieldsOf(words))}
		for k := range words {
			p.spans = append(p.spans, words[k].span(q.spelled[words[k].phrase]))
		}
		if named != nil {
			p.spans = append(p.spans, named.span(q.spelled[brand]))
		}
		found[i] = p
		return
	}
}

// otherModel reports whether the listing states a model and it is none of the order's.
func (q *inquiry) otherModel(o *rulebook.Order) bool {
	key := text.Key(q.Product.Model)
	return key != "" && len(o.Recall.Models) > 0 && !slices.ContainsFunc(o.Recall.Models, func(m string) bool {
		return strings.Contains(key, text.Key(m))
	})
}

// recalled files what a recall means for the listing.
func (q *inquiry) recalled(o *rulebook.Order, p product) {
	markets, begins := q.standing(o, false)
	if len(markets) == 0 && begins.IsZero() {
		return
	}
	m := match{Order: o, markets: markets, begins: begins, code: Recalled, words: p.words, evidence: append(q.entry(o), p.spans...)}
	units := q.units(o.Recall)
	m.message = fmt.Sprintf("%s of %s %s, in force in %s.", p.text, kindWords[o.Kind], describe(o), q.where(&m))
	switch {
	case units.standing == outside:
		m.cleared = "other_units"
		m.message = fmt.Sprintf("%s of %s %s, but %s is not among the units concerned.", p.text, kindWords[o.Kind], describe(o), units.shown)
		m.evidence = append(m.evidence, units.span)
	case p.how == byProduct && o.Kind == rulebook.Seizure:
		m.variant = "seizure"
		m.message += " Customs found a consignment; whether these goods are of it is not known."
	case p.how == byProduct && units.standing == inside:
		m.message += fmt.Sprintf(" %s is among the units concerned.", sentence(units.shown))
		m.evidence = append(m.evidence, units.span)
	case p.how == byProduct && o.Recall.Limited():
		m.variant = "batch_unknown"
		m.message += fmt.Sprintf(" It is about some units only (%s), and the listing does not tell which it offers.", limits(o.Recall))
	case p.how < byProduct:
		m.variant = [...]string{byWords: "words", byText: "in_text", byOtherBrand: "other_brand"}[p.how]
		m.message += " " + doubts[p.how]
		if p.how == byOtherBrand {
			m.message += fmt.Sprintf(" It is one of %s, and the brand field says %s.", cmp.Or(strings.Join(o.Recall.Brands, ", ")), party.Shorten(q.Product.Brand))
		}
	}
	q.matches = append(q.matches, m)
}

// doubts are what keeps a match from being sure.
var doubts = [...]string{
	byWords:      "Whether it is that product cannot be told from words.",
	byText:       "Whether the goods are that product, or are made for it, cannot be told from words.",
	byOtherBrand: "The code may be wrong.",
}
