package authorization

import (
	"context"
	"slices"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/trademark"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
)

// An answer is what the papers show for one mentioned mark.
type answer struct {
	need
	mark    *gatedMark
	rulings []ruling
}

// A ruling is what the papers show for one pack, in the markets where it is asked for.
type ruling struct {
	*demand
	gate     *rulebook.Gate // the first that asks for the pack
	groups   []*group
	flagship []*group // what they show for a claim to be the flagship; nil where there is none
	strict   *demand  // of flagship; the demand itself where there is none
}

// answer asks about one gated mark; nil where it is not gated in any of the markets.
func (q *inquiry) answer(ctx context.Context, mark *gatedMark, m *trademark.Mention, claims []trademark.Claim) (*answer, error) {
	asked := q.gatedIn(mark)
	if len(asked) == 0 {
		return nil, nil
	}
	a := &answer{need: newNeed(m, claims, q.Merchant.ShopType), mark: mark}
	if !a.papers() {
		return a, nil
	}
	for _, p := range asked {
		markets := slices.DeleteFunc(p.markets, func(m listing.Market) bool { return !slices.Contains(a.Markets, m) })
		if len(markets) == 0 {
			continue
		}
		r, err := q.rule(ctx, mark, p.gate.pack, markets, a.need.flagship)
		if err != nil {
			return nil, err
		}
		r.gate = p.gate.Gate
		a.rulings = append(a.rulings, r)
	}
	return a, nil
}

func (q *inquiry) rule(ctx context.Context, mark *gatedMark, pack *rulebook.Pack, markets []listing.Market, flagship bool) (ruling, error) {
	r := ruling{demand: q.newDemand(mark, pack, false)}
	r.strict = r.demand
	var err error
	if r.groups, err = r.demand.groupsOf(ctx, markets); err != nil || !flagship {
		return r, err
	}
	r.strict = q.newDemand(mark, pack, true)
	r.flagship, err = r.strict.groupsOf(ctx, markets)
	return r, err
}

// A packMarkets is a pack, the gate that asks for it first, and the markets where it is asked for.
type packMarkets struct {
	gate    gate
	markets []listing.Market
}

// gatedIn are the packs that a mark needs, and where.
func (q *inquiry) gatedIn(mark *gatedMark) []packMarkets {
	var asked []packMarkets
	for _, market := range q.Markets {
		for _, g := range mark.asking(q.Submission, q.category, market) {
			at := slices.IndexFunc(asked, func(a packMarkets) bool { return a.gate.pack == g.pack })
			if at < 0 {
				at = len(asked)
				asked = append(asked, packMarkets{gate: g})
			}
			asked[at].markets = append(asked[at].markets, market)
		}
	}
	return asked
}

// provenIn reports whether the papers satisfy every pack that asks for some in the market, and at least one does.
func (a *answer) provenIn(market listing.Market) bool {
	proven := false
	for i := range a.rulings {
		r := &a.rulings[i]
		for _, g := range r.groups {
			if !slices.Contains(g.markets, market) {
				continue
			}
			if !g.proven() {
				return false
			}
			proven = true
		}
	}
	return proven
}

// sameWords reports whether two marks are written alike, so that the listing's words may mean either.
func (a *answer) sameWords(o *answer) bool {
	return a != o && len(a.Spans) > 0 && slices.EqualFunc(a.Spans, o.Spans, sameBytes)
}

func sameBytes(a, b check.TextSpan) bool {
	return a.Field == b.Field && a.Start == b.Start && a.End == b.End
}

// settle takes out of every answer the markets in which the words are cleared as another mark of the same name: a
// merchant authorized for one of them need not be authorized for its namesake.
func settle(answers []*answer) {
	for _, a := range answers {
		for _, o := range answers {
			if a.sameWords(o) {
				a.leaveTo(o)
			}
		}
	}
}

func (a *answer) leaveTo(o *answer) {
	for i := range a.rulings {
		for _, groups := range [][]*group{a.rulings[i].groups, a.rulings[i].flagship} {
			for _, g := range groups {
				if !g.proven() {
					g.markets = slices.DeleteFunc(g.markets, o.provenIn)
				}
			}
		}
	}
}
