package rulebook

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/assay-project/assay/internal/listing"
)

const extended = `
-- packs.yaml --
packs:
  - {name: end, extends: default, max_levels: 0, literal_names: false, languages: [fr]}
  - name: base
    doc: the base
    max_levels: 2
    min_remaining_days: 180
    min_remaining_mandatory: true
    min_term_days: 365
    channel: "MARKETPLACE:bazaar"
    exclusivity: EXCLUSIVITY_SOLE
    literal_names: true
    classes_stated: true
    pending_marks: true
    signature_mandatory: true
    countersigned: true
    languages: [EN, zh-Hant]
    dispute_days: 15
    citation: clause 1
    alternatives:
      - {name: letter, proof: PROOF_CHAIN, types: [DOCUMENT_TYPE_LETTER_OF_AUTHORIZATION]}
  - {name: default, extends: base, doc: the middle}
papers:
  seal_countries: [CN, JP]
  max_tax_percent: 27
  formats: [application/PDF]
  image_editors: [Photoshop]
`

// A pack has what it states itself, zeros and falsehoods too, and all else of those it extends, in whatever order they
// stand.
func TestPacksExtend(t *testing.T) {
	b := load(t, book(t, txtar.Parse([]byte(extended))))
	base := b.Packs[1]
	want := base
	want.Name, want.Extends, want.Doc, want.At = "default", "base", "the middle", Position{"packs.yaml", 21, 5}
	if diff := cmp.Diff(want, b.Packs[2]); diff != "" {
		t.Errorf("the middle (-want +got):\n%s", diff)
	}
	want.Name, want.Extends, want.Doc, want.At = "end", "default", "", Position{"packs.yaml", 2, 5}
	want.MaxLevels, want.LiteralNames, want.Languages = 0, false, []string{"fr"}
	if diff := cmp.Diff(want, b.Packs[0]); diff != "" {
		t.Errorf("the end (-want +got):\n%s", diff)
	}
	if !base.PendingMarks || base.MinTermDays != 365 || base.Exclusivity != listing.Sole || !cmp.Equal(base.Languages, []string{"en", "zh-hant"}) {
		t.Errorf("the base was read as %+v", base)
	}
	papers := Papers{MinConfidence: 0.8, SealCountries: []string{"CN", "JP"}, MaxTaxPercent: 27, Formats: []string{"application/pdf"},
		ImageEditors: []string{"photoshop"}}
	if diff := cmp.Diff(papers, b.Papers); diff != "" {
		t.Errorf("papers (-want +got):\n%s", diff)
	}
}
