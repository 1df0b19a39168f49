package verdict

import (
	"time"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
)

// A Merchant is the answer on a merchant and a first assortment.
type Merchant struct {
	Ruling
	Requests        []Request
	RequestsLeftOut int
	Runs            []Run // one per merchant checker, in plan order
	AsOf            time.Time
	ValidUntil      time.Time // zero: rests on nothing that ends
	Completeness    Completeness
}

// A Request is one thing to ask a merchant for.
type Request struct {
	Fix         check.Fix
	Findings    []string // ids of the merchant's own findings
	Submissions []string // ids, sorted
}

// A Need is a paper that goods need in some markets, and how that stands. Verdicts on merchants are made of those of their
// listings; a listing's own verdict tells only of those that the rulebook asks of listings.
type Need struct {
	Requirement string // row of the rulebook; empty: which rows apply is not known
	For         string // for whom or what one paper is enough, as a key; empty: the merchant
	Markets     []listing.Market
	Met         bool
	Until       time.Time       // of one that is met: when it no longer is; zero: never
	Document    string          // the paper that meets it
	Distance    int             // how far the nearest paper is from meeting it; 0: it does
	Findings    []check.Finding // what stands in the way; of one that is met, remarks
}
