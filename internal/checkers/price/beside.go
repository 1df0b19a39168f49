package price

import (
	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
)

// A Checker is the checker of prices, which also tells others what an offer stands beside.
type Checker struct {
	*check.Checker[*listing.Submission]
	prices *checker
}

// Beside is the offer of a submission beside what it is compared with in a market, whether or not that was found to stand
// out: the market's reference, or the recommended price where there is no other. It is false where there is no amount, or
// nothing good enough to compare it with. The caller requires this checker.
func (r *Checker) Beside(p *check.Pass[*listing.Submission], market listing.Market) (check.Price, bool) {
	var o offer
	if !o.make(&p.Subject.Product) {
		return check.Price{}, false
	}
	c := r.prices
	c.land(p.Subject, &o)
	var l ladder
	c.climb(p, o.item.Currency, &l)
	st := standing{market: c.find(check.MarketReference, &l, market, c.tiers), msrp: c.find(check.MSRPReference, &l, market, c.tiers),
		floor: noReference, advertised: noReference}
	if st.market.tier < 0 && st.msrp.tier < 0 {
		c.tryOtherCurrencies(p.Subject.AsOf, &o, &l, market, &st)
	}
	to := st.market
	if to.tier < 0 {
		to = st.msrp
	}
	if to.tier < 0 {
		return check.Price{}, false
	}
	var changed offer
	var into conversion
	at := st.exchange.of(&o, &changed, &into, c.margin)
	row := c.full(to)
	return c.evidence(p, at, to, at.unitsFor(&row)), true
}
