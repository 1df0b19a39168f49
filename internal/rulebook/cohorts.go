package rulebook

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"time"
	"unicode/utf8"

	"github.com/bojanz/currency"

	"github.com/assay-project/assay/internal/listing"
)

// Cohorts are baselines as they are looked up: one block of bytes without pointers, which costs the garbage collector nothing
// and loads as fast as it is read, whether it holds a thousand or a million. It is immutable.
//
// The block is a head, records of 80 bytes, two hash tables and names. Its layout is that of baselines.bin, little-endian:
//
//	magic     8 bytes "ASSAYBL3"
//	counts    uint32: records, bits of their hash table, brands, bits of theirs, categories, sources, bytes of names
//	records   80 bytes each, see recordGTIN and on
//	table     uint32: a record's number from 1, found by the hash of its key, the first 6 bits of which are before it; 0: none
//	brands    uint32: a brand's number, found by its name or its key, likewise
//	ends      uint32: where each name ends: of brands as written, of their keys, of categories, of sources
//	names     UTF-8
type Cohorts struct {
	data       []byte
	records    []byte
	table      []byte
	brandTable []byte
	ends       []byte
	names      string
	n          int
	brands     int
	categories int
	sources    int
}

const (
	cohortsMagic = "ASSAYBL3"
	cohortsHead  = 8 + 7*4
	recordSize   = 80
	maxCohorts   = 1 << 25
)

// Offsets in a record.
const (
	recordGTIN         = 0  // uint64: its digits; leading zeros do not count
	recordBrand        = 8  // uint32 from 1; 0: any
	recordCategory     = 12 // uint32 from 1; 0: any
	recordCurrency     = 16 // 3 letters
	recordMarket       = 19 // 2 letters, or zeros
	recordCondition    = 21
	recordKind         = 22 // in the low two bits; then units, then the state in two
	recordScale        = 23 // decimal places of the amounts
	recordMerchants    = 24 // int32; -1: not known
	recordObservations = 28 // uint32
	recordSpread       = 32 // float32
	recordDay          = 36 // uint16: days from 1 January 2000 on; 0: not known
	recordSource       = 38 // uint16 from 1; 0: not known
	recordAmounts      = 40 // int64: median, low, high, least, most
)

// A CohortKey names a cohort. Zero is "any".
type CohortKey struct {
	GTIN            uint64
	Brand, Category uint32
	Currency        [3]byte
	Market          [2]byte
	Condition       listing.Condition
	Kind            uint8 // see [KindNumber]
}

var cohortKinds = [...]BaselineKind{Observed, MSRP, Floor, MAP}

// KindNumber is the number of a kind in keys.
func KindNumber(kind BaselineKind) uint8 {
	for i, k := range cohortKinds {
		if k == kind {
			return uint8(i)
		}
	}
	return 0
}

// An OfferKey is the part of a cohort's key that an offer decides: currency, market, condition and kind, as the third word of a
// record has them, so that looking up writes nothing to memory.
type OfferKey uint64

// Where the parts of an OfferKey are, in bits.
const (
	offerMarket    = 8 * (recordMarket - recordCurrency)
	offerCondition = 8 * (recordCondition - recordCurrency)
	offerKind      = 8 * (recordKind - recordCurrency)
)

// NewOfferKey is of an offer in a currency, in any market, of any condition, of kind 0. A code that has not three letters is no
// cohort's.
func NewOfferKey(currency string) OfferKey {
	if len(currency) != 3 {
		return 0
	}
	return OfferKey(currency[0]) | OfferKey(currency[1])<<8 | OfferKey(currency[2])<<16
}

// In is the key in a market; "": any.
func (k OfferKey) In(m listing.Market) OfferKey {
	k &^= 0xffff << offerMarket
	if len(m) != 2 {
		return k
	}
	return k | OfferKey(m[0])<<offerMarket | OfferKey(m[1])<<(offerMarket+8)
}

