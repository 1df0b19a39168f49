package listing

import (
	"math/bits"
	"strconv"

	"github.com/bojanz/currency"
)

// Money is an exact amount: whole units and billionths of a unit, both of one sign, of an ISO 4217 currency.
//
// Its arithmetic is that of whole billionths in 128 bits and more: nothing is rounded but by [Money.Per], which says so.
// The amount of a [Price] that is not [PriceOK] may break the rule on signs; calculate only with those that are.
type Money struct {
	Units    int64
	Nanos    int32 // -999,999,999 to 999,999,999
	Currency string
}

const nanosPerUnit = 1_000_000_000

// Sign is -1, 0 or 1.
func (m Money) Sign() int {
	switch {
	case m.Units > 0 || m.Units == 0 && m.Nanos > 0:
		return 1
	case m.Units == 0 && m.Nanos == 0:
		return 0
	}
	return -1
}

// Cmp is -1, 0 or 1 as m is less than, equal to or greater than o. It panics where the currencies differ.
func (m Money) Cmp(o Money) int { return CmpTimes(m, 1, o, 1) }

// CmpTimes compares a·x with b·y exactly: the way to ask whether a ratio of amounts is below a threshold,
// a/b < n/d being a·d < b·n. It panics where the currencies differ, which no input may bring about: the caller has
// looked. It allocates nothing.
func CmpTimes(a Money, x uint64, b Money, y uint64) int {
	if a.Currency != b.Currency {
		panic("listing: amounts of different currencies compared")
	}
	left, right := a.wide().times(x), b.wide().times(y)
	sa, sb := left.sign(a.Sign()), right.sign(b.Sign())
	switch {
	case sa != sb:
		return order(sa < sb)
	case left == right:
		return 0
	}
	return order(left.less(right) == (sa > 0))
}

func order(less bool) int {
	if less {
		return -1
	}
	return 1
}

// Add is the sum. It fails where the currencies differ and where the sum is beyond what Money holds.
func (m Money) Add(o Money) (sum Money, ok bool) {
	units := m.Units + o.Units
	overflow := (m.Units >= 0) == (o.Units >= 0) && (units >= 0) != (m.Units >= 0)
	nanos := int64(m.Nanos) + int64(o.Nanos)
	carry := nanos / nanosPerUnit
	nanos -= carry * nanosPerUnit
	if units > 0 && nanos < 0 {
		carry, nanos = carry-1, nanos+nanosPerUnit
	}
	if units < 0 && nanos > 0 {
		carry, nanos = carry+1, nanos-nanosPerUnit
	}
	total := units + carry
	overflow = overflow || carry > 0 && total < units || carry < 0 && total > units
	if overflow || m.Currency != o.Currency {
		return Money{}, false
	}
	return Money{Units: total, Nanos: int32(nanos), Currency: m.Currency}, true
}

// Times is m·n. It fails where the product is beyond what Money holds.
func (m Money) Times(n uint64) (product Money, ok bool) {
	return m.wide().times(n).money(m.Sign(), m.Currency)
}

// Per is m/n, rounded half away from zero to the currency's minor unit: to be shown, not to be compared ([CmpTimes] is
// for that). n is at least 1.
func (m Money) Per(n uint64) Money {
	per, _ := m.In(m.Currency, 1, n)
	return per
}

// SmallestCoin is the minor unit of a currency in billionths of its unit; of one that is not known, the unit.
func SmallestCoin(code string) int64 {
	coin := int64(nanosPerUnit)
	if digits, known := currency.GetDigits(code); known {
		for range min(digits, 9) {
			coin /= 10
		}
	}
	return coin
}

// In is m·num/den as an amount of a currency, rounded half away from zero to its minor unit. den is at least 1. It fails where
// the amount is beyond what Money holds.
func (m Money) In(code string, num, den uint64) (amount Money, ok bool) {
	step := uint64(SmallestCoin(code))
	a := m.wide().times(num)
	half := halfOf(step).times(den)
	// (a + den·step/2) / den, cut to a multiple of step; an odd step is 1, whose half is lost: a billionth.
	q, _ := a.plus(half).over(den)
	_, rest := q.over(step)
	borrow := uint64(0)
	q.lo, borrow = bits.Sub64(q.lo, rest, 0)
	q.mid, borrow = bits.Sub64(q.mid, 0, borrow)
	q.hi -= borrow
	return q.money(m.Sign(), code)
}

