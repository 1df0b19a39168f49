package catalogue

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/types/known/timestamppb"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// records are the rows of a file of columns, as text.
type records interface {
	header() []string          // the names of the columns; none in an empty file
	record() ([]string, error) // an empty cell where nothing is known
	skip(n int64) error        // passes n records over
	line() int                 // where the one read last begins, from 1
}

// A table reads one submission per record.
type table struct {
	records
	fields []field // what each cell fills; nil: nothing
}

// newTable finds out which columns fill what.
func newTable(r records, names Names) (*table, error) {
	if len(r.header()) == 0 {
		return &table{records: r}, nil
	}
	fields, err := names.fields(r.header())
	return &table{r, fields}, err
}

func (t *table) read() (*assayv1.Submission, error) {
	cells, err := t.record()
	if err != nil {
		return nil, err
	}
	if len(cells) != len(t.fields) {
		return nil, fmt.Errorf("the record has %d cells where the header has %d", len(cells), len(t.fields))
	}
	r := &row{submission: &assayv1.Submission{Product: &assayv1.Product{}}}
	for i, cell := range cells {
		if cell == "" || t.fields[i] == nil {
			continue
		}
		if err := t.fields[i](r, cell); err != nil {
			return nil, fmt.Errorf("column %q: %w", t.header()[i], err)
		}
	}
	for _, m := range r.amounts {
		m.CurrencyCode = r.currency
	}
	return r.submission, nil
}

// Names say which field of a submission a column of another name fills; "" is none. The name "*" stands for every column
// that is neither named here nor a field, and can only be "". A column that fills nothing without being named so is an error: it may
// be a price misspelt.
type Names map[string]string

const otherColumns = "*"

// Check tells whether the fields exist.
func (n Names) Check() error {
	for _, column := range slices.Sorted(maps.Keys(n)) {
		name := n[column]
		switch {
		case column == otherColumns && name != "":
			return fmt.Errorf("%q stands for all other columns, which cannot fill one field; \"*=\" leaves them out", column)
		case name != "" && columns[name] == nil:
			return fmt.Errorf("there is no field %q for column %q (fields are %s)", name, column, fieldNames())
		}
	}
	return nil
}

// fields are those that the columns of a header fill.
func (n Names) fields(header []string) ([]field, error) {
	var faults []string
	fields := make([]field, len(header))
	seen, used := map[string]bool{}, map[string]bool{otherColumns: true}
	for i, column := range header {
		name, known := n.of(column, used)
		switch {
		case known && name == "":
		case columns[name] == nil:
			faults = append(faults, fmt.Sprintf("unknown column %q", column))
		case seen[name]:
			faults = append(faults, fmt.Sprintf("column %q stands twice", name))
		default:
			fields[i] = columns[name]
		}
		seen[name] = true
	}
	for _, name := range neededColumns {
		if !seen[name] {
			faults = append(faults, fmt.Sprintf("column %q is missing", name))
		}
	}
	for _, column := range slices.Sorted(maps.Keys(n)) {
		if !used[column] {
			faults = append(faults, fmt.Sprintf("there is no column %q to be read as %q", column, n[column]))
		}
	}
	if len(faults) == 0 {
		return fields, nil
	}
	return nil, fmt.Errorf("%s (columns are %s)", strings.Join(faults, "; "), fieldNames())
}

// of is the field that a column fills, and whether that is known.
func (n Names) of(column string, used map[string]bool) (string, bool) {
	bare := strings.TrimSpace(column)
	if name, ok := n[bare]; ok {
		used[bare] = true
		return name, true
	}
	lower := strings.ToLower(bare)
	if columns[lower] != nil {
		return lower, true
	}
	_, others := n[otherColumns]
	if others {
		return "", true
	}
	return lower, false
}

func fieldNames() string { return strings.Join(slices.Sorted(maps.Keys(columns)), ", ") }

// A row is one record on its way into a submission.
type row struct {
	submission *assayv1.Submission
	currency   string // of every amount
	amounts    []*money.Money
}

// A field takes a cell that is not empty into a row.
type field func(r *row, cell string) error

// columns are the names a header may use and what each does with its cell. Empty cells are left out.
var columns = map[string]field{
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

// instants are how a time may be written. The first is how it should be; databases write the others.
var instants = []string{time.RFC3339Nano, time.DateOnly, "2006-01-02T15:04:05", time.DateTime, "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05Z07"}

// Instant reads a time of RFC 3339, or as databases write it. Without a zone it is in UTC; a date stands for its first moment.
func Instant(s string) (*timestamppb.Timestamp, error) {
	s = strings.TrimSpace(s)
	for _, layout := range instants {
		if t, err := time.Parse(layout, s); err == nil {
			return timestamppb.New(t), nil
		}
	}
	return nil, fmt.Errorf("%q is no time like 2026-11-01T00:00:00Z or 2026-11-01", s)
}
