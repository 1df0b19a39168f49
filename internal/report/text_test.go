package report

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestExcerpt(t *testing.T) {
	long := strings.Repeat("word ", 100)
	for name, c := range map[string]struct {
		text  string
		spans []span
		want  string
	}{
		"nothing":           {"", nil, ""},
		"plain":             {"a chair", nil, "a chair"},
		"words":             {"Nike shoes", []span{{0, 4, 1}}, "[Nike] shoes"},
		"at the end":        {"shoes Nike", []span{{6, 10, 1}}, "shoes [Nike]"},
		"twice":             {"Nike and Puma", []span{{9, 13, 1}, {0, 4, 1}}, "[Nike] and [Puma]"},
		"overlapping":       {"Nike Air Max", []span{{0, 8, 1}, {5, 12, 1}}, "[Nike Air] Max"},
		"inside another":    {"Nike Air", []span{{0, 8, 1}, {5, 8, 1}}, "[Nike Air]"},
		"outside the text":  {"Nike", []span{{2, 9, 1}, {-1, 2, 1}, {3, 2, 1}}, "Nike"},
		"inside a letter":   {"Nіke", []span{{0, 2, 1}}, "Nіke"},
		"behind a long way": {long + "Nike " + long, []span{{500, 504, 1}}, "…" + long[500-before:] + "[Nike] " + long[:185] + "…"},
	} {
		var got strings.Builder
		for _, p := range excerpt(c.text, c.spans) {
			if p.How != plainWords {
				got.WriteString("[" + p.Text + "]")
			} else {
				got.WriteString(p.Text)
			}
		}
		if diff := cmp.Diff(c.want, got.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Whatever text and spans are given: pieces are valid, bounded as JSON writes them, and a part of the text.
func TestExcerptOfAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Repeat(rapid.OneOf(rapid.String(), rapid.StringMatching(`[<>&"\x00\x{202e}a-e]*`)).Draw(t, "text"), rapid.IntRange(1, 60).Draw(t, "times"))
		var spans []span
		for range rapid.IntRange(0, 5).Draw(t, "spans") {
			at := rapid.IntRange(-2, len(text)+2).Draw(t, "start")
			spans = append(spans, span{at, at + rapid.IntRange(-1, 30).Draw(t, "length"), wordsOfConcern})
		}
		var whole strings.Builder
		written := 0
		for _, p := range excerpt(text, spans) {
			whole.WriteString(p.Text)
			encoded, _ := json.Marshal(p.Text)
			written += len(encoded) - 2
		}
		if got := strings.TrimSuffix(strings.TrimPrefix(whole.String(), "…"), "…"); !utf8.ValidString(got) || !strings.Contains(text, got) {
			t.Fatalf("%q is no part of %q", got, text)
		}
		if written > maxExcerpt+2*len("…") {
			t.Fatalf("%d bytes", written)
		}
	})
}

func TestCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, n := rapid.String().Draw(t, "s"), rapid.IntRange(0, 40).Draw(t, "n")
		got := cut(s, n)
		encoded, _ := json.Marshal(strings.TrimSuffix(got, "…"))
		if !utf8.ValidString(got) || got != s && (len(encoded)-2 > n || !strings.HasSuffix(got, "…")) {
			t.Fatalf("cut(%q, %d) = %q", s, n, got)
		}
	})
	if got := cut("a\xffb", 40); got != "a\ufffdb" {
		t.Errorf("bytes that are no text: %q", got)
	}
}

// Nothing that is shown moves, hides or turns round text, and what is named instead comes out as it went in.
func TestVisible(t *testing.T) {
	for s, want := range map[string]string{
		"a chair":                         "a chair",
		"a\u202eb":                        "a<U+202E>b",
		"\ufeffa\x00\u200b":               "<U+FEFF>a<U+0000><U+200B>",
		"one\ntwo\tthree":                 "one two three",
		"a\u0301\u0301":                   "a\u0301\u0301",
		"a" + strings.Repeat("\u0301", 5): "a\u0301\u0301\u0301<U+0301><U+0301>",
		"نمی\u200cخواهم":                  "نمی\u200cخواهم",
		"N\u200dike":                      "N<U+200D>ike",
		"x\u2028y":                        "x<U+2028>y",
	} {
		if got := plain(s); got != want {
			t.Errorf("plain(%q) = %q, want %q", s, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		for _, p := range visible(rapid.String().Draw(t, "s")) {
			for _, r := range p.Text {
				if !p.Hidden && (unicode.Is(unicode.Bidi_Control, r) || unicode.IsControl(r) && !unicode.IsSpace(r)) {
					t.Fatalf("%U is shown", r)
				}
			}
		}
	})
}

func TestShare(t *testing.T) {
	for _, c := range []struct {
		n, of int64
		want  string
	}{{0, 0, "0 %"}, {0, 5, "0 %"}, {5, 5, "100 %"}, {1, 100_000, "< 0.1 %"}, {99_999, 100_000, "> 99.9 %"}, {1, 3, "33 %"}, {1, 50, "2.0 %"}, {199, 200, "99.5 %"}} {
		if got := share(c.n, c.of); got != c.want {
			t.Errorf("share(%d, %d) = %q, want %q", c.n, c.of, got, c.want)
		}
	}
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1\u202f000", 1234567: "1\u202f234\u202f567", -1000: "-1\u202f000"} {
		if got := number(n); got != want {
			t.Errorf("number(%d) = %q, want %q", n, got, want)
		}
	}
}
