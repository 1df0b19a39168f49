package outside

import (
	"unicode"

	"golang.org/x/text/language"
)

// scripts are the alphabets that a set of languages is written in; nil: any.
type scripts []*unicode.RangeTable

// tables are the alphabets of the scripts that languages on sale are written in, by ISO 15924. A language in another script
// limits nothing.
var tables = map[string]scripts{
	"Latn": {unicode.Latin}, "Cyrl": {unicode.Cyrillic}, "Grek": {unicode.Greek}, "Armn": {unicode.Armenian},
	"Geor": {unicode.Georgian}, "Hebr": {unicode.Hebrew}, "Arab": {unicode.Arabic}, "Deva": {unicode.Devanagari},
	"Beng": {unicode.Bengali}, "Guru": {unicode.Gurmukhi}, "Gujr": {unicode.Gujarati}, "Taml": {unicode.Tamil},
	"Telu": {unicode.Telugu}, "Knda": {unicode.Kannada}, "Mlym": {unicode.Malayalam}, "Sinh": {unicode.Sinhala},
	"Thai": {unicode.Thai}, "Laoo": {unicode.Lao}, "Mymr": {unicode.Myanmar}, "Khmr": {unicode.Khmer},
	"Ethi": {unicode.Ethiopic}, "Hans": {unicode.Han}, "Hant": {unicode.Han},
	"Jpan": {unicode.Han, unicode.Hiragana, unicode.Katakana}, "Kore": {unicode.Hangul, unicode.Han},
}

func scriptsOf(languages []language.Tag) scripts {
	var all scripts
	for _, tag := range languages {
		script, _ := tag.Script()
		known := tables[script.String()]
		if known == nil {
			return nil
		}
		all = append(all, known...)
	}
	return all
}

// may tells whether texts may be in one of the languages: one has a letter of their scripts, or none has any letter.
func (s scripts) may(texts []string) bool {
	if s == nil {
		return true
	}
	letters := false
	for _, text := range texts {
		for _, r := range text {
			if unicode.In(r, s...) {
				return true
			}
			letters = letters || unicode.IsLetter(r)
		}
	}
	return !letters
}
