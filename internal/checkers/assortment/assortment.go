package assortment

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-project/assay/internal/assessment"
	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/text"
)

// Name is the name of the checker of counts and shares.
const Name = "assortment"

const doc = `Rejected listings, one brand priced low again and again, how much of the assortment mentions marks that need papers, and what
the name of the shop says, once for all listings. The limits stand in merchants.yaml.`

const listName = "merchants.yaml"

// The codes that the checker reports.
const (
	ListingsRejected = "MER_LISTINGS_REJECTED"
	BrandPricedLow   = "MER_BRAND_PRICED_LOW"
	GatedShare       = "MER_GATED_SHARE"
	InputTruncated   = "SYS_INPUT_TRUNCATED"
	NotAnswered      = "SYS_CHECK_NOT_RUN"
)

// maxShown bounds how many listings a finding names.
const maxShown = 5

type (
	subject = assessment.Subject
	pass    = check.Pass[*subject]
)

// New makes the checker of counts and shares.
func New(book *rulebook.Book) *check.Checker[*subject] {
	limits := book.Merchants.Assortment
	return &check.Checker[*subject]{Name: Name, Doc: doc, Version: "1", Lists: []string{listName}, Skip: skip,
		Run: func(_ context.Context, p *pass) error {
			unseen(p)
			rejected(p, limits.RejectedListings)
			shopName(p)
			pricedLow(p, &limits)
			gatedShare(p, &limits)
			return nil
		}}
}

// skip is where there is nothing to see. The name of a shop is judged with its listings, so it was not looked at either.
func skip(s *subject) string {
	if len(s.Listings) == 0 && s.Unanswered == 0 {
		return "no listing"
	}
	return ""
}

// unseen tells that listings had no answer, or that there was more than is compared.
func unseen(p *pass) {
	if n := p.Subject.Unanswered; n > 0 {
		reason := fmt.Sprintf("%s could not be answered", count(n, "listing"))
		p.Degrade(reason)
		p.Report(check.Finding{Code: NotAnswered, Message: "Of the assortment " + reason + ": what is wrong with them is not known."})
	}
	if what := p.Subject.LeftOut; what != "" {
		p.Degrade(what + " were not compared")
		p.Report(check.Finding{Code: InputTruncated, Words: what, Message: "The assortment is larger than is compared as a whole: " + what + " were left out."})
	}
}

func rejected(p *pass, limit int) {
	var ids []string
	for i := range p.Subject.Listings {
		if l := &p.Subject.Listings[i]; l.Rejected {
			ids = append(ids, l.ID)
		}
	}
	if limit == 0 || len(ids) < limit {
		return
	}
	p.Report(check.Finding{Code: ListingsRejected, Message: fmt.Sprintf("%s rejected: %s.", are(len(ids)), named(ids)), Evidence: listings(ids)})
}

// shopName repeats what was found in the name of the shop with any listing, each finding once.
func shopName(p *pass) {
	for i := range p.Subject.Shop {
		s := &p.Subject.Shop[i]
		f := s.Finding
		f.Message = fmt.Sprintf("In the name of the shop, found with %s", named(s.Listings))
		if f.Mark != "" {
			f.Message += ", for the mark " + f.Mark
		}
		f.Message += ". What would put it right stands with the listings."
		p.Report(f)
	}
}

// A shelf is the listings of one brand.
type shelf struct {
	brand     string // as the first of them writes it
	all       int
	low, soft []string // ids; soft: or lower
}

// shelves are the listings by brand, in order of the brands.
func shelves(s *subject) []*shelf {
	by := make(map[string]*shelf)
	for i := range s.Listings {
		l := &s.Listings[i]
		key := text.Key(l.Brand)
		if key == "" {
			continue
		}
		if by[key] == nil {
			by[key] = &shelf{brand: l.Brand}
		}
		b := by[key]
		b.all++
		b.brand = min(b.brand, l.Brand)
		if l.Low >= assessment.OutlierLow {
			b.low = append(b.low, l.ID)
		}
		if l.Low >= assessment.SoftLow {
			b.soft = append(b.soft, l.ID)
		}
	}
	all := make([]*shelf, 0, len(by))
	for _, b := range by {
		all = append(all, b)
	}
	slices.SortFunc(all, func(a, b *shelf) int { return cmp.Compare(text.Key(a.brand), text.Key(b.brand)) })
	return all
}

// maxBrands bounds how many brands are told of; the first already says that somebody should look.
const maxBrands = 10

func pricedLow(p *pass, limits *rulebook.AssortmentLimits) {
	told := 0
	for _, b := range shelves(p.Subject) {
		if told == maxBrands {
			return
		}
		many := limits.LowListings > 0 && len(b.low) >= limits.LowListings
		most := limits.LowPercent > 0 && b.all >= max(limits.LowListings, 2) && len(b.soft)*100 >= limits.LowPercent*b.all
		if many {
			p.Report(check.Finding{Code: BrandPricedLow, Words: b.brand, Evidence: listings(b.low),
				Message: fmt.Sprintf("%s of %s priced far below usual, of %d: %s.", are(len(b.low)), clip(b.brand), b.all, named(b.low))})
		}
		if most {
			p.Report(check.Finding{Code: BrandPricedLow, Variant: "share", Words: b.brand, Evidence: listings(b.soft),
				Message: fmt.Sprintf("%d of %d listings of %s are priced below usual: %s.", len(b.soft), b.all, clip(b.brand), named(b.soft))})
		}
		if many || most {
			told++
		}
	}
}

func gatedShare(p *pass, limits *rulebook.AssortmentLimits) {
	n := 0
	for i := range p.Subject.Listings {
		if p.Subject.Listings[i].Gated {
			n++
		}
	}
	all := len(p.Subject.Listings)
	if limits.GatedPercent == 0 || all < max(limits.MinListings, 1) || n*100 < limits.GatedPercent*all {
		return
	}
	p.Report(check.Finding{Code: GatedShare, Message: fmt.Sprintf("%d of %d listings mention marks that need papers.", n, all),
		Evidence: []check.Evidence{check.ListEntry{List: listName, Entry: "assortment"}}})
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func are(n int) string {
	if n == 1 {
		return "1 listing is"
	}
	return fmt.Sprintf("%d listings are", n)
}

// named names a few ids and counts the rest.
func named(ids []string) string {
	var few []string
	for _, id := range ids[:min(len(ids), maxShown)] {
		few = append(few, clip(id))
	}
	words := strings.Join(few, ", ")
	if more := len(ids) - maxShown; more > 0 {
		words += fmt.Sprintf(" and %d more", more)
	}
	return words
}

// clip cuts what a merchant typed to a readable length.
func clip(s string) string { return check.Surface(s, 0, min(len(s), 128)) }

// listings points at a few listings.
func listings(ids []string) []check.Evidence {
	var shown []check.Evidence
	for _, id := range ids[:min(len(ids), maxShown)] {
		shown = append(shown, check.Opaque{Label: "submission_id", Text: clip(id)})
	}
	return shown
}
