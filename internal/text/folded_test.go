package text

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// describe writes a folded text as one line per token.
func describe(f *Folded) []string {
	var out []string
	for i := range f.NumTokens() {
		tok := f.Token(i)
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s|%s|%s", f.Surface(i), string(f.Letters(i)),
			strings.Join(tok.Transforms.AppendNames(nil), " "))))
	}
	return out
}

func TestFoldTokens(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want []string
	}{
		{"", nil},
		{" \t\u200b", nil},
		{"Nike Air-Max 90", []string{"Nike|nike|case", "Air|air|case", "Max|max|case", "90|90|"}},
		{"Nike's NIKE™", []string{"Nike|nike|case", "s|s|", "NIKE|nike|case"}},
		{"N.I.", []string{"N|n|case", "I|i|case"}},
		{"ＮＩＫＥ", []string{"ＮＩＫＥ|nike|case width"}},
		{"🅽🅸🅺🅴", []string{"🅽🅸🅺🅴|nike|enclosed"}},
		{"🇳🇮🇰🇪shoes", []string{"🇳🇮🇰🇪|nike|enclosed", "shoes|shoes|"}},
		{"shoes🇺🇸", []string{"shoes|shoes|", "🇺🇸|us|enclosed"}},
		{"⒩⒤⒦⒠", []string{"⒩⒤⒦⒠|nike|enclosed"}},
		{"ɴɪᴋᴇ", []string{"ɴɪᴋᴇ|nike|look_alike"}},
		{"ni\u200bke", []string{"ni\u200bke|nike|invisible"}},
		{"ni\u2800ke", []string{"ni|ni|", "ke|ke|"}},
		{"n̶i̶k̶e̶", []string{"n̶i̶k̶e̶|nike|overlay"}},
		{"NikeⓇ", []string{"Nike|nike|case"}},
		{"Ⓡⓔⓓ", []string{"Ⓡⓔⓓ|red|enclosed"}},
		{"耐克鞋", []string{"耐|耐|", "克|克|", "鞋|鞋|"}},
		{"Nike耐克", []string{"Nike|nike|case", "耐|耐|", "克|克|"}},
		{"ｶﾞ", []string{"ｶﾞ|ガ|width"}},
		{"ไนกี้", []string{"ไ|ไ|", "น|น|", "กี้|กี้|"}},
		{"나이키", []string{"나이키|나이키|"}},
		{"\u1102\u1161이키", []string{"\u1102\u1161이키|나이키|"}},
		{"می\u200cخواهم", []string{"می\u200cخواهم|ميخواهم|diacritics"}},
		{"क्\u200dष", []string{"क्\u200dष|क्ष|"}},
		{"سامســونج", []string{"سامســونج|سامسونج|"}},
		{"½", []string{"½|1|ligature", "½|2|ligature"}},
		{"\U000E006E\U000E0069", []string{"\U000E006E\U000E0069|ni|invisible"}},
		{"\U000E006E\U000E0069ke", []string{"ke|ke|"}},
		{"n\U000E0069ike", []string{"n\U000E0069ike|nike|invisible"}},
		{"a\xffb\xed\xa0\x80", []string{"a|a|", "b|b|"}},
	} {
		var f Folded
		f.Fold(tt.in)
		if d := cmp.Diff(tt.want, describe(&f)); d != "" {
			t.Errorf("Fold(%q): -want +got\n%s", tt.in, d)
		}
	}
}

func TestPieces(t *testing.T) {
	for in, want := range map[string]string{
		"iPhone15Pro": "i Phone 15 Pro",
		"NIKE":        "NIKE",
		"ni\u200bke":  "ni ke",
		"والنايك":     "و ال نايك",
		"لايكا":       "ل ايكا",
		"나이":          "나 이",
		"삼성Galaxy":    "삼 성 Galaxy",
	} {
		var f Folded
		f.Fold(in)
		var got []string
		pieces := f.Pieces()
		for i, p := range pieces[:len(pieces)-1] {
			got = append(got, strings.TrimRight(in[p.Start:p.End], "\u200b"))
			hash, n := f.Window(i, i+1)
			if letters := f.Between(i, i+1); HashLetters(letters) != hash || len(letters) != n {
				t.Errorf("%q piece %d: window hash does not belong to %q", in, i, string(letters))
			}
		}
		if g := strings.Join(got, " "); g != want {
			t.Errorf("pieces of %q: %q, want %q", in, g, want)
		}
	}
}

func TestPatternAndClass(t *testing.T) {
	for _, tt := range []struct {
		in    string
		class Class
		want  Pattern
	}{
		{"nike", Word, Lower}, {"Nike", Word, Title}, {"NIKE", Word, Upper}, {"iPhone", Word, Camel},
		{"A", Word, Upper}, {"90", Number, Lower}, {"RTX4090", Mixed, Upper}, {"N1ke", Mixed, Title},
		{"Élan", Word, Title}, {"МОСКВА", Word, Upper}, {"耐", Ideograph, Lower}, {"กี้", SouthEast, Lower},
		{"٣", Number, Lower},
	} {
		var f Folded
		f.Fold(tt.in)
		if tok := f.Token(0); tok.Class != tt.class || tok.Case != tt.want {
			t.Errorf("%q: class %d, pattern %d, want %d, %d", tt.in, tok.Class, tok.Case, tt.class, tt.want)
		}
	}
}

