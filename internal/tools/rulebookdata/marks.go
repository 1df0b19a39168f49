package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A mark is a row of marks.jsonl. Absent means not known.
type mark struct {
	ID             string   `json:"id"`
	Text           string   `json:"text"`
	Aliases        []alias  `json:"aliases,omitempty"`
	Holder         string   `json:"holder,omitempty"`
	HolderCountry  string   `json:"holder_country,omitempty"`
	DictionaryWord bool     `json:"dictionary_word,omitempty"`
	PersonalName   bool     `json:"personal_name,omitempty"`
	Famous         bool     `json:"famous,omitempty"`
	HomeCategories []string `json:"home_categories,omitempty"`
	Models         []string `json:"models,omitempty"`
	Policy         string   `json:"policy"`
	Sources        []string `json:"sources"`
}

// An alias is another name of a mark.
type alias struct {
	Text string `json:"text"`
	Lang string `json:"lang,omitempty"`
	Kind string `json:"kind"`
}

// A ledger gathers marks from several sources; the first to claim a name has it.
type ledger struct {
	homes   map[string]string // code to path
	leftOut map[string]bool   // folded names that a person left out
	marks   []*mark
	byName  map[string]*mark // folded text or alias
	ids     map[string]bool
}

func writeMarks(j job) (string, error) {
	l, err := newLedger()
	if err != nil {
		return "", err
	}
	for _, add := range []func(*ledger, string) error{addCurated, addShared, addCuratedNames, addNSI, addSimpleIcons, addOtherNames} {
		if err := add(l, filepath.Join(j.data, "lexicon")); err != nil {
			return "", err
		}
	}
	l.finish()
	data, err := l.encode()
	if err != nil {
		return "", err
	}
	aliases, models := 0, 0
	for _, m := range l.marks {
		aliases += len(m.Aliases)
		models += len(m.Models)
	}
	return fmt.Sprintf("%d marks, %d aliases, %d models, %d bytes", len(l.marks), aliases, models, len(data)),
		os.WriteFile(filepath.Join(j.out, "marks.jsonl"), data, 0o644)
}

func newLedger() (*ledger, error) {
	l := &ledger{homes: map[string]string{}, leftOut: map[string]bool{}, byName: map[string]*mark{}, ids: map[string]bool{}}
	homes, err := readTable("homes.txt", 2)
	if err != nil {
		return nil, err
	}
	for _, row := range homes {
		l.homes[row[0]] = row[1]
	}
	names, err := readTable("left_out.txt", 1)
	if err != nil {
		return nil, err
	}
	for _, row := range names {
		l.leftOut[joined(row[0])] = true
	}
	return l, nil
}

// home turns codes into sorted paths.
func (l *ledger) home(codes string) ([]string, error) {
	var paths []string
	for _, code := range list(codes, ",") {
		path, ok := l.homes[code]
		if !ok {
			return nil, fmt.Errorf("no home category has the code %q", code)
		}
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return slices.Compact(paths), nil
}

// open returns the mark called text, a new one if nothing is called so. The id
// is made of the text, or is fallback where the text has no Latin letters.
func (l *ledger) open(text, fallback string) (*mark, error) {
	key := joined(text)
	if key == "" {
		return nil, fmt.Errorf("the name %q has no letters", text)
	}
	if m, ok := l.byName[key]; ok {
		return m, nil
	}
	id := kebab(text)
	if id == "" || (!latin(text) && fallback != "") {
		id = fallback
	}
	if id == "" {
		return nil, fmt.Errorf("no id can be made for %q", text)
	}
	for base, n := id, 2; l.ids[id]; n++ {
		id = fmt.Sprintf("%s-%d", base, n)
	}
	m := &mark{ID: id, Text: text}
	l.ids[id] = true
	l.byName[key] = m
	l.marks = append(l.marks, m)
	return m, nil
}

// addAlias gives m another name, unless it is no other name, somebody has it,
// or it was left out.
func (l *ledger) addAlias(m *mark, a alias) bool {
	key := joined(a.Text)
	if key == "" || l.leftOut[key] {
		return false
	}
	if owner, ok := l.byName[key]; ok && (owner != m || !differs(m, a.Text)) {
		return false
	}
	l.byName[key] = m
	m.Aliases = append(m.Aliases, a)
	return true
}

// differs reports whether text is spelled in other words than every name of m.
func differs(m *mark, text string) bool {
	if spaced(text) == spaced(m.Text) {
		return false
	}
	return !slices.ContainsFunc(m.Aliases, func(a alias) bool { return spaced(a.Text) == spaced(text) })
}

func (m *mark) from(source string) {
	if !slices.Contains(m.Sources, source) {
		m.Sources = append(m.Sources, source)
	}
}

// finish sorts, chooses policies and drops model names that are names of marks.
func (l *ledger) finish() {
	models := map[string]bool{}
	for _, m := range l.marks {
		m.Models = slices.DeleteFunc(m.Models, func(model string) bool {
			key := joined(model)
			_, isMark := l.byName[key]
			taken := models[key] || isMark
			models[key] = true
			return taken
		})
		slices.Sort(m.Models)
		slices.Sort(m.Sources)
		slices.SortFunc(m.Aliases, func(a, b alias) int {
			return cmp.Or(cmp.Compare(a.Lang, b.Lang), cmp.Compare(a.Text, b.Text))
		})
		if m.Policy == "" {
			m.Policy = m.policy()
		}
	}
	slices.SortFunc(l.marks, func(a, b *mark) int { return cmp.Compare(a.ID, b.ID) })
}

// policy says how far from its spelling a mark is looked for. Very short names
// are too near to everything, ordinary words have neighbours of their own, and
// names that are not well known are not worth the false alarms of misspelling.
func (m *mark) policy() string {
	letters := len([]rune(joined(m.Text)))
	wellKnown := slices.Contains(m.Sources, "general_knowledge") || slices.Contains(m.Sources, "marks_shared")
	switch {
	case letters <= 2:
		return "exact"
	case letters <= 3 || m.DictionaryWord || !wellKnown:
		return "disguised"
	}
	return "fuzzy"
}

func (l *ledger) encode() ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	for _, m := range l.marks {
		if err := enc.Encode(m); err != nil {
			return nil, err
		}
	}
	return buf.Bytes(), nil
}

