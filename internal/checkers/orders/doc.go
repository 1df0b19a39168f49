// Package orders tells which import bans and recalls a listing falls under, or may.
//
// Orders are data (orders.jsonl): general and limited exclusion orders of the US International Trade Commission and their like,
// orders to cease and desist, recalls, withdrawals and seizures. What they say decides how they are looked for:
//
//   - A general exclusion order is about goods, whoever makes them. Its words are looked for (goods in the title, what must
//     stand with them anywhere), in folded text, so that a disguise of a word does not help. Whether a patent covers the goods
//     cannot be told from words, so REG_ITC_GEO_MATCH asks for a person and no rulebook may have it reject.
//   - A limited one, and an order to cease and desist, binds whom it names and nobody else: REG_ITC_LEO_RESPONDENT is reported
//     where the merchant or the manufacturer is a respondent (package party compares names) and the goods are of the order's
//     kind. An order to cease and desist binds the merchant alone.
//   - A recall is about a product. The product code, or brand and model as the listing states them, are the product:
//     REG_RECALL_MATCH. Where the text only names it, or has the brand and the words, or states another brand beside the code,
//     or the order is about some batches and none is stated, a variant of the code asks for a person: a false stop is a failure
//     as bad as a miss. A batch, serial or day of making that lies outside what is recalled ends the matter.
//
// An order on imports is not about goods made in the market; where the origin is not stated, that is not known, and the finding
// says so. What a category is not known of is not held against an order either.
//
// REG_CLEARED says why something that looks like a match is none: a licence of the right's holder to the merchant that names the
// right ([licence]), goods offered as the holder's own, a batch that is not concerned.
//
// Time is the submission's. An order that is over, suspended or not begun finds nothing; but where one that the listing matches
// is about to begin, an approval holds until then and not longer ([Result]).
//
// # Cost
//
// Codes are looked up in a sorted table; brands, models and words are terms of one index (package term); a brand and a model, or
// a brand and a word for goods, found in one listing are looked up as a pair. So the number of orders matters little, and what a
// listing costs is the folding of its title: the other texts are read only where an order's goods are named and other words must
// stand with them.
package orders
