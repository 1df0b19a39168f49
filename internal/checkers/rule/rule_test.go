package rule_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"google.golang.org/protobuf/encoding/protojson"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/rule"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/wire"
)

type native = check.Checker[*listing.Submission]

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// sound is a rulebook without rules, as small as there can be.
var sound = func() fstest.MapFS {
	files := fstest.MapFS{}
	dir := "testdata/book"
	for _, name := range []string{"rulebook.yaml", "decisions.yaml", "wording.yaml", "gates.yaml", "packs.yaml", "prices.yaml", "marks.jsonl",
		"words.tsv", "categories.csv", "category_aliases.csv", "baselines.csv", "tests/plain.yaml"} {
		data, err := fs.ReadFile(os.DirFS(dir), name)
		if err != nil {
			panic(err)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	return files
}()

// bookOf is the small book with a file of rules.
func bookOf(rules string) (*rulebook.Book, error) {
	files := maps.Clone(sound)
	files["rules.yaml"] = &fstest.MapFile{Data: []byte(rules)}
	return rulebook.Load(files)
}

// inputs are what rules read besides the submission: marks of the test, and a price that costs half of what is usual in the
// United States only.
func inputs(mentions []check.Mention) rule.Inputs {
	return rule.Inputs{
		Mentions: func(*check.Pass[*listing.Submission]) []check.Mention { return mentions },
		Price: func(_ *check.Pass[*listing.Submission], m listing.Market) (check.Price, bool) {
			usd := listing.Money{Units: 20, Currency: "USD"}
			return check.Price{Reference: check.MarketReference, Merchants: 9, Median: usd, Ratio: 0.5}, m == "US"
		},
	}
}

// compiled makes the checkers of a file of rules.
func compiled(t testing.TB, rules string) []*native {
	t.Helper()
	book, err := bookOf(rules)
	if err != nil {
		t.Fatal(err)
	}
	checkers, err := rule.New(book, inputs(nil))
	if err != nil {
		t.Fatal(err)
	}
	return checkers
}

// when is a file of one rule that fires when an expression holds.
func when(expression string) string {
	return "rules:\n  - name: it\n    doc: d\n    code: LST_RULE\n    message: m\n    when: |\n      " +
		strings.ReplaceAll(expression, "\n", "\n      ") + "\n"
}

// submission is a value of a message in JSON.
func submission(t testing.TB, json string) *listing.Submission {
	t.Helper()
	m := &assayv1.Submission{SubmissionId: "s", Product: &assayv1.Product{}, Markets: []string{"US"}}
	if err := protojson.Unmarshal([]byte(json), m); err != nil {
		t.Fatal(err)
	}
	if m.SubmissionId == "" {
		m.SubmissionId = "s"
	}
	if len(m.Markets) == 0 {
		m.Markets = []string{"US"}
	}
	if m.Product == nil {
		m.Product = &assayv1.Product{}
	}
	s, err := wire.Submission(m, now)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// asked runs rules on a submission.
func asked(t testing.TB, ctx context.Context, checkers []*native, s *listing.Submission) *check.Report {
	t.Helper()
	plan, err := check.NewPlan(checkers...)
	if err != nil {
		t.Fatal(err)
	}
	return plan.Run(ctx, s, nil)
}

func problemsOf(t testing.TB, err error) rulebook.Problems {
	t.Helper()
	var problems rulebook.Problems
	if !errors.As(err, &problems) {
		t.Fatalf("got %v, want problems", err)
	}
	return problems
}

// manyRules is a file of the most rules that it may have, each with the same condition.
func manyRules(expression string) string {
	var b strings.Builder
	b.WriteString("rules:\n")
	for i := range 256 {
		fmt.Fprintf(&b, "  - {name: r%d, doc: d, code: LST_RULE, message: m, when: '%s'}\n", i, expression)
	}
	return b.String()
}

// TestHostileBooksCompileInTime has books that took minutes to compile: to find that rules can never fire, and to tell all that is
// wrong with them.
func TestHostileBooksCompileInTime(t *testing.T) {
	numbers := "[" + strings.Repeat("1, ", 199) + "1]"
	for name, test := range map[string]struct {
		expression string
		problems   int // at most
	}{
		"loops over constants": {numbers + `.all(a, ` + numbers + `.all(b, a + b > 0)) && market == "ZZ"`, 0},
		"false for itself":     {`1 == 2 || "a" == "b"`, 256},
		"errors":               {strings.Repeat(`submission.product.title == 1 || `, 120) + `false`, 400},
	} {
		book, err := bookOf(manyRules(test.expression))
		if err != nil {
			t.Fatal(name, err)
		}
		start := time.Now()
		var problems rulebook.Problems
		if _, err = rule.New(book, inputs(nil)); err != nil {
			problems = problemsOf(t, err)
		}
		if len(problems) > test.problems || len(problems) < test.problems/2 {
			t.Errorf("%s: %d problems", name, len(problems))
		}
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
		t.Log(name, time.Since(start), len(problems))
	}
}
