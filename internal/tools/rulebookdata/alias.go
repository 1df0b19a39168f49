package main

import (
	"strings"
	"unicode"
)

// scripts tells the language that a name in a script is most likely in. Order
// matters: Japanese names may hold Han beside kana.
var scripts = []struct {
	table *unicode.RangeTable
	lang  string
}{
	{unicode.Hiragana, "ja"},
	{unicode.Katakana, "ja"},
	{unicode.Hangul, "ko"},
	{unicode.Han, "zh"},
	{unicode.Arabic, "ar"},
	{unicode.Cyrillic, "ru"},
	{unicode.Thai, "th"},
	{unicode.Hebrew, "he"},
	{unicode.Greek, "el"},
	{unicode.Devanagari, "hi"},
	{unicode.Georgian, "ka"},
	{unicode.Armenian, "hy"},
}

// language guesses the language of a name by its script; empty for Latin.
func language(s string) string {
	for _, script := range scripts {
		if strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(script.table, r) }) {
			return script.lang
		}
	}
	return ""
}

// kind says what sort of other name text is.
func kind(name, text string) string {
	if language(text) != "" {
		return "transliteration"
	}
	if len([]rune(joined(text))) <= 3 && joined(text) != joined(name) {
		return "abbreviation"
	}
	return "spelling"
}

// leastLetters is the length below which a name in a script is met by chance.
func leastLetters(text string) int {
	switch language(text) {
	case "zh", "ko":
		return 2
	case "ja", "ar", "he", "th", "hi":
		return 3
	}
	return 4
}

// plausible reports whether an alternate name of the name-suggestion-index may
// stand for name. In another script it may: it cannot be compared. In the same
// script it must be a way of writing the same word, because entries that share
// an identifier bring each other's names along.
func plausible(name, text string) bool {
	if len([]rune(joined(text))) < leastLetters(text) {
		return false
	}
	if language(text) != language(name) {
		return onlyOneScript(text)
	}
	a, b := joined(name), joined(text)
	return a != b && prefixLen(a, b)*10 >= min(len(a), len(b))*8 && abs(len(a)-len(b)) <= 3
}

// onlyOneScript refuses names such as "班尼路 Baleno", which are two names.
func onlyOneScript(s string) bool {
	other, latinLetter := false, false
	for _, r := range s {
		if unicode.IsLetter(r) {
			latinLetter = latinLetter || unicode.Is(unicode.Latin, r)
			other = other || !unicode.Is(unicode.Latin, r)
		}
	}
	return !(other && latinLetter)
}

func prefixLen(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func abs(n int) int { return max(n, -n) }
