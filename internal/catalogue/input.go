package catalogue

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"google.golang.org/protobuf/types/known/timestamppb"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// A rows reads the submissions of one file: a fault of one is an error, io.EOF the end, a readError no going on.
type rows interface {
	read() (*assayv1.Submission, error)
	skip(n int64) error // passes n entries over; io.EOF where there are fewer
	line() int          // where the one read last begins, from 1; of Parquet, its row
}

// A Mark is a place between the entries of an input: before it stand all files before File, and Entries of that one.
type Mark struct {
	File    int   `json:"file"` // counted from 0
	Entries int64 `json:"entries"`
}

// An Entry is what stands in one place of the input.
type Entry struct {
	File       string
	Line       int                 // from 1; of Parquet, the row
	Submission *assayv1.Submission // nil where Err says why
	Err        error
	End        Mark // behind this entry
}

// Place returns "FILE:LINE".
func (e Entry) Place() string { return fmt.Sprintf("%s:%d", e.File, e.Line) }

// An Input is all files of a run. One goroutine reads it ahead, another takes the entries with the results for them.
type Input struct {
	Files   []string               // "-" is standard input
	Format  string                 // "jsonl", "csv" or "parquet"; "" tells by the names
	Names   Names                  // of columns of CSV and Parquet
	Stdin   io.Reader              // what "-" stands for
	AsOf    *timestamppb.Timestamp // nil: as the submissions say
	AsOfOr  *timestamppb.Timestamp // for submissions that say nothing; nil: the server's clock
	Papers  Papers
	From    Mark // where to begin
	Careful bool // end with the first file that cannot be read to its end, not with the last

	sizes []int64      // of the files in bytes
	size  int64        // of all; 0: not known
	done  atomic.Int64 // bytes read

	mu     sync.Mutex
	ahead  []Entry // read and not taken
	broken []error // why files were not read to their end
}

// A FormatError says that what was asked for cannot be meant: a file whose format nothing tells, or standard input twice.
type FormatError struct{ error }

// Unwrap is what it says.
func (e FormatError) Unwrap() error { return e.error }

// Size is that of all files in bytes; 0: not known.
func (in *Input) Size() int64 { return in.size }

// Done is how many bytes were read so far. It may be called while others read.
func (in *Input) Done() int64 { return in.done.Load() }

// Broken is why files were not read to their end.
func (in *Input) Broken() []error {
	in.mu.Lock()
	defer in.mu.Unlock()
	return slices.Clone(in.broken)
}

// Prepare finds out whether every file can be read, before anything is asked.
func (in *Input) Prepare() error {
	if err := in.Names.Check(); err != nil {
		return FormatError{err}
	}
	var faults []error
	known := true
	in.sizes = make([]int64, len(in.Files))
	for i, file := range in.Files {
		if file == "-" {
			if in.Format == "parquet" {
				return errParquetStream
			}
			if known = false; slices.Contains(in.Files[:i], "-") {
				return FormatError{errors.New("standard input (-) can be read once")}
			}
			continue
		}
		size, err := in.try(file)
		faults = append(faults, err)
		known = known && size > 0
		in.sizes[i] = size
		in.size += size
	}
	if !known {
		in.size = 0
	}
	return errors.Join(faults...)
}

// try opens a file as a run would and returns its size.
func (in *Input) try(file string) (int64, error) {
	if _, err := in.formatOf(file); err != nil {
		return 0, err
	}
	info, err := os.Stat(file)
	if err != nil {
		return 0, openError(file, err)
	}
	if !info.Mode().IsRegular() && !info.IsDir() {
		return 0, nil // reading from a pipe would take something away
	}
	_, shut, err := in.start(file, new(atomic.Int64))
	if err == nil {
		shut()
	}
	return info.Size(), err
}

// openError words an error of stat as opening the file would.
func openError(file string, err error) error {
	if path, ok := errors.AsType[*os.PathError](err); ok {
		return fmt.Errorf("open %s: %w", file, path.Err)
	}
	return err
}

// formatOf returns "jsonl", "csv" or "parquet".
func (in *Input) formatOf(file string) (string, error) {
	if in.Format != "" {
		return in.Format, nil
	}
	name, _ := bareName(file)
	switch ext := strings.ToLower(filepath.Ext(name)); ext {
	case ".jsonl", ".ndjson", ".json":
		return "jsonl", nil
	case ".csv", ".tsv":
		return "csv", nil
	case ".parquet":
		return "parquet", nil
	}
	if file == "-" {
		return "jsonl", nil
	}
	return "", FormatError{fmt.Errorf("%s: the name does not tell the format; give a format", file)}
}

