package columnar

import (
	"errors"
	"fmt"
	"io"

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

// A column holds one value per row, or none.
type column struct {
	name     string
	index    int
	optional bool
	text     func(parquet.Value) string
	err      error // why it cannot be read
}

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
	f = &File{in: in, file: file}
	schema := file.Schema()
	for i, path := range schema.Columns() {
		if len(path) != 1 {
			continue // part of a group
		}
		c := column{name: path[0], index: i}
		if leaf, ok := schema.Lookup(path...); !ok || leaf.Node.Repeated() {
			c.err = errors.New("it holds a list")
		} else {
			c.optional = leaf.Node.Optional()
			c.text, c.err = reader(leaf.Node.Type().LogicalType())
		}
		f.columns = append(f.columns, c)
	}
	return f, nil
}

// malformed makes an error of a panic over a malformed file.
func malformed(err *error) {
	if broken := recover(); broken != nil {
		*err = fmt.Errorf("malformed: %v", broken)
	}
}

// Columns are the names of all columns that are no part of a group, in the order of the file.
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

// Next returns the next row as text, one cell for every chosen column, empty where there is no value; io.EOF after the
// last. Any other error is one of the file, which cannot be read further. The row is valid until the next call.
func (f *File) Next() (_ []string, err error) {
	defer malformed(&err)
	for f.left == 0 {
		if err := f.open(); err != nil {
			return nil, err
		}
	}
	for i, c := range f.cursors {
		v, err := c.next()
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", f.chosen[i].name, err)
		}
		f.row[i] = ""
		if !v.IsNull() {
			f.row[i] = f.chosen[i].text(v)
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

func (c *cursor) next() (parquet.Value, error) {
	for len(c.read) == 0 {
		if err := c.more(); err != nil {
			return parquet.Value{}, err
		}
	}
	v := c.read[0]
	c.read = c.read[1:]
	return v, nil
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
		return errors.New("it has fewer values than the file has rows")
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
