// Package madeup makes up registers of marks: as many as one likes, the same ones for the same seed, for benchmarks and tests
// that a list of real marks is too short for.
//
// The names are of the kinds that registers hold: coined words, two to five words, ordinary words, letters with digits, names in
// other scripts. Offices, holders, classes and days are made up, too.
package madeup

import (
	"encoding/json"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A mark is a row as marks.jsonl has it.
type mark struct {
	ID                 string   `json:"id"`
	Text               string   `json:"text"`
	Aliases            []alias  `json:"aliases,omitempty"`
	Holder             string   `json:"holder,omitempty"`
	HolderCountry      string   `json:"holder_country,omitempty"`
	Office             string   `json:"office,omitempty"`
	RegistrationNumber string   `json:"registration_number,omitempty"`
	Territories        []string `json:"territories,omitempty"`
	NiceClasses        []int    `json:"nice_classes,omitempty"`
	Status             string   `json:"status,omitempty"`
	RegisteredOn       string   `json:"registered_on,omitempty"`
	ExpiresOn          string   `json:"expires_on,omitempty"`
	DictionaryWord     bool     `json:"dictionary_word,omitempty"`
	HomeCategories     []string `json:"home_categories,omitempty"`
	Models             []string `json:"models,omitempty"`
	Policy             string   `json:"policy,omitempty"`
}

type alias struct {
	Text string `json:"text"`
	Lang string `json:"lang,omitempty"`
	Kind string `json:"kind"`
}

// Lines are n marks as JSON Lines, without the ends of the lines. words are ordinary words, frequent ones first, and categories
// paths of the rulebook's taxonomy.
func Lines(seed uint64, n int, words, categories []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		m := maker{rand.New(rand.NewPCG(seed, 1)), words, categories}
		var holders []string
		for range n/2 + 1 { // a holder has two marks
			holders = append(holders, m.coined()+" "+m.coined()+" Ltd")
		}
		for i := range n {
			line, err := json.Marshal(m.mark(i, holders[m.IntN(len(holders))]))
			if err != nil || !yield(string(line)) {
				return
			}
		}
	}
}

type maker struct {
	*rand.Rand
	words      []string
	categories []string
}

var offices = []struct{ office, territory, country string }{
	{"EM", "EU", "DE"}, {"US", "US", "US"}, {"CN", "CN", "CN"}, {"JP", "JP", "JP"}, {"GB", "GB", "GB"}, {"IN", "IN", "IN"}, {"BR", "BR", "BR"}, {"FR", "FR", "FR"},
}

func (m *maker) mark(i int, holder string) mark {
	o := offices[m.IntN(len(offices))]
	year := 1980 + m.IntN(46)
	day := fmt.Sprintf("%02d-%02d", 1+m.IntN(12), 1+m.IntN(28))
	made := mark{ID: fmt.Sprintf("%s-%07d", strings.ToLower(o.office), i), Office: o.office, Territories: []string{o.territory},
		RegistrationNumber: fmt.Sprintf("%09d", m.IntN(1e9)), Holder: holder, HolderCountry: o.country,
		Status: "registered", RegisteredOn: fmt.Sprintf("%d-%s", year, day), ExpiresOn: fmt.Sprintf("%d-%s", 2027+m.IntN(9), day)}
	made.Text, made.DictionaryWord = m.name()
	for range 1 + m.IntN(3) {
		if class := 1 + m.IntN(45); !slices.Contains(made.NiceClasses, class) {
			made.NiceClasses = append(made.NiceClasses, class)
		}
	}
	switch m.IntN(20) {
	case 0:
		made.Status, made.ExpiresOn = "dead", ""
	case 1:
		made.Status, made.RegisteredOn, made.ExpiresOn = "pending", "", ""
	}
	if m.IntN(3) > 0 && len(m.categories) > 0 {
		made.HomeCategories = []string{m.categories[m.IntN(len(m.categories))]}
	}
	if m.IntN(8) == 0 {
		made.Aliases = []alias{{Text: m.runes(0x4E00, 3000, 2, 4), Lang: "zh", Kind: "transliteration"}}
	}
	if m.IntN(25) == 0 {
		made.Models = []string{m.coined() + " " + strconv.Itoa(m.IntN(1000))}
	}
	if m.IntN(3) == 0 {
		made.Policy = "disguised"
	}
	return made
}

// name is a mark's text, and whether it is an ordinary word.
func (m *maker) name() (text string, ordinary bool) {
	switch k := m.IntN(100); {
	case k < 1 && len(m.words) > 0:
		return capital(m.words[m.IntN(len(m.words))]), true
	case k < 7:
		return m.runes(0x4E00, 3000, 2, 4), false
	case k < 8:
		return m.runes(0x30A1, 80, 3, 6), false
	case k < 9:
		return m.runes(0xAC00, 11000, 2, 4), false
	case k < 11:
		return m.runes(0x0430, 32, 4, 9), false
	case k < 12:
		return m.runes(0x0627, 20, 3, 7), false
	case k < 16:
		return strings.ToUpper(m.syllables(1, 1)) + strconv.Itoa(m.IntN(10000)), false
	case k < 60:
		return m.coined(), false
	}
	parts := []string{m.coined()}
	if len(m.words) > 0 {
		parts = append(parts, m.word())
	}
	for m.IntN(3) == 0 && len(parts) < 5 {
		parts = append(parts, m.coined())
	}
	return strings.Join(parts, " "), false
}

// word is an ordinary word: frequent ones are far more frequent.
func (m *maker) word() string {
	u := m.Float64()
	return m.words[int(u*u*u*float64(len(m.words)))]
}

func (m *maker) coined() string {
	return capital(m.syllables(2, 4))
}

func capital(word string) string {
	r, n := utf8.DecodeRuneInString(word)
	return string(unicode.ToUpper(r)) + word[n:]
}

func (m *maker) syllables(from, to int) string {
	const consonants, vowels, codas = "bcdfghjklmnpqrstvwxyz", "aeiouy", "nrsltkmxdz"
	var b strings.Builder
	for range from + m.IntN(to-from+1) {
		b.WriteByte(consonants[m.IntN(len(consonants))])
		b.WriteByte(vowels[m.IntN(len(vowels))])
		if m.IntN(2) == 0 {
			b.WriteByte(codas[m.IntN(len(codas))])
		}
	}
	return b.String()
}

func (m *maker) runes(first rune, n, from, to int) string {
	var b strings.Builder
	for range from + m.IntN(to-from+1) {
		b.WriteRune(first + rune(m.IntN(n)))
	}
	return b.String()
}
