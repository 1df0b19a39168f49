package assortment

import (
	"context"
	"fmt"
	"slices"

	"github.com/assay-project/assay/internal/assessment"
	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/identity"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/text"
)

// CodesName is the name of the checker of codes across listings.
const CodesName = "assortment-codes"

const codesDoc = `Codes of single units that stand on several listings, and product codes (GTIN) under several brands. Codes are read
as the checker identity reads them; malformed ones are its matter.`

// The codes that the checker of codes reports.
const (
	SerialDuplicate = "ID_SERIAL_DUPLICATE"
	GTINCollision   = "ID_GTIN_COLLISION"
)

// maxCollisions bounds how many codes a finding names.
const maxCollisions = 16

// A codes is what a book calls no brand. It is immutable.
type codes struct{ noBrands map[string]bool }

// NewCodes makes the checker of codes across listings.
func NewCodes(book *rulebook.Book) *check.Checker[*subject] {
	c := &codes{noBrands: make(map[string]bool)}
	for i := range book.Wording {
		if w := &book.Wording[i]; w.Kind == rulebook.GenericBrand {
			for _, phrase := range w.Phrases {
				c.noBrands[text.Key(phrase)] = true
			}
		}
	}
	return &check.Checker[*subject]{Name: CodesName, Doc: codesDoc, Version: "1", Lists: []string{"wording.yaml"}, Skip: skipCodes, Run: c.run}
}

func skipCodes(s *subject) string {
	if slices.ContainsFunc(s.Listings, func(l assessment.Listing) bool { return len(l.GTINs)+len(l.Units) > 0 }) {
		return ""
	}
	return "no product code and no unit code"
}

func (c *codes) run(_ context.Context, p *pass) error {
	c.units(p)
	c.gtins(p)
	return nil
}

// A seen is where a code was seen first.
type seen struct {
	id    string
	brand string
	told  bool
}

// units reports codes of single units that stand on more than one listing: a unit can be sold once. A bare serial is one of
// a brand's, so it is compared within the brand.
func (c *codes) units(p *pass) {
	first := make(map[string]*seen)
	var shown []string
	var evidence []check.Evidence
	n := 0
	for i := range p.Subject.Listings {
		l := &p.Subject.Listings[i]
		for _, code := range l.Units {
			key, global, ok := identity.ReadUnit(code)
			if !ok {
				continue
			}
			if brand := text.Key(l.Brand); !global {
				if brand == "" || c.noBrands[brand] {
					continue
				}
				key = brand + " " + key
			}
			before := first[key]
			switch {
			case before == nil:
				first[key] = &seen{id: l.ID}
			case before.id != l.ID && !before.told:
				before.told = true
				n++
				if len(shown) < maxCollisions {
					shown = append(shown, fmt.Sprintf("%s on %s and %s", clip(code), clip(before.id), clip(l.ID)))
					evidence = append(evidence, check.Opaque{Label: "unit code", Text: clip(code)})
				}
			}
		}
	}
	if n > 0 {
		p.Report(check.Finding{Code: SerialDuplicate, Words: shown[0], Evidence: evidence,
			Message: fmt.Sprintf("%s on more than one listing: %s.", stand(n, "unit code"), named(shown))})
	}
}

// gtins reports product codes that stand on listings of different brands.
func (c *codes) gtins(p *pass) {
	first := make(map[string]*seen)
	var shown []string
	var evidence []check.Evidence
	n := 0
	for i := range p.Subject.Listings {
		l := &p.Subject.Listings[i]
		brand := text.Key(l.Brand)
		if brand == "" || c.noBrands[brand] {
			continue
		}
		for _, code := range l.GTINs {
			key, ok := identity.ReadGTIN(code)
			before := first[key]
			switch {
			case !ok:
			case before == nil:
				first[key] = &seen{id: l.ID, brand: l.Brand}
			case text.Key(before.brand) != brand && !before.told:
				before.told = true
				n++
				if len(shown) < maxCollisions {
					shown = append(shown, fmt.Sprintf("%s is %s on %s and %s on %s", clip(code), clip(before.brand), clip(before.id), clip(l.Brand), clip(l.ID)))
					evidence = append(evidence, check.Opaque{Label: "gtin", Text: clip(code)})
				}
			}
		}
	}
	if n > 0 {
		p.Report(check.Finding{Code: GTINCollision, Words: shown[0], Evidence: evidence,
			Message: fmt.Sprintf("%s on listings of different brands: %s.", stand(n, "product code"), named(shown))})
	}
}

func stand(n int, what string) string {
	if n == 1 {
		return "1 " + what + " stands"
	}
	return fmt.Sprintf("%d %ss stand", n, what)
}
