package qualification

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/assay-project/assay/internal/assessment"
	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/authorization"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/party"
	"github.com/assay-project/assay/internal/rulebook"
)

// MerchantName is the name of the checker of merchants.
const MerchantName = "merchant-qualification"

const merchantDoc = `The papers that the goods of the assortment need by kind and market, and those that every merchant needs in the markets,
each told once for all listings that need it. What a paper with any listing shows counts for all that need the same.`

// A MerchantResult is what the checker of merchants tells the verdict.
type MerchantResult struct {
	ValidUntil time.Time // when the first of the papers that needs are met by no longer does; zero: none of them ends
}

// NewMerchant makes the checker of merchants of a book's requirements.
func NewMerchant(book *rulebook.Book) *check.Stage[*assessment.Subject, MerchantResult] {
	c := newChecker(book)
	return check.NewStage(check.Checker[*assessment.Subject]{Name: MerchantName, Doc: merchantDoc, Version: "1",
		Lists: lists, Skip: func(*assessment.Subject) string { return c.skip(nil) }}, c.assess)
}

// assess reports what is needed, each requirement's findings of one code together.
func (c *checker) assess(ctx context.Context, p *check.Pass[*assessment.Subject]) (MerchantResult, error) {
	own, err := c.ownNeeds(ctx, p.Subject)
	if err != nil {
		return MerchantResult{}, err
	}
	var r MerchantResult
	var told []*together
	for _, n := range slices.Concat(own, p.Subject.Needs) {
		if n.Met && !n.Until.IsZero() && (r.ValidUntil.IsZero() || n.Until.Before(r.ValidUntil)) {
			r.ValidUntil = n.Until
		}
		for i := range n.Findings {
			told = gather(told, &n, &n.Findings[i])
		}
	}
	for _, t := range told {
		p.Report(t.finding())
	}
	return r, nil
}

// ownNeeds are the papers that a merchant needs whatever the goods, judged by the standing papers: in markets, too, for which
// there is no listing yet. What listings say of them already is left to those.
func (c *checker) ownNeeds(ctx context.Context, s *assessment.Subject) ([]assessment.Need, error) {
	q := c.newInquiry(&listing.Submission{Merchant: s.Merchant, Documents: s.Standing, Markets: s.Markets, AsOf: s.AsOf})
	var own []assessment.Need
	for i := range c.rows {
		r := &c.rows[i]
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if r.Names[0] != rulebook.ForMerchant || len(r.Names) > 1 {
			continue
		}
		markets := slices.DeleteFunc(slices.Clone(q.marketsOf(r)), func(m listing.Market) bool {
			return slices.ContainsFunc(s.Needs, func(n assessment.Need) bool {
				return n.Requirement == r.Name && n.Merchant == s.Merchant.ID && slices.Contains(n.Markets, m)
			})
		})
		if len(markets) == 0 {
			continue
		}
		for _, a := range q.answers(r, markets) {
			own = append(own, assessment.Need{Need: a.Need, Merchant: s.Merchant.ID})
		}
	}
	return own, nil
}

// A together is findings of one code for one requirement.
type together struct {
	check.Finding
	requirement, merchant string
	listings              []string
	others                int // findings beside the first
}

// gather puts a finding to those like it.
func gather(all []*together, n *assessment.Need, f *check.Finding) []*together {
	at := slices.IndexFunc(all, func(t *together) bool {
		return t.requirement == n.Requirement && t.merchant == n.Merchant && t.Code == f.Code && t.Variant == f.Variant
	})
	if at < 0 {
		t := &together{Finding: *f, requirement: n.Requirement, merchant: n.Merchant, listings: n.Listings}
		t.Markets = slices.Clone(n.Markets)
		return append(all, t)
	}
	t := all[at]
	t.others++
	t.listings = slices.Concat(t.listings, n.Listings)
	t.Markets = append(t.Markets, n.Markets...)
	if t.Facts.Document != f.Facts.Document {
		t.Facts.Document = authorization.ShowList([]string{t.Facts.Document, f.Facts.Document})
	}
	return all
}

// maxShown bounds how many listings a finding names.
const maxShown = 5

// finding is the first of the findings, with the listings that all of them concern.
func (t *together) finding() check.Finding {
	f := t.Finding
	slices.Sort(t.Markets)
	f.Markets = slices.Compact(t.Markets)
	slices.Sort(t.listings)
	ids := slices.Compact(t.listings)
	if t.others > 0 {
		f.Message += fmt.Sprintf(" The like is needed for %d more.", t.others)
	}
	f.Evidence = slices.Clone(f.Evidence)
	var shown []string
	for _, id := range ids[:min(len(ids), maxShown)] {
		id = party.Shorten(id)
		shown = append(shown, id)
		f.Evidence = append(f.Evidence, check.Opaque{Label: "submission_id", Text: id})
	}
	if len(ids) > 0 {
		f.Message += " Listings: " + strings.Join(shown, ", ")
		if more := len(ids) - len(shown); more > 0 {
			f.Message += fmt.Sprintf(" and %d more", more)
		}
		f.Message += "."
	}
	f.Words = cmp.Or(f.Words, t.requirement)
	return f
}
