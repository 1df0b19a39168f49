// Package price compares what a listing costs with what such a product usually costs.
//
// A price is a weak witness. About half of counterfeits are sold at prices that look genuine, authorised shops give a third
// off as a rule, and two honest shops often differ by that much. So the checker reports codes whose rows in the decision table
// never reject, it compares with the most specific cohort it has enough observations of, and it says how much it knows: who
// was counted, of how many, and what was taken for granted. Where it knows too little it makes no judgement and says that.
//
// # What is compared
//
// The offer is the item's price with mandatory shipping, as exact integers. It is compared with baselines in the same
// currency, market and condition, on a ladder of cohorts: the product code; the brand in the category; the brand in the
// categories above, up to any; the category and those above, of any brand. On each step the market's own baseline comes
// before one of any market. The first with enough observations for a tier of the rulebook is the reference. Where there is
// none in the currency of the offer, the market's cohorts in others are tried, if the rulebook has a rate of a day near
// enough; a missing or stale rate is said. Nothing is depreciated: a used thing without a baseline of used things is not
// judged.
//
// Whether a price is below three tenths of the median is asked of integers (price·10 < median·3, [listing.CmpTimes]), with
// the rulebook's threshold as the decimal it was written as. Floating-point numbers serve logarithms and people.
//
// # The pack
//
// Baselines are made of whole listings: who observed a price did not divide it by what the title may have said. An offer of a
// pack must stand on the same footing, and nobody knows how many of the observed were packs. So each side gets the
// reading that is best for the merchant: an offer is low only if the whole listing is low, and high only if one
// unit is high. A price that is high only for want of a declared pack is told as PRICE_PACK_QTY_SUSPECT.
//
// # Cohorts of many products
//
// Below the product code a cohort mixes cables with computers, and a price far from its median may be an ordinary price
// of another product. There a price is an outlier only outside the range of prices seen, times a margin that is wider the fewer
// were seen, and far from the median as well. Both are the rulebook's. A range is easily poisoned: one fake among the observed
// widens it. So where the dear goods of a cohort lie close together, cheap ones are taken to do so too, and a price far below in
// terms of that spread is an outlier inside the range as well. Cohorts are not drawn towards wider ones: measured, that helps
// a plain z a little and a range not at all (internal/tools/pricescore).
//
// # The merchant's own prices
//
// Slips are looked for against the merchant's previous price, list price and variants, never against the market: a fake at a
// tenth of the price would earn an excuse. They add a hint and take nothing back.
//
// # What is not judged
//
// A declared promotion excuses nothing: the contract has neither the promotion's days nor a history of prices, and a window
// that the merchant only states would be the excuse of every fake.
package price
