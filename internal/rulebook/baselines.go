package rulebook

import (
	"bytes"
	"encoding/csv"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/text"
	"github.com/bojanz/currency"
)

// Columns of baselines.csv.
const (
	baseKind = iota
	baseGTIN
	baseBrand
	baseCategory
	baseMarket
	baseCurrency
	baseCondition
	baseMerchants
	baseObservations
	baseMedian
	baseSpread
	baseLow
	baseHigh
	baseAsOf
	baseSource
	baseLeast // from here on columns that a file may leave out
	baseMost
	baseBasis
	baseState
)

// baselineColumns are the names of the columns of baselines.csv.
var baselineColumns = []string{"kind", "gtin", "brand", "category", "market", "currency", "condition", "merchants", "observations",
	"median", "spread_up", "low", "high", "as_of", "source", "least", "most", "basis", "state"}

// parseBaselines reads baselines.csv.
func parseBaselines(s *source) part {
	columns := baselineColumns
	first, _, _ := bytes.Cut(s.data, []byte("\n"))
	if old := columns[:baseLeast]; string(bytes.TrimSuffix(first, []byte("\r"))) == strings.Join(old, ",") {
		columns = old
	}
	t := openTable(s, columns...)
	rows := make([]Baseline, 0, s.lines())
	references := make([]reference, 0, s.lines())
	cohorts := make(map[string]int, s.lines())
	for t.next() {
		b := t.baseline()
		rows = append(rows, b)
		// Who counts prices takes the categories that others gave them; one that the taxonomy has not stands for itself.
		if b.Category != "" && b.Kind != Observed {
			references = append(references, reference{b.At, categoryName, b.Category})
		}
		cohort := t.cohort()
		if first := cohorts[cohort]; first > 0 {
			t.refuse(t.line, 0, "a baseline of the same cohort is already given in line %d", first)
		}
		cohorts[cohort] = t.line
	}
	return func(d *draft) {
		d.book.Baselines = rows
		d.references = append(d.references, references...)
	}
}

// cohort tells rows of the same cohort: brands are the same that read the same.
func (t *table) cohort() string {
	return strings.Join(t.row[:baseBrand], "\n") + "\n" + text.Key(t.row[baseBrand]) + "\n" +
		strings.Join(t.row[baseBrand+1:baseMerchants], "\n")
}

func (t *table) baseline() Baseline {
	cell := func(column int) string { return t.row[column] }
	b := Baseline{At: t.at(), Kind: BaselineKind(cell(baseKind)), GTIN: cell(baseGTIN), Brand: cell(baseBrand),
		Category: cell(baseCategory), Market: listing.Market(cell(baseMarket)), Currency: cell(baseCurrency),
		Condition: t.condition(baseCondition), Merchants: t.count(baseMerchants, -1), Observations: t.count(baseObservations, 0),
		Median: t.positive(baseMedian), Low: t.money(baseLow), High: t.money(baseHigh), SpreadUp: t.spread(baseSpread),
		AsOf: t.date(baseAsOf), Source: cell(baseSource)}
	if len(t.columns) > baseLeast {
		b.Least, b.Most, b.State = t.money(baseLeast), t.money(baseMost), BaselineState(cell(baseState))
		b.PerUnit = cell(baseBasis) == "unit"
		t.judged(b)
	}
	if b.Kind != Observed && b.Kind != MSRP && b.Kind != Floor && b.Kind != MAP {
		t.wrong(baseKind, "observed, msrp, floor or map")
	}
	if b.Kind == Observed && b.Observations == 0 {
		t.wrong(baseObservations, "how many prices were observed, 1 or more")
	}
	if b.GTIN+b.Brand+b.Category == "" {
		t.wrong(baseCategory, "a category where there is neither GTIN nor brand")
	}
	if b.GTIN != "" && !listing.IsGTIN(b.GTIN) {
		t.wrong(baseGTIN, "8, 12, 13 or 14 digits with a right check digit")
	}
	if !currency.IsValid(b.Currency) {
		t.wrong(baseCurrency, "a currency of ISO 4217")
	}
	t.marketOrNone(t.line, b.Market)
	t.around(b)
	return b
}

// judged refuses what columns that need not be there say wrongly.
func (t *table) judged(b Baseline) {
	if basis := t.row[baseBasis]; basis != "" && basis != "listing" && !b.PerUnit {
		t.wrong(baseBasis, "listing or unit")
	}
	if b.State != "" && b.State != Contaminated && b.State != Frozen {
		t.wrong(baseState, "contaminated, frozen or nothing")
	}
	if t.row[baseLeast] != "" && b.Median.Cmp(b.Least) < 0 {
		t.wrong(baseLeast, "an amount up to the median")
	}
	if t.row[baseMost] != "" && b.Most.Cmp(b.Median) < 0 {
		t.wrong(baseMost, "an amount from the median on")
	}
}

// positive is a cell that holds an amount above zero.
func (t *table) positive(column int) listing.Money {
	m := t.money(column)
	if m.Sign() <= 0 {
		t.wrong(column, "an amount above zero")
	}
	return m
}

