package price

import (
	"fmt"
	"slices"
	"time"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/pack"
	"github.com/assay-project/assay/internal/rulebook"
)

// A standing is what an offer is compared with in one market. It is comparable.
type standing struct {
	market, msrp, floor, advertised reference
	exchange                        exchange
}

// judgeMarkets compares the offer in every market asked for. Markets with the same references share their findings.
func (c *checker) judgeMarkets(p *pass, o *offer) {
	var l ladder
	c.climb(p, o.item.Currency, &l)
	beside := p.Subject.Product.ListPrice.State != listing.NoPrice || o.feeAbove(1-rounding)
	if c.calmEverywhere(p.Subject, &l, o.landed.Float(), beside) {
		return
	}
	if len(p.Subject.Markets) == 1 {
		var one [1]standing
		c.judgeFrom(p, o, &l, one[:0])
		return
	}
	var many [32]standing // as many markets as a submission may have
	c.judgeFrom(p, o, &l, many[:0])
}

// calmEverywhere reports at a glance that no market has anything to say of an amount, as in most markets of most offers. beside
// is whether the offer comes with more than a price that the product's own cohort would be asked about.
func (c *checker) calmEverywhere(s *listing.Submission, l *ladder, amount float64, beside bool) bool {
	for _, m := range s.Markets {
		r := c.find(check.MarketReference, l, m, c.tiers)
		if r.tier < 0 || !c.calm(r, amount) || beside && !r.level.wide() || c.otherKinds && c.otherwise(l, m) {
			return false
		}
	}
	return true
}

// otherwise reports whether there are references of other kinds than the market's own prices.
func (c *checker) otherwise(l *ladder, m listing.Market) bool {
	for kind, any := range c.kinds {
		if any && check.PriceReference(kind) != check.MarketReference && c.find(check.PriceReference(kind), l, m, c.tiers).row >= 0 {
			return true
		}
	}
	return false
}

// judgeFrom is judgeMarkets where some market needs a closer look.
func (c *checker) judgeFrom(p *pass, o *offer, l *ladder, standings []standing) {
	s := p.Subject
	for _, m := range s.Markets {
		st := standing{market: c.find(check.MarketReference, l, m, c.tiers),
			msrp:       c.find(check.MSRPReference, l, m, c.tiers),
			floor:      c.find(check.FloorReference, l, m, c.tiers),
			advertised: noReference}
		if c.mapNotices {
			st.advertised = c.find(check.NoReference, l, m, nil)
		}
		if st.market.tier < 0 && st.msrp.tier < 0 {
			c.tryOtherCurrencies(s.AsOf, o, l, m, &st)
		}
		standings = append(standings, st)
	}
	for i := range standings {
		if !slices.Contains(standings[:i], standings[i]) {
			c.judge(p, o, l, &standings[i], i, standings)
		}
	}
}

// calm reports whether an amount is so near the median of a market's cohort that no tier can have anything to say: above all
// of the low ratios and below all of the high ones, by more than what floating-point numbers lose.
func (c *checker) calm(r reference, amount float64) bool {
	median, plain := c.shelves[r.shelf].Median(r.row)
	t := &c.tiers[r.tier]
	return plain && amount > median*t.calmFrom && amount < median*c.calmTo
}

// climb makes the ladder of cohorts of a product. The brand field is the merchant's claim; where the baselines do not know it,
// the brand that was found in the listing's words is tried.
func (c *checker) climb(p *pass, currency string, l *ladder) {
	product := &p.Subject.Product
	l.offer = rulebook.NewOfferKey(currency).With(max(product.Condition, listing.ConditionNew)) // what is not stated is taken as new
	l.gtin = gtinNumber(product.GTIN)
	l.branded = c.brand(product.Brand, &l.brand)
	if !l.branded && c.brandOf != nil {
		l.branded = c.brand(c.brandOf(p), &l.brand)
	}
	l.place, l.exact = c.place(product.Category)
}

// judge reports what an offer is in the markets that stand like the i-th.
func (c *checker) judge(p *pass, o *offer, l *ladder, st *standing, i int, standings []standing) {
	where := func() []listing.Market { return sharing(p.Subject.Markets, standings, i) }
	var row rulebook.Baseline
	if st.floor.row >= 0 {
		if c.price(st.floor, o.landed.Currency, &row); o.landed.Cmp(row.Median) < 0 {
			c.reportLow(p, o, BelowCostFloor, st.floor, where())
		}
	}
	c.noticeMAP(p, o, st.advertised, where)
	if st.market.tier < 0 && st.msrp.tier < 0 {
		c.reportInsufficient(p, o, l, st, i, where())
		return
	}
	c.judgeListPrice(p, st, where)
	c.judgeShippingBeside(p, o, st.market, where)
	var changed offer
	var into conversion
	o = st.exchange.of(o, &changed, &into, c.margin)
	code, r := c.lowest(o, st, &row)
	if st.market.tier >= 0 && row.State != "" {
		c.reportState(p, o, st.market, where())
	}
	if code != "" {
		c.reportLow(p, o, code, r, where())
		return
	}
	if st.market.tier >= 0 {
		c.judgeHigh(p, o, st.market, &row, where)
	}
}