// start opens a file and reads it up to its first entry. The bytes read are added to done.
func (in *Input) start(file string, done *atomic.Int64) (_ rows, shut func(), err error) {
	format, err := in.formatOf(file)
	if err != nil {
		return nil, nil, err
	}
	r, shut, err := in.open(file)
	if err != nil {
		return nil, nil, err
	}
	var rows rows
	if format == "parquet" {
		rows, err = in.parquetRows(file, r, done)
	} else {
		var end func()
		if rows, end, err = in.textRows(file, format, counted{r, done}); err == nil {
			shut = inOrder(end, shut)
		}
	}
	if err != nil {
		shut()
		return nil, nil, err
	}
	return rows, shut, nil
}

func inOrder(first, second func()) func() {
	return func() { first(); second() }
}

// textRows starts to read lines, compressed or not.
func (in *Input) textRows(file, format string, r io.Reader) (rows, func(), error) {
	text, end, err := inflate(file, r)
	if err != nil {
		return nil, nil, err
	}
	lines := newLineReader(text)
	if format == "jsonl" {
		return jsonLines{lines}, end, nil
	}
	records, err := newCSVRecords(lines)
	var rows rows
	if err == nil {
		rows, err = newTable(records, in.Names)
	}
	if err != nil {
		end()
		return nil, nil, fmt.Errorf("%s:%d: %w", file, max(1, lines.number), err)
	}
	return rows, end, nil
}

// Submissions reads all files from where to begin, one after another. Every pair it yields can be taken afterwards.
func (in *Input) Submissions() iter.Seq2[*assayv1.Submission, error] {
	return func(yield func(*assayv1.Submission, error) bool) {
		for i := range in.Files {
			switch {
			case i < in.From.File:
				in.done.Add(in.sizeOf(i))
			case !in.each(i, yield):
				return
			}
		}
	}
}

func (in *Input) sizeOf(i int) int64 {
	if i < len(in.sizes) {
		return in.sizes[i]
	}
	return 0
}

// each reads one file and reports whether the run goes on.
func (in *Input) each(i int, yield func(*assayv1.Submission, error) bool) bool {
	file, end := in.Files[i], Mark{File: i}
	rows, shut, err := in.start(file, &in.done)
	if err != nil {
		return in.breakOff(err)
	}
	defer shut()
	if i == in.From.File {
		if err := rows.skip(in.From.Entries); err != nil {
			return in.breakOff(fmt.Errorf("%s: %d entries were read before, and now: %w", file, in.From.Entries, err))
		}
		end.Entries = in.From.Entries
	}
	for {
		s, err := rows.read()
		if errors.Is(err, io.EOF) {
			return true
		}
		if broken, ok := errors.AsType[readError](err); ok {
			return in.breakOff(fmt.Errorf("read %s: %w", file, broken))
		}
		end.Entries++
		e := Entry{File: file, Line: rows.line(), Submission: s, End: end}
		if err != nil {
			e.Err = fmt.Errorf("%s: %w", e.Place(), err)
		} else {
			in.complete(s)
		}
		in.push(e)
		if !yield(e.Submission, e.Err) {
			return false
		}
	}
}

func (in *Input) open(file string) (io.Reader, func(), error) {
	if file == "-" {
		return in.Stdin, func() {}, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, nil, err
	}
	return f, func() { _ = f.Close() }, nil // only read
}

// complete adds what the command line says about every submission.
func (in *Input) complete(s *assayv1.Submission) {
	switch {
	case in.AsOf != nil:
		s.AsOf = in.AsOf
	case in.AsOfOr != nil && s.GetAsOf() == nil:
		s.AsOf = in.AsOfOr
	}
	in.Papers.addTo(s)
}

func (in *Input) push(e Entry) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.ahead = append(in.ahead, e)
}

// Take returns the oldest entry that was not taken.
func (in *Input) Take() Entry {
	in.mu.Lock()
	defer in.mu.Unlock()
	e := in.ahead[0]
	in.ahead = append(in.ahead[:0], in.ahead[1:]...)
	return e
}

// breakOff notes why a file was not read to its end, and reports whether the run goes on.
func (in *Input) breakOff(err error) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.broken = append(in.broken, err)
	return !in.Careful
}

// counted counts the bytes that pass.
type counted struct {
	io.Reader
	n *atomic.Int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n.Add(int64(n))
	return n, err
}
