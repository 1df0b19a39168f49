package listing

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// exact is m as a rational number, by a way of its own.
func exact(m Money) *big.Rat {
	r := new(big.Rat).SetInt64(m.Units)
	return r.Add(r, big.NewRat(int64(m.Nanos), nanosPerUnit))
}

// amounts draws well-formed Money, large and small, near the edges more often than chance has it.
func amounts(code string) *rapid.Generator[Money] {
	return rapid.Custom(func(t *rapid.T) Money {
		units := rapid.OneOf(rapid.Int64(), rapid.Int64Range(-3, 3),
			rapid.SampledFrom([]int64{math.MaxInt64, math.MinInt64, math.MaxInt64 - 1})).Draw(t, "units")
		nanos := rapid.OneOf(rapid.Int32Range(0, nanosPerUnit-1),
			rapid.SampledFrom([]int32{0, 1, nanosPerUnit - 1, nanosPerUnit / 2})).Draw(t, "nanos")
		if units < 0 || units == 0 && rapid.Bool().Draw(t, "below zero") {
			nanos = -nanos
		}
		return Money{Units: units, Nanos: nanos, Currency: code}
	})
}

func TestCmpTimesIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := amounts("EUR").Draw(t, "a"), amounts("EUR").Draw(t, "b")
		x, y := rapid.Uint64().Draw(t, "x"), rapid.Uint64().Draw(t, "y")
		left := new(big.Rat).Mul(exact(a), new(big.Rat).SetUint64(x))
		right := new(big.Rat).Mul(exact(b), new(big.Rat).SetUint64(y))
		if got, want := CmpTimes(a, x, b, y), left.Cmp(right); got != want {
			t.Fatalf("CmpTimes(%v, %d, %v, %d) = %d, want %d", a, x, b, y, got, want)
		}
	})
}

func TestCmpTimesAtEquality(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := amounts("EUR").Draw(t, "m")
		x := uint64(rapid.Uint32Range(1, math.MaxUint32).Draw(t, "x"))
		product, ok := m.Times(x)
		if !ok {
			t.Skip("beyond Money")
		}
		if got := CmpTimes(m, x, product, 1); got != 0 {
			t.Fatalf("%v times %d is %v, and compares as %d with itself", m, x, product, got)
		}
		if up, ok := product.Add(Money{Nanos: 1, Currency: "EUR"}); ok && CmpTimes(m, x, up, 1) != -1 {
			t.Fatalf("%v times %d is not below %v", m, x, up)
		}
	})
}

func TestCmpOfDifferentCurrenciesPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("euros were compared with dollars")
		}
	}()
	Money{Units: 1, Currency: "EUR"}.Cmp(Money{Units: 1, Currency: "USD"})
}

func TestAddIsExactOrFails(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := amounts("EUR").Draw(t, "a"), amounts("EUR").Draw(t, "b")
		want := new(big.Rat).Add(exact(a), exact(b))
		got, ok := a.Add(b)
		if fits := fitsMoney(want); ok != fits {
			t.Fatalf("%v + %v: ok %v, want %v", a, b, ok, fits)
		}
		if ok && exact(got).Cmp(want) != 0 {
			t.Fatalf("%v + %v = %v, want %s", a, b, got, want.FloatString(9))
		}
		if ok && !wellFormed(got) {
			t.Fatalf("%v + %v = %+v, which is not well formed", a, b, got)
		}
	})
}

func TestAddOfDifferentCurrenciesFails(t *testing.T) {
	if _, ok := (Money{Units: 1, Currency: "EUR"}).Add(Money{Units: 1, Currency: "USD"}); ok {
		t.Error("euros were added to dollars")
	}
}

func TestTimesIsExactOrFails(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := amounts("EUR").Draw(t, "m")
		n := rapid.OneOf(rapid.Uint64(), rapid.Uint64Range(0, 2000)).Draw(t, "n")
		want := new(big.Rat).Mul(exact(m), new(big.Rat).SetUint64(n))
		got, ok := m.Times(n)
		if fits := fitsMoney(want) && want.Cmp(exact(Money{Units: math.MinInt64})) > 0; ok != fits {
			t.Fatalf("%v times %d: ok %v, want %v", m, n, ok, fits)
		}
		if ok && (exact(got).Cmp(want) != 0 || !wellFormed(got)) {
			t.Fatalf("%v times %d = %+v, want %s", m, n, got, want.FloatString(9))
		}
	})
}

