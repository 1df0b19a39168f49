package observation

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/bojanz/currency"

	"github.com/assay-project/assay/internal/listing"
)

// An Observation is a price that somebody asked for a product. Empty fields are not known.
type Observation struct {
	Price     listing.Money // with mandatory shipping; above zero, of a currency of ISO 4217
	Brand     string
	Category  string
	Market    listing.Market
	Condition listing.Condition
	Merchant  string
	GTIN      string
	Title     string
	Date      listing.Date
	Approved  Approval
	Pack      int32 // units sold together; 0: not stated
}

// Approval is whether the listing was found to be in order.
type Approval uint8

// What may be known of a listing's approval.
const (
	ApprovalUnknown Approval = iota
	Approved
	NotApproved
)

// Fields are the columns that are read. Some have a second name that other files give them.
var Fields = []string{"price", "currency", "brand", "category", "market", "condition", "merchant", "gtin", "title", "date",
	"approved", "shipping", "pack_quantity"}

const (
	priceField = iota
	currencyField
	brandField
	categoryField
	marketField
	conditionField
	merchantField
	gtinField
	titleField
	dateField
	approvedField
	shippingField
	packField
	fieldCount
)

var otherNames = map[string]int{"seller": merchantField, "ean": gtinField, "observed_at": dateField, "as_of": dateField,
	"pack": packField}

// fieldOf is the field that a column holds, or -1.
func fieldOf(column string) int {
	column = strings.ToLower(strings.TrimSpace(column))
	for i, name := range Fields {
		if name == column {
			return i
		}
	}
	if i, ok := otherNames[column]; ok {
		return i
	}
	return -1
}

// Why a row is refused.
var (
	errNoPrice   = errors.New("no price")
	errPrice     = errors.New("the price is not a decimal number above zero")
	errShipping  = errors.New("the shipping charge is not a decimal number, 0 or more")
	errCurrency  = errors.New("the currency is not one of ISO 4217")
	errMarket    = errors.New("the market is not two letters")
	errCondition = errors.New("the condition is not a known one")
	errDate      = errors.New("the date is no day")
	errApproved  = errors.New("approved is neither true nor false")
	errPack      = errors.New("the pack quantity is not a whole number from 1 to 10000")
	errRow       = errors.New("the row cannot be read")
)

// A row is the text of an observation's fields.
type row [fieldCount]string

// observation is what a row says.
func (r *row) observation() (o Observation, err error) {
	for i := range r {
		r[i] = strings.TrimSpace(r[i])
	}
	o = Observation{Brand: r[brandField], Category: r[categoryField], Merchant: r[merchantField], Title: r[titleField]}
	if o.Price, err = r.landed(); err != nil {
		return o, err
	}
	if o.Market, err = market(r[marketField]); err != nil {
		return o, err
	}
	if o.Condition, err = condition(r[conditionField]); err != nil {
		return o, err
	}
	if o.Date, err = date(r[dateField]); err != nil {
		return o, err
	}
	if o.Approved, err = approval(r[approvedField]); err != nil {
		return o, err
	}
	if listing.IsGTIN(r[gtinField]) {
		o.GTIN = r[gtinField]
	}
	o.Pack, err = pack(r[packField])
	return o, err
}

// landed is the price with shipping.
func (r *row) landed() (listing.Money, error) {
	code := strings.ToUpper(r[currencyField])
	if r[priceField] == "" {
		return listing.Money{}, errNoPrice
	}
	if !currency.IsValid(code) {
		return listing.Money{}, errCurrency
	}
	price, ok := Amount(r[priceField], code)
	if !ok || price.Sign() <= 0 {
		return listing.Money{}, errPrice
	}
	if r[shippingField] == "" {
		return price, nil
	}
	shipping, ok := Amount(r[shippingField], code)
	if !ok || shipping.Sign() < 0 {
		return listing.Money{}, errShipping
	}
	if price, ok = price.Add(shipping); !ok {
		return listing.Money{}, errShipping
	}
	return price, nil
}

