package assessment

import (
	"cmp"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/twin"
	"github.com/assay-project/assay/internal/verdict"
)

// TwinListing is what is compared of a listing with its verdict. Words that it is rejected for are not: it may come back
// without them.
func TwinListing(s *listing.Submission, v *verdict.Verdict) twin.Listing {
	p := &s.Product
	l := twin.Listing{ID: s.ID, Merchant: s.Merchant.ID, GTIN: p.GTIN, Rejected: v.Decision == verdict.Reject}
	l.Brand, l.Listed = brandOf(s, v)
	marks := make(map[listing.Field][]twin.Span)
	for i := range v.Mentions {
		for _, span := range v.Mentions[i].Spans {
			marks[span.Field] = append(marks[span.Field], twin.Span{Start: span.Start, End: span.End})
		}
	}
	for i := range v.Findings {
		for _, e := range v.Findings[i].Evidence {
			if span, ok := e.(check.TextSpan); ok && v.Findings[i].Effect == verdict.Reject {
				marks[span.Field] = append(marks[span.Field], twin.Span{Start: span.Start, End: span.End})
			}
		}
	}
	of := func(f listing.Field, words string) twin.Text { return twin.Text{Words: words, Marks: marks[f]} }
	l.Title = of(listing.Field{Kind: listing.TitleField}, p.Title)
	l.Body = append(l.Body, of(listing.Field{Kind: listing.DescriptionField}, p.Description))
	for i, bullet := range p.Bullets {
		l.Body = append(l.Body, of(listing.Field{Kind: listing.BulletField, Index: i}, bullet))
	}
	for i := range p.Images {
		l.Images = append(l.Images, cmp.Or(p.Images[i].PerceptualHash, p.Images[i].SHA256))
	}
	return l
}

// sketch is what listings are compared by; empty of one that is like none.
func (a *Assortment) sketch(s *listing.Submission, v *verdict.Verdict) twin.Packed {
	l := TwinListing(s, v)
	k := a.sketcher.Sketch(&l)
	if k.IsEmpty() {
		return ""
	}
	return k.Pack()
}

// brandOf is the mark that the text shows as the brand of the goods, else what the brand field says; and whether it is a mark.
func brandOf(s *listing.Submission, v *verdict.Verdict) (brand string, listed bool) {
	for i := range v.Mentions {
		if v.Mentions[i].Role == check.OwnBrand && ofGoods(&v.Mentions[i]) {
			return v.Mentions[i].Canonical, true
		}
	}
	return s.Product.Brand, false
}
