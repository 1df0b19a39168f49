package price

import (
	"errors"
	"fmt"
	"time"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
)

// An exchange is how an offer was turned into the currency of a cohort, or why it was not. It is comparable.
type exchange struct {
	state    exchangeState
	currency string // of the cohort
	num, den uint64
	day      listing.Date
}

type exchangeState uint8

const (
	notNeeded exchangeState = iota // the currencies are the same, or no cohort in another was found
	converted
	staleRate
	noRate
)

// tryOtherCurrencies looks for a cohort in another currency, where the offer's own has none to judge by. Only markets' own
// cohorts and those of any market are taken: what a thing costs elsewhere is another question.
func (c *checker) tryOtherCurrencies(asOf time.Time, o *offer, l *ladder, m listing.Market, st *standing) {
	if c.rates == nil || c.maxRateAge == 0 {
		return
	}
	other := *l
	condition := l.offer.Condition()
	for _, code := range c.cohortCurrencies {
		if code == o.item.Currency {
			continue
		}
		other.offer = rulebook.NewOfferKey(code).With(condition)
		r := c.find(check.MarketReference, &other, m, c.tiers)
		if r.tier < 0 {
			continue
		}
		rate, err := c.rates.Find(o.item.Currency, code, asOf, c.maxRateAge)
		st.exchange = exchange{currency: code, num: rate.Num, den: rate.Den, day: rate.Date, state: converted}
		switch {
		case errors.Is(err, rulebook.ErrStaleRate):
			st.exchange.state = staleRate
		case err != nil:
			st.exchange.state = noRate
		default:
			st.market = r
			return
		}
	}
}

// A conversion is an offer in the currency of a cohort. What is judged as low or high is moved towards the median by the
// rulebook's margin.
type conversion struct {
	exchange  *exchange
	given     listing.Money // landed, before it was converted
	low, high listing.Money
	margin    fraction
}

// of is the offer in the currency of the cohort, for which it takes the place of changed and of into.
func (e *exchange) of(o, changed *offer, into *conversion, margin fraction) *offer {
	if e.state != converted {
		return o
	}
	*changed = *o
	*into = conversion{exchange: e, given: o.landed, margin: margin}
	changed.conversion = into
	if amount, ok := o.landed.In(e.currency, e.num, e.den); ok && amount.Sign() > 0 {
		changed.landed = amount
	}
	into.low, into.high = changed.landed, changed.landed
	if low, ok := changed.landed.In(e.currency, margin.den, max(margin.num, 1)); ok && margin.num != 0 {
		into.low = low
	}
	if high, ok := changed.landed.In(e.currency, margin.num, margin.den); ok && high.Sign() > 0 {
		into.high = high
	}
	return changed
}

// forLow is the amount that is asked whether it is low.
func (o *offer) forLow() listing.Money {
	if o.conversion != nil {
		return o.conversion.low
	}
	return o.landed
}

// forHigh is the amount that is asked whether it is high.
func (o *offer) forHigh() listing.Money {
	if o.conversion != nil {
		return o.conversion.high
	}
	return o.landed
}

// missing says why an offer was not converted; empty where there was nothing to convert to.
func (e *exchange) missing(from string) string {
	switch e.state {
	case staleRate:
		return fmt.Sprintf("; prices in %s are known, but the exchange rate is of %v", e.currency, e.day)
	case noRate:
		return fmt.Sprintf("; prices in %s are known, but no exchange rate from %s", e.currency, from)
	}
	return ""
}

// caveat says that an offer was converted, and how, and what is granted for it.
func (n *conversion) caveat() string {
	e := n.exchange
	text := fmt.Sprintf("converted from %v at %.6g %s for 1 %s, the rate of %v", n.given, float64(e.num)/float64(e.den), e.currency,
		n.given.Currency, e.day)
	if n.margin.num != 0 && n.margin.num != n.margin.den {
		text += fmt.Sprintf("; thresholds are %.3g times as far for it", float64(n.margin.den)/float64(n.margin.num))
	}
	return text
}

// land adds the shipping charge, converted where it is in another currency and the rulebook has a rate of the day.
func (c *checker) land(s *listing.Submission, o *offer) {
	shipping := &s.Product.Shipping
	o.landed, o.shipping = o.item, shipping
	if shipping.State != listing.PriceOK || shipping.Sign() <= 0 {
		return
	}
	fee := shipping.Money
	if fee.Currency != o.item.Currency {
		if c.rates == nil || c.maxRateAge == 0 {
			return
		}
		rate, err := c.rates.Find(fee.Currency, o.item.Currency, s.AsOf, c.maxRateAge)
		if err != nil {
			return
		}
		changed, ok := fee.In(o.item.Currency, rate.Num, rate.Den)
		if !ok {
			return
		}
		fee, o.feeRate = changed, rate.Date
	}
	if sum, ok := o.item.Add(fee); ok {
		o.landed, o.fee = sum, fee
	}
}

// shippingCaveat says what became of the shipping charge; empty where there was none.
func (o *offer) shippingCaveat() string {
	charge := o.shipping.Money.String()
	switch {
	case o.shipping.State == listing.NoPrice, o.shipping.State == listing.PriceOK && o.shipping.Sign() == 0:
		return ""
	case o.shipping.State != listing.PriceOK:
		return "shipping is not a possible amount and was left out"
	case o.landed == o.item && o.shipping.Currency != o.item.Currency:
		return "shipping of " + charge + " is in another currency, without an exchange rate of the day, and was left out"
	case o.landed == o.item:
		return "shipping of " + charge + " could not be added"
	case o.feeRate != listing.Date{}:
		return "shipping of " + charge + " included as " + o.fee.String() + ", at the rate of " + o.feeRate.String()
	}
	return "shipping of " + charge + " included"
}
