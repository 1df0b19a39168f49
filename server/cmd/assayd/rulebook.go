package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/rulebook/embedded"
)

// oneScreen is how many lines of problems are printed when there may be thousands.
const oneScreen = 20

// A rulebookError says that a rulebook cannot be used.
type rulebookError struct {
	book string
	err  error
}

func (e *rulebookError) Unwrap() error { return e.err }

// Error is the problems, each with file and line, as far as they fit on a screen.
func (e *rulebookError) Error() string {
	var problems rulebook.Problems
	if !errors.As(e.err, &problems) {
		return fmt.Sprintf("rulebook %s: %v", e.book, e.err)
	}
	lines := make([]string, len(problems))
	for i, p := range problems {
		lines[i] = p.String()
	}
	return screen(fmt.Sprintf("rulebook %s has %d errors", e.book, len(problems)), lines)
}

// A testsError says that a rulebook's own tests fail.
type testsError struct {
	book       string
	of, failed int
	lines      []string // of the failures; none where they are printed elsewhere
}

func (e *testsError) Error() string {
	return screen(fmt.Sprintf("rulebook %s: its own tests fail (failures: %d, tests: %d)", e.book, e.failed, e.of), e.lines)
}

// screen is a title and lines, of which what does not fit on a screen is only counted. Long lines are cut.
func screen(title string, lines []string) string {
	var b strings.Builder
	b.WriteString(title)
	for i, line := range lines {
		if i == oneScreen {
			fmt.Fprintf(&b, "\n  and %d more", len(lines)-i)
			break
		}
		const width = 240
		if len(line) > width {
			line = strings.ToValidUTF8(line[:width], "") + " ..."
		}
		b.WriteString("\n  " + line)
	}
	return b.String()
}

// compile makes an engine of a rulebook's directory, in one of the ways there are; of the embedded one where dir is empty.
func compile(dir string, makeEngine func(*rulebook.Book) (*engine.Engine, error)) (*engine.Engine, error) {
	book, err := load(dir)
	if err != nil {
		return nil, err
	}
	e, err := makeEngine(book)
	if err != nil {
		return nil, &rulebookError{book: bookName(dir), err: err}
	}
	return e, nil
}

func load(dir string) (*rulebook.Book, error) {
	read := func() (*rulebook.Book, error) { return rulebook.Load(embedded.FS()) }
	if dir != "" {
		read = func() (*rulebook.Book, error) { return rulebook.LoadDir(dir) }
	}
	book, err := read()
	if problems := (rulebook.Problems)(nil); errors.As(err, &problems) {
		return nil, &rulebookError{book: bookName(dir), err: err}
	}
	return book, err
}

func bookName(dir string) string {
	if dir == "" {
		return "(embedded)"
	}
	return dir
}
