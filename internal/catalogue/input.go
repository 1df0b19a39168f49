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
	line() int // where the one read last begins, from 1
}

// An Entry is what stands in one place of the input.
type Entry struct {
	File       string
	Line       int                 // from 1
	Submission *assayv1.Submission // nil where Err says why
	Err        error
}

// Place returns "FILE:LINE".
func (e Entry) Place() string { return fmt.Sprintf("%s:%d", e.File, e.Line) }

// An Input is all files of a run. One goroutine reads it ahead, another takes the entries with the results for them.
type Input struct {
	Files  []string               // "-" is standard input
	Format string                 // "jsonl" or "csv"; "" tells by the names
	Stdin  io.Reader              // what "-" stands for
	AsOf   *timestamppb.Timestamp // nil: as the submissions say
	Papers Papers

	size int64        // of all files in bytes; 0: not known
	done atomic.Int64 // bytes read

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
	var faults []error
	known := true
	for i, file := range in.Files {
		if file == "-" {
			if known = false; slices.Contains(in.Files[:i], "-") {
				return FormatError{errors.New("standard input (-) can be read once")}
			}
			continue
		}
		size, err := in.try(file)
		faults = append(faults, err)
		known = known && size > 0
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
	f, err := os.Open(file)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }() // only read
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	if !info.Mode().IsRegular() && !info.IsDir() {
		return 0, nil // reading from a pipe would take something away
	}
	_, err = in.rows(file, f)
	return info.Size(), err
}

// formatOf returns "jsonl" or "csv".
func (in *Input) formatOf(file string) (string, error) {
	switch ext := strings.ToLower(filepath.Ext(file)); {
	case in.Format != "":
		return in.Format, nil
	case file == "-", ext == ".jsonl", ext == ".ndjson", ext == ".json":
		return "jsonl", nil
	case ext == ".csv":
		return "csv", nil
	default:
		return "", FormatError{fmt.Errorf("%s: the name does not tell the format; give a format", file)}
	}
}

// rows starts to read a file.
func (in *Input) rows(file string, r io.Reader) (rows, error) {
	format, err := in.formatOf(file)
	if err != nil {
		return nil, err
	}
	lines := newLineReader(r)
	if format == "jsonl" {
		if _, err := lines.in.Peek(1); err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		return jsonLines{lines}, nil
	}
	table, err := newCSVRows(lines)
	if err != nil {
		return nil, fmt.Errorf("%s:%d: %w", file, max(1, lines.number), err)
	}
	return table, nil
}

// Submissions reads all files, one after another. Every pair it yields can be taken afterwards.
func (in *Input) Submissions() iter.Seq2[*assayv1.Submission, error] {
	return func(yield func(*assayv1.Submission, error) bool) {
		for _, file := range in.Files {
			if !in.each(file, yield) {
				return
			}
		}
	}
}

// each reads one file and reports whether the run goes on.
func (in *Input) each(file string, yield func(*assayv1.Submission, error) bool) bool {
	r, shut, err := in.open(file)
	if err != nil {
		in.breakOff(err)
		return true
	}
	defer shut()
	rows, err := in.rows(file, counted{r, &in.done})
	if err != nil {
		in.breakOff(err)
		return true
	}
	for {
		s, err := rows.read()
		if errors.Is(err, io.EOF) {
			return true
		}
		if broken, ok := errors.AsType[readError](err); ok {
			in.breakOff(fmt.Errorf("read %s: %w", file, broken))
			return true
		}
		e := Entry{File: file, Line: rows.line(), Submission: s}
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
	if in.AsOf != nil {
		s.AsOf = in.AsOf
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

func (in *Input) breakOff(err error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.broken = append(in.broken, err)
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
