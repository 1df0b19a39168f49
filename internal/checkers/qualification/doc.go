// Package qualification decides whether the papers are there that kinds of goods need, whatever their brand: licences,
// inspection and test reports, declarations, reviews of a merchant by third parties.
//
// What is needed stands in requirements.yaml of the rulebook: for goods of some categories, in some markets, one paper of some
// kinds, for the merchant, the maker, the brand or the product. Goods of a category that the rulebook does not know need none,
// as nobody can tell which; that is told. A requirement is in force for listings, or for verdicts on merchants alone: what a
// platform never asked for is no reason to stop a listing, and it still wants to know at onboarding what to ask for.
//
// Each paper of the kinds that are accepted is judged by a table of [rules]: when it holds, in the zone of the market; how old
// it is; who issued it and by what right; what it reports and what that came to; whom and what it names. A rule holds, is
// broken, or is unclear: what the caller did not extract is not known and asks for a person. What the caller surely looked for and
// did not find ([listing.Document.Confidence]) is broken. What a paper limits itself to counts against it also where nobody asked
// for it to be named. One paper that holds is enough. Else the nearest is told of: the one that is for the right merchant or goods
// before any other, then the one with the fewest faults.
//
// Reports, declarations and the like state what was found on a day and end only where they say so; of licences, certificates and
// registrations the end must be known. A verdict that rests on a paper is valid until the paper ends, is too old, or has fewer
// days left than it must.
//
// Markets with the same answer share findings. Each finding names the paper that would do, and one is proposed only after it was
// tried.
//
// # Merchants
//
// The verdict on a merchant is made of what became of each listing ([verdict.Need]): what any listing's papers show for the
// merchant, a maker, a brand or a product is shown for all that need the same. Twelve listings that lack one paper make one finding
// and one request.
//
// # Bounds
//
// At most 64 papers and 32 markets; rules that do not depend on the market are judged once for each paper. Work is linear in
// papers, in markets, and in the requirements that apply.
//
// More papers that hold never make an answer stricter, and the order in which papers are given changes nothing.
package qualification
