package qualification

import (
	"strings"
	"sync"
	"testing"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/rulebook/embedded"
	"github.com/assay-project/assay/internal/verdict"
)

// shipped is the embedded rulebook.
var shipped = sync.OnceValue(func() *rulebook.Book {
	book, err := rulebook.Load(embedded.FS())
	if err != nil {
		panic(err)
	}
	return book
})

// TestMerchantsAreToldInTheirLanguage puts every finding of the cases into every language of the embedded table: nothing is left
// open, and what asks for a paper names it.
func TestMerchantsAreToldInTheirLanguage(t *testing.T) {
	told := map[string]bool{}
	cases := readCases(t)
	delete(cases, "hostile-names") // its braces are the merchant's own, and stay
	for name, c := range cases {
		for _, n := range judge(t, c.book, c.submission).result.Needs {
			for _, locale := range []string{"en", "zh-Hans", "de", "es-MX", "fr"} {
				r := shipped().Decisions.Rule(verdict.Case{Markets: n.Markets, Findings: n.Findings, Locale: locale})
				for i := range r.Findings {
					f := &r.Findings[i]
					told[codeOf(&f.Finding)] = true
					checkMessage(t, name+" in "+locale, f, locale)
				}
			}
		}
	}
	for _, row := range shipped().Decisions.Rows() {
		if code := strings.TrimSuffix(row.Code+"/"+row.Variant, "/"); strings.HasPrefix(code, Prefix) && !told[code] {
			t.Errorf("no case shows %s", code)
		}
	}
}

func checkMessage(t *testing.T, where string, f *verdict.Finding, locale string) {
	t.Helper()
	m := f.MerchantMessage
	if m == "" || strings.ContainsAny(m, "{}[]") || strings.Contains(m, "  ") || strings.HasPrefix(m, " ") || strings.Contains(m, "“”") {
		t.Errorf("%s: %s: %q", where, codeOf(&f.Finding), m)
	}
	title := f.Facts.Requirement.In(locale)
	if fix, ok := f.Remedies[0].Fix.(check.ProvideDocument); ok && strings.HasPrefix(f.Code, Prefix) && !strings.Contains(m, title) {
		t.Errorf("%s: %s does not ask for %q (%s): %q", where, codeOf(&f.Finding), title, fix.Requirement.Type, m)
	}
	if f.Effect == verdict.Reject || strings.HasPrefix(f.Code, Prefix) && f.Effect == verdict.Approve && f.Row.Severity > verdict.Low {
		t.Errorf("%s: %s means %v", where, codeOf(&f.Finding), f.Effect)
	}
}

// TestShippedRows: the embedded rows ask no listing for anything, and each has words in five languages.
func TestShippedRows(t *testing.T) {
	laws := 0
	for i := range shipped().Requirements {
		r := &shipped().Requirements[i]
		if r.Asked == rulebook.AskedOfListings {
			t.Errorf("%s is asked of listings of platforms that never asked", r.Name)
		}
		if r.Asked == rulebook.AskedOfMerchants {
			laws++
			if len(r.Markets) == 0 || len(r.Categories) == 0 || strings.Contains(r.Citation, "Platform") {
				t.Errorf("%s: a law is of some market and some goods", r.Name)
			}
		}
		for _, language := range []string{"en", "zh", "de", "es", "fr"} {
			if r.Title[language] == "" {
				t.Errorf("%s has no title in %s", r.Name, language)
			}
			for _, p := range r.Papers {
				if len(p.Issuer) > 0 && p.Issuer[language] == "" {
					t.Errorf("%s does not say in %s who issues it", r.Name, language)
				}
			}
		}
	}
	if laws < 5 {
		t.Errorf("only %d laws", laws)
	}
}

// TestShippedRowsCanBeMet puts every row in force for listings, and gives the paper that its finding asks for.
func TestShippedRowsCanBeMet(t *testing.T) {
	for i := range shipped().Requirements {
		r := shipped().Requirements[i]
		r.Asked = rulebook.AskedOfListings
		book := *shipped()
		book.Requirements = []rulebook.Requirement{r}
		s := &listing.Submission{ID: "s", AsOf: asOf, Markets: []listing.Market{"CN", "US", "DE", "FR"}, Merchant: listing.Merchant{LegalName: "Harbour Trading GmbH"},
			Product: listing.Product{Title: "t", Brand: "Morning", Manufacturer: "East Mill Co., Ltd.", GTIN: "4006381333931"}}
		if len(r.Categories) > 0 {
			s.Product.Category = r.Categories[0]
		}
		before := judge(t, &book, s)
		if len(before.findings) != 1 || before.findings[0].Code != requiredMissing {
			t.Errorf("%s: without papers: %+v", r.Name, before.findings)
			continue
		}
		fix, ok := before.findings[0].Remedies[0].Fix.(check.ProvideDocument)
		if !ok {
			t.Errorf("%s asks for no paper: %+v", r.Name, before.findings[0].Remedies)
			continue
		}
		for _, d := range append([]listing.Document{fix.Requirement}, fix.Alternatives...) {
			d.ID = "given"
			s.Documents = []listing.Document{d}
			if after := judge(t, &book, s); len(after.findings) > 0 {
				t.Errorf("%s: with a %s: %+v", r.Name, d.Type, after.findings[0].Message)
			}
		}
	}
}
