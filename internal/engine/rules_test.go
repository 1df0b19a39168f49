package engine_test

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"google.golang.org/protobuf/proto"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/rulebook/embedded"
	"github.com/assay-project/assay/internal/verdict"
	"github.com/assay-project/assay/internal/wire"
)

// withRules is an engine of the embedded book with a file of rules.
func withRules(t testing.TB, rules string) *engine.Engine {
	t.Helper()
	files := fstest.MapFS{"rules.yaml": {Data: []byte(rules)}}
	err := fs.WalkDir(embedded.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(embedded.FS(), path)
		files[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	book, err := rulebook.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.New(book)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// pool are rules that read everything there is to read; some fire often, some fail.
var pool = []string{
	`{name: plain, when: 'submission.product.brand == ""', code: LST_IDENTIFICATION_INCOMPLETE}`,
	`{name: words, when: 'containsFolded(submission.product.title, "original")', code: CF_SOURCE_CLAIM, evidence: [{field: title, show: "findFolded(submission.product.title, 'original')"}]}`,
	`{name: marks, when: 'mentions.exists(m, m.gated)', code: TM_BRAND_UNAUTHORIZED}`,
	`{name: roles, when: 'mentions.exists(m, m.role == Role.ROLE_REPLICA)', code: CF_EXPLICIT_TERM}`,
	`{name: price, when: 'has(price.median) && price.ratio < 0.6', code: PRICE_LOW_OUTLIER}`,
	`{name: market, when: 'market == "US" || market == "DE"', code: REG_NOTICE_OPEN}`,
	`{name: papers, when: 'submission.documents.exists(d, daysBetween(day(d.issued_on), now) > 100)', code: MER_VERIFICATION_STALE}`,
	`{name: errors, when: 'submission.product.bullets[0] == "x"', code: LST_CATEGORY_MISMATCH}`,
	`{name: cleared, when: 'mentions.size() > 0', code: TM_CLEARED_OWNER}`,
}

// rulesOf is a file of some rules of the pool, by their numbers.
func rulesOf(numbers []int, mode string) string {
	rules := "rules:\n"
	for _, i := range numbers {
		rules += "  - " + strings.TrimSuffix(pool[i], "}") + ", doc: d, message: 'in {{ market }} at {{ now }}', mode: CHECKER_MODE_" + mode + "}\n"
	}
	return rules
}

// subset is an engine of the rules with these numbers, of a book that has them all, enforced or not.
func subset(t testing.TB, all *rulebook.Book, numbers []int, shadow bool) *engine.Engine {
	t.Helper()
	book := *all
	book.Rules, book.Policies = nil, maps.Clone(all.Policies)
	for i := range all.Rules {
		delete(book.Policies, all.Rules[i].Checker())
	}
	for _, i := range numbers {
		book.Rules = append(book.Rules, all.Rules[i])
		book.Policies[all.Rules[i].Checker()] = rulebook.Policy{Shadow: shadow}
	}
	e, err := engine.New(&book)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// numbers are those of all rules of the pool.
func numbers() []int {
	all := make([]int, len(pool))
	for i := range all {
		all[i] = i
	}
	return all
}

// TestRulesOnlyRaiseTheRisk adds rules to the embedded book, one by one and all together, enforced and in shadow, and asks all
// its cases.
func TestRulesOnlyRaiseTheRisk(t *testing.T) {
	book := withRules(t, rulesOf(numbers(), "ENFORCE")).Book()
	sets := [][]int{numbers()}
	for _, i := range numbers() {
		sets = append(sets, []int{i})
	}
	fired := 0
	for _, set := range sets {
		enforced, shadow := subset(t, book, set, false), subset(t, book, set, true)
		for _, s := range cases(t) {
			without, with, beside := answer(t, s, engine.Options{}), answerOf(t, enforced, s), answerOf(t, shadow, s)
			fired += len(beside.Shadow)
			for i := range without.Markets {
				if with.Markets[i].Decision < without.Markets[i].Decision {
					t.Errorf("%s, rules %v: %v without them, %v with them", s.ID, set, without.Markets[i].Decision, with.Markets[i].Decision)
				}
			}
			if with.RiskScore < without.RiskScore || with.Completeness < without.Completeness {
				t.Errorf("%s, rules %v: risk %v becomes %v, %v becomes %v", s.ID, set, without.RiskScore, with.RiskScore, without.Completeness, with.Completeness)
			}
			if beside.Decision != without.Decision || beside.RiskScore != without.RiskScore || beside.Completeness != without.Completeness ||
				len(beside.Findings) != len(without.Findings) || len(beside.Fixes) != len(without.Fixes) {
				t.Errorf("%s, rules %v: in shadow they change the verdict", s.ID, set)
			}
			if beside.ShadowDecision != with.Decision || len(beside.Shadow)+len(beside.Findings) != len(with.Findings) {
				t.Errorf("%s, rules %v: in shadow %v, enforced %v", s.ID, set, beside.ShadowDecision, with.Decision)
			}
		}
	}
	if fired < 100 {
		t.Errorf("only %d findings: the test shows little", fired)
	}
}

func answerOf(t testing.TB, e *engine.Engine, s *listing.Submission) *verdict.Verdict {
	t.Helper()
	v, _, err := e.Check(t.Context(), s, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestRulesGiveTheSameBytes asks every case again, alone and with other markets around, of two engines.
func TestRulesGiveTheSameBytes(t *testing.T) {
	one, other := withRules(t, rulesOf(numbers(), "ENFORCE")), withRules(t, rulesOf(numbers(), "ENFORCE"))
	bytes := func(e *engine.Engine, s *listing.Submission) string {
		b, err := proto.MarshalOptions{Deterministic: true}.Marshal(wire.NewEncoder(e.Checkers(), e.Rulebook(), true).Verdict(answerOf(t, e, s)))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	for i, s := range cases(t) {
		both := *s
		both.Markets = []listing.Market{"DE", "CN", "US"}
		if first := bytes(one, s); bytes(one, &both) != bytes(other, &both) || first != bytes(one, s) {
			t.Errorf("case %d differs", i)
		}
		together := answerOf(t, one, &both)
		for j, m := range both.Markets {
			alone := both
			alone.Markets = []listing.Market{m}
			if got := answerOf(t, one, &alone); got.Decision != together.Markets[j].Decision {
				t.Errorf("case %d in %s: %v alone, %v together", i, m, got.Decision, together.Markets[j].Decision)
			}
		}
	}
}

// TestARuleReadsWhatTheCheckersFound runs two rules on a listing whose mark is found in disguise and whose price is low, as the
// book itself says.
func TestARuleReadsWhatTheCheckersFound(t *testing.T) {
	e := withRules(t, `rules:
  - {name: seen, doc: d, when: 'mentions.exists(m, m.mark_id == "nike" && m.gated)', code: TM_COMPARISON, message: m}
  - {name: low, doc: d, when: 'has(price.median) && price.ratio < 0.5', code: REG_NOTICE_OPEN,
     message: "{{ price.offered }} beside {{ price.median }}", mode: CHECKER_MODE_SHADOW}
`)
	s := submission(t, &assayv1.Product{Title: "Nіke shoes"}, "US")
	v := answerOf(t, e, s)
	rows := v.Runs[len(v.Runs)-2:]
	if rows[0].Name != "rule/seen" || rows[0].Status != check.Flagged || !slices.Equal(rows[0].Requires, []string{"trademark", "authorization"}) {
		t.Errorf("row %+v", rows[0])
	}
	if !rows[1].Shadow || rows[1].Status != check.Clean {
		t.Errorf("row %+v: there is no price to compare", rows[1])
	}
	if len(rows[0].Lists) != 1 || rows[0].Lists[0].Name != "rules.yaml" {
		t.Errorf("lists %v", rows[0].Lists)
	}
}

// TestARuleSeesThePriceThatFindingsShow holds the price that rules read against the evidence of the price checker's findings.
func TestARuleSeesThePriceThatFindingsShow(t *testing.T) {
	e := withRules(t, `rules:
  - {name: price, doc: d, when: 'has(price.median)', code: REG_NOTICE_OPEN, mode: CHECKER_MODE_SHADOW,
     message: "{{ price.offered }} beside {{ price.median }}: {{ price.ratio }}"}
`)
	compared := 0
	for i, s := range cases(t) {
		one := *s
		one.Markets = s.Markets[:1]
		v := answerOf(t, e, &one)
		said := ""
		for _, f := range v.Shadow {
			said = f.Message
		}
		for _, f := range v.Findings {
			if !slices.Contains([]string{"PRICE_SOFT_LOW", "PRICE_LOW_OUTLIER", "PRICE_LOW_EXTREME"}, f.Code) {
				continue
			}
			p := f.Evidence[0].(check.Price)
			if want := fmt.Sprintf("%v beside %v: %.6g", p.Offered, p.Median, p.Ratio); p.Reference == check.MarketReference && said != want {
				t.Errorf("case %d: the rule reads %q, the finding shows %q", i, said, want)
			}
			compared++
		}
	}
	if compared == 0 {
		t.Error("no case has a low price: the test shows nothing")
	}
}

// BenchmarkRules is what ten rules cost beside the same engine without: the ratio of the two is what to look at.
func BenchmarkRules(b *testing.B) {
	rules := "rules:\n"
	for i := range 10 {
		rules += fmt.Sprintf(`  - {name: r%d, doc: d, code: REG_NOTICE_OPEN, message: m, when: 'containsFolded(submission.product.title, "word%d") && below(submission.product.price, "5 EUR") && submission.merchant.country == "CN"'}`+"\n", i, i)
	}
	s := ordinary(b)
	for name, e := range map[string]*engine.Engine{"none": inForce, "ten": withRules(b, rules)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := e.Check(b.Context(), s, engine.Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
