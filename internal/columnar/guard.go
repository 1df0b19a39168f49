package columnar

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"
)

// Limits of what is read, far above what writers make.
const (
	maxFooter = 32 << 20  // bytes that describe the file
	maxHeader = 64 << 10  // bytes that describe a page
	maxPage   = 128 << 20 // bytes of a page, compressed or not
	maxValues = 16 << 20  // values of a page
	maxOpen   = 512 << 20 // bytes of the largest pages of all chosen columns of a row group
)

// checkFooter looks at the length of the footer, which the library would trust, and at the lists in it.
func checkFooter(in io.ReaderAt, size int64) error {
	if size < 12 {
		return errors.New("it is no Parquet file: too short")
	}
	var end [8]byte
	if _, err := in.ReadAt(end[:], size-8); err != nil {
		return err
	}
	if !bytes.Equal(end[4:], []byte("PAR1")) {
		return errors.New("it is no Parquet file: it does not end with PAR1, or is encrypted")
	}
	length := int64(binary.LittleEndian.Uint32(end[:4]))
	if length > maxFooter || length > size-12 {
		return fmt.Errorf("the footer claims %d bytes", length)
	}
	footer := make([]byte, length)
	if _, err := in.ReadAt(footer, size-8-length); err != nil {
		return err
	}
	return checkLists(footer)
}

// measure looks at every page of the chosen columns of a row group before it is read.
func (f *File) measure(group int) error {
	g := &f.file.Metadata().RowGroups[group]
	open := int64(0)
	for _, c := range f.chosen {
		largest, err := measureColumn(f.in, &g.Columns[c.index].MetaData, g.NumRows, c.levels)
		if err != nil {
			return fmt.Errorf("column %s: %w", c.name, err)
		}
		if open += largest; open > maxOpen {
			return fmt.Errorf("its pages hold more than %d bytes at once", maxOpen)
		}
	}
	return nil
}

// measureColumn walks over the pages of a column and returns the bytes of its largest, with its dictionary.
func measureColumn(in io.ReaderAt, c *format.ColumnMetaData, rows int64, deep levels) (largest int64, err error) {
	start := c.DataPageOffset
	if c.DictionaryPageOffset != 0 {
		start = c.DictionaryPageOffset
	}
	section := io.NewSectionReader(in, start, c.TotalCompressedSize)
	var dictionary int64
	for at := int64(0); at < c.TotalCompressedSize; {
		header, length, err := pageHeader(io.NewSectionReader(section, at, maxHeader))
		if err != nil {
			return 0, err
		}
		at += length
		body := io.NewSectionReader(section, at, int64(header.CompressedPageSize))
		if err := measurePage(header, c.Codec, body, rows, deep); err != nil {
			return 0, fmt.Errorf("page at byte %d: %w", start+at, err)
		}
		at += int64(header.CompressedPageSize)
		size := int64(header.UncompressedPageSize) + int64(header.CompressedPageSize)
		if header.Type == format.DictionaryPage {
			dictionary = max(dictionary, size)
		}
		largest = max(largest, size)
	}
	return largest + dictionary, nil
}

// pageHeader reads the header of a page and returns its length.
func pageHeader(in io.Reader) (*format.PageHeader, int64, error) {
	text, err := io.ReadAll(bufio.NewReader(in))
	if err != nil {
		return nil, 0, err
	}
	if err := checkLists(text); err != nil {
		return nil, 0, err
	}
	header := new(format.PageHeader)
	var protocol thrift.CompactProtocol
	r := protocol.NewReaderFromBytes(text)
	if err := thrift.NewDecoder(r).Decode(header); err != nil {
		return nil, 0, fmt.Errorf("header of a page: %w", err)
	}
	return header, int64(r.BytesRead()), nil
}

