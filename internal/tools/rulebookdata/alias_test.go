package main

import "testing"

func TestPlausible(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       bool
		why        string
	}{
		{"Baleno", "班尼路", true, "another script cannot be compared"},
		{"Baleno", "班尼路 Baleno", false, "two names in one"},
		{"Aeropostale", "Aéropostale", false, "the same name"},
		{"Aeropostale", "Aeropostales", true, "a way of writing it"},
		{"& Other Stories", "5.11 Tactical", false, "brought along by a shared identifier"},
		{"Deichmann", "Deichmann Schuhe", false, "name and kind of goods"},
		{"Avon", "エ", false, "too short to be found"},
	} {
		if got := plausible(test.name, test.text); got != test.want {
			t.Errorf("plausible(%q, %q) = %v, want %v: %s", test.name, test.text, got, test.want, test.why)
		}
	}
}

func TestKind(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"Nike", "耐克", "transliteration"},
		{"Louis Vuitton", "LV", "abbreviation"},
		{"Ray-Ban", "RayBan", "spelling"},
	} {
		if got := kind(test.name, test.text); got != test.want {
			t.Errorf("kind(%q, %q) = %q, want %q", test.name, test.text, got, test.want)
		}
	}
}
