package listing

import (
	"fmt"

	"github.com/bojanz/currency"
)

// A Price is an amount as submitted. Its zero value is "none given".
type Price struct {
	State PriceState
	Money        // as given, also where it is not Valid
	Why   string // of an impossible amount: what is wrong with it
}

// PriceState is what became of a price.
type PriceState uint8

// What a price may be.
const (
	NoPrice         PriceState = iota
	PriceOK                    // a possible amount of a known currency
	ImpossibleMoney            // signs differ, nanos out of range or finer than prices are quoted, negative
	UnknownCurrency            // the code is not one of ISO 4217
)

// NewPrice decides what an amount is. A zero amount is a valid price: a checker judges it.
func NewPrice(units int64, nanos int32, code string) Price {
	p := Price{State: PriceOK, Money: Money{Units: units, Nanos: nanos, Currency: code}}
	digits, known := currency.GetDigits(code)
	switch {
	case nanos <= -nanosPerUnit || nanos >= nanosPerUnit:
		return p.impossible("nanos %d are out of range", nanos)
	case units > 0 && nanos < 0, units < 0 && nanos > 0:
		return p.impossible("units %d and nanos %d have different signs", units, nanos)
	case units < 0 || nanos < 0:
		return p.impossible("the amount is negative")
	case !known:
		p.State = UnknownCurrency
	case finer(nanos, unitPlaces(digits)):
		return p.impossible("%s has %d decimal places", code, digits)
	}
	return p
}

func (p Price) impossible(format string, args ...any) Price {
	p.State, p.Why = ImpossibleMoney, fmt.Sprintf(format, args...)
	return p
}

// unitPlaces is how many decimal places a price may have. Where a currency has hundredths or thousandths, prices of small things
// sold by the hundred are quoted finer than anybody pays ("0.0125 USD a piece"): two places more. A currency without
// coins below its unit has no such prices.
func unitPlaces(digits uint8) uint8 {
	if digits < 2 {
		return digits
	}
	return digits + 2
}

// finer reports whether nanos hold more than that many decimal places.
func finer(nanos int32, digits uint8) bool {
	step := int32(nanosPerUnit)
	for range digits {
		step /= 10
	}
	return nanos%step != 0
}