// With is the key in a condition.
func (k OfferKey) With(c listing.Condition) OfferKey {
	return k&^(0xff<<offerCondition) | OfferKey(c)<<offerCondition
}

// Of is the key of a kind, see [KindNumber].
func (k OfferKey) Of(kind uint8) OfferKey { return k&^(3<<offerKind) | OfferKey(kind&3)<<offerKind }

// AnyMarket reports whether the key is of no one market.
func (k OfferKey) AnyMarket() bool { return k>>offerMarket&0xffff == 0 }

// Condition is that of the key.
func (k OfferKey) Condition() listing.Condition { return listing.Condition(k >> offerCondition) }

func (k *CohortKey) market() listing.Market {
	if k.Market == [2]byte{} {
		return ""
	}
	return listing.Market(k.Market[:])
}

// offer is the part of the key that an offer decides.
func (k *CohortKey) offer() OfferKey {
	return NewOfferKey(string(k.Currency[:])).In(k.market()).With(k.Condition).Of(k.Kind)
}

// keyBits are those of a record's third word that belong to its key.
const keyBits = 1<<(offerKind+2) - 1

func packedOf(r []byte) [3]uint64 {
	r = r[:recordSize:recordSize]
	return [3]uint64{binary.LittleEndian.Uint64(r), binary.LittleEndian.Uint64(r[8:]), binary.LittleEndian.Uint64(r[16:]) & keyBits}
}

func hashKey(k [3]uint64) uint64 {
	hi, lo := bits.Mul64(k[0]^0x9e3779b97f4a7c15, k[2]^0xd1b54a32d192ed03)
	hi, lo = bits.Mul64(hi^lo^k[1], 0xa0761d6478bd642f)
	return hi ^ lo
}

func hashName(s string) uint64 {
	h := uint64(len(s)) ^ 0x9e3779b97f4a7c15
	for ; len(s) >= 8; s = s[8:] {
		h = mix(h, uint64(s[0])|uint64(s[1])<<8|uint64(s[2])<<16|uint64(s[3])<<24|uint64(s[4])<<32|uint64(s[5])<<40|uint64(s[6])<<48|uint64(s[7])<<56)
	}
	if len(s) > 0 {
		var rest uint64
		for i := len(s) - 1; i >= 0; i-- {
			rest = rest<<8 | uint64(s[i])
		}
		h = mix(h, rest)
	}
	return h
}

func mix(h, word uint64) uint64 {
	hi, lo := bits.Mul64(h^word, 0xa0761d6478bd642f)
	return hi ^ lo ^ h>>32
}

// Len is how many cohorts there are.
func (c *Cohorts) Len() int { return c.n }

// Bytes is the size of all of it.
func (c *Cohorts) Bytes() int { return len(c.data) }

// Find is the number of a cohort, or -1.
func (c *Cohorts) Find(k *CohortKey) int32 {
	return c.FindBy(k.GTIN, k.Brand, k.Category, k.offer())
}

// FindBy is the number of a cohort by the parts of its key, or -1.
func (c *Cohorts) FindBy(gtin uint64, brand, category uint32, offer OfferKey) int32 {
	if len(c.table) == 0 {
		return -1
	}
	key := [3]uint64{gtin, uint64(brand) | uint64(category)<<32, uint64(offer)}
	mask, hash := uint64(len(c.table)/4-1), hashKey(key)
	for i := hash & mask; ; i = (i + 1) & mask {
		s := binary.LittleEndian.Uint32(c.table[4*i:])
		if s == 0 {
			return -1
		}
		if n := s & slotNumber; s == slot(n, hash) && packedOf(c.record(int32(n-1))) == key {
			return int32(n - 1)
		}
	}
}

// slotNumber are the bits of a slot of a hash table that hold a number, of at most [maxCohorts]. Those above hold a part of the
// hash, so that most of what is not looked for is passed over without being looked at.
const slotNumber = 2*maxCohorts - 1

func slot(n uint32, hash uint64) uint32 { return n | uint32(hash>>32)&^slotNumber }

