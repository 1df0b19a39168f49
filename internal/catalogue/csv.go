package catalogue

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/types/known/timestamppb"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// A row is one record of a CSV file on its way into a submission.
type row struct {
	submission *assayv1.Submission
	currency   string // of every amount
	amounts    []*money.Money
}

// columns are the names a header may use and what each does with its cell. Empty cells are left out.
var columns = map[string]func(r *row, cell string) error{
	"submission_id":  func(r *row, cell string) error { r.submission.SubmissionId = cell; return nil },
	"title":          func(r *row, cell string) error { r.submission.Product.Title = cell; return nil },
	"description":    func(r *row, cell string) error { r.submission.Product.Description = cell; return nil },
	"brand":          func(r *row, cell string) error { r.submission.Product.Brand = cell; return nil },
	"category":       func(r *row, cell string) error { r.submission.Product.Category = cell; return nil },
	"gtin":           func(r *row, cell string) error { r.submission.Product.Gtin = cell; return nil },
	"origin_country": func(r *row, cell string) error { r.submission.Product.OriginCountry = cell; return nil },
	"condition": func(r *row, cell string) (err error) {
		r.submission.Product.Condition, err = condition(cell)
		return err
	},
	"price": func(r *row, cell string) (err error) { r.submission.Product.Price, err = r.amount(cell); return err },
	"list_price": func(r *row, cell string) (err error) {
		r.submission.Product.ListPrice, err = r.amount(cell)
		return err
	},
	"shipping":         func(r *row, cell string) (err error) { r.submission.Product.Shipping, err = r.amount(cell); return err },
	"currency":         func(r *row, cell string) error { r.currency = cell; return nil },
	"pack_quantity":    (*row).packQuantity,
	"markets":          (*row).markets,
	"merchant_id":      func(r *row, cell string) error { r.merchant().MerchantId = cell; return nil },
	"merchant_name":    func(r *row, cell string) error { r.merchant().LegalName = cell; return nil },
	"merchant_country": func(r *row, cell string) error { r.merchant().Country = cell; return nil },
	"shop_name":        func(r *row, cell string) error { r.merchant().ShopName = cell; return nil },
	"as_of":            (*row).asOf,
}

// neededColumns are those without which no row can be answered.
var neededColumns = []string{"submission_id", "title", "markets"}

// csvRows reads one submission per record of a CSV file with a header.
type csvRows struct {
	lines  *lineReader
	header []string
	start  int // line at which the record read last begins
}

// newCSVRows reads the header.
func newCSVRows(lines *lineReader) (*csvRows, error) {
	c := &csvRows{lines: lines}
	header, err := c.record()
	if errors.Is(err, io.EOF) {
		return c, nil // an empty file holds no records
	}
	if err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	for i, name := range header {
		header[i] = strings.ToLower(strings.TrimSpace(name))
	}
	if err := validHeader(header); err != nil {
		return nil, err
	}
	c.header = header
	return c, nil
}

func validHeader(header []string) error {
	var faults []string
	seen := map[string]bool{}
	for _, name := range header {
		if columns[name] == nil {
			faults = append(faults, fmt.Sprintf("unknown column %q", name))
		} else if seen[name] {
			faults = append(faults, fmt.Sprintf("column %q stands twice", name))
		}
		seen[name] = true
	}
	for _, name := range neededColumns {
		if !seen[name] {
			faults = append(faults, fmt.Sprintf("column %q is missing", name))
		}
	}
	if len(faults) == 0 {
		return nil
	}
	return fmt.Errorf("%s (columns are %s)", strings.Join(faults, "; "), strings.Join(slices.Sorted(maps.Keys(columns)), ", "))
}

func (c *csvRows) line() int { return c.start }

func (c *csvRows) read() (*assayv1.Submission, error) {
	cells, err := c.record()
	if err != nil {
		return nil, err
	}
	if len(cells) != len(c.header) {
		return nil, fmt.Errorf("the record has %d cells where the header has %d", len(cells), len(c.header))
	}
	r := &row{submission: &assayv1.Submission{Product: &assayv1.Product{}}}
	for i, cell := range cells {
		if cell == "" {
			continue
		}
		if err := columns[c.header[i]](r, cell); err != nil {
			return nil, fmt.Errorf("column %q: %w", c.header[i], err)
		}
	}
	for _, m := range r.amounts {
		m.CurrencyCode = r.currency
	}
	return r.submission, nil
}

