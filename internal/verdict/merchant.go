package verdict

import (
	"time"

	"github.com/assay-project/assay/internal/check"
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
