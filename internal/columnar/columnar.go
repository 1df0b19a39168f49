package columnar

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/parquet-go/parquet-go"
)

// A File is a Parquet file that is read from the first row to the last. One goroutine may use it at a time.
type File struct {
	in      io.ReaderAt
	file    *parquet.File
	columns []column // in the order of the file
	chosen  []column
	row     []string

	group   int // the row group to be read next
	cursors []*cursor
	left    int64 // rows of the group that are open and not read
}

// A column holds one value per row, none, or a list of them.
type column struct {
	name   string
	index  int
	levels levels
	text   func(parquet.Value) string
	err    error // why it cannot be read
}

// levels are how deep a value can be absent and how deep it can be repeated: 0 and 0 for one that is always there, once.
type levels struct{ definition, repetition byte }

// maxList is how many values a list may have in one row.
const maxList = 4096

// Open reads what the file says of itself. No column is chosen yet.
func Open(in io.ReaderAt, size int64) (f *File, err error) {
	defer malformed(&err)
	if err := checkFooter(in, size); err != nil {
		return nil, err
	}
	file, err := parquet.OpenFile(in, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return nil, err
	}
	return &File{in: in, file: file, columns: columnsOf(file.Schema())}, nil
}

// columnsOf are the columns by their outermost names: what is inside a group is no column of its own.
func columnsOf(schema *parquet.Schema) []column {
	var columns []column
	for i, path := range schema.Columns() {
		if last := len(columns) - 1; last >= 0 && len(path) > 1 && columns[last].name == path[0] {
			columns[last].err = errors.New("it holds a structure")
			continue
		}
		columns = append(columns, columnOf(schema, i, path))
	}
	return columns
}

// columnOf is the column of a leaf: a value, or a list of values however a writer nests it.
func columnOf(schema *parquet.Schema, index int, path []string) column {
	c := column{name: path[0], index: index}
	leaf, ok := schema.Lookup(path...)
	if !ok || leaf.MaxRepetitionLevel > 1 || leaf.MaxRepetitionLevel == 0 && len(path) > 1 {
		c.err = errors.New("it holds a structure")
		return c
	}
	c.levels = levels{byte(leaf.MaxDefinitionLevel), byte(leaf.MaxRepetitionLevel)}
	c.text, c.err = reader(leaf.Node.Type().LogicalType())
	return c
}

// malformed makes an error of a panic over a malformed file.
func malformed(err *error) {
	if broken := recover(); broken != nil {
		*err = fmt.Errorf("malformed: %v", broken)
	}
}

// Columns are the names of all columns, in the order of the file. Those that hold structures cannot be chosen.
func (f *File) Columns() []string {
	names := make([]string, len(f.columns))
	for i, c := range f.columns {
		names[i] = c.name
	}
	return names
}

// Rows is how many rows the file says that it has.
func (f *File) Rows() int64 { return f.file.NumRows() }

// Choose sets the columns to be read, by their places in [File.Columns]. It goes before the first row.
func (f *File) Choose(places ...int) error {
	for _, i := range places {
		c := f.columns[i]
		if c.err != nil {
			return fmt.Errorf("column %s: %w", c.name, c.err)
		}
		f.chosen = append(f.chosen, c)
	}
	f.row = make([]string, len(f.chosen))
	return nil
}

// Next returns the next row as text, one cell for every chosen column, empty where there is no value, and with | between the
// values of a list; io.EOF after the last. Any other error is one of the file, which cannot be read further. The row is valid until the next call.
func (f *File) Next() (_ []string, err error) {
	defer malformed(&err)
	for f.left == 0 {
		if err := f.open(); err != nil {
			return nil, err
		}
	}
	for i, c := range f.cursors {
		if f.row[i], err = c.cell(&f.chosen[i]); err != nil {
			return nil, fmt.Errorf("column %s: %w", f.chosen[i].name, err)
		}
	}
	f.left--
	return f.row, nil
}

