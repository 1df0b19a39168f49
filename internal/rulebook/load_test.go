package rulebook

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/verdict"
)

// book is the directory of testdata/book.txtar with the files of other archives in place of its own. An empty file
// takes the book's away.
func book(t testing.TB, others ...*txtar.Archive) fstest.MapFS {
	t.Helper()
	base, err := txtar.ParseFile("testdata/book.txtar")
	if err != nil {
		t.Fatal(err)
	}
	fsys := make(fstest.MapFS)
	for _, a := range append([]*txtar.Archive{base}, others...) {
		for _, f := range a.Files {
			if delete(fsys, f.Name); len(f.Data) > 0 {
				fsys[f.Name] = &fstest.MapFile{Data: f.Data, Mode: 0o644}
			}
		}
	}
	return fsys
}

func load(t testing.TB, fsys fs.FS) *Book {
	t.Helper()
	b, err := Load(fsys)
	if err != nil {
		t.Fatalf("load:\n%v", err)
	}
	return b
}

func TestLoadReadsEveryRow(t *testing.T) {
	b := load(t, book(t))
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	marks := []Mark{
		{At: Position{File: "marks.jsonl", Line: 2}, ID: "lumora", Text: "Lumora",
			Aliases: []Alias{{Text: "鹿茉拉", Language: "zh", Kind: Transliteration}},
			Holder:  "Lumora B.V.", HolderCountry: "NL", Office: "EM", RegistrationNumber: "018000001",
			Territories: []string{"EU", "CN"}, NiceClasses: []int{18, 25}, Status: MarkRegistered, Famous: true,
			Models: []string{"Lumo One"}, Policy: MatchFuzzy, Sources: []string{"made up"}},
		{At: Position{File: "marks.jsonl", Line: 1}, ID: "orchard", Text: "Orchard", DictionaryWord: true,
			HomeCategories: []string{"Shoes > Boots"}},
	}
	rule := b.Rules[0]
	when, message, show := rule.When, rule.Message.Text, rule.Evidence[0].Show.Text
	rule.When, rule.Message, rule.Evidence[0].Show = Expression{}, Expression{}, Expression{}
	usd := func(units int64, nanos int32) listing.Money {
		return listing.Money{Units: units, Nanos: nanos, Currency: "USD"}
	}
	for _, row := range []struct {
		name      string
		got, want any
	}{
		{"label", b.Label, "test"},
		{"policies", b.Policies, map[string]Policy{"price": {At: Position{"rulebook.yaml", 3, 15}, Failure: verdict.FailureIgnore, Shadow: true},
			"rule/graded": {At: Position{"rules.yaml", 2, 5}, Shadow: true}}},
		{"rule", rule, Rule{At: Position{"rules.yaml", 2, 5}, Name: "graded", Doc: "Grades belong to copies.",
			Code: "CF_GRADE_TERM", Variant: "near_mark", Citation: "house rule 7", Markets: []listing.Market{"US", "CN"},
			From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Until: time.Date(2026, 6, 30, 22, 0, 0, 0, time.UTC),
			Evidence: []RuleEvidence{{At: Position{"rules.yaml", 16, 17}, Field: "title"}}}},
		{"requirement", b.Requirements, []Requirement{{At: Position{"requirements.yaml", 2, 5}, Name: "boot-report",
			Title: check.Words{"en": "test report", "de": "Prüfbericht"}, Asked: AskedOfListings, Names: []PaperFor{ForBrand, ForCategory},
			Categories: []string{"Shoes"}, Except: []string{"Shoes > Boots"}, Markets: []listing.Market{"CN", "US"}, Countries: []string{"CN"},
			Conditions: []listing.Condition{listing.ConditionNew}, ShopTypes: []listing.ShopType{listing.ShopTypeMultiBrand},
			Papers: []AcceptedPaper{{Types: []listing.DocumentType{listing.TestReport, listing.InspectionReport}, Schemes: []string{"GB 25038"},
				EveryScheme: true, Accreditations: []string{"CNAS", "CMA"}, Issuers: []string{"Harbour Laboratory Ltd"},
				Issuer: check.Words{"en": "a laboratory"}, ThirdParty: true, Passed: true, MaxAgeDays: 365, MinRemainingDays: 30,
				MinRemainingMandatory: true, Lasting: true}},
			From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Until: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), Citation: "house rule 9"}}},
		{"expression", when.At(strings.Index(when.Text, "containsFolded")), Position{"rules.yaml", 6, 9}},
		{"message", message, `The title {{ submission.product.title }} names a grade.`},
		{"shown", show, `findFolded(submission.product.title, 'AAA')`},
		{"zone", b.Zones["CN"].String(), shanghai.String()},
		{"marks", b.Marks, marks},
		{"words", b.Words, []string{"orchard", "shoe"}},
		{"wording", b.Wording[1], Wording{At: Position{"wording.yaml", 6, 5}, Kind: Exempt, Language: "en",
			Phrases: []string{"AAA batteries"}, Exempts: []string{"CF_GRADE_TERM"}}},
		{"gate", b.Gates, []Gate{{At: Position{"gates.yaml", 2, 5}, Marks: []string{"lumora"}, Markets: []listing.Market{"US", "CN"},
			Categories: []string{"Shoes"}, Conditions: []listing.Condition{listing.ConditionNew},
			ShopTypes: []listing.ShopType{listing.ShopTypeMultiBrand}, Pack: "default"}}},
		{"pack", b.Packs[0].Alternatives[1], Alternative{Name: "invoice", Proof: ProofInvoice,
			Types: []listing.DocumentType{listing.PurchaseInvoice}, MaxAgeDays: 365}},
		{"tier", b.Prices.Tiers, []Tier{{At: Position{"prices.yaml", 7, 5}, Reference: check.MarketReference, Levels: []string{"gtin"},
			MinMerchants: 10, SoftRatio: 0.7, SoftZ: -2.5, OutlierRatio: 0.5, OutlierRatioWithZ: 0.6, OutlierZ: -3.5, ExtremeRatio: 0.3}}},
		{"currencies", b.Prices.Currencies, map[listing.Market][]string{"CN": {"CNY"}}},
		{"baseline", b.Baselines[0], Baseline{At: Position{File: "baselines.csv", Line: 2}, Kind: Observed, Brand: "lumora", Category: "Shoes",
			Currency: "USD", Condition: listing.ConditionNew, Merchants: -1, Observations: 41, Median: usd(79, 500_000_000),
			Low: usd(55, 0), High: usd(120, 250_000_000), SpreadUp: 0.12,
			AsOf: listing.Date{Year: 2026, Month: time.January, Day: 31}, Source: "made up"}},
		{"variant", b.Decisions.Row("CF_GRADE_TERM", "near_mark").Effect, verdict.Review},
		{"variant without row", b.Decisions.Row("CF_GRADE_TERM", "other").Effect, verdict.Approve},
		{"test", b.Tests[0].Mentions, []ExpectedMention{{MarkID: "lumora", Role: check.OwnBrand}}},
		{"id filled in", b.Tests[0].Submission.SubmissionId, "tests/marks.yaml:2"},
		{"market filled in", b.Tests[0].Submission.Markets, []string{"US"}},
		{"time filled in", b.Tests[0].Submission.AsOf.AsTime(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)},
	} {
		if diff := cmp.Diff(row.want, row.got, cmp.AllowUnexported(Expression{}, run{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.name, diff)
		}
	}
}

// TestBroken loads one book for each kind of mistake. An archive holds the files that differ from the sound book, and the
// problems expected, all of them.
func TestBroken(t *testing.T) {
	paths, err := filepath.Glob("testdata/broken/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			want := take(a, "want")
			fsys := book(t, a)
			_, err = Load(fsys)
			var problems Problems
			if !errors.As(err, &problems) {
				t.Fatalf("got %v, want problems", err)
			}
			if diff := cmp.Diff(strings.TrimSpace(want), problems.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, p := range problems {
				if p.File == "" || p.Text == "" {
					t.Errorf("%+v: a problem names its file and says what it is", p)
				}
			}
		})
	}
}

// take takes a file out of an archive.
func take(a *txtar.Archive, name string) string {
	for i, f := range a.Files {
		if f.Name == name {
			a.Files = append(a.Files[:i], a.Files[i+1:]...)
			return string(f.Data)
		}
	}
	return ""
}
