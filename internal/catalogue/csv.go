package catalogue

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// csvRecords reads the records of a CSV file with a header.
type csvRecords struct {
	lines     *lineReader
	separator byte // between cells
	names     []string
	start     int // line at which the record read last begins
}

// separators are what may stand between cells; the one that the first line has most of does.
const separators = ",;\t"

// separatorOf is what separates the cells of a header.
func separatorOf(header []byte) byte {
	var count [len(separators)]int
	quoted := false
	for _, b := range header {
		if b == '"' {
			quoted = !quoted
		} else if i := strings.IndexByte(separators, b); i >= 0 && !quoted {
			count[i]++
		}
	}
	most := 0
	for i := range count {
		if count[i] > count[most] {
			most = i
		}
	}
	return separators[most]
}

// newCSVRecords reads the header.
func newCSVRecords(lines *lineReader) (*csvRecords, error) {
	c := &csvRecords{lines: lines}
	header, err := c.record()
	if err != nil && !errors.Is(err, io.EOF) { // an empty file holds no records
		return nil, fmt.Errorf("header: %w", err)
	}
	c.names = header
	return c, nil
}

func (c *csvRecords) line() int { return c.start }

func (c *csvRecords) header() []string { return c.names }

// record returns the cells of the next record.
func (c *csvRecords) record() ([]string, error) {
	text, err := c.text()
	if err != nil {
		return nil, err
	}
	return cells(text, c.separator)
}

func (c *csvRecords) skip(n int64) error {
	return skipEach(n, func() error { _, err := c.text(); return err })
}

// text returns the bytes of the next record. A cell in quotes may hold ends of lines, so a record can be many lines.
func (c *csvRecords) text() ([]byte, error) {
	text, err := c.lines.nextFilled()
	c.start = c.lines.number
	if err != nil {
		return nil, err
	}
	if c.separator == 0 {
		c.separator = separatorOf(text)
	}
	record := slices.Clone(text)
	for open := openQuote(text, c.separator, false); open; {
		text, err := c.lines.next()
		if errors.Is(err, io.EOF) {
			return nil, errors.New("a quote is opened and not closed before the end of the file")
		}
		if err != nil && !errors.Is(err, errTooLong) {
			return nil, err
		}
		if err != nil || len(record)+len(text) >= maxLine {
			return nil, fmt.Errorf("a quote is opened and not closed within %d bytes; the lines up to %d were taken for one record", maxLine, c.lines.number)
		}
		record = append(append(record, '\n'), text...)
		open = openQuote(text, c.separator, true)
	}
	if !utf8.Valid(record) {
		return nil, errNotUTF8
	}
	return record, nil
}

// openQuote tells whether a quoted cell is open at the end of a line, given whether one was at its start.
func openQuote(line []byte, separator byte, open bool) bool {
	start := !open // at the start of a cell
	for i := 0; i < len(line); i++ {
		switch {
		case open && line[i] == '"':
			if i+1 < len(line) && line[i+1] == '"' {
				i++ // a quote in the cell
			} else {
				open = false
			}
		case open:
		case line[i] == '"' && start:
			open = true
		case line[i] == separator:
			start = true
			continue
		}
		start = false
	}
	return open
}

// cells splits one record.
func cells(record []byte, separator byte) ([]string, error) {
	r := csv.NewReader(bytes.NewReader(record))
	r.Comma = rune(separator)
	r.FieldsPerRecord = -1
	cells, err := r.Read()
	if err == nil {
		return cells, nil
	}
	if parse, ok := errors.AsType[*csv.ParseError](err); ok {
		return nil, fmt.Errorf("column %d: %w", parse.Column, parse.Err)
	}
	return nil, err
}
