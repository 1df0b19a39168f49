package price

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/text"
)

// A key names a cohort without pointers, so that a million of them cost the garbage collector nothing. Zero means "any".
type key struct {
	gtin      uint64 // its digits; leading zeros do not count (GS1 fills up to 14 digits with them)
	brand     uint32
	place     uint32
	currency  [4]byte
	market    [2]byte
	condition listing.Condition
	kind      check.PriceReference
}

// cohorts finds the baselines of a book. It is immutable.
type cohorts struct {
	rows    []rulebook.Baseline
	index   map[key]int32
	brands  map[string]uint32 // by text.Key
	places  map[string]uint32 // categories, by folded path
	parents []uint32          // by place
	// Brands and categories as the book writes them. Most submissions write them so, and folding costs.
	brandsSpelled, placesSpelled map[string]uint32
	categories                   *rulebook.Categories

	kinds        [check.OwnReference + 1]bool // of which there are any
	anyMarket    bool                         // there are rows for any market
	anyCondition bool

	cohortCurrencies []string // that there are observed cohorts in, in order
}

// newCohorts refuses, all at once, rows that cannot be compared with. Of rows that are one cohort once names are folded
// ("El Pozo", "ElPozo"), the one with the most observations stands, of equal ones the first.
func newCohorts(book *rulebook.Book) (*cohorts, error) {
	c := &cohorts{rows: book.Baselines, index: make(map[key]int32, len(book.Baselines)), brands: make(map[string]uint32),
		places: make(map[string]uint32), parents: []uint32{0}, categories: book.Categories,
		brandsSpelled: make(map[string]uint32), placesSpelled: make(map[string]uint32)}
	var errs []error
	for i := range c.rows {
		row := &c.rows[i]
		if err := usable(row); err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: %w", row.At.File, row.At.Line, err))
			continue
		}
		k := c.keyOf(row)
		if other, taken := c.index[k]; !taken || c.rows[other].Observations < row.Observations {
			c.index[k] = int32(i)
		}
		c.kinds[k.kind] = true
		c.anyMarket = c.anyMarket || row.Market == ""
		c.anyCondition = c.anyCondition || row.Condition == listing.ConditionUnknown
	}
	c.cohortCurrencies = currenciesOf(c.rows)
	return c, errors.Join(errs...)
}

func currenciesOf(rows []rulebook.Baseline) []string {
	seen := make(map[string]bool)
	for i := range rows {
		if rows[i].Kind == rulebook.Observed {
			seen[rows[i].Currency] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
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

// keyOf names a row's cohort, and its brand and category where they are new.
func (c *cohorts) keyOf(row *rulebook.Baseline) key {
	k := key{kind: kindReferences[row.Kind], currency: currencyCode(row.Currency), market: marketCode(row.Market),
		condition: row.Condition}
	if k.gtin = gtinNumber(row.GTIN); k.gtin != 0 {
		return k
	}
	if row.Brand != "" {
		k.brand = intern(c.brands, text.Key(row.Brand))
		c.brandsSpelled[row.Brand] = k.brand
	}
	if row.Category != "" {
		k.place = c.settle(foldPath(c.path(row.Category)))
		c.placesSpelled[row.Category] = k.place
		c.spell(c.path(row.Category), k.place)
	}
	return k
}

func intern(names map[string]uint32, name string) uint32 {
	id, ok := names[name]
	if !ok {
		id = uint32(len(names) + 1)
		names[name] = id
	}
	return id
}

// settle gives a folded path a place, and all paths above it.
func (c *cohorts) settle(path string) uint32 {
	if path == "" {
		return 0
	}
	if place, ok := c.places[path]; ok {
		return place
	}
	above := c.settle(pathAbove(path))
	place := intern(c.places, path)
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

// brand is the number of a brand that there are baselines of, or 0.
func (c *cohorts) brand(name string) uint32 {
	if brand, ok := c.brandsSpelled[name]; ok || name == "" {
		return brand
	}
	return c.brands[text.Key(name)]
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

func currencyCode(code string) (c [4]byte) {
	copy(c[:], code)
	return c
}

func marketCode(m listing.Market) (c [2]byte) {
	copy(c[:], m)
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
	steps [20]step
	n     int

	currency  [4]byte
	condition listing.Condition // never unknown: what is not stated is taken as new
}

type step struct {
	gtin         uint64
	brand, place uint32
	level        level
}

func (l *ladder) add(s step) {
	if l.n < len(l.steps) {
		l.steps[l.n] = s
		l.n++
	}
}

// ladder is built for products of which at least one key is known; others get an empty one.
func (c *cohorts) ladder(gtin uint64, brand, place uint32, exact bool, currency string, condition listing.Condition) (l ladder) {
	l.currency, l.condition = currencyCode(currency), condition
	if l.condition == listing.ConditionUnknown {
		l.condition = listing.ConditionNew
	}
	if gtin != 0 {
		l.add(step{gtin: gtin, level: byGTIN})
	}
	if brand != 0 {
		at := byBrandAndParent
		if exact {
			at = byBrandAndCategory
		}
		for p := place; p != 0 && l.n < len(l.steps)/2; p = c.parents[p] {
			l.add(step{brand: brand, place: p, level: at})
			at = byBrandAndParent
		}
		l.add(step{brand: brand, level: byBrandAndParent})
	}
	for p := place; p != 0; p = c.parents[p] {
		l.add(step{place: p, level: byCategory})
	}
	return l
}

// A reference is what a price is compared with. It is comparable, so that markets with the same one are told together.
type reference struct {
	row   int32 // -1: none
	tier  int32 // -1: too few observations to judge by
	level level
}

var noReference = reference{row: -1, tier: -1}

// find is the first cohort on the ladder with enough observations for a tier; else the first there is at all.
func (c *cohorts) find(kind check.PriceReference, l *ladder, market listing.Market, tiers tiers) reference {
	best := noReference
	if !c.kinds[kind] {
		return best
	}
	for i := range l.n {
		s := &l.steps[i]
		k := key{kind: kind, gtin: s.gtin, brand: s.brand, place: s.place, currency: l.currency}
		for _, row := range c.at(k, market, l.condition) {
			if row < 0 {
				continue
			}
			r := reference{row: row, tier: tiers.fit(kind, s.level, &c.rows[row]), level: s.level}
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

// at are the rows of a cohort, the market's own before those of any market, those of the condition before those that mix
// conditions. What is not new is compared with its own condition only: nobody publishes what a used thing loses.
func (c *cohorts) at(k key, market listing.Market, condition listing.Condition) [4]int32 {
	k.market, k.condition = marketCode(market), condition
	rows := [4]int32{c.row(k), -1, -1, -1}
	mixed := c.anyCondition && condition == listing.ConditionNew
	if mixed {
		k.condition = listing.ConditionUnknown
		rows[1] = c.row(k)
	}
	if !c.anyMarket {
		return rows
	}
	k.market, k.condition = marketCode(""), condition
	rows[2] = c.row(k)
	if mixed {
		k.condition = listing.ConditionUnknown
		rows[3] = c.row(k)
	}
	return rows
}

func (c *cohorts) row(k key) int32 {
	if row, ok := c.index[k]; ok {
		return row
	}
	return -1
}