// Skip passes n rows over, without reading the groups that lie before; io.EOF where the file has fewer.
func (f *File) Skip(n int64) (err error) {
	defer malformed(&err)
	for n > f.left {
		n -= f.left
		if err := f.open(); err != nil {
			return err
		}
	}
	f.left -= n
	if n == 0 || f.left == 0 {
		return nil
	}
	return f.seek()
}

// seek takes every cursor to the first row that is left.
func (f *File) seek() error {
	at := f.file.RowGroups()[f.group-1].NumRows() - f.left
	for i, c := range f.cursors {
		if err := c.seek(at); err != nil {
			return fmt.Errorf("column %s: %w", f.chosen[i].name, err)
		}
	}
	return nil
}

// open opens the next row group.
func (f *File) open() error {
	f.close()
	groups := f.file.RowGroups()
	if f.group == len(groups) {
		return io.EOF
	}
	group := groups[f.group]
	if err := f.measure(f.group); err != nil {
		return fmt.Errorf("row group %d: %w", f.group, err)
	}
	chunks := group.ColumnChunks()
	for _, c := range f.chosen {
		f.cursors = append(f.cursors, &cursor{pages: chunks[c.index].Pages()})
	}
	f.left = group.NumRows()
	f.group++
	return nil
}

func (f *File) close() {
	for _, c := range f.cursors {
		c.close()
	}
	f.cursors = f.cursors[:0]
}

// Close ends the reading; what Open was given stays open.
func (f *File) Close() (err error) {
	defer malformed(&err)
	f.close()
	return nil
}

// A cursor reads the values of one column of a row group.
type cursor struct {
	pages  parquet.Pages
	page   parquet.Page
	values parquet.ValueReader
	buf    [64]parquet.Value
	read   []parquet.Value // of buf, and not returned
}

// cell is what the next row holds.
func (c *cursor) cell(of *column) (string, error) {
	v, err := c.next()
	if err != nil {
		return "", err
	}
	switch {
	case of.levels.repetition > 0:
		return c.list(of, v)
	case v.IsNull():
		return "", nil
	}
	return of.text(v), nil
}

// list is a row's first value and those that follow it.
func (c *cursor) list(of *column, first parquet.Value) (string, error) {
	var values []string
	if !first.IsNull() {
		values = append(values, of.text(first))
	}
	for range maxList {
		v, err := c.peek()
		if errors.Is(err, errEnded) || err == nil && v.RepetitionLevel() == 0 {
			return strings.Join(values, "|"), nil
		}
		if err != nil {
			return "", err
		}
		c.read = c.read[1:]
		if !v.IsNull() {
			values = append(values, of.text(v))
		}
	}
	return "", fmt.Errorf("a list has more than %d values", maxList)
}

var errEnded = errors.New("it has fewer values than the file has rows")

func (c *cursor) next() (parquet.Value, error) {
	v, err := c.peek()
	if err == nil {
		c.read = c.read[1:]
	}
	return v, err
}

// peek is the value that next will return.
func (c *cursor) peek() (parquet.Value, error) {
	for len(c.read) == 0 {
		if err := c.more(); err != nil {
			return parquet.Value{}, err
		}
	}
	return c.read[0], nil
}

// more reads values, of the next page where this one holds no more.
func (c *cursor) more() error {
	if c.values != nil {
		n, err := c.values.ReadValues(c.buf[:])
		c.read = c.buf[:n]
		if n > 0 {
			return nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
	}
	c.drop()
	page, err := c.pages.ReadPage()
	if errors.Is(err, io.EOF) {
		return errEnded
	}
	if err != nil {
		return err
	}
	c.page, c.values = page, page.Values()
	return nil
}

func (c *cursor) seek(row int64) error {
	c.drop()
	return c.pages.SeekToRow(row)
}

func (c *cursor) drop() {
	if c.page != nil {
		parquet.Release(c.page)
	}
	c.page, c.values, c.read = nil, nil, nil
}

func (c *cursor) close() {
	c.drop()
	_ = c.pages.Close() // only read
}
