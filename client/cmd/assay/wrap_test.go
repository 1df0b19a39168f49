package main

import (
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"
	"pgregory.net/rapid"
)

func TestWrap(t *testing.T) {
	p := painter{color: true}
	for name, tt := range map[string]struct {
		in    string
		width int
		want  string
	}{
		"fits":                   {"one two", 7, "one two"},
		"at a space":             {"one two", 6, "one\ntwo"},
		"space at the edge":      {"one two", 3, "one\ntwo"},
		"several spaces":         {"one   two", 4, "one\ntwo"},
		"long word":              {"abcdefgh", 3, "abc\ndef\ngh"},
		"long word after":        {"x abcdefgh", 4, "x\nabcd\nefgh"},
		"wide":                   {"苹果手机", 5, "苹果\n手机"},
		"wide and narrow":        {"AQUOS手机", 7, "AQUOS手\n机"},
		"wider than a line":      {"苹果", 1, "苹\n果"},
		"own lines":              {"a\n\nb", 9, "a\n\nb"},
		"colour goes on":         {p.in(red, "one two"), 3, "\x1b[31mone\x1b[0m\n\x1b[31mtwo\x1b[0m"},
		"colour has ended":       {p.in(red, "one") + ": two three", 5, "\x1b[31mone\x1b[0m:\ntwo\nthree"},
		"empty":                  {"", 3, ""},
		"a lone space":           {" ", 3, ""},
		"combining is no column": {"e\u0301e\u0301e\u0301", 3, "e\u0301e\u0301e\u0301"},
	} {
		if got := wrap(tt.in, tt.width); got != tt.want {
			t.Errorf("%s: %q; want %q", name, got, tt.want)
		}
	}
}

func TestWrapKeepsTextAndWidth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.StringMatching(`[ a-c苹é]{0,60}`).Draw(t, "in")
		width := rapid.IntRange(2, 20).Draw(t, "width")
		got := wrap(in, width)
		for line := range strings.SplitSeq(got, "\n") {
			if text.StringWidth(line) > width {
				t.Fatalf("wrap(%q, %d) has the line %q", in, width, line)
			}
		}
		squeeze := strings.NewReplacer(" ", "", "\n", "")
		if squeeze.Replace(got) != squeeze.Replace(in) {
			t.Fatalf("wrap(%q, %d) = %q", in, width, got)
		}
	})
}
