package main

import (
	"bufio"
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed curated
var curated embed.FS

// A sharedMark is a row of lexicon/marks_shared.jsonl.
type sharedMark struct {
	Mark           string
	Category       string
	DictionaryWord bool `json:"dictionary_word"`
	Aliases        []string
}

// An nsiBrand is a row of lexicon/nsi_brands.jsonl.
type nsiBrand struct {
	Name        string
	Wikidata    string
	Categories  []string
	Countries   []string
	Alt         map[string][]string
	MatchNames  []string `json:"match_names"`
	Description string
}

// A simpleIcon is a row of lexicon/simple_icons_brands.jsonl.
type simpleIcon struct {
	Name string
	Aka  []string
}

// An offer is a row of listings/*.jsonl.
type offer struct {
	Source   string `json:"-"` // file name without its ending
	Title    string
	Brand    string
	Price    json.Number
	Currency string
	Market   string
	Category string
}

// readLines decodes a file of JSON Lines.
func readLines[T any](path string) ([]T, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var rows []T
	for n, line := range bytes.Split(data, []byte("\n")) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var row T
		if err := json.Unmarshal(line, &row); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, n+1, err)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// readListings reads every listing, files in order of their names.
func readListings(data string) ([]offer, error) {
	paths, err := filepath.Glob(filepath.Join(data, "listings", "*.jsonl"))
	if err != nil {
		return nil, err
	}
	slices.Sort(paths)
	var all []offer
	for _, path := range paths {
		rows, err := readLines[offer](path)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			rows[i].Source = strings.TrimSuffix(filepath.Base(path), ".jsonl")
		}
		all = append(all, rows...)
	}
	return all, nil
}

// readTable reads a curated table: fields between "|", "#" starts a comment
// line, missing fields at the end are empty.
func readTable(name string, fields int) ([][]string, error) {
	data, err := curated.ReadFile("curated/" + name)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	scan := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; scan.Scan(); n++ {
		line := strings.TrimSpace(scan.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		row := strings.Split(line, "|")
		if len(row) > fields {
			return nil, fmt.Errorf("%s:%d: %d fields, at most %d are expected", name, n, len(row), fields)
		}
		for len(row) < fields {
			row = append(row, "")
		}
		for i := range row {
			row[i] = strings.TrimSpace(row[i])
		}
		rows = append(rows, row)
	}
	return rows, scan.Err()
}

// list splits a curated field; an empty field is an empty list.
func list(field, sep string) []string {
	var items []string
	for item := range strings.SplitSeq(field, sep) {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}