// Amount reads a decimal number as a program may write it: 12, 12.5, 1.25e3. Digits beyond a billionth, which no price has,
// but a floating-point number may (19.990000000000002), are rounded away.
func Amount(s, code string) (listing.Money, bool) {
	mantissa, exponent := s, 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		n, err := strconv.Atoi(s[i+1:])
		if err != nil || n < -30 || n > 30 {
			return listing.Money{}, false
		}
		mantissa, exponent = s[:i], n
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if len(s) > 64 || whole == "" {
		return listing.Money{}, false
	}
	digits := whole + fraction
	point := len(whole) + exponent
	if point < 0 {
		digits, point = strings.Repeat("0", -point)+digits, 0
	}
	if missing := point + 10 - len(digits); missing > 0 {
		digits += strings.Repeat("0", missing)
	}
	units, err := strconv.ParseUint("0"+digits[:point], 10, 63)
	if err != nil {
		return listing.Money{}, false
	}
	nanos, err := strconv.ParseUint(digits[point:point+10], 10, 63)
	if err != nil || strings.Trim(digits[point:], "0123456789") != "" {
		return listing.Money{}, false
	}
	if nanos = (nanos + 5) / 10; nanos == 1_000_000_000 {
		units, nanos = units+1, 0
	}
	if units > 1<<62 {
		return listing.Money{}, false
	}
	return listing.Money{Units: int64(units), Nanos: int32(nanos), Currency: code}, true
}

func market(s string) (listing.Market, error) {
	s = strings.ToUpper(s)
	if s != "" && (len(s) != 2 || strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "") {
		return "", errMarket
	}
	return listing.Market(s), nil
}

var plainWords = strings.NewReplacer("_", " ", "-", " ", ",", "")

func condition(s string) (listing.Condition, error) {
	if s == "" {
		return listing.ConditionUnknown, nil
	}
	s = plainWords.Replace(strings.TrimPrefix(strings.ToLower(s), "condition_"))
	for c := listing.ConditionNew; c <= listing.ConditionForParts; c++ {
		if plainWords.Replace(c.String()) == s {
			return c, nil
		}
	}
	return 0, errCondition
}

// date reads a day, alone or at the start of an instant.
func date(s string) (listing.Date, error) {
	if s == "" {
		return listing.Date{}, nil
	}
	if len(s) > len(time.DateOnly) && (s[len(time.DateOnly)] == 'T' || s[len(time.DateOnly)] == ' ') {
		s = s[:len(time.DateOnly)]
	}
	day, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return listing.Date{}, errDate
	}
	return listing.Date{Year: day.Year(), Month: day.Month(), Day: day.Day()}, nil
}

func approval(s string) (Approval, error) {
	switch strings.ToLower(s) {
	case "":
		return ApprovalUnknown, nil
	case "true", "1", "yes", "approve", "approved":
		return Approved, nil
	case "false", "0", "no", "reject", "rejected", "review":
		return NotApproved, nil
	}
	return 0, errApproved
}

func pack(s string) (int32, error) {
	if s == "" || s == "0" {
		return 0, nil
	}
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil || n < 1 || n > 10_000 {
		return 0, errPack
	}
	return int32(n), nil
}

// A Tally counts what became of the rows of one or more files.
type Tally struct {
	Rows    int64
	Refused map[string]int64  // by reason
	First   map[string]string // FILE:ROW of the first of each reason
}

func (t *Tally) refuse(file string, n int64, why error) {
	if t.Refused == nil {
		t.Refused, t.First = make(map[string]int64), make(map[string]string)
	}
	if t.Refused[why.Error()]++; t.Refused[why.Error()] == 1 {
		t.First[why.Error()] = fmt.Sprintf("%s:%d", file, n)
	}
}

// Read calls take with every observation of a file, in order. An error is about the file as a whole, and ends it; one of
// take ends it too and is returned as it is.
func Read(path string, tally *Tally, take func(*Observation) error) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open observations: %w", err)
	}
	defer f.Close()
	s := &sink{file: path, tally: tally, take: take}
	switch strings.ToLower(filepath.Ext(path)) {
	case ".csv":
		err = readCSV(f, s)
	case ".jsonl", ".ndjson":
		err = readLines(f, s)
	case ".parquet":
		err = readParquet(f, s)
	default:
		return fmt.Errorf("read observations %s: the name must end in .csv, .jsonl, .ndjson or .parquet", path)
	}
	if err != nil && !errors.Is(err, s.stopped) {
		return fmt.Errorf("read observations %s: %w", path, err)
	}
	return s.stopped
}

// A sink takes the rows of a file.
type sink struct {
	file    string
	tally   *Tally
	take    func(*Observation) error
	stopped error // of take
}

// row hands a row on, or counts why not. at is its line where rows have lines, else its number.
func (s *sink) row(r *row, at int64, broken error) error {
	s.tally.Rows++
	if broken != nil {
		s.tally.refuse(s.file, at, broken)
		return nil
	}
	o, err := r.observation()
	if err != nil {
		s.tally.refuse(s.file, at, err)
		return nil
	}
	s.stopped = s.take(&o)
	return s.stopped
}
