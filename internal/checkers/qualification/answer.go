package qualification

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/text"
	"github.com/assay-project/assay/internal/verdict"
)

// An answer is what became of a requirement in the markets where that is the same.
type answer struct {
	verdict.Need
	ofListings bool
}

// A cost is how far a paper is from holding.
type cost struct{ identity, broken, unclear, notes int }

func (c *cost) add(r *rule, j judgement) {
	switch j.standing {
	case noted:
		c.notes++
	case unclear:
		c.unclear++
	case broken:
		c.broken++
	}
	if r.identity && j.standing > noted {
		c.identity++
	}
}

// holds reports whether nothing stands in the way.
func (c *cost) holds() bool { return c.broken+c.unclear == 0 }

// compare orders papers by how far they are from holding; one for somebody or something else is farthest.
func (c *cost) compare(o *cost) int {
	return cmp.Or(cmp.Compare(c.identity, o.identity), cmp.Compare(c.broken, o.broken), cmp.Compare(c.unclear, o.unclear), cmp.Compare(c.notes, o.notes))
}

// distance is a cost as one number, in the same order.
func (c *cost) distance() int {
	return ((c.identity*len(rules)+c.broken)*len(rules)+c.unclear)*len(rules) + c.notes
}

// A candidate is a paper of an accepted kind, with what does not depend on the market.
type candidate struct {
	question
	paper *paper
	fixed cost
}

// candidates are the papers that a requirement may be satisfied by, in the order of its kinds and of the papers' ids.
func (q *inquiry) candidates(r *requirement, names []rulebook.PaperFor) []candidate {
	var all []candidate
	for i := range r.papers {
		for j := range q.papers {
			p := &q.papers[j]
			if !slices.Contains(r.papers[i].Types, p.Type) {
				continue
			}
			all = append(all, q.candidate(r, &r.papers[i], names, p))
		}
	}
	return all
}

func (q *inquiry) candidate(r *requirement, a *accepted, names []rulebook.PaperFor, p *paper) candidate {
	c := candidate{question: question{inquiry: q, requirement: r, accepted: a, names: names, zone: time.UTC}, paper: p}
	c.fixed = c.cost(false)
	return c
}

// cost judges the rules that depend on the market, or those that do not.
func (c *candidate) cost(local bool) cost {
	var sum cost
	for i := range rules {
		if rules[i].local == local {
			sum.add(&rules[i], rules[i].judged(&c.question, c.paper))
		}
	}
	return sum
}

// in is the candidate in a market, and how far it is from holding there.
func (c *candidate) in(market listing.Market) (candidate, cost) {
	here := *c
	here.market, here.zone = market, c.zones.Of(market)
	sum := here.cost(true)
	return here, cost{c.fixed.identity + sum.identity, c.fixed.broken + sum.broken, c.fixed.unclear + sum.unclear, c.fixed.notes + sum.notes}
}

// until is when a paper that holds no longer does: it ends, is too old, or has too few days left; zero: never.
func (c *candidate) until() time.Time {
	first := c.term(c.paper).End
	if t := c.oldAt(c.paper); outlasts(first, t) {
		first = t
	}
	if t := c.shortAt(c.paper); c.MinRemainingMandatory && outlasts(first, t) {
		first = t
	}
	return first
}

// outlasts reports whether something that ends at a lasts longer than what ends at b; zero: it never ends.
func outlasts(a, b time.Time) bool { return !b.IsZero() && (a.IsZero() || a.After(b)) }

// A proof is the best that papers show in a market; its candidate has no paper where there is none.
type proof struct {
	candidate
	cost
	end time.Time // of one that holds: when it no longer does
}

// best is the candidate that is nearest to holding in a market, and of those that hold the one that does longest.
func best(candidates []candidate, market listing.Market) proof {
	var b proof
	for i := range candidates {
		here, sum := candidates[i].in(market)
		p := proof{candidate: here, cost: sum}
		if sum.holds() {
			p.end = here.until()
		}
		if c := sum.compare(&b.cost); b.paper == nil || c < 0 || c == 0 && outlasts(p.end, b.end) {
			b = p
		}
	}
	return b
}

