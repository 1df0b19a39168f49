package merchant

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/assay-project/assay/internal/assessment"
	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
)

// Name is the checker's name.
const Name = "merchant"

const doc = `Whether the merchant has given what the laws of the markets make a platform ask, and was verified lately enough.
What is asked, of whom and from which sales on stands in merchants.yaml.`

const listName = "merchants.yaml"

type (
	subject = assessment.Subject
	pass    = check.Pass[*subject]
)

// A Result is what the stage tells the verdict.
type Result struct {
	ValidUntil time.Time // when the verification must be renewed; zero: never
}

// An asker is what a book asks, with what it converts currencies by. It is immutable.
type asker struct {
	asks       []rulebook.Ask
	rates      *rulebook.Rates
	maxRateAge int
}

// New makes the stage of what a book asks of merchants.
func New(book *rulebook.Book) *check.Stage[*subject, Result] {
	a := &asker{asks: book.Merchants.Asks, rates: book.Rates, maxRateAge: book.Prices.MaxRateAgeDays}
	return check.NewStage(check.Checker[*subject]{Name: Name, Doc: doc, Version: "1", Lists: []string{listName, "rates.csv"}, Skip: a.skip}, a.run)
}

func (a *asker) skip(*subject) string {
	if len(a.asks) == 0 {
		return "the rulebook asks nothing of merchants"
	}
	return ""
}

func (a *asker) run(_ context.Context, p *pass) (Result, error) {
	var r Result
	for i := range a.asks {
		ask := &a.asks[i]
		markets := a.markets(p.Subject, ask)
		if len(markets) == 0 || !a.reached(p.Subject, ask) {
			continue
		}
		if until, ok := verified(p.Subject, ask); ok && (r.ValidUntil.IsZero() || until.Before(r.ValidUntil)) {
			r.ValidUntil = until
		}
		report(p, ask, markets)
	}
	return r, nil
}

// markets are those of the assessment that something is asked for in.
func (a *asker) markets(s *subject, ask *rulebook.Ask) []listing.Market {
	var in []listing.Market
	for _, m := range s.Markets {
		home := ask.Abroad && strings.EqualFold(s.Merchant.Country, string(m))
		if (len(ask.Markets) == 0 || slices.Contains(ask.Markets, m)) && !home {
			in = append(in, m)
		}
	}
	return in
}

// reached reports whether the merchant sells enough to be asked. One number that is known is enough; both that are known must do.
func (a *asker) reached(s *subject, ask *rulebook.Ask) bool {
	if ask.MinSales == 0 && ask.MinGross == 0 {
		return true
	}
	sales, gross := listing.NotKnown, listing.NotKnown
	if n := s.Merchant.History.Sales12M; ask.MinSales > 0 && n >= 0 {
		sales = fact(n >= ask.MinSales)
	}
	if ask.MinGross > 0 {
		gross = a.grossReached(s, ask)
	}
	return sales != listing.No && gross != listing.No && (sales == listing.Yes || gross == listing.Yes)
}

func fact(is bool) listing.Known {
	if is {
		return listing.Yes
	}
	return listing.No
}

// grossReached compares the revenue with what an ask names, in its currency.
func (a *asker) grossReached(s *subject, ask *rulebook.Ask) listing.Known {
	gross := s.Merchant.History.Gross12M
	if gross.State != listing.PriceOK {
		return listing.NotKnown
	}
	have := billionths(gross.Money)
	if gross.Currency != ask.Currency {
		if a.rates == nil || a.maxRateAge == 0 {
			return listing.NotKnown
		}
		rate, err := a.rates.Find(gross.Currency, ask.Currency, s.AsOf, a.maxRateAge)
		if err != nil {
			return listing.NotKnown
		}
		have.Mul(have, new(big.Int).SetUint64(rate.Num)).Quo(have, new(big.Int).SetUint64(rate.Den))
	}
	return fact(have.Cmp(billionths(listing.Money{Units: ask.MinGross})) >= 0)
}

// billionths is an amount in nanos.
func billionths(m listing.Money) *big.Int {
	n := new(big.Int).Mul(big.NewInt(m.Units), big.NewInt(1e9))
	return n.Add(n, big.NewInt(int64(m.Nanos)))
}

// verified is until when the verification that an ask wants holds, if it does. One from after the time asked for, which a
// platform's clock may come to, holds.
func verified(s *subject, ask *rulebook.Ask) (until time.Time, ok bool) {
	if ask.VerifiedWithinDays == 0 || s.Merchant.VerifiedAt.IsZero() {
		return time.Time{}, false
	}
	until = s.Merchant.VerifiedAt.AddDate(0, 0, ask.VerifiedWithinDays)
	return until, s.AsOf.Before(until)
}

// report reports what is missing of an ask, once for all its markets.
func report(p *pass, ask *rulebook.Ask, markets []listing.Market) {
	f := check.Finding{Code: ask.Code, Markets: markets, Citation: ask.Citation}
	var missing []string
	for _, field := range ask.Fields {
		gap := gapOf(p.Subject, field, markets)
		if gap == (want{}) {
			continue
		}
		missing = append(missing, gap.words)
		f.Evidence = append(f.Evidence, check.Document{Field: gap.path, Expected: "given"})
		f.Remedies = append(f.Remedies, check.Remedy{Text: "Ask the merchant for " + gap.words + ".", Fix: check.SetField{Field: gap.path}})
	}
	var sentences []string
	if len(missing) > 0 {
		sentences = append(sentences, fmt.Sprintf("Not known of the merchant, and asked for in %s: %s.", marketList(markets), strings.Join(missing, ", ")))
		f.Facts.Needs = strings.Join(missing, ", ")
	}
	if _, ok := verified(p.Subject, ask); ask.VerifiedWithinDays > 0 && !ok {
		sentences = append(sentences, unverified(p.Subject, ask))
		f.Evidence = append(f.Evidence, check.Document{Field: "merchant.verified_at", Expected: fmt.Sprintf("at most %d days ago", ask.VerifiedWithinDays),
			Actual: instant(p.Subject.Merchant.VerifiedAt)})
	}
	if len(sentences) == 0 {
		return
	}
	f.Message = strings.Join(sentences, " ")
	f.Evidence = append(f.Evidence, check.ListEntry{List: listName, Entry: ask.Name})
	p.Report(f)
}

func unverified(s *subject, ask *rulebook.Ask) string {
	if s.Merchant.VerifiedAt.IsZero() {
		return fmt.Sprintf("The merchant was never verified, as far as is known; asked for is a verification at most %d days old.", ask.VerifiedWithinDays)
	}
	return fmt.Sprintf("The merchant was last verified on %s; asked for is a verification at most %d days old.", s.Merchant.VerifiedAt.UTC().Format(time.DateOnly), ask.VerifiedWithinDays)
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func marketList(markets []listing.Market) string {
	names := make([]string, len(markets))
	for i, m := range markets {
		names[i] = string(m)
	}
	return strings.Join(names, ", ")
}
