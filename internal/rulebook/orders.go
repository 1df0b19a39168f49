package rulebook

import (
	"strings"
	"time"

	"github.com/assay-project/assay/internal/listing"
)

const ordersName = "orders.jsonl"

// An Order keeps goods out of a market, or calls them back from it. Empty fields are not known and limit nothing.
type Order struct {
	At          Position
	ID          string
	Kind        OrderKind
	Authority   string // who made it: USITC, CPSC
	Number      string // as the authority counts; may be empty
	Title       string // of the case or the goods, as published
	Territories []string
	Products    []OrderedProduct // any of them
	Categories  []string         // paths of the taxonomy
	Citation    string
	Sources     []string

	Issued                        listing.Date // the day it was made
	Begins                        listing.Date // first day in force, where that is not Issued
	Expires                       listing.Date // last day in force
	Rescinded                     listing.Date // first day on which it is not in force any more
	SuspendedFrom, SuspendedUntil listing.Date // both inclusive; no end: until further notice

	Exclusion *Exclusion // of exclusion and cease and desist orders; nil of others
	Recall    *Recall    // of recalls, withdrawals and seizures; nil of others
}

// OrderKind is what an order does.
type OrderKind string

// Kinds of order.
const (
	GeneralExclusion OrderKind = "general_exclusion" // keeps goods out, whoever makes or imports them
	LimitedExclusion OrderKind = "limited_exclusion" // keeps out the goods of those it names
	CeaseAndDesist   OrderKind = "cease_and_desist"  // forbids those it names to sell what was imported
	ProductRecall    OrderKind = "recall"
	Withdrawal       OrderKind = "withdrawal" // an authority has goods taken off the market
	Seizure          OrderKind = "seizure"    // customs found a consignment
)

// Excludes reports whether orders of the kind are about imports that infringe somebody's right.
func (k OrderKind) Excludes() bool {
	return k == GeneralExclusion || k == LimitedExclusion || k == CeaseAndDesist
}

// An OrderedProduct is words by which goods that an order is about are known. A listing has them where its title names the goods
// in one of their ways, and where each list of With has a phrase that stands in any of its texts.
type OrderedProduct struct {
	Language string
	Goods    []string
	With     [][]string
}

// An Exclusion is what an order on imports says besides.
type Exclusion struct {
	Rights      []Right
	Holders     []string // names of those whose right it protects
	OwnMarks    []string // marks of the holders: goods that bear them are theirs
	Respondents []string // names of those it binds
	NiceClasses []int
	HTS         []string // headings of the tariff, for people
}

// A Right is what an order protects.
type Right struct {
	Kind   RightKind
	Number string // as the office counts; empty: it has none, or it is not known
	Office string // "US"
}

// RightKind is a kind of right.
type RightKind string

// Kinds of right.
const (
	Patent            RightKind = "patent"
	DesignPatent      RightKind = "design_patent"
	Trademark         RightKind = "trademark"
	Copyright         RightKind = "copyright"
	TradeSecret       RightKind = "trade_secret"
	UnfairCompetition RightKind = "unfair_competition"
)

// A Recall is which products an order calls back. One without batches, serials and days is of all units.
type Recall struct {
	GTINs               []string // of 14 digits
	Brands, Models      []string
	Batches, Serials    []UnitRange
	MadeFrom, MadeUntil listing.Date // inclusive; zero: open
}

// A UnitRange is numbers of batches or single units, both ends inclusive.
type UnitRange struct{ From, To string }

// Limited reports whether only some units of the product are concerned.
func (r *Recall) Limited() bool {
	return len(r.Batches) > 0 || len(r.Serials) > 0 || known(r.MadeFrom) || known(r.MadeUntil)
}

// Start is the first moment in force in a zone.
func (o *Order) Start(zone *time.Location) time.Time {
	if known(o.Begins) {
		return o.Begins.Start(zone)
	}
	return o.Issued.Start(zone)
}

// In tells how the order stands at a moment in a zone: in force; or not, and from when on it will be (zero: as far as is known,
// never).
func (o *Order) In(zone *time.Location, at time.Time) (inForce bool, from time.Time) {
	over := known(o.Expires) && !at.Before(o.Expires.After(zone)) || known(o.Rescinded) && !at.Before(o.Rescinded.Start(zone))
	start := o.Start(zone)
	suspended := known(o.SuspendedFrom) && !at.Before(o.SuspendedFrom.Start(zone)) &&
		!(known(o.SuspendedUntil) && !at.Before(o.SuspendedUntil.After(zone)))
	switch {
	case over, suspended && !known(o.SuspendedUntil):
		return false, time.Time{}
	case suspended:
		from = o.SuspendedUntil.After(zone)
	case at.Before(start):
		from = start
	default:
		return true, time.Time{}
	}
	if known(o.Expires) && !from.Before(o.Expires.After(zone)) || known(o.Rescinded) && !from.Before(o.Rescinded.Start(zone)) {
		return false, time.Time{}
	}
	return false, from
}

// Covers reports whether territories, as the book names them, contain a market.
func Covers(territories []string, market listing.Market) bool {
	for _, t := range territories {
		if t == "WORLD" || t == string(market) || t == "EU" && market.InUnion() {
			return true
		}
	}
	return false
}

