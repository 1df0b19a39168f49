package price

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/text"
)

// cohorts finds the baselines of a book. It is immutable.
type cohorts struct {
	shelves []shelf
	places  map[string]uint32 // categories, by folded path
	parents []uint32          // by place
	// Categories as the book writes them. Most submissions write them so, and folding costs.
	placesSpelled map[string]uint32
	categories    *rulebook.Categories

	kinds        [check.OwnReference + 1]bool // of which there are any
	otherKinds   bool                         // there are references other than the market's own prices
	anyMarket    bool                         // there are rows for any market
	anyCondition bool

	cohortCurrencies []string // that there are observed cohorts in, in order
}

// A shelf is one file's baselines. There are at most two, those made by hand and those made to be looked up.
type shelf struct {
	*rulebook.Cohorts
	category []uint32 // number of a place on this shelf; 0: it has none
}

const maxShelves = 2

// brands are the numbers of a brand, by shelf; 0: it has none.
type brands [maxShelves]uint32

// newCohorts refuses, all at once, rows that cannot be compared with. Of rows that are one cohort once names are folded
// ("El Pozo", "ElPozo"), the one with the most observations stands, of equal ones the first.
func newCohorts(book *rulebook.Book) (*cohorts, error) {
	c := &cohorts{places: make(map[string]uint32), parents: []uint32{0}, categories: book.Categories,
		placesSpelled: make(map[string]uint32)}
	var errs []error
	for i := range book.Baselines {
		row := &book.Baselines[i]
		if err := usable(row); err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: %w", row.At.File, row.At.Line, err))
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	byHand, err := rulebook.NewCohorts(book.Baselines, text.Key, func(name string) string { return foldPath(c.path(name)) })
	if err != nil {
		return nil, err
	}
	c.put(byHand)
	for i := range book.Baselines {
		if name := book.Baselines[i].Category; name != "" && c.placesSpelled[name] == 0 {
			c.placesSpelled[name] = c.settle(foldPath(c.path(name)))
		}
	}
	c.put(book.Cohorts)
	return c, nil
}

// put adds a shelf.
func (c *cohorts) put(of *rulebook.Cohorts) {
	if of == nil || of.Len() == 0 {
		return
	}
	at := len(c.shelves)
	c.shelves = append(c.shelves, shelf{Cohorts: of})
	numbers := make(map[uint32]uint32, of.Categories())
	for i := range of.Categories() {
		name := of.Category(i)
		place := c.settle(foldPath(c.path(name)))
		c.placesSpelled[name] = place
		c.spell(c.path(name), place)
		numbers[place] = uint32(i + 1)
	}
	c.shelves[at].category = make([]uint32, len(c.parents))
	for place, number := range numbers {
		c.shelves[at].category[place] = number
	}
	currencies := make(map[[3]byte]bool)
	for i := range int32(of.Len()) {
		k := of.Key(i)
		c.kinds[references[k.Kind]] = true
		c.otherKinds = c.otherKinds || references[k.Kind] != check.MarketReference
		c.anyMarket = c.anyMarket || k.Market == [2]byte{}
		c.anyCondition = c.anyCondition || k.Condition == listing.ConditionUnknown
		if references[k.Kind] == check.MarketReference && !currencies[k.Currency] {
			currencies[k.Currency] = true
			if code := string(k.Currency[:]); !slices.Contains(c.cohortCurrencies, code) {
				c.cohortCurrencies = append(c.cohortCurrencies, code)
			}
		}
	}
	slices.Sort(c.cohortCurrencies)
}

// usable says why a row is no reference.
func usable(row *rulebook.Baseline) error {
	switch {
	case row.GTIN == "" && row.Brand == "" && row.Category == "":
		return errors.New("baseline names no product code, brand or category")
	case len(row.Currency) != 3:
		return fmt.Errorf("baseline has currency %q", row.Currency)
	case row.Median.Sign() <= 0:
		return fmt.Errorf("baseline has median %v", row.Median)
	}
	for _, m := range [...]listing.Money{row.Median, row.Low, row.High} {
		if m.Sign() != 0 && m.Currency != row.Currency {
			return fmt.Errorf("baseline has an amount in %q beside currency %q", m.Currency, row.Currency)
		}
	}
	return nil
}

var kindReferences = map[rulebook.BaselineKind]check.PriceReference{
	rulebook.Observed: check.MarketReference, rulebook.MSRP: check.MSRPReference, rulebook.Floor: check.FloorReference}

// references are the references that kinds of baseline are, by the number that keys have for them, and back. A minimum
// advertised price is none: nothing is judged by it.
var (
	references = [...]check.PriceReference{check.MarketReference, check.MSRPReference, check.FloorReference, check.NoReference}
	kindOf     = [...]uint8{check.NoReference: 3, check.MarketReference: 0, check.MSRPReference: 1, check.FloorReference: 2}
)

// settle gives a folded path a place, and all paths above it.
func (c *cohorts) settle(path string) uint32 {
	if path == "" {
		return 0
	}
	if place, ok := c.places[path]; ok {
		return place
	}
	above := c.settle(pathAbove(path))
	place := uint32(len(c.parents))
	c.places[path] = place
	c.parents = append(c.parents, above)
	return place
}

// spell notes how a place and those above it are written.
func (c *cohorts) spell(path string, place uint32) {
	for ; place != 0; place = c.parents[place] {
		c.placesSpelled[path] = place
		path = pathAbove(path)
	}
}

// path is a category in the book's taxonomy; one that is not there stands for itself.
func (c *cohorts) path(category string) string {
	if found := c.categories.Find(category); found.Path != "" {
		return found.Path
	}
	return category
}

const pathSeparator = ">"

func foldPath(path string) string {
	parts := strings.Split(path, pathSeparator)
	for i, part := range parts {
		parts[i] = text.Key(part)
	}
	return strings.Join(parts, pathSeparator)
}

func pathAbove(path string) string {
	return strings.TrimRight(path[:max(strings.LastIndex(path, pathSeparator), 0)], " ")
}

// brand sets the numbers of a brand, and says whether there are baselines of it. Folding costs, and most submissions write brands
// as some shelf does.
func (c *cohorts) brand(name string, numbers *brands) (known bool) {
	if name == "" {
		return false
	}
	key := ""
	for i := range c.shelves {
		if numbers[i] = c.shelves[i].Brand(name); numbers[i] == 0 {
			continue
		}
		if len(c.shelves) == 1 {
			return true
		}
		key = c.shelves[i].BrandKey(numbers[i])
	}
	if key == "" {
		key = text.Key(name)
	}
	for i := range c.shelves {
		if numbers[i] == 0 {
			numbers[i] = c.shelves[i].Brand(key)
		}
		known = known || numbers[i] != 0
	}
	return known
}

// place is the nearest category, from the one named upward, that there are baselines of or below; or 0. It is exact where it
// is the one named.
func (c *cohorts) place(category string) (place uint32, exact bool) {
	if place, ok := c.placesSpelled[category]; ok || category == "" {
		return place, ok
	}
	if found := c.categories.Find(category); found.Path != "" {
		return nearest(c.placesSpelled, found.Path)
	}
	return nearest(c.places, foldPath(category))
}

// nearest is the place of a path or of the nearest above it.
func nearest(places map[string]uint32, path string) (place uint32, exact bool) {
	for exact = true; path != ""; path = pathAbove(path) {
		if place, ok := places[path]; ok {
			return place, exact
		}
		exact = false
	}
	return 0, false
}

// gtinNumber is the number of a GTIN, or 0 where the text is none. Its check digit is not looked at: a wrong one just finds
// nothing.
func gtinNumber(gtin string) uint64 {
	if len(gtin) < 8 || len(gtin) > 14 {
		return 0
	}
	var n uint64
	for i := range len(gtin) {
		if !isDigit(gtin[i]) {
			return 0
		}
		n = n*10 + uint64(gtin[i]-'0')
	}
	return n
}

func currencyCode(code string) (c [3]byte) {
	copy(c[:], code)
	return c
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// A level is how specific a cohort is. A greater one is wider.
type level uint8

const (
	byGTIN level = iota
	byBrandAndCategory
	byBrandAndParent // a category above, or any
	byCategory       // of any brand
)

var levelNames = [...]string{"gtin", "brand+category", "brand+parent", "category"}

// wide reports whether a cohort holds different products, so that its prices differ because the goods do.
func (l level) wide() bool { return l != byGTIN }

// A ladder is the cohorts that a product may be compared with, the most specific first.
type ladder struct {
	gtin    uint64
	brand   brands
	place   uint32
	branded bool              // some shelf knows the brand
	exact   bool              // the place is the category named
	offer   rulebook.OfferKey // its condition is never unknown
}

// A step is a cohort of a ladder but for market and currency. The zero step is none.
type step struct {
	gtin    uint64
	place   uint32
	branded bool // with the ladder's brand
	level   level
}

// maxSteps bounds a ladder: no taxonomy is as deep.
const maxSteps = 24

// first is the most specific step.
func (l *ladder) first() step {
	if l.gtin != 0 {
		return step{gtin: l.gtin, level: byGTIN}
	}
	return l.second()
}

// second is the step after the product code's.
func (l *ladder) second() step {
	switch {
	case l.branded && l.place != 0 && l.exact:
		return step{branded: true, place: l.place, level: byBrandAndCategory}
	case l.branded:
		return step{branded: true, place: l.place, level: byBrandAndParent}
	}
	return step{place: l.place, level: byCategory}
}

// next is the step after s: the brand goes up the categories to any, then the categories alone do.
func (c *cohorts) next(l *ladder, s step) step {
	switch {
	case s.gtin != 0:
		return l.second()
	case s.branded && s.place != 0:
		return step{branded: true, place: c.parents[s.place], level: byBrandAndParent}
	case s.branded:
		return step{place: l.place, level: byCategory}
	}
	return step{place: c.parents[s.place], level: byCategory}
}

func (s *step) none() bool { return s.gtin == 0 && !s.branded && s.place == 0 }

// A reference is what a price is compared with. It is comparable, so that markets with the same one are told together.
type reference struct {
	row   int32 // -1: none
	tier  int32 // -1: too few observations to judge by
	level level
	shelf uint8
}

var noReference = reference{row: -1, tier: -1}

// find is the first cohort on the ladder with enough observations for a tier; else the first there is at all.
func (c *cohorts) find(kind check.PriceReference, l *ladder, market listing.Market, tiers tiers) reference {
	best := noReference
	if !c.kinds[kind] {
		return best
	}
	offer := l.offer.In(market).Of(kindOf[kind])
	for s, n := l.first(), 0; !s.none() && n < maxSteps; s, n = c.next(l, s), n+1 {
		for on := range c.shelves {
			brand, category := uint32(0), uint32(0)
			if s.branded {
				brand = l.brand[on]
			}
			if places := c.shelves[on].category; int(s.place) < len(places) {
				category = places[s.place]
			}
			if (brand != 0) != s.branded || (category != 0) != (s.place != 0) {
				continue // the shelf has no such brand or category
			}
			r := c.at(on, s, brand, category, offer, kind, tiers)
			if r.tier >= 0 {
				return r
			}
			if best.row < 0 {
				best = r
			}
		}
	}
	return best
}

// at is the reference of a step on a shelf: the market's own row before that of any market, that of the condition before one
// that mixes conditions. What is not new is compared with its own condition only: nobody publishes what a used thing loses.
// Where none is enough for a tier it is the first there is.
func (c *cohorts) at(on int, s step, brand, category uint32, offer rulebook.OfferKey, kind check.PriceReference, tiers tiers) reference {
	best := noReference
	of, condition := c.shelves[on].Cohorts, offer.Condition()
	for {
		if row := of.FindBy(s.gtin, brand, category, offer); row >= 0 {
			merchants, observations := of.Counts(row)
			r := reference{row: row, tier: tiers.fit(kind, s.level, merchants, observations), level: s.level, shelf: uint8(on)}
			if r.tier >= 0 {
				return r
			}
			if best.row < 0 {
				best = r
			}
		}
		switch {
		case c.anyCondition && offer.Condition() == listing.ConditionNew:
			offer = offer.With(listing.ConditionUnknown)
		case c.anyMarket && !offer.AnyMarket():
			offer = offer.In("").With(condition)
		default:
			return best
		}
	}
}

// price sets the figures of a reference, in the currency it was looked up in.
func (c *cohorts) price(r reference, code string, row *rulebook.Baseline) {
	c.shelves[r.shelf].Price(r.row, code, row)
}

// full is all of a reference, for people.
func (c *cohorts) full(r reference) rulebook.Baseline { return c.shelves[r.shelf].Row(r.row) }
