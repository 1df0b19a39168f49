package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of texts that are kept, in bytes as JSON writes them.
const (
	maxName    = 120
	maxMessage = 420
	maxExcerpt = 280
	before     = 90 // bytes of an excerpt before its first words of concern
)

// cost is how many bytes JSON needs for a character.
func cost(r rune, size int) int {
	switch {
	case r < ' ', r == '<', r == '>', r == '&', r == '\u2028', r == '\u2029', r == utf8.RuneError, r == 0x7f:
		return 6
	case r == '"', r == '\\':
		return 2
	}
	return size
}

// prefix is as much of s as JSON writes in n bytes, in a memory of its own unless it is all of it.
func prefix(s string, n int) string {
	if len(s) <= n/6 {
		return s
	}
	for i, r := range s {
		if n -= cost(r, utf8.RuneLen(max(r, 0))); n < 0 {
			return strings.Clone(s[:i])
		}
	}
	return s
}

// cut is s, or as much of it as there is room for and an ellipsis.
func cut(s string, n int) string {
	if short := prefix(s, n); len(short) < len(s) {
		return strings.ToValidUTF8(short, "\ufffd") + "…"
	}
	return strings.ToValidUTF8(s, "\ufffd")
}

// How words of an excerpt are shown.
const (
	plainWords = iota
	wordsOfConcern
	wordsMentioned
)

// A piece is a part of an excerpt.
type piece struct {
	Text string `json:"t"`
	How  int    `json:"h,omitempty"`
}

// A span is words of a text, in bytes.
type span struct{ start, end, how int }

// excerpt is the text around the first of the spans, in pieces.
func excerpt(text string, spans []span) []piece {
	spans = sound(text, spans)
	from := 0
	if len(spans) > 0 && len(text) > maxExcerpt && spans[0].start > before {
		for from = spans[0].start - before; !utf8.RuneStart(text[from]); from++ {
		}
	}
	shown := prefix(text[from:], maxExcerpt)
	var pieces []piece
	put := func(text string, how int) {
		if text != "" {
			pieces = append(pieces, piece{strings.ToValidUTF8(text, "\ufffd"), how})
		}
	}
	if from > 0 {
		put("…", plainWords)
	}
	at := 0
	for _, s := range spans {
		start, end := s.start-from, min(s.end-from, len(shown))
		if start >= end {
			break
		}
		put(shown[at:start], plainWords)
		put(shown[start:end], s.how)
		at = end
	}
	put(shown[at:], plainWords)
	if from+len(shown) < len(text) {
		put("…", plainWords)
	}
	return pieces
}

// sound are the spans that lie in the text, at edges of characters, in order, the stronger of two that overlap. The server may
// be anybody's.
func sound(text string, spans []span) []span {
	edge := func(i int) bool { return i == len(text) || i >= 0 && i < len(text) && utf8.RuneStart(text[i]) }
	spans = slices.DeleteFunc(slices.Clone(spans), func(s span) bool {
		return s.start >= s.end || !edge(s.start) || !edge(s.end)
	})
	slices.SortFunc(spans, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.how, b.how), cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
	})
	var kept []span
	for _, s := range spans {
		if !slices.ContainsFunc(kept, func(k span) bool { return s.start < k.end && k.start < s.end }) {
			kept = append(kept, s)
		}
	}
	slices.SortFunc(kept, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	return kept
}

// maxStacked is how many combining marks on one character are shown; more would draw over the lines around.
const maxStacked = 3

// A part is text as it is, or what stands for a character that would move, hide or turn round text.
type part struct {
	Text   string
	Hidden bool
}

// visible splits a stranger's text into what can be shown and what is named instead. Ends of lines are spaces.
func visible(s string) []part {
	var parts []part
	from, stacked := 0, 0
	var last rune
	for i, r := range s {
		if unicode.In(r, unicode.Mn, unicode.Me) {
			stacked++
		} else {
			stacked = 0
		}
		if !shown(last, r, stacked) {
			if from < i {
				parts = append(parts, part{Text: s[from:i]})
			}
			parts = append(parts, part{fmt.Sprintf("U+%04X", r), true})
			from = i + utf8.RuneLen(r)
		}
		last = r
	}
	if from < len(s) {
		parts = append(parts, part{Text: s[from:]})
	}
	return parts
}

// shown tells whether a character behind another is shown as it is.
func shown(last, r rune, stacked int) bool {
	switch {
	case stacked > maxStacked, stacked > 0 && last == 0:
		return false
	case r == '\n', r == '\r', r == '\t', unicode.Is(unicode.Zs, r):
		return true
	case r == '\u200c', r == '\u200d': // joiners shape the letters of some scripts
		return last > 0x2ff && !unicode.In(last, unicode.Greek, unicode.Cyrillic) && unicode.IsPrint(last)
	}
	return unicode.IsPrint(r)
}

// plain is visible in one line, for places that hold nothing but text.
func plain(s string) string {
	var b strings.Builder
	for _, p := range visible(s) {
		if p.Hidden {
			b.WriteString("<" + p.Text + ">")
		} else {
			b.WriteString(p.Text)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// number writes a count with its thousands apart.
func number(n int64) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "\u202f" + text[i:]
	}
	return text
}

// share writes part of a whole in per cent; what is not nothing is never 0 %, and what is not all never 100 %.
func share(n, of int64) string {
	switch {
	case of == 0 || n == 0:
		return "0 %"
	case n == of:
		return "100 %"
	}
	percent := 100 * float64(n) / float64(of)
	switch {
	case percent < 0.1:
		return "< 0.1 %"
	case percent > 99.9:
		return "> 99.9 %"
	case percent < 10 || percent > 99:
		return fmt.Sprintf("%.1f %%", percent)
	}
	return fmt.Sprintf("%.0f %%", percent)
}

// codePoint names a character: "і U+0456".
func codePoint(r rune) string {
	if unicode.IsPrint(r) && !unicode.In(r, unicode.Mn, unicode.Me) {
		return fmt.Sprintf("%c U+%04X", r, r)
	}
	return fmt.Sprintf("U+%04X", r)
}
