package columnar

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"
)

type row struct {
	Name  string  `parquet:"name,dict"`
	Count *int32  `parquet:"count,optional"`
	Price int64   `parquet:"price,decimal(2:18)"`
	Tags  []int32 `parquet:"tags,list"`
}

// file is a Parquet file of small row groups.
func file(t testing.TB, rows []row, options ...parquet.WriterOption) []byte {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[row](&b, append(options, parquet.MaxRowsPerRowGroup(4), parquet.PageBufferSize(16))...)
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func some(n int) []row {
	rows := make([]row, n)
	for i := range rows {
		count := int32(i)
		rows[i] = row{Name: strings.Repeat("n", i%3), Price: int64(i * 5), Tags: []int32{0, 1, 2, 3}[:i%5%4]}
		if i%2 == 0 {
			rows[i].Count = &count
		}
	}
	return rows
}

// read reads all columns of single values after some rows.
func read(content []byte, skip int64) (got []string, err error) {
	f, err := Open(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var places []int
	for i, c := range f.columns {
		if c.err == nil {
			places = append(places, i)
		}
	}
	if err := f.Choose(places...); err != nil {
		return nil, err
	}
	if err := f.Skip(skip); err != nil {
		return nil, err
	}
	for len(got) < 1000 {
		cells, err := f.Next()
		if errors.Is(err, io.EOF) {
			return got, nil
		}
		if err != nil {
			return got, err
		}
		got = append(got, strings.Join(cells, " "))
	}
	return got, nil
}

func TestReadsFromEveryRow(t *testing.T) {
	for _, version := range []int{1, 2} {
		content := file(t, some(11), parquet.DataPageVersion(version), parquet.Compression(&parquet.Zstd))
		all, err := read(content, 0)
		want := []string{" 0 0.00 ", "n  0.05 0", "nn 2 0.10 0|1", "  0.15 0|1|2"}
		if err != nil || len(all) != 11 || !slices.Equal(all[:4], want) {
			t.Fatalf("%q, %v; want 11 rows that begin with %q", all, err, want)
		}
		for skip := range all {
			got, err := read(content, int64(skip))
			if diff := cmp.Diff(all[skip:], got); diff != "" || err != nil {
				t.Errorf("after %d rows: %v (-want +got):\n%s", skip, err, diff)
			}
		}
		if got, err := read(content, 11); len(got) != 0 || err != nil {
			t.Errorf("after all rows: %q, %v", got, err)
		}
		if _, err := read(content, 12); !errors.Is(err, io.EOF) {
			t.Errorf("after more rows than there are: %v", err)
		}
	}
}

// Pages of nothing, of one value and of many are read whatever compresses them.
func TestReadsEveryHonestPage(t *testing.T) {
	for _, codec := range []compress.Codec{&parquet.Uncompressed, &parquet.Snappy, &parquet.Gzip, &parquet.Zstd, &parquet.Brotli, &parquet.Lz4Raw} {
		for _, version := range []int{1, 2} {
			for _, rows := range [][]row{nil, {{}}, make([]row, 50), some(200)} {
				got, err := read(file(t, rows, parquet.DataPageVersion(version), parquet.Compression(codec)), 0)
				if err != nil || len(got) != len(rows) {
					t.Errorf("%s, version %d: %d of %d rows, %v", codec, version, len(got), len(rows), err)
				}
			}
		}
	}
}

// However a writer nests a list, its values stand in one cell.
func TestLists(t *testing.T) {
	type lists struct {
		Bare    []string  `parquet:"bare"`
		Nested  []string  `parquet:"nested,list"`
		Maybe   []*string `parquet:"maybe,list,optional"`
		Present int64     `parquet:"present"`
	}
	a, b := "a", "b"
	rows := []lists{
		{Present: 1},
		{Bare: []string{"x"}, Nested: []string{"y", "z"}, Maybe: []*string{&a, nil, &b}, Present: 2},
		{Bare: []string{"x", "", "x"}, Nested: []string{""}, Maybe: []*string{nil, &b}, Present: 3},
	}
	for _, version := range []int{1, 2} {
		var b bytes.Buffer
		w := parquet.NewGenericWriter[lists](&b, parquet.DataPageVersion(version), parquet.PageBufferSize(8))
		for range 10 {
			if _, err := w.Write(rows); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		for skip := range 30 {
			got, err := read(b.Bytes(), int64(skip))
			want := slices.Repeat([]string{"   1", "x y|z a|b 2", "x||x  b 3"}, 10)[skip:]
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Fatalf("version %d after %d rows: %v (-want +got):\n%s", version, skip, err, diff)
			}
		}
	}
}

func TestAListIsBounded(t *testing.T) {
	type list struct {
		Names []int32 `parquet:"names"`
	}
	for length, taken := range map[int]bool{maxList: true, maxList + 1: false} {
		var b bytes.Buffer
		if err := parquet.Write(&b, []list{{make([]int32, length)}, {}}); err != nil {
			t.Fatal(err)
		}
		if _, err := read(b.Bytes(), 0); (err == nil) != taken {
			t.Errorf("a list of %d: %v", length, err)
		}
	}
}

func TestColumnsThatHoldStructuresAreNotChosen(t *testing.T) {
	type inner struct {
		A []int32 `parquet:"a"`
		B int32   `parquet:"b"`
	}
	type row struct {
		One  inner   `parquet:"one"`
		Many []inner `parquet:"many,list"`
		Name string  `parquet:"name"`
	}
	var b bytes.Buffer
	if err := parquet.Write(&b, []row{{}}); err != nil {
		t.Fatal(err)
	}
	f, err := Open(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range f.Columns() {
		if err := f.Choose(i); (err == nil) != (name == "name") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// ended is a file with that footer.
func ended(footer ...byte) []byte {
	return append(binary.LittleEndian.AppendUint32(append([]byte("PAR1"), footer...), uint32(len(footer))), "PAR1"...)
}

func TestFootersThatClaimTooMuch(t *testing.T) {
	for name, content := range map[string][]byte{
		"nothing":            nil,
		"other text":         bytes.Repeat([]byte("text"), 10),
		"length":             append([]byte("PAR1----"), "\xff\xff\xff\x7fPAR1"...),
		"list of structures": ended(0x49, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07, 0, 0),
		"text":               ended(0x68, 0xff, 0xff, 0xff, 0xff, 0x07, 0),
		"depth":              ended(bytes.Repeat([]byte{0x1c}, 1000)...),
		"no end":             ended(0x15, 0x02),
		"many elements":      ended(append([]byte{0x49, 0xf3, 0x81, 0x80, 0x40}, make([]byte, 1<<20+10)...)...),
	} {
		if _, err := read(content, 0); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// A page that becomes larger than it says is not given to the library.
func TestPagesThatLie(t *testing.T) {
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	bomb := w.EncodeAll(make([]byte, 10<<20), nil)
	for size, want := range map[int32]bool{10 << 20: true, 1 << 20: false} {
		h := format.PageHeader{UncompressedPageSize: size, CompressedPageSize: int32(len(bomb))}
		err := measurePage(&h, format.Zstd, io.NewSectionReader(bytes.NewReader(bomb), 0, int64(len(bomb))), 1, levels{})
		if (err == nil) != want {
			t.Errorf("ten million bytes that say they are %d: %v", size, err)
		}
	}
	block := make([]byte, lz4.CompressBlockBound(1<<20))
	n, err := lz4.CompressBlock(make([]byte, 1<<20), block, nil)
	if err != nil {
		t.Fatal(err)
	}
	for size, want := range map[int32]bool{1 << 20: true, 1<<20 - 1: false, 100 << 20: false} {
		h := format.PageHeader{UncompressedPageSize: size, CompressedPageSize: int32(n)}
		err := measurePage(&h, format.Lz4Raw, io.NewSectionReader(bytes.NewReader(block[:n]), 0, int64(n)), 1, levels{})
		if (err == nil) != want {
			t.Errorf("a million bytes that say they are %d: %v", size, err)
		}
	}
	none := io.NewSectionReader(bytes.NewReader(nil), 0, 0)
	for _, h := range []format.PageHeader{
		{UncompressedPageSize: maxPage + 1}, {CompressedPageSize: maxPage + 1}, {UncompressedPageSize: -1}, {CompressedPageSize: -1},
		{DataPageHeader: thrift.New(format.DataPageHeader{NumValues: 11})},
		{Type: format.DictionaryPage, DictionaryPageHeader: thrift.New(format.DictionaryPageHeader{NumValues: maxValues + 1})},
		{DataPageHeaderV2: thrift.New(format.DataPageHeaderV2{DefinitionLevelsByteLength: 1})},
	} {
		if err := measurePage(&h, format.Uncompressed, none, 10, levels{}); err == nil {
			t.Errorf("%+v is taken", h)
		}
	}
}

func TestRunsThatClaimTooMuch(t *testing.T) {
	for _, tt := range []struct {
		runs  []byte
		width int64
		taken bool
	}{
		{nil, 1, true},
		{[]byte{20, 1}, 1, true},                               // ten of one value
		{[]byte{3, 0xff, 4, 1}, 1, true},                       // eight bits, and two of one value
		{[]byte{0xfe, 0xff, 0xff, 0xff, 0x0f, 1}, 1, false},    // 2^31-1 of one value
		{bytes.Repeat([]byte{0xfe, 0x07, 1}, 100), 1, false},   // hundred times 511
		{[]byte{0xff, 0x01}, 1, false},                         // bits that are not there
		{[]byte{20}, 8, false},                                 // a value that is not there
		{[]byte{0x80, 0x80, 0x80, 0x80, 0x80, 0x80}, 1, false}, // no number
		{[]byte{20, 1}, 33, false},
	} {
		if err := measureRuns(bytes.NewReader(tt.runs), tt.width, 10); (err == nil) != tt.taken {
			t.Errorf("%x of %d bits: %v", tt.runs[:min(len(tt.runs), 10)], tt.width, err)
		}
	}
}

// FuzzRead: no bytes make the reader fail but with an error.
func FuzzRead(f *testing.F) {
	f.Add([]byte("PAR1"))
	f.Add(file(f, some(3), parquet.Compression(&parquet.Snappy)))
	f.Add(file(f, some(9), parquet.Compression(&parquet.Zstd), parquet.DataPageVersion(1)))
	f.Add(file(f, some(9), parquet.Compression(&parquet.Gzip)))
	f.Add(file(f, some(9), parquet.Compression(&parquet.Lz4Raw)))
	f.Add(file(f, some(9), parquet.Compression(&parquet.Brotli), parquet.DataPageVersion(2)))
	f.Fuzz(func(_ *testing.T, content []byte) {
		_, _ = read(content, 0)
		_, _ = read(content, 3)
	})
}
