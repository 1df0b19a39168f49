package price

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
)

// judgeShipping reports a shipping charge out of proportion to the price.
func (c *checker) judgeShipping(p *pass, o *offer) {
	if c.excessive(o) {
		p.Report(check.Finding{Code: ShippingExcessive, Words: o.shipping.Money.String(), Evidence: []check.Evidence{feeEvidence(o)},
			Message:  fmt.Sprintf("Shipping of %v is %s the price of %v.", o.fee, share(feeEvidence(o).Ratio), o.item),
			Remedies: []check.Remedy{confirmShipping(o)}})
	}
}

func (c *checker) excessive(o *offer) bool {
	return o.feeAbove(c.shippingFrom) && c.shipping.above(o.fee, 1, o.item)
}

// feeAbove reports at a glance whether the charge may be more than so many times the price.
func (o *offer) feeAbove(times float64) bool {
	return o.fee.Units|int64(o.fee.Nanos) != 0 && o.fee.Float() > o.item.Float()*times
}

// judgeShippingBeside reports a charge above the price that is by itself more than the very product usually costs with shipping.
func (c *checker) judgeShippingBeside(p *pass, o *offer, r reference, where func() []listing.Market) {
	if c.shipping.num == 0 || r.tier < 0 || r.level.wide() || o.fee.Sign() <= 0 || o.fee.Cmp(o.item) <= 0 || c.excessive(o) {
		return
	}
	row := c.full(r)
	if row.Currency != o.fee.Currency || row.PerUnit || o.fee.Cmp(row.Median) <= 0 {
		return
	}
	p.Report(check.Finding{Code: ShippingExcessive, Markets: where(), Words: o.shipping.Money.String(), Evidence: []check.Evidence{c.evidence(p, o, r, 1)},
		Message:  fmt.Sprintf("Shipping of %v alone is more than what the product usually costs with shipping, %s.", o.fee, inWords(&row)),
		Remedies: []check.Remedy{confirmShipping(o)}})
}

// feeEvidence shows the charge beside the price.
func feeEvidence(o *offer) check.Price {
	return check.Price{Reference: check.OwnReference, Cohort: "the merchant's own prices", Merchants: 1, Observations: 1,
		Offered: o.fee, PackQuantity: 1, Median: o.item, Ratio: o.fee.Float() / o.item.Float()}
}

func confirmShipping(o *offer) check.Remedy {
	return check.Remedy{Text: "Confirm the shipping charge, or lower it.", Fix: check.ConfirmPrice{Field: "shipping", Price: o.shipping.Money}}
}

// judgePriorPrice reports a list price above the price, without an earlier price, where the law asks for the lowest of the last
// 30 days. The contract cannot tell a recommended price from a former one, so the decision table weighs this lightly.
func (c *checker) judgePriorPrice(p *pass, o *offer) {
	product := &p.Subject.Product
	list := ownPrice(&product.ListPrice, o)
	if list.Sign() <= 0 || list.Cmp(o.item) <= 0 || product.PreviousPrice.State != listing.NoPrice {
		return
	}
	var where []listing.Market
	for _, m := range p.Subject.Markets {
		if slices.Contains(c.priorPrice, m) {
			where = append(where, m)
		}
	}
	if where == nil {
		return
	}
	p.Report(check.Finding{Code: PriorPriceMissing, Markets: all(where, p.Subject.Markets), Words: list.String(),
		Evidence: []check.Evidence{ownEvidence(o, list)},
		Message: fmt.Sprintf("A list price of %v stands above the price of %v and no previous price is given: a reduction may be announced only "+
			"beside the lowest price of the last 30 days.", list, o.item),
		Remedies: []check.Remedy{{Text: "Give the lowest price of the last 30 days as the previous price, or leave the list price out.",
			Fix: check.ConfirmPrice{Field: "list_price", Price: list}}}})
}

// An emergency is a price cap of the rulebook.
type emergency struct {
	*rulebook.Emergency
	from, until time.Time // closed-open
	ratio       fraction
}

func newEmergencies(book *rulebook.Book) (all []emergency, err error) {
	var errs []error
	for i := range book.Prices.Emergencies {
		row := &book.Prices.Emergencies[i]
		ratio, err := exactly(row.Ratio)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: %w", row.At.File, row.At.Line, err))
		}
		zone := book.Zones[row.Market]
		if zone == nil {
			zone = time.UTC
		}
		all = append(all, emergency{row, row.From.Start(zone), row.Until.After(zone), ratio})
	}
	return all, errors.Join(errs...)
}

// covers reports whether a cap is in force for a category at a time.
func (e *emergency) covers(path string, at time.Time) bool {
	return !at.Before(e.from) && at.Before(e.until) && (len(e.Categories) == 0 || slices.ContainsFunc(e.Categories, func(category string) bool {
		rest, ok := strings.CutPrefix(path, category)
		return ok && (rest == "" || strings.HasPrefix(rest, " "+pathSeparator))
	}))
}

// judgeEmergencies reports an offer above a price cap in force.
func (c *checker) judgeEmergencies(p *pass, o *offer) {
	if len(c.emergencies) == 0 {
		return
	}
	s := p.Subject
	for i := range c.emergencies {
		e := &c.emergencies[i]
		if slices.Contains(s.Markets, e.Market) && e.covers(c.categories.Find(s.Product.Category).Path, s.AsOf) {
			c.judgeEmergency(p, o, e)
		}
	}
}

// emergencyIn reports whether the book has a price cap for a market, in force or not.
func (c *checker) emergencyIn(m listing.Market) bool {
	for i := range c.emergencies {
		if c.emergencies[i].Market == m {
			return true
		}
	}
	return false
}

// judgeEmergency compares with the merchant's own price before; where that is not given, with the 95th percentile of the product:
// what others ask is a weaker reason to hold a merchant to.
func (c *checker) judgeEmergency(p *pass, o *offer, e *emergency) {
	if previous := ownPrice(&p.Subject.Product.PreviousPrice, o); previous.Sign() > 0 {
		if e.ratio.above(o.item, 1, previous) {
			c.reportEmergency(p, o, e, ownEvidence(o, previous), "the merchant's price before", previous)
		}
		return
	}
	var l ladder
	c.climb(p, o.item.Currency, &l)
	r := c.find(check.MarketReference, &l, e.Market, c.tiers)
	if r.tier < 0 || r.level.wide() {
		return
	}
	if row := c.full(r); row.High.Sign() > 0 && e.ratio.above(o.landed, o.unitsFor(&row), row.High) {
		c.reportEmergency(p, o, e, c.evidence(p, o, r, o.unitsFor(&row)), "what all but the dearest ask", row.High)
	}
}

func (c *checker) reportEmergency(p *pass, o *offer, e *emergency, evidence check.Price, before string, base listing.Money) {
	most, _ := base.In(base.Currency, e.ratio.num, e.ratio.den)
	p.Report(check.Finding{Code: EmergencyCap, Markets: all([]listing.Market{e.Market}, p.Subject.Markets), Words: evidence.Offered.String(),
		Evidence: []check.Evidence{evidence, check.ListEntry{List: "prices.yaml", Entry: e.Name}},
		Message: fmt.Sprintf("%v is above %v, the most that may be asked while %q is in force: %g times %s, %v.", evidence.Offered, most, e.Name,
			e.Ratio, before, base),
		Remedies: []check.Remedy{{Text: "Lower the price, or show what the goods cost to buy.",
			Fix: check.ConfirmPrice{Field: o.field, Price: o.item, Suggestion: most}}}})
}
