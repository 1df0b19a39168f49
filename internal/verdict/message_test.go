package verdict

import "testing"

func TestFill(t *testing.T) {
	values := map[string]string{"a": "1", "b": "", "c": "3"}
	for template, want := range map[string]string{
		"":                         "",
		"plain":                    "plain",
		"{a} and {c}":              "1 and 3",
		"{a}[ and {b}] and {c}":    "1 and 3",
		"{a}[ and {c}].":           "1 and 3.",
		"[{b} ]first":              "first",
		"[{a}, {b}][{a}; {c}]":     "1; 3",
		"[without names] stays":    "without names stays",
		"outside {b} stays empty":  "outside  stays empty",
		"[not closed {a}":          "not closed 1",
		"not {closed":              "not ",
		"[{unknown} is left out]!": "!",
	} {
		if got := fill(template, values); got != want {
			t.Errorf("fill(%q) = %q, want %q", template, got, want)
		}
	}
}
