package catalogue

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"google.golang.org/protobuf/testing/protocmp"
	"pgregory.net/rapid"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// filed is a file of that name with those bytes.
func filed(t testing.TB, name string, text []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func gzipped(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.Bytes()
}

func zstandard(t testing.TB, text string) []byte {
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll([]byte(text), nil)
}

// run reads an input to its end: what it yields, "LINE id" or "LINE: error", and why files broke off.
func run(t testing.TB, in *Input) (got []string, broken []error) {
	t.Helper()
	if err := in.Prepare(); err != nil {
		t.Fatal(err)
	}
	for s, err := range in.Submissions() {
		e := in.Take()
		if err != nil {
			got = append(got, fmt.Sprintf("%d: %s", e.Line, strings.TrimPrefix(err.Error(), e.Place()+": ")))
		} else {
			got = append(got, fmt.Sprintf("%d %s", e.Line, s.GetSubmissionId()))
		}
	}
	return got, in.Broken()
}

// What is odd about lines is odd in the same way when they are compressed.
func TestCompressedTextIsReadAsText(t *testing.T) {
	text := "\ufeff{\"submissionId\":\"a\"}\r\n\n\xff\n" + strings.Repeat("x", maxLine+1) + "\n{\"submissionId\":\"b\"}"
	want := []string{"1 a", "3: the line is not UTF-8", "4: the line is longer than 4194304 bytes", "5 b"}
	half := len(text) / 2
	for name, content := range map[string][]byte{
		"plain.jsonl":       []byte(text),
		"a.jsonl.gz":        gzipped(text),
		"a.JSONL.ZST":       zstandard(t, text),
		"not-said.jsonl":    gzipped(text),
		"wrongly.jsonl.gz":  zstandard(t, text),
		"members.jsonl.gz":  slices.Concat(gzipped(text[:half]), gzipped(text[half:])),
		"frames.jsonl.zst":  slices.Concat(zstandard(t, text[:half]), zstandard(t, text[half:])),
		"skipped.jsonl.zst": slices.Concat([]byte("\x50\x2a\x4d\x18\x02\x00\x00\x00hi"), zstandard(t, text)),
	} {
		got, broken := run(t, &Input{Files: []string{filed(t, name, content)}})
		if diff := cmp.Diff(want, got); diff != "" || broken != nil {
			t.Errorf("%s: broken %v (-want +got):\n%.400s", name, broken, diff)
		}
	}
	in := &Input{Files: []string{"-"}, Format: "csv", Stdin: bytes.NewReader(gzipped("submission_id,title,markets\na,Mug,DE\n"))}
	if got, broken := run(t, in); !slices.Equal(got, []string{"2 a"}) || broken != nil {
		t.Errorf("standard input: %q, broken %v", got, broken)
	}
}

func TestCompressedTextThatBreaksOff(t *testing.T) {
	text := strings.Repeat("{\"submissionId\":\"a\"}\n", 100_000)
	damaged := gzipped(text)
	damaged[len(damaged)-5] ^= 1 // of the checksum
	var far bytes.Buffer
	w, err := zstd.NewWriter(&far, zstd.WithWindowSize(256<<20))
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(w, text)
	_ = w.Flush()
	_ = w.Close()
	for name, tt := range map[string]struct {
		content []byte
		want    string
	}{
		"cut.jsonl.gz":     {gzipped(text)[:200], "unexpected EOF"},
		"cut.jsonl.zst":    {zstandard(t, text)[:len(zstandard(t, text))-3], "unexpected EOF"},
		"damaged.jsonl.gz": {damaged, "gzip: invalid checksum"},
		"behind.jsonl.gz":  {append(gzipped(text), "something else"...), "gzip: invalid header"},
		"far.jsonl.zst":    {far.Bytes(), "window size exceeded"},
	} {
		_, broken := run(t, &Input{Files: []string{filed(t, name, tt.content)}})
		if len(broken) != 1 || !strings.HasSuffix(broken[0].Error(), tt.want) {
			t.Errorf("%s: broken %v; want %q", name, broken, tt.want)
		}
	}
	in := &Input{Files: []string{filed(t, "empty.jsonl.gz", nil)}}
	if err := in.Prepare(); err == nil || !strings.HasSuffix(err.Error(), "the name says .gz, the content is something else") {
		t.Errorf("an empty file that should be compressed: %v", err)
	}
}

// A gigabyte of one line in a megabyte of file is one error, and the line behind it is read.
func TestALineThatInflatesIsOneError(t *testing.T) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	zeros := make([]byte, 1<<20)
	for range 256 {
		_, _ = w.Write(zeros)
	}
	_, _ = io.WriteString(w, "\n{\"submissionId\":\"a\"}")
	_ = w.Close()
	got, broken := run(t, &Input{Files: []string{filed(t, "bomb.jsonl.gz", b.Bytes())}})
	if want := []string{"1: the line is longer than 4194304 bytes", "2 a"}; !slices.Equal(got, want) || broken != nil {
		t.Errorf("%q, broken %v; want %q", got, broken, want)
	}
}

