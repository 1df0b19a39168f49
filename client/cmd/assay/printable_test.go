package main

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                      "plain",
		"Größe 苹果 ساعة":              "Größe 苹果 ساعة",
		"\x1b[31mred\x1b[0m":         "<U+001B>[31mred<U+001B>[0m",
		"\u009b31m":                  "<U+009B>31m",
		"bell\a":                     "bell<U+0007>",
		"two\r\nlines\tand":          "two  lines and",
		"\u202egnp.\u202c":           "<U+202E>gnp.<U+202C>",
		"Ni\u200bke":                 "Ni<U+200B>ke",
		"Ni\u200dke":                 "Ni<U+200D>ke",
		"می\u200cخواهم":              "می\u200cخواهم",
		"\u200d":                     "<U+200D>",
		"no\u00a0break\u3000space":   "no break space",
		"\u2028":                     "<U+2028>",
		"\xff\xfe":                   "<FF><FE>",
		"\ufffd":                     "\ufffd",
		"e\u0301":                    "e\u0301",
		"\u0301e":                    "<U+0301>e",
		"z\u0336\u0337\u0338\u0335!": "z\u0336\u0337\u0338<U+0335>!",
		"\U000e0041":                 "<U+E0041>",
		"\ue000":                     "<U+E000>",
	} {
		if got := printable(in); got != want {
			t.Errorf("printable(%q) = %q; want %q", in, got, want)
		}
	}
}

// Whatever strangers write, nothing of it acts on a terminal, and what is safe stays as it is.
func TestPrintableIsSafeAndStaysSo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "s")
		got := printable(s)
		if !utf8.ValidString(got) {
			t.Fatalf("printable(%q) is not UTF-8", s)
		}
		for _, r := range got {
			if r < ' ' || r == 0x7f || unicode.In(r, unicode.Cc, unicode.Bidi_Control, unicode.Zl, unicode.Zp, unicode.Co) {
				t.Fatalf("printable(%q) lets %U through", s, r)
			}
		}
		if again := printable(got); again != got {
			t.Fatalf("printable(%q) = %q, and of that %q", s, got, again)
		}
	})
}

func TestEscapeJSONMeansTheSame(t *testing.T) {
	for in, want := range map[string]string{
		"{\"a\":\"é 苹果\"}":          "{\"a\":\"é 苹果\"}",
		"{\"a\":\"\u202e\u009b\"}":  `{"a":"\u202e\u009b"}`,
		"{\"a\":\"\x7f\"}":          `{"a":"\u007f"}`,
		"{\"a\":\"\U000e0041\"}":    `{"a":"\udb40\udc41"}`,
		"{\"a\":\"\u200d\u2028\"}":  `{"a":"\u200d\u2028"}`,
		"{\"a\":\"\u00a0\u3000x\"}": "{\"a\":\"\u00a0\u3000x\"}",
	} {
		if got := string(escapeJSON([]byte(in))); got != want {
			t.Errorf("escapeJSON(%q) = %q; want %q", in, got, want)
		}
	}
}

func TestHighlight(t *testing.T) {
	long := strings.Repeat("lorem ipsum ", 40) + "Rolex" + strings.Repeat(" dolor sit", 40)
	at := strings.Index(long, "Rolex")
	for name, tt := range map[string]struct {
		text  string
		spans []span
		want  string
	}{
		"none":             {"a b", nil, "a b"},
		"one":              {"a b c", []span{{2, 3, red}}, "a [b] c"},
		"unsorted":         {"a b c", []span{{4, 5, red}, {0, 1, red}}, "[a] b [c]"},
		"overlapping":      {"abcdef", []span{{0, 3, red}, {2, 5, red}}, "[abcde]f"},
		"twice":            {"abc", []span{{0, 3, red}, {0, 3, red}}, "[abc]"},
		"beside":           {"abcd", []span{{0, 2, red}, {2, 4, red}}, "[ab][cd]"},
		"out of the text":  {"abc", []span{{-1, 2, red}, {2, 9, red}, {2, 2, red}, {3, 1, red}}, "abc"},
		"inside a letter":  {"aéb", []span{{0, 2, red}}, "[a<C3>]<A9>b"},
		"controls":         {"a\x1bb", []span{{1, 2, red}}, "a[<U+001B>]b"},
		"long, word far":   {long, []span{{at, at + 5, red}}, long[:120] + " … " + long[at-30:at] + "[Rolex]" + long[at+5:at+35] + " …"},
		"long, no word":    {long, nil, long[:120] + " …"},
		"long, word first": {long, []span{{0, 5, red}}, "[lorem]" + long[5:120] + " …"},
	} {
		if got := (painter{}).highlight(tt.text, tt.spans); got != tt.want {
			t.Errorf("%s: %q; want %q", name, got, tt.want)
		}
	}
	if got, want := (painter{color: true}).highlight("a b", []span{{2, 3, red}}), "a \x1b[31;1;4mb\x1b[0m"; got != want {
		t.Errorf("in colours: %q; want %q", got, want)
	}
}

func TestHighlightTakesAnySpans(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(0, 400, -1).Draw(t, "text")
		spans := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) span {
			return span{rapid.IntRange(-5, 500).Draw(t, "start"), rapid.IntRange(-5, 500).Draw(t, "end"), red}
		}), 0, 8).Draw(t, "spans")
		if len(text) <= shownWhole {
			unmarked := strings.NewReplacer("\x1b[31;1;4m", "", paintEnd, "")
			got := unmarked.Replace(painter{color: true}.highlight(text, spans))
			if whole(text, spans) && got != printable(text) {
				t.Fatalf("marks changed the text: %q; want %q", got, printable(text))
			}
			return
		}
		_ = painter{}.highlight(text, spans) // does not panic
	})
}

// whole tells whether no span cuts a character or parts one from what stands on it.
func whole(text string, spans []span) bool {
	for _, r := range text {
		if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
			return false
		}
	}
	for _, s := range tidy(text, spans) {
		if edge(text, s.start) != s.start || edge(text, s.end) != s.end {
			return false
		}
	}
	return true
}