func TestPerIsWithinHalfAMinorUnit(t *testing.T) {
	steps := map[string]*big.Rat{"EUR": big.NewRat(1, 100), "JPY": big.NewRat(1, 1), "KWD": big.NewRat(1, 1000)}
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.SampledFrom([]string{"EUR", "JPY", "KWD"}).Draw(t, "currency")
		m := amounts(code).Filter(func(m Money) bool { return m.Units > math.MinInt64+1 && m.Units < math.MaxInt64 }).Draw(t, "m")
		n := rapid.OneOf(rapid.Uint64Min(1), rapid.Uint64Range(1, 100)).Draw(t, "n")
		got := m.Per(n)
		off := new(big.Rat).Quo(exact(m), new(big.Rat).SetUint64(n))
		off.Sub(off, exact(got)).Abs(off)
		half := new(big.Rat).Quo(steps[code], big.NewRat(2, 1))
		if off.Cmp(half) > 0 || !new(big.Rat).Quo(exact(got), steps[code]).IsInt() {
			t.Fatalf("%v per %d = %v", m, n, got)
		}
	})
}

func TestPerRoundsHalfAwayFromZero(t *testing.T) {
	for _, tt := range []struct {
		m    Money
		n    uint64
		want string
	}{
		{Money{1, 0, "EUR"}, 8, "0.13 EUR"},
		{Money{-1, 0, "EUR"}, 8, "-0.13 EUR"},
		{Money{1, 0, "EUR"}, 3, "0.33 EUR"},
		{Money{2, 0, "EUR"}, 3, "0.67 EUR"},
		{Money{5, 0, "JPY"}, 2, "3 JPY"},
		{Money{0, 10_000_000, "EUR"}, 3, "0.00 EUR"},
		{Money{math.MaxInt64, 0, "EUR"}, math.MaxUint64, "0.50 EUR"},
	} {
		if got := tt.m.Per(tt.n).String(); got != tt.want {
			t.Errorf("%v per %d = %s, want %s", tt.m, tt.n, got, tt.want)
		}
	}
}

func TestMoneyString(t *testing.T) {
	for _, tt := range []struct {
		m    Money
		want string
	}{
		{Money{12, 500_000_000, "EUR"}, "12.50 EUR"},
		{Money{12, 0, "JPY"}, "12 JPY"},
		{Money{12, 5_000_000, "KWD"}, "12.005 KWD"},
		{Money{0, -500_000_000, "EUR"}, "-0.50 EUR"},
		{Money{-3, -500_000_000, "EUR"}, "-3.50 EUR"},
		{Money{0, 1, "EUR"}, "0.000000001 EUR"},
		{Money{1, 0, "ZZZ"}, "1.00 ZZZ"},
		{Money{math.MinInt64, -999_999_999, "EUR"}, "-9223372036854775808.999999999 EUR"},
	} {
		if got := tt.m.String(); got != tt.want {
			t.Errorf("%+v reads %q, want %q", tt.m, got, tt.want)
		}
	}
}

func wellFormed(m Money) bool {
	return m.Nanos > -nanosPerUnit && m.Nanos < nanosPerUnit &&
		(m.Units == 0 || m.Nanos == 0 || (m.Units > 0) == (m.Nanos > 0))
}

// fitsMoney reports whether the whole units of r are an int64.
func fitsMoney(r *big.Rat) bool { return new(big.Int).Quo(r.Num(), r.Denom()).IsInt64() }

func BenchmarkCmpTimes(b *testing.B) {
	x, y := Money{129, 980_000_000, "EUR"}, Money{433, 300_000_000, "EUR"}
	b.ReportAllocs()
	for b.Loop() {
		if CmpTimes(x, 10, y, 3) >= 0 {
			b.Fatal("129.98 is not below 0.3 of 433.30")
		}
	}
}

// In is the exact product, rounded half away from zero to the minor unit of the other currency.
func TestInIsWithinHalfAMinorUnit(t *testing.T) {
	for _, tt := range []struct {
		m        Money
		code     string
		num, den uint64
		want     string
	}{
		{Money{Units: 11, Nanos: 680_000_000, Currency: "USD"}, "EUR", 1_000_000, 1_168_400, "10.00 EUR"}, // 9.9966
		{Money{Units: 1, Currency: "EUR"}, "JPY", 186_500_000, 1_000_000, "187 JPY"},
		{Money{Units: 100, Currency: "JPY"}, "KWD", 1, 3000, "0.033 KWD"},
		{Money{Nanos: 5_000_000, Currency: "EUR"}, "USD", 1, 1, "0.01 USD"},
		{Money{Nanos: 4_000_000, Currency: "EUR"}, "USD", 1, 1, "0.00 USD"},
	} {
		got, ok := tt.m.In(tt.code, tt.num, tt.den)
		if !ok || got.String() != tt.want {
			t.Errorf("%v in %s at %d/%d is %v, %v; want %s", tt.m, tt.code, tt.num, tt.den, got, ok, tt.want)
		}
	}
	if got, ok := (Money{Units: 1 << 62, Currency: "EUR"}).In("USD", 3, 1); ok {
		t.Errorf("beyond what money holds: %v", got)
	}
}