func TestNames(t *testing.T) {
	for name, tt := range map[string]struct {
		names  Names
		header string
		want   string
	}{
		"read as another":            {Names{"SKU": "submission_id", "Preis": "price"}, "SKU,title,markets,Preis", ""},
		"left out":                   {Names{"note": ""}, "submission_id,title,markets,note", ""},
		"all others left out":        {Names{"*": ""}, "submission_id,title,markets,note,x", ""},
		"others, but not all":        {Names{"*": "", "x": "price"}, "submission_id,title,markets,note,x", ""},
		"spaces around it":           {Names{"S K U": "submission_id"}, " S K U ,title,markets", ""},
		"a field left out":           {Names{"price": ""}, "submission_id,title,markets,price", ""},
		"unknown":                    {Names{"SKU": "submission_id"}, "SKU,title,markets,x", `unknown column "x"`},
		"twice":                      {Names{"SKU": "submission_id"}, "SKU,submission_id,title,markets", `column "submission_id" stands twice`},
		"not there":                  {Names{"SKU": "price"}, "submission_id,title,markets", `there is no column "SKU" to be read as "price"`},
		"needed and left out":        {Names{"title": ""}, "submission_id,title,markets", `column "title" is missing`},
		"needed, not in others":      {Names{"*": ""}, "submission_id,titel,markets", `column "title" is missing`},
		"names are letter by letter": {Names{"sku": "submission_id"}, "SKU,title,markets", `unknown column "SKU"`},
	} {
		_, err := csvTable(tt.header+"\n", tt.names)
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.want)) {
			t.Errorf("%s: %v; want %q", name, err, tt.want)
		}
	}
	for _, wrong := range []Names{{"a": "prise"}, {"*": "title"}} {
		if wrong.Check() == nil {
			t.Errorf("%v is taken", wrong)
		}
	}
}

type sold struct {
	Note   string   `parquet:"note"`
	ID     string   `parquet:"submission_id,dict"`
	Title  *string  `parquet:"Titel,optional"`
	Market []string `parquet:"markets,list"`
	Price  *int64   `parquet:"price,optional,decimal(2:18)"`
	Code   string   `parquet:"currency"`
	Pack   uint32   `parquet:"pack_quantity"`
	GTIN   int64    `parquet:"gtin"`
	Cost   *float64 `parquet:"shipping,optional"`
	AsOf   int64    `parquet:"as_of,timestamp(millisecond)"`
	Tags   []string `parquet:"tags,list"`
}

// Parquet and CSV of the same cells hold the same submissions.
func TestParquetIsReadAsCSV(t *testing.T) {
	title, price, cost := "A \"fine\" mug", int64(1299), 4.5
	rows := []sold{
		{"x", "s1", &title, []string{"GB", "IE"}, &price, "GBP", 6, 4006381333931, &cost, 1793491200123, []string{"a", "b"}},
		{"x", "s2", nil, []string{"DE"}, nil, "", 1, 0, nil, -1, nil},
		{"x", "s\xff", nil, []string{"DE"}, nil, "", 1, 0, nil, 0, nil},
	}
	const text = "submission_id,Titel,markets,price,currency,pack_quantity,gtin,shipping,as_of\n" +
		"s1,\"A \"\"fine\"\" mug\",GB|IE,12.99,GBP,6,4006381333931,4.5,2026-11-01T00:00:00.123Z\n" +
		"s2,,DE,,,1,0,,1969-12-31T23:59:59.999Z\n"
	for _, codec := range []parquet.WriterOption{parquet.Compression(&parquet.Uncompressed), parquet.Compression(&parquet.Snappy),
		parquet.Compression(&parquet.Gzip), parquet.Compression(&parquet.Zstd), parquet.DataPageVersion(1)} {
		var b bytes.Buffer
		w := parquet.NewGenericWriter[sold](&b, codec)
		if _, err := w.Write(rows); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		in := &Input{Files: []string{filed(t, "a.parquet", b.Bytes())}, Names: Names{"Titel": "title", "*": ""}}
		if err := in.Prepare(); err != nil {
			t.Fatal(err)
		}
		var got []*assayv1.Submission
		for s, err := range in.Submissions() {
			if e := in.Take(); err != nil {
				if e.Line != 3 || !strings.HasSuffix(err.Error(), "a.parquet:3: the row is not UTF-8") {
					t.Errorf("row %d: %v", e.Line, err)
				}
				continue
			}
			got = append(got, s)
		}
		records, err := csvTable(text, Names{"Titel": "title"})
		if err != nil {
			t.Fatal(err)
		}
		want, _ := all(records)
		if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" || in.Broken() != nil || in.Done() != in.Size() {
			t.Errorf("broken %v, %d of %d bytes (-CSV +Parquet):\n%s", in.Broken(), in.Done(), in.Size(), diff)
		}
	}
}

