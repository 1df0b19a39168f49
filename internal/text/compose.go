package text

import "unicode/utf8"

// Hangul composition (Unicode Standard, section 3.12).
const (
	jamoL, jamoV, jamoT  = 0x1100, 0x1161, 0x11A7
	countL, countV       = 19, 21
	countT               = 28
	hangulBase, hangulTo = 0xAC00, 0xD7A3
)

// composeJamo composes the conjoining Hangul letters at the start of s into one syllable and
// returns it with the number of bytes it took; a lone letter is returned as it is.
func composeJamo(s string) (rune, int) {
	l, n := utf8.DecodeRuneInString(s)
	v, nv := utf8.DecodeRuneInString(s[n:])
	if l < jamoL || l >= jamoL+countL || v < jamoV || v >= jamoV+countV {
		return l, n
	}
	syllable := hangulBase + ((l-jamoL)*countV+(v-jamoV))*countT
	t, nt := utf8.DecodeRuneInString(s[n+nv:])
	if t > jamoT && t < jamoT+countT {
		return syllable + t - jamoT, n + nv + nt
	}
	return syllable, n + nv
}

// composeKana returns kana with the sound mark (combining, spacing or half-width), or 0.
func composeKana(kana, mark rune) rune {
	semi := mark == 0x309A || mark == 0x309C || mark == 0xFF9F
	// Hiragana and katakana have the same order, 0x60 apart.
	base := kana
	if base >= 0x30A1 && base <= 0x30F6 {
		base -= 0x60
	}
	switch {
	case semi && isHa(base):
		return kana + 2
	case semi:
		return 0
	case base == 0x3046: // う: ゔ
		return kana + 0x4E
	case base >= 0x304B && base <= 0x3061 && base%2 == 1, // か to ち
		base >= 0x3064 && base <= 0x3068 && base%2 == 0, // つ て と
		isHa(base):
		return kana + 1
	}
	return 0
}

// isHa reports whether the hiragana r is one of は ひ ふ へ ほ.
func isHa(r rune) bool { return r >= 0x306F && r <= 0x307B && (r-0x306F)%3 == 0 }