// answers are what becomes of a requirement in its markets.
func (q *inquiry) answers(r *requirement, markets []listing.Market) []answer {
	q.prepare()
	names, of := q.names(r)
	if gap, ok := q.gap(names); ok {
		return []answer{q.incomplete(r, markets, gap)}
	}
	candidates := q.candidates(r, names)
	var groups []*group
	for _, m := range markets {
		p := best(candidates, m)
		key := p.key()
		at := slices.IndexFunc(groups, func(g *group) bool { return g.key == key })
		if at < 0 {
			at = len(groups)
			groups = append(groups, &group{proof: p, names: names, key: key})
		}
		groups[at].markets = append(groups[at].markets, m)
	}
	all := make([]answer, len(groups))
	for i, g := range groups {
		all[i] = q.answer(r, g, of)
	}
	return all
}

// A group is the markets in which the papers show the same.
type group struct {
	proof
	names   []rulebook.PaperFor
	key     string
	markets []listing.Market
}

// key is what proofs share that say the same of different markets.
func (p *proof) key() string {
	if p.paper == nil {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%q %p", p.paper.ID, p.accepted)
	if p.holds() {
		fmt.Fprint(&b, p.end)
	}
	for i := range rules {
		if j := rules[i].judged(&p.question, p.paper); j.standing > holds {
			fmt.Fprint(&b, j)
		}
	}
	return b.String()
}

// holds reports whether there is a paper that holds.
func (p *proof) holds() bool { return p.paper != nil && p.cost.holds() }

// answer makes findings of a group.
func (q *inquiry) answer(r *requirement, g *group, of string) answer {
	a := answer{ofListings: r.ofListings(), Need: verdict.Need{Requirement: r.Name, For: of, Markets: g.markets, Met: g.holds()}}
	if g.paper != nil {
		a.Distance = 1 + g.distance()
	}
	if a.Met {
		a.Distance, a.Until, a.Document = 0, g.end, g.paper.ID
	}
	if !a.Met || g.notes > 0 {
		a.Findings = q.findings(r, g)
	}
	if a.Distance == 0 && !a.Met {
		a.Distance = maxDistance
	}
	return a
}

// maxDistance is farther than any paper: there is none.
const maxDistance = 1 << 30

// names are what the paper must name, and for whom or what one is enough, as a key. Goods without a brand are told apart one by
// one.
func (q *inquiry) names(r *requirement) (names []rulebook.PaperFor, of string) {
	names = r.Names
	if names[0] == rulebook.ForBrand && q.noBrands[text.Key(q.Product.Brand)] {
		names = append([]rulebook.PaperFor{rulebook.ForProduct}, names[1:]...)
	}
	switch names[0] {
	case rulebook.ForManufacturer:
		of = text.Key(q.maker.as.LegalName)
	case rulebook.ForBrand:
		of = q.brand
	case rulebook.ForProduct:
		of = q.productKey()
	}
	return names, of
}

// productKey tells the product from others of the merchant.
func (q *inquiry) productKey() string {
	if code := productGTIN(&q.Product); code != "" {
		return gtinKey(code)
	}
	return strings.Join(append([]string{q.brand}, q.product.models...), " ")
}

// A gap is something that a listing must state before a paper can be asked for.
type gap struct{ field, words string }

// gap is what the submission does not state of what a paper must name.
func (q *inquiry) gap(names []rulebook.PaperFor) (gap, bool) {
	for _, n := range names {
		switch {
		case n == rulebook.ForMerchant && !q.merchant.Stated():
			return gap{"merchant.legal_name", "the merchant's legal name"}, true
		case n == rulebook.ForManufacturer && !q.maker.Stated():
			return gap{"product.manufacturer", "the manufacturer"}, true
		case n == rulebook.ForBrand && q.brand == "":
			return gap{"product.brand", "the brand"}, true
		case n == rulebook.ForProduct && !q.product.known():
			return gap{"product.gtin", "the GTIN, the model or the part number"}, true
		case n == rulebook.ForCategory && q.category.Path == "":
			return gap{"product.category", "the category"}, true
		}
	}
	return gap{}, false
}
