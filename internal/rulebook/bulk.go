package rulebook

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/assay-project/assay/internal/listing"
)

// ErrHeader says that the first line of a CSV file does not name its columns. What is wrong with it is among the problems.
var ErrHeader = errors.New("the first line does not name the columns")

// maxRow bounds a line of JSON Lines, or a row of CSV, in bytes.
const maxRow = 1 << 20

// Read takes the marks of a file, row by row: JSON Lines as marks.jsonl has them, or CSV with a header, as its name says
// (.jsonl, .ndjson, .csv). A byte order mark is passed over. Rows that cannot be read, or cannot be marks, are refused and
// the others taken; the error is for a file that cannot be read on, or a header ([ErrHeader]).
func (b *RegisterBuilder) Read(name string, r io.Reader) error {
	s := &source{name: name}
	b.problems = append(b.problems, s)
	in := bufio.NewReaderSize(r, maxRow)
	if mark, err := in.Peek(3); err == nil && string(mark) == "\ufeff" {
		in.Discard(3)
	}
	var err error
	switch strings.ToLower(path.Ext(name)) {
	case ".jsonl", ".ndjson":
		err = b.readLines(s, in)
	case ".csv":
		err = b.readRows(s, in)
	default:
		err = errors.New("the name must end in .jsonl, .ndjson or .csv")
	}
	if err != nil {
		return fmt.Errorf("read marks %s: %w", name, err)
	}
	return nil
}

// take judges a mark that was read and adds it.
func (b *RegisterBuilder) take(s *source, m *Mark, read bool) {
	b.tally.Rows++
	if !read || !b.add(s, m) {
		b.tally.Refused++
	}
}

// all of them, told or not
func (s *source) numProblems() int { return len(s.problems) + s.dropped }

// readLines reads JSON Lines. Empty lines are passed over.
func (b *RegisterBuilder) readLines(s *source, in *bufio.Reader) error {
	for line := 1; ; line++ {
		data, err := in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			s.refuse(line, 0, "the line has more than %d bytes", maxRow)
			b.take(s, nil, false)
			for errors.Is(err, bufio.ErrBufferFull) {
				_, err = in.ReadSlice('\n')
			}
			data = nil
		}
		if text := string(bytes.TrimRight(data, "\r\n")); text != "" {
			before := s.numProblems()
			var m Mark
			if s.plainRow(line, text) {
				m, _ = s.mark(line, text)
			}
			b.take(s, &m, s.numProblems() == before)
		}
		if err != nil {
			return notEOF(err)
		}
	}
}

func notEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// plainRow refuses a row that is not text: UTF-8 without control characters but the tab.
func (s *source) plainRow(line int, text string) bool {
	if !utf8.ValidString(text) {
		s.refuse(line, 0, "not valid UTF-8")
		return false
	}
	if i := strings.IndexFunc(text, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }); i >= 0 {
		s.refuse(line, 0, "control character %#02x", text[i])
		return false
	}
	return true
}

// columns are those that a CSV file of marks may have, in any order. What a cell cannot be goes to the row's source.
var columns = map[string]func(*row, string){
	"id":                  func(r *row, cell string) { r.ID = cell },
	"text":                func(r *row, cell string) { r.Text = cell },
	"aliases":             func(r *row, cell string) { r.aliases(cell) },
	"holder":              func(r *row, cell string) { r.Holder = cell },
	"holder_country":      func(r *row, cell string) { r.HolderCountry = cell },
	"office":              func(r *row, cell string) { r.Office = cell },
	"registration_number": func(r *row, cell string) { r.RegistrationNumber = cell },
	"territories":         func(r *row, cell string) { r.Territories = r.list(cell) },
	"nice_classes":        func(r *row, cell string) { r.classes(cell) },
	"status":              func(r *row, cell string) { r.Status = MarkStatus(cell) },
	"registered_on":       func(r *row, cell string) { r.RegisteredOn = r.date(cell) },
	"expires_on":          func(r *row, cell string) { r.ExpiresOn = r.date(cell) },
	"dictionary_word":     func(r *row, cell string) { r.DictionaryWord = r.boolean(cell) },
	"personal_name":       func(r *row, cell string) { r.PersonalName = r.boolean(cell) },
	"famous":              func(r *row, cell string) { r.Famous = r.boolean(cell) },
	"home_categories":     func(r *row, cell string) { r.HomeCategories = r.list(cell) },
	"models":              func(r *row, cell string) { r.Models = r.list(cell) },
	"company_prefixes":    func(r *row, cell string) { r.CompanyPrefixes = r.list(cell) },
	"policy":              func(r *row, cell string) { r.Policy = MatchPolicy(cell) },
	"sources":             func(r *row, cell string) { r.Sources = r.list(cell) },
}

