package orders

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/trademark"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/rulebook/embedded"
)

var update = flag.Bool("update", false, "write what comes out into testdata/cases; read the difference before you commit it")

// bookOf is the embedded book with other orders.
func bookOf(t testing.TB, orders string) *rulebook.Book {
	t.Helper()
	files := make(fstest.MapFS)
	err := fs.WalkDir(embedded.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(embedded.FS(), name)
		files[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	files["orders.jsonl"] = &fstest.MapFile{Data: []byte(orders)}
	book, err := rulebook.Load(files)
	if err != nil {
		t.Fatalf("load:\n%v", err)
	}
	return book
}

// testBook is the embedded book with the orders of testdata, which are made up.
var testBook = sync.OnceValues(func() (string, error) {
	data, err := os.ReadFile("testdata/orders.jsonl")
	return string(data), err
})

// A held is the checker with the stage that it requires.
type held struct {
	plan  *check.Plan[*listing.Submission]
	stage *check.Stage[*listing.Submission, *Result]
}

func hold(t testing.TB, book *rulebook.Book) held {
	t.Helper()
	marks, err := trademark.New(book)
	if err != nil {
		t.Fatal(err)
	}
	stage, err := New(book, marks)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := check.NewPlan(marks.Checker, stage.Checker)
	if err != nil {
		t.Fatal(err)
	}
	return held{plan, stage}
}

// run is what the checker says of a submission.
func (h held) run(t testing.TB, s *listing.Submission) ([]check.Finding, *Result, check.Outcome) {
	t.Helper()
	report := h.plan.Run(t.Context(), s, nil)
	own := slices.DeleteFunc(report.Findings, func(f check.Finding) bool { return f.Checker != Name })
	outcome := report.Outcomes[1]
	if outcome.Err != nil {
		t.Fatal(outcome.Err)
	}
	return own, cmp.Or(h.stage.In(report), none), outcome
}

// Each file of testdata/cases shows one thing. Its first lines say what, as comments; then comes the submission, a field
// a line, and below "---" everything that must come of it. Values in double quotes are Go strings.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.txt")
	if err != nil || len(files) < 60 {
		t.Fatalf("cases: %d files, %v", len(files), err)
	}
	h, _ := testHeld(t)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			head, want, _ := bytes.Cut(data, []byte("---\n"))
			found, result, outcome := h.run(t, parseCase(t, string(head)))
			got := render(found, result, outcome)
			if *update {
				if err := os.WriteFile(file, slices.Concat(head, []byte("---\n"+got)), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := gocmp.Diff(string(want), got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// parseCase reads the submission of a case.
func parseCase(t *testing.T, text string) *listing.Submission {
	t.Helper()
	s := &listing.Submission{ID: "case", Markets: []listing.Market{"US"}, AsOf: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, value, ok := strings.Cut(line, ": ")
		if !ok {
			t.Fatalf("%q: want a field, a colon and a value", line)
		}
		if strings.HasPrefix(value, `"`) {
			unquoted, err := strconv.Unquote(value)
			if err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			value = unquoted
		}
		setField(t, s, key, value)
	}
	return s
}

func setField(t *testing.T, s *listing.Submission, key, value string) {
	t.Helper()
	p := &s.Product
	texts := map[string]*string{"title": &p.Title, "brand": &p.Brand, "category": &p.Category, "description": &p.Description, "model": &p.Model,
		"mpn": &p.MPN, "manufacturer": &p.Manufacturer, "gtin": &p.GTIN, "origin": &p.OriginCountry, "shop": &s.Merchant.ShopName,
		"merchant": &s.Merchant.LegalName, "merchant country": &s.Merchant.Country}
	name, rest, _ := strings.Cut(key, " ")
	switch {
	case texts[key] != nil:
		*texts[key] = value
	case key == "bullet":
		p.Bullets = append(p.Bullets, value)
	case key == "keyword":
		p.Keywords = append(p.Keywords, value)
	case key == "alias":
		s.Merchant.Aliases = append(s.Merchant.Aliases, value)
	case key == "unit":
		p.UnitCodes = append(p.UnitCodes, value)
	case key == "variant":
		p.Variants = append(p.Variants, listing.Variant{GTIN: value})
	case key == "markets":
		s.Markets = nil
		for _, m := range strings.Fields(value) {
			s.Markets = append(s.Markets, listing.Market(m))
		}
	case key == "as of":
		s.AsOf = day(t, value).Time
	case name == "attribute":
		p.Attributes = append(p.Attributes, listing.Attribute{Key: rest, Value: value})
	case key == "paper":
		s.Documents = append(s.Documents, paper(t, value))
	default:
		t.Fatalf("unknown field %q", key)
	}
}

// paper reads "id | issuer | subject | number of the right | territory | from | until | more", with "for ever" as an end.
func paper(t *testing.T, text string) listing.Document {
	t.Helper()
	f := strings.Split(text, " | ")
	if len(f) < 7 {
		t.Fatalf("paper %q: want 7 parts", text)
	}
	d := listing.Document{ID: f[0], Type: listing.LicenseAgreement, Issuer: listing.Party{LegalName: f[1]}, Subject: listing.Party{LegalName: f[2]},
		Territories: strings.Fields(f[4]), Status: listing.Verified}
	if f[3] != "" {
		d.Brands = []listing.BrandGrant{{RegistrationNumber: f[3]}}
	}
	if f[5] != "" {
		d.Effective.Start = day(t, f[5])
	}
	if d.Effective.Perpetual = f[6] == "for ever"; !d.Effective.Perpetual && f[6] != "" {
		d.Effective.End = day(t, f[6])
	}
	for _, more := range f[7:] {
		switch more {
		case "refused":
			d.Status = listing.Refused
		case "disputed":
			d.Dispute = &listing.Dispute{State: listing.DisputeOpen}
		case "unsure":
			d.Confidence = map[string]float32{"brands": 0.1}
		case "invoice":
			d.Type = listing.PurchaseInvoice
		default:
			t.Fatalf("paper %q: %q is not known", text, more)
		}
	}
	return d
}

// day reads a day or an instant as a bound; its time is the day's noon, UTC.
func day(t *testing.T, text string) listing.Bound {
	t.Helper()
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return listing.Bound{State: listing.Instant, Time: at}
	}
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return listing.Bound{State: listing.Day, Date: listing.Date{Year: at.Year(), Month: at.Month(), Day: at.Day()}, Time: at.Add(12 * time.Hour)}
}

// render writes down everything that came of a submission.
func render(found []check.Finding, result *Result, outcome check.Outcome) string {
	var b strings.Builder
	if outcome.Status == check.Skipped {
		fmt.Fprintf(&b, "skipped: %s\n", outcome.Reason)
	}
	for i, f := range found {
		fmt.Fprintf(&b, "%s in %v", name(f), f.Markets)
		for _, id := range f.Mitigates {
			at := slices.IndexFunc(found, func(f check.Finding) bool { return f.ID == id })
			fmt.Fprintf(&b, " excusing %s", name(found[at]))
		}
		for _, e := range f.Evidence {
			switch e := e.(type) {
			case check.TextSpan:
				fmt.Fprintf(&b, " %s[%d:%d]=%+q", e.Field, e.Start, e.End, e.Surface)
				if len(e.Transforms) > 0 {
					fmt.Fprintf(&b, "(%s)", strings.Join(e.Transforms, " "))
				}
			case check.ListEntry:
				fmt.Fprintf(&b, " %s", e.Entry)
			case check.Document:
				fmt.Fprintf(&b, " paper %s", e.ID)
			}
		}
		fmt.Fprintf(&b, "\n  %s\n", f.Message)
		for _, r := range found[i].Remedies {
			fmt.Fprintf(&b, "  - %s\n", r.Text)
		}
	}
	if !result.ValidUntil.IsZero() {
		fmt.Fprintf(&b, "valid until %s %s\n", result.ValidUntil.Format(time.RFC3339), result.ValidUntilDocument)
	}
	if outcome.Reason != "" && outcome.Status != check.Skipped {
		fmt.Fprintf(&b, "degraded: %s\n", outcome.Reason)
	}
	return b.String()
}

func name(f check.Finding) string {
	if f.Variant == "" {
		return f.Code
	}
	return f.Code + "/" + f.Variant
}
