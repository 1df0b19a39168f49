package rulebook

import (
	"fmt"
	"slices"
	"strings"
)

// A Problem is one thing wrong with a rulebook.
type Problem struct {
	Position
	Text string
}

// NewProblem says what is wrong at a place: one line of bounded length, whatever it quotes.
func NewProblem(at Position, format string, args ...any) Problem {
	return Problem{at, clip(fmt.Sprintf(format, args...))}
}

// String is the problem as compilers print theirs: "file:line:column: text".
func (p Problem) String() string { return p.Position.String() + ": " + p.Text }

// String is "file:line:column", without what is not known.
func (p Position) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Problems is everything wrong with a rulebook, by position. It is the error of [Load]; use errors.As to read it row by
// row.
type Problems []Problem

// maxPrinted bounds the lines of an error for people.
const maxPrinted = 200

// Error prints one problem per line, the first 200 of them, and how many more there are.
func (p Problems) Error() string {
	var b strings.Builder
	for i, problem := range p[:min(len(p), maxPrinted)] {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(problem.String())
	}
	if rest := len(p) - maxPrinted; rest > 0 {
		fmt.Fprintf(&b, "\nand %d more", rest)
	}
	return b.String()
}

// Sort orders problems by position, then text, so that every run prints the same.
func (p Problems) Sort() {
	slices.SortFunc(p, func(a, b Problem) int {
		if c := strings.Compare(a.File, b.File); c != 0 {
			return c
		}
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		if a.Column != b.Column {
			return a.Column - b.Column
		}
		return strings.Compare(a.Text, b.Text)
	})
}
