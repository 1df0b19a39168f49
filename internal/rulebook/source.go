package rulebook

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/assay-project/assay/internal/text"
)

// A source is one file of a rulebook while it is read, with all that is wrong with it.
type source struct {
	name     string
	data     []byte
	digest   string
	rows     int
	problems Problems
	dropped  int  // problems beyond maxProblems
	lost     bool // names that it defines may be missing, so what refers to them cannot be told to be wrong
}

const (
	maxProblems = 1000 // kept of one file
	maxQuoted   = 400  // bytes of a problem's text, which may quote the file
)

// refuse files a problem, the first of several at one place.
func (s *source) refuse(line, column int, format string, args ...any) {
	if n := len(s.problems); n > 0 && column > 0 && s.problems[n-1].Position == (Position{s.name, line, column}) {
		return
	}
	if len(s.problems) >= maxProblems {
		s.dropped++
		return
	}
	s.problems = append(s.problems, NewProblem(Position{s.name, line, column}, format, args...))
}

// clip makes a text one line of bounded length.
func clip(text string) string {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }), " ")
	if len(text) <= maxQuoted {
		return text
	}
	return strings.ToValidUTF8(text[:maxQuoted], "") + "..."
}

// all are the source's problems, with a count of those beyond the bound.
func (s *source) all() Problems {
	if s.dropped == 0 {
		return s.problems
	}
	more := Problem{Position{File: s.name}, fmt.Sprintf("and %d problems more in this file", s.dropped)}
	return append(s.problems, more)
}

// plain reports whether the bytes are text as a rulebook has it: UTF-8 without byte order mark, lines that end with LF
// or CRLF, and no control characters but the tab. Parsers differ in what they take for the end of a line, so what only
// some of them count as one is refused, or positions would not be true.
func (s *source) plain() bool {
	before := len(s.problems)
	if bytes.HasPrefix(s.data, []byte("\ufeff")) {
		s.refuse(1, 1, "the file begins with a byte order mark: save it without")
	}
	if !utf8.Valid(s.data) {
		s.refuse(s.lineOf(invalidAt(s.data)), 0, "not valid UTF-8")
	}
	if i := controlAt(s.data); i >= 0 {
		s.refuse(s.lineOf(i), 0, "control character %#02x", s.data[i])
	}
	for _, end := range []string{"\u0085", "\u2028", "\u2029"} {
		if i := bytes.Index(s.data, []byte(end)); i >= 0 {
			s.refuse(s.lineOf(i), 0, "line separator %+q: end lines with LF", end)
		}
	}
	if len(bytes.TrimSpace(s.data)) == 0 {
		s.refuse(0, 0, "the file is empty")
	}
	s.lost = s.lost || len(s.problems) > before
	return len(s.problems) == before
}

// lines is an upper bound on the rows of a file that has one per line.
func (s *source) lines() int { return bytes.Count(s.data, []byte("\n")) + 1 }

func (s *source) lineOf(offset int) int { return 1 + bytes.Count(s.data[:offset], []byte("\n")) }

func invalidAt(data []byte) int {
	i := 0
	for i < len(data) {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		i += size
	}
	return i
}

// controlAt is the first control character that is neither a tab nor the end of a line, or -1.
func controlAt(data []byte) int {
	for i, c := range data {
		if c >= ' ' && c != 0x7f || c == '\t' || c == '\n' {
			continue
		}
		if c == '\r' && i+1 < len(data) && data[i+1] == '\n' {
			continue
		}
		return i
	}
	return -1
}

// foldsAway reports whether nothing of a term is left to be looked for.
func foldsAway(term string) bool {
	for i := range len(term) {
		if c := term[i] | 0x20; 'a' <= c && c <= 'z' {
			return false
		}
	}
	return text.Key(term) == ""
}
