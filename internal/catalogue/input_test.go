package catalogue

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// readLines returns every line of a text, "<long>" for one that is too long.
func readLines(t testing.TB, r io.Reader) []string {
	t.Helper()
	lines := newLineReader(r)
	var got []string
	for {
		line, err := lines.next()
		switch {
		case errors.Is(err, io.EOF):
			return got
		case errors.Is(err, errTooLong):
			got = append(got, "<long>")
		case err != nil:
			t.Fatal(err)
		default:
			got = append(got, string(line))
		}
		if lines.number != len(got) {
			t.Fatalf("line %d has the number %d", len(got), lines.number)
		}
	}
}

func TestLines(t *testing.T) {
	most := strings.Repeat("x", maxLine)
	for name, tt := range map[string]struct {
		text string
		want []string
	}{
		"nothing":                    {"", nil},
		"no end":                     {"a\nb", []string{"a", "b"}},
		"an end":                     {"a\nb\n", []string{"a", "b"}},
		"carriage returns":           {"a\r\nb\r\n", []string{"a", "b"}},
		"carriage return within":     {"a\rb\n", []string{"a\rb"}},
		"empty lines":                {"\n\r\n\na", []string{"", "", "", "a"}},
		"byte-order mark":            {"\ufeffa\nb", []string{"a", "b"}},
		"byte-order mark alone":      {"\ufeff", []string{""}},
		"byte-order mark later":      {"a\n\ufeffb", []string{"a", "\ufeffb"}},
		"longest":                    {most + "\r\nb", []string{most, "b"}},
		"too long":                   {"a\n" + most + "x\nb", []string{"a", "<long>", "b"}},
		"far too long, no end":       {"a\n" + most + most + most, []string{"a", "<long>"}},
		"too long by carriage alone": {most + "\r\r\nb", []string{"<long>", "b"}},
	} {
		if diff := cmp.Diff(tt.want, readLines(t, strings.NewReader(tt.text))); diff != "" {
			t.Errorf("%s (-want +got):\n%.400s", name, diff)
		}
	}
}

func TestAReadErrorIsNoEnd(t *testing.T) {
	broken := errors.New("the disk is gone")
	lines := newLineReader(io.MultiReader(strings.NewReader("a\nhal"), iotest.ErrReader(broken)))
	if line, err := lines.next(); string(line) != "a" || err != nil {
		t.Fatalf("next = %q, %v", line, err)
	}
	_, err := lines.next()
	if _, ok := errors.AsType[readError](err); !ok || !errors.Is(err, broken) {
		t.Errorf("next = %v; want a read error", err)
	}
}

// FuzzLines holds the reader against splitting the whole text.
func FuzzLines(f *testing.F) {
	for _, seed := range []string{"", "a\nb", "\ufeffa\r\n\r\nb\r", "\n\n", "\r\n", "\xff\x00\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var want []string
		for part := range bytes.Lines(bytes.TrimPrefix(text, []byte("\ufeff"))) {
			want = append(want, string(bytes.TrimSuffix(bytes.TrimSuffix(part, []byte("\n")), []byte("\r"))))
		}
		if want == nil && len(text) > 0 {
			want = []string{""} // the mark alone
		}
		if diff := cmp.Diff(want, readLines(t, iotest.OneByteReader(bytes.NewReader(text)))); diff != "" {
			t.Errorf("lines of %q (-want +got):\n%s", text, diff)
		}
	})
}

// all reads every row of a file and gives the errors with their places.
func all(r rows) (got []*assayv1.Submission, faults []string) {
	for {
		s, err := r.read()
		if errors.Is(err, io.EOF) {
			return got, faults
		}
		if err != nil {
			faults = append(faults, fmt.Sprintf("%d: %v", r.line(), err))
			continue
		}
		got = append(got, s)
	}
}

func TestJSONLinesFaults(t *testing.T) {
	for text, want := range map[string]string{
		"{\"submissionId\":\"\xff\"}":              "1: the line is not UTF-8",
		`{"submissionId":"a"} {}`:                  "1: syntax error column 22: unexpected token {",
		`{"submissionId":7}`:                       "1: column 17: invalid value for string field submissionId: 7",
		`{"submission_id":"a","submissionId":"b"}`: `1: column 22: duplicate field "submissionId"`,
		`{"annotations":{"a":"1","a":"2"}}`:        `1: column 25: duplicate map key "a"`,
		`{"product":{"condition":"SHINY"}}`:        `1: column 25: invalid value for enum field condition: "SHINY"`,
		`{"asOf":"yesterday"}`:                     `1: column 9: invalid google.protobuf.Timestamp value "yesterday"`,
		`[]`:                                       "1: syntax error column 1: unexpected token [",
		"{":                                        "1: unexpected EOF",
		`"\ud800"`:                                 "1: unexpected EOF",
		strings.Repeat("[", 20000):                 "1: ",
	} {
		_, faults := all(jsonLines{newLineReader(strings.NewReader(text))})
		if len(faults) != 1 || !strings.HasPrefix(faults[0], want) {
			t.Errorf("%.60q: %.200q; want %q", text, faults, want)
		}
	}
}

