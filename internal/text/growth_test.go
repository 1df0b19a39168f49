package text

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// growing are texts made to cost more for each byte the longer they are.
var growing = map[string]string{
	"one letter": "a", "spaces": " ", "spelled": "n.", "expansion": "\ufdfa", "fractions": "½", "marks": "\u0301", "kinds of marks": "\u0316\u0301\u0345\u0327", "jamo": "\u1100\u1161\u11a8",
	"invisible": "a\u200b", "fillers": "\u3164", "directions": "\u202e\u202c", "camel": "aA", "scripts": "aа", "tags": "\U000e0061", "regional": "🇳🇮", "ideographs": "一", "Thai": "ไก่",
	"Arabic": "وال", "voiced": "か\u3099", "Indic": "क\u094d", "symbols": "a$b!", "words": "soft light ", "broken": "\xff\xe8",
}

// grown is a text of about so many bytes, with a letter first so that marks have one to stand on.
func grown(unit string, bytes int) string { return "n" + strings.Repeat(unit, bytes/len(unit)) }

// TestFoldingIsLinear holds what is left behind, which is all the work there is after it, to the length of the text. It counts: time
// is for BenchmarkGrowth.
func TestFoldingIsLinear(t *testing.T) {
	const perByte = 8 // letters, tokens, pieces and oddities: of 1 byte at most as many
	var f Folded
	size := func(s string) int {
		f.Fold(s)
		return len(f.letters) + len(f.tokens) + len(f.pieces) + len(f.bidi) + len(f.mixed) + len(f.floods)
	}
	for name, unit := range growing {
		short, long := size(grown(unit, 8<<10)), size(grown(unit, 64<<10))
		if long > perByte*64<<10 || long > 9*short+1000 {
			t.Errorf("%s: %d for 8 KiB, %d for 64 KiB", name, short, long)
		}
	}
}

// BenchmarkGrowth shows what a byte costs in texts of growing length: within a kind it must stay the same.
func BenchmarkGrowth(b *testing.B) {
	for name, unit := range growing {
		for _, bytes := range []int{1 << 10, 8 << 10, 64 << 10, 256 << 10} {
			text := grown(unit, bytes)
			b.Run(fmt.Sprintf("%s/%dKiB", strings.ReplaceAll(name, " ", "_"), bytes>>10), func(b *testing.B) {
				var f Folded
				for b.Loop() {
					f.Fold(text)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(text)), "ns/byte")
			})
		}
	}
}

// TestFoldIsIdempotent folds every scalar value, alone and between letters, and what that gives once more.
func TestFoldIsIdempotent(t *testing.T) {
	var once, again Folded
	scalars := 0
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		scalars++
		for _, s := range []string{string(r), "a" + string(r) + "か"} {
			once.Fold(s)
			for i := range once.NumTokens() {
				letters := once.Letters(i)
				again.Fold(string(letters))
				var got []rune
				for j := range again.NumTokens() {
					got = append(got, again.Letters(j)...)
				}
				if !slices.Equal(got, letters) {
					t.Fatalf("%q folds to %q, and that to %q", s, string(letters), string(got))
				}
			}
		}
	}
	if scalars != 1_112_064 {
		t.Errorf("%d scalar values", scalars)
	}
}
