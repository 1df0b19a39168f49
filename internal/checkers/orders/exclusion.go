package orders

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/party"
	"github.com/assay-project/assay/internal/rulebook"
)

// maxTried bounds the orders that one listing's words are held against.
const maxTried = 1024

// exclusions looks for orders on imports: by the words for goods, then by name alone.
func (q *inquiry) exclusions() {
	if len(q.goods)+len(q.named) == 0 {
		return
	}
	var tried map[int32]bool
	list := q.title
	if q.Product.Title == "" && len(q.goods) > 0 {
		q.rest()
		list = q.elsewhere
	}
	for i, s := range list {
		if i > 0 && list[i-1].phrase == s.phrase {
			continue
		}
		for _, g := range q.goods[s.phrase] {
			if tried == nil {
				tried = make(map[int32]bool)
			}
			if len(tried) >= maxTried {
				q.capped = true
				break
			}
			q.worded(g, tried)
		}
	}
	q.byName(tried)
}

// worded holds the listing against one product of an order. An order is settled by the first of its products that is found.
func (q *inquiry) worded(g goods, tried map[int32]bool) {
	o := &q.orders[g.order]
	if settled, before := tried[g.order]; settled || !before && !q.concerned(o) {
		tried[g.order] = true
		return
	}
	tried[g.order] = false
	found, ok := q.product(&o.Products[g.product])
	if !ok {
		return
	}
	tried[g.order] = true
	q.decide(g.order, found)
}

// concerned reports whether an order is or will be in force where the listing is offered, for goods of its kind.
func (q *inquiry) concerned(o *rulebook.Order) bool {
	markets, begins := q.standing(o, true)
	return (len(markets) > 0 || !begins.IsZero()) && q.category.Under(o.Categories) && q.inClass(o.Exclusion.NiceClasses)
}

// inClass reports whether the goods may be of one of the classes; where classes are not known, they may.
func (q *inquiry) inClass(classes []int) bool {
	return len(classes) == 0 || q.category.NiceClasses == nil ||
		slices.ContainsFunc(classes, func(n int) bool { return slices.Contains(q.category.NiceClasses, n) })
}

// byName looks for orders that bind the merchant or the manufacturer, on goods of a known category that is the order's: who is
// named in an order is looked at whatever words the goods are offered with.
func (q *inquiry) byName(tried map[int32]bool) {
	if len(q.named) == 0 || q.category.Path == "" || !q.category.Under(q.namedUnder) {
		return
	}
	merchant, maker := q.parties()
	var orders []int32
	for _, who := range [...]*party.Party{merchant, maker} {
		if who.Stated() {
			orders = append(orders, q.named[who.Core()]...)
		}
	}
	slices.Sort(orders)
	for _, i := range slices.Compact(orders) {
		if !tried[i] && q.concerned(&q.orders[i]) {
			q.decide(i, nil)
		}
	}
}

// parties are the merchant and the manufacturer, as far as they are known.
func (q *inquiry) parties() (merchant, maker *party.Party) {
	merchant, maker = new(party.Party), new(party.Party)
	if q.Merchant.LegalName != "" || len(q.Merchant.Aliases) > 0 {
		*merchant = party.OfMerchant(&q.Merchant)
	}
	if name := cmp.Or(q.Product.Manufacturer, q.Product.ManufacturerParty.LegalName); name != "" {
		*maker = party.New(name, nil, "", "")
	}
	return merchant, maker
}

// decide files a match with an order whose goods are found; found is empty where the category alone speaks for them.
func (q *inquiry) decide(i int32, found []sighting) {
	o := &q.orders[i]
	m := match{Order: o, code: GeneralExclusion}
	m.markets, m.begins = q.standing(o, true)
	m.evidence = q.entry(o)
	for k := range found {
		m.evidence = append(m.evidence, found[k].span(q.spelled[found[k].phrase]))
		m.words = cmp.Or(m.words, found[k].words())
	}
	if o.Kind == rulebook.GeneralExclusion {
		q.general(&m, found)
	} else if !q.binds(&m, i, found) {
		return
	}
	q.matches = append(q.matches, m)
}

// general says what a general exclusion order means for the listing.
func (q *inquiry) general(m *match, found []sighting) {
	if q.isHolder(m.Exclusion.Holders) {
		m.cleared = "own_goods"
		m.message = fmt.Sprintf("The merchant is %s, whose right %s protects.", party.Shorten(q.Merchant.LegalName), m.Order)
		return
	}
	if mark := q.ownMark(m.Exclusion.OwnMarks); mark != "" {
		m.cleared = "own_goods"
		m.message = fmt.Sprintf("The goods are offered as %s, a mark of the holder whose right %s protects: it is not about the holder's own goods.", mark, m.Order)
		return
	}
	m.message = fmt.Sprintf("%s in %s name goods of general exclusion order %s, which keeps those that infringe %s out of %s, whoever makes them. %s %s",
		quoted(found), fieldsOf(found), describe(m.Order), rights(m.Exclusion), q.where(m), q.imported(), scope)
}

// scope is what no finding on a right may leave unsaid.
const scope = "Whether the right covers them cannot be told from words."

