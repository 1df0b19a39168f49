package baseline

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/observation"
	"github.com/assay-project/assay/internal/pack"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/text"
)

// Options say what counts, and how.
type Options struct {
	PerUnit bool         // divide by the pack: stated, else read from the title
	AsOf    listing.Date // with it, dated observations count that are from MinAge to MaxAge days old
	MinAge  int
	MaxAge  int // 0: any
	// MinVotes is how many votes make a cohort; at least 1.
	MinVotes int64
	// MaxCohorts bounds memory: an observation that would open one more is refused with an error. 0: no bound.
	MaxCohorts int
	// Category is the path of a category as a file names it; nil: as it is.
	Category func(string) string
	// NoBrand reports whether a brand is none ("generic"); nil: none is.
	NoBrand func(string) bool
}

// A Builder counts observations. It is for one goroutine.
type Builder struct {
	options   Options
	cohorts   map[cohort]*ballot
	brands    map[string]uint32 // by text.Key
	spelled   map[string]uint32 // as written, so that folding is done once
	brandSeen []map[string]int  // by number: how often each spelling was seen
	places    map[string]uint32
	paths     []string // by number
	resolved  map[string]uint32
	merchants map[string]uint32 // by text.Key
	sources   []string
	source    int // number of the current one, from 1; 0: none named
	passed    Passed
}

// Passed counts observations that do not vote.
type Passed struct{ NotApproved, TooYoung, TooOld, TooLarge, NoKey int64 }

// A cohort is what prices have in common. Zero is "any".
type cohort struct {
	gtin         string
	brand, place uint32
	market       listing.Market
	currency     string
	condition    listing.Condition
}

// NewBuilder is a builder that has counted nothing.
func NewBuilder(o Options) *Builder {
	return &Builder{options: o, cohorts: make(map[cohort]*ballot), brands: make(map[string]uint32), spelled: make(map[string]uint32),
		brandSeen: []map[string]int{nil}, places: make(map[string]uint32), paths: []string{""}, resolved: make(map[string]uint32),
		merchants: make(map[string]uint32)}
}

// Source names where the observations added from now on come from. There are at most 63 sources; the last stands for
// further ones.
func (b *Builder) Source(name string) { b.source = b.sourceNumber(name) }

func (b *Builder) sourceNumber(name string) int {
	i := slices.Index(b.sources, name)
	if i < 0 {
		if i = len(b.sources); i == mostSources {
			return mostSources
		}
		b.sources = append(b.sources, name)
	}
	return i + 1
}

const mostSources = 63 // bits of a word, but for "none"

// Passed is what did not vote so far.
func (b *Builder) Passed() Passed { return b.passed }

// Add counts an observation. It fails only where there are too many cohorts.
func (b *Builder) Add(o *observation.Observation) error {
	if !b.counts(o) {
		return nil
	}
	units := int32(1)
	if b.options.PerUnit {
		units = max(o.Pack, 1)
		if o.Pack == 0 {
			units = max(pack.Read(o.Title).Units, 1)
		}
	}
	price, ok := micros(o.Price, units)
	if !ok {
		b.passed.TooLarge++
		return nil
	}
	brand, place := b.brand(o.Brand), b.place(o.Category)
	if o.GTIN == "" && brand == 0 && place == 0 {
		b.passed.NoKey++
		return nil
	}
	merchant := uint32(0)
	if o.Merchant != "" {
		merchant = b.merchant(o.Merchant)
	}
	return b.vote(o, brand, place, func(at *ballot, limit int) { at.add(merchant, price, limit) })
}

// vote hands on every cohort of an observation.
func (b *Builder) vote(o *observation.Observation, brand, place uint32, cast func(at *ballot, limit int)) error {
	c := cohort{market: o.Market, currency: o.Price.Currency, condition: max(o.Condition, listing.ConditionNew)}
	in := func(gtin string, brand, place uint32) error {
		c.gtin, c.brand, c.place = gtin, brand, place
		at := b.cohorts[c]
		if at == nil {
			if b.options.MaxCohorts > 0 && len(b.cohorts) >= b.options.MaxCohorts {
				return fmt.Errorf("count observations: more than %d cohorts", b.options.MaxCohorts)
			}
			at = new(ballot)
			b.cohorts[c] = at
		}
		limit := exactVotes
		if gtin != "" {
			limit = exactPrices
		}
		cast(at, limit)
		if later(o.Date, at.lastDay) {
			at.lastDay = o.Date
		}
		at.sources |= 1 << b.source
		return nil
	}
	if o.GTIN != "" {
		if err := in(strings.TrimLeft(o.GTIN, "0"), 0, 0); err != nil {
			return err
		}
	}
	for p := place; ; p = b.above(p) {
		if brand != 0 {
			if err := in("", brand, p); err != nil {
				return err
			}
		}
		if p == 0 {
			return nil
		}
		if err := in("", 0, p); err != nil {
			return err
		}
	}
}

// counts reports whether an observation votes, and counts why not.
func (b *Builder) counts(o *observation.Observation) bool {
	if o.Approved == observation.NotApproved {
		b.passed.NotApproved++
		return false
	}
	if o.Date == (listing.Date{}) || b.options.AsOf == (listing.Date{}) {
		return true
	}
	switch age := days(o.Date, b.options.AsOf); {
	case age < b.options.MinAge:
		b.passed.TooYoung++
	case b.options.MaxAge > 0 && age > b.options.MaxAge:
		b.passed.TooOld++
	default:
		return true
	}
	return false
}

