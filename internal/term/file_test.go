package term

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-project/assay/internal/text"
)

func encode(tb testing.TB, x *Index) []byte {
	var b bytes.Buffer
	if n, err := x.WriteTo(&b); err != nil || n != int64(b.Len()) {
		tb.Fatalf("WriteTo: %d bytes of %d, %v", n, b.Len(), err)
	}
	return b.Bytes()
}

func TestFileRoundTrip(t *testing.T) {
	x := newIndex(t)
	y, err := Decode(encode(t, x))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range append(seeds, "Nike Adibas 耐克 N1ke Louis Vuitton") {
		if d := cmp.Diff(find(x, s), find(y, s)); d != "" {
			t.Errorf("%q: -built +read\n%s", s, d)
		}
	}
	if y.NumTerms() != len(marks) || y.Size() != x.Size() {
		t.Errorf("%d terms, %d bytes, want %d, %d", y.NumTerms(), y.Size(), len(marks), x.Size())
	}
}

// TestFileAnywhere reads a file from bytes whose numbers cannot be used where they stand.
func TestFileAnywhere(t *testing.T) {
	x := newIndex(t)
	y, err := Decode(append([]byte{0}, encode(t, x)...)[1:])
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(find(x, seeds[0]), find(y, seeds[0])); d != "" {
		t.Errorf("-built +read\n%s", d)
	}
}

func TestEmptyIndex(t *testing.T) {
	x, err := Build(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	y, err := Decode(encode(t, x))
	if err != nil {
		t.Fatal(err)
	}
	if got := find(y, "Nike"); got != nil {
		t.Error(got)
	}
}

func TestDecodeRefusesWhatIsNotWhole(t *testing.T) {
	data := encode(t, newIndex(t))
	for n := range data {
		if _, err := Decode(data[:n]); err == nil {
			t.Fatalf("%d of %d bytes are accepted", n, len(data))
		}
	}
	for i := range data {
		changed := bytes.Clone(data)
		changed[i] ^= 0x10
		if _, err := Decode(changed); err == nil {
			t.Fatalf("byte %d changed is accepted", i)
		}
	}
	if _, err := Decode(append(bytes.Clone(data), 0)); err == nil {
		t.Error("a byte too many is accepted")
	}
}

// FuzzDecode changes index files and forges their checksums: whatever Decode accepts must be
// safe to scan with.
func FuzzDecode(f *testing.F) {
	small, err := Build([]Term{{"Nike", Fuzzy}, {"Coca-Cola", Disguised}, {"NIKE", Exact}, {"耐克", Exact}}, []string{"hike"})
	if err != nil {
		f.Fatal(err)
	}
	data := encode(f, small)
	f.Add(0, byte(0), 0, byte(0))
	f.Add(20, byte(1), headerSize+3, byte(255))
	f.Add(headerSize+8, byte(200), headerSize+40, byte(7))
	f.Fuzz(func(t *testing.T, at int, to byte, at2 int, to2 byte) {
		d := bytes.Clone(data)
		d[abs(at)%len(d)] = to
		d[abs(at2)%len(d)] = to2
		forge(d)
		x, err := Decode(d)
		if err != nil {
			return
		}
		var folded text.Folded
		var s Scratch
		for _, in := range seeds {
			folded.Fold(in)
			for _, h := range x.Append(nil, &folded, &s) {
				if int(h.Term) >= x.NumTerms() {
					t.Fatalf("hit of term %d of %d", h.Term, x.NumTerms())
				}
			}
		}
	})
}

func abs(n int) int { return max(n, -n, 0) }

// forge sets all checksums to what the bytes have.
func forge(d []byte) {
	list := d[len(fileMagic)+4*7:]
	rest := d[headerSize:]
	for i := range numSections {
		size := binary.LittleEndian.Uint64(list[12*i:])
		if size > uint64(len(rest)) {
			break
		}
		binary.LittleEndian.PutUint32(list[12*i+8:], crc32.Checksum(rest[:size], castagnoli))
		rest = rest[min(padded(int(size)), len(rest)):]
	}
	binary.LittleEndian.PutUint32(d[headerSize-4:], crc32.Checksum(d[:headerSize-4], castagnoli))
}
