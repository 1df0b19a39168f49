package term

import (
	"math/rand/v2"
	"testing"
	"unicode/utf8"

	"github.com/assay-project/assay/internal/text"
)

// What the scan passes over must be what it would have found nothing in.

func TestSignsAreAllThatStandsForLetters(t *testing.T) {
	var f text.Folded
	for r := rune(1); r <= utf8.MaxRune; r++ {
		if text.IsLetter(r) || !utf8.ValidRune(r) || !isLeet(r) && !isMask(r) {
			continue
		}
		f.Fold("a" + string(r) + "b")
		if f.NumTokens() != 2 || f.Token(0).After&signs == 0 {
			t.Errorf("%U %c stands for a letter, and is in no gap of signs", r, r)
		}
	}
}

func TestSkeletonIsThatOfTheShapes(t *testing.T) {
	const letters = "abilmnorvwv"
	rng := rand.New(rand.NewPCG(5, 5))
	for range 20_000 {
		word := make([]rune, 2+rng.IntN(8))
		for i := range word {
			word[i] = rune(letters[rng.IntN(len(letters))])
		}
		apart, _ := appendShapes(nil, string(word), false)
		merged, _ := appendShapes(nil, string(word), true)
		got, pairs := skeleton(word)
		if want := hashShapes(apart); got != want || pairs != (len(merged) < len(apart)) {
			t.Fatalf("%s: %x, pairs %v, want %x", string(word), got, pairs, want)
		}
	}
}

// TestASCIIIsDrawnLikeNothingElse holds what looks passes over in text of ASCII against what it does elsewhere.
func TestASCIIIsDrawnLikeNothingElse(t *testing.T) {
	others := 0
	for r := rune(0); r < 0x3000; r++ {
		shapes, differ := appendOwnShapes(nil, string(r))
		if differ && r < utf8.RuneSelf {
			t.Errorf("%q is read as %v", r, shapes)
		}
		if differ {
			others++
		}
	}
	if others == 0 {
		t.Error("no letter is drawn like one of another alphabet")
	}
}
