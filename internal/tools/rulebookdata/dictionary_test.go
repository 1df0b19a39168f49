package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWriteDictionary(t *testing.T) {
	out, lists := t.TempDir(), t.TempDir()
	for name, text := range map[string]string{
		filepath.Join(out, "marks.jsonl"): `{"id":"cartier","text":"Cartier"}` + "\n" +
			`{"id":"red-bull","text":"Red Bull","models":["Quiver"],"aliases":[{"kind":"spelling","text":"Taurine"}]}` + "\n",
		filepath.Join(out, "words.tsv"):       "kettle\t5\n",
		filepath.Join(lists, "english"):       "rarely\n",
		filepath.Join(lists, "english-small"): "Aaron\nkettle\ncarrier\nbell\nquite\nquavers\nquivers\ntaurines\nred\nbe\nit's\ncafé\nof\na\nthrown\nquite\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := writeDictionary(job{words: lists, out: out}); err != nil {
		t.Fatal(err)
	}
	got := strings.Fields(string(read(t, filepath.Join(out, "dictionary.txt"))))
	if want := "be cafe of quavers quite thrown"; strings.Join(got, " ") != want {
		t.Errorf("dictionary.txt has %q, want %q", got, want)
	}
	if _, err := writeDictionary(job{words: out, out: out}); err == nil {
		t.Error("no lists of frequent words, no error")
	}
}

// TestDictionaryHidesNoMark holds the embedded dictionary against the marks beside it, which change more often.
func TestDictionaryHidesNoMark(t *testing.T) {
	embedded := filepath.Join("..", "..", "rulebook", "embedded")
	marks, err := readLines[mark](filepath.Join(embedded, "marks.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	near := deletionsOf(partsOf(marks))
	for word := range strings.FieldsSeq(string(read(t, filepath.Join(embedded, "dictionary.txt")))) {
		if hides(word, near) {
			t.Errorf("%q is one letter from a mark's name: if it is no misspelling, it belongs into curated/near_words.txt, "+
				"and the dictionary is to be made again", word)
		}
	}
}
