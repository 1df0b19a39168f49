package listing

import (
	"math"
	"math/big"
	"testing"
)

// FuzzMoney holds sums, products and comparisons of well-formed amounts against rational numbers.
func FuzzMoney(f *testing.F) {
	f.Add(int64(0), int32(0), int64(0), int32(0), uint64(0), uint64(1))
	f.Add(int64(math.MaxInt64), int32(nanosPerUnit-1), int64(1), int32(1), uint64(1), uint64(math.MaxUint64))
	f.Add(int64(math.MinInt64), int32(-nanosPerUnit+1), int64(math.MinInt64), int32(0), uint64(math.MaxUint64), uint64(3))
	f.Add(int64(-1), int32(-500_000_000), int64(1), int32(500_000_000), uint64(10), uint64(10))
	f.Fuzz(func(t *testing.T, units int64, nanos int32, otherUnits int64, otherNanos int32, x, y uint64) {
		a, b := formed(units, nanos), formed(otherUnits, otherNanos)
		times := func(m Money, n uint64) *big.Rat { return new(big.Rat).Mul(exact(m), new(big.Rat).SetUint64(n)) }
		if got, want := CmpTimes(a, x, b, y), times(a, x).Cmp(times(b, y)); got != want {
			t.Errorf("CmpTimes(%v, %d, %v, %d) = %d, want %d", a, x, b, y, got, want)
		}
		if sum, ok := a.Add(b); ok && exact(sum).Cmp(new(big.Rat).Add(exact(a), exact(b))) != 0 {
			t.Errorf("%v + %v = %v", a, b, sum)
		}
		if product, ok := a.Times(x); ok && exact(product).Cmp(times(a, x)) != 0 {
			t.Errorf("%v × %d = %v", a, x, product)
		}
		if sum, ok := a.Add(b); !ok && holds(new(big.Rat).Add(exact(a), exact(b))) {
			t.Errorf("%v + %v fails (%v)", a, b, sum)
		}
		if product, ok := a.Times(x); !ok && holds(times(a, x)) {
			t.Errorf("%v × %d fails (%v)", a, x, product)
		}
	})
}

// formed is an amount whose nanos are in bounds and have its sign.
func formed(units int64, nanos int32) Money {
	nanos %= nanosPerUnit
	if units > 0 && nanos < 0 || units < 0 && nanos > 0 {
		nanos = -nanos
	}
	return Money{Units: units, Nanos: nanos, Currency: "EUR"}
}

// holds tells whether Money surely holds a number: at its edges it may refuse.
func holds(r *big.Rat) bool {
	return new(big.Rat).Abs(r).Cmp(new(big.Rat).SetInt64(math.MaxInt64)) < 0
}
