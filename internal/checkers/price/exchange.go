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

// of is the offer in the currency of the cohort.
func (e *exchange) of(o *offer) *offer {
	if e.state != converted {
		return o
	}
	changed := *o
	changed.exchange, changed.given = e, o.landed
	if amount, ok := o.landed.In(e.currency, e.num, e.den); ok && amount.Sign() > 0 {
		changed.landed = amount
	}
	return &changed
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

// caveat says that an offer was converted, and how.
func (e *exchange) caveat(given listing.Money) string {
	return fmt.Sprintf("converted from %v at %.6g %s for 1 %s, the rate of %v", given, float64(e.num)/float64(e.den), e.currency,
		given.Currency, e.day)
}
