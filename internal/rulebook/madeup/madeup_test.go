package madeup_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/rulebook/madeup"
)

// TestLinesAreMarks builds a register of made-up marks: none of them may be refused, and the same seed gives the same ones.
func TestLinesAreMarks(t *testing.T) {
	words, categories := []string{"running", "écharpe", "耳机"}, []string{"Shoes"}
	lines := slices.Collect(madeup.Lines(1, 5000, words, categories))
	b := rulebook.NewRegisterBuilder()
	if err := b.Read("a.jsonl", strings.NewReader(strings.Join(lines, "\n"))); err != nil || b.Tally().Marks != 5000 {
		t.Errorf("%v, %+v\n%v", err, b.Tally(), b.Problems())
	}
	if !slices.Equal(lines, slices.Collect(madeup.Lines(1, 5000, words, categories))) || slices.Equal(lines, slices.Collect(madeup.Lines(2, 5000, words, categories))) {
		t.Error("a seed does not decide what is made up")
	}
}
