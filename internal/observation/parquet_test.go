package observation

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
)

type sold struct {
	Price    string `parquet:"price"`
	Currency string `parquet:"currency"`
	Title    string `parquet:"title"`
}

// table is a Parquet file of rows.
func table[T any](t testing.TB, rows []T, options ...parquet.WriterOption) []byte {
	t.Helper()
	var out bytes.Buffer
	w := parquet.NewGenericWriter[T](&out, options...)
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func read(t testing.TB, data []byte) (int, Tally, error) {
	t.Helper()
	all, tally, err := readAll(written(t, "a.parquet", string(data)))
	return len(all), tally, err
}

func TestReadsParquetHoweverItIsCompressed(t *testing.T) {
	rows := make([]sold, 5000)
	for i := range rows {
		rows[i] = sold{fmt.Sprintf("%d.99", i+1), "EUR", strings.Repeat("socks ", i%7)}
	}
	for name, codec := range map[string]compress.Codec{"plain": &parquet.Uncompressed, "snappy": &parquet.Snappy, "gzip": &parquet.Gzip, "zstd": &parquet.Zstd,
		"brotli": &parquet.Brotli} {
		for version := 1; version <= 2; version++ {
			n, tally, err := read(t, table(t, rows, parquet.Compression(codec), parquet.DataPageVersion(version), parquet.MaxRowsPerRowGroup(1500)))
			if err != nil || n != len(rows) || len(tally.Refused) != 0 {
				t.Errorf("%s, pages of version %d: %d rows, %v, %v", name, version, n, tally.Refused, err)
			}
		}
	}
}

// Cut anywhere, or with any byte changed, a file is read or refused, and is no reason to stop or to ask for much memory.
func TestReadsBrokenParquet(t *testing.T) {
	rows := make([]sold, 300)
	for i := range rows {
		rows[i] = sold{fmt.Sprint(i + 1), "EUR", "socks"}
	}
	whole := table(t, rows, parquet.Compression(&parquet.Snappy))
	path := filepath.Join(t.TempDir(), "a.parquet")
	try := func(data []byte) error {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		var tally Tally
		return Read(path, &tally, func(*Observation) error { return nil })
	}
	for n := 0; n < len(whole); n += 7 {
		if try(whole[:n]) == nil {
			t.Errorf("the first %d of %d bytes are taken", n, len(whole))
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	changed := 0
	for i := 0; i < len(whole); i += 3 {
		broken := bytes.Clone(whole)
		broken[i] ^= byte(1 + i%255)
		_ = try(broken) // some bytes do not matter
		changed++
	}
	runtime.ReadMemStats(&after)
	if each := (after.TotalAlloc - before.TotalAlloc) / uint64(changed); each > 8<<20 {
		t.Errorf("%d bytes are allocated for a broken file of %d", each, len(whole))
	}
}
