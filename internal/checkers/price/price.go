package price

import (
	"context"
	"errors"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/pack"
	"github.com/assay-project/assay/internal/rulebook"
)

// Name is the checker's name.
const Name = "price"

// The codes that the checker reports.
const (
	Invalid              = "PRICE_INVALID"
	CurrencyUnknown      = "PRICE_CURRENCY_UNKNOWN"
	CurrencyMismatch     = "PRICE_CURRENCY_MISMATCH"
	PackQuantitySuspect  = "PRICE_PACK_QTY_SUSPECT"
	ScaleError           = "PRICE_SCALE_ERROR"
	SuddenChange         = "PRICE_SUDDEN_CHANGE"
	VariantBait          = "PRICE_VARIANT_BAIT"
	SoftLow              = "PRICE_SOFT_LOW"
	LowOutlier           = "PRICE_LOW_OUTLIER"
	LowExtreme           = "PRICE_LOW_EXTREME"
	BelowCostFloor       = "PRICE_BELOW_COST_FLOOR"
	HighOutlier          = "PRICE_HIGH_OUTLIER"
	Double               = "double" // variant of HighOutlier
	BaselineInsufficient = "PRICE_BASELINE_INSUFFICIENT"
	BaselineContaminated = "PRICE_BASELINE_CONTAMINATED"
	ReferenceInflated    = "PRICE_REFERENCE_INFLATED"
	PriorPriceMissing    = "PRICE_EU_PRIOR_PRICE_MISSING"
	ShippingExcessive    = "PRICE_SHIPPING_EXCESSIVE"
	EmergencyCap         = "PRICE_EMERGENCY_CAP"
	MultipackPremium     = "PRICE_MULTIPACK_PREMIUM"
	MAPNotice            = "PRICE_MAP_NOTICE"
	DataStale            = "SYS_DATA_STALE"
)

const doc = `Amounts that cannot be prices, currencies that do not exist or do not belong to the market, and prices far from
what the product usually costs there. An offer (price and shipping) is compared with the most specific baseline of the
rulebook that has enough observations: of the product code, the brand in the category, the brand in categories above, the
category; never across conditions, and across currencies only where there is none in its own and the rulebook has a rate
of the day. Where there is none, no judgement is made, and that is said.`

type pass = check.Pass[*listing.Submission]

// A checker is a book's baselines and thresholds, compiled. It is immutable.
type checker struct {
	*cohorts
	*limits
	currencies *byMarket
	brandOf    func(*pass) string
	rates      *rulebook.Rates
	maxRateAge int // days
	mapNotices bool

	priorPrice  []listing.Market
	emergencies []emergency
}

// byMarket are the currencies used in each market, by the two letters of its code: looked up more often than anything else.
type byMarket [26 * 26][]string

func newByMarket(used map[listing.Market][]string) *byMarket {
	all := new(byMarket)
	for m, codes := range used {
		if at, ok := marketNumber(m); ok {
			all[at] = codes
		}
	}
	return all
}

// of is empty for a market that is not named: any currency will do.
func (b *byMarket) of(m listing.Market) []string {
	at, ok := marketNumber(m)
	if !ok {
		return nil
	}
	return b[at]
}

func marketNumber(m listing.Market) (n int, ok bool) {
	if len(m) != 2 || m[0]-'A' > 'Z'-'A' || m[1]-'A' > 'Z'-'A' {
		return 0, false
	}
	return int(m[0]-'A')*26 + int(m[1]-'A'), true
}

// New compiles the checker from a book, or says everything in it that prices cannot be compared with. brandOf names the
// brand that the goods were found to bear, for products whose brand field says nothing that the baselines know ("" where
// none was found); it may use the results of the checkers in requires.
func New(book *rulebook.Book, brandOf func(*check.Pass[*listing.Submission]) string,
	requires ...*check.Checker[*listing.Submission]) (*Checker, error) {
	cohorts, err := newCohorts(book)
	limits, limitErr := newLimits(&book.Prices)
	emergencies, capErr := newEmergencies(book)
	if err := errors.Join(err, limitErr, capErr); err != nil {
		return nil, err
	}
	c := &checker{cohorts: cohorts, limits: limits, currencies: newByMarket(book.Prices.Currencies), brandOf: brandOf,
		rates: book.Rates, maxRateAge: book.Prices.MaxRateAgeDays,
		mapNotices: book.Prices.MAPNotices, priorPrice: book.Prices.PriorPrice, emergencies: emergencies}
	lists := []string{"prices.yaml"}
	if len(book.Baselines) > 0 {
		lists = append(lists, "baselines.csv")
	}
	if book.Cohorts != nil {
		lists = append(lists, "baselines.bin")
	}
	if book.Rates != nil {
		lists = append(lists, "rates.csv")
	}
	return &Checker{&check.Checker[*listing.Submission]{Name: Name, Doc: doc, Version: "2", Lists: lists,
		Requires: requires, Skip: skip, Run: c.run}, c}, nil
}