func csvTable(text string, names Names) (*table, error) {
	records, err := newCSVRecords(newLineReader(strings.NewReader(text)))
	if err != nil {
		return nil, err
	}
	return newTable(records, names)
}

func csvOf(t testing.TB, text string) *table {
	t.Helper()
	r, err := csvTable(text, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestCSVFillsEveryColumn(t *testing.T) {
	const text = "\ufeff submission_id ,Title,description,brand,category,condition,price,currency,list_price,shipping,pack_quantity,gtin," +
		"origin_country,markets,merchant_id,merchant_name,merchant_country,shop_name,as_of\r\n" +
		`s1,"A ""fine"" mug,` + "\r\n" + `two lines",text,Hillside,Home,used - good,12.99,GBP,20,-0.5,6,4006381333931,CN,GB | IE,m1,Hillside Ltd,GB,Home,2026-11-01` + "\r\n"
	got, faults := all(csvOf(t, strings.ReplaceAll(text, "used - good", "used-good")))
	six := int32(6)
	want := []*assayv1.Submission{{
		SubmissionId: "s1", Markets: []string{"GB", "IE"}, AsOf: &timestamppb.Timestamp{Seconds: 1793491200},
		Merchant: &assayv1.Merchant{MerchantId: "m1", LegalName: "Hillside Ltd", Country: "GB", ShopName: "Home"},
		Product: &assayv1.Product{
			Title: "A \"fine\" mug,\ntwo lines", Description: "text", Brand: "Hillside", Category: "Home", Condition: assayv1.Condition_CONDITION_USED_GOOD,
			Price:     &money.Money{CurrencyCode: "GBP", Units: 12, Nanos: 990_000_000},
			ListPrice: &money.Money{CurrencyCode: "GBP", Units: 20}, Shipping: &money.Money{CurrencyCode: "GBP", Nanos: -500_000_000},
			PackQuantity: &six, Gtin: "4006381333931", OriginCountry: "CN",
		},
	}}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" || faults != nil {
		t.Errorf("faults %q (-want +got):\n%s", faults, diff)
	}
}

// Whatever separates the cells of the header separates those of the records.
func TestCSVSeparators(t *testing.T) {
	names := Names{"pri,ce;": "price"}
	var each [][]*assayv1.Submission
	for _, separator := range []string{",", ";", "\t"} {
		record := func(cells ...string) string { return strings.Join(cells, separator) + "\n" }
		records, err := csvTable(record("submission_id", "title", "markets", `"pri,ce;"`)+record("1", `"a,b;c	d`+"\n"+`e"`, "DE|FR", "1.50"), names)
		if err != nil {
			t.Fatal(err)
		}
		got, faults := all(records)
		if faults != nil || len(got) != 1 || got[0].GetProduct().GetTitle() != "a,b;c\td\ne" {
			t.Fatalf("separated by %q: %v, %q", separator, got, faults)
		}
		each = append(each, got)
	}
	if diff := cmp.Diff(each[0], each[1], protocmp.Transform()) + cmp.Diff(each[0], each[2], protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

func TestInstants(t *testing.T) {
	for text, want := range map[string]string{
		"2026-11-01T02:00:00+02:00":  "2026-11-01T00:00:00Z",
		" 2026-11-01 ":               "2026-11-01T00:00:00Z",
		"2026-11-01T10:20:30":        "2026-11-01T10:20:30Z",
		"2026-11-01 10:20:30.25":     "2026-11-01T10:20:30.25Z",
		"2026-11-01 02:00:00+02:00":  "2026-11-01T00:00:00Z",
		"2026-11-01 02:00:00.5-0330": "",
		"2026-11-01 02:00:00+02":     "2026-11-01T00:00:00Z",
		"01.11.2026":                 "",
		"11/01/2026":                 "",
		"2026-13-01":                 "",
		"1793491200":                 "",
		"":                           "",
	} {
		got, err := Instant(text)
		if (err == nil) != (want != "") || err == nil && got.AsTime().Format(time.RFC3339Nano) != want {
			t.Errorf("%q: %v, %v; want %q", text, got.AsTime(), err, want)
		}
	}
}

func TestCSVFaults(t *testing.T) {
	const header = "submission_id,title,markets,price,condition,pack_quantity,as_of\n"
	for row, want := range map[string]string{
		"a,b\n":                                  "2: the record has 2 cells where the header has 7",
		"a,b,DE,1,2,3,4,5\n":                     "2: the record has 8 cells where the header has 7",
		"a,b,DE,1.2.3,,,\n":                      `2: column "price": "1.2.3" is no decimal number`,
		"a,b,DE,\"1,299.00\",,,\n":               `2: column "price": "1,299.00" is no decimal number`,
		"a,b,DE,NaN,,,\n":                        `2: column "price": "NaN" is no decimal number`,
		"a,b,DE,1e3,,,\n":                        `2: column "price": "1e3" is no decimal number`,
		"a,b,DE,+1,,,\n":                         `2: column "price": "+1" is no decimal number`,
		"a,b,DE,.5,,,\n":                         `2: column "price": ".5" is no decimal number`,
		"a,b,DE,0.0000000001,,,\n":               `2: column "price": "0.0000000001" is no decimal number`,
		"a,b,DE,99999999999999999999,,,\n":       `2: column "price": "99999999999999999999" is no decimal number`,
		"a,b,DE,,shiny,,\n":                      `2: column "condition": "shiny" is no condition`,
		"a,b,DE,,,two,\n":                        `2: column "pack_quantity": "two" is no number of units`,
		"a,b,DE,,,,soon\n":                       `2: column "as_of": "soon" is no time`,
		"a,b\"c,DE,,,,\n":                        `2: column 4: bare " in non-quoted-field`,
		"a,\"b\"c,DE,,,,\n":                      `2: column 5: extraneous or missing " in quoted-field`,
		"\n\na,\xff,DE,,,,\n":                    "4: the line is not UTF-8",
		"a,\"b\n" + strings.Repeat("x\n", 4):     "2: a quote is opened and not closed before the end of the file",
		"a,\"" + strings.Repeat("x", maxLine):    "2: the line is longer than 4194304 bytes",
		"a,\"b\n" + strings.Repeat("x", maxLine): "2: a quote is opened and not closed within 4194304 bytes; the lines up to 3 were taken for one record",
	} {
		text := header + row
		if !strings.HasSuffix(row, "\n") {
			text += "\n"
		}
		if !strings.Contains(want, "a quote is opened and not closed before") {
			text += "z,last,DE,1.50,new,1,2026-11-01\n"
		}
		got, faults := all(csvOf(t, text))
		if len(faults) != 1 || !strings.HasPrefix(faults[0], want) {
			t.Errorf("%.40q: %.200q; want %q", row, faults, want)
		}
		if len(got) != strings.Count(text, "z,last") {
			t.Errorf("%.40q: the row after it was not read", row)
		}
	}
}

func TestCSVHeaders(t *testing.T) {
	for text, want := range map[string]string{
		"submission_id,titel,markets\n":       `unknown column "titel"; column "title" is missing (columns are as_of, brand,`,
		"submission_id,title,markets,title\n": `column "title" stands twice`,
		"a:b\n":                               `unknown column "a:b"; column "submission_id" is missing`,
		"a;b,c;d\n":                           `unknown column "a"; unknown column "b,c"`,
		"\"submission_id\n":                   "header: a quote is opened",
		"\xff\n":                              "header: the line is not UTF-8",
	} {
		if _, err := csvTable(text, nil); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v; want %q", text, err, want)
		}
	}
	if got, faults := all(csvOf(t, "")); got != nil || faults != nil {
		t.Errorf("an empty file holds %v, %v", got, faults)
	}
}

// FuzzCSV shows that no text breaks the reader, that it comes to an end, and that it splits records as encoding/csv does
// where that accepts the whole text.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{"a,b,DE\n", "a,\"b\nc\",DE\r\n", "\"a\"\"b\",,\n", "a\"b\n\"c", "\"\n\"\n\"", "a,\"b\"c\n", "\r\n \n,\n", "\xff"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		const header = "submission_id,title,markets\n"
		mine := csvOf(t, header+string(text))
		var got [][]string
		faulty := false
		for {
			cells, err := mine.record()
			if errors.Is(err, io.EOF) {
				break
			}
			if faulty = faulty || err != nil; err == nil {
				got = append(got, cells)
			}
		}
		theirs := csv.NewReader(strings.NewReader(header + string(text)))
		theirs.FieldsPerRecord = -1
		want, err := theirs.ReadAll()
		if err != nil || faulty || hasBlankRecord(want) || bytes.Contains(text, []byte("\r\r")) { // of these encoding/csv takes one
			return
		}
		if diff := cmp.Diff(want[1:], got, cmp.Transformer("nil", func(r [][]string) [][]string { return slices.Clip(append([][]string{}, r...)) })); diff != "" {
			t.Errorf("records of %q (-csv +got):\n%s", text, diff)
		}
	})
}

