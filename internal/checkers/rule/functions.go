package rule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/money"

	"github.com/assay-project/assay/internal/listing"
)

// The functions that rules have besides CEL's own.
const (
	containsFolded = "containsFolded"
	findFolded     = "findFolded"
	below          = "below"
	above          = "above"
	day            = "day"
	daysBetween    = "daysBetween"
	keys           = "keys"
	values         = "values"
)

// foldCost is what folding a byte costs, at worst.
const foldCost = 0.5

func (l *language) functions() []cel.EnvOption {
	text, amount, moment := cel.StringType, cel.ObjectType("google.type.Money"), cel.TimestampType
	pairs, texts := cel.MapType(text, text), cel.ListType(text)
	fold := cost.EvalCost(cost.Sum(cost.Const(1), cost.Scale(cost.Arg(0), foldCost)))
	sorting := cost.EvalCost(cost.Sum(cost.Const(10), cost.Scale(cost.Arg(0), 10)))
	return []cel.EnvOption{
		cel.Function(containsFolded, cel.Overload("contains_folded", []*cel.Type{text, text}, cel.BoolType, cel.BinaryBinding(l.containsFolded))),
		cel.Function(findFolded, cel.Overload("find_folded", []*cel.Type{text, text}, text, cel.BinaryBinding(l.findFolded))),
		cel.Function(below, cel.Overload("below_amount", []*cel.Type{amount, text}, cel.BoolType, cel.BinaryBinding(l.compare(-1))),
			cel.Overload("below_money", []*cel.Type{amount, amount}, cel.BoolType, cel.BinaryBinding(l.compare(-1)))),
		cel.Function(above, cel.Overload("above_amount", []*cel.Type{amount, text}, cel.BoolType, cel.BinaryBinding(l.compare(1))),
			cel.Overload("above_money", []*cel.Type{amount, amount}, cel.BoolType, cel.BinaryBinding(l.compare(1)))),
		cel.Function(day, cel.Overload("day_date", []*cel.Type{cel.ObjectType("google.type.Date")}, moment, cel.UnaryBinding(firstOf))),
		cel.Function(daysBetween, cel.Overload("days_between", []*cel.Type{moment, moment}, cel.IntType, cel.BinaryBinding(countDays))),
		cel.Function(keys, cel.Overload("keys_map", []*cel.Type{pairs}, texts, cel.UnaryBinding(sortedKeys))),
		cel.Function(values, cel.Overload("values_map", []*cel.Type{pairs}, texts, cel.UnaryBinding(sortedValues))),
		cel.CostModel(cost.Overload("contains_folded", fold),
			cost.Overload("find_folded", fold, cost.ResultSize(cost.AtMost(cost.Arg(0)))),
			cost.Overload("keys_map", sorting, cost.ResultSize(cost.List(cost.Arg(0), cost.Const(128)))),
			cost.Overload("values_map", sorting, cost.ResultSize(cost.List(cost.Arg(0), cost.Const(8192))))),
	}
}

func (l *language) containsFolded(text, word ref.Val) ref.Val {
	_, _, found := l.find(text, word)
	return types.Bool(found)
}

func (l *language) findFolded(text, word ref.Val) ref.Val {
	start, end, found := l.find(text, word)
	if !found {
		return types.String("")
	}
	return text.(types.String)[start:end]
}

func (l *language) find(text, word ref.Val) (start, end int, found bool) {
	w := l.words[string(word.(types.String))]
	if w == nil {
		return 0, 0, false // not written out, and so refused
	}
	return w.find(string(text.(types.String)))
}

// compare compares two amounts; want is what the comparison must give.
func (l *language) compare(want int) func(ref.Val, ref.Val) ref.Val {
	return func(a, b ref.Val) ref.Val {
		left, right := amountOf(a), listing.Price{}
		if text, ok := b.(types.String); ok {
			right.Money, ok = l.amounts[string(text)]
			if ok {
				right.State = listing.PriceOK
			}
		} else {
			right = amountOf(b)
		}
		if left.State != listing.PriceOK || right.State != listing.PriceOK || left.Currency != right.Currency {
			return types.False
		}
		return types.Bool(left.Cmp(right.Money) == want)
	}
}

func amountOf(v ref.Val) listing.Price {
	m, ok := v.Value().(*money.Money)
	if !ok || m == nil || m.GetCurrencyCode() == "" {
		return listing.Price{}
	}
	return listing.NewPrice(m.GetUnits(), m.GetNanos(), m.GetCurrencyCode())
}

// parseAmount reads an amount as rules write it: "5 USD", "0.50 EUR".
func parseAmount(text string) (listing.Money, error) {
	number, code, _ := strings.Cut(text, " ")
	whole, fraction, _ := strings.Cut(number, ".")
	units, err := strconv.ParseUint(whole, 10, 63)
	if err != nil || len(fraction) > 9 || strings.HasSuffix(number, ".") {
		return listing.Money{}, fmt.Errorf("read amount %q: not a number of at most 9 decimals", text)
	}
	nanos, err := strconv.ParseUint((fraction + "000000000")[:9], 10, 31)
	p := listing.NewPrice(int64(units), int32(nanos), code)
	if err != nil || p.State != listing.PriceOK {
		return listing.Money{}, fmt.Errorf("read amount %q: no possible amount of a currency", text)
	}
	return p.Money, nil
}

// firstOf is the first instant of a day.
func firstOf(v ref.Val) ref.Val {
	d, _ := v.Value().(*date.Date)
	on := listing.Date{Year: int(d.GetYear()), Month: time.Month(d.GetMonth()), Day: int(d.GetDay())}
	if !on.Exists() {
		return types.NewErr("no such day")
	}
	return types.Timestamp{Time: time.Date(on.Year, on.Month, on.Day, 0, 0, 0, 0, time.UTC)}
}

// countDays counts whole days by the second: durations end at 292 years, times do not.
func countDays(a, b ref.Val) ref.Val {
	from, to := a.(types.Timestamp).Time, b.(types.Timestamp).Time
	seconds := to.Unix() - from.Unix()
	switch nanos := to.Nanosecond() - from.Nanosecond(); {
	case nanos < 0 && seconds > 0:
		seconds--
	case nanos > 0 && seconds < 0:
		seconds++
	}
	return types.Int(seconds / (24 * 60 * 60))
}

func sortedKeys(v ref.Val) ref.Val {
	return types.NewStringList(types.DefaultTypeAdapter, keysOf(v.(traits.Mapper)))
}

func sortedValues(v ref.Val) ref.Val {
	m := v.(traits.Mapper)
	of := keysOf(m)
	for i, key := range of {
		value, _ := m.Get(types.String(key)).Value().(string)
		of[i] = value
	}
	return types.NewStringList(types.DefaultTypeAdapter, of)
}

func keysOf(m traits.Mapper) []string {
	var all []string
	for it := m.Iterator(); it.HasNext() == types.True; {
		if key, ok := it.Next().Value().(string); ok {
			all = append(all, key)
		}
	}
	slices.Sort(all)
	return all
}
