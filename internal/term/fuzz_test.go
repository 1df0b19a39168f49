package term

import (
	"testing"
	"unicode/utf8"

	"github.com/assay-project/assay/internal/text"
)

// seeds are texts that took a special path once.
var seeds = []string{
	"", "Nike", "N.I.K.E", "½ ⅓", "1½x2", "Guc(c)i G*cci", "ni\u200bke", "\U000e006e\U000e0069ke", "🇳🇮🇰🇪shoes", "NikeⓇ ⓇⒺⒹ",
	"والنايك بالنسياغا", "나이키운동화 \u1102\u1161이키", "ｶﾞ ﾊﾟ ゛", "รองเท้าไนกี้แท้", "ﷺﷺﷺ", "\xff\xed\xa0\x80\xc0\xaf", "n̶i̶k̶e̶",
	"\u202eekin\u202c", "$upreme Ad!das gucc!", "a\ufffdb", "耐克。鞋", "L0uis Vu1tton", "5µF kΩ", "rnn vvv rvn", "é\u0301\u0301\u0301",
}

// FuzzScan checks what holds for every text: hits lie inside it, on rune boundaries, in order,
// and in the tokens that they name.
func FuzzScan(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	x := newIndex(f)
	var folded text.Folded
	var s Scratch
	f.Fuzz(func(t *testing.T, in string) {
		folded.Fold(in)
		last := Hit{Start: -1}
		for _, h := range x.Append(nil, &folded, &s) {
			checkHit(t, &folded, h)
			if h.Start < last.Start || h.Start == last.Start && h.End > last.End {
				t.Fatalf("%q: hit %v after %v", in, h, last)
			}
			last = h
		}
	})
}

func checkHit(t *testing.T, f *text.Folded, h Hit) {
	t.Helper()
	raw := f.Raw()
	if h.Start < 0 || h.Start >= h.End || int(h.End) > len(raw) {
		t.Fatalf("%q: hit %v lies outside", raw, h)
	}
	for _, at := range []int32{h.Start, h.End} {
		if int(at) < len(raw) && utf8.ValidString(raw) && !utf8.RuneStart(raw[at]) {
			t.Fatalf("%q: hit %v cuts a rune", raw, h)
		}
	}
	if h.FirstToken < 0 || h.FirstToken > h.LastToken || int(h.LastToken) >= f.NumTokens() {
		t.Fatalf("%q: hit %v names tokens that do not exist", raw, h)
	}
	if f.Token(int(h.FirstToken)).Start > h.End || f.Token(int(h.LastToken)).End < h.Start {
		t.Fatalf("%q: hit %v is not in its tokens", raw, h)
	}
}
