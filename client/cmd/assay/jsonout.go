package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/catalogue"
)

// A jsonPrinter prints one CheckResult in protojson per line.
type jsonPrinter struct {
	out    *bufio.Writer
	line   bytes.Buffer
	prompt bool // show each line at once
	told   screen
}

func newJSONPrinter(out io.Writer, stdout, stderr screen) *jsonPrinter {
	return &jsonPrinter{out: bufio.NewWriterSize(out, 64<<10), prompt: stdout.terminal, told: stderr}
}

func (p *jsonPrinter) print(_ catalogue.Entry, r *assayv1.CheckResult) error {
	if err := jsonLine(&p.line, r); err != nil {
		if r.GetError() == nil {
			return err
		}
		r.GetError().Details = nil // of a kind that this program does not know
		if err := jsonLine(&p.line, r); err != nil {
			return err
		}
	}
	if _, err := p.out.Write(p.line.Bytes()); err != nil || !p.prompt {
		return err
	}
	return p.out.Flush()
}

func (p *jsonPrinter) flush() error { return p.out.Flush() }

func (p *jsonPrinter) end(n *tally) error {
	if err := p.out.Flush(); err != nil {
		return err
	}
	return tellSummary(p.told, n)
}

// jsonLine puts a message into buf as one line that is the same in every build and safe to show on a terminal.
func jsonLine(buf *bytes.Buffer, m proto.Message) error {
	text, err := protojson.Marshal(m)
	if err != nil {
		return fmt.Errorf("write %s as JSON: %w", m.ProtoReflect().Descriptor().Name(), err)
	}
	buf.Reset()
	if err := json.Compact(buf, text); err != nil { // protojson varies its spaces on purpose
		return fmt.Errorf("write %s as JSON: %w", m.ProtoReflect().Descriptor().Name(), err)
	}
	if !plain(buf.String()) {
		safe := escapeJSON(buf.Bytes())
		buf.Reset()
		buf.Write(safe)
	}
	return buf.WriteByte('\n')
}

// escapeJSON writes what a terminal could act on or hide as \u escapes, which mean the same to whoever reads the JSON.
func escapeJSON(text []byte) []byte {
	out := make([]byte, 0, len(text)+16)
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case unicode.IsPrint(r) || unicode.Is(unicode.Zs, r):
			out = append(out, text[:size]...)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		text = text[size:]
	}
	return out
}
