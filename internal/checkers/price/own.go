package price

import (
	"fmt"
	"slices"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
)

// judgeOwn compares the offer with the merchant's own other prices.
func judgeOwn(p *pass, o *offer) {
	product := &p.Subject.Product
	previous, list := ownPrice(&product.PreviousPrice, o), ownPrice(&product.ListPrice, o)
	var buf [32]listing.Money
	variants := variantPrices(buf[:0], product, o)
	judgeScale(p, o, previous, list, middle(variants))
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
func judgeScale(p *pass, o *offer, previous, list, variant listing.Money) {
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
				return
			}
			if near(o.item, power, own.money, 1) {
				meant, _ := o.item.Times(power)
				reportScale(p, o, own.name, own.money, fmt.Sprintf("1/%d of", power), meant)
				return
			}
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
