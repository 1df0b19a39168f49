package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Places turns a listing's category into one of the embedded taxonomy.
type places struct {
	paths   map[string]bool
	aliases map[string]string // folded name of another platform to path
	whole   map[string]string // data set whose listings state no category to path
	days    map[string]string // data set to day of collection
	words   []titleWord       // in order: the first that fits wins
	homes   map[string]string // folded name of a mark at home in one kind of goods to that category
	noBrand map[string]bool   // folded brand values that mean none or the shop itself
}

// A titleWord places the listings of a data set that have it in their title.
type titleWord struct{ source, word, path string }

func newPlaces(embedded string) (*places, error) {
	p := &places{paths: map[string]bool{}, aliases: map[string]string{}, whole: map[string]string{},
		days: map[string]string{}, homes: map[string]string{}, noBrand: map[string]bool{}}
	categories, err := readCSV(filepath.Join(embedded, "categories.csv"))
	if err != nil {
		return nil, err
	}
	for _, row := range categories {
		p.paths[row[0]] = true
	}
	aliases, err := readCSV(filepath.Join(embedded, "category_aliases.csv"))
	if err != nil {
		return nil, err
	}
	for _, row := range aliases {
		p.aliases[spaced(row[0])] = row[1]
	}
	marks, err := readLines[mark](filepath.Join(embedded, "marks.jsonl"))
	if err != nil {
		return nil, err
	}
	for _, m := range marks {
		if len(m.HomeCategories) == 1 {
			p.homes[spaced(m.Text)] = m.HomeCategories[0]
		}
	}
	return p, p.readCurated()
}

func (p *places) readCurated() error {
	sources, err := readTable("sources.txt", 3)
	if err != nil {
		return err
	}
	for _, row := range sources {
		p.whole[row[0]], p.days[row[0]] = row[1], row[2]
	}
	words, err := readTable("title_words.txt", 3)
	if err != nil {
		return err
	}
	for _, path := range slices.Concat(column(sources, 1), column(words, 2)) {
		if !p.paths[path] {
			return fmt.Errorf("curated tables: no category %q", path)
		}
	}
	for _, row := range words {
		p.words = append(p.words, titleWord{row[0], " " + spaced(row[1]) + " ", row[2]})
	}
	brands, err := readTable("no_brands.txt", 1)
	for _, row := range brands {
		p.noBrand[joined(row[0])] = true
	}
	return err
}

// column is the cells of one column.
func column(rows [][]string, n int) []string {
	cells := make([]string, len(rows))
	for i, row := range rows {
		cells[i] = row[n]
	}
	return cells
}

// find is the path of a listing.
func (p *places) find(row offer) (string, bool) {
	if path, ok := p.whole[row.Source]; ok {
		return p.byTitle(row, path), true
	}
	if path, ok := p.aliases[spaced(row.Category)]; ok {
		return path, true
	}
	return row.Category, p.paths[row.Category]
}

// byTitle places a listing that states no category by a word of its title, or
// else as path. Where the mark stated as brand is at home among other goods,
// that is believed more than the word.
func (p *places) byTitle(row offer, path string) string {
	title := " " + spaced(row.Title) + " "
	for _, w := range p.words {
		if w.source == row.Source && strings.Contains(title, w.word) {
			path = w.path
			break
		}
	}
	if home := p.homes[spaced(row.Brand)]; home != "" && root(home) != root(path) {
		return home
	}
	return path
}

// root is the first part of a path.
func root(path string) string {
	first, _, _ := strings.Cut(path, " > ")
	return first
}

// readCSV reads a table without its header.
func readCSV(path string) ([][]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%s: no header", path)
	}
	return rows[1:], nil
}