// days is how many days b is after a.
func days(a, b listing.Date) int {
	return int(math.Round(b.Start(time.UTC).Sub(a.Start(time.UTC)).Hours() / 24))
}

func later(a, b listing.Date) bool {
	return a != (listing.Date{}) && (b == (listing.Date{}) || days(b, a) > 0)
}

func number(names map[string]uint32, name string) uint32 {
	n, ok := names[name]
	if !ok {
		n = uint32(len(names) + 1)
		names[strings.Clone(name)] = n
	}
	return n
}

// merchant is the number of a merchant. Two are the same that read the same: a vote for each spelling would be votes for nothing.
func (b *Builder) merchant(name string) uint32 {
	return number(b.merchants, cmp.Or(text.Key(name), name))
}

// brand is the number of a brand: two are the same that read the same.
func (b *Builder) brand(name string) uint32 {
	n, ok := b.spelled[name]
	if !ok {
		key := ""
		if b.options.NoBrand == nil || !b.options.NoBrand(name) {
			key = text.Key(name)
		}
		if key != "" {
			if n = number(b.brands, key); int(n) == len(b.brandSeen) {
				b.brandSeen = append(b.brandSeen, make(map[string]int))
			}
		}
		b.spelled[strings.Clone(name)] = n
	}
	if n != 0 {
		b.brandSeen[n][name]++
	}
	return n
}

// place is the number of a category.
func (b *Builder) place(name string) uint32 {
	n, ok := b.resolved[name]
	if !ok {
		path := name
		if b.options.Category != nil {
			path = b.options.Category(name)
		}
		n = b.settle(path)
		b.resolved[strings.Clone(name)] = n
	}
	return n
}

func (b *Builder) settle(path string) uint32 {
	path = strings.TrimSpace(path)
	if path == "" {
		return 0
	}
	n, ok := b.places[path]
	if !ok {
		b.settle(parent(path))
		n = number(b.places, path)
		b.paths = append(b.paths, path)
	}
	return n
}

func (b *Builder) above(place uint32) uint32 { return b.places[parent(b.paths[place])] }

func parent(path string) string {
	return strings.TrimSpace(path[:max(strings.LastIndex(path, ">"), 0)])
}

// Rows are the baselines of all cohorts with enough votes, by category, brand, code, market, currency and condition.
func (b *Builder) Rows() []rulebook.Baseline {
	var rows []rulebook.Baseline
	for c, at := range b.cohorts {
		if row, ok := b.row(c, at); ok {
			rows = append(rows, row)
		}
	}
	sortRows(rows)
	return rows
}

func sortRows(rows []rulebook.Baseline) { slices.SortFunc(rows, compare) }

// named is a cohort's row without figures.
func (b *Builder) named(c cohort) rulebook.Baseline {
	return rulebook.Baseline{GTIN: c.gtin, Brand: mostSeen(b.brandSeen[c.brand]), Category: b.paths[c.place], Market: c.market,
		Currency: c.currency, Condition: c.condition}
}

func compare(a, b rulebook.Baseline) int {
	return cmp.Or(cmp.Compare(a.Category, b.Category), cmp.Compare(a.Brand, b.Brand), cmp.Compare(a.GTIN, b.GTIN),
		cmp.Compare(a.Market, b.Market), cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.Condition, b.Condition),
		cmp.Compare(a.Kind, b.Kind))
}

// row is the baseline of a cohort; ok is false where too few voted.
func (b *Builder) row(c cohort, at *ballot) (row rulebook.Baseline, ok bool) {
	votes, known := at.count(c.gtin == "")
	row = rulebook.Baseline{Kind: rulebook.Observed, GTIN: c.gtin, Market: c.market, Currency: c.currency, Condition: c.condition,
		Category: b.paths[c.place], Brand: mostSeen(b.brandSeen[c.brand]), Merchants: -1, PerUnit: b.options.PerUnit,
		AsOf: at.lastDay, Source: b.sourcesOf(at)}
	if c.gtin != "" {
		row.GTIN = padded(c.gtin)
		if upper, parted := votes.split(); parted {
			votes, row.State = upper, rulebook.Contaminated
		}
	}
	if votes.count < max(b.options.MinVotes, 1) {
		return row, false
	}
	row.Observations = votes.count
	if known {
		row.Merchants = int64(len(at.merchants))
		if c.gtin != "" {
			row.Merchants, row.Observations = votes.count, at.seen
		}
	}
	median := votes.median()
	least, most := votes.trimmed()
	money := func(v micro) listing.Money { return v.money(c.currency) }
	row.Median, row.Low, row.High = money(median), money(votes.quantile(0.05)), money(votes.quantile(0.95))
	row.Least, row.Most, row.SpreadUp = money(least), money(most), votes.spreadUp(median)
	return row, true
}

// padded is a GTIN in one of its lengths.
func padded(gtin string) string {
	for _, n := range [...]int{8, 12, 13} {
		if len(gtin) <= n {
			return strings.Repeat("0", n-len(gtin)) + gtin
		}
	}
	return gtin
}

// mostSeen is the spelling seen most often, of equals the first in order.
func mostSeen(counts map[string]int) string {
	best := ""
	for name, n := range counts {
		if best == "" || n > counts[best] || n == counts[best] && name < best {
			best = name
		}
	}
	return best
}

func (b *Builder) sourcesOf(at *ballot) string {
	var names []string
	for i, name := range b.sources {
		if at.sources&(1<<(i+1)) != 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}
