package identity

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/trademark"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
)

// shelf is a book with three marks whose prefixes are known, of which two belong to one holder, and one whose are not.
func shelf(t testing.TB) *rulebook.Book {
	t.Helper()
	return &rulebook.Book{
		Categories: rulebook.NewCategories([]rulebook.CategoryRow{{Path: "Media"}, {Path: "Media > Books"}, {Path: "Toys"}}, nil, strings.ToLower),
		Marks: []rulebook.Mark{
			{ID: "borealis", Text: "Borealis", Holder: "North AB", CompanyPrefixes: []string{"7312340"}},
			{ID: "lumora", Text: "Lumora", Holder: "Lumora B.V.", CompanyPrefixes: []string{"871234", "40063813"}},
			{ID: "polaria", Text: "Polaria", Holder: "North AB", CompanyPrefixes: []string{"7354321"}},
			{ID: "quietude", Text: "Quietude"},
		},
	}
}

func findings(t testing.TB, product listing.Product) []check.Finding {
	t.Helper()
	book := shelf(t)
	marks, err := trademark.New(book)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := check.NewPlan(marks.Checker, New(book, marks))
	if err != nil {
		t.Fatal(err)
	}
	report := plan.Run(t.Context(), &listing.Submission{ID: "s", Markets: []listing.Market{"DE"}, Product: product}, nil)
	for _, o := range report.Outcomes {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
	}
	var own []check.Finding
	for _, f := range report.Findings {
		if f.Checker == Name {
			own = append(own, f)
		}
	}
	return own
}

// told is the findings as "CODE field field".
func told(found []check.Finding) []string {
	var lines []string
	for _, f := range found {
		line := f.Code
		for _, e := range f.Evidence {
			line += " " + e.(check.TextSpan).Field.String()
		}
		lines = append(lines, line)
	}
	return lines
}

func TestGTIN(t *testing.T) {
	for name, row := range map[string]struct {
		product listing.Product
		want    []string
	}{
		"nothing wrong":               {listing.Product{Title: "Oak chair", GTIN: "4006381333931"}, nil},
		"as people copy it":           {listing.Product{Title: "Oak chair", GTIN: "4-006381 333931"}, nil},
		"of 8 digits":                 {listing.Product{Title: "Oak chair", GTIN: "96385074"}, nil},
		"of 12":                       {listing.Product{Title: "Oak chair", GTIN: "036000291452"}, nil},
		"of 14":                       {listing.Product{Title: "Oak chair", GTIN: "10012345678902"}, nil},
		"two digits changed places":   {listing.Product{Title: "Oak chair", GTIN: "4006381333913"}, []string{"ID_GTIN_CHECKSUM gtin"}},
		"a digit short":               {listing.Product{Title: "Oak chair", GTIN: "400638133393"}, []string{"ID_GTIN_CHECKSUM gtin"}},
		"words instead":               {listing.Product{Title: "Oak chair", GTIN: "does not apply"}, []string{"ID_GTIN_CHECKSUM gtin"}},
		"zeros instead":               {listing.Product{Title: "Oak chair", GTIN: "0000000000000"}, []string{"ID_GTIN_CHECKSUM gtin"}},
		"digits of another script":    {listing.Product{Title: "Oak chair", GTIN: "４006381333931"}, []string{"ID_GTIN_CHECKSUM gtin"}},
		"of variants":                 {listing.Product{Title: "Oak chair", Variants: []listing.Variant{{GTIN: "96385074"}, {GTIN: "1"}, {}, {GTIN: "2"}}}, []string{"ID_GTIN_CHECKSUM variants[1].gtin variants[3].gtin"}},
		"in-store":                    {listing.Product{Title: "Oak chair", GTIN: "2012345678903"}, []string{"ID_GTIN_RESTRICTED_RANGE gtin"}},
		"in-store, of 12 digits":      {listing.Product{Title: "Oak chair", GTIN: "212345678909"}, []string{"ID_GTIN_RESTRICTED_RANGE gtin"}},
		"in-store, of 8":              {listing.Product{Title: "Oak chair", GTIN: "20123451"}, []string{"ID_GTIN_RESTRICTED_RANGE gtin"}},
		"a coupon":                    {listing.Product{Title: "Oak chair", GTIN: "9912345678909"}, []string{"ID_GTIN_RESTRICTED_RANGE gtin"}},
		"a book":                      {listing.Product{Title: "Of chairs", Category: "Media > Books", GTIN: "978-0-306-40615-7"}, nil},
		"a book of unknown category":  {listing.Product{Title: "Of chairs", Category: "Leseecke", GTIN: "9780306406157"}, nil},
		"a book's code on a toy":      {listing.Product{Title: "Chair", Category: "Toys", GTIN: "9780306406157"}, []string{"ID_GTIN_RESTRICTED_RANGE gtin"}},
		"the brand's own prefix":      {listing.Product{Title: "Lumora lamp", Brand: "Lumora", GTIN: "4006381333931"}, nil},
		"the holder's other prefix":   {listing.Product{Title: "Borealis lamp", Brand: "Borealis", GTIN: "7354321000007"}, nil},
		"another's prefix":            {listing.Product{Title: "Quietude lamp", Brand: "Quietude", GTIN: "4006381333931"}, []string{"ID_GTIN_BRAND_MISMATCH gtin"}},
		"nobody's prefix":             {listing.Product{Title: "Lumora lamp", Brand: "Lumora", GTIN: "5901234123457"}, []string{"ID_GTIN_BRAND_MISMATCH gtin"}},
		"nothing known of the brand":  {listing.Product{Title: "Quietude lamp", Brand: "Quietude", GTIN: "5901234123457"}, nil},
		"a brand that is no mark":     {listing.Product{Title: "Oakley chair", Brand: "Hillside", GTIN: "4006381333931"}, nil},
		"fits the mark, is not of it": {listing.Product{Title: "Shade for Lumora lamp", Brand: "Hillside", GTIN: "5901234123457"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			found := findings(t, row.product)
			if diff := cmp.Diff(row.want, told(found)); diff != "" {
				t.Errorf("(-want +got):\n%s%v", diff, found)
			}
		})
	}
}