// skip is the reason where a submission has no amount to look at.
func skip(s *listing.Submission) string {
	p := &s.Product
	amounts := [...]listing.PriceState{p.Price.State, p.ListPrice.State, p.PreviousPrice.State, p.Shipping.State}
	for i, state := range amounts {
		if state > listing.PriceOK || i == 0 && state == listing.PriceOK {
			return ""
		}
	}
	for i := range p.Variants {
		if p.Variants[i].Price.State != listing.NoPrice {
			return ""
		}
	}
	return "no price was given"
}

func (c *checker) run(_ context.Context, p *pass) error {
	if !c.ordinary(p) {
		c.judgeAll(p)
	}
	return nil
}

// judgeAll looks at everything that is stated.
func (c *checker) judgeAll(p *pass) {
	judgeAmounts(p)
	var o offer
	if !o.make(&p.Subject.Product) {
		return
	}
	c.land(p.Subject, &o)
	c.judgeCurrency(p, &o)
	judgePack(p, &o)
	c.judgeOwn(p, &o)
	c.judgeShipping(p, &o)
	c.judgePriorPrice(p, &o)
	c.judgeEmergencies(p, &o)
	c.judgeMarkets(p, &o)
}

// An offer is the amount that is judged, as exact as it was given.
type offer struct {
	field    string        // where it stands
	item     listing.Money // as submitted
	landed   listing.Money // with mandatory shipping, where that can be added
	shipping *listing.Price
	title    string
	declared int32 // pack; 0: not

	fee     listing.Money // what was added, in the currency of the item; zero: nothing
	feeRate listing.Date  // of the rate it was converted at; zero: it was not

	conversion *conversion // nil: not converted
}

// make takes the product's price; where only the variants have prices, the lowest of them; where all of them cost less than the
// product is said to, the highest of them. There is no offer where no amount can be compared.
func (o *offer) make(p *listing.Product) bool {
	o.field, o.item, o.title, o.declared = "price", p.Price.Money, p.Title, p.PackQuantity
	if p.Price.State == listing.NoPrice {
		if i := cheapest(p.Variants); i >= 0 {
			o.field, o.item = variantField(i), p.Variants[i].Price.Money
			return true
		}
	}
	if !comparable(&p.Price) {
		return false
	}
	if i := dearest(p.Variants, p.Price.Currency); i >= 0 && p.Variants[i].Price.Cmp(o.item) < 0 {
		o.field, o.item = variantField(i), p.Variants[i].Price.Money
	}
	return true
}

// dearest is the index of the highest price among the variants where each has its own, in a currency: then nobody can buy at the
// product's. -1 where one has not.
func dearest(variants []listing.Variant, code string) int {
	best := -1
	for i := range variants {
		p := &variants[i].Price
		if !comparable(p) || p.Currency != code {
			return -1
		}
		if best < 0 || p.Cmp(variants[best].Price.Money) > 0 {
			best = i
		}
	}
	return best
}

// unitsFor is how many units the offer is divided by beside a reference: those of its pack where the reference is of units,
// stated, else as the title says.
func (o *offer) unitsFor(row *rulebook.Baseline) uint64 {
	if !row.PerUnit {
		return 1
	}
	if o.declared > 0 {
		return uint64(o.declared)
	}
	return uint64(max(pack.Read(o.title).Units, 1))
}

// comparable reports whether a price is an amount above zero of a known currency.
func comparable(p *listing.Price) bool { return p.State == listing.PriceOK && p.Sign() > 0 }

// cheapest is the index of the lowest price among the variants in the currency of the first that has one; -1 where none has.
func cheapest(variants []listing.Variant) int {
	best := -1
	for i := range variants {
		p := &variants[i].Price
		if comparable(p) && (best < 0 || p.Currency == variants[best].Price.Currency && p.Cmp(variants[best].Price.Money) < 0) {
			best = i
		}
	}
	return best
}