// measurePage refuses a page that is too large, holds too many values, or becomes larger than it says.
func measurePage(h *format.PageHeader, codec format.CompressionCodec, body *io.SectionReader, rows int64, deep levels) error {
	values := int64(max(h.DataPageHeader.V.NumValues, h.DataPageHeaderV2.V.NumValues, h.DictionaryPageHeader.V.NumValues))
	switch {
	case h.CompressedPageSize < 0 || h.UncompressedPageSize < 0 || h.CompressedPageSize > maxPage || h.UncompressedPageSize > maxPage:
		return fmt.Errorf("it claims %d bytes, compressed %d; at most %d are read", h.UncompressedPageSize, h.CompressedPageSize, maxPage)
	case values > maxValues || values > deep.most(rows) && h.Type != format.DictionaryPage:
		return fmt.Errorf("it claims %d values", values)
	}
	v2 := &h.DataPageHeaderV2.V
	repetitions, definitions := int64(v2.RepetitionLevelsByteLength), int64(v2.DefinitionLevelsByteLength)
	levels := repetitions + definitions
	if repetitions < 0 || definitions < 0 || levels > body.Size() {
		return fmt.Errorf("it claims %d bytes of levels", levels)
	}
	if err := errors.Join(
		measureRuns(io.NewSectionReader(body, 0, repetitions), levelBits(deep.repetition), values),
		measureRuns(io.NewSectionReader(body, repetitions, definitions), levelBits(deep.definition), values)); err != nil {
		return err
	}
	if body.Size() == levels || h.DataPageHeaderV2.Valid && v2.IsCompressed.Valid && !v2.IsCompressed.V { // all values are null, or not compressed
		codec = format.Uncompressed
	}
	text, shut, err := inflated(codec, io.NewSectionReader(body, levels, body.Size()-levels), int64(h.UncompressedPageSize))
	if err != nil {
		return err
	}
	defer shut()
	limited := &io.LimitedReader{R: text, N: int64(h.UncompressedPageSize) + 1}
	if err := measureText(h, limited, values, deep); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, limited); err != nil {
		return err
	}
	if limited.N == 0 {
		return errors.New("it becomes larger than it says")
	}
	return nil
}

// most is how many values so many rows have at most.
func (l levels) most(rows int64) int64 {
	if l.repetition == 0 {
		return rows
	}
	return min(rows, maxValues) * maxList
}

// levelBits is how many bits a level of at most that takes.
func levelBits(level byte) int64 { return int64(bits.Len8(level)) }

// measureText looks at what a page encodes in runs: how values are repeated and absent, and their places in the dictionary.
func measureText(h *format.PageHeader, text io.Reader, values int64, deep levels) error {
	encoding := max(h.DataPageHeader.V.Encoding, h.DataPageHeaderV2.V.Encoding)
	for _, level := range []struct {
		highest  byte
		encoding format.Encoding
	}{{deep.repetition, h.DataPageHeader.V.RepetitionLevelEncoding}, {deep.definition, h.DataPageHeader.V.DefinitionLevelEncoding}} {
		if !h.DataPageHeader.Valid || level.highest == 0 || level.encoding != format.RLE {
			continue
		}
		var length [4]byte
		if _, err := io.ReadFull(text, length[:]); err != nil {
			return errRuns
		}
		if err := measureRuns(io.LimitReader(text, int64(binary.LittleEndian.Uint32(length[:]))), levelBits(level.highest), values); err != nil {
			return err
		}
	}
	if h.Type == format.DictionaryPage || encoding != format.RLEDictionary && encoding != plainDictionary {
		return nil
	}
	var width [1]byte
	if _, err := io.ReadFull(text, width[:]); err != nil {
		return nil // no values
	}
	return measureRuns(text, int64(width[0]), values)
}

// plainDictionary is how older files name places in a dictionary.
const plainDictionary = format.Encoding(2)

var errRuns = errors.New("its runs are malformed, or claim more values than it has")

// runSlack is how many values more than a page's its runs may claim: writers fill up the last.
const runSlack = 512

// measureRuns reads runs to their end and refuses more values than there are: a run of a few bytes can claim two thousand
// million.
func measureRuns(in io.Reader, width, values int64) error {
	r := bufio.NewReader(in)
	if width > 32 {
		return errRuns
	}
	for claimed := int64(0); ; {
		head, err := binary.ReadUvarint(r)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil || head>>1 > maxValues {
			return errRuns
		}
		count, size := int64(head>>1), (width+7)/8
		if head&1 != 0 {
			count, size = 8*count, width*count
		}
		if claimed += count; claimed > values+runSlack {
			return errRuns
		}
		if n, err := r.Discard(int(size)); err != nil && n == 0 && size > 0 {
			return errRuns
		}
	}
}

