package assortment

import (
	"context"
	"fmt"
	"strings"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/twin"
)

// CopiesName is the name of the checker of listings that copy others.
const CopiesName = "assortment-copies"

const copiesDoc = `Listings that are near copies of others: the same words under another brand, the same picture with another merchant under
another brand or another company's code, and near copies of what was rejected. Brands, marks, numbers, sizes and colours are left
out of the words, and so variants of one product and the manufacturer's text under one brand are not told. Statistical: it rejects
nothing.`

// Bounds of what is told of copies.
const (
	maxGroups = 16 // findings
	maxShared = 6  // words in common in a message
)

// NewCopies makes the checker of listings that copy others.
func NewCopies() *check.Checker[*subject] {
	return &check.Checker[*subject]{Name: CopiesName, Doc: copiesDoc, Version: "1", Lists: []string{"decisions.yaml"}, Skip: skipCopies, Run: copies}
}

func skipCopies(s *subject) string {
	n := 0
	for i := range s.Listings {
		if s.Listings[i].Sketch != "" {
			n++
		}
	}
	if n < 2 {
		return "fewer than two listings that could be compared"
	}
	return ""
}

// copies compares all listings, in order of their ids.
func copies(_ context.Context, p *pass) error {
	finder, summary := twin.NewFinder(len(p.Subject.Listings)), twin.Summary{}
	for i := range p.Subject.Listings {
		l := &p.Subject.Listings[i]
		if l.Sketch == "" {
			continue
		}
		sketch, err := l.Sketch.Sketch()
		if err != nil {
			return fmt.Errorf("compare listing %s: %w", clip(l.ID), err)
		}
		sketch.Position, sketch.ID, sketch.Merchant = int64(i), l.ID, l.Merchant
		if found := finder.Add(&sketch); found != nil {
			summary.Add(found)
		}
	}
	groups := summary.Groups()
	for i := range groups[:min(len(groups), maxGroups)] {
		p.Report(copyFinding(&groups[i]))
	}
	if more := len(groups) - maxGroups; more > 0 {
		p.Degrade(fmt.Sprintf("%s of near copies are not told", count(more, "further group")))
	}
	return nil
}

// copyFinding tells of listings that are near copies of each other.
func copyFinding(g *twin.Group) check.Finding {
	a, b := &g.Pair, &g.Pair.Twins[0]
	code, variant := g.Kind.Code()
	f := check.Finding{Code: code, Variant: variant, Words: clip(a.ID), Facts: check.Facts{Has: clip(a.ID), Needs: clip(b.ID)}}
	f.Message = fmt.Sprintf("Listings %s and %s %s%s.", whose(&a.Ref), whose(&b.Ref), inCommon(b), rejectedOf(&a.Ref, &b.Ref))
	if g.Listings > 2 {
		f.Message += fmt.Sprintf(" With these two, %d listings are near copies of each other: %s.", g.Listings, members(g))
	}
	f.Evidence = []check.Evidence{check.Twin{ID: clip(a.ID), Merchant: clip(a.Merchant), Brand: a.Brand, OtherID: clip(b.ID), OtherMerchant: clip(b.Merchant),
		OtherBrand: b.Brand, Similarity: b.Like, Margin: b.Margin, SharedWords: b.Shared, SharedImages: b.Images}}
	for i := range g.Examples {
		if id := g.Examples[i].ID; id != a.ID && id != b.ID {
			f.Evidence = append(f.Evidence, check.Opaque{Label: "submission_id", Text: clip(id)})
		}
	}
	return f
}

// members names the first listings of a group, and counts the rest.
func members(g *twin.Group) string {
	var ids []string
	for i := range g.Examples {
		ids = append(ids, g.Examples[i].ID)
	}
	words := named(ids)
	if more := g.Listings - len(ids); more > 0 {
		words += fmt.Sprintf(" and %d more", more)
	}
	return words
}

// whose names a listing, with brand and merchant where they are known.
func whose(r *twin.Ref) string {
	var known []string
	if r.Brand != "" {
		known = append(known, r.Brand)
	}
	if r.Merchant != "" {
		known = append(known, "merchant "+clip(r.Merchant))
	}
	if len(known) == 0 {
		return clip(r.ID)
	}
	return clip(r.ID) + " (" + strings.Join(known, ", ") + ")"
}

// inCommon says what two listings have in common.
func inCommon(t *twin.Twin) string {
	var both []string
	if t.Like > 0 {
		share := fmt.Sprintf("have %.0f %% of their words in common", 100*t.Like)
		if t.Margin > 0 {
			share += fmt.Sprintf(" (to within %.0f)", 100*t.Margin)
		}
		if len(t.Shared) > 0 {
			share += ": " + strings.Join(t.Shared[:min(len(t.Shared), maxShared)], " ")
		}
		both = append(both, share)
	}
	if t.Images > 0 {
		both = append(both, "show "+count(t.Images, "picture")+" that is the same")
	}
	return strings.Join(both, ", and ")
}

// rejectedOf says which of two listings was rejected.
func rejectedOf(a, b *twin.Ref) string {
	switch {
	case a.Rejected && !b.Rejected:
		return "; the first was rejected"
	case b.Rejected && !a.Rejected:
		return "; the second was rejected"
	}
	return ""
}
