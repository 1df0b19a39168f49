package rulebook

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
)

// A table is a CSV file of known columns, read row by row.
type table struct {
	*source
	reader  *csv.Reader
	columns []string
	row     []string
	line    int
	ended   bool
}

// openTable reads the header, which must name exactly these columns in this order.
func openTable(s *source, columns ...string) *table {
	t := &table{source: s, reader: csv.NewReader(bytes.NewReader(s.data)), columns: columns}
	t.reader.FieldsPerRecord = -1
	header, err := t.reader.Read()
	if err != nil || !slices.Equal(header, columns) {
		s.refuse(1, 1, "the first line must be %s", strings.Join(columns, ","))
		s.lost, t.ended = true, true
	}
	return t
}

// next reads the next row that can be read.
func (t *table) next() bool {
	for !t.ended {
		row, err := t.reader.Read()
		switch {
		case errors.Is(err, io.EOF):
			if t.rows == 0 {
				t.refuse(0, 0, "the table has no rows")
			}
			t.ended = true
			continue
		case err != nil:
			t.refuseCSV(err)
			continue
		}
		t.row, t.rows = row, t.rows+1
		t.line, _ = t.reader.FieldPos(0)
		if len(row) == len(t.columns) {
			return true
		}
		t.refuse(t.line, 0, "%d columns, expected %d", len(row), len(t.columns))
		t.lost = true
	}
	return false
}

func (t *table) refuseCSV(err error) {
	t.lost = true
	if at := (*csv.ParseError)(nil); errors.As(err, &at) {
		t.refuse(at.Line, at.Column, "CSV: %v", at.Err)
		return
	}
	t.refuse(0, 0, "CSV: %v", err)
}

// wrong refuses a cell.
func (t *table) wrong(column int, expected string) {
	line, at := t.reader.FieldPos(column)
	t.refuse(line, at, "%s %q: expected %s", t.columns[column], t.row[column], expected)
}

// at is where the row stands.
func (t *table) at() Position { return Position{File: t.name, Line: t.line} }

// count is a cell that holds a whole number, 0 or more, or is empty.
func (t *table) count(column int, empty int64) int64 {
	cell := t.row[column]
	if cell == "" {
		return empty
	}
	n, err := strconv.ParseInt(cell, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != cell {
		t.wrong(column, "a whole number, 0 or more")
	}
	return n
}

// parseWords reads words.tsv: in each line a known word, a tab, and how often it was seen. Empty lines are passed over.
func parseWords(s *source) part {
	words := make([]string, 0, s.lines())
	seen := make(map[string]int32, s.lines())
	line := int32(0)
	for text := range strings.Lines(string(s.data)) {
		line++
		if text = strings.TrimRight(text, "\r\n"); text == "" {
			continue
		}
		word, count, ok := strings.Cut(text, "\t")
		switch n, err := strconv.ParseUint(count, 10, 63); {
		case !ok || err != nil || n == 0:
			s.refuse(int(line), 0, "expected a word, a tab and how often it was seen")
		case len(word) > maxTerm || foldsAway(word):
			s.refuse(int(line), 0, "nothing is left of %q once it is folded, or it has over %d bytes", word, maxTerm)
		case seen[word] > 0:
			s.refuse(int(line), 0, "the word %q is already given in line %d", word, seen[word])
		}
		seen[word] = line
		words = append(words, word)
	}
	s.rows = len(words)
	return func(d *draft) { d.book.Words = words }
}

// parseDictionary reads dictionary.txt: a word in each line, in the order of their bytes, so that none is there twice.
func parseDictionary(s *source) part {
	words := make([]string, 0, s.lines())
	last := ""
	line := 0
	for word := range strings.Lines(string(s.data)) {
		line++
		switch word = strings.TrimRight(word, "\r\n"); {
		case len(word) > maxTerm || foldsAway(word):
			s.refuse(line, 0, "nothing is left of %q once it is folded, or it has over %d bytes", word, maxTerm)
		case word <= last:
			s.refuse(line, 0, "the word %q stands after %q: expected each word once, in the order of their bytes", word, last)
		}
		words, last = append(words, word), word
	}
	s.rows = len(words)
	return func(d *draft) { d.book.Dictionary = words }
}