func TestUnitCodes(t *testing.T) {
	const gtin = "4006381333931"
	for name, row := range map[string]struct {
		codes []string
		want  []string
	}{
		"every scheme": {[]string{"010400638133393121ABC-1", "(01)04006381333931(21)ABC-2", "]d20104006381333931172712312110\x1d", "010400638133393110LOT7\x1d21ABC-4",
			"https://id.gs1.org/01/04006381333931/21/ABC-5", "https://example.com/gtin/01/4006381333931/10/L1/21/ABC%2F6?x=1", "urn:epc:id:sgtin:40063813.03393.ABC-7",
			"AZ:ABCDEFGHIJKLMNOPQRSTUVWXYZ", "SN1234567", "01234567890123456789"}, nil},
		"of another product":       {[]string{"010001234567890521ABC", "AZ:ABCDEFGHIJKLMNOPQRSTUVWXYZ"}, []string{"ID_SERIAL_GTIN_MISMATCH unit_codes[0]"}},
		"twice":                    {[]string{"010400638133393121ABC", "SN1234567", "(01)04006381333931(21)ABC"}, []string{"ID_SERIAL_DUPLICATE unit_codes[2]"}},
		"twice in upper and lower": {[]string{"SN1234567", "sn1234567"}, nil},
		"no code":                  {[]string{"short", "see box!", "AZ:abc", "01040063813339312", "(01)04006381333930(21)A", "http://[", "urn:epc:id:sgtin:1.2.3"}, []string{"ID_SERIAL_FORMAT unit_codes[0] unit_codes[1] unit_codes[2] unit_codes[3] unit_codes[4] unit_codes[5] unit_codes[6]"}},
		"no serial":                {[]string{"(01)04006381333931", "https://id.gs1.org/01/04006381333931"}, []string{"ID_SERIAL_FORMAT unit_codes[0] unit_codes[1]"}},
	} {
		t.Run(name, func(t *testing.T) {
			found := findings(t, listing.Product{Title: "Oak chair", GTIN: gtin, UnitCodes: row.codes})
			if diff := cmp.Diff(row.want, told(found)); diff != "" {
				t.Errorf("(-want +got):\n%s%v", diff, found)
			}
		})
	}
}

// TestManyCodesAreOneFinding shows that a thousand wrong codes stay readable.
func TestManyCodesAreOneFinding(t *testing.T) {
	codes := make([]string, 1000)
	for i := range codes {
		codes[i] = fmt.Sprintf("no code %d", i)
	}
	found := findings(t, listing.Product{Title: "Oak chair", UnitCodes: codes})
	want := "Unit codes no code 0, no code 1, no code 2 and 997 more are of no scheme that is known: GS1 element string or Digital Link, EPC URN, Transparency, serial of 7 to 20 letters and digits."
	if len(found) != 1 || len(found[0].Evidence) != maxShown || found[0].Message != want {
		t.Errorf("%d findings: %+v", len(found), found)
	}
}

// TestCheckDigitSeesSlips is what check digits are for: one wrong digit is always seen.
func TestCheckDigitSeesSlips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringMatching(`[0-9]{6}[1-9]|[0-9]{10}[1-9]|[0-9]{11}[1-9]|[0-9]{12}[1-9]`).Draw(t, "body")
		code := []byte(body + string(checkDigit(body)))
		if full, ok := gtin14(string(code)); !ok || len(full) != gtinSize || !strings.HasSuffix(full, string(code)) {
			t.Fatalf("%s is refused", code)
		}
		at := rapid.IntRange(0, len(code)-1).Draw(t, "at")
		code[at] = '0' + (code[at]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "by")))%10
		if _, ok := gtin14(string(code)); ok {
			t.Fatalf("%s is taken", code)
		}
	})
}

func TestSkipSaysWhy(t *testing.T) {
	if skip(&listing.Submission{}) == "" || skip(&listing.Submission{Product: listing.Product{Variants: []listing.Variant{{}, {GTIN: "1"}}}}) != "" {
		t.Error("it applies where there is a code, and nowhere else")
	}
}

// FuzzUnit shows that no code breaks the reader, and that what it reads is in the form it promises.
func FuzzUnit(f *testing.F) {
	for _, seed := range []string{"010400638133393121ABC-1", "(01)04006381333931(21)ABC-2", "]d2010400638133393121\x1d", "https://id.gs1.org/01/04006381333931/21/%",
		"urn:epc:id:sgtin:40063813.03393.%2", "AZ:ABCDEFGHIJKLMNOPQRSTUVWXYZ", "(((", "01", "01040063813339312", "]]]]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		u, ok := unitOf(text)
		if !ok {
			return
		}
		if u.serial == "" || u.gtin != "" && len(u.gtin) != gtinSize {
			t.Errorf("%q is %+v", text, u)
		}
	})
}
