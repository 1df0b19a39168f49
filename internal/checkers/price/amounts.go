package price

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/pack"
)

// judgeAmounts reports the amounts that cannot be prices. Those of the variants make one finding of each kind, named
// after the first, so that a listing with two hundred bad variants gives no two hundred findings.
func judgeAmounts(p *pass) {
	product := &p.Subject.Product
	if sound(product) {
		return
	}
	for _, a := range [...]struct {
		field string
		price *listing.Price
		sold  bool // at this price, so that zero is none
	}{{"price", &product.Price, true}, {"list_price", &product.ListPrice, false},
		{"previous_price", &product.PreviousPrice, false}, {"shipping", &product.Shipping, false}} {
		if code := faultOf(a.price, a.sold); code != "" {
			reportFault(p, code, a.field, a.price, 0)
		}
	}
	for _, code := range [...]string{Invalid, CurrencyUnknown} {
		first, others := -1, 0
		for i := range product.Variants {
			if faultOf(&product.Variants[i].Price, true) != code {
				continue
			}
			if first < 0 {
				first = i
				continue
			}
			others++
		}
		if first >= 0 {
			reportFault(p, code, variantField(first), &product.Variants[first].Price, others)
		}
	}
}

// sound reports whether nothing is wrong with any amount.
func sound(p *listing.Product) bool {
	if max(p.Price.State, p.ListPrice.State, p.PreviousPrice.State, p.Shipping.State) > listing.PriceOK || faultOf(&p.Price, true) != "" {
		return false
	}
	for i := range p.Variants {
		if faultOf(&p.Variants[i].Price, true) != "" {
			return false
		}
	}
	return true
}

func variantField(i int) string { return "variants[" + strconv.Itoa(i) + "].price" }

// faultOf is the code of what is wrong with an amount; "" where nothing is. Nothing is sold for zero; a list or previous
// price of zero is one that was not given, and shipping may be free.
func faultOf(p *listing.Price, sold bool) string {
	switch {
	case p.State == listing.ImpossibleMoney, p.State == listing.PriceOK && sold && p.Sign() == 0:
		return Invalid
	case p.State == listing.UnknownCurrency:
		return CurrencyUnknown
	}
	return ""
}

func reportFault(p *pass, code, field string, price *listing.Price, others int) {
	shown := price.Money
	shown.Currency = check.Surface(shown.Currency, 0, len(shown.Currency))
	fix := check.ConfirmPrice{Field: field, Price: shown}
	why := price.Why
	switch {
	case code == CurrencyUnknown:
		why = fmt.Sprintf("the currency %s is not one of ISO 4217", quoteCode(shown.Currency))
		fix.Suggestion = respelled(price.Money)
	case why == "":
		why = "the amount is zero"
	}
	message := field + ": " + why
	if others > 0 {
		message += fmt.Sprintf(" (and the same of %d more variants)", others)
	}
	remedy := check.Remedy{Text: "Give a positive amount with a currency code of ISO 4217.", Fix: fix}
	p.Report(check.Finding{Code: code, Message: message, Words: quoteCode(shown.Currency), Remedies: []check.Remedy{remedy},
		Evidence: []check.Evidence{check.Price{Offered: shown, PackQuantity: 1, Merchants: -1, Caveats: []string{"not compared with anything"}}}})
}

// respelled is the amount with its currency in capitals where that makes it known: a guess for a person, never compared.
func respelled(m listing.Money) listing.Money {
	if len(m.Currency) == 0 || len(m.Currency) > 8 {
		return listing.Money{}
	}
	p := listing.NewPrice(m.Units, m.Nanos, strings.ToUpper(strings.TrimSpace(m.Currency)))
	if p.State != listing.PriceOK {
		return listing.Money{}
	}
	return p.Money
}

// judgeCurrency reports markets where nobody pays in the currency of the offer.
func (c *checker) judgeCurrency(p *pass, o *offer) {
	markets := p.Subject.Markets
	odd := 0
	for _, m := range markets {
		if c.foreign(m, o.item.Currency) {
			odd++
		}
	}
	if odd == 0 {
		return
	}
	var where []listing.Market
	var uses []string
	for _, m := range markets {
		if c.foreign(m, o.item.Currency) {
			where = append(where, m)
			uses = append(uses, string(m)+" ("+strings.Join(c.currencies.of(m), ", ")+")")
		}
	}
	p.Report(check.Finding{Code: CurrencyMismatch, Markets: all(where, markets), Words: o.item.String(),
		Message:  fmt.Sprintf("The price is in %s, which is not used in %s.", o.item.Currency, strings.Join(uses, ", ")),
		Evidence: []check.Evidence{check.Price{Offered: o.item, PackQuantity: 1, Merchants: -1}},
		Remedies: []check.Remedy{{Text: "State the price in the currency of the market.",
			Fix: check.ConfirmPrice{Field: o.field, Price: o.item}}}})
}

// foreign reports whether a market has currencies, and not this one.
func (c *checker) foreign(m listing.Market, currency string) bool {
	used := c.currencies.of(m)
	return len(used) > 0 && !slices.Contains(used, currency)
}

// all is nil, which means every market asked for, where some are all of them.
func all(some, markets []listing.Market) []listing.Market {
	if len(some) == len(markets) {
		return nil
	}
	return some
}

// judgePack reports a declared pack that the title contradicts.
func judgePack(p *pass, o *offer) {
	if o.declared == 0 {
		return
	}
	if read := pack.Read(o.title); read.Units != 0 && read.Units != o.declared {
		reportPack(p, o, read, fmt.Sprintf("pack_quantity is %d, the title says %d.", o.declared, read.Units))
	}
}

// reportPack shows the title's number, and what else there is.
func reportPack(p *pass, o *offer, read pack.Pack, message string, more ...check.Evidence) {
	span := check.TextSpan{Field: listing.Field{Kind: listing.TitleField}, Start: read.Start, End: read.End,
		Surface: check.Surface(o.title, read.Start, read.End), Canonical: strconv.Itoa(int(read.Units)) + " units"}
	p.Report(check.Finding{Code: PackQuantitySuspect, Message: message, Words: span.Surface, Evidence: append([]check.Evidence{span}, more...),
		Remedies: []check.Remedy{{Text: "Fill in how many units the pack holds.",
			Fix: check.SetField{Field: "pack_quantity", Value: strconv.Itoa(int(read.Units))}}}})
}
