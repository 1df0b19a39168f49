package rulebook

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/assay-project/assay/internal/listing"
)

// A jsonLine reads one line of JSON Lines, of which the caller knows the shape. Unlike encoding/json it takes a field only
// once and only in its own spelling, refuses halves of surrogate pairs, and says in which column it stopped. After the first
// error every read is empty.
type jsonLine struct {
	text string
	at   int
	err  error
}

// fail takes down the first error. The position stays where it was.
func (j *jsonLine) fail(format string, args ...any) {
	if j.err == nil {
		j.err = fmt.Errorf(format, args...)
	}
}

func (j *jsonLine) space() {
	for j.at < len(j.text) && (j.text[j.at] == ' ' || j.text[j.at] == '\t' || j.text[j.at] == '\r') {
		j.at++
	}
}

// next reports whether c comes next, and takes it.
func (j *jsonLine) next(c byte) bool {
	j.space()
	if j.err == nil && j.at < len(j.text) && j.text[j.at] == c {
		j.at++
		return true
	}
	return false
}

func (j *jsonLine) need(c byte) {
	if !j.next(c) {
		j.fail("expected %q", string(c))
	}
}

// object reads an object. member is called at each value and reads it, or reports that no such field is known.
func (j *jsonLine) object(member func(name string) bool) {
	j.need('{')
	if j.next('}') {
		return
	}
	var seen []string
	for j.err == nil {
		j.space()
		start := j.at
		name := j.string()
		j.need(':')
		if j.err == nil && slices.Contains(seen, name) {
			j.at = start
			j.fail("field %q is given twice", name)
		}
		seen = append(seen, name)
		if j.err == nil && !member(name) {
			j.at = start
			j.fail("no field is named %q", name)
		}
		if !j.next(',') {
			j.need('}')
			return
		}
	}
}

// array reads an array; element is called at each value and reads it.
func (j *jsonLine) array(element func()) {
	j.need('[')
	if j.next(']') {
		return
	}
	for j.err == nil {
		element()
		if !j.next(',') {
			j.need(']')
			return
		}
	}
}

// strings reads an array of strings.
func (j *jsonLine) strings() []string {
	var list []string
	j.array(func() { list = append(list, j.string()) })
	return list
}

// boolean reads true or false.
func (j *jsonLine) boolean() bool {
	j.space()
	rest := j.text[j.at:]
	switch {
	case j.err != nil:
	case strings.HasPrefix(rest, "true"):
		j.at += len("true")
		return true
	case strings.HasPrefix(rest, "false"):
		j.at += len("false")
		return false
	}
	j.fail("expected true or false")
	return false
}

// integer reads a whole number of at most nine digits.
func (j *jsonLine) integer() int {
	j.space()
	end := j.at
	for end < len(j.text) && strings.IndexByte("-+.0123456789eE", j.text[end]) >= 0 {
		end++
	}
	digits := j.text[j.at:end]
	n, err := strconv.Atoi(digits)
	if j.err != nil || err != nil || len(digits) > 9 || strconv.Itoa(n) != digits {
		j.fail("expected a whole number")
		return 0
	}
	j.at = end
	return n
}

// date reads a day, as a string.
func (j *jsonLine) date() listing.Date {
	j.space()
	start := j.at
	day, ok := parseDate(j.string())
	if j.err == nil && !ok {
		j.at = start
		j.fail("expected a day as YYYY-MM-DD")
	}
	return day
}

// string reads a string. Without escapes it is part of the line, not a copy.
func (j *jsonLine) string() string {
	j.need('"')
	if j.err != nil {
		return ""
	}
	start := j.at
	for ; j.at < len(j.text); j.at++ {
		switch c := j.text[j.at]; {
		case c == '"':
			j.at++
			return j.text[start : j.at-1]
		case c == '\\':
			return j.escaped(start)
		case c < ' ':
			j.fail("control character in a string")
			return ""
		}
	}
	j.fail("the string has no end")
	return ""
}

// escaped reads the rest of a string that begins at start and has an escape at the present position.
func (j *jsonLine) escaped(start int) string {
	value := []byte(j.text[start:j.at])
	for j.at < len(j.text) {
		c := j.text[j.at]
		j.at++
		switch {
		case c == '"':
			return string(value)
		case c < ' ':
			j.fail("control character in a string")
			return ""
		case c != '\\':
			value = append(value, c)
		default:
			r := j.escape()
			if j.err != nil {
				return ""
			}
			value = utf8.AppendRune(value, r)
		}
	}
	j.fail("the string has no end")
	return ""
}

const escapes = `"\/bfnrt`

// escape reads what follows a backslash.
func (j *jsonLine) escape() rune {
	if j.at < len(j.text) {
		if i := strings.IndexByte(escapes, j.text[j.at]); i >= 0 {
			j.at++
			return rune("\"\\/\b\f\n\r\t"[i])
		}
	}
	r := j.unit()
	if !utf16.IsSurrogate(r) {
		return r
	}
	if strings.HasPrefix(j.text[j.at:], `\`) {
		j.at++
		if pair := utf16.DecodeRune(r, j.unit()); pair != utf8.RuneError {
			return pair
		}
	}
	j.fail("half of a surrogate pair")
	return 0
}

// unit reads u and four hex digits.
func (j *jsonLine) unit() rune {
	if j.at+5 <= len(j.text) && j.text[j.at] == 'u' {
		if n, err := strconv.ParseUint(j.text[j.at+1:j.at+5], 16, 16); err == nil {
			j.at += 5
			return rune(n)
		}
	}
	j.fail("not an escape of JSON")
	return 0
}

// end refuses what follows the value, and returns the first error.
func (j *jsonLine) end() error {
	if j.space(); j.err == nil && j.at < len(j.text) {
		j.fail("unexpected text after the object")
	}
	return j.err
}
