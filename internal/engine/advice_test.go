package engine_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/rulebook"
)

func TestAdviceOnRulesAndCodes(t *testing.T) {
	e := withRules(t, `rules:
  - {name: over, doc: d, when: 'true', code: REG_NOTICE_OPEN, message: m, until: 2026-05-01}
  - {name: on, doc: d, when: 'true', code: REG_NOTICE_OPEN, message: m, until: 2026-05-02}
`)
	advice := func(e *engine.Engine) string { return e.Advice(time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)).Error() }
	with, without := advice(e), advice(inForce)
	if want := "rules.yaml:2:5: rule/over: it was in force until 2026-05-01T00:00:00Z"; !strings.Contains(with, want) || strings.Contains(with, "rule/on") {
		t.Errorf("no %q in:\n%s", want, with)
	}
	const unused = "REG_NOTICE_OPEN: no checker and no rule reports it"
	if !strings.Contains(without, unused) || strings.Contains(with, unused) {
		t.Errorf("a rule reports the code:\n%s\nnobody does:\n%s", with, without)
	}
}

// TestAdviceOnCodesIsBounded gives a table many rows that nobody comes to.
func TestAdviceOnCodesIsBounded(t *testing.T) {
	book := *inForce.Book()
	book.CodesAt = maps.Clone(book.CodesAt)
	for i := range 20 {
		book.CodesAt[fmt.Sprintf("AA_%d", i)] = rulebook.Position{File: "decisions.yaml", Line: 1, Column: i + 1}
	}
	e, err := engine.New(&book)
	if err != nil {
		t.Fatal(err)
	}
	got := e.Advice(now).Error()
	line := regexp.MustCompile(`^decisions.yaml:1:1: AA_0: no checker and no rule reports it\n`)
	count := regexp.MustCompile(`\ndecisions.yaml: and \d+ codes more that nobody reports$`)
	if !line.MatchString(got) || !count.MatchString(got) || strings.Count(got, "\n") != 10 {
		t.Errorf("got\n%s", got)
	}
}

// TestEveryReportedCodeIsKnown reads the source of the product's checkers: a code of the embedded decision table that stands in
// it is one that they report, and no advice is given on it.
func TestEveryReportedCodeIsKnown(t *testing.T) {
	source := regexp.MustCompile(`"([A-Z]{2,}_[A-Z_0-9]+)"`)
	files, err := filepath.Glob("../checkers/*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, "../verdict/decide.go", "../twin/listing.go")
	written := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range source.FindAllSubmatch(data, -1) {
			written[string(found[1])] = true
		}
	}
	for name := range inForce.Book().CodesAt {
		code, _, _ := strings.Cut(name, "/")
		if written[code] != slices.Contains(engine.Reported, code) {
			t.Errorf("%s: in the source of a checker: %v; among reported in advice.go: %v. Make them agree", code, written[code], !written[code])
		}
	}
}

// TestAdviceOnCodesWithoutARow takes the weight of one code away.
func TestAdviceOnCodesWithoutARow(t *testing.T) {
	if got := inForce.Advice(now).Error(); strings.Contains(got, "there is no row") {
		t.Errorf("the embedded book does not weigh everything:\n%s", got)
	}
	book := *inForce.Book()
	book.CodesAt = maps.Clone(book.CodesAt)
	delete(book.CodesAt, "PRICE_INVALID")
	e, err := engine.New(&book)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := e.Advice(now).Error(), "\ndecisions.yaml: PRICE_INVALID: it may be found and there is no row for it"; !strings.Contains(got, want) {
		t.Errorf("no %q in:\n%s", want, got)
	}
	clear(book.CodesAt)
	if got := e.Advice(now); len(got) != 11 || !strings.HasPrefix(got[10].Text, "and ") {
		t.Errorf("with no rows at all:\n%v", got)
	}
}
