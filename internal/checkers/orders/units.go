package orders

import (
	"fmt"
	"strings"
	"time"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/identity"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/party"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/text"
)

// attribute is what an attribute of a listing tells of the units it offers.
type attribute uint8

const (
	attributeOther attribute = iota
	attributeModel
	attributeBatch
	attributeSerial
	attributeMade
)

// attributes are the names that listings give such attributes, by key.
var attributes = namesOf(map[attribute][]string{
	attributeModel: {"model", "model number", "model no", "model name", "item model number", "mpn", "型号", "modell", "modellnummer", "modelo",
		"número de modelo", "modèle", "numéro de modèle"},
	attributeBatch: {"batch", "batch number", "batch no", "batch code", "lot", "lot number", "lot no", "lot code", "批号", "批次", "生产批号", "charge",
		"chargennummer", "losnummer", "lote", "número de lote", "numéro de lot", "n° de lot"},
	attributeSerial: {"serial", "serial number", "serial no", "s/n", "序列号", "seriennummer", "número de serie", "numéro de série"},
	attributeMade: {"date of manufacture", "manufacture date", "manufacturing date", "manufactured on", "production date", "date code", "生产日期",
		"herstellungsdatum", "produktionsdatum", "fecha de fabricación", "date de fabrication"},
})

func namesOf(kinds map[attribute][]string) map[string]attribute {
	names := make(map[string]attribute)
	for kind, list := range kinds {
		for _, name := range list {
			names[text.Key(name)] = kind
		}
	}
	return names
}

func attributeKind(name string) attribute { return attributes[text.Key(name)] }

// A standing is how the units offered stand to those that a recall is about.
type standing uint8

const (
	unknown standing = iota
	inside
	outside
)

// units are what a listing says of its units, held against a recall.
type units struct {
	standing standing
	shown    string // what decides: "batch L100"
	span     check.Evidence
}

// units holds every batch, serial and day of making that the listing states against those of a recall: its attributes, which say
// one thing together, and each code of a unit. One that is concerned is enough; where what is said of one contradicts itself, a
// person must look.
func (q *inquiry) units(r *rulebook.Recall) units {
	if !r.Limited() {
		return units{}
	}
	all := []claim{{}}
	for _, a := range q.Product.Attributes {
		field := listing.Field{Kind: listing.AttributeField, Key: a.Key}
		switch attributeKind(a.Key) {
		case attributeBatch:
			all[0].add("batch", a.Value, field, among(a.Value, r.Batches))
		case attributeSerial:
			all[0].add("serial number", a.Value, field, among(a.Value, r.Serials))
		case attributeMade:
			all[0].add("the day of making", a.Value, field, made(a.Value, r))
		}
	}
	for i, code := range q.Product.UnitCodes {
		var c claim
		field, e := listing.Field{Kind: listing.UnitCodeField, Index: i}, identity.Elements(code)
		c.add("unit", code, field, among(e["10"], r.Batches))
		c.add("unit", code, field, among(e["21"], r.Serials))
		c.add("unit", code, field, made(century(e["11"]), r))
		all = append(all, c)
	}
	return sum(all)
}

// A claim is what is said of one unit or of all, and whether it contradicts itself.
type claim struct {
	units
	mixed bool
}

func (c *claim) add(what, typed string, field listing.Field, s standing) {
	c.mixed = c.mixed || c.standing != unknown && s != unknown && s != c.standing
	if c.standing == unknown && s != unknown {
		c.units = units{s, what + " " + party.Shorten(typed), check.TextSpan{Field: field, End: len(typed), Surface: check.Surface(typed, 0, len(typed))}}
	}
}

// sum is what all claims say together.
func sum(all []claim) units {
	var best units
	mixed := false
	for _, c := range all {
		switch {
		case c.mixed:
			mixed = true
		case c.standing == inside:
			return c.units
		case best.standing == unknown:
			best = c.units
		}
	}
	if mixed {
		return units{}
	}
	return best
}

// century is a day as GS1 writes it with its century: units on sale were made in this one.
func century(day string) string {
	if len(day) != len("060102") {
		return ""
	}
	return "20" + day
}

// among tells whether numbers that somebody typed are in ranges: inside where any is, outside where all are known not to be.
func among(typed string, ranges []rulebook.UnitRange) standing {
	if len(ranges) == 0 {
		return unknown
	}
	result := unknown
	for _, number := range strings.FieldsFunc(typed, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		if strings.TrimSpace(number) == "" {
			continue
		}
		switch s := inRanges(rulebook.NewUnitNumber(number), ranges); s {
		case inside, unknown:
			return s
		default:
			result = s
		}
	}
	return result
}

func inRanges(n rulebook.UnitNumber, ranges []rulebook.UnitRange) standing {
	result := outside
	for _, r := range ranges {
		from, to := rulebook.NewUnitNumber(r.From), rulebook.NewUnitNumber(r.To)
		a, known := n.Compare(from)
		b, _ := n.Compare(to)
		switch {
		case known && a >= 0 && b <= 0:
			return inside
		case !known && r.From != r.To: // a number of another form may be another way to write it
			result = unknown
		}
	}
	return result
}

// dayForms are the forms of a day that can be read in one way only.
var dayForms = []string{"2006-01-02", "2006/01/02", "2006.01.02", "20060102", "2006年1月2日"}

// made tells whether a day of making is among those of a recall.
func made(typed string, r *rulebook.Recall) standing {
	none := listing.Date{}
	if r.MadeFrom == none && r.MadeUntil == none {
		return unknown
	}
	for _, form := range dayForms {
		day, err := time.Parse(form, strings.TrimSpace(typed))
		if err != nil {
			continue
		}
		if r.MadeFrom != none && day.Before(r.MadeFrom.Start(time.UTC)) || r.MadeUntil != none && !day.Before(r.MadeUntil.After(time.UTC)) {
			return outside
		}
		return inside
	}
	return unknown
}

// limits are the units that a recall is about, in words.
func limits(r *rulebook.Recall) string {
	var all []string
	for _, dimension := range [...]struct {
		name   string
		ranges []rulebook.UnitRange
	}{{"batch", r.Batches}, {"serial number", r.Serials}} {
		for i, u := range dimension.ranges {
			const few = 3
			if i == few {
				all = append(all, fmt.Sprintf("%d more", len(dimension.ranges)-few))
				break
			}
			shown := dimension.name + " " + u.From
			if u.To != u.From {
				shown += " to " + u.To
			}
			all = append(all, shown)
		}
	}
	none := listing.Date{}
	if r.MadeFrom != none {
		all = append(all, "made from "+r.MadeFrom.String())
	}
	if r.MadeUntil != none {
		all = append(all, "made until "+r.MadeUntil.String())
	}
	return strings.Join(all, ", ")
}