// binds reports whether a limited order binds the merchant or the manufacturer, and says so in the match.
func (q *inquiry) binds(m *match, i int32, found []sighting) bool {
	who, how, field := q.respondent(i, m.Kind)
	if how < party.Similar || how == party.Similar && len(found) == 0 {
		return false
	}
	m.code = Respondent
	name := ""
	switch field.Kind {
	case listing.ManufacturerField:
		name = "manufacturer " + party.Shorten(cmp.Or(q.Product.Manufacturer, q.Product.ManufacturerParty.LegalName))
	default:
		name = "merchant " + party.Shorten(cmp.Or(q.Merchant.LegalName, q.Merchant.ID))
	}
	is := "is"
	if how == party.Similar {
		m.variant, is = "similar_name", "has nearly the name of"
	}
	what := fmt.Sprintf("%s in %s name goods of it", quoted(found), fieldsOf(found))
	if len(found) == 0 {
		m.variant, what = "category", fmt.Sprintf("the goods are of its kind (%s), though no word of it is found", q.category.Path)
	}
	m.evidence = append(m.evidence, q.nameSpan(field, who))
	m.message = fmt.Sprintf("The %s %s %s, a respondent of %s %s, on goods that infringe %s, in force in %s, and %s. %s %s",
		name, is, who, kindWords[m.Kind], describe(m.Order), rights(m.Exclusion), q.where(m), what, q.imported(), scope)
	return true
}

// respondent is the respondent of an order that is nearest to the merchant or the manufacturer, and who of the two that is.
func (q *inquiry) respondent(i int32, kind rulebook.OrderKind) (name string, best party.Closeness, field listing.Field) {
	merchant, maker := q.parties()
	for k := range q.bound[i] {
		bound := &q.bound[i][k]
		if how := party.Match(merchant, bound); how > best {
			name, best, field = bound.Shown, how, listing.Field{Kind: listing.LegalNameField}
		}
		if how := party.Match(maker, bound); how > best && kind != rulebook.CeaseAndDesist {
			name, best, field = bound.Shown, how, listing.Field{Kind: listing.ManufacturerField}
		}
	}
	return name, best, field
}

// nameSpan points at the name of the merchant or the manufacturer.
func (q *inquiry) nameSpan(field listing.Field, canonical string) check.TextSpan {
	typed := q.Merchant.LegalName
	if field.Kind == listing.ManufacturerField {
		typed = q.Product.Manufacturer
	}
	return check.TextSpan{Field: field, End: len(typed), Surface: check.Surface(typed, 0, len(typed)), Canonical: canonical}
}

// ownMark is the mark of the holder under which the goods are offered, if any. One that is written in disguise is not the
// holder's.
func (q *inquiry) ownMark(ids []string) string {
	found := q.marks.Result(q.pass)
	if found == nil {
		return ""
	}
	for i := range found.Mentions {
		if m := &found.Mentions[i]; m.Role == check.OwnBrand && !m.Disguised && slices.Contains(ids, m.MarkID) {
			return m.Canonical
		}
	}
	return ""
}

// isHolder reports whether the merchant is one of the holders.
func (q *inquiry) isHolder(holders []string) bool {
	merchant, _ := q.parties()
	return slices.ContainsFunc(holders, func(name string) bool {
		holder := party.Listed(name, "")
		return party.Match(merchant, &holder) >= party.Equal
	})
}

// imported says what is known of the goods' origin.
func (q *inquiry) imported() string {
	if origin := q.origin(); origin != "" {
		return "The goods are from " + origin + "."
	}
	return "Their origin is not stated: an import is not excluded."
}

// where are the markets of a match in words.
func (q *inquiry) where(m *match) string {
	var names []string
	for _, market := range m.markets {
		names = append(names, string(market))
	}
	return strings.Join(names, ", ")
}

var kindWords = map[rulebook.OrderKind]string{
	rulebook.GeneralExclusion: "general exclusion order", rulebook.LimitedExclusion: "limited exclusion order",
	rulebook.CeaseAndDesist: "the order to cease and desist", rulebook.ProductRecall: "recall", rulebook.Withdrawal: "withdrawal",
	rulebook.Seizure: "seizure",
}

// describe names an order: "337-TA-567 (USITC), Certain Foam Footwear".
func describe(o *rulebook.Order) string {
	if o.Title == "" {
		return o.String()
	}
	return o.String() + ", " + o.Title
}

var rightWords = map[rulebook.RightKind]string{rulebook.Patent: "patent", rulebook.DesignPatent: "design patent", rulebook.Trademark: "trademark registration",
	rulebook.Copyright: "copyright", rulebook.TradeSecret: "trade secret", rulebook.UnfairCompetition: "right to fair competition"}

// rights are what an order protects, in words.
func rights(e *rulebook.Exclusion) string {
	var all []string
	for _, r := range e.Rights {
		name := strings.Join(strings.Fields(r.Office+" "+rightWords[r.Kind]+" "+r.Number), " ")
		if r.Number == "" {
			name = "a " + name
		}
		all = append(all, name)
	}
	return cmp.Or(strings.Join(all, ", "), "the right of "+strings.Join(e.Holders, ", "))
}

// quoted are words as they stand: "clogs" and "EVA".
func quoted(found []sighting) string {
	var words []string
	for i := range found {
		if w := fmt.Sprintf("%q", found[i].words()); !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return joined(words)
}

// fieldsOf are the fields that words stand in.
func fieldsOf(found []sighting) string {
	var fields []string
	for i := range found {
		if f := found[i].field.String(); !slices.Contains(fields, f) {
			fields = append(fields, f)
		}
	}
	return joined(fields)
}

func joined(list []string) string {
	if n := len(list); n > 1 {
		return strings.Join(list[:n-1], ", ") + " and " + list[n-1]
	}
	return strings.Join(list, "")
}