// A row is a mark in the making, with the cell at hand.
type row struct {
	Mark
	s      *source
	column string
}

func (r *row) wrong(cell, expected string) {
	r.s.refuse(r.At.Line, 0, "%s %q: expected %s", r.column, cell, expected)
}

// list is a cell of items between bars.
func (r *row) list(cell string) []string {
	items := strings.Split(cell, "|")
	for i := range items {
		if items[i] = strings.TrimSpace(items[i]); items[i] == "" {
			r.wrong(cell, "items between bars (a|b), none of them empty")
			return nil
		}
	}
	return items
}

// aliases are items of kind, language and text, with colons between: "nickname:en:Swoosh". The language may be empty.
func (r *row) aliases(cell string) {
	for _, item := range r.list(cell) {
		parts := strings.SplitN(item, ":", 3)
		if len(parts) != 3 {
			r.wrong(item, "kind:language:text (nickname:en:Swoosh), where the language may be empty")
			return
		}
		r.Aliases = append(r.Aliases, Alias{Kind: AliasKind(parts[0]), Language: parts[1], Text: parts[2]})
	}
}

func (r *row) classes(cell string) {
	for _, item := range r.list(cell) {
		n, err := strconv.Atoi(item)
		if err != nil || strconv.Itoa(n) != item {
			r.wrong(item, "a class of the Nice classification, 1 to 45")
			return
		}
		r.NiceClasses = append(r.NiceClasses, n)
	}
}

func (r *row) boolean(cell string) bool {
	if cell != "true" && cell != "false" {
		r.wrong(cell, "true or false")
	}
	return cell == "true"
}

func (r *row) date(cell string) listing.Date {
	day, ok := parseDate(cell)
	if !ok {
		r.wrong(cell, "a day as YYYY-MM-DD")
	}
	return day
}

// readRows reads CSV. What a header cannot be ends the file.
func (b *RegisterBuilder) readRows(s *source, in io.Reader) error {
	limit := &rowLimit{in: in}
	r := csv.NewReader(limit)
	r.FieldsPerRecord, r.ReuseRecord = -1, true
	limit.left = maxRow
	header, err := r.Read()
	if err != nil && !errors.As(err, new(*csv.ParseError)) && !errors.Is(err, io.EOF) {
		return err
	}
	header = slices.Clone(header)
	if !s.header(header) {
		return ErrHeader
	}
	for line := 1; ; {
		limit.left = maxRow
		cells, err := r.Read()
		parse := (*csv.ParseError)(nil)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &parse):
			s.refuse(parse.StartLine, 0, "CSV: %v", parse.Err)
			b.take(s, nil, false)
			continue
		case err != nil:
			return fmt.Errorf("the row after line %d: %w", line, err)
		}
		begin, _ := r.FieldPos(0)
		line, _ = r.FieldPos(len(cells) - 1)
		before := s.numProblems()
		m := s.row(begin, header, cells)
		b.take(s, &m, s.numProblems() == before)
	}
}

// header refuses a first line that does not name columns.
func (s *source) header(names []string) bool {
	for i, name := range names {
		switch {
		case columns[name] == nil:
			s.refuse(1, 0, "no column is named %q; there are %s", name, strings.Join(columnNames(), ", "))
		case slices.Contains(names[:i], name):
			s.refuse(1, 0, "the column %q is given twice", name)
		}
	}
	for _, needed := range []string{"id", "text"} {
		if !slices.Contains(names, needed) {
			s.refuse(1, 0, "the first line must name the columns, and there is no column %q", needed)
		}
	}
	return s.numProblems() == 0
}

func columnNames() []string {
	names := make([]string, 0, len(columns))
	for name := range columns {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// row reads the cells of a row; empty ones are not known.
func (s *source) row(line int, header, cells []string) Mark {
	r := row{s: s, Mark: Mark{At: Position{File: s.name, Line: line}}}
	if len(cells) != len(header) {
		s.refuse(line, 0, "%d cells, where the first line names %d columns", len(cells), len(header))
		return r.Mark
	}
	before := s.numProblems()
	for i, cell := range cells {
		if cell = strings.TrimSpace(cell); cell != "" && s.plainRow(line, cell) {
			r.column = header[i]
			columns[header[i]](&r, cell)
		}
	}
	if s.numProblems() == before {
		s.judge(&r.Mark)
	}
	return r.Mark
}

// A rowLimit keeps a quote without its other half from reading the rest of the file into memory.
type rowLimit struct {
	in   io.Reader
	left int
}

var errLongRow = fmt.Errorf("more than %d bytes; is a quote not closed?", maxRow)

func (l *rowLimit) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errLongRow
	}
	n, err := l.in.Read(p)
	l.left -= n
	return n, err
}
