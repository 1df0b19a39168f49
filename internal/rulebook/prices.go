package rulebook

import (
	"math"
	"slices"
	"time"

	rulebookv1 "github.com/assay-project/assay/proto/assay/rulebook/v1"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/bojanz/currency"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// cohortLevels are how specific a baseline may be, as tiers name them.
var cohortLevels = []string{"gtin", "brand+category", "brand+parent", "category"}

// parsePrices reads prices.yaml.
func (v *validator) parsePrices(s *source) part {
	var f rulebookv1.PricesFile
	doc := v.decode(s, &f)
	doc.finite(&f)
	doc.ordered(&f, "min_spread", f.MinSpread, "max_spread", f.MaxSpread)
	doc.ordered(&f, "high_ratio", f.HighRatio, "double_ratio", f.DoubleRatio)
	prices := Prices{MinSpread: f.MinSpread, MaxSpread: f.MaxSpread, HighRatio: f.HighRatio, HighZ: f.HighZ, DoubleRatio: f.DoubleRatio,
		Currencies: doc.currencies(f.Currencies), MaxRateAgeDays: int(f.MaxRateAgeDays), MAPNotices: f.MapNotices,
		InflatedRatio: f.InflatedRatio, MultipackRatio: f.MultipackRatio,
		ShippingRatio: f.ShippingRatio, ConvertedMargin: f.ConvertedMargin}
	for i, market := range f.MapUnlawful {
		doc.marketAt(doc.item(&f, "map_unlawful", i), market)
		prices.MAPUnlawful = append(prices.MAPUnlawful, listing.Market(market))
	}
	for i, market := range f.PriorPrice {
		doc.marketAt(doc.item(&f, "prior_price", i), market)
		prices.PriorPrice = append(prices.PriorPrice, listing.Market(market))
	}
	var categories []reference
	for _, e := range f.Emergencies {
		emergency := doc.emergency(e)
		categories = append(categories, doc.references(e, "categories", categoryName, e.Categories)...)
		prices.Emergencies = append(prices.Emergencies, emergency)
	}
	for _, t := range f.Tiers {
		tier := doc.tier(t)
		doc.reachable(tier, prices.Tiers)
		prices.Tiers = append(prices.Tiers, tier)
	}
	s.rows = len(f.Tiers) + len(f.Currencies)
	return func(d *draft) {
		d.book.Prices = prices
		d.references = append(d.references, categories...)
	}
}

func (d *document) emergency(e *rulebookv1.Emergency) Emergency {
	d.finite(e)
	d.marketAt(d.field(e, "market"), e.Market)
	day := func(field, text string) listing.Date {
		at, err := time.Parse(time.DateOnly, text)
		if err != nil {
			d.refuseAt(d.field(e, field), "%s %q is no day", field, text)
		}
		return listing.Date{Year: at.Year(), Month: at.Month(), Day: at.Day()}
	}
	emergency := Emergency{At: d.at(e), Name: e.Name, Market: listing.Market(e.Market), Categories: e.Categories,
		From: day("from", e.From), Until: day("until", e.Until), Ratio: e.Ratio}
	if emergency.Until.Start(time.UTC).Before(emergency.From.Start(time.UTC)) {
		d.refuseAt(d.field(e, "until"), "until %s is before from %s", e.Until, e.From)
	}
	return emergency
}

// finite refuses fields of a message that hold no finite number: the bounds of the schema let some of them pass.
func (d *document) finite(m proto.Message) {
	m.ProtoReflect().Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		if field.Kind() == protoreflect.DoubleKind && (math.IsNaN(value.Float()) || math.IsInf(value.Float(), 0)) {
			d.refuseAt(d.field(m, field.TextName()), "%s is not a number", field.TextName())
		}
		return true
	})
}

// ordered refuses a value that is greater than the one that should not be smaller. A zero is "not given".
func (d *document) ordered(m proto.Message, low string, lowValue float64, high string, highValue float64) {
	if lowValue > highValue && highValue != 0 {
		d.refuseAt(d.field(m, low), "%s %v is greater than %s %v", low, lowValue, high, highValue)
	}
}

func (d *document) tier(t *rulebookv1.Tier) Tier {
	d.finite(t)
	d.ordered(t, "extreme_ratio", t.ExtremeRatio, "outlier_ratio", t.OutlierRatio)
	if t.TightRatio == 0 {
		d.ordered(t, "outlier_ratio", t.OutlierRatio, "outlier_ratio_with_z", t.OutlierRatioWithZ)
	}
	d.ordered(t, "extreme_ratio", t.ExtremeRatio, "soft_ratio", t.SoftRatio)
	d.ordered(t, "outlier_ratio", max(t.OutlierRatio, t.OutlierRatioWithZ), "soft_ratio", t.SoftRatio)
	if t.DoubleRatio != 0 && t.DoubleRatio <= 1 {
		d.refuseAt(d.field(t, "double_ratio"), "double_ratio %v is not above 1", t.DoubleRatio)
	}
	if (t.OutlierRatioWithZ != 0) != (t.OutlierZ != 0) {
		d.refuseAt(d.at(t), "outlier_ratio_with_z and outlier_z are given together or not at all")
	}
	if t.SoftRatio == 0 && t.OutlierRatio == 0 && t.OutlierRatioWithZ == 0 && t.ExtremeRatio == 0 {
		d.refuseAt(d.at(t), "the tier has no ratio")
	}
	for i, level := range t.Levels {
		if !slices.Contains(cohortLevels, level) {
			d.refuseAt(d.item(t, "levels", i), "no level %q; there are %q", level, cohortLevels)
		}
	}
	return Tier{At: d.at(t), Reference: check.PriceReference(t.Reference), Levels: t.Levels, MinMerchants: t.MinMerchants,
		MinObservations: t.MinObservations, SoftRatio: t.SoftRatio, SoftZ: t.SoftZ, OutlierRatio: t.OutlierRatio,
		OutlierRatioWithZ: t.OutlierRatioWithZ, OutlierZ: t.OutlierZ, ExtremeRatio: t.ExtremeRatio,
		LeastRatio: t.LeastRatio, ExtremeLeastRatio: t.ExtremeLeastRatio, TightRatio: t.TightRatio, MostRatio: t.MostRatio, DoubleRatio: t.DoubleRatio}
}

// reachable refuses a tier that is never used, as an earlier one takes every reference that it is for.
func (d *document) reachable(t Tier, earlier []Tier) {
	for _, e := range earlier {
		within := len(e.Levels) == 0 || len(t.Levels) > 0 && !slices.ContainsFunc(t.Levels, func(level string) bool {
			return !slices.Contains(e.Levels, level)
		})
		if e.Reference == t.Reference && within && e.MinMerchants <= t.MinMerchants && e.MinObservations <= t.MinObservations {
			d.refuseAt(t.At, "the tier is never used: the one in line %d takes all that it is for", e.At.Line)
		}
	}
}

func (d *document) currencies(rows []*rulebookv1.MarketCurrencies) map[listing.Market][]string {
	currencies := make(map[listing.Market][]string, len(rows))
	for _, r := range rows {
		market := listing.Market(r.Market)
		d.marketAt(d.field(r, "market"), r.Market)
		if currencies[market] != nil {
			d.refuseAt(d.field(r, "market"), "market %q is given twice", r.Market)
		}
		for i, code := range r.Currencies {
			if !currency.IsValid(code) || slices.Contains(r.Currencies[:i], code) {
				d.refuseAt(d.item(r, "currencies", i), "%q is not a currency of ISO 4217, or is given twice", code)
			}
		}
		currencies[market] = r.Currencies
	}
	return currencies
}
