package engine_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"

	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/rulebook/embedded"
	"github.com/assay-project/assay/internal/wire"
	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// TestSplitIsOneList splits a list of marks at random into a register and a list that adds to it, replaces some of its marks
// and withdraws others, and holds every verdict against that of the one list. The list is the embedded book's, and marks of
// others with the same names.
func TestSplitIsOneList(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	submissions := append(cases(t), disguisedTitles(t, rng, 1500)...)
	data, err := fs.ReadFile(embedded.FS(), "marks.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	for i := 0; i < len(lines); i += 20 {
		_, rest, _ := strings.Cut(lines[i], `{"id":"`)
		lines = append(lines, `{"id":"`+[]string{"a-", "zz-"}[i/20%2]+rest)
	}
	one := engineOf(t, lines, nil)
	want := make([][]byte, len(submissions))
	for i, s := range submissions {
		want[i] = encoded(t, one, s)
	}
	for _, share := range []float64{0.5, 0.98, 1} {
		above, below := split(rng, lines, share)
		e := engineOf(t, above, below)
		if n := e.Book().NumMarks(); n != len(lines) {
			t.Fatalf("%d marks, want %d", n, len(lines))
		}
		for i, s := range submissions {
			if got := encoded(t, e, s); !bytes.Equal(got, want[i]) {
				t.Fatalf("share %v, %q (-one list +split):\n%s", share, s.Product.Title, cmp.Diff(shown(t, want[i]), shown(t, got)))
			}
		}
	}
}

func encoded(t *testing.T, e *engine.Engine, s *listing.Submission) []byte {
	t.Helper()
	v, _, err := e.Check(t.Context(), s, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := proto.MarshalOptions{Deterministic: true}.Marshal(wire.NewEncoder(e.Checkers(), e.Rulebook(), true).Verdict(v))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func shown(t *testing.T, b []byte) string {
	v := new(assayv1.Verdict)
	if err := proto.Unmarshal(b, v); err != nil {
		t.Fatal(err)
	}
	return prototext.Format(v)
}

// split puts a share of the lines below, the others above, and with them rows that replace marks and withdraw them.
func split(rng *rand.Rand, lines []string, share float64) (above, below []string) {
	for i, line := range lines {
		if rng.Float64() < share {
			below = append(below, line)
		} else if above = append(above, line); i%3 == 0 { // the register knows it otherwise
			_, rest, _ := strings.Cut(line, `","text":"`)
			below = append(below, strings.Replace(line, rest, `Zz`+rest, 1))
		}
		if i%5 == 0 {
			below = append(below, fmt.Sprintf(`{"id":"withdrawn-%d","text":"%s","famous":%v}`, i,
				[]string{"shoes", "case", "Nike Air", "Running", "cotton"}[i%25/5], i%2 == 0))
			above = append(above, fmt.Sprintf(`{"id":"withdrawn-%d","status":"withdrawn"}`, i))
		}
	}
	rng.Shuffle(len(below), func(i, j int) { below[i], below[j] = below[j], below[i] })
	return above, below
}

// engineOf is an engine of the embedded book, with other marks in its list and, where there are any, in a register. It goes by
// the embedded book's digest, so that verdicts can be compared.
func engineOf(t *testing.T, above, below []string) *engine.Engine {
	t.Helper()
	files := make(fstest.MapFS)
	err := fs.WalkDir(embedded.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(embedded.FS(), name)
		files[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	files["marks.jsonl"] = &fstest.MapFile{Data: []byte(strings.Join(above, "\n"))}
	if below != nil {
		files["marks.bin"] = &fstest.MapFile{Data: register(t, below)}
	}
	book, err := rulebook.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	book.Lists, book.Digest = inForce.Book().Lists, inForce.Book().Digest
	e, err := engine.New(book)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// register is marks.bin of some lines.
func register(t testing.TB, lines []string) []byte {
	t.Helper()
	b := rulebook.NewRegisterBuilder()
	if err := b.Read("below.jsonl", strings.NewReader(strings.Join(lines, "\n"))); err != nil || b.Tally().Refused > 0 {
		t.Fatalf("%v, %v", err, b.Problems())
	}
	var file bytes.Buffer
	if _, err := b.WriteTo(&file); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// disguisedTitles are listings that name marks of the embedded book among ordinary words, most of them disguised.
func disguisedTitles(t *testing.T, rng *rand.Rand, n int) []*listing.Submission {
	book := inForce.Book()
	var list []*listing.Submission
	for range n {
		var parts []string
		var category string
		for range 1 + rng.IntN(3) {
			m := &book.Marks[rng.IntN(len(book.Marks))]
			names := append([]string{m.Text}, m.Models...)
			for _, a := range m.Aliases {
				names = append(names, a.Text)
			}
			parts = append(parts, disguise(rng, names[rng.IntN(len(names))]), book.Words[rng.IntN(len(book.Words))], book.Words[rng.IntN(2000)])
			if len(m.HomeCategories) > 0 && rng.IntN(2) == 0 {
				category = m.HomeCategories[0]
			}
		}
		brand := ""
		if rng.IntN(3) == 0 {
			brand = book.Marks[rng.IntN(len(book.Marks))].Text
		}
		list = append(list, submission(t, &assayv1.Product{Title: strings.Join(parts, " "), Brand: brand, Category: category}, "DE", "US"))
	}
	return list
}

func disguise(rng *rand.Rand, name string) string {
	r := []rune(name)
	i := rng.IntN(len(r))
	switch rng.IntN(9) {
	case 0:
		return strings.ToUpper(name)
	case 1:
		return strings.NewReplacer("a", "а", "e", "е", "o", "о", "i", "і").Replace(name)
	case 2:
		return strings.NewReplacer("a", "4", "e", "3", "o", "0", "i", "1").Replace(name)
	case 3:
		return strings.Join(strings.Split(name, ""), ".")
	case 4:
		return string(slices.Insert(slices.Clone(r), i, '\u200b'))
	case 5:
		return string(slices.Delete(slices.Clone(r), i, i+1)) + "x"
	case 6:
		return string(slices.Insert(slices.Clone(r), i, r[i]))
	case 7:
		return strings.ReplaceAll(name, " ", "") + "Shoes"
	}
	return name
}