// hasBlankRecord tells of a line of spaces alone, which is a record to encoding/csv and nothing to us.
func hasBlankRecord(records [][]string) bool {
	return slices.ContainsFunc(records, func(r []string) bool { return len(r) == 1 && strings.TrimSpace(r[0]) == "" })
}

func TestDecimalIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`-?[0-9]{1,18}(\.[0-9]{1,9})?`).Draw(t, "text")
		m, err := decimal(text)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := new(big.Rat).SetString(text)
		got := new(big.Rat).Add(new(big.Rat).SetInt64(m.GetUnits()), big.NewRat(int64(m.GetNanos()), 1e9))
		if got.Cmp(want) != 0 || m.GetUnits() > 0 && m.GetNanos() < 0 || m.GetUnits() < 0 && m.GetNanos() > 0 {
			t.Fatalf("decimal(%q) = %v", text, m)
		}
	})
}

func TestStandingPapersJoinTheirMerchantsSubmissions(t *testing.T) {
	papers, err := ReadPapers("papers", strings.NewReader(`{"merchantId":"m","documents":[{"documentId":"a"},{"documentId":"b"}]}

{"documents":[{"documentId":"c"}],"merchant_id":"m"}
{"merchantId":"n","documents":[{"documentId":"d"}]}
`))
	if err != nil {
		t.Fatal(err)
	}
	s := &assayv1.Submission{Merchant: &assayv1.Merchant{MerchantId: "m"}, Documents: []*assayv1.Document{{DocumentId: "b", Number: "own"}}}
	papers.addTo(s)
	var got []string
	for _, d := range s.GetDocuments() {
		got = append(got, d.GetDocumentId()+d.GetNumber())
	}
	if want := []string{"bown", "a", "c"}; !slices.Equal(got, want) {
		t.Errorf("documents %q; want %q", got, want)
	}
	nobody := &assayv1.Submission{}
	if papers.addTo(nobody); len(nobody.GetDocuments()) != 0 {
		t.Error("a submission without a merchant got papers")
	}
}

