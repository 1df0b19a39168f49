package catalogue

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

var errNotUTF8 = errors.New("the line is not UTF-8")

// jsonLines reads one Submission in protojson per line.
type jsonLines struct{ *lineReader }

func (j jsonLines) read() (*assayv1.Submission, error) {
	line, err := j.nextFilled()
	if err != nil {
		return nil, err
	}
	s := &assayv1.Submission{}
	if err := decodeJSON(line, s); err != nil {
		return nil, err
	}
	return s, nil
}

func (j jsonLines) line() int { return j.number }

func (j jsonLines) skip(n int64) error {
	return skipEach(n, func() error { _, err := j.nextFilled(); return err })
}

// skipEach passes n entries over. What would be an error of one entry is none here: its outcome is known already.
func skipEach(n int64, next func() error) error {
	for range n {
		err := next()
		if _, broken := errors.AsType[readError](err); broken || errors.Is(err, io.EOF) {
			return err
		}
	}
	return nil
}

// nextFilled returns the next line that is not blank.
func (l *lineReader) nextFilled() ([]byte, error) {
	for {
		line, err := l.next()
		if err != nil || !blank(line) {
			return line, err
		}
	}
}

// decodeJSON reads a message strictly: unknown and repeated names are errors.
func decodeJSON(text []byte, into proto.Message) error {
	if !utf8.Valid(text) {
		return errNotUTF8
	}
	if err := protojson.Unmarshal(text, into); err != nil {
		return plainJSONError(err)
	}
	return nil
}

var jsonPlace = regexp.MustCompile(`\(line \d+:(\d+)\)`)

// plainJSONError words an error of protojson the same in every build (its text varies on purpose) and for one line.
func plainJSONError(err error) error {
	text := strings.ReplaceAll(err.Error(), "\u00a0", " ")
	text = strings.TrimSpace(strings.TrimPrefix(text, "proto:"))
	return errors.New(jsonPlace.ReplaceAllString(text, "column $1"))
}

// Papers are the documents of merchants, by merchant id.
type Papers map[string][]*assayv1.Document

// ReadPapers reads lines of {"merchantId": ..., "documents": [...]}. It returns every fault, because a paper that is
// missing turns into a verdict.
func ReadPapers(name string, r io.Reader) (Papers, error) {
	papers := Papers{}
	lines := newLineReader(r)
	var faults []error
	for {
		line, err := lines.nextFilled()
		if errors.Is(err, io.EOF) {
			return papers, errors.Join(faults...)
		}
		if broken, ok := errors.AsType[readError](err); ok {
			return nil, fmt.Errorf("read %s: %w", name, broken)
		}
		if err == nil {
			err = papers.add(line)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s:%d: %w", name, lines.number, err))
		}
	}
}

// add adds the papers of one line.
func (p Papers) add(line []byte) error {
	if !utf8.Valid(line) {
		return errNotUTF8
	}
	fields, err := objectFields(line)
	if err != nil {
		return err
	}
	var merchant string
	var documents []json.RawMessage
	for name, value := range fields {
		switch name {
		case "merchantId", "merchant_id":
			err = json.Unmarshal(value, &merchant)
		case "documents":
			err = json.Unmarshal(value, &documents)
		default:
			err = fmt.Errorf("unknown field %q", name)
		}
		if err != nil {
			return err
		}
	}
	if merchant == "" {
		return errors.New("merchantId is missing")
	}
	for i, raw := range documents {
		d := &assayv1.Document{}
		if err := decodeJSON(raw, d); err != nil {
			return fmt.Errorf("documents[%d]: %w", i, err)
		}
		p[merchant] = append(p[merchant], d)
	}
	return nil
}

// objectFields splits a JSON object into its fields; a repeated name is an error.
func objectFields(text []byte) (map[string]json.RawMessage, error) {
	in := json.NewDecoder(bytes.NewReader(text))
	if open, err := in.Token(); err != nil || open != json.Delim('{') {
		return nil, errors.New("the line is no JSON object")
	}
	fields := map[string]json.RawMessage{}
	for in.More() {
		name, err := in.Token()
		if err != nil {
			return nil, err
		}
		key, _ := name.(string) // names of an object are strings
		if _, twice := fields[key]; twice {
			return nil, fmt.Errorf("field %q stands twice", key)
		}
		var value json.RawMessage
		if err := in.Decode(&value); err != nil {
			return nil, err
		}
		fields[key] = value
	}
	if _, err := in.Token(); err != nil {
		return nil, err
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("text follows the JSON object")
	}
	return fields, nil
}

// addTo adds the merchant's papers to a submission. A document of the submission itself goes before one with the same id.
func (p Papers) addTo(s *assayv1.Submission) {
	own := map[string]bool{}
	for _, d := range s.GetDocuments() {
		own[d.GetDocumentId()] = true
	}
	for _, d := range p[s.GetMerchant().GetMerchantId()] {
		if !own[d.GetDocumentId()] {
			s.Documents = append(s.Documents, d)
		}
	}
}