func TestParquetThatIsRefused(t *testing.T) {
	write := func(rows any) []byte {
		var b bytes.Buffer
		switch rows := rows.(type) {
		case []sold:
			_ = parquet.Write(&b, rows)
		case []listed:
			_ = parquet.Write(&b, rows)
		}
		return b.Bytes()
	}
	for name, tt := range map[string]struct {
		content []byte
		want    string
	}{
		"text":    {[]byte("submission_id,title,markets\na,b,DE\n"), "it is no Parquet file"},
		"empty":   {nil, "it is no Parquet file"},
		"columns": {write([]sold{{}}), `unknown column "note"`},
		"groups":  {write([]listed{{}}), "column markets: it holds a structure"},
	} {
		err := (&Input{Files: []string{filed(t, "a.parquet", tt.content)}}).Prepare()
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v; want %q", name, err, tt.want)
		}
	}
	err := (&Input{Format: "parquet", Files: []string{"-"}, Stdin: strings.NewReader("")}).Prepare()
	if err == nil || !strings.Contains(err.Error(), "standard input cannot be Parquet") {
		t.Errorf("standard input: %v", err)
	}
}

type listed struct {
	ID      string         `parquet:"submission_id"`
	Title   string         `parquet:"title"`
	Markets map[string]int `parquet:"markets"`
}

// Whatever the entries are, a run that begins behind one of them yields exactly the others.
func TestARunGoesOnBehindAnyEntry(t *testing.T) {
	line := rapid.SampledFrom([]string{`{"submissionId":"a"}`, "", " ", "bad", "\xff", strings.Repeat("x", maxLine+1)})
	record := rapid.SampledFrom([]string{"a,b,DE", "", "a,\"b\nc\",DE", "a", "\"x", "a,b\"c,DE", "\xff"})
	rapid.Check(t, func(r *rapid.T) {
		lines := strings.Join(rapid.SliceOfN(line, 0, 6).Draw(r, "lines"), "\n")
		csv := "submission_id,title,markets\n" + strings.Join(rapid.SliceOfN(record, 0, 6).Draw(r, "records"), "\r\n")
		var columns bytes.Buffer
		n := rapid.IntRange(0, 7).Draw(r, "rows")
		w := parquet.NewGenericWriter[plainRow](&columns, parquet.MaxRowsPerRowGroup(3), parquet.PageBufferSize(8))
		for i := range n {
			_, _ = w.Write([]plainRow{{fmt.Sprint(i), "t", "DE"}})
		}
		_ = w.Close()
		files := []string{filed(t, "a.jsonl.gz", gzipped(lines)), filed(t, "b.csv", []byte(csv)), filed(t, "c.parquet", columns.Bytes())}
		var want []string
		marks := []Mark{{}}
		whole := &Input{Files: files}
		for range whole.Submissions() {
			e := whole.Take()
			want, marks = append(want, fmt.Sprint(e)), append(marks, e.End)
		}
		from := rapid.IntRange(0, len(want)).Draw(r, "from")
		var got []string
		rest := &Input{Files: files, From: marks[from]}
		for range rest.Submissions() {
			got = append(got, fmt.Sprint(rest.Take()))
		}
		if diff := cmp.Diff(append([]string(nil), want[from:]...), got); diff != "" || rest.Broken() != nil {
			r.Fatalf("from %v: broken %v (-want +got):\n%.500s", marks[from], rest.Broken(), diff)
		}
	})
}

type plainRow struct {
	ID      string `parquet:"submission_id"`
	Title   string `parquet:"title"`
	Markets string `parquet:"markets"`
}
