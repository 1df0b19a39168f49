package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/rulebook/embedded"
)

// goals are the least and the most that the board may show on our own titles.
var (
	mostNamed = map[string]float64{"ordinary": 0.005, "plain": 0.10, "near": 0.05, "odd": 0.01, "longer": 0.25, "compat": 0.06, "named": 0.05}
	leastRole = map[string]float64{"compat": 0.85, "named": 0.95}
)

func TestScoreboard(t *testing.T) {
	b := testBoard(t)
	var out bytes.Buffer
	b.print(&out)
	t.Log("\n" + out.String())
	for name, most := range mostNamed {
		if s := b.slices[name]; s == nil || float64(s.named) > most*float64(s.rows) {
			t.Errorf("slice %q: %+v wrongly named, at most %.1f %% is the goal", name, s, 100*most)
		}
	}
	for name, least := range leastRole {
		if s := b.slices[name]; float64(s.found) < least*float64(s.wanted) {
			t.Errorf("slice %q: %d of %d marks in the right role, at least %.1f %% is the goal", name, s.found, s.wanted, 100*least)
		}
	}
	if h := sum(b.hidden, func(string) bool { return true }); h.recall(0) < 0.95 || h.recall(1) < 0.95 {
		t.Errorf("recall over all disguises: seen %.3f, unseen %.3f", h.recall(0), h.recall(1))
	}
	if h := sum(b.fitted, func(name string) bool { return strings.HasPrefix(name, "said") }); h.recall(0) < 0.97 || h.recall(1) < 0.97 {
		t.Errorf("wording for what fits: seen %.3f, unseen %.3f", h.recall(0), h.recall(1))
	}
	if !strings.Contains(out.String(), "the worst rows") {
		t.Error("the board shows no worst rows")
	}
}

func testBoard(t *testing.T) *board {
	t.Helper()
	book, err := rulebook.Load(embedded.FS())
	if err != nil {
		t.Fatal(err)
	}
	b, err := newBoard(book, options{plant: 200, worst: 100, seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.own(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.hide(t.Context())
	b.fit(t.Context())
	b.dress(t.Context())
	if b.err != nil {
		t.Fatal(b.err)
	}
	return b
}

// The same seed gives the same board.
func TestScoreboardRepeats(t *testing.T) {
	var first, second bytes.Buffer
	testBoard(t).print(&first)
	testBoard(t).print(&second)
	if first.String() != second.String() {
		t.Error("two boards of one seed differ")
	}
}

// No title stands twice, and each label names marks that the rulebook has (own checks that).
func TestTitles(t *testing.T) {
	all, err := readTitles(titles)
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]string)
	langs := make(map[string]bool)
	for slice, rows := range all {
		for _, l := range rows {
			if first := seen[l.Title]; first != "" {
				t.Errorf("%q stands in %s and in %s", l.Title, first, slice)
			}
			seen[l.Title] = slice
			langs[l.lang] = true
		}
	}
	if len(seen) < 500 || len(langs) < 14 {
		t.Errorf("%d titles in %d languages", len(seen), len(langs))
	}
}

func TestParseTitleRefuses(t *testing.T) {
	for _, line := range []string{"", "en", "xx | Title", "en | a | b | c | nike WRONG", "en | a | b | c | d | e"} {
		if l, err := parseTitle(line); err == nil {
			t.Errorf("parseTitle(%q) = %+v, want an error", line, l)
		}
	}
}