// parseOrders reads orders.jsonl: an order in each line. Empty lines are passed over.
func parseOrders(s *source) part {
	orders := make([]Order, 0, s.lines())
	line := 0
	for text := range strings.Lines(string(s.data)) {
		line++
		if text = strings.TrimRight(text, "\r\n"); text == "" {
			continue
		}
		j := &jsonLine{text: text}
		o := Order{At: Position{File: s.name, Line: line}}
		j.object(func(name string) bool { return o.read(j, name) })
		if err := j.end(); err != nil {
			s.refuse(line, j.at+1, "%v", err)
			continue
		}
		s.judgeOrder(&o)
		orders = append(orders, o)
	}
	s.rows = len(orders)
	return func(d *draft) {
		for i := range orders {
			o := &orders[i]
			d.define(orderName, o.ID, o.At)
			d.refer(o.At, categoryName, o.Categories)
			if o.Exclusion != nil {
				d.refer(o.At, markName, o.Exclusion.OwnMarks)
			}
		}
		d.book.Orders = orders
	}
}

// refer files names that other files must define.
func (d *draft) refer(at Position, kind nameKind, list []string) {
	for _, name := range list {
		d.references = append(d.references, reference{at, kind, name})
	}
}

// read reads a field of an order.
func (o *Order) read(j *jsonLine, name string) bool {
	switch name {
	case "id":
		o.ID = j.string()
	case "kind":
		o.Kind = OrderKind(j.string())
	case "authority":
		o.Authority = j.string()
	case "number":
		o.Number = j.string()
	case "title":
		o.Title = j.string()
	case "territories":
		o.Territories = j.strings()
	case "products":
		j.array(func() { o.Products = append(o.Products, readProduct(j)) })
	case "categories":
		o.Categories = j.strings()
	case "citation":
		o.Citation = j.string()
	case "sources":
		o.Sources = j.strings()
	default:
		return o.readDay(j, name) || o.readExclusion(j, name) || o.readRecall(j, name)
	}
	return true
}

func (o *Order) readDay(j *jsonLine, name string) bool {
	switch name {
	case "issued":
		o.Issued = j.date()
	case "begins":
		o.Begins = j.date()
	case "expires":
		o.Expires = j.date()
	case "rescinded":
		o.Rescinded = j.date()
	case "suspended_from":
		o.SuspendedFrom = j.date()
	case "suspended_until":
		o.SuspendedUntil = j.date()
	default:
		return false
	}
	return true
}

func readProduct(j *jsonLine) OrderedProduct {
	var p OrderedProduct
	j.object(func(name string) bool {
		switch name {
		case "lang":
			p.Language = j.string()
		case "goods":
			p.Goods = j.strings()
		case "with":
			j.array(func() { p.With = append(p.With, j.strings()) })
		default:
			return false
		}
		return true
	})
	return p
}

func (o *Order) readExclusion(j *jsonLine, name string) bool {
	switch name {
	case "rights":
		e := o.exclusion()
		j.array(func() { e.Rights = append(e.Rights, readRight(j)) })
	case "holders":
		o.exclusion().Holders = j.strings()
	case "own_marks":
		o.exclusion().OwnMarks = j.strings()
	case "respondents":
		o.exclusion().Respondents = j.strings()
	case "nice_classes":
		e := o.exclusion()
		j.array(func() { e.NiceClasses = append(e.NiceClasses, j.integer()) })
	case "hts":
		o.exclusion().HTS = j.strings()
	default:
		return false
	}
	return true
}

// exclusion is what the order says on imports; it says something from now on.
func (o *Order) exclusion() *Exclusion {
	if o.Exclusion == nil {
		o.Exclusion = new(Exclusion)
	}
	return o.Exclusion
}

func readRight(j *jsonLine) Right {
	var r Right
	j.object(func(name string) bool {
		switch name {
		case "kind":
			r.Kind = RightKind(j.string())
		case "number":
			r.Number = j.string()
		case "office":
			r.Office = j.string()
		default:
			return false
		}
		return true
	})
	return r
}

func (o *Order) readRecall(j *jsonLine, name string) bool {
	switch name {
	case "gtins":
		o.recall().GTINs = j.strings()
	case "brands":
		o.recall().Brands = j.strings()
	case "models":
		o.recall().Models = j.strings()
	case "batches":
		r := o.recall()
		j.array(func() { r.Batches = append(r.Batches, readRange(j)) })
	case "serials":
		r := o.recall()
		j.array(func() { r.Serials = append(r.Serials, readRange(j)) })
	case "made_from":
		o.recall().MadeFrom = j.date()
	case "made_until":
		o.recall().MadeUntil = j.date()
	default:
		return false
	}
	return true
}

// recall is which products the order calls back; it calls some back from now on.
func (o *Order) recall() *Recall {
	if o.Recall == nil {
		o.Recall = new(Recall)
	}
	return o.Recall
}

// readRange reads a range; one without an end is a single number.
func readRange(j *jsonLine) UnitRange {
	var r UnitRange
	j.object(func(name string) bool {
		switch name {
		case "from":
			r.From = j.string()
		case "to":
			r.To = j.string()
		default:
			return false
		}
		return true
	})
	if r.To == "" {
		r.To = r.From
	}
	return r
}
