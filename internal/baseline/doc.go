// Package baseline counts prices that were seen into what products usually cost.
//
// An observation counts in several cohorts: its product code; its brand in its category and in each one above, up to any;
// its category and each one above, of any brand; always in one market, currency and condition.
//
// # Votes
//
// Where merchants are known each has one vote in a cohort of one product, the median of its prices: who posts twelve of
// thirty listings says no more than who posts one. Names of merchants that read the same are one merchant. In a cohort of many products a merchant's offers are of different
// things, and the range of prices is what is asked: all vote, but where there are five merchants or more, nobody has more than
// a tenth of the offers. Where a cohort has an observation without merchant, merchants count as not known,
// and that observation is a vote. Listings that were not approved never vote, nor do those younger or older than is asked,
// where dates are known.
//
// # Memory
//
// A cohort keeps its votes exactly up to 512 of them. Beyond, votes go into a DDSketch, whose quantiles are within half a
// hundredth; the least and the greatest stay exact. Of each merchant in a cohort of many products only the first 32 offers
// are kept once there are more than 64 merchants (which of them are first depends on the order of files, so merging votes is
// exact but for such cohorts). So memory grows with the number of cohorts, and of merchants in them, but not with the
// number of observations.
//
// # Merging
//
// Votes files merge as if all had been counted at once. Finished tables hold five points of each cohort: [Union] puts cohorts
// that several of them have together by estimate, and says how far off a median may be.
//
// # Poison
//
// A cohort of one product whose logarithms of prices show a gap wider than ln 1.6, with 15 to 50 of 100 votes below it, is
// two clusters: the lower one is set aside and the cohort marked as contaminated. (Cohorts of many products have such gaps
// by nature.) The range of a cohort leaves out one vote in a thousand at either end. Against an older file a median may move
// by a tenth a day: one that moved further keeps the older figures, marked as frozen, and a person is told.
package baseline