// addCurated enters the marks of curated/marks.txt without their other names,
// so that no alias can take the place of a mark.
func addCurated(l *ledger, _ string) error {
	rows, err := readTable("marks.txt", 7)
	if err != nil {
		return err
	}
	for _, row := range rows {
		m, err := l.open(row[0], "")
		if err != nil {
			return err
		}
		home, err := l.home(row[3])
		if err != nil {
			return fmt.Errorf("mark %q: %w", row[0], err)
		}
		if m.Holder == "" {
			m.Holder, m.HolderCountry = row[1], row[2]
		}
		m.HomeCategories = home
		m.flag(row[4])
		m.Models = append(m.Models, list(row[5], ";")...)
		m.from("general_knowledge")
	}
	return nil
}

// flag reads the letters of the flags column.
func (m *mark) flag(flags string) {
	m.DictionaryWord = m.DictionaryWord || strings.Contains(flags, "d")
	m.PersonalName = m.PersonalName || strings.Contains(flags, "p")
	m.Famous = m.Famous || strings.Contains(flags, "f")
	switch {
	case strings.Contains(flags, "x"):
		m.Policy = "exact"
	case strings.Contains(flags, "s"):
		m.Policy = "disguised"
	}
}

// addCuratedNames enters the other names of curated/marks.txt.
func addCuratedNames(l *ledger, _ string) error {
	rows, err := readTable("marks.txt", 7)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if err := l.addNames(row[0], row[6]); err != nil {
			return err
		}
	}
	return nil
}

// addOtherNames enters the names of curated/other_names.txt, which no mark and no other source has.
func addOtherNames(l *ledger, _ string) error {
	rows, err := readTable("other_names.txt", 2)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if err := l.addNames(row[0], row[1]); err != nil {
			return err
		}
		l.byName[joined(row[0])].from("general_knowledge")
	}
	return nil
}

var kinds = map[string]string{"t": "transliteration", "a": "abbreviation", "s": "spelling", "n": "nickname", "c": "coded"}

// addNames enters names of a mark written as kind:lang:text between semicolons.
func (l *ledger) addNames(mark, names string) error {
	m := l.byName[joined(mark)]
	if m == nil {
		return fmt.Errorf("no mark is called %q", mark)
	}
	for _, item := range list(names, ";") {
		part := strings.SplitN(item, ":", 3)
		if len(part) != 3 || kinds[part[0]] == "" {
			return fmt.Errorf("mark %q: alias %q is not kind:lang:text", mark, item)
		}
		l.addAlias(m, alias{Text: part[2], Lang: part[1], Kind: kinds[part[0]]})
	}
	return nil
}

// addShared enters lexicon/marks_shared.jsonl. Its spelling of a name stands.
func addShared(l *ledger, dir string) error {
	rows, err := readLines[sharedMark](filepath.Join(dir, "marks_shared.jsonl"))
	if err != nil {
		return err
	}
	table, err := readTable("shared_homes.txt", 2)
	if err != nil {
		return err
	}
	homes := map[string]string{}
	for _, row := range table {
		homes[row[0]] = row[1]
	}
	for _, row := range rows {
		m, err := l.open(row.Mark, "")
		if err != nil {
			return err
		}
		m.Text = row.Mark
		m.DictionaryWord = m.DictionaryWord || row.DictionaryWord
		if len(m.HomeCategories) == 0 {
			if m.HomeCategories, err = l.home(homes[row.Category]); err != nil {
				return fmt.Errorf("mark %q: %w", row.Mark, err)
			}
		}
		m.from("marks_shared")
	}
	for _, row := range rows {
		for _, text := range row.Aliases {
			l.addAlias(l.byName[joined(row.Mark)], alias{Text: text, Lang: language(text), Kind: kind(row.Mark, text)})
		}
	}
	return nil
}

// addSimpleIcons enters the chosen names of lexicon/simple_icons_brands.jsonl.
func addSimpleIcons(l *ledger, dir string) error {
	rows, err := readLines[simpleIcon](filepath.Join(dir, "simple_icons_brands.jsonl"))
	if err != nil {
		return err
	}
	table, err := readTable("simple_icons.txt", 3)
	if err != nil {
		return err
	}
	chosen := map[string][]string{}
	for _, row := range table {
		chosen[row[0]] = row
	}
	for _, row := range rows {
		pick, ok := chosen[row.Name]
		if l.byName[joined(row.Name)] != nil {
			l.byName[joined(row.Name)].from("simple_icons")
			continue
		}
		if !ok {
			continue
		}
		m, err := l.open(row.Name, "")
		if err != nil {
			return err
		}
		if m.HomeCategories, err = l.home(pick[1]); err != nil {
			return err
		}
		m.flag(pick[2])
		m.from("simple_icons")
	}
	return nil
}
