package rulebook

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// marksOf is a book with other marks and words.
func marksOf(t *testing.T, marks, words string) *Book {
	t.Helper()
	a := txtar.Parse([]byte("-- marks.jsonl --\n" + `{"id":"lumora","text":"Lumora","aliases":[{"text":"鹿茉拉","lang":"zh","kind":"transliteration"}]}` + "\n" +
		marks + `{"id":"orchard","text":"Orchard"}` + "\n-- words.tsv --\nshoe\t9\n" + words))
	return load(t, book(t, a))
}

func TestAdvice(t *testing.T) {
	const marks = `{"id":"peach","text":"Peach"}
{"id":"pear","text":"Pear","dictionary_word":true}
{"id":"rose","text":"Rose","personal_name":true}
{"id":"qz","text":"QZ"}
{"id":"stag","text":"鹿"}
{"id":"lumora.us","text":"LUMÓRA","aliases":[{"text":"lumora","kind":"spelling"}]}
{"id":"other","text":"Other","aliases":[{"text":"鹿茉拉","lang":"zh","kind":"transliteration"}]}
`
	var got []string
	for _, p := range marksOf(t, marks, "peach\t5\npear\t4\nrose\t3\n").Advice() {
		got = append(got, p.String())
	}
	want := []string{
		`marks.jsonl:2: peach: "Peach" is an ordinary word (words.tsv): without dictionary_word its plain uses count as the mark`,
		`marks.jsonl:5: qz: "QZ" is short: it is seen in capitals or in its own letter case only, and in no disguise`,
		`marks.jsonl:7: lumora.us: "LUMÓRA" folds to the same letters as a name of lumora (marks.jsonl:1): a listing with it mentions both`,
		`marks.jsonl:8: other: "鹿茉拉" folds to the same letters as a name of lumora (marks.jsonl:1): a listing with it mentions both`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("advice (-want +got):\n%s", diff)
	}
}

func TestAdviceIsBounded(t *testing.T) {
	var marks, words strings.Builder
	for i := range maxAdvice + 5 {
		name := "word" + strings.Map(func(r rune) rune { return r - '0' + 'a' }, fmt.Sprintf("%05d", i))
		fmt.Fprintf(&marks, `{"id":"%s","text":"%s"}`+"\n", name, name)
		fmt.Fprintf(&words, "%s\t1\n", name)
	}
	advice := marksOf(t, marks.String(), words.String()).Advice()
	if last := advice[len(advice)-1].Text; len(advice) != maxAdvice+1 || !strings.HasPrefix(last, "and 5 more like ") {
		t.Errorf("%d pieces of advice, the last %q", len(advice), last)
	}
}
