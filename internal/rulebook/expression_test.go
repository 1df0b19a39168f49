package rulebook

import (
	"strings"
	"testing"

	rulebookv1 "github.com/assay-project/assay/proto/assay/rulebook/v1"
)

// TestExpressionsKnowWhereTheyStand writes one expression in every style of YAML and looks for its HERE in the file.
func TestExpressionsKnowWhereTheyStand(t *testing.T) {
	for name, file := range map[string]string{
		"plain":              "rules:\n  - name: a\n    when: market == HERE\n",
		"plain over lines":   "rules:\n  - when: market\n      == é\n\n      && HERE\n    name: a\n",
		"single quotes":      "rules:\n  - when: 'it''s é HERE'\n",
		"double quotes":      "rules:\n  - {name: a, when: \"say \\\"é\\\" HERE\"}\n",
		"quotes over lines":  "rules:\n  - when: \"a &&\n      b && HERE\"\n",
		"literal":            "rules:\n  - when: |\n      market == 'é' &&\n        HERE\n",
		"literal, kept":      "rules:\n  - when: |+  # why\n\n      a\n\n      b HERE\n\n",
		"literal, indicated": "rules:\n  - when: |2-\n       a HERE\n",
		"folded":             "rules:\n  - when: >-\n      market == 'é'\n      && b\n\n      && HERE\n",
		"CRLF":               "rules:\r\n  - when: |\r\n      a\r\n      && HERE\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			var f rulebookv1.RulesFile
			doc := newValidator().decode(&source{name: "rules.yaml", data: []byte(file)}, &f)
			if len(f.Rules) != 1 {
				t.Fatalf("not read: %v", doc.problems)
			}
			e := doc.expression(f.Rules[0], "when", f.Rules[0].When)
			offset := len([]rune(e.Text[:strings.Index(e.Text, "HERE")]))
			want := Position{File: "rules.yaml"}
			for i, line := range strings.Split(file, "\n") {
				if at := strings.Index(line, "HERE"); at >= 0 {
					want.Line, want.Column = i+1, 1+len([]rune(line[:at]))
				}
			}
			if got := e.At(offset); got != want {
				t.Errorf("%q: HERE is at %v, want %v", e.Text, got, want)
			}
			for i := range len([]rune(e.Text)) + 2 {
				if at := e.At(i); at.Line < 1 || at.Line > strings.Count(file, "\n") || at.Column < 1 {
					t.Errorf("character %d is at %v", i, at)
				}
			}
		})
	}
}

// TestHiddenCharactersStopNothing: where an escape hides a character, what follows is placed as if it stood beside.
func TestHiddenCharactersStopNothing(t *testing.T) {
	var f rulebookv1.RulesFile
	doc := newValidator().decode(&source{name: "rules.yaml", data: []byte("rules:\n  - when: \"a\\tb \\u0041 c\"\n")}, &f)
	e := doc.expression(f.Rules[0], "when", f.Rules[0].When)
	if at := e.At(0); at != (Position{"rules.yaml", 2, 12}) {
		t.Errorf("the first character is at %v", at)
	}
	if at := e.At(4); at.Line != 2 {
		t.Errorf("a character behind an escape is at %v", at)
	}
}
