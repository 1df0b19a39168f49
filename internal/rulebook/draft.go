package rulebook

import (
	"slices"
	"strings"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/text"
	"github.com/assay-project/assay/internal/verdict"
)

// A draft is a book in the making: what its files say, not yet compared with each other.
type draft struct {
	book         Book
	lists        []List
	rows         []verdict.Row
	escalations  []verdict.Escalation
	categories   []CategoryRow
	aliases      map[string]string // of categories
	defined      [nameKinds]names
	references   []reference
	remotes      []remoteDraft
	certificates map[string]string // PEM by file
	withdrawn    []Mark            // ids and positions
	shadows      map[string]Policy // of rules, by checker
	problems     Problems
}

// nameKind is what a name stands for.
type nameKind uint8

const (
	markName nameKind = iota
	codeName
	packName
	categoryName
	testName
	ruleName
	requirementName
	orderName
	nameKinds
)

var nameKindWords = [nameKinds]string{"mark", "code", "pack", "category", "test", "rule", "requirement", "order"}

// names are those of one kind that the book defines.
type names struct {
	at   map[string]Position
	lost bool // some could not be read
}

// A reference is a name in one file that another must define.
type reference struct {
	at   Position
	kind nameKind
	name string
}

// definer says which file defines names of a kind. Marks may be defined in marks.bin, too.
var definer = [nameKinds]string{marksName, "decisions.yaml", "packs.yaml", "categories.csv", "", "", "", ordersName}

func newDraft(sources []*source) *draft {
	d := &draft{certificates: make(map[string]string)}
	for kind := range d.defined {
		n := names{at: make(map[string]Position)}
		read := false
		for _, s := range sources {
			if s.name == definer[kind] || s.name == registerName && nameKind(kind) == markName {
				read = true
				n.lost = n.lost || s.lost
			}
		}
		n.lost = n.lost || !read
		d.defined[kind] = n
	}
	return d
}

func (d *draft) refuse(at Position, format string, args ...any) {
	d.problems = append(d.problems, NewProblem(at, format, args...))
}

// define files a name, and refuses it where it is taken.
func (d *draft) define(kind nameKind, name string, at Position) {
	if first, taken := d.defined[kind].at[name]; taken {
		d.refuse(at, "the %s %q is already given at %s", nameKindWords[kind], name, first)
		return
	}
	d.defined[kind].at[name] = at
}

// compare looks up every reference. Where names may be missing because their own file could not be read, that file's
// problems are enough.
func (d *draft) compare() {
	for _, r := range d.references {
		n := &d.defined[r.kind]
		if _, ok := n.at[r.name]; !ok && !n.lost && (r.kind != markName || d.book.Registered(r.name) == nil) {
			d.refuse(r.at, "no %s %q in %s", nameKindWords[r.kind], r.name, definer[r.kind])
		}
	}
}

// overlay lays marks.jsonl over marks.bin: its rows replace marks of the same id, or withdraw them.
func (d *draft) overlay() {
	b := &d.book
	b.Superseded = make(map[int]bool)
	for _, list := range [...][]Mark{b.Marks, d.withdrawn} {
		for i := range list {
			if b.Register == nil {
				continue
			}
			if at, ok := b.Register.Find(list[i].ID); ok {
				b.Superseded[at] = true
			}
		}
	}
	if d.defined[markName].lost {
		return
	}
	for i := range d.withdrawn {
		w := &d.withdrawn[i]
		delete(d.defined[markName].at, w.ID)
		if b.Register == nil {
			d.refuse(w.At, "the mark %q cannot be withdrawn: there is no marks.bin", w.ID)
		} else if _, ok := b.Register.Find(w.ID); !ok {
			d.refuse(w.At, "the mark %q cannot be withdrawn: it is not in marks.bin", w.ID)
		}
	}
}

// finish makes the book of a draft. What it still finds wrong goes to the draft's problems.
func (d *draft) finish() *Book {
	b := d.book
	b.Lists, b.Digest = d.lists, digestOf(d.lists)
	b.Categories = NewCategories(d.categories, d.aliases, text.Key)
	d.sameFold(b.Categories)
	d.lawfulPrices(&b)
	d.outsiders(&b)
	d.rulePolicies(&b)
	table, err := verdict.NewTable(d.rows, d.escalations)
	if err != nil && len(d.problems) == 0 {
		d.refuse(Position{File: "decisions.yaml"}, "%v", err)
	}
	b.Decisions, b.CodesAt = table, d.defined[codeName].at
	return &b
}

// lawfulPrices refuses minimum advertised prices where the book says that they are unlawful.
func (d *draft) lawfulPrices(b *Book) {
	for i := range b.Baselines {
		row := &b.Baselines[i]
		if row.Kind == MAP && (slices.Contains(b.Prices.MAPUnlawful, row.Market) || row.Market == "" && len(b.Prices.MAPUnlawful) > 0) {
			d.refuse(row.At, "a minimum advertised price for market %q, where map_unlawful of prices.yaml says there may be none", row.Market)
		}
	}
	if b.Cohorts == nil || len(b.Prices.MAPUnlawful) == 0 {
		return
	}
	for i := range int32(b.Cohorts.Len()) {
		k := b.Cohorts.Key(i)
		if market := listing.Market(strings.TrimRight(string(k.Market[:]), "\x00")); k.Kind == KindNumber(MAP) &&
			(market == "" || slices.Contains(b.Prices.MAPUnlawful, market)) {
			d.refuse(Position{File: "baselines.bin"}, "a minimum advertised price for market %q, where map_unlawful of prices.yaml says there may be none", market)
			return
		}
	}
}

// sameFold refuses categories that differ only in what folding takes away: a submission could mean either.
func (d *draft) sameFold(c *Categories) {
	if len(c.rows) == len(d.categories) {
		return
	}
	first := make(map[string]CategoryRow, len(d.categories))
	for i, folded := range c.foldAll(d.categories) {
		r := d.categories[i]
		switch other, taken := first[folded]; {
		case !taken:
			first[folded] = r
		case other.Path != r.Path:
			d.refuse(r.At, "the category %q reads like %q in line %d", r.Path, other.Path, other.At.Line)
		}
	}
}
