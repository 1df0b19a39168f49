package rulebook

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// readBulk reads a file of marks and returns them, and the problems.
func readBulk(t testing.TB, name, data string) (*RegisterBuilder, []Mark, string) {
	t.Helper()
	b := NewRegisterBuilder()
	if err := b.Read(name, strings.NewReader(data)); err != nil && (!errors.Is(err, ErrHeader) || len(b.Problems()) == 0) {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if _, err := b.WriteTo(&file); err != nil {
		t.Fatal(err)
	}
	r := openRegister(t, file.Bytes())
	var marks []Mark
	for i := range r.Len() {
		marks = append(marks, r.Mark(i))
	}
	var lines []string
	for _, p := range b.Problems() {
		lines = append(lines, p.String())
	}
	return b, marks, strings.Join(lines, "\n")
}

const fullHeader = "id,text,aliases,holder,holder_country,office,registration_number,territories,nice_classes,status,registered_on,expires_on," +
	"dictionary_word,personal_name,famous,home_categories,models,company_prefixes,policy,sources\n"

// TestBulkForms reads one mark in both forms.
func TestBulkForms(t *testing.T) {
	for name, data := range map[string]string{
		"a.csv": fullHeader + "EM:018000001,Lumora,transliteration:zh-Hans:鹿茉拉|nickname::the lamp people,Lumora B.V.,NL,EM,018000001,EU|CN,18|25," +
			"registered,2016-02-29,2026-12-31,true,true,true,Shoes | Shoes > Boots,Lumo One|Lumo Two,4012345,disguised,made up|twice\n",
		"a.jsonl": `{"id":"EM:018000001","text":"Lumora","aliases":[{"text":"鹿茉拉","lang":"zh-Hans","kind":"transliteration"},{"text":"the lamp people","kind":"nickname"}],` +
			`"holder":"Lumora B.V.","holder_country":"NL","office":"EM","registration_number":"018000001","territories":["EU","CN"],"nice_classes":[18,25],` +
			`"status":"registered","registered_on":"2016-02-29","expires_on":"2026-12-31","dictionary_word":true,"personal_name":true,"famous":true,` +
			`"home_categories":["Shoes","Shoes > Boots"],"models":["Lumo One","Lumo Two"],"company_prefixes":["4012345"],"policy":"disguised","sources":["made up","twice"]}`,
	} {
		b, marks, problems := readBulk(t, name, data)
		if d := cmp.Diff([]Mark{fullMark}, marks, sameMark); d != "" || problems != "" {
			t.Errorf("%s (-want +got):\n%s\n%s", name, d, problems)
		}
		tally := b.Tally()
		tally.Bytes = 0
		if tally != (RegisterTally{Rows: 1, Marks: 1, Aliases: 2, Models: 2}) {
			t.Errorf("%s: %+v", name, tally)
		}
	}
}

// TestBulkQuirks reads what programs and people write, and says of each row what became of it.
func TestBulkQuirks(t *testing.T) {
	long := strings.Repeat("x", maxRow)
	for _, c := range []struct {
		name, file, data string
		want             string // texts of the marks
		problems         string
		refused          int
	}{
		{name: "byte order mark and CRLF", file: "a.csv", data: "\ufefftext,id\r\nNike,1\r\nPuma,2\r\n", want: "Nike Puma"},
		{name: "no end of line", file: "a.csv", data: "id,text\n1,Nike", want: "Nike"},
		{name: "quotes", file: "a.csv", data: "id,text\n1,\"Say \"\"Hi\"\", Co\"\n", want: `Say "Hi", Co`},
		{name: "empty lines", file: "a.csv", data: "id,text\n\n1,Nike\n\n", want: "Nike"},
		{name: "a bare quote", file: "a.csv", data: "id,text\n1,Ni\"ke\n2,Puma\n", want: "Puma", refused: 1,
			problems: `a.csv:2: CSV: bare " in non-quoted-field`},
		{name: "a new line in a cell", file: "a.csv", data: "id,text\n1,\"Ni\nke\"\n2,Puma\n", want: "Puma", refused: 1,
			problems: "a.csv:2: control character 0x0a"},
		{name: "cells missing", file: "a.csv", data: "id,text\n1\n2,Puma\n", want: "Puma", refused: 1,
			problems: "a.csv:2: 1 cells, where the first line names 2 columns"},
		{name: "an unknown column", file: "a.csv", data: "id,text,Holder\n1,Nike,x\n",
			problems: noColumn("Holder")},
		{name: "a column twice", file: "a.csv", data: "id,text,id\n", problems: `a.csv:1: the column "id" is given twice`},
		{name: "no header", file: "a.csv", data: "1,Nike\n", problems: noColumn("1") + "\n" + noColumn("Nike") + "\n" +
			"a.csv:1: the first line must name the columns, and there is no column \"id\"\n" +
			"a.csv:1: the first line must name the columns, and there is no column \"text\""},
		{name: "nothing", file: "a.csv", data: "", problems: "a.csv:1: the first line must name the columns, and there is no column \"id\"\n" +
			"a.csv:1: the first line must name the columns, and there is no column \"text\""},
		{name: "semicolons", file: "a.csv", data: "id;text\n1;Nike\n", problems: noColumn("id;text") + "\n" +
			"a.csv:1: the first line must name the columns, and there is no column \"id\"\n" +
			"a.csv:1: the first line must name the columns, and there is no column \"text\""},
		{name: "cells that cannot be", file: "a.csv", refused: 7, want: "Puma",
			data: "id,text,aliases,nice_classes,expires_on,famous,territories\n1,A,Swoosh,,,,\n2,A,,9|x,,,\n3,A,,,2020-02-30,,\n4,A,,,,yes,\n5,A,,,,,EU||US\n6,A,,46,,,\n7,,,,,,\n8,Puma,,,,,\n",
			problems: `a.csv:2: aliases "Swoosh": expected kind:language:text (nickname:en:Swoosh), where the language may be empty` + "\n" +
				`a.csv:3: nice_classes "x": expected a class of the Nice classification, 1 to 45` + "\n" +
				`a.csv:4: expires_on "2020-02-30": expected a day as YYYY-MM-DD` + "\n" +
				`a.csv:5: famous "yes": expected true or false` + "\n" +
				`a.csv:6: territories "EU||US": expected items between bars (a|b), none of them empty` + "\n" +
				`a.csv:7: Nice class 46: they are 1 to 45, each once` + "\n" +
				`a.csv:8: text: nothing is left of "" once it is folded: it would never be found`},
		{name: "no UTF-8", file: "a.csv", data: "id,text\n1,Nestl\xe9\n", refused: 1, problems: "a.csv:2: not valid UTF-8"},
		{name: "ids twice", file: "a.csv", data: "id,text\n1,Nike\n1,Puma\n", want: "Nike", refused: 1,
			problems: `a.csv:3: the mark "1" is already given at a.csv:2`},
		{name: "withdrawn", file: "a.jsonl", data: `{"id":"1","status":"withdrawn"}`, refused: 1,
			problems: `a.jsonl:1: status "withdrawn": only a row of marks.jsonl can withdraw a mark`},
		{name: "too many parts", file: "a.jsonl", data: `{"id":"1","text":"` + strings.Repeat("a ", 60) + `"}`, refused: 1,
			problems: `a.jsonl:1: "` + strings.Repeat("a ", 60) + `": 60 parts, want at most 48`},
		{name: "a long line", file: "a.jsonl", data: `{"id":"1","text":"` + long + `"}` + "\n" + `{"id":"2","text":"Puma"}` + "\n", want: "Puma", refused: 1,
			problems: "a.jsonl:1: the line has more than 1048576 bytes"},
		{name: "JSON Lines with a byte order mark, CRLF and empty lines", file: "a.ndjson",
			data: "\ufeff" + `{"id":"1","text":"Nike"}` + "\r\n\r\n" + `{"id":"2","text":"Puma"}`, want: "Nike Puma"},
		{name: "broken JSON", file: "a.jsonl", data: "{\"id\":\"1\"\n{\"id\":\"2\",\"text\":\"Puma\"}\n{\"id\":\"3\",\"text\":\"a\x00\"}\n", want: "Puma", refused: 2,
			problems: "a.jsonl:1:10: expected \"}\"\na.jsonl:3: control character 0x00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, marks, got := readBulk(t, c.file, c.data)
			var texts []string
			for _, m := range marks {
				texts = append(texts, m.Text)
			}
			if d := cmp.Diff(c.problems, got); d != "" {
				t.Errorf("problems (-want +got):\n%s", d)
			}
			if strings.Join(texts, " ") != c.want || b.Tally().Refused != c.refused || b.Tally().Rows != len(marks)+c.refused {
				t.Errorf("marks %q, tally %+v", texts, b.Tally())
			}
		})
	}
}

