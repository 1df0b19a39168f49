package trademark_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/trademark"
	"github.com/assay-project/assay/internal/listing"
)

var update = flag.Bool("update", false, "write what comes out into testdata/cases; read the difference before you commit it")

// Each file of testdata/cases shows one thing. Its first lines say what, as comments; then comes the submission, a field
// a line, and below "---" everything that must come of it. Values in double quotes are Go strings.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("cases: %d files, %v", len(files), err)
	}
	s := newStage(t)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			head, want, _ := bytes.Cut(data, []byte("---\n"))
			got := render(run(t, s, parseCase(t, string(head))))
			if *update {
				if err := os.WriteFile(file, slices.Concat(head, []byte("---\n"+got)), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// parseCase reads the submission of a case.
func parseCase(t *testing.T, text string) *listing.Submission {
	t.Helper()
	s := &listing.Submission{ID: "case", Markets: []listing.Market{"US"}}
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
	switch {
	case key == "title":
		p.Title = value
	case key == "brand":
		p.Brand = value
	case key == "category":
		p.Category = value
	case key == "description":
		p.Description = value
	case key == "bullet":
		p.Bullets = append(p.Bullets, value)
	case key == "keyword":
		p.Keywords = append(p.Keywords, value)
	case key == "model":
		p.Model = value
	case key == "manufacturer":
		p.Manufacturer = value
	case key == "shop":
		s.Merchant.ShopName = value
	case key == "as of":
		at, err := time.Parse(time.RFC3339, value)
		if err != nil {
			t.Fatal(err)
		}
		s.AsOf = at
	case key == "markets":
		s.Markets = nil
		for _, m := range strings.Fields(value) {
			s.Markets = append(s.Markets, listing.Market(m))
		}
	case strings.HasPrefix(key, "attribute "):
		p.Attributes = append(p.Attributes, listing.Attribute{Key: strings.TrimPrefix(key, "attribute "), Value: value})
	default:
		t.Fatalf("unknown field %q", key)
	}
}

var roleNames = map[check.Role]string{check.OwnBrand: "OWN_BRAND", check.Nominative: "NOMINATIVE", check.Descriptive: "DESCRIPTIVE",
	check.Comparison: "COMPARISON", check.Replica: "REPLICA", check.Affiliation: "AFFILIATION", check.OtherClass: "OTHER_CLASS",
	check.OtherTerritory: "OTHER_TERRITORY", check.Unclear: "UNCLEAR"}

// render writes down everything that came of a submission.
func render(result *trademark.Result, report *check.Report) string {
	var b strings.Builder
	for _, m := range result.Mentions {
		fmt.Fprintf(&b, "mention %s %s%s: %s\n", m.MarkID, roleNames[m.Role], spansText(m.Spans), m.Reason)
	}
	for _, c := range result.Claims {
		fmt.Fprintf(&b, "claim flagship=%v%s\n", c.Flagship, spansText([]check.TextSpan{c.Span}))
	}
	for _, f := range report.Findings {
		fmt.Fprintf(&b, "finding %s", f.Code)
		if f.Variant != "" {
			b.WriteString("/" + f.Variant)
		}
		if f.Mark != "" {
			fmt.Fprintf(&b, " on %s", f.Mark)
		}
		if len(f.Markets) > 0 {
			fmt.Fprintf(&b, " in %v", f.Markets)
		}
		if len(f.Mitigates) > 0 {
			fmt.Fprintf(&b, " excusing %v", codesOf(report, f.Mitigates))
		}
		var spans []check.TextSpan
		for _, e := range f.Evidence {
			spans = append(spans, e.(check.TextSpan))
		}
		fmt.Fprintf(&b, "%s: %s\n", spansText(spans), f.Message)
	}
	return b.String()
}

func spansText(spans []check.TextSpan) string {
	var b strings.Builder
	for _, s := range spans {
		fmt.Fprintf(&b, " %s[%d:%d]=%+q", s.Field, s.Start, s.End, s.Surface)
		if len(s.Transforms) > 0 {
			fmt.Fprintf(&b, "(%s)", strings.Join(s.Transforms, " "))
		}
	}
	return b.String()
}

func codesOf(report *check.Report, ids []string) []string {
	var codes []string
	for _, f := range report.Findings {
		if slices.Contains(ids, f.ID) {
			codes = append(codes, f.Code)
		}
	}
	return codes
}