// inflated is the text of a page. A size that is said before it is looked at first; of what the library cannot be trusted to
// inflate there is none.
func inflated(codec format.CompressionCodec, in *io.SectionReader, size int64) (io.Reader, func(), error) {
	nothing := func() {}
	switch codec {
	case format.Uncompressed:
		return in, nothing, nil
	case format.Snappy:
		block, err := io.ReadAll(in)
		if err != nil {
			return nil, nil, err
		}
		if n, err := snappy.DecodedLen(block); err != nil || int64(n) > size {
			return nil, nil, errors.Join(err, errors.New("it becomes larger than it says"))
		}
		text, err := snappy.Decode(nil, block)
		return bytes.NewReader(text), nothing, err
	case format.Gzip:
		r, err := gzip.NewReader(bufio.NewReader(in))
		return r, nothing, err
	case format.Zstd:
		r, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxPage))
		if err != nil {
			return nil, nil, err
		}
		return r, r.Close, nil
	case format.Lz4Raw:
		text, err := lz4Text(in, size)
		return bytes.NewReader(text), nothing, err
	case format.Brotli:
		return brotli.NewReader(bufio.NewReader(in)), nothing, nil
	default:
		return nil, nil, fmt.Errorf("it is compressed with %s; read are snappy, gzip, zstd, brotli, LZ4_RAW and none", codec)
	}
}

// lz4Text inflates a block that says nothing of its size itself. One byte becomes 255 at most.
func lz4Text(in *io.SectionReader, size int64) ([]byte, error) {
	if size/255 > in.Size() {
		return nil, errors.New("it cannot become as large as it says")
	}
	block, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	text := make([]byte, size)
	n, err := lz4.UncompressBlock(block, text)
	if err != nil {
		return nil, fmt.Errorf("it is malformed, or becomes larger than it says: %w", err)
	}
	return text[:n], nil
}

// maxElements is how many elements all lists of a footer may have together.
const maxElements = 1 << 20

// checkLists walks over a structure in the compact protocol of Thrift and refuses lists and texts that claim more than there
// are bytes: memory would be reserved for all of it. What follows the structure is not looked at.
func checkLists(b []byte) error {
	w := walker{rest: b}
	if !w.structure(0) {
		return errors.New("what describes it is malformed, or claims too much")
	}
	return nil
}

type walker struct {
	rest     []byte
	elements uint64
}

func (w *walker) byte() (byte, bool) {
	if len(w.rest) == 0 {
		return 0, false
	}
	b := w.rest[0]
	w.rest = w.rest[1:]
	return b, true
}

func (w *walker) number() (uint64, bool) {
	n, length := binary.Uvarint(w.rest)
	if length <= 0 {
		return 0, false
	}
	w.rest = w.rest[length:]
	return n, true
}

// pass goes over n bytes.
func (w *walker) pass(n uint64) bool {
	if n > uint64(len(w.rest)) {
		return false
	}
	w.rest = w.rest[n:]
	return true
}

const maxDepth = 32 // the description of a file is about 6 deep

func (w *walker) structure(depth int) bool {
	for depth < maxDepth {
		b, ok := w.byte()
		if !ok || b == 0 {
			return ok
		}
		if b>>4 == 0 { // the field's number follows
			if _, ok := w.number(); !ok {
				return false
			}
		}
		kind := thrift.Type(b & 0xf)
		if kind != thrift.TRUE && kind != thrift.FALSE && !w.value(kind, depth+1) {
			return false
		}
	}
	return false
}

func (w *walker) value(kind thrift.Type, depth int) bool {
	switch kind {
	case thrift.TRUE, thrift.FALSE, thrift.I8:
		return w.pass(1)
	case thrift.I16, thrift.I32, thrift.I64:
		_, ok := w.number()
		return ok
	case thrift.DOUBLE:
		return w.pass(8)
	case thrift.BINARY:
		n, ok := w.number()
		return ok && w.pass(n)
	case thrift.LIST, thrift.SET:
		return w.list(depth)
	case thrift.STRUCT:
		return w.structure(depth)
	}
	return false // maps: there are none
}

func (w *walker) list(depth int) bool {
	b, ok := w.byte()
	n := uint64(b >> 4)
	if ok && n == 0xf {
		n, ok = w.number()
	}
	if w.elements += n; !ok || n > uint64(len(w.rest)) || w.elements > maxElements || depth >= maxDepth {
		return false
	}
	for range n {
		if !w.value(thrift.Type(b&0xf), depth+1) {
			return false
		}
	}
	return true
}
