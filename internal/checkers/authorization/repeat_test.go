package authorization

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/assay-project/assay/internal/listing"
)

func TestRepeats(t *testing.T) {
	seller, buyer := listing.Party{LegalName: "Wholesale Ltd"}, listing.Party{LegalName: "B GmbH"}
	invoice := func(id string, change func(*listing.Document)) *listing.Document {
		d := &listing.Document{ID: id, Type: listing.PurchaseInvoice, Issuer: seller, Subject: buyer, Number: "R-17", SHA256: "aa",
			Total: listing.NewPrice(100, 0, "EUR")}
		change(d)
		return d
	}
	same := func(*listing.Document) {}
	tests := map[string]struct {
		change func(*listing.Document)
		want   []string // numbers, "" for a file
	}{
		"the same again":                   {same, nil},
		"less was read":                    {func(d *listing.Document) { d.Total, d.Subject = listing.Price{}, listing.Party{} }, nil},
		"another total":                    {func(d *listing.Document) { d.Total = listing.NewPrice(900, 0, "EUR") }, []string{"", "R-17"}},
		"another total of another file":    {func(d *listing.Document) { d.Total, d.SHA256 = listing.NewPrice(900, 0, "EUR"), "bb" }, []string{"R-17"}},
		"another number in the same file":  {func(d *listing.Document) { d.Number = "R-18" }, []string{""}},
		"another seller, another file":     {func(d *listing.Document) { d.Issuer.LegalName, d.SHA256 = "Other Ltd", "bb" }, nil},
		"the buyer's name in capitals":     {func(d *listing.Document) { d.Subject.LegalName = "B GMBH" }, nil},
		"a letter in the same file":        {func(d *listing.Document) { d.Type, d.Number = listing.LetterOfAuthorization, "" }, nil},
		"refused papers count for nothing": {func(d *listing.Document) { d.Total, d.Status = listing.NewPrice(900, 0, "EUR"), listing.Refused }, nil},
	}
	for what, tt := range tests {
		var got []string
		for _, r := range Repeats([]*listing.Document{invoice("1", same), invoice("2", tt.change)}) {
			got = append(got, r.Number)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
}

// However documents are ordered the same repeats are found, and none where nothing differs.
func TestRepeatsInAnyOrder(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var documents []*listing.Document
		for i := range rapid.IntRange(0, 40).Draw(r, "documents") {
			d := anyDocument(r)
			d.ID = fmt.Sprintf("D-%02d", i)
			again := d
			again.ID += "-again"
			if found := Repeats([]*listing.Document{&d, &again}); len(found) > 0 {
				r.Fatalf("the same document given twice: %+v", found)
			}
			documents = append(documents, &d)
		}
		want := Repeats(documents)
		shuffled := rapid.Permutation(slices.Clone(documents)).Draw(r, "order")
		if diff := cmp.Diff(want, Repeats(shuffled)); diff != "" {
			r.Fatal(diff)
		}
	})
}
