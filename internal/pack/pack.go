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
		if n > 0 && statesPack(title, n, i, i+width) {
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
	case c == 0xD9 && len(s) > 1 && s[1] >= 0xA0 && s[1] <= 0xA9: // Arabic
		return int32(s[1] - 0xA0), 2
	case c == 0xDB && len(s) > 1 && s[1] >= 0xB0 && s[1] <= 0xB9: // Persian
		return int32(s[1] - 0xB0), 2
	case c == 0xEF && len(s) > 2 && s[1] == 0xBC && s[2] >= 0x90 && s[2] <= 0x99: // ０ to ９
		return int32(s[2] - 0x90), 3
	}
	return 0, 0
}

// statesPack reports whether the number title[start:end] counts the units of a pack.
func statesPack(title string, n int32, start, end int) bool {
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
	case timesFilling(before):
		return role&counts != 0 || counted(rest) || !attached(after)
	case isTimes(last):
		return timesSign(title, before, rest, role)
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
	case strings.Contains(suffixes, " "+string(noun)+" "):
		return packNear(rest[len(noun):])
	case string(noun) == "x":
		return start == 0 && n > 1 && n <= 100 && strings.HasPrefix(rest, "x ") && !sighting(rest)
	case isTimes(lastBut(before)):
		return timesSign(title, strings.TrimRight(before, " "), rest, role)
	case n > 1 && n <= 100 && follows(before, direct):
		return utf8.RuneCount(noun) > 1 && role&persons == 0 && !attached(rest[len(noun):])
	}
	return counted(rest)
}

// suffixes make an adjective of a number in Turkish: 4'lü, a pack of four where the word for a pack comes next.
const suffixes = " li lı lu lü "

// packNear reports whether one of the next two words is a pack: "6'lı bardak seti".
func packNear(rest string) bool {
	var buf wordBuffer
	for range 2 {
		rest = strings.TrimLeft(rest, " -")
		word := buf.first(rest)
		if packWords[string(word)]&packs != 0 {
			return true
		}
		rest = rest[len(word):]
	}
	return false
}

// sighting reports whether one of the next words is of what makes things look larger, or of speed.
func sighting(rest string) bool {
	var buf wordBuffer
	for range 6 {
		rest = strings.TrimLeft(rest, " -,()")
		word := buf.first(rest)
		if packWords[string(word)]&sights != 0 {
			return true
		}
		if len(word) == 0 {
			_, size := utf8.DecodeRuneInString(rest)
			rest = rest[size:]
			continue
		}
		rest = rest[len(word):]
	}
	return false
}

// follows reports whether the text ends with a word of a role and a space.
func follows(before string, role packRole) bool {
	var buf wordBuffer
	trimmed := strings.TrimRight(before, " ")
	return len(trimmed) < len(before) && packWords[string(buf.last(trimmed))]&role != 0
}

func isTimes(r rune) bool { return r == 'x' || r == '×' || r == 'х' }

// lastBut is the last letter of a text but for spaces; none where there is no space.
func lastBut(before string) rune {
	trimmed := strings.TrimRight(before, " ")
	if len(trimmed) == len(before) {
		return utf8.RuneError
	}
	r, _ := utf8.DecodeLastRuneInString(trimmed)
	return r
}

// timesFilling reports whether what a unit holds, and a sign, lead to the number: "500ml x 12".
func timesFilling(before string) bool {
	before = strings.TrimRight(before, " ")
	r, size := utf8.DecodeLastRuneInString(before)
	if !isTimes(r) && r != '*' && r != 'X' {
		return false
	}
	before = strings.TrimRight(before[:len(before)-size], " ")
	var buf wordBuffer
	unit := buf.last(before)
	if packWords[string(unit)]&filled == 0 {
		return false
	}
	before = strings.TrimRight(before[:len(before)-len(unit)], " ")
	number := strings.TrimRight(before, "0123456789.,")
	return before != "" && isDigit(before[len(before)-1]) && !endsInLetter(number) && !(strings.HasSuffix(number, "-") && joined(number))
}

// endsInLetter reports whether a text ends in a letter of a script with spaces between words, as the "AB" before 12 does.
func endsInLetter(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return unicode.IsLetter(r) && !unspaced(r)
}

// attached reports whether a text goes on with a letter or digit.
func attached(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r) || unicode.IsDigit(r)
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
	for _, sign := range [...]string{"x", "X", "×", "х", "*"} {
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

// timesSign reports whether "x12" or "x 12" stands for twelve: small, after a word and a space, at the end of a phrase or before a
// counted noun. In a title without capitals it may as well be a model's name.
func timesSign(title, before, rest string, role packRole) bool {
	sign, size := utf8.DecodeLastRuneInString(before)
	before = before[:len(before)-size]
	head, _ := utf8.DecodeLastRuneInString(before)
	if head != utf8.RuneError && !strings.ContainsRune(" ([,", head) {
		return false
	}
	if word, _ := utf8.DecodeLastRuneInString(strings.TrimRight(before, " ([,")); unicode.IsDigit(word) {
		return false // a length times another
	}
	if role&counts != 0 {
		return true
	}
	plain := sign == 'x' && !strings.ContainsFunc(title, unicode.IsUpper)
	return !plain && (rest == "" || strings.IndexByte(")],;|/", rest[0]) >= 0)
}

// oneProduct reports whether the pieces counted make one product: a set, a puzzle; also one whose kind is named first
// ("24 pc cutlery set").
func oneProduct(rest string) bool {
	var buf wordBuffer
	for range 2 {
		rest = strings.TrimLeft(rest, " -.")
		word := buf.first(rest)
		if packWords[string(word)]&set != 0 {
			return true
		}
		rest = rest[len(word):]
	}
	return false
}

// notCounted are letters before a number of pieces that make it an offer ("buy 2", "the 3rd"), not a pack.
const notCounted = "第买買满滿送拍到"

// counters are words of one letter for units, in scripts without spaces.
const (
	counters = "件个個只隻支包盒瓶袋罐双雙片枚本入卷足개팩매병봉캔롤"
	fillers  = counters + "节節条條块塊张張对對副" // that count before 装 alone: 3条装, but 3条纹
)

// counted reports whether a script without spaces goes on with a counter that is not part of another word.
func counted(rest string) bool {
	r, size := utf8.DecodeRuneInString(rest)
	next := rest[size:]
	switch {
	case strings.HasPrefix(next, "装") || strings.HasPrefix(next, "裝"):
		return strings.ContainsRune(fillers, r)
	case strings.HasPrefix(rest, "パック"), strings.HasPrefix(rest, "세트"), strings.HasPrefix(rest, "켤레"):
		return true
	case !strings.ContainsRune(counters, r):
		for _, word := range [...]string{"ชิ้น", "ก้อน", "ขวด", "ซอง", "ห่อ"} {
			if strings.HasPrefix(rest, word) {
				return true
			}
		}
		return false
	case strings.ContainsRune("枚個本足", r) && (strings.HasPrefix(next, "組") || strings.HasPrefix(next, "セット")):
		return true // a pack in Japanese; pieces of one set are 点
	}
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
		if !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) {
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
		if !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) {
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