// around refuses a median that is not between low and high.
func (t *table) around(b Baseline) {
	if b.Median.Sign() <= 0 {
		return
	}
	if t.row[baseLow] != "" && b.Median.Cmp(b.Low) < 0 {
		t.wrong(baseLow, "an amount up to the median")
	}
	if t.row[baseHigh] != "" && b.High.Cmp(b.Median) < 0 {
		t.wrong(baseHigh, "an amount from the median on")
	}
}

// money is a cell that holds an amount in the row's currency, exactly, or nothing.
func (t *table) money(column int) listing.Money {
	cell := t.row[column]
	if cell == "" {
		return listing.Money{}
	}
	units, nanos, ok := parseDecimal(cell)
	if !ok {
		t.wrong(column, "a decimal number with up to 18 digits before the point and 9 after it")
	}
	return listing.Money{Units: units, Nanos: nanos, Currency: t.row[baseCurrency]}
}

// WriteBaselines writes rows as baselines.csv has them.
func WriteBaselines(w io.Writer, rows []Baseline) error {
	out := csv.NewWriter(w)
	if err := out.Write(baselineColumns); err != nil {
		return err
	}
	cells := make([]string, len(baselineColumns))
	for i := range rows {
		rows[i].write(cells)
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func (b *Baseline) write(cells []string) {
	count := func(n, none int64) string {
		if n == none {
			return ""
		}
		return strconv.FormatInt(n, 10)
	}
	basis, spread, asOf := "", "", ""
	if b.PerUnit {
		basis = "unit"
	}
	if b.Kind == Observed {
		spread = strconv.FormatFloat(b.SpreadUp, 'f', 4, 64)
	}
	if b.AsOf != (listing.Date{}) {
		asOf = b.AsOf.String()
	}
	copy(cells, []string{string(b.Kind), b.GTIN, b.Brand, b.Category, string(b.Market), b.Currency, conditions[b.Condition],
		count(b.Merchants, -1), count(b.Observations, 0), formatDecimal(b.Median), spread, formatDecimal(b.Low), formatDecimal(b.High),
		asOf, b.Source, formatDecimal(b.Least), formatDecimal(b.Most), basis, string(b.State)})
}

// formatDecimal is an amount without its currency, exactly; "" for none.
func formatDecimal(m listing.Money) string {
	if m.Sign() == 0 {
		return ""
	}
	text := strconv.FormatInt(m.Units, 10)
	if m.Nanos == 0 {
		return text
	}
	return text + "." + strings.TrimRight(strconv.Itoa(1_000_000_000 + int(m.Nanos))[1:], "0")
}

// parseDecimal reads digits, and digits after a point where there is one, without loss.
func parseDecimal(text string) (units int64, nanos int32, ok bool) {
	whole, fraction, point := strings.Cut(text, ".")
	if len(whole) == 0 || len(whole) > 18 || len(fraction) > 9 || point && fraction == "" {
		return 0, 0, false
	}
	for i := range len(whole) {
		if whole[i] < '0' || whole[i] > '9' {
			return 0, 0, false
		}
		units = units*10 + int64(whole[i]-'0')
	}
	for i := range 9 {
		digit := byte('0')
		if i < len(fraction) {
			digit = fraction[i]
		}
		if digit < '0' || digit > '9' {
			return 0, 0, false
		}
		nanos = nanos*10 + int32(digit-'0')
	}
	return units, nanos, true
}

// spread is a cell that holds a spread of logarithms, or nothing.
func (t *table) spread(column int) float64 {
	if t.row[column] == "" {
		return 0
	}
	spread, err := strconv.ParseFloat(t.row[column], 64)
	if err != nil || !(spread >= 0) || math.IsInf(spread, 0) {
		t.wrong(column, "a number, 0 or more")
	}
	return spread
}

// date is a cell that holds a day, or nothing.
func (t *table) date(column int) listing.Date {
	cell := t.row[column]
	if cell == "" {
		return listing.Date{}
	}
	day, ok := parseDate(cell)
	if !ok {
		t.wrong(column, "a day as YYYY-MM-DD")
	}
	return day
}

func parseDate(text string) (listing.Date, bool) {
	day, err := time.Parse(time.DateOnly, text)
	d := listing.Date{Year: day.Year(), Month: day.Month(), Day: day.Day()}
	if err != nil || !d.Exists() {
		return listing.Date{}, false
	}
	return d, true
}

// conditions are the names that baselines give the conditions of the contract, by number.
var conditions = []string{"", "new", "open_box", "refurbished", "used_like_new", "used_very_good", "used_good",
	"used_acceptable", "used", "collectible", "for_parts"}

func (t *table) condition(column int) listing.Condition {
	i := slices.Index(conditions, strings.ToLower(t.row[column]))
	if i < 0 {
		t.wrong(column, "one of "+strings.Join(conditions[1:], ", ")+" or nothing")
		return listing.ConditionUnknown
	}
	return listing.Condition(i)
}

// ReadBaselines reads a file as baselines.csv has them, by itself: whether its categories are in a taxonomy is not asked.
func ReadBaselines(name string, data []byte) ([]Baseline, error) {
	s := &source{name: name, data: data}
	var d draft
	if s.plain() {
		if done := parseBaselines(s); done != nil {
			done(&d)
		}
	}
	if len(s.problems) > 0 {
		return nil, Problems(s.all())
	}
	return d.book.Baselines, nil
}