// noColumn is the problem with a name that no column has.
func noColumn(name string) string {
	return "a.csv:1: " + clip(fmt.Sprintf("no column is named %q; there are %s", name, strings.Join(columnNames(), ", ")))
}

// TestBulkOpenQuote reads a quote that is never closed: the file is not read into memory.
func TestBulkOpenQuote(t *testing.T) {
	b := NewRegisterBuilder()
	data := io.MultiReader(strings.NewReader("id,text\n1,Nike\n2,\"Pu"), io.LimitReader(endless{}, 1<<40))
	err := b.Read("a.csv", data)
	if err == nil || !strings.Contains(err.Error(), "the row after line 2: more than 1048576 bytes") || b.Tally().Marks != 1 {
		t.Errorf("got %v, %+v", err, b.Tally())
	}
}

// endless is the letter a without end.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

func TestBulkUnreadable(t *testing.T) {
	broken := errors.New("the disk is broken")
	for _, name := range []string{"a.csv", "a.jsonl"} {
		b := NewRegisterBuilder()
		if err := b.Read(name, io.MultiReader(strings.NewReader("id,text\n1,Nike\n"), iotest.ErrReader(broken))); !errors.Is(err, broken) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if err := NewRegisterBuilder().Read("a.xlsx", strings.NewReader("")); err == nil {
		t.Error("any name is read")
	}
}

// FuzzBulk reads any bytes in both forms; what is taken can be written and read back.
func FuzzBulk(f *testing.F) {
	f.Add(true, []byte(fullHeader+"1,Nike,,,,,,,,,,,,,,,,,,\n"))
	f.Add(true, []byte("id,text\n\"1,Nike"))
	f.Add(false, []byte(`{"id":"1","text":"Nike","nice_classes":[1]}`))
	f.Fuzz(func(t *testing.T, table bool, data []byte) {
		name := "a.jsonl"
		if table {
			name = "a.csv"
		}
		b := NewRegisterBuilder()
		_ = b.Read(name, bytes.NewReader(data)) // a row that is too long ends it
		var file bytes.Buffer
		if _, err := b.WriteTo(&file); err != nil {
			t.Fatal(err)
		}
		if tally := b.Tally(); openRegister(t, file.Bytes()).Len() != tally.Marks || tally.Marks+tally.Refused != tally.Rows {
			t.Fatalf("%+v", tally)
		}
		if b.Tally().Refused > 0 && len(b.Problems()) == 0 {
			t.Fatal("rows are refused without a reason")
		}
	})
}
