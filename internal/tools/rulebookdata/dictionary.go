package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// frequent ends the names of word lists that hold frequent words only.
const frequent = "-small"

// writeDictionary lists the frequent words of the word lists which are neither in words.tsv nor a word, or all words
// together, of a mark's name, nor within one edit of one. So it says of no misspelling of these marks that it is a
// word: which of those are words is for words.tsv to say. Without word lists there is nothing to write.
func writeDictionary(j job) (string, error) {
	if j.words == "" {
		return "no word lists, so it stays as it is", nil
	}
	marks, err := readLines[mark](filepath.Join(j.out, "marks.jsonl"))
	if err != nil {
		return "", err
	}
	words, err := frequentWords(j.words)
	if err != nil {
		return "", err
	}
	if err := withoutCounted(words, filepath.Join(j.out, "words.tsv")); err != nil {
		return "", err
	}
	parts := partsOf(marks)
	near := deletionsOf(parts)
	maps.DeleteFunc(words, func(word string, _ bool) bool { return parts[word] || hides(word, near) })
	text := strings.Join(slices.Sorted(maps.Keys(words)), "\n") + "\n"
	return fmt.Sprintf("%d words, %d bytes", len(words), len(text)), os.WriteFile(filepath.Join(j.out, "dictionary.txt"), []byte(text), 0o644)
}

// hides reports whether a word may be a misspelt name. No word of two letters is taken for one.
func hides(word string, near map[string][]string) bool {
	return len(word) >= leastWord && isNear(word, near)
}

// frequentWords reads the lists of frequent words. Names of persons and places, which begin with a capital, are left out.
func frequentWords(dir string) (map[string]bool, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*"+frequent))
	if err == nil && len(paths) == 0 {
		err = errors.New("no list of frequent words (*" + frequent + ")")
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", dir, err)
	}
	words := map[string]bool{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(data)) {
			if line = strings.TrimSpace(line); len(line) > 1 && startsLower(line) && onlyLetters(line) {
				words[joined(line)] = true
			}
		}
	}
	return words, nil
}

// withoutCounted takes the words of a words.tsv away.
func withoutCounted(words map[string]bool, path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	scan := bufio.NewScanner(bytes.NewReader(data))
	for scan.Scan() {
		word, _, _ := strings.Cut(scan.Text(), "\t")
		delete(words, word)
	}
	return scan.Err()
}

// partsOf are the words of the names of marks, and all words of a name together, of which a listing may misspell one.
func partsOf(marks []mark) map[string]bool {
	parts := map[string]bool{}
	add := func(name string) {
		for _, word := range append(tokens(name), joined(name)) {
			if len([]rune(word)) >= leastWord {
				parts[word] = true
			}
		}
	}
	for _, m := range marks {
		add(m.Text)
		for _, a := range m.Aliases {
			add(a.Text)
		}
		for _, model := range m.Models {
			add(model)
		}
	}
	return parts
}
