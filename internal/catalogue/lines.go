package catalogue

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// maxLine is the longest line that is read, in bytes without its end; for CSV it also bounds a record of several lines.
const maxLine = 4 << 20

// errTooLong says that a line was skipped because of its length.
var errTooLong = fmt.Errorf("the line is longer than %d bytes", maxLine)

// A readError says that a file could not be read further.
type readError struct{ error }

func (e readError) Unwrap() error { return e.error }

// A lineReader reads lines of bounded length. A byte-order mark before the first and carriage returns before ends of lines
// are taken away; the last line needs no end.
type lineReader struct {
	in     *bufio.Reader
	number int // of the line read last, from 1
	buf    []byte
}

func newLineReader(r io.Reader) *lineReader {
	return &lineReader{in: bufio.NewReaderSize(r, 64<<10)}
}

// next returns the next line, valid until the next call; errTooLong for one that was skipped, io.EOF at the end, a
// readError when there is no going on.
func (l *lineReader) next() ([]byte, error) {
	l.buf = l.buf[:0]
	long := false
	for {
		part, err := l.in.ReadSlice('\n')
		if long = long || len(l.buf)+len(part) > maxLine+2; !long {
			l.buf = append(l.buf, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, readError{err}
		}
		if err != nil && len(l.buf) == 0 && !long {
			return nil, io.EOF
		}
		break
	}
	l.number++
	text := bytes.TrimSuffix(bytes.TrimSuffix(l.buf, []byte("\n")), []byte("\r"))
	if l.number == 1 {
		text = bytes.TrimPrefix(text, []byte("\ufeff"))
	}
	if long || len(text) > maxLine {
		return nil, errTooLong
	}
	return text, nil
}

// blank tells whether a line holds nothing.
func blank(line []byte) bool { return len(bytes.TrimSpace(line)) == 0 }
