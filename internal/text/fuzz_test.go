package text

import (
	"testing"
	"unicode/utf8"
)

// FuzzFold checks what holds for every text: tokens and pieces lie in order inside it, letters
// are folded, hashes belong to the letters, and a key is its own key.
func FuzzFold(f *testing.F) {
	for _, s := range []string{
		"", "Nike Air-Max 90", "½ ⅓ ﷺ", "ni\u200bke", "\U000e006e\U000e0069ke", "🇳🇮🇰🇪shoes", "NikeⓇ", "والنايك",
		"나이키 \u1102\u1161\u11ab", "ｶﾞ ゛か", "ไนกี้", "\xff\xed\xa0\x80\xc0\xaf", "n̶i̶k̶e̶", "\u202eekin\u202c", "क्\u200dष", "İı",
	} {
		f.Add(s)
	}
	var x Folded
	f.Fuzz(func(t *testing.T, in string) {
		x.Fold(in)
		checkTokens(t, &x)
		checkPieces(t, &x)
		if k := Key(in); Key(k) != k {
			t.Fatalf("Key(%q) = %q, Key of that = %q", in, k, Key(k))
		}
	})
}

func checkTokens(t *testing.T, f *Folded) {
	t.Helper()
	raw := f.Raw()
	var last Token
	for i := range f.NumTokens() {
		tok := f.Token(i)
		if tok.Start < last.Start || tok.Start >= tok.End || int(tok.End) > len(raw) {
			t.Fatalf("%q: token %d spans %d to %d", raw, i, tok.Start, tok.End)
		}
		// Letters of one code point may fall into two tokens: of Thai SARA AM the mark goes with the letter before it.
		if tok.Start < last.End && tok.Start != last.Start && utf8.RuneCountInString(raw[tok.Start:last.End]) != 1 {
			t.Fatalf("%q: token %d shares more than a code point with the one before", raw, i)
		}
		if utf8.ValidString(raw) && (!utf8.RuneStart(raw[tok.Start]) || int(tok.End) < len(raw) && !utf8.RuneStart(raw[tok.End])) {
			t.Fatalf("%q: token %d cuts a rune", raw, i)
		}
		if len(f.Letters(i)) == 0 {
			t.Fatalf("%q: token %d has no letters", raw, i)
		}
		for _, r := range f.Letters(i) {
			if l, n := FoldRune(r); l != r || n != 1 {
				t.Fatalf("%q: letter %q is not folded", raw, r)
			}
		}
		last = tok
	}
}

func checkPieces(t *testing.T, f *Folded) {
	t.Helper()
	n := len(f.Pieces()) - 1
	for i := range n {
		p := f.Pieces()[i]
		hash, letters := f.Window(i, i+1)
		if got := f.Between(i, i+1); len(got) != letters || letters == 0 || HashLetters(got) != hash {
			t.Fatalf("%q: piece %d: hash does not belong to %q", f.Raw(), i, string(got))
		}
		if tok := f.Token(int(p.Token)); p.Start < tok.Start || p.End > tok.End || p.Start > p.End {
			t.Fatalf("%q: piece %d is not in its token", f.Raw(), i)
		}
	}
	for i := range f.NumTokens() {
		if a, b := f.TokenPieces(i); a >= b || int(f.Pieces()[a].Token) != i || int(f.Pieces()[b-1].Token) != i {
			t.Fatalf("%q: pieces of token %d", f.Raw(), i)
		}
	}
}