func (c *Cohorts) record(i int32) []byte {
	return c.records[int(i)*recordSize : (int(i)+1)*recordSize : (int(i)+1)*recordSize]
}

func keyOf(r []byte) CohortKey {
	return CohortKey{GTIN: binary.LittleEndian.Uint64(r), Brand: binary.LittleEndian.Uint32(r[recordBrand:]),
		Category: binary.LittleEndian.Uint32(r[recordCategory:]), Currency: [3]byte(r[recordCurrency : recordCurrency+3]),
		Market: [2]byte(r[recordMarket : recordMarket+2]), Condition: listing.Condition(r[recordCondition]), Kind: r[recordKind] & 3}
}

// Key is the key of the i-th cohort.
func (c *Cohorts) Key(i int32) CohortKey { return keyOf(c.record(i)) }

// Counts are the merchants (-1: not known) and observations behind a cohort.
func (c *Cohorts) Counts(i int32) (merchants, observations int64) {
	r := c.record(i)
	return int64(int32(binary.LittleEndian.Uint32(r[recordMerchants:]))), int64(binary.LittleEndian.Uint32(r[recordObservations:]))
}

// Median is a cohort's as a floating-point number, within a part in 10^15. It is plain where prices are compared with it as they are:
// it counts whole listings, and nothing is said against it.
func (c *Cohorts) Median(i int32) (median float64, plain bool) {
	r := c.record(i)
	return float64(int64(binary.LittleEndian.Uint64(r[recordAmounts:]))) * decimalPlaces[min(r[recordScale], 9)], r[recordKind]>>2 == 0
}

var decimalPlaces = [...]float64{1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9}

// Brand is the number of a brand by its name as written or by its key (text.Key); 0: there is none.
func (c *Cohorts) Brand(name string) uint32 {
	if name == "" || len(c.brandTable) == 0 {
		return 0
	}
	mask, hash := uint64(len(c.brandTable)/4-1), hashName(name)
	for i := hash & mask; ; i = (i + 1) & mask {
		s := binary.LittleEndian.Uint32(c.brandTable[4*i:])
		if s == 0 {
			return 0
		}
		if n := s & slotNumber; s == slot(n, hash) && (c.name(int(n-1)) == name || c.name(c.brands+int(n-1)) == name) {
			return n
		}
	}
}

// BrandKey is the key of a brand by its number, from 1.
func (c *Cohorts) BrandKey(n uint32) string { return c.name(c.brands + int(n-1)) }

// Categories is how many categories there are.
func (c *Cohorts) Categories() int { return c.categories }

// Category is the name of the i-th category, from 0.
func (c *Cohorts) Category(i int) string { return c.name(2*c.brands + i) }

func (c *Cohorts) name(i int) string {
	from := uint32(0)
	if i > 0 {
		from = binary.LittleEndian.Uint32(c.ends[4*(i-1):])
	}
	return c.names[from:binary.LittleEndian.Uint32(c.ends[4*i:])]
}

var cohortEpoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// Row is the i-th cohort as a baseline. It has no position.
func (c *Cohorts) Row(i int32) (b Baseline) {
	r := c.record(i)
	k := keyOf(r)
	b.Kind, b.Condition = cohortKinds[k.Kind], k.Condition
	if k.GTIN != 0 {
		b.GTIN = paddedGTIN(k.GTIN)
	}
	if k.Brand != 0 {
		b.Brand = c.name(int(k.Brand - 1))
	}
	if k.Category != 0 {
		b.Category = c.Category(int(k.Category - 1))
	}
	if s := binary.LittleEndian.Uint16(r[recordSource:]); s != 0 {
		b.Source = c.name(2*c.brands + c.categories + int(s-1))
	}
	b.PerUnit = r[recordKind]&4 != 0
	b.State = cohortStates[r[recordKind]>>3&3]
	b.Merchants, b.Observations = c.Counts(i)
	b.SpreadUp = float64(math.Float32frombits(binary.LittleEndian.Uint32(r[recordSpread:])))
	if day := binary.LittleEndian.Uint16(r[recordDay:]); day != 0 {
		at := cohortEpoch.AddDate(0, 0, int(day))
		b.AsOf = listing.Date{Year: at.Year(), Month: at.Month(), Day: at.Day()}
	}
	b.Currency = currencyNames[k.Currency]
	if k.Market != [2]byte{} {
		b.Market = marketName(k.Market)
	}
	c.price(&b, r)
	return b
}

