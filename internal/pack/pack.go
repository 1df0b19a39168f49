package pack

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// readable bounds the bytes of a title that are searched for a pack.
const readable = 1024

// maxPack bounds what is taken for a number of units.
const maxPack = 10_000

// A Pack is what a title says of the units sold together: how many, and which bytes of it are the (first) number.
type Pack struct {
	Units      int32
	Start, End int
}

// Read reads a title. The units are 0 where the title says nothing, and where it says several things: a number is
// taken only when every statement agrees.
//
// A statement is a number with a word of packing before it ("pack of 12", "lot de 3", "isi 12") or after it ("12-pack",
// "6er-Pack", "3 uds", "12件"), or a multiplication sign at the end ("batteries x12"), or what each unit
// holds ("2x500ml"). A number of content is none ("500 ml"), nor are lengths multiplied ("30x40 cm"), nor is a set, whose
// pieces are one product ("24-piece set", "12件套").
func Read(title string) Pack {
	title = title[:min(len(title), readable)]
	var found Pack
	for i := 0; i < len(title); {
		n, width := number(title[i:])
		if width == 0 {
			i++
			continue
		}
		if n > 0 && statesPack(title, i, i+width) {
			if found.Units != 0 && found.Units != n {
				return Pack{}
			}
			if found.Units == 0 {
				found = Pack{n, i, i + width}
			}
		}
		i += width
	}
	return found
}

// number reads a run of digits, half or full width. n is 0 where the number is no quantity.
func number(s string) (n int32, width int) {
	zero := false
	for width < len(s) {
		d, size := digit(s[width:])
		if size == 0 {
			break
		}
		zero = zero || width == 0 && d == 0
		n = min(n*10+d, maxPack+1)
		width += size
	}
	if zero || n > maxPack {
		n = 0
	}
	return n, width
}

func digit(s string) (d int32, size int) {
	switch c := s[0]; {
	case c >= '0' && c <= '9':
		return int32(c - '0'), 1
	case c == 0xEF && len(s) > 2 && s[1] == 0xBC && s[2] >= 0x90 && s[2] <= 0x99: // ０ to ９
		return int32(s[2] - 0x90), 3
	}
	return 0, 0
}

