package merchant

import (
	"context"
	"fmt"
	"time"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
)

// HistoryName is the name of the checker of a merchant's past.
const HistoryName = "merchant-history"

const historyDoc = `What the platform knows of the merchant's past: more strikes or complaints than merchants.yaml allows, and a new account
that offers many goods of high value at once. It is told from counts alone, so that no further listing hides it.`

// The codes of a merchant's past.
const (
	repeatInfringer = "MER_REPEAT_INFRINGER"
	burst           = "MER_NEW_HIGH_VALUE_BURST"
)

// NewHistory makes the checker of a merchant's past.
func NewHistory(book *rulebook.Book) *check.Checker[*subject] {
	limits := book.Merchants.History
	return &check.Checker[*subject]{Name: HistoryName, Doc: historyDoc, Version: "1", Lists: []string{listName},
		Run: func(_ context.Context, p *pass) error {
			repeated(p, &limits)
			reportBurst(p, &limits)
			return nil
		}}
}

func repeated(p *pass, limits *rulebook.HistoryLimits) {
	h := &p.Subject.Merchant.History
	for _, row := range []struct {
		variant, field, what string
		n, from              int32
	}{{"", "merchant.history.strikes", "measures for infringements were taken against the merchant", h.Strikes, limits.Strikes},
		{"complaints", "merchant.history.complaints", "complaints of rights holders concern the merchant", h.Complaints, limits.Complaints}} {
		if row.from == 0 || row.n < row.from {
			continue
		}
		p.Report(check.Finding{Code: repeatInfringer, Variant: row.variant,
			Message: fmt.Sprintf("%d %s; the policy takes %d.", row.n, row.what, row.from-1),
			Evidence: []check.Evidence{check.Document{Field: row.field, Expected: fmt.Sprintf("at most %d", row.from-1), Actual: fmt.Sprint(row.n)},
				check.ListEntry{List: listName, Entry: "history"}}})
	}
}

// reportBurst reports a new account with many listings, many of them dear. An account of which nobody knows how old it is is not
// held to be new.
func reportBurst(p *pass, limits *rulebook.HistoryLimits) {
	h := &p.Subject.Merchant.History
	if limits.HighValueListings == 0 || h.OpenedAt.IsZero() || !p.Subject.AsOf.Before(h.OpenedAt.AddDate(0, 0, limits.NewAccountDays)) {
		return
	}
	dear := 0
	for i := range p.Subject.Listings {
		if highValue(&p.Subject.Listings[i].Price, limits) {
			dear++
		}
	}
	all := max(len(p.Subject.Listings), int(h.Listings7D))
	if dear < limits.HighValueListings || all < limits.BurstListings {
		return
	}
	p.Report(check.Finding{Code: burst,
		Message: fmt.Sprintf("The account was opened on %s and offers %d listings, of which %d of the assortment have a high price.",
			h.OpenedAt.UTC().Format(time.DateOnly), all, dear),
		Evidence: []check.Evidence{check.Document{Field: "merchant.history.opened_at", Expected: fmt.Sprintf("%d days ago or more", limits.NewAccountDays),
			Actual: instant(h.OpenedAt)}, check.ListEntry{List: listName, Entry: "history"}}})
}

func highValue(price *listing.Price, limits *rulebook.HistoryLimits) bool {
	least, known := limits.HighValues[price.Currency]
	return known && price.State == listing.PriceOK && price.Units >= least
}
