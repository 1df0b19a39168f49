package text

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// foldSlowly is Fold without the shortcuts of fast.go and block.go.
func foldSlowly(f *Folded, s string) {
	f.Reset()
	f.raw = s
	f.letters = slices.Grow(f.letters, len(s)+spare)
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c >= utf8.RuneSelf:
			i = f.foldRune(s, i)
		case ascii[c].class != classGap:
			i = f.asciiRun(s, i)
		default:
			f.asciiGap(c)
			i++
		}
	}
	f.closeWord()
	f.addGap(End)
	f.newPiece(f.w.hash, len(f.letters), len(s), Free)
}

// A state is all that Fold leaves behind.
type state struct {
	Letters              string
	Tokens               []Token
	Pieces               []Piece
	Bidi, Mixed, Floods  []int32
	Invisible, Truncated any
	Leading              Gap
}

func stateOf(f *Folded) state {
	return state{
		string(f.letters), slices.Clone(f.tokens), slices.Clone(f.pieces), slices.Clone(f.bidi), slices.Clone(f.mixed),
		slices.Clone(f.floods), f.invisible, f.truncated, f.leading,
	}
}

func TestShortcutsChangeNothing(t *testing.T) {
	parts := []string{
		"a", "b", "N", "K", "ike", "NIKE", "7", "42", " ", " ", ",", ". ", "-", "'", "\x00", "\n", "é", "Ü", "ß", "ﬁ", "Ж", "ж", "ΝΙ", "µ",
		"耐", "克", "ガ", "カ", "\u3099", "ｶﾞ", "나", "\u1102\u1161", "و", "ال", "نايك", "ไ", "น", "ี", "क", "्", "\u200b", "\u200d", "\u0301",
		"\u0336", "\u20e3", "\ufe0f", "🇺🇸", "🅽", "Ⓡ", "®", "™", "。", "–", "½", "ﷺ", "\u2800", "\u202e", "\U000e0061", "\xff", "\xe8\x80",
		"ＮＩ", "𝐍", "é", strings.Repeat("x", 70), strings.Repeat("word ", 15),
	}
	rng := rand.New(rand.NewPCG(3, 3))
	var fast, slow Folded
	for range 50_000 {
		var b strings.Builder
		for range 1 + rng.IntN(12) {
			b.WriteString(parts[rng.IntN(len(parts))])
		}
		in := b.String()
		fast.Fold(in)
		foldSlowly(&slow, in)
		if d := cmp.Diff(stateOf(&slow), stateOf(&fast), cmp.AllowUnexported(Token{})); d != "" {
			t.Fatalf("%q: -slow +fast\n%s", in, d)
		}
	}
}