// statesPack reports whether the number title[start:end] counts the units of a pack.
func statesPack(title string, start, end int) bool {
	before, after := title[:start], title[end:]
	if partOfNumber(before, after) {
		return false
	}
	if factor, ok := multiplies(after); ok && !announced(before) {
		return startsWord(before) && isFilling(factor)
	}
	rest := strings.TrimLeft(after, " -\u00a0\u2011'’")
	var buf wordBuffer
	noun := buf.first(rest)
	role := packWords[string(noun)]
	if role&content != 0 {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(before)
	switch {
	case last == 'x' || last == '×':
		return timesSign(title, before, last, rest, role)
	case unicode.IsLetter(last) && !unspaced(last), last == '-' && joined(before):
		return false
	case announced(before):
		return true
	case strings.ContainsRune(notCounted, last):
		return false
	case role&counts != 0:
		return !oneProduct(rest[len(noun):])
	case string(noun) == "er":
		return packWords[string(buf.first(strings.TrimLeft(rest[len(noun):], " -")))]&packs != 0
	}
	return counted(rest)
}

// partOfNumber reports whether digits are a part of a longer number, or a share.
func partOfNumber(before, after string) bool {
	if n := len(before); n > 1 && strings.IndexByte(".,/", before[n-1]) >= 0 && isDigit(before[n-2]) {
		return true
	}
	if len(after) > 1 && strings.IndexByte(".,/", after[0]) >= 0 && isDigit(after[1]) {
		return true
	}
	return strings.HasPrefix(after, "%")
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// multiplies reports whether a number is the first factor of two, as in "2x500ml", and where the second begins.
func multiplies(after string) (factor string, ok bool) {
	rest := strings.TrimLeft(after, " ")
	for _, sign := range [...]string{"x", "X", "×", "*"} {
		if tail, ok := strings.CutPrefix(rest, sign); ok {
			tail = strings.TrimLeft(tail, " ")
			return tail, tail != "" && isDigit(tail[0])
		}
	}
	return "", false
}

// isFilling reports whether a factor is what one unit holds: "500ml", "1.5 l".
func isFilling(factor string) bool {
	rest := strings.TrimLeft(strings.TrimLeft(factor, "0123456789.,"), " ")
	var buf wordBuffer
	return packWords[string(buf.first(rest))]&filled != 0
}

// startsWord reports whether what follows begins a word.
func startsWord(before string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	return before == "" || strings.ContainsRune(" ([,;/|:", last)
}

// joined reports whether a hyphen at the end follows a letter or digit, as in "AB-12".
func joined(before string) bool {
	r, _ := utf8.DecodeLastRuneInString(before[:len(before)-1])
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

// announced reports whether words of packing lead to the number: "pack of", "lot de", "isi".
func announced(before string) bool {
	var buf wordBuffer
	before = strings.TrimRight(before, " :\u00a0")
	word := buf.last(before)
	role := packWords[string(word)]
	if role&alone != 0 {
		return true
	}
	if role&links == 0 {
		return false
	}
	before = strings.TrimRight(before[:len(before)-len(word)], " ")
	return packWords[string(buf.last(before))]&packs != 0
}

// timesSign reports whether "x12" stands for twelve: small, after a space, at the end of a phrase or before a counted noun. In
// a title without capitals it may as well be a model's name.
func timesSign(title, before string, sign rune, rest string, role packRole) bool {
	head, _ := utf8.DecodeLastRuneInString(before[:len(before)-utf8.RuneLen(sign)])
	if head != utf8.RuneError && !strings.ContainsRune(" ([,", head) {
		return false
	}
	if role&counts != 0 {
		return true
	}
	plain := sign == 'x' && !strings.ContainsFunc(title, unicode.IsUpper)
	return !plain && (rest == "" || strings.IndexByte(")],;|/", rest[0]) >= 0)
}

// oneProduct reports whether the pieces counted make one product: a set, a puzzle.
func oneProduct(rest string) bool {
	var buf wordBuffer
	return packWords[string(buf.first(strings.TrimLeft(rest, " -.")))]&set != 0
}

// notCounted are letters before a number of pieces that make it an offer ("buy 2", "the 3rd"), not a pack.
const notCounted = "第买買满滿送拍到"

// counted reports whether a script without spaces goes on with a counter that is not part of another word.
func counted(rest string) bool {
	r, size := utf8.DecodeRuneInString(rest)
	if !strings.ContainsRune("件个個只隻支包盒瓶袋罐双雙片枚本入개팩매병봉", r) {
		return strings.HasPrefix(rest, "ชิ้น")
	}
	next := rest[size:]
	for _, other := range [...]string{"套", "セット", "组", "組", "月", "월", "折", "包邮", "包郵", "免邮", "起", "人", "切"} {
		if strings.HasPrefix(next, other) {
			return false
		}
	}
	return true
}

// unspaced reports whether a letter is of a script that is written without spaces between words.
func unspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai)
}

// A wordBuffer holds one short word in lower case, so that looking it up allocates nothing.
type wordBuffer [24]byte

// first is the word that s begins with; empty where it begins with none, or with one longer than any we know.
func (b *wordBuffer) first(s string) []byte {
	n := 0
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		if !unicode.IsLetter(r) {
			break
		}
		if n += size; n > len(b) {
			return b[:0]
		}
	}
	return b.lower(s[:n])
}

// last is the word that s ends with.
func (b *wordBuffer) last(s string) []byte {
	n := len(s)
	for n > 0 {
		r, size := utf8.DecodeLastRuneInString(s[:n])
		if !unicode.IsLetter(r) {
			break
		}
		if n -= size; len(s)-n > len(b) {
			return b[:0]
		}
	}
	return b.lower(s[n:])
}

// lower keeps the length of words: a letter whose lower case is longer or shorter makes a word that we do not know.
func (b *wordBuffer) lower(word string) []byte {
	out := b[:0]
	for _, r := range word {
		l := unicode.ToLower(r)
		if utf8.RuneLen(l) != utf8.RuneLen(r) {
			return b[:0]
		}
		out = utf8.AppendRune(out, l)
	}
	return out
}
