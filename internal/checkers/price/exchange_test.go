package price

import (
	"strings"
	"testing"
	"time"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/rulebook/embedded"
)

// rates are those of the embedded book: a dollar is 1/1.1684 of a euro on 13 April 2026.
func rates(t *testing.T) *rulebook.Rates {
	t.Helper()
	book, err := rulebook.Load(embedded.FS())
	if err != nil {
		t.Fatal(err)
	}
	return book.Rates
}

func TestConverts(t *testing.T) {
	book := bookWith(rulebook.Baseline{Kind: rulebook.Observed, GTIN: "4006381333931", Market: "DE", Currency: "EUR",
		Condition: listing.ConditionNew, Merchants: 20, Observations: 40, Median: euros(10_000), SpreadUp: 0.1})
	book.Rates, book.Prices.MaxRateAgeDays, book.Prices.ConvertedMargin = rates(t), 3, 0
	for name, tt := range map[string]struct {
		price, day, markets string
		code, says          string
	}{
		"low":            {"11.68 USD", "2026-04-14", "DE", LowExtreme, "converted from 11.68 USD at 0.855871 EUR for 1 USD, the rate of 2026-04-13"},
		"at a threshold": {"35.052 USD", "2026-04-14", "DE", LowOutlier, ""},
		"just above":     {"35.06 USD", "2026-04-14", "DE", LowOutlier, ""},
		"just below":     {"35.04 USD", "2026-04-14", "DE", LowExtreme, ""},
		"stale":          {"11.68 USD", "2026-04-18", "DE", BaselineInsufficient, "prices in EUR are known, but the exchange rate is of 2026-04-13"},
		"no rate":        {"11.68 EGP", "2026-04-14", "DE", BaselineInsufficient, "prices in EUR are known, but no exchange rate from EGP"},
		"another market": {"11.68 USD", "2026-04-14", "US", BaselineInsufficient, "no baseline in this market"},
		"its own":        {"99.00 EUR", "2026-04-14", "DE", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := submission(t, "gtin: 4006381333931\nmarkets: "+tt.markets+"\nprice: "+tt.price+"\n")
			day, err := time.Parse(time.DateOnly, tt.day)
			if err != nil {
				t.Fatal(err)
			}
			s.AsOf = day
			if got := render(run(t, book, s, "")); !strings.Contains(got, tt.code) || !strings.Contains(got, tt.says) ||
				tt.code == "" && got != "none\n" || strings.Contains(got, DataStale) != (name == "stale") {
				t.Errorf("want %s saying %q, got\n%s", tt.code, tt.says, got)
			}
		})
	}
}

// A cohort in the currency of the offer beats one that it would have to be converted for, though it be wider.
func TestOwnCurrencyFirst(t *testing.T) {
	row := rulebook.Baseline{Kind: rulebook.Observed, Market: "DE", Condition: listing.ConditionNew, Merchants: 20, Observations: 40, SpreadUp: 0.1}
	euro, dollar := row, row
	euro.GTIN, euro.Currency, euro.Median = "4006381333931", "EUR", euros(100_000)
	dollar.Category, dollar.Currency, dollar.Median = "Apparel > Shoes", "USD", listing.Money{Units: 12, Currency: "USD"}
	book := bookWith(euro, dollar)
	book.Rates, book.Prices.MaxRateAgeDays = rates(t), 3
	s, _ := submission(t, "gtin: 4006381333931\ncategory: Apparel > Shoes\nprice: 11.68 USD\n")
	s.AsOf = time.Date(2026, 4, 14, 0, 0, 0, 0, time.UTC)
	for _, f := range run(t, book, s, "").Findings {
		if f.Code != CurrencyMismatch {
			t.Errorf("%s: %s", f.Code, f.Message)
		}
	}
}
