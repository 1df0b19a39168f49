package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// In the name-suggestion-index most names are shops. These tell a brand of
// goods from a shop in a description of a few words.
var (
	speaksOfBrand = regexp.MustCompile(`(?i)\b(brand|brands|manufacturer|maker|label|fashion house|designer|automaker|producer|brewery|confectioner|trademark|products?)\b`)
	speaksOfShop  = regexp.MustCompile(`(?i)\b(chain|retailer|supermarkets?|hypermarkets?|stores?|shops?|restaurants?|pharmacies|pharmacy|dealership|network|bank|franchise|stations?|gas|filling|petrol|café|cafe|coffeehouse|bakery|bakeries|fast food|fast-food)\b`)
)

// addNSI enters the names of lexicon/nsi_brands.jsonl which may stand for goods.
// Names of marks that are there already add their other names only.
func addNSI(l *ledger, dir string) error {
	rows, err := readLines[nsiBrand](filepath.Join(dir, "nsi_brands.jsonl"))
	if err != nil {
		return err
	}
	pick, err := newNSIFilter(dir)
	if err != nil {
		return err
	}
	owners := map[string]int{}
	for _, row := range rows {
		owners[row.Wikidata]++
	}
	for _, row := range rows {
		m := l.byName[joined(row.Name)]
		if m == nil {
			home, ok := pick.home(row)
			if !ok || l.leftOut[joined(row.Name)] || !pick.name(row.Name) {
				continue
			}
			if row.Wikidata == "" && !latin(row.Name) {
				continue // nothing to make a stable id of
			}
			if m, err = l.open(row.Name, "nsi-"+strings.ToLower(row.Wikidata)); err != nil {
				return err
			}
			if m.HomeCategories, err = l.home(home); err != nil {
				return err
			}
		}
		m.from("nsi")
		if owners[row.Wikidata] == 1 {
			l.addAlternates(m, row)
		}
	}
	return nil
}

// addAlternates enters the plausible ones of row's alternate names.
func (l *ledger) addAlternates(m *mark, row nsiBrand) {
	for _, lang := range slices.Sorted(maps.Keys(row.Alt)) {
		for _, text := range row.Alt[lang] {
			if !plausible(m.Text, text) || (language(text) == "" && (lang == "und" || !latin(m.Text))) {
				continue
			}
			l.addAlias(m, alias{Text: text, Lang: aliasLanguage(lang, text), Kind: kind(m.Text, text)})
		}
	}
}

// aliasLanguage is the language said by the source, or the one that the script suggests.
func aliasLanguage(said, text string) string {
	if said == "und" || said == "wikidata_label" || strings.Contains(said, "Latn") {
		return language(text)
	}
	return said
}

// An nsiFilter chooses names of goods.
type nsiFilter struct {
	homes   map[string]string // kind of shop to home codes
	strict  map[string]bool
	generic []*regexp.Regexp
}

func newNSIFilter(dir string) (*nsiFilter, error) {
	f := &nsiFilter{homes: map[string]string{}, strict: map[string]bool{}}
	rows, err := readTable("nsi_categories.txt", 3)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		f.homes[row[0]] = row[1]
		f.strict[row[0]] = row[2] == "strict"
	}
	data, err := os.ReadFile(filepath.Join(dir, "nsi_genericWords.json"))
	if err != nil {
		return nil, err
	}
	var generic struct{ GenericWords []string }
	if err := json.Unmarshal(data, &generic); err != nil {
		return nil, fmt.Errorf("nsi_genericWords.json: %w", err)
	}
	for _, expr := range generic.GenericWords {
		re, err := regexp.Compile("(?i)" + expr)
		if err != nil {
			return nil, fmt.Errorf("nsi_genericWords.json: %w", err)
		}
		f.generic = append(f.generic, re)
	}
	return f, nil
}

// home gives the home codes of a row, and whether it may be a brand of goods.
func (f *nsiFilter) home(row nsiBrand) (string, bool) {
	var codes []string
	brand := speaksOfBrand.MatchString(row.Description) && !speaksOfShop.MatchString(row.Description)
	for _, category := range row.Categories {
		home, ok := f.homes[category]
		if ok && (!f.strict[category] || brand) {
			codes = append(codes, home)
		}
	}
	return strings.Join(codes, ","), len(codes) > 0
}

// name reports whether a name is long and particular enough to be looked for.
func (f *nsiFilter) name(name string) bool {
	if slices.ContainsFunc(f.generic, func(re *regexp.Regexp) bool { return re.MatchString(name) }) {
		return false
	}
	if !onlyOneScript(name) || slices.Contains([]string{"ka", "hy", "ru", "el"}, language(name)) {
		return false // too few readers of these here to tell a name from a word
	}
	letters := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, joined(name))
	least := leastLetters(name)
	if language(name) == "zh" {
		least = 3
	}
	return len([]rune(letters)) >= least && len([]rune(name)) <= 40
}
