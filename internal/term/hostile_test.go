package term

import (
	"fmt"
	"strings"
	"testing"

	"github.com/assay-project/assay/internal/text"
)

// Texts and terms made to cost much. What a scan may do is bounded by counts, and so are its hits.
func TestHostileTextsAreBounded(t *testing.T) {
	var terms []Term
	for n := 1; n <= 1000; n++ {
		terms = append(terms, Term{strings.Repeat("a", n), Fuzzy})
	}
	for n := 2; n <= 40; n++ {
		terms = append(terms, Term{strings.Repeat("一", n), Exact}, Term{strings.TrimSpace(strings.Repeat("ab ", n)), Fuzzy})
	}
	for i := range 300 {
		terms = append(terms, Term{fmt.Sprintf("zzxy%cq%cvw", 'a'+i%26, 'a'+i/26), Fuzzy}, Term{"Delta", Exact})
	}
	s := newScanner(t, terms, nil)
	for name, in := range map[string]string{
		"one letter, spelled":       strings.Repeat("a ", text.MaxBytes/2),
		"one long word":             strings.Repeat("a", 64<<10),
		"one ideograph":             strings.Repeat("一", text.MaxBytes/3),
		"prefixes of one another":   strings.Repeat("ab ", text.MaxBytes/3),
		"words near many terms":     strings.Repeat("zzxyqvw ", 10_000),
		"symbols between letters":   strings.Repeat("a$b!c@d*", 20_000),
		"terms with many namesakes": strings.Repeat("delta ", 10_000),
		"invisible between letters": strings.Repeat("a\u200b", 50_000),
		"camel":                     strings.Repeat("aA", 100_000),
		"ligatures of many words":   strings.Repeat("\ufdfa", 50_000),
		"Arabic word":               strings.Repeat("وال", 40_000),
	} {
		if hits := s.hits(in); len(hits) > maxRaw {
			t.Errorf("%s: %d hits", name, len(hits))
		}
		t.Logf("%s: %d hits, capped %v", name, len(s.h), s.s.Capped())
	}
	if s.hits(strings.Repeat("delta ", 10_000)); !s.s.Capped() {
		t.Error("the cap is not reported")
	}
	if s.hits("a delta"); s.s.Capped() {
		t.Error("the cap is reported for the next text")
	}
}

// A term with ten thousand marks over each letter is still found.
func TestBuriedTerm(t *testing.T) {
	s := newScanner(t, []Term{{"Nike", Disguised}}, nil)
	var b strings.Builder
	for _, r := range "nike" {
		b.WriteRune(r)
		b.WriteString(strings.Repeat("\u0301", 10_000))
	}
	if h, ok := s.found(b.String(), 0); !ok || h.Transforms&text.Overlay == 0 {
		t.Errorf("found %v, %v", ok, h)
	}
}
