package main

import "testing"

func TestOneEdit(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"salmon", "salomon", true},
		{"carrier", "cartier", true},
		{"unclie", "uncle", true},
		{"recieve", "receive", true},
		{"nike", "nike", false},
		{"hike", "kihe", false},
		{"ab", "ba", true},
		{"a", "abc", false},
		{"münze", "münzen", true},
	} {
		if got := oneEdit([]rune(test.a), []rune(test.b)); got != test.want {
			t.Errorf("oneEdit(%q, %q) = %v, want %v", test.a, test.b, got, test.want)
		}
		if got := oneEdit([]rune(test.b), []rune(test.a)); got != test.want {
			t.Errorf("oneEdit(%q, %q) = %v, want %v", test.b, test.a, got, test.want)
		}
	}
}

func TestCountWords(t *testing.T) {
	rows := []offer{
		{Title: "Blue kettle kettle"}, {Title: "KETTLE, red"}, {Title: "a kettle of Acme"},
		{Title: "Acme spoon", Brand: "ACME"}, {Title: "acme cup", Brand: "Acme"}, {Title: "apple pie"}, {Title: "apple"}, {Title: "Apple"},
		{Title: "Zorro"}, {Title: "zorro"}, {Title: "zorro"},
	}
	counts := countWords(rows, map[string]bool{"apple": true, "zorro": false})
	want := map[string]int{"kettle": 3, "apple": 3}
	if len(counts) != len(want) || counts["kettle"] != 3 || counts["apple"] != 3 {
		t.Errorf("countWords = %v, want %v: a title counts once, names and stated brands not", counts, want)
	}
}
