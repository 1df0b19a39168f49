package observation

import (
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"strconv"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// readParquet reads the plain columns of a file, a few rows at a time. The library panics on some malformed files; that is
// an error of the file.
func readParquet(f *os.File, s *sink) (err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = fmt.Errorf("malformed: %v", broken)
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	file, err := parquet.OpenFile(f, info.Size(), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return err
	}
	cells, err := parquetCells(file.Schema())
	if err != nil {
		return err
	}
	n := int64(0)
	for _, group := range file.RowGroups() {
		if n, err = readGroup(group, cells, s, n); err != nil {
			return err
		}
	}
	return nil
}

func readGroup(group parquet.RowGroup, cells map[int]cell, s *sink, n int64) (_ int64, err error) {
	rows := group.Rows()
	defer func() { err = errors.Join(err, rows.Close()) }()
	var buf [128]parquet.Row
	for {
		count, err := rows.ReadRows(buf[:])
		for _, values := range buf[:count] {
			n++
			var r row
			for _, v := range values {
				if c, ok := cells[v.Column()]; ok && !v.IsNull() {
					r[c.field] = c.text(v)
				}
			}
			if err := s.row(&r, n, nil); err != nil {
				return n, err
			}
		}
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}

const maxScale = 38 // decimal places: what 128 bits hold

// A cell is how the values of a column are read.
type cell struct {
	field int
	text  func(parquet.Value) string
}

// parquetCells are the columns of a schema that hold fields, by index.
func parquetCells(schema *parquet.Schema) (map[int]cell, error) {
	cells := make(map[int]cell)
	var seen [fieldCount]bool
	for i, path := range schema.Columns() {
		f := fieldOf(path[0])
		if len(path) != 1 || f < 0 {
			continue
		}
		leaf, _ := schema.Lookup(path...)
		if leaf.Node.Repeated() || seen[f] {
			return nil, fmt.Errorf("column %s holds a list, or two columns hold the %s", path[0], Fields[f])
		}
		seen[f] = true
		text, err := reader(leaf.Node.Type().LogicalType())
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", path[0], err)
		}
		cells[i] = cell{f, text}
	}
	if !seen[priceField] || !seen[currencyField] {
		return nil, errors.New("there is no column price, or none currency")
	}
	return cells, nil
}

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
		return func(v parquet.Value) string { return time.Unix(v.Int64()/perSecond, 0).UTC().Format(time.DateOnly) }, nil
	}
	return plain, nil
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