// Every place of the input is taken once, in order, with what stands there; a file that breaks is told at the end.
func TestInputKeepsItsEntriesInOrder(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	a := write("a.jsonl", "{\"submissionId\":\"1\"}\n\nbad\n")
	b := write("b.csv", "submission_id,title,markets\n2,\"two\nlines\",DE\n3,x,DE\n")
	in := &Input{Files: []string{a, "-", b}, Stdin: strings.NewReader(`{"submissionId":"4"}`), AsOf: &timestamppb.Timestamp{Seconds: 5}}
	if err := in.Prepare(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for s, err := range in.Submissions() {
		e := in.Take()
		if !proto.Equal(e.Submission, s) || !errors.Is(err, e.Err) {
			t.Errorf("took %v where %v stands", e, s)
		}
		if s != nil && s.GetAsOf().GetSeconds() != 5 {
			t.Error("as_of was not set")
		}
		got = append(got, fmt.Sprintf("%s %s", filepath.Base(e.Place()), s.GetSubmissionId()))
	}
	want := []string{"a.jsonl:1 1", "a.jsonl:3 ", "-:1 4", "b.csv:2 2", "b.csv:4 3"}
	if !slices.Equal(got, want) || in.Broken() != nil {
		t.Errorf("got %q, broken %v; want %q", got, in.Broken(), want)
	}
}

func TestStandardInputIsReadOnce(t *testing.T) {
	name := filepath.Join(t.TempDir(), "-.jsonl-")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (&Input{Format: "jsonl", Files: []string{name, "-"}}).Prepare(); err != nil {
		t.Errorf("a name that ends in - counts as standard input: %v", err)
	}
	err := (&Input{Files: []string{"-", "-"}}).Prepare()
	if _, ok := errors.AsType[FormatError](err); !ok {
		t.Errorf("Prepare = %v; want a FormatError", err)
	}
}

func TestAFileThatCannotBeReadFurtherIsTold(t *testing.T) {
	in := &Input{Files: []string{"-"}, Stdin: io.MultiReader(strings.NewReader("{}\n"), iotest.ErrReader(errors.New("gone")))}
	n := 0
	for range in.Submissions() {
		n++
	}
	if n != 1 || len(in.Broken()) != 1 || in.Broken()[0].Error() != "read -: gone" {
		t.Errorf("%d entries, broken %v", n, in.Broken())
	}
}
