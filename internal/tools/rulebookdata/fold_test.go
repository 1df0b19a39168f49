package main

import (
	"slices"
	"testing"
)

func TestKebab(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"Nike", "nike"},
		{"L'Oréal", "loreal"},
		{"Dolce & Gabbana", "dolce-and-gabbana"},
		{"Black+Decker", "black-decker"},
		{"Søstrene", "sostrene"},
		{"Weiß", "weiss"},
		{"耐克", ""},
	} {
		if got := kebab(test.text); got != test.want {
			t.Errorf("kebab(%q) = %q, want %q", test.text, got, test.want)
		}
	}
}

func TestTokens(t *testing.T) {
	for _, test := range []struct {
		text string
		want []string
	}{
		{"Levi’s 501®", []string{"levis", "501"}},
		{"Estée  LAUDER", []string{"estee", "lauder"}},
		{"Coca-Cola", []string{"coca", "cola"}},
		{"...", nil},
	} {
		if got := tokens(test.text); !slices.Equal(got, test.want) {
			t.Errorf("tokens(%q) = %q, want %q", test.text, got, test.want)
		}
	}
}
