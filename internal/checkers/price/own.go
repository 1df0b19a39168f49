package price

import (
	"fmt"
	"slices"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/pack"
)

// judgeOwn compares the offer with the merchant's own other prices.
func (c *checker) judgeOwn(p *pass, o *offer) {
	product := &p.Subject.Product
	if product.PreviousPrice.State == listing.NoPrice && product.ListPrice.State == listing.NoPrice && len(product.Variants) == 0 {
		return
	}
	previous, list := ownPrice(&product.PreviousPrice, o), ownPrice(&product.ListPrice, o)
	var buf [32]listing.Money
	variants := variantPrices(buf[:0], product, o)
	if !judgeScale(p, o, previous, list, middle(variants)) {
		c.judgeWrongCurrency(p, o, previous, list)
	}
	c.judgeMultipack(p, o)
	judgeChange(p, o, previous)
	judgeBait(p, o, variants)
}

// ownPrice is a price that can be compared with the offer; zero where it cannot. Another currency cannot.
func ownPrice(price *listing.Price, o *offer) listing.Money {
	if !comparable(price) || price.Currency != o.item.Currency {
		return listing.Money{}
	}
	return price.Money
}

// variantPrices are those of the variants in the currency of the offer, in rising order. A variant without a price has the
// product's.
func variantPrices(prices []listing.Money, product *listing.Product, o *offer) []listing.Money {
	for i := range product.Variants {
		price := &product.Variants[i].Price
		if price.State == listing.NoPrice {
			price = &product.Price
		}
		if m := ownPrice(price, o); m.Sign() > 0 {
			prices = append(prices, m)
		}
	}
	slices.SortFunc(prices, listing.Money.Cmp)
	return prices
}

// middle is the median, of two middle ones the lower; zero where there are none.
func middle(sorted []listing.Money) listing.Money {
	if len(sorted) == 0 {
		return listing.Money{}
	}
	return sorted[(len(sorted)-1)/2]
}

// judgeScale reports an offer that is, within a hundredth, 10, 100 or 1000 times another price of the merchant, or that part of
// it: one finding, for the first of them. It hints beside what the tiers say and takes nothing back.
func judgeScale(p *pass, o *offer, previous, list, variant listing.Money) bool {
	for _, own := range [...]struct {
		name  string
		money listing.Money
	}{{"previous price", previous}, {"list price", list}, {"middle price of its variants", variant}} {
		if own.money.Sign() <= 0 {
			continue
		}
		for power := uint64(10); power <= 1000; power *= 10 {
			if near(o.item, 1, own.money, power) {
				reportScale(p, o, own.name, own.money, fmt.Sprintf("%d times", power), o.item.Per(power))
				return true
			}
			if near(o.item, power, own.money, 1) {
				meant, _ := o.item.Times(power)
				reportScale(p, o, own.name, own.money, fmt.Sprintf("1/%d of", power), meant)
				return true
			}
		}
	}
	return false
}

// judgeWrongCurrency reports an offer that is, within 3 of 100, what an earlier or list price of the merchant is in another
// currency of one of the markets, or in euro or dollar: one typed where the other was meant.
func (c *checker) judgeWrongCurrency(p *pass, o *offer, owns ...listing.Money) {
	if c.rates == nil || c.maxRateAge == 0 {
		return
	}
	for _, own := range owns {
		if own.Sign() <= 0 || listing.CmpTimes(o.item, 1, own, 2) <= 0 && listing.CmpTimes(o.item, 2, own, 1) >= 0 {
			continue
		}
		if c.judgeTypedAs(p, o, own, worldCurrencies) {
			return
		}
		for _, m := range p.Subject.Markets {
			if c.judgeTypedAs(p, o, own, c.currencies.of(m)) {
				return
			}
		}
	}
}

// worldCurrencies are those that merchants everywhere think in.
var worldCurrencies = []string{"EUR", "USD"}

// judgeTypedAs reports an offer that is, within 3 of 100, what the merchant's own price is in one of other currencies.
func (c *checker) judgeTypedAs(p *pass, o *offer, own listing.Money, others []string) bool {
	for _, other := range others {
		rate, err := c.rates.Find(own.Currency, other, p.Subject.AsOf, c.maxRateAge)
		if err != nil || other == own.Currency || listing.CmpTimes(o.item, 100*rate.Den, own, 97*rate.Num) < 0 ||
			listing.CmpTimes(o.item, 100*rate.Den, own, 103*rate.Num) > 0 {
			continue
		}
		meant, _ := o.item.In(own.Currency, rate.Den, rate.Num)
		p.Report(check.Finding{Code: ScaleError, Words: o.item.String(),
			Message: fmt.Sprintf("%v is, in number, what %v is in %s at the rate of %v: a price in %s typed as %s?", o.item, own, other,
				rate.Date, other, own.Currency),
			Evidence: []check.Evidence{ownEvidence(o, own)},
			Remedies: []check.Remedy{{Text: "Confirm the price or correct it.",
				Fix: check.ConfirmPrice{Field: o.field, Price: o.item, Suggestion: meant}}}})
		return true
	}
	return false
}

