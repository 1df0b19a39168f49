package engine_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/rulebook/embedded"
	"github.com/assay-project/assay/internal/verdict"
)

// crowd are marks of one text, all for lamps but the last, which is for clothes; nobody watches them.
func crowd(text string, n int) []string {
	lines := make([]string, n)
	for i := range lines {
		class := 11
		if i == n-1 {
			class = 25
		}
		lines[i] = fmt.Sprintf(`{"id":"crowd-%s-%03d","text":%q,"nice_classes":[%d]}`, text, i, text, class)
	}
	return lines
}

// crowded is an engine of the embedded list with more marks, and a register.
func crowded(t *testing.T, more, register []string) *engine.Engine {
	t.Helper()
	data, err := fs.ReadFile(embedded.FS(), "marks.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	return engineOf(t, append(strings.Split(strings.TrimSpace(string(data)), "\n"), more...), register)
}

// TestCrowdsOfMarks names a word that is the text of very many marks, again and again: the listing is no less honest for it, and a
// mark among them that somebody watches, or that is for the goods, is not lost.
func TestCrowdsOfMarks(t *testing.T) {
	shirt := &assayv1.Product{Title: "Cotton shirt with a lantern", Category: "Apparel & Accessories > Clothing",
		Description: strings.Repeat("A lantern is printed on the front, and another lantern on the back. ", 60)}
	watched := `{"id":"zz-lantern","text":"Lantern","famous":true,"nice_classes":[25]}`
	for name, e := range map[string]*engine.Engine{
		"register": crowded(t, []string{watched}, crowd("Lantern", 300)),
		"list":     crowded(t, append([]string{watched}, crowd("Lantern", 60)...), nil),
	} {
		v, _, err := e.Check(t.Context(), submission(t, shirt, "DE"), engine.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(v.Findings, func(f verdict.Finding) bool { return f.Code == "SYS_INPUT_TRUNCATED" }) {
			t.Errorf("%s: an honest listing was not read to its end", name)
		}
		ids := map[string]check.Mention{}
		for _, m := range v.Mentions {
			ids[m.MarkID] = m
		}
		if len(ids) != 9 || ids["zz-lantern"].MarkID == "" {
			t.Errorf("%s: %d marks, want eight of the crowd and the one that is watched", name, len(ids))
		}
		if name == "list" && ids["crowd-Lantern-059"].MarkID == "" { // of a register, only the first 64 are looked at
			t.Errorf("%s: the mark for the goods gave way to others", name)
		}
		for id, m := range ids {
			if said := strings.Contains(m.Reason, "more marks"); said != (id != "zz-lantern") {
				t.Errorf("%s: %s: %q", name, id, m.Reason)
			}
		}
	}
}

// TestAMarkForEveryWord checks a long text in which each word is some mark, with a watched one at its end.
func TestAMarkForEveryWord(t *testing.T) {
	var marks []string
	words := strings.Fields("cotton linen collar button sleeve pocket fabric thread colour summer")
	for _, word := range words {
		marks = append(marks, crowd(word, 3)...)
	}
	e := crowded(t, []string{`{"id":"watched","text":"Veloria","famous":true}`}, marks)
	shirt := &assayv1.Product{Title: "Shirt", Description: strings.Repeat(strings.Join(words, " ")+" ", 80) + "Veloria"}
	v, _, err := e.Check(t.Context(), submission(t, shirt, "DE"), engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if v.Decision != verdict.Approve || v.Completeness != verdict.Degraded || !strings.Contains(v.Runs[0].Reason, "there are 2400") {
		t.Errorf("%v, %v, %q", v.Decision, v.Completeness, v.Runs[0].Reason)
	}
	if !slices.ContainsFunc(v.Mentions, func(m check.Mention) bool { return m.MarkID == "watched" }) {
		t.Error("the watched mark is lost behind the others")
	}
}