// record returns the cells of the next record. A cell in quotes may hold ends of lines, so a record can be many lines.
func (c *csvRows) record() ([]string, error) {
	text, err := c.lines.nextFilled()
	c.start = c.lines.number
	if err != nil {
		return nil, err
	}
	record := slices.Clone(text)
	for open := openQuote(text, false); open; {
		text, err := c.lines.next()
		if errors.Is(err, io.EOF) {
			return nil, errors.New("a quote is opened and not closed before the end of the file")
		}
		if err != nil && !errors.Is(err, errTooLong) {
			return nil, err
		}
		if err != nil || len(record)+len(text) >= maxLine {
			return nil, fmt.Errorf("a quote is opened and not closed within %d bytes; the lines up to %d were taken for one record", maxLine, c.lines.number)
		}
		record = append(append(record, '\n'), text...)
		open = openQuote(text, true)
	}
	if !utf8.Valid(record) {
		return nil, errNotUTF8
	}
	return cells(record)
}

// openQuote tells whether a quoted cell is open at the end of a line, given whether one was at its start.
func openQuote(line []byte, open bool) bool {
	start := !open // at the start of a cell
	for i := 0; i < len(line); i++ {
		switch {
		case open && line[i] == '"':
			if i+1 < len(line) && line[i+1] == '"' {
				i++ // a quote in the cell
			} else {
				open = false
			}
		case open:
		case line[i] == '"' && start:
			open = true
		case line[i] == ',':
			start = true
			continue
		}
		start = false
	}
	return open
}

// cells splits one record.
func cells(record []byte) ([]string, error) {
	r := csv.NewReader(bytes.NewReader(record))
	r.FieldsPerRecord = -1
	cells, err := r.Read()
	if err == nil {
		return cells, nil
	}
	if parse, ok := errors.AsType[*csv.ParseError](err); ok {
		return nil, fmt.Errorf("column %d: %w", parse.Column, parse.Err)
	}
	return nil, err
}

func (r *row) merchant() *assayv1.Merchant {
	if r.submission.Merchant == nil {
		r.submission.Merchant = &assayv1.Merchant{}
	}
	return r.submission.Merchant
}

func (r *row) packQuantity(cell string) error {
	n, err := strconv.ParseInt(strings.TrimSpace(cell), 10, 32)
	if err != nil {
		return fmt.Errorf("%q is no number of units", cell)
	}
	units := int32(n)
	r.submission.Product.PackQuantity = &units
	return nil
}

func (r *row) markets(cell string) error {
	for market := range strings.SplitSeq(cell, "|") {
		r.submission.Markets = append(r.submission.Markets, strings.TrimSpace(market))
	}
	return nil
}

func (r *row) asOf(cell string) error {
	t, err := Instant(cell)
	r.submission.AsOf = t
	return err
}

// amount reads a decimal number; its currency comes with the whole row.
func (r *row) amount(cell string) (*money.Money, error) {
	m, err := decimal(strings.TrimSpace(cell))
	if err != nil {
		return nil, err
	}
	r.amounts = append(r.amounts, m)
	return m, nil
}

// decimal reads a decimal number with up to 9 places exactly, without a currency.
func decimal(s string) (*money.Money, error) {
	wrong := fmt.Errorf("%q is no decimal number like 12.99 with up to 9 places", s)
	digits, negative := strings.CutPrefix(s, "-")
	whole, places, dotted := strings.Cut(digits, ".")
	if !number(whole) || dotted && !number(places) || len(places) > 9 {
		return nil, wrong
	}
	units, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return nil, wrong
	}
	nanos, err := strconv.ParseInt((places + "000000000")[:9], 10, 32)
	if err != nil {
		return nil, wrong
	}
	if negative {
		units, nanos = -units, -nanos
	}
	return &money.Money{Units: units, Nanos: int32(nanos)}, nil
}

// number tells whether s is ASCII digits, at least one.
func number(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// condition reads "new", "USED_GOOD", "used good", "CONDITION_NEW" and the like.
func condition(cell string) (assayv1.Condition, error) {
	name := strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToUpper(strings.TrimSpace(cell)))
	n, ok := assayv1.Condition_value["CONDITION_"+strings.TrimPrefix(name, "CONDITION_")]
	if !ok {
		return 0, fmt.Errorf("%q is no condition like new, open box, refurbished or used good", cell)
	}
	return assayv1.Condition(n), nil
}

// Instant reads a time of RFC 3339, or a date, which stands for its first moment in UTC.
func Instant(s string) (*timestamppb.Timestamp, error) {
	s = strings.TrimSpace(s)
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return timestamppb.New(t), nil
		}
	}
	return nil, fmt.Errorf("%q is no time like 2026-11-01T00:00:00Z or 2026-11-01", s)
}
