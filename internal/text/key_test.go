package text

import (
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestKey(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{"\u200b \u00ad™", ""},
		{"Nike", "nike"},
		{"Coca-Cola®", "cocacola"},
		{"L'Oréal Paris", "lorealparis"},
		{"ＮＩＫＥ", "nike"},
		{"Nі\u200bke", "nike"}, // Cyrillic і
		{"ΝΙΚΕ", "nike"},       // Greek capitals
		{"Straße", "strasse"},
		{"İSTANBUL", "istanbul"},
		{"NikeⓇ", "nike"},
		{"ⓇⒺⒹ", "red"},
		{"耐克", "耐克"},
		{"香奈兒", "香奈儿"}, {"乾隆", "乾隆"}, // traditional; one that simplified writing has too
		{"ﾅｲｷ ガ", "ナイキガ"},
		{"ｶﾞ", "ガ"},
		{"\u1112\u1161\u11ab", "한"},
		{"Ꭰ", "d"}, {"ꭰ", "d"}, // both cases of a Cherokee letter
		{"\xff\xfe", ""},
	} {
		if got := Key(tt.in); got != tt.want {
			t.Errorf("Key(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

// Every scalar value alone, and between letters, so that composition is tried as well.
func TestKeyIsIdempotent(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		for _, s := range []string{string(r), "a" + string(r) + "か", "가" + string(r)} {
			k := Key(s)
			if kk := Key(k); kk != k {
				t.Fatalf("Key(%q) = %q, but Key of that = %q", s, k, kk)
			}
		}
	}
}

func TestKeyIgnoresCase(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		for o := unicode.SimpleFold(r); o != r && utf8.ValidRune(r); o = unicode.SimpleFold(o) {
			if r == 0x345 || o == 0x345 {
				continue // a mark whose capital is a letter
			}
			if Key(string(r)) != Key(string(o)) {
				t.Errorf("Key(%q) = %q, but Key(%q) = %q", r, Key(string(r)), o, Key(string(o)))
			}
		}
	}
}
