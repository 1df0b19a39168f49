package main

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAddHan(t *testing.T) {
	names := map[string]bool{"宝马": false, "三星": false, "芭比": false, "苹果": true}
	var words []hanWord
	for _, w := range []struct {
		text string
		seen int
		kind string
	}{
		{"马棚", 124, "n"}, {"马槽", 3, "n"}, // shares a letter with a name: common enough, and not
		{"三星期", 5, "b"},                       // holds a name
		{"三星公司", 13, "nz"}, {"苹果手机", 50, "n"}, // are of the mark
		{"芭比娃娃", 9, "n"}, {"娃娃", 300, "n"}, // so is a name before a word
		{"宝马", 9, "n"},                         // is a name
		{"信念", 12256, "n"}, {"张三星", 900, "nr"}, // common; a person
		{"冷僻", 9, "a"}, // rare, but in titles
	} {
		words = append(words, hanWord{[]rune(w.text), w.seen, w.kind})
	}
	rows := []offer{{Title: "冷僻书"}, {Title: "冷僻字"}, {Title: "冷僻词"}}
	counts := make(map[string]int)
	if err := addHan(counts, names, rows, words); err != nil {
		t.Fatal(err)
	}
	curated := make(map[string]int)
	if err := addHan(curated, names, nil, nil); err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(counts, func(word string, _ int) bool { return curated[word] > 0 })
	if diff := cmp.Diff([]string{"三星期", "信念", "冷僻", "马棚"}, slices.Sorted(maps.Keys(counts))); diff != "" || curated["马桶"] == 0 {
		t.Errorf("addHan (-want +got), beside what is curated:\n%s", diff)
	}
	if counts["冷僻"] != 3 {
		t.Errorf("a word in three titles is counted %d times", counts["冷僻"])
	}
}