// noticeMAP tells of an offer below a minimum advertised price.
func (c *checker) noticeMAP(p *pass, o *offer, r reference, where func() []listing.Market) {
	if r.row < 0 {
		return
	}
	if row := c.full(r); o.item.Cmp(row.Median) < 0 {
		p.Report(check.Finding{Code: MAPNotice, Markets: where(), Words: o.item.String(), Evidence: []check.Evidence{c.evidence(p, o, r, 1)},
			Message: fmt.Sprintf("%v is below the minimum advertised price of %v (%s).", o.item, row.Median, cohortName(&row))})
	}
}

// judgeListPrice reports a list price above all that the product was ever seen at, or above the recommended one.
func (c *checker) judgeListPrice(p *pass, st *standing, where func() []listing.Market) {
	list := &p.Subject.Product.ListPrice
	if c.inflated.num == 0 || !comparable(list) {
		return
	}
	for _, r := range [...]reference{st.market, st.msrp} {
		if r.tier < 0 || r.level.wide() {
			continue
		}
		var row rulebook.Baseline
		c.price(r, list.Currency, &row)
		most := row.Most
		if most.Sign() == 0 {
			most = row.Median
		}
		if c.shelves[r.shelf].Key(r.row).Currency != currencyCode(list.Currency) || row.Kind == rulebook.Observed && row.Most.Sign() == 0 ||
			!c.inflated.above(list.Money, 1, most) {
			continue
		}
		shown := offer{field: "list_price", item: list.Money, landed: list.Money, shipping: new(listing.Price), title: p.Subject.Product.Title}
		full := c.full(r)
		p.Report(check.Finding{Code: ReferenceInflated, Markets: where(), Words: list.Money.String(), Evidence: []check.Evidence{c.evidence(p, &shown, r, 1)},
			Message:  fmt.Sprintf("The list price of %v is %s %s.", list.Money, share(list.Float()/most.Float()), mostInWords(&full)),
			Remedies: []check.Remedy{confirm(&shown)}})
		return
	}
}

// reportState says that a reference is not as it was counted.
func (c *checker) reportState(p *pass, o *offer, r reference, where []listing.Market) {
	row := c.full(r)
	why := "the median moved faster than it may, and older figures stand"
	if row.State == rulebook.Contaminated {
		why = "a cluster of far lower prices was set aside"
	}
	p.Report(check.Finding{Code: BaselineContaminated, Markets: where, Words: o.item.String(), Evidence: []check.Evidence{c.evidence(p, o, r, o.unitsFor(&row))},
		Message: fmt.Sprintf("The reference is %s: %s.", inWords(&row), why)})
}

// sharing are the markets that stand like the i-th; nil where all do.
func sharing(markets []listing.Market, standings []standing, i int) []listing.Market {
	if len(markets) == 1 {
		return nil
	}
	var same []listing.Market
	for j, st := range standings {
		if st == standings[i] {
			same = append(same, markets[j])
		}
	}
	return all(same, markets)
}

var lowCodes = [...]string{notLow: "", softLow: SoftLow, lowOutlier: LowOutlier, lowExtreme: LowExtreme}

// lowest is the lowest tier that the offer falls into, and against which reference; the market's where both say the same. row
// is set to the figures of the market's, where there is one to judge by.
func (c *checker) lowest(o *offer, st *standing, row *rulebook.Baseline) (code string, r reference) {
	var other rulebook.Baseline
	msrp := c.lowIn(o, st.msrp, &other)
	market := c.lowIn(o, st.market, row)
	if msrp > market {
		return lowCodes[msrp], st.msrp
	}
	return lowCodes[market], st.market
}

func (c *checker) lowIn(o *offer, r reference, row *rulebook.Baseline) lowness {
	if r.tier < 0 {
		return notLow
	}
	c.price(r, o.landed.Currency, row)
	return c.low(o.forLow(), o.unitsFor(row), row, r)
}

// judgeHigh reports an offer that is high by the piece. One that is high only as long as the title's pack is not counted
// is a pack that nobody declared. Beside many products that is no excuse for a price above all that were seen: packs were
// among them (measured: dividing there hides 3 of 100 slips upward and spares 1 of 10,000 honest prices).
func (c *checker) judgeHigh(p *pass, o *offer, r reference, row *rulebook.Baseline, where func() []listing.Market) {
	units := max(uint64(max(o.declared, 1)), o.unitsFor(row))
	how := c.highness(o.forHigh(), units, row, r)
	if how == notHigh {
		return
	}
	if read := pack.Read(o.title); o.declared == 0 && !row.PerUnit && read.Units > 1 {
		each := c.highness(o.forHigh(), uint64(read.Units), row, r)
		if each == notHigh {
			reportPack(p, o, read, fmt.Sprintf("The title speaks of %d units and pack_quantity is not given: %v is high for one, %v for each is not.",
				read.Units, o.landed, o.landed.Per(uint64(read.Units))), c.evidence(p, o, r, uint64(read.Units)))
			if !r.level.wide() || how != doubleHigh || row.Most.Sign() == 0 {
				return
			}
		} else {
			units, how = uint64(read.Units), each
		}
	}
	c.reportHigh(p, o, how, r, units, where())
}

