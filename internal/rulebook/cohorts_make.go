package rulebook

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"time"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/text"
)

// NewCohorts makes rows fit to be looked up. Brands are the same whose keys are, and categories. Of rows that are one cohort
// the one with the most observations stands, of equal ones the first. It fails for amounts that need more than 18 digits.
func NewCohorts(rows []Baseline, brandKey, categoryKey func(string) string) (*Cohorts, error) {
	m := maker{brands: named{key: brandKey}, categories: named{key: categoryKey}, sources: named{key: func(s string) string { return s }},
		index: make(map[CohortKey]int, len(rows))}
	for i := range rows {
		if err := m.add(&rows[i]); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", rows[i].At.File, rows[i].At.Line, err)
		}
	}
	return OpenCohorts(m.bytes())
}

// named numbers names, from 1.
type named struct {
	key     func(string) string
	numbers map[string]uint32 // by key
	spelled map[string]uint32 // by name: folding costs
	names   []string          // as first seen
	keys    []string
}

func (n *named) number(name string) uint32 {
	if name == "" {
		return 0
	}
	if at, ok := n.spelled[name]; ok {
		return at
	}
	if n.numbers == nil {
		n.numbers, n.spelled = make(map[string]uint32), make(map[string]uint32)
	}
	key := n.key(name)
	at, ok := n.numbers[key]
	if !ok {
		n.names, n.keys = append(n.names, name), append(n.keys, key)
		at = uint32(len(n.names))
		n.numbers[key] = at
	}
	n.spelled[name] = at
	return at
}

type maker struct {
	brands, categories, sources named
	records                     []byte
	index                       map[CohortKey]int
}

func (m *maker) add(b *Baseline) error {
	r := make([]byte, recordSize)
	k := CohortKey{Condition: b.Condition, Kind: KindNumber(b.Kind)}
	copy(k.Currency[:], b.Currency)
	copy(k.Market[:], b.Market)
	if b.GTIN != "" {
		n, err := strconv.ParseUint(b.GTIN, 10, 64)
		if err != nil || n == 0 {
			return fmt.Errorf("product code %q", b.GTIN)
		}
		k.GTIN = n
	} else {
		k.Brand, k.Category = m.brands.number(b.Brand), m.categories.number(b.Category)
	}
	put := binary.LittleEndian
	put.PutUint64(r, k.GTIN)
	put.PutUint32(r[recordBrand:], k.Brand)
	put.PutUint32(r[recordCategory:], k.Category)
	copy(r[recordCurrency:], k.Currency[:])
	copy(r[recordMarket:], k.Market[:])
	r[recordCondition], r[recordKind] = byte(k.Condition), k.Kind
	if b.PerUnit {
		r[recordKind] |= 4
	}
	for i, state := range cohortStates[:3] {
		if state == b.State {
			r[recordKind] |= byte(i) << 3
		}
	}
	put.PutUint32(r[recordMerchants:], uint32(int32(min(b.Merchants, math.MaxInt32))))
	put.PutUint32(r[recordObservations:], uint32(min(b.Observations, math.MaxUint32)))
	put.PutUint32(r[recordSpread:], math.Float32bits(float32(b.SpreadUp)))
	put.PutUint16(r[recordDay:], dayNumber(b.AsOf))
	source := m.sources.number(b.Source)
	if source > math.MaxUint16 {
		source = 0
	}
	put.PutUint16(r[recordSource:], uint16(source))
	if err := putAmounts(r, b.Median, b.Low, b.High, b.Least, b.Most); err != nil {
		return err
	}
	m.put(k, r, b.Observations)
	return nil
}

// put adds a record, or puts it in the place of one of the same cohort with fewer observations.
func (m *maker) put(k CohortKey, r []byte, observations int64) {
	at, taken := m.index[k]
	switch {
	case !taken:
		m.index[k] = len(m.records) / recordSize
		m.records = append(m.records, r...)
	case int64(binary.LittleEndian.Uint32(m.records[at*recordSize+recordObservations:])) < observations:
		copy(m.records[at*recordSize:], r)
	}
}

func dayNumber(d listing.Date) uint16 {
	if d == (listing.Date{}) {
		return 0
	}
	days := int(d.Start(time.UTC).Sub(cohortEpoch).Hours() / 24)
	if days < 1 || days > math.MaxUint16 {
		return 0
	}
	return uint16(days)
}

// putAmounts writes amounts with as many decimal places as they need.
func putAmounts(r []byte, amounts ...listing.Money) error {
	scale, unit := 9, int64(1_000_000_000)
	for scale > 0 {
		if !allMultiples(amounts, int32(1_000_000_000/(unit/10))) {
			break
		}
		scale, unit = scale-1, unit/10
	}
	r[recordScale] = byte(scale)
	for i, m := range amounts {
		hi, lo := bits.Mul64(uint64(m.Units), uint64(unit))
		v := int64(lo) + int64(m.Nanos)/(1_000_000_000/unit)
		if hi != 0 || int64(lo) < 0 || v < 0 {
			return fmt.Errorf("%v has more digits than a baseline can have", m)
		}
		binary.LittleEndian.PutUint64(r[recordAmounts+8*i:], uint64(v))
	}
	return nil
}

func allMultiples(amounts []listing.Money, nanos int32) bool {
	for _, m := range amounts {
		if m.Nanos%nanos != 0 {
			return false
		}
	}
	return true
}

// bytes are the finished block.
func (m *maker) bytes() []byte {
	n := len(m.records) / recordSize
	tableBits, brandBits := tableBits(n), tableBits(2*len(m.brands.names))
	table, brandTable := make([]byte, 4<<tableBits), make([]byte, 4<<brandBits)
	for i := range n {
		insert(table, hashKey(packedOf(m.records[i*recordSize:])), uint32(i+1))
	}
	for i, name := range m.brands.names {
		insert(brandTable, hashName(name), uint32(i+1))
		if key := m.brands.keys[i]; key != name {
			insert(brandTable, hashName(key), uint32(i+1))
		}
	}
	var ends []byte
	var names []byte
	for _, list := range [...][]string{m.brands.names, m.brands.keys, m.categories.names, m.sources.names} {
		for _, name := range list {
			names = append(names, name...)
			ends = binary.LittleEndian.AppendUint32(ends, uint32(len(names)))
		}
	}
	data := append(make([]byte, 0, cohortsHead+len(m.records)+len(table)+len(brandTable)+len(ends)+len(names)), cohortsMagic...)
	for _, count := range [...]int{n, tableBits, len(m.brands.names), brandBits, len(m.categories.names), len(m.sources.names), len(names)} {
		data = binary.LittleEndian.AppendUint32(data, uint32(count))
	}
	for _, part := range [...][]byte{m.records, table, brandTable, ends, names} {
		data = append(data, part...)
	}
	return data
}

// tableBits is the size of a hash table that is at most two thirds full.
func tableBits(n int) int { return bits.Len(uint(n + n/2)) }

func insert(table []byte, hash uint64, n uint32) {
	mask := uint64(len(table)/4 - 1)
	i := hash & mask
	for binary.LittleEndian.Uint32(table[4*i:]) != 0 {
		i = (i + 1) & mask
	}
	binary.LittleEndian.PutUint32(table[4*i:], slot(n, hash))
}

// PackBaselines makes rows fit to be looked up by brands and categories that read the same.
func PackBaselines(rows []Baseline) (*Cohorts, error) {
	return NewCohorts(rows, text.Key, func(name string) string { return foldPath(name, text.Key) })
}
