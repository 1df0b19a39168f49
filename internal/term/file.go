package term

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"

	"github.com/assay-project/assay/internal/text"
)

// An index file is a header and sections, all numbers little-endian:
//
//	magic, format version, checksum of the fold table, number of terms and of letters of the
//	longest, bits of the three tables, checksum and size of each section, checksum of the header
//	the sections, one after the other, each filled up with zeros to a multiple of eight bytes, so that
//	their numbers can be used where they stand
//
// An index belongs to the fold table that its terms were folded with. A file made with another
// one is refused, as is one that was cut short or changed.
const (
	fileMagic   = "assay ix"
	fileVersion = 4
	numSections = 9
	headerSize  = (len(fileMagic) + 4*7 + numSections*12 + 4 + unit - 1) / unit * unit // zeros before the checksum
	unit        = 8
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sections are the arrays of an index in the order of the file.
func (x *Index) sections() [numSections][]byte {
	same := make([]record, 0, 2*len(x.same))
	for _, p := range x.same {
		same = append(same, p.first, p.next)
	}
	return [numSections][]byte{
		x.blob, rawBytes(same), rawBytes(x.heads.slots), rawBytes(x.filter),
		rawBytes(x.words), rawBytes(x.shapes.slots), rawBytes(x.deletes.slots), rawBytes(x.near), rawBytes(x.known.hashes()),
	}
}

// WriteTo writes the index in the form that Decode reads.
func (x *Index) WriteTo(w io.Writer) (int64, error) {
	sections := x.sections()
	h := append(make([]byte, 0, headerSize), fileMagic...)
	for _, v := range []uint32{
		fileVersion, text.TableChecksum(), uint32(x.numTerms), uint32(x.maxLetters),
		uint32(x.heads.idBits), uint32(x.shapes.idBits), uint32(x.deletes.idBits),
	} {
		h = binary.LittleEndian.AppendUint32(h, v)
	}
	for _, s := range sections {
		h = binary.LittleEndian.AppendUint64(h, uint64(len(s)))
		h = binary.LittleEndian.AppendUint32(h, crc32.Checksum(s, castagnoli))
	}
	h = h[:headerSize-4]
	h = binary.LittleEndian.AppendUint32(h, crc32.Checksum(h, castagnoli))
	written := int64(0)
	for _, s := range append([][]byte{h}, sections[:]...) {
		for _, part := range [...][]byte{s, padding[:padded(len(s))-len(s)]} {
			n, err := w.Write(part)
			written += int64(n)
			if err != nil {
				return written, err
			}
		}
	}
	return written, nil
}

var padding [unit]byte

func padded(n int) int { return (n + unit - 1) / unit * unit }

// Decode reads an index that WriteTo wrote. It keeps data, which must not be changed any more. Any
// bytes are safe: what is not a whole and unchanged index made with the fold table of this
// program is an error.
func Decode(data []byte) (*Index, error) {
	if len(data) < headerSize || string(data[:len(fileMagic)]) != fileMagic {
		return nil, errors.New("term index: not an index file")
	}
	h := data[len(fileMagic):headerSize]
	var v [7]uint32
	for i := range v {
		v[i] = binary.LittleEndian.Uint32(h[4*i:])
	}
	switch {
	case v[0] != fileVersion:
		return nil, fmt.Errorf("term index: format %d, want %d", v[0], fileVersion)
	case crc32.Checksum(data[:headerSize-4], castagnoli) != binary.LittleEndian.Uint32(data[headerSize-4:]):
		return nil, errors.New("term index: the header is damaged")
	case v[1] != text.TableChecksum():
		return nil, errors.New("term index: made with another fold table; build it again")
	}
	sections, err := split(data[headerSize:], h[4*len(v):])
	if err != nil {
		return nil, err
	}
	x := &Index{
		blob: sections[0], numTerms: int(v[2]), maxLetters: int(v[3]),
		heads:   table{numbersIn[uint32](sections[2]), uint(v[4])},
		filter:  numbersIn[uint64](sections[3]),
		words:   numbersIn[wordRef](sections[4]),
		shapes:  table{numbersIn[uint32](sections[5]), uint(v[5])},
		deletes: table{numbersIn[uint32](sections[6]), uint(v[6])},
		near:    numbersIn[uint64](sections[7]),
	}
	same := numbersIn[record](sections[1])
	x.same = make([]pair, 0, len(same)/2)
	for i := 0; i+1 < len(same); i += 2 {
		x.same = append(x.same, pair{same[i], same[i+1]})
	}
	if err := x.check(); err != nil { // before anything follows a number that stands in the file
		return nil, fmt.Errorf("term index: %w", err)
	}
	x.setLeastEdit()
	x.setRuns()
	words := numbersIn[uint64](sections[8])
	if !slices.IsSorted(words) {
		return nil, errors.New("term index: ordinary words out of order")
	}
	x.known = newKnown(words)
	x.known = x.known.in(x)
	return x, nil
}

// split cuts data into the sections that the list of sizes and checksums promises.
func split(data, list []byte) (out [numSections][]byte, err error) {
	for i := range out {
		size := binary.LittleEndian.Uint64(list[12*i:])
		if size > uint64(len(data)) {
			return out, fmt.Errorf("term index: section %d is cut short", i)
		}
		whole := min(uint64(padded(int(size))), uint64(len(data)))
		rest := data[size:whole]
		out[i], data = data[:size:size], data[whole:]
		if string(rest) != string(padding[:padded(int(size))-int(size)]) {
			return out, fmt.Errorf("term index: section %d is cut short or damaged at its end", i)
		}
		if crc32.Checksum(out[i], castagnoli) != binary.LittleEndian.Uint32(list[12*i+8:]) {
			return out, fmt.Errorf("term index: section %d is damaged", i)
		}
	}
	if len(data) > 0 {
		return out, fmt.Errorf("term index: %d bytes after the last section", len(data))
	}
	return out, nil
}

// check makes sure that no number in x points outside of x: checksums can be forged.
func (x *Index) check() error {
	if len(x.filter) == 0 || len(x.near) == 0 || x.maxLetters < 0 || x.numTerms > maxTerms {
		return errors.New("impossible sizes")
	}
	records, err := x.recordStarts()
	if err != nil {
		return fmt.Errorf("terms: %w", err)
	}
	isRecord := func(v uint32) bool { return int(v/64) < len(records) && records[v/64]>>(v%64)&1 != 0 }
	if err := x.heads.check(isRecord); err != nil {
		return fmt.Errorf("terms: %w", err)
	}
	if err := errors.Join(x.shapes.checkBelow(len(x.words)), x.deletes.checkBelow(len(x.words))); err != nil {
		return fmt.Errorf("words: %w", err)
	}
	for _, p := range x.same {
		if !isRecord(uint32(p.first)) || !isRecord(uint32(p.next)) {
			return errors.New("equal terms: outside of the index")
		}
	}
	for _, w := range x.words {
		if w.size() == 0 || uint64(w&^isLoose>>wordBits)+uint64(w.size()) > uint64(len(x.blob)) {
			return errors.New("words: outside of the index")
		}
	}
	return nil
}

// recordStarts walks through the blob and returns a bit set of where records begin.
func (x *Index) recordStarts() ([]uint64, error) {
	starts := make([]uint64, len(x.blob)/recordUnit/64+1)
	for at := 0; at < len(x.blob); {
		r := record(at / recordUnit)
		if at+recordHeader > len(x.blob) || int(x.id(r)) >= x.numTerms {
			return nil, errors.New("a record is damaged")
		}
		end := at + recordHeader + int(binary.LittleEndian.Uint16(x.at(r)[8:]))
		if end > len(x.blob) {
			return nil, errors.New("a record is cut short")
		}
		starts[r/64] |= 1 << (r % 64)
		at = (end + recordUnit - 1) / recordUnit * recordUnit
	}
	return starts, nil
}

// check makes sure that a search ends and finds only numbers that are valid.
func (t *table) check(valid func(uint32) bool) error {
	if t.idBits > 31 {
		return errors.New("impossible table")
	}
	empty := false
	mask := uint32(1)<<t.idBits - 1
	for _, s := range t.slots {
		if s == 0 {
			empty = true
		} else if s&mask == 0 || !valid(s&mask-1) {
			return errors.New("a table entry points outside of the index")
		}
	}
	if !empty {
		return errors.New("a table has no end")
	}
	return nil
}

// checkBelow is check where all numbers below n are valid. The tables of words are most of a file, so
// it looks at them without branches.
func (t *table) checkBelow(n int) error {
	if t.idBits > 31 {
		return errors.New("impossible table")
	}
	mask := uint32(1)<<t.idBits - 1
	used, numbered, highest := 0, 0, uint32(0)
	for _, s := range t.slots {
		number := s & mask // and one more
		used += one(s != 0)
		numbered += one(number != 0)
		highest = max(highest, number)
	}
	switch {
	case used == len(t.slots):
		return errors.New("a table has no end")
	case numbered < used || int(highest) > n:
		return errors.New("a table entry points outside of the index")
	}
	return nil
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

// NumTerms is the number of terms that the index was built from.
func (x *Index) NumTerms() int { return x.numTerms }

// Repeated is how many of them have the letters of an earlier one.
func (x *Index) Repeated() int { return len(x.same) }

// Size is the memory that the index takes, in bytes.
func (x *Index) Size() int {
	return len(x.blob) + 8*len(x.same) + 4*len(x.heads.slots) + 8*len(x.filter) + 8*len(x.known.slots) +
		8*len(x.words) + 4*len(x.shapes.slots) + 4*len(x.deletes.slots) + 8*len(x.near)
}
