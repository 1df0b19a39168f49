package rulebook

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
	"google.golang.org/protobuf/proto"
)

// An Expression is a text in a language of its own inside a file. It knows where in the file each of its characters
// stands, whichever way the file writes texts. The zero value is no expression.
type Expression struct {
	Text string
	at   Position
	runs []run
}

// A run is characters of an expression that stand beside each other in the file, from one on until the next run.
type run struct{ offset, line, column int }

// At is where the character at an offset stands. Offsets count characters, from 0; one at the end or beyond is where the last
// character is, plus the rest.
func (e Expression) At(offset int) Position {
	at := e.at
	for _, r := range e.runs {
		if r.offset > offset {
			break
		}
		at.Line, at.Column = r.line, r.column+offset-r.offset
	}
	return at
}

// expression is the text of a message's field, with its places.
func (d *document) expression(m proto.Message, field, text string) Expression {
	e := Expression{Text: text, at: d.field(m, field)}
	if n := d.value(m, field); n != nil && n.Kind == yaml.ScalarNode {
		e.runs = placesOf(text, place{rest: d.from(n.Line), line: n.Line, column: 1}, n)
	}
	return e
}

// from is the file from a line on.
func (d *document) from(line int) []byte {
	if d.starts == nil {
		d.starts = []int{0}
		for i, c := range d.data {
			if c == '\n' {
				d.starts = append(d.starts, i+1)
			}
		}
	}
	if line > len(d.starts) {
		return nil
	}
	return d.data[d.starts[line-1]:]
}

// placesOf finds the characters of a scalar's value in the file, where at is the beginning of its first line. What a style of YAML adds to them or writes otherwise is
// white space, quotes and backslashes; characters follow each other in both. Where an escape hides a character the
// places of those before are known, and of the rest none.
func placesOf(value string, at place, n *yaml.Node) []run {
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		for line := at.line; at.line == line && at.next(); {
		}
	} else {
		for at.column < n.Column && at.next() {
		}
	}
	var runs []run
	offset := 0
	for _, want := range value {
		if strings.ContainsRune(" \t\n", want) && !at.is(want) {
			offset++ // a fold
			continue
		}
		for !at.is(want) {
			if !at.filler() || !at.next() {
				return runs
			}
		}
		if last := len(runs) - 1; last < 0 || runs[last].line != at.line || runs[last].column+offset-runs[last].offset != at.column {
			runs = append(runs, run{offset, at.line, at.column})
		}
		at.next()
		offset++
	}
	return runs
}

// A place is a character in a file.
type place struct {
	rest         []byte // from the character on
	line, column int
}

// next goes one character on, and reports whether there is one.
func (p *place) next() bool {
	r, size := utf8.DecodeRune(p.rest)
	if size == 0 {
		return false
	}
	p.rest, p.column = p.rest[size:], p.column+1
	if r == '\n' {
		p.line, p.column = p.line+1, 1
	}
	return len(p.rest) > 0
}

// is reports whether the character is r.
func (p *place) is(r rune) bool {
	is, size := utf8.DecodeRune(p.rest)
	return size > 0 && is == r
}

// filler reports whether YAML may write the character around or between those of a value.
func (p *place) filler() bool {
	return len(p.rest) > 0 && bytes.IndexByte([]byte(" \t\r\n'\"\\"), p.rest[0]) >= 0
}