// Price sets only the figures of a baseline that prices are compared with. code is its currency, which who looked it up by that
// knows. It allocates nothing.
func (c *Cohorts) Price(i int32, code string, b *Baseline) {
	r := c.record(i)
	kind := r[recordKind]
	b.Kind, b.PerUnit, b.State, b.Currency = cohortKinds[kind&3], kind&4 != 0, cohortStates[kind>>3&3], code
	b.SpreadUp = float64(math.Float32frombits(binary.LittleEndian.Uint32(r[recordSpread:])))
	c.price(b, r)
}

var cohortStates = [...]BaselineState{"", Contaminated, Frozen, ""}

// price sets the amounts of a baseline that has its currency.
func (c *Cohorts) price(b *Baseline, r []byte) {
	unit := int64(1)
	for range r[recordScale] {
		unit *= 10
	}
	nanos := 1_000_000_000 / unit
	for at, m := range [...]*listing.Money{&b.Median, &b.Low, &b.High, &b.Least, &b.Most} {
		if v := int64(binary.LittleEndian.Uint64(r[recordAmounts+8*at:])); v != 0 {
			*m = listing.Money{Units: v / unit, Nanos: int32(v % unit * nanos), Currency: b.Currency}
		}
	}
}

func paddedGTIN(n uint64) string {
	text := fmt.Sprintf("%08d", n)
	for _, length := range [...]int{8, 12, 13, 14} {
		if len(text) <= length {
			return fmt.Sprintf("%0*d", length, n)
		}
	}
	return text
}

// currencyNames and marketNames are all codes as strings, so that a row's cost no allocation. They are not changed.
var (
	currencyNames = func() map[[3]byte]string {
		names := make(map[[3]byte]string)
		for _, code := range currency.GetCurrencyCodes() {
			names[[3]byte([]byte(code))] = code
		}
		return names
	}()
	marketNames = func() (names [26 * 26]listing.Market) {
		for i := range names {
			names[i] = listing.Market([]byte{byte('A' + i/26), byte('A' + i%26)})
		}
		return names
	}()
)

func marketName(code [2]byte) listing.Market {
	return marketNames[int(code[0]-'A')*26+int(code[1]-'A')]
}

var errCohorts = errors.New("not a sound file of baselines")

// OpenCohorts takes the bytes of baselines.bin, which it keeps, and looks at all of them, so that nothing in them can lead
// a look-up astray.
func OpenCohorts(data []byte) (*Cohorts, error) {
	if len(data) < cohortsHead || string(data[:8]) != cohortsMagic {
		return nil, fmt.Errorf("%w: it does not begin with %s", errCohorts, cohortsMagic)
	}
	var counts [7]int
	for i := range counts {
		counts[i] = int(binary.LittleEndian.Uint32(data[8+4*i:]))
	}
	c := &Cohorts{data: data, n: counts[0], brands: counts[2], categories: counts[4], sources: counts[5]}
	if c.n > maxCohorts || c.brands > maxCohorts || c.categories > maxCohorts || c.sources > math.MaxUint16 || counts[1] > 30 || counts[3] > 30 {
		return nil, fmt.Errorf("%w: its counts are too great", errCohorts)
	}
	rest := data[cohortsHead:]
	take := func(n int) (part []byte) {
		if n > len(rest) {
			rest = nil
			return nil
		}
		part, rest = rest[:n:n], rest[n:]
		return part
	}
	names := 2*c.brands + c.categories + c.sources
	sizes := [...]int{c.n * recordSize, 4 << counts[1], 4 << counts[3], 4 * names, counts[6]}
	total := 0
	for _, n := range sizes {
		total += n
	}
	if total != len(rest) {
		return nil, fmt.Errorf("%w: it has %d bytes, and should have %d", errCohorts, len(data), total+cohortsHead)
	}
	c.records, c.table, c.brandTable, c.ends = take(sizes[0]), take(sizes[1]), take(sizes[2]), take(sizes[3])
	c.names = string(rest)
	return c, c.verify()
}

