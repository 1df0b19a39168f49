package main

import (
	"bufio"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Scripts without spaces hide marks in longer words: BMW (宝马) in a baby's potty (宝宝马桶). What tells is a list of
// ordinary words, from which the stage can see that the text falls into words better without the mark.
const (
	longestHan  = 4    // letters of a word worth a row
	commonHan   = 2000 // times in the dictionary's texts from which any word is worth one
	overlapping = 100  // the same of words that share a letter with a mark's name at an edge
)

// A hanWord is a row of a dictionary: a word, how often it was met, and what it is (n noun, nr person, nt company, ...).
type hanWord struct {
	text []rune
	seen int
	kind string
}

// readHan reads a dictionary of lines "word count kind". Files of other forms have none.
func readHan(path string) ([]hanWord, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var words []hanWord
	scan := bufio.NewScanner(f)
	for scan.Scan() {
		cells := strings.Fields(scan.Text())
		if len(cells) != 3 || !onlyHan(cells[0]) {
			continue
		}
		n, err := strconv.Atoi(cells[1])
		if err != nil {
			continue
		}
		words = append(words, hanWord{[]rune(cells[0]), n, cells[2]})
	}
	return words, scan.Err()
}

func onlyHan(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !unicode.Is(unicode.Han, r) })
}

// addHanWords reads the dictionaries of dir.
func addHanWords(counts map[string]int, names map[string]bool, rows []offer, dir string) error {
	var words []hanWord
	if dir != "" {
		files, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		for _, file := range files {
			more, err := readHan(filepath.Join(dir, file.Name()))
			if err != nil {
				return err
			}
			words = append(words, more...)
		}
	}
	return addHan(counts, names, rows, words)
}

// hanOffers are the listings whose titles hold Han.
func hanOffers(rows []offer) []offer {
	return slices.DeleteFunc(slices.Clone(rows), func(row offer) bool {
		return !strings.ContainsFunc(row.Title, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	})
}

// addHan adds the words of a dictionary that are common, that stand in titles, or that can be mistaken for a mark at an
// edge; and the ordinary words and letters of curated/han_words.txt.
func addHan(counts map[string]int, names map[string]bool, rows []offer, words []hanWord) error {
	edges, known := edgesOf(names), make(map[string]bool, len(words))
	for _, w := range words {
		known[string(w.text)] = true
	}
	for _, w := range words {
		text := string(w.text)
		if _, isName := names[text]; isName || len(w.text) < 2 || len(w.text) > longestHan || w.proper() || w.company() ||
			named(names, known, w.text) {
			continue
		}
		if n := titlesWith(rows, text); n >= leastSeen || w.seen >= commonHan || w.seen >= overlapping && edges.touch(w.text) ||
			within(names, w.text) {
			counts[text] = max(n, 1)
		}
	}
	more, err := readTable("han_words.txt", 1)
	for _, row := range more {
		for word := range strings.FieldsSeq(row[0]) {
			if _, isName := names[word]; !isName {
				counts[word] = max(counts[word], 1)
			}
		}
	}
	return err
}

// proper reports whether a word is a name of its own, of which dictionaries hold odd ones.
func (w hanWord) proper() bool {
	return strings.HasPrefix(w.kind, "nr") || w.kind == "nz" || w.kind == "nt"
}

// company reports whether a word is what the goods or the company of a mark are called.
func (w hanWord) company() bool {
	for _, tail := range []string{"公司", "集团", "手机", "电脑", "车", "牌", "鞋", "机", "电器", "电子", "酒", "表", "技术", "网", "杯", "队"} {
		if strings.HasSuffix(string(w.text), tail) && len(w.text) > 2+len([]rune(tail))-1 {
			return true
		}
	}
	return false
}

// named reports whether a word is a name and another word: a Barbie doll (芭比 娃娃) is of Barbie.
func named(names, known map[string]bool, word []rune) bool {
	for at := 2; at <= len(word)-2; at++ {
		if _, isName := names[string(word[:at])]; isName && known[string(word[at:])] {
			return true
		}
	}
	return false
}

// edges are the ends that names begin and end with.
type edges struct{ first, last map[string]bool }

func edgesOf(names map[string]bool) edges {
	e := edges{make(map[string]bool), make(map[string]bool)}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		letters := []rune(name)
		if len(letters) > longestHan || !onlyHan(name) {
			continue
		}
		for i := 1; i < len(letters); i++ {
			e.first[string(letters[:i])] = true
			e.last[string(letters[i:])] = true
		}
	}
	return e
}

// touch reports whether a word begins with the end of a name, or ends with the beginning of one.
func (e edges) touch(word []rune) bool {
	for i := 1; i < len(word); i++ {
		if e.last[string(word[:i])] || e.first[string(word[i:])] {
			return true
		}
	}
	return false
}

// within reports whether a name stands inside a word.
func within(names map[string]bool, word []rune) bool {
	for from := range word {
		for to := from + 2; to <= len(word); to++ {
			if _, isName := names[string(word[from:to])]; isName {
				return true
			}
		}
	}
	return false
}

func titlesWith(rows []offer, word string) int {
	n := 0
	for _, row := range rows {
		if strings.Contains(row.Title, word) {
			n++
		}
	}
	return n
}
