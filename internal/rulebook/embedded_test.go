package rulebook

import (
	"os"
	"strings"
	"testing"

	"github.com/assay-project/assay/internal/rulebook/embedded"
	"github.com/assay-project/assay/internal/verdict"
)

// TestEmbedded holds the embedded book to what assay says of it.
func TestEmbedded(t *testing.T) {
	b := load(t, embedded.FS())
	if onDisk := load(t, os.DirFS("embedded")); onDisk.Digest != b.Digest {
		t.Errorf("the directory has digest %s, what is embedded %s", onDisk.Digest, b.Digest)
	}
	for _, c := range []struct {
		what       string
		got, least int
	}{
		{"marks", len(b.Marks), 2000}, {"words", len(b.Words), 10000}, {"baselines", len(b.Baselines), 500}, {"gates", len(b.Gates), 5},
		{"packs", len(b.Packs), 5}, {"tests", len(b.Tests), 60}, {"codes", len(b.Decisions.Rows()), 120}, {"zones", len(b.Zones), 50},
	} {
		if c.got < c.least {
			t.Errorf("%d %s, want at least %d", c.got, c.what, c.least)
		}
	}
	languages := make(map[string]map[WordingKind]bool)
	for _, w := range b.Wording {
		if languages[w.Language] == nil {
			languages[w.Language] = make(map[WordingKind]bool)
		}
		languages[w.Language][w.Kind] = true
	}
	for _, l := range []string{"en", "zh", "de", "es", "fr"} {
		for _, k := range []WordingKind{CounterfeitExplicit, CounterfeitGrade, Compatibility, ComparisonCue, AffiliationClaim} {
			if !languages[l][k] {
				t.Errorf("no wording of kind %d in %q", k, l)
			}
		}
	}
}

// TestEmbeddedNeverRejectsOnStatistics holds a promise of the decision table: no price alone refuses a listing.
func TestEmbeddedNeverRejectsOnStatistics(t *testing.T) {
	b := load(t, embedded.FS())
	for _, r := range b.Decisions.Rows() {
		if strings.HasPrefix(r.Code, "PRICE_") && r.Effect == verdict.Reject {
			t.Errorf("%s/%s rejects", r.Code, r.Variant)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Load(embedded.FS()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFind(b *testing.B) {
	book := load(b, embedded.FS())
	b.ReportAllocs()
	for b.Loop() {
		book.Categories.Find("Apparel & Accessories > Jewelry > Watches")
	}
}