func TestGaps(t *testing.T) {
	var f Folded
	for _, tt := range []struct {
		in               string
		has              Gap
		sentence, clause bool
	}{
		{"Gucci? bag", Question | Space, true, true},
		{"Gucci？bag", Question, false, false},
		{"耐克。鞋", 0, false, false},
		{"v1.5", Period, false, false},
		{"Shoes. Nike", Period | Space, true, true},
		{"Nike, Puma", Comma | Space, false, true},
		{"Nike - Puma", Hyphen | Space, false, true},
		{"Nike-Puma", Hyphen, false, false},
		{"Nike® shoe", Sign | Space, false, false},
		{"Nike (new", Open | Space, false, true},
		{"a\u2800b", Blank | Space, false, false},
		{"a\x00b", Blank | Space, false, false},
	} {
		f.Fold(tt.in)
		g := f.Token(0).After
		if tt.has != 0 && g != tt.has || g.Sentence() != tt.sentence || g.Clause() != tt.clause {
			t.Errorf("%q: gap %x sentence %v clause %v, want %x %v %v", tt.in, g, g.Sentence(), g.Clause(), tt.has, tt.sentence, tt.clause)
		}
	}
	f.Fold("耐克。鞋")
	if g := f.Token(1).After; g != Stop || !g.Sentence() {
		t.Errorf("ideographic full stop: gap %x", g)
	}
	f.Fold("?a!")
	if f.Before(0) != Question || f.Token(0).After != Exclamation|End {
		t.Errorf("gaps at the ends: %x %x", f.Before(0), f.Token(0).After)
	}
}

func TestOddities(t *testing.T) {
	var f Folded
	for _, tt := range []struct {
		in                  string
		bidi, mixed, floods int
		invisible           int
	}{
		{"plain text, Größe 42, 耐克, Москва 50%", 0, 0, 0, 0},
		{"Nіke shoes", 0, 1, 0, 0}, // Cyrillic і
		{"capacitor 10µF 5kΩ αGPC", 0, 0, 0, 0},
		{"USB-кабель для iPhone", 0, 0, 0, 0},
		{"\u202eekin\u202c", 2, 0, 0, 0},
		{"\u2067a\u2069", 2, 0, 0, 0},
		{"عربي \u200f(Nike)", 0, 0, 0, 1},
		{"n" + strings.Repeat("\u0301", 100) + "ike", 0, 0, 1, 0},
		{"Việt Nam phở", 0, 0, 0, 0},
		{"ni\u200bk\u00ade", 0, 0, 0, 2},
		{"👨‍👩‍👧 ❤️", 0, 0, 0, 0},
	} {
		f.Fold(tt.in)
		inv := f.Invisibles()
		if strings.ContainsAny(tt.in, "\u202e\u2067") {
			inv = 0 // counted there as well
		}
		if len(f.BidiControls()) != tt.bidi || len(f.MixedScript()) != tt.mixed ||
			len(f.MarkFloods()) != tt.floods || inv != tt.invisible {
			t.Errorf("%q: bidi %v mixed %v floods %v invisible %d", tt.in, f.BidiControls(), f.MixedScript(), f.MarkFloods(), inv)
		}
	}
}

func TestBounds(t *testing.T) {
	var f Folded
	for _, tt := range []struct {
		name, in  string
		truncated bool
	}{
		{"one long token", strings.Repeat("a", 64<<10), false},
		{"spaces", strings.Repeat(" ", 32<<10), false},
		{"at the limit", strings.Repeat("a", MaxBytes), false},
		{"over the limit, inside a rune", strings.Repeat("a", MaxBytes-1) + "耐", true},
		{"expansion", strings.Repeat("\ufdfa", 80<<10), true},
		{"10,000 marks per letter", strings.Repeat("n"+strings.Repeat("\u0301", 10_000), 4), false},
	} {
		f.Fold(tt.in)
		if f.Truncated() != tt.truncated {
			t.Errorf("%s: truncated %v", tt.name, f.Truncated())
		}
		if n := f.NumTokens(); n > 0 && int(f.Token(n-1).End) > len(f.Raw()) {
			t.Errorf("%s: a token ends outside the text", tt.name)
		}
	}
}

func TestFoldDoesNotAllocate(t *testing.T) {
	var f Folded
	texts := []string{"Nike Air Max 90 running shoes, size 42", "Nіke ＮＩＫＥ 耐克鞋 나이키 والنايك ﷺ n̶i̶k̶e̶", ""}
	for _, s := range texts {
		f.Fold(s)
	}
	if n := testing.AllocsPerRun(100, func() {
		for _, s := range texts {
			f.Fold(s)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestNamesAreStable(t *testing.T) {
	got := strings.Join(Transforms(0xffff).AppendNames(nil), ",")
	want := "case,width,diacritics,ligature,joined,glued,split,separators,invisible,look_alike,enclosed,leet,masked,repeated,misspelling,overlay"
	if got != want {
		t.Errorf("names %s, want %s", got, want)
	}
	if (Case | Width | Diacritic | Joined | Edit).Disguise() || !Invisible.Disguise() || !(Case | Leet).Disguise() {
		t.Error("Disguise")
	}
}
