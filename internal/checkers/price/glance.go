package price

import "github.com/assay-project/assay/internal/listing"

// ordinary reports at a glance that there is nothing to say of an offer. Most listings state a price and perhaps a charge for
// shipping, in the currency of their markets, near what such products cost there. Where more is stated, or anything is in
// doubt, it says no, and the offer is looked at in full.
func (c *checker) ordinary(p *pass) bool {
	s := p.Subject
	amount, ok := c.plain(&s.Product)
	if !ok {
		return false
	}
	code := s.Product.Price.Currency
	for _, m := range s.Markets {
		if c.foreign(m, code) || c.emergencyIn(m) {
			return false
		}
	}
	var l ladder
	c.climb(p, code, &l)
	return c.calmEverywhere(s, &l, amount, false)
}

// mostPlain is how large an amount is added up as a floating-point number: far from where money ends.
const mostPlain = 1e18

// plain is the landed price, within [rounding], of a product of which nothing is stated but a price and an unsuspicious charge for
// shipping in the same currency.
func (c *checker) plain(product *listing.Product) (amount float64, ok bool) {
	if product.Price.State != listing.PriceOK || product.Shipping.State > listing.PriceOK || product.PackQuantity != 0 ||
		product.ListPrice.State != listing.NoPrice || product.PreviousPrice.State != listing.NoPrice || len(product.Variants) != 0 {
		return 0, false
	}
	amount = product.Price.Float()
	if product.Shipping.State == listing.PriceOK {
		fee := product.Shipping.Float()
		if product.Shipping.Currency != product.Price.Currency || !(fee >= 0 && fee < amount*c.feeCalmTo) {
			return 0, false
		}
		amount += fee
	}
	return amount, amount > 0 && amount < mostPlain
}