// judgeMultipack reports a pack among the variants whose units cost more than those of the smallest pack there.
func (c *checker) judgeMultipack(p *pass, o *offer) {
	variants := p.Subject.Product.Variants
	if c.multipack.num == 0 || len(variants) < 2 {
		return
	}
	smallest, units := -1, int32(0)
	for i := range variants {
		if n := pack.Read(variants[i].Name).Units; n > 0 && ownPrice(&variants[i].Price, o).Sign() > 0 && (smallest < 0 || n < units) {
			smallest, units = i, n
		}
	}
	if smallest < 0 {
		return
	}
	base := variants[smallest].Price.Money
	for i := range variants {
		n := pack.Read(variants[i].Name).Units
		if n <= units || ownPrice(&variants[i].Price, o).Sign() <= 0 {
			continue
		}
		if price := variants[i].Price.Money; listing.CmpTimes(price, c.multipack.den*uint64(units), base, c.multipack.num*uint64(n)) > 0 {
			shown := offer{field: variantField(i), item: price.Per(uint64(n))}
			p.Report(check.Finding{Code: MultipackPremium, Words: price.String(),
				Message:  fmt.Sprintf("A unit costs %v in the pack of %d and %v in that of %d.", shown.item, n, base.Per(uint64(units)), units),
				Evidence: []check.Evidence{ownEvidence(&shown, base.Per(uint64(units)))},
				Remedies: []check.Remedy{{Text: "Lower the price of the pack, or correct its size.",
					Fix: check.ConfirmPrice{Field: shown.field, Price: price}}}})
			return
		}
	}
}

// near reports whether a·x is within a hundredth of b·y.
func near(a listing.Money, x uint64, b listing.Money, y uint64) bool {
	return listing.CmpTimes(a, 100*x, b, 99*y) >= 0 && listing.CmpTimes(a, 100*x, b, 101*y) <= 0
}

func reportScale(p *pass, o *offer, name string, own listing.Money, times string, meant listing.Money) {
	p.Report(check.Finding{Code: ScaleError, Words: o.item.String(),
		Message:  fmt.Sprintf("%v is %s the %s of %v: a slip of the decimal point?", o.item, times, name, own),
		Evidence: []check.Evidence{ownEvidence(o, own)},
		Remedies: []check.Remedy{{Text: "Confirm the price or correct it.",
			Fix: check.ConfirmPrice{Field: o.field, Price: o.item, Suggestion: meant}}}})
}

// judgeChange reports an offer of more than twice or less than half the previous price.
func judgeChange(p *pass, o *offer, previous listing.Money) {
	if previous.Sign() <= 0 || listing.CmpTimes(o.item, 1, previous, 2) <= 0 && listing.CmpTimes(o.item, 2, previous, 1) >= 0 {
		return
	}
	evidence := ownEvidence(o, previous)
	evidence.Caveats = []string{"it is not known since when the previous price held"}
	p.Report(check.Finding{Code: SuddenChange, Words: o.item.String(),
		Message:  fmt.Sprintf("%v is %s the previous price of %v.", o.item, share(evidence.Ratio), previous),
		Evidence: []check.Evidence{evidence},
		Remedies: []check.Remedy{confirm(o)}})
}

// judgeBait reports a variant that costs less than half of the middle one, among three or more.
func judgeBait(p *pass, o *offer, sorted []listing.Money) {
	if len(sorted) < 3 || listing.CmpTimes(sorted[0], 2, middle(sorted), 1) >= 0 {
		return
	}
	bait := *o
	bait.item, bait.landed = sorted[0], sorted[0]
	bait.field = "variants"
	evidence := ownEvidence(&bait, middle(sorted))
	evidence.Observations = int64(len(sorted))
	p.Report(check.Finding{Code: VariantBait, Words: bait.item.String(),
		Message: fmt.Sprintf("The cheapest of %d variants costs %v, %s the middle one of %v.", len(sorted), bait.item,
			share(evidence.Ratio), middle(sorted)),
		Evidence: []check.Evidence{evidence},
		Remedies: []check.Remedy{confirm(&bait)}})
}

// ownEvidence shows the offer beside another price of the merchant. Shipping is in neither.
func ownEvidence(o *offer, own listing.Money) check.Price {
	return check.Price{Reference: check.OwnReference, Cohort: "the merchant's own prices", Merchants: 1, Observations: 1,
		Offered: o.item, PackQuantity: 1, Median: own, Ratio: o.item.Float() / own.Float()}
}
