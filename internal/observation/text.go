package observation

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// maxRecord bounds a line of JSON and a record of CSV, in bytes.
const maxRecord = 1 << 20

// readCSV reads a table with a header.
func readCSV(in io.Reader, s *sink) error {
	meter := &meter{in: in, left: maxRecord}
	r := csv.NewReader(meter)
	r.FieldsPerRecord, r.ReuseRecord = -1, true
	header, err := r.Read()
	if err != nil {
		return fmt.Errorf("header: %w", err)
	}
	fields, err := columns(header)
	if err != nil {
		return err
	}
	for {
		meter.left = maxRecord
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		var syntax *csv.ParseError
		if err != nil && !errors.As(err, &syntax) {
			return err
		}
		var cells row
		line := int64(0)
		if err == nil {
			at, _ := r.FieldPos(0)
			line = int64(at)
			if len(record) != len(fields) {
				err = errRow
			}
			fill(&cells, record, fields)
		} else {
			line, err = int64(syntax.Line), errRow
		}
		if err := s.row(&cells, line, err); err != nil {
			return err
		}
	}
}

// columns are the fields of a header's columns; -1 is none.
func columns(header []string) ([]int, error) {
	fields := make([]int, len(header))
	var seen [fieldCount]bool
	for i, name := range header {
		fields[i] = fieldOf(strings.TrimPrefix(name, "\ufeff"))
		if f := fields[i]; f >= 0 {
			if seen[f] {
				return nil, fmt.Errorf("two columns hold the %s", Fields[f])
			}
			seen[f] = true
		}
	}
	if !seen[priceField] || !seen[currencyField] {
		return nil, errors.New("there is no column price, or none currency")
	}
	return fields, nil
}

func fill(cells *row, record []string, fields []int) {
	for i, f := range fields {
		if f >= 0 && i < len(record) {
			cells[f] = record[i]
		}
	}
}

// A meter ends a stream of which too much was read at once.
type meter struct {
	in   io.Reader
	left int
}

func (m *meter) Read(p []byte) (int, error) {
	if m.left <= 0 {
		return 0, fmt.Errorf("a record is longer than %d bytes", maxRecord)
	}
	n, err := m.in.Read(p)
	m.left -= n
	return n, err
}

// readLines reads JSON Lines.
func readLines(in io.Reader, s *sink) error {
	r := bufio.NewReaderSize(in, maxRecord)
	for line := int64(1); ; line++ {
		text, err := r.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			return fmt.Errorf("line %d is longer than %d bytes", line, maxRecord)
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if len(bytes.TrimSpace(text)) > 0 {
			var cells row
			broken := cells.decode(text)
			if err := s.row(&cells, line, broken); err != nil {
				return err
			}
		}
		if err != nil {
			return nil
		}
	}
}

// decode reads an object. A field that is null is not known.
func (r *row) decode(text []byte) error {
	var object map[string]json.RawMessage
	if json.Unmarshal(text, &object) != nil {
		return errRow
	}
	for name, raw := range object {
		f := fieldOf(name)
		if f < 0 || string(raw) == "null" {
			continue
		}
		if raw[0] == '"' {
			if json.Unmarshal(raw, &r[f]) != nil {
				return errRow
			}
			continue
		}
		switch raw[0] {
		case '{', '[':
			return errRow
		}
		if r[f] = string(raw); f == packField || f == gtinField {
			r[f] = whole(r[f])
		}
	}
	return nil
}

// whole takes the empty decimals off a number: 3.0 is 3.
func whole(s string) string {
	if f, err := strconv.ParseFloat(s, 64); err == nil && f == float64(int64(f)) && strings.ContainsAny(s, ".eE") {
		return strconv.FormatInt(int64(f), 10)
	}
	return s
}
