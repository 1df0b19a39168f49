package catalogue

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"unicode/utf8"

	"github.com/assay-project/assay/internal/columnar"
)

// parquetRecords reads the rows of a Parquet file.
type parquetRecords struct {
	file  *columnar.File
	names []string
	size  int64         // of the file in bytes
	done  *atomic.Int64 // counts bytes, as far as rows tell
	row   int64         // the one read last, from 1
}

var errParquetStream = FormatError{errors.New("standard input cannot be Parquet, which is read from files")}

// parquetRows starts to read a Parquet file. It has to be a file: what describes its rows stands at its end.
func (in *Input) parquetRows(file string, r io.Reader, done *atomic.Int64) (rows, error) {
	f, ok := r.(*os.File)
	if !ok {
		return nil, errParquetStream
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: Parquet is read from regular files alone", file)
	}
	columns, err := columnar.Open(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	records, fields, err := chooseColumns(columns, in.Names)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	records.size, records.done = info.Size(), done
	return &table{records, fields}, nil
}

// chooseColumns chooses those that fill something.
func chooseColumns(file *columnar.File, names Names) (*parquetRecords, []field, error) {
	all := file.Columns()
	fields, err := names.fields(all)
	if err != nil {
		return nil, nil, err
	}
	r := &parquetRecords{file: file}
	var filled []field
	var places []int
	for i, f := range fields {
		if f != nil {
			filled, places, r.names = append(filled, f), append(places, i), append(r.names, all[i])
		}
	}
	return r, filled, file.Choose(places...)
}

func (p *parquetRecords) header() []string { return p.names }

func (p *parquetRecords) line() int { return int(p.row) }

func (p *parquetRecords) record() ([]string, error) {
	cells, err := p.file.Next()
	if errors.Is(err, io.EOF) {
		return nil, io.EOF
	}
	if err != nil {
		return nil, readError{err}
	}
	p.pass(1)
	size := 0
	for _, cell := range cells {
		if size += len(cell); size > maxLine {
			return nil, fmt.Errorf("the row is longer than %d bytes", maxLine)
		}
		if !utf8.ValidString(cell) {
			return nil, errors.New("the row is not UTF-8")
		}
	}
	return cells, nil
}

func (p *parquetRecords) skip(n int64) error {
	p.pass(n)
	err := p.file.Skip(n)
	if err != nil && !errors.Is(err, io.EOF) {
		return readError{err}
	}
	return err
}

// pass counts n rows.
func (p *parquetRecords) pass(n int64) {
	before := p.bytes()
	p.row += n
	p.done.Add(p.bytes() - before)
}

// bytes is how much of the file the rows read so far stand for.
func (p *parquetRecords) bytes() int64 {
	return int64(float64(p.size) * float64(p.row) / float64(max(p.file.Rows(), 1)))
}