// evidence shows an offer beside a reference.
func (c *checker) evidence(p *pass, o *offer, r reference, units uint64) check.Price {
	full := c.full(r)
	row := &full
	e := check.Price{Reference: kindReferences[row.Kind], Cohort: cohortName(row), Level: levelNames[r.level],
		Merchants: row.Merchants, Observations: row.Observations, Offered: o.landed, PackQuantity: int32(units),
		Median: row.Median, Low: row.Low, High: row.High, Least: row.Least, Most: row.Most, Ratio: proportion(o.landed, units, row),
		AsOf: row.AsOf, Source: row.Source, Caveats: c.caveats(p, o, row, units)}
	if units > 1 {
		e.Offered = o.landed.Per(units)
	}
	if row.Kind == rulebook.Observed {
		e.Spread, e.Z = c.spread(row, r.level), c.z(o.landed, units, row, r.level)
	}
	return e
}

func (c *checker) reportLow(p *pass, o *offer, code string, r reference, where []listing.Market) {
	row := c.full(r)
	e := c.evidence(p, o, r, o.unitsFor(&row))
	p.Report(check.Finding{Code: code, Markets: where, Words: o.item.String(), Evidence: []check.Evidence{e},
		Message:  fmt.Sprintf("%v%s is %s below %s.", e.Offered, forEach(e.PackQuantity), percentOff(e.Ratio), inWords(&row)),
		Remedies: []check.Remedy{confirm(o)}})
}

func (c *checker) reportHigh(p *pass, o *offer, how highness, r reference, units uint64, where []listing.Market) {
	row := c.full(r)
	e := c.evidence(p, o, r, units)
	variant := ""
	if how == doubleHigh {
		variant = Double
	}
	p.Report(check.Finding{Code: HighOutlier, Variant: variant, Markets: where, Words: o.item.String(), Evidence: []check.Evidence{e},
		Message:  fmt.Sprintf("%v%s is %s %s.", e.Offered, forEach(e.PackQuantity), share(e.Ratio), inWords(&row)),
		Remedies: []check.Remedy{confirm(o)}})
}

func forEach(units int32) string {
	if units <= 1 {
		return ""
	}
	return fmt.Sprintf(" for each of %d units", units)
}

// reportInsufficient says that there was no judgement, and what for one is missing. weak is the best reference there was.
func (c *checker) reportInsufficient(p *pass, o *offer, l *ladder, st *standing, market int, where []listing.Market) {
	weak := st.market
	e := check.Price{Offered: o.landed, PackQuantity: 1, Merchants: -1}
	var why string
	if weak.row < 0 {
		e.Cohort = wanted(p.Subject, o, market)
		why = c.missing(l, p.Subject.Markets[market]) + " (" + e.Cohort + ")"
	} else {
		e = c.evidence(p, o, weak, 1)
		why = c.tooWeak(weak)
	}
	why += st.exchange.missing(o.item.Currency)
	p.Report(check.Finding{Code: BaselineInsufficient, Markets: where, Words: o.item.String(), Evidence: []check.Evidence{e},
		Message: "No judgement made: " + why + "."})
	if st.exchange.state == staleRate {
		p.Report(check.Finding{Code: DataStale, Markets: where, Words: "rates.csv", Message: "Exchange rates are of " + st.exchange.day.String() +
			", and prices of " + p.Subject.AsOf.Format(time.DateOnly) + " are not converted with them."})
	}
}

// tooWeak says why a reference is not one to judge by.
func (c *checker) tooWeak(r reference) string {
	full := c.full(r)
	row := &full
	count, what := row.Observations, "offers"
	byMerchants := row.Merchants >= 0 && !r.level.wide()
	if byMerchants {
		count, what = row.Merchants, "merchants"
	}
	least := c.tiers.asked(r.level, byMerchants)
	if least < 0 {
		return fmt.Sprintf("the rulebook knows only a cohort too wide to judge by, of %s %s (%s)", grouped(count), what, cohortNotes(row))
	}
	return fmt.Sprintf("only %s %s are known (%s), and %s are asked for", grouped(count), what, cohortNotes(row), grouped(least))
}

// missing says what of a product's cohorts the book has not.
func (c *checker) missing(l *ladder, market listing.Market) string {
	if step := l.first(); step.none() {
		return "the rulebook knows no prices of this brand, category or product code"
	}
	other := *l
	if other.offer = l.offer.With(listing.ConditionNew); l.offer != other.offer &&
		c.find(check.MarketReference, &other, market, c.tiers).row >= 0 {
		return "the rulebook has baselines of new goods only, and conditions are not compared with each other"
	}
	return "the rulebook has no baseline in this market, currency and condition"
}
