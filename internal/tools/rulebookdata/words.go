package main

import (
	"bufio"
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

const (
	leastWord  = 3     // letters of a word worth a row
	leastSeen  = 3     // titles that a word of the listings must stand in
	maxWords   = 40000 // rows of words.tsv
	nearLetter = 4     // letters from which a mark's name has near words
)

// writeWords counts the ordinary words of listing titles, and adds the words of
// the word lists that stand within one edit of a mark's name. Words that are
// names of marks themselves are left out, except those of dictionary-word marks.
func writeWords(j job) (string, error) {
	marks, err := readLines[mark](filepath.Join(j.out, "marks.jsonl"))
	if err != nil {
		return "", err
	}
	rows, err := readListings(j.data)
	if err != nil {
		return "", err
	}
	names := markWords(marks)
	counts := countWords(rows, names)
	fromTitles := len(counts)
	if j.words != "" {
		if err := addNearWords(counts, names, j.words); err != nil {
			return "", err
		}
	}
	if err := correctWords(counts, names); err != nil {
		return "", err
	}
	fromLists := len(counts)
	if err := addHanWords(counts, names, hanOffers(rows), j.words); err != nil {
		return "", err
	}
	if len(counts) > maxWords {
		return "", fmt.Errorf("%d words, at most %d are wanted", len(counts), maxWords)
	}
	var buf bytes.Buffer
	for _, word := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&buf, "%s\t%d\n", word, counts[word])
	}
	return fmt.Sprintf("%d words of titles, %d of word lists, %d of Han, %d bytes",
			fromTitles, fromLists-fromTitles, len(counts)-fromLists, buf.Len()),
		os.WriteFile(filepath.Join(j.out, "words.tsv"), buf.Bytes(), 0o644)
}

// markWords gives the one-word names of marks and whether each may be an
// ordinary word too.
func markWords(marks []mark) map[string]bool {
	names := map[string]bool{}
	add := func(text string, ordinary bool) {
		if words := tokens(text); len(words) == 1 {
			names[words[0]] = names[words[0]] || ordinary
		}
	}
	for _, m := range marks {
		add(m.Text, m.DictionaryWord)
		for _, a := range m.Aliases {
			add(a.Text, m.DictionaryWord || a.Kind == "coded")
		}
		for _, model := range m.Models {
			add(model, false)
		}
	}
	return names
}

// countWords counts the titles in which a word stands. Words which sellers state
// as brand more often than not are names and no words.
func countWords(rows []offer, names map[string]bool) map[string]int {
	counts, stated := map[string]int{}, map[string]int{}
	for _, row := range rows {
		for _, word := range slices.Compact(slices.Sorted(slices.Values(tokens(row.Title)))) {
			if len([]rune(word)) >= leastWord && onlyLetters(word) && latin(word) {
				counts[word]++
			}
		}
		if words := tokens(row.Brand); len(words) == 1 {
			stated[words[0]]++
		}
	}
	maps.DeleteFunc(counts, func(word string, n int) bool {
		ordinary, isName := names[word]
		return n < leastSeen || (isName && !ordinary) || stated[word]*2 > n
	})
	return counts
}

// correctWords takes the slips of curated/not_words.txt away and adds the words
// of curated/near_words.txt, and the names of curated/ordinary_names.txt.
func correctWords(counts map[string]int, names map[string]bool) error {
	slips, err := readTable("not_words.txt", 1)
	if err != nil {
		return err
	}
	for _, row := range slips {
		delete(counts, row[0])
	}
	more, err := readTable("near_words.txt", 1)
	for _, row := range more {
		word := joined(row[0])
		if _, isName := names[word]; !isName {
			counts[word] = max(counts[word], 1)
		}
	}
	if err != nil {
		return err
	}
	ordinary, err := readTable("ordinary_names.txt", 1)
	for _, row := range ordinary {
		counts[joined(row[0])] = max(counts[joined(row[0])], 1)
	}
	return err
}

func onlyLetters(word string) bool {
	return !strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) })
}

// addNearWords reads every file of dir and adds the words within one edit or
// transposition of a name, counted as seen once.
func addNearWords(counts map[string]int, names map[string]bool, dir string) error {
	long := maps.Clone(names)
	maps.DeleteFunc(long, func(name string, _ bool) bool { return len([]rune(name)) < nearLetter || !onlyLetters(name) })
	near := deletionsOf(long)
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := addFile(counts, names, near, filepath.Join(dir, file.Name())); err != nil {
			return err
		}
	}
	return nil
}

func addFile(counts map[string]int, names map[string]bool, near map[string][]string, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	scan := bufio.NewScanner(f)
	for scan.Scan() {
		text := scan.Text()
		words := tokens(text)
		if len(words) != 1 || !startsLower(text) || len([]rune(words[0])) < leastWord || !onlyLetters(words[0]) {
			continue
		}
		if _, isName := names[words[0]]; isName || counts[words[0]] > 0 {
			continue
		}
		if isNear(words[0], near) {
			counts[words[0]] = 1
		}
	}
	return scan.Err()
}

// startsLower keeps names of persons and places of the word lists out.
func startsLower(s string) bool {
	for _, r := range s {
		return unicode.IsLower(r)
	}
	return false
}

// deletionsOf are the names by what is left of each without one letter.
func deletionsOf(names map[string]bool) map[string][]string {
	near := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		for _, part := range deletions(name) {
			near[part] = append(near[part], name)
		}
	}
	return near
}

// deletions are the word itself and what is left of it without one letter.
func deletions(word string) []string {
	runes := []rune(word)
	parts := []string{word}
	for i := range runes {
		parts = append(parts, string(runes[:i])+string(runes[i+1:]))
	}
	slices.Sort(parts)
	return slices.Compact(parts)
}

// isNear reports whether a name stands within one edit or transposition.
func isNear(word string, near map[string][]string) bool {
	for _, part := range deletions(word) {
		for _, name := range near[part] {
			if oneEdit([]rune(word), []rune(name)) {
				return true
			}
		}
	}
	return false
}

// oneEdit reports whether a becomes b by one insertion, deletion, substitution
// or swap of neighbours.
func oneEdit(a, b []rune) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	start := 0
	for start < len(a) && a[start] == b[start] {
		start++
	}
	switch len(b) - len(a) {
	case 1:
		return string(a[start:]) == string(b[start+1:])
	case 0:
		if start == len(a) {
			return false
		}
		rest := string(a[start+1:]) == string(b[start+1:])
		swapped := start+1 < len(a) && a[start] == b[start+1] && a[start+1] == b[start] && string(a[start+2:]) == string(b[start+2:])
		return rest || swapped
	}
	return false
}