// verify looks at every reference and every amount.
func (c *Cohorts) verify() error {
	before := uint32(0)
	for i := 0; i < len(c.ends); i += 4 {
		end := binary.LittleEndian.Uint32(c.ends[i:])
		if end < before || int(end) > len(c.names) {
			return fmt.Errorf("%w: a name is out of bounds", errCohorts)
		}
		before = end
	}
	if !utf8.ValidString(c.names) {
		return fmt.Errorf("%w: names are not UTF-8", errCohorts)
	}
	if err := errors.Join(soundTable(c.table, c.n), soundTable(c.brandTable, c.brands)); err != nil {
		return err
	}
	for i := range c.n {
		if why := c.unsound(int32(i)); why != "" {
			return fmt.Errorf("%w: cohort %d: %s", errCohorts, i+1, why)
		}
	}
	return nil
}

// soundTable refuses a hash table that is full, on which a search would not end, or names what is not there.
func soundTable(table []byte, n int) error {
	empty := false
	for i := 0; i < len(table); i += 4 {
		at := binary.LittleEndian.Uint32(table[i:])
		empty = empty || at == 0
		if number := at & slotNumber; int(number) > n || number == 0 && at != 0 {
			return fmt.Errorf("%w: a table names what is not there", errCohorts)
		}
	}
	if !empty {
		return fmt.Errorf("%w: a table is full", errCohorts)
	}
	return nil
}

func (c *Cohorts) unsound(i int32) string {
	r := c.record(i)
	k := keyOf(r)
	var amounts [5]int64
	for at := range amounts {
		amounts[at] = int64(binary.LittleEndian.Uint64(r[recordAmounts+8*at:]))
	}
	median, low, high, least, most := amounts[0], amounts[1], amounts[2], amounts[3], amounts[4]
	spread := math.Float32frombits(binary.LittleEndian.Uint32(r[recordSpread:]))
	letters := func(code []byte) bool {
		for _, b := range code {
			if b < 'A' || b > 'Z' {
				return false
			}
		}
		return true
	}
	switch {
	case k.GTIN == 0 && k.Brand == 0 && k.Category == 0:
		return "it names no product code, brand or category"
	case int(k.Brand) > c.brands, int(k.Category) > c.categories, int(binary.LittleEndian.Uint16(r[recordSource:])) > c.sources:
		return "a name that is not there"
	case currencyNames[k.Currency] == "", k.Market != [2]byte{} && !letters(k.Market[:]), k.Condition > listing.ConditionForParts, k.GTIN > 99_999_999_999_999:
		return "an unknown currency, market, condition or code"
	case r[recordScale] > 9, median <= 0, low < 0, low > median, least < 0, least > median, high != 0 && high < median, most != 0 && most < median:
		return "amounts that cannot be"
	case !(spread >= 0) || spread > math.MaxFloat32, int32(binary.LittleEndian.Uint32(r[recordMerchants:])) < -1:
		return "a spread or count that cannot be"
	}
	return ""
}

// WriteTo writes baselines.bin.
func (c *Cohorts) WriteTo(w io.Writer) (int64, error) {
	n, err := w.Write(c.data)
	return int64(n), err
}

// parseCohorts opens baselines.bin.
func parseCohorts(s *source) part {
	c, err := OpenCohorts(s.data)
	if err != nil {
		s.refuse(0, 0, "%v", err)
		return func(*draft) {}
	}
	s.rows = c.Len()
	return func(d *draft) { d.book.Cohorts = c }
}
