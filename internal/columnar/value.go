package columnar

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

const maxScale = 38 // decimal places: what 128 bits hold

// reader turns values of a logical type into text. Floating-point numbers are written as short as they can be read back.
func reader(logical *format.LogicalType) (func(parquet.Value) string, error) {
	if logical == nil {
		return plain, nil
	}
	switch kind := logical.Value.(type) {
	case *format.DecimalType:
		if kind.Scale < 0 || kind.Scale > maxScale {
			return nil, fmt.Errorf("%d decimal places", kind.Scale)
		}
		return func(v parquet.Value) string { return decimal(v, int(kind.Scale)) }, nil
	case *format.DateType:
		return func(v parquet.Value) string {
			return time.Unix(int64(v.Int32())*24*60*60, 0).UTC().Format(time.DateOnly)
		}, nil
	case *format.TimestampType:
		if kind.Unit.Value == nil {
			return nil, errors.New("instants of no unit")
		}
		perSecond := int64(time.Second / kind.Unit.Value.Duration())
		return func(v parquet.Value) string { return instant(v.Int64(), perSecond) }, nil
	case *format.IntType:
		if !kind.IsSigned {
			return unsigned, nil
		}
	}
	return plain, nil
}

// instant is a time of RFC 3339.
func instant(n, perSecond int64) string {
	seconds, part := n/perSecond, n%perSecond
	if part < 0 {
		seconds, part = seconds-1, part+perSecond
	}
	return time.Unix(seconds, part*(int64(time.Second)/perSecond)).UTC().Format(time.RFC3339Nano)
}

func unsigned(v parquet.Value) string {
	if v.Kind() == parquet.Int32 {
		return strconv.FormatUint(uint64(v.Uint32()), 10)
	}
	return strconv.FormatUint(v.Uint64(), 10)
}

func plain(v parquet.Value) string {
	switch v.Kind() {
	case parquet.Boolean:
		return strconv.FormatBool(v.Boolean())
	case parquet.Int32:
		return strconv.FormatInt(int64(v.Int32()), 10)
	case parquet.Int64:
		return strconv.FormatInt(v.Int64(), 10)
	case parquet.Float:
		return strconv.FormatFloat(float64(v.Float()), 'f', -1, 32)
	case parquet.Double:
		return strconv.FormatFloat(v.Double(), 'f', -1, 64)
	case parquet.ByteArray, parquet.FixedLenByteArray:
		return string(v.ByteArray())
	}
	return ""
}

// decimal is an unscaled integer with its point: 1999 and scale 2 are 19.99.
func decimal(v parquet.Value, scale int) string {
	var n *big.Int
	switch v.Kind() {
	case parquet.Int32:
		n = big.NewInt(int64(v.Int32()))
	case parquet.Int64:
		n = big.NewInt(v.Int64())
	default:
		bytes := v.ByteArray()
		if n = new(big.Int).SetBytes(bytes); len(bytes) > 0 && bytes[0]&0x80 != 0 {
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(bytes))))
		}
	}
	return new(big.Rat).SetFrac(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)).FloatString(scale)
}