func halfOf(step uint64) amount { return amount{lo: step / 2} }

// Float is the amount as a floating-point number, for ratios and logarithms that are shown.
func (m Money) Float() float64 { return float64(m.Units) + float64(m.Nanos)/nanosPerUnit }

// String is the amount for people: "12.50 EUR". Nanos out of range read wrong.
func (m Money) String() string {
	var buf [48]byte
	text := buf[:0]
	nanos := uint64(max(int64(m.Nanos), -int64(m.Nanos)))
	if m.Units == 0 && m.Nanos < 0 {
		text = append(text, '-')
	}
	text = strconv.AppendInt(text, m.Units, 10)
	point := len(text)
	// One is put before the digits so that leading zeros are written, and the point in its place.
	text = strconv.AppendUint(text, nanosPerUnit+nanos, 10)
	text[point] = '.'
	for kept := point + int(shownDigits(m.Currency)); len(text)-1 > kept && text[len(text)-1] == '0'; {
		text = text[:len(text)-1]
	}
	if len(text)-1 == point {
		text = text[:point]
	}
	return string(append(append(text, ' '), m.Currency...))
}

// shownDigits are the decimals that an amount is shown with, at least.
func shownDigits(code string) uint8 {
	if digits, known := currency.GetDigits(code); known {
		return digits
	}
	return 2
}

// An amount is a number of billionths without sign, in 192 bits: any Money times any 64-bit factor.
type amount struct{ hi, mid, lo uint64 }

// wide is the size of m in billionths.
func (m Money) wide() amount {
	units, nanos := uint64(m.Units), uint64(max(int64(m.Nanos), -int64(m.Nanos)))
	if m.Units < 0 {
		units = -units
	}
	mid, lo := bits.Mul64(units, nanosPerUnit)
	lo, carry := bits.Add64(lo, nanos, 0)
	return amount{mid: mid + carry, lo: lo}
}

// times is a·n for an a of at most 128 bits.
func (a amount) times(n uint64) amount {
	mid, lo := bits.Mul64(a.lo, n)
	hi, low := bits.Mul64(a.mid, n)
	mid, carry := bits.Add64(mid, low, 0)
	return amount{hi + carry, mid, lo}
}

func (a amount) plus(b amount) amount {
	lo, c := bits.Add64(a.lo, b.lo, 0)
	mid, c := bits.Add64(a.mid, b.mid, c)
	return amount{a.hi + b.hi + c, mid, lo}
}

// over is a/n and what is left.
func (a amount) over(n uint64) (q amount, rest uint64) {
	q.hi, rest = a.hi/n, a.hi%n
	q.mid, rest = bits.Div64(rest, a.mid, n)
	q.lo, rest = bits.Div64(rest, a.lo, n)
	return q, rest
}

func (a amount) less(b amount) bool {
	if a.hi != b.hi {
		return a.hi < b.hi
	}
	if a.mid != b.mid {
		return a.mid < b.mid
	}
	return a.lo < b.lo
}

// sign is s, or 0 where nothing is left to carry it.
func (a amount) sign(s int) int {
	if a == (amount{}) {
		return 0
	}
	return s
}

// money is the amount with a sign, where Money can hold it.
func (a amount) money(sign int, code string) (Money, bool) {
	units, nanos := a.over(nanosPerUnit)
	if units.hi != 0 || units.mid != 0 || units.lo > 1<<63-1 {
		return Money{}, false
	}
	m := Money{Units: int64(units.lo), Nanos: int32(nanos), Currency: code}
	if sign < 0 {
		m.Units, m.Nanos = -m.Units, -m.Nanos
	}
	return m, true
}
