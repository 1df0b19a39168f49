package rulebook

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/term"
	"github.com/assay-project/assay/internal/text"
)

// fullMark has everything that a mark can have.
var fullMark = Mark{ID: "EM:018000001", Text: "Lumora", Aliases: []Alias{{Text: "鹿茉拉", Language: "zh-Hans", Kind: Transliteration},
	{Text: "the lamp people", Kind: Nickname}}, Holder: "Lumora B.V.", HolderCountry: "NL", Office: "EM", RegistrationNumber: "018000001",
	Territories: []string{"EU", "CN"}, NiceClasses: []int{18, 25}, Status: MarkRegistered,
	RegisteredOn: listing.Date{Year: 2016, Month: time.February, Day: 29}, ExpiresOn: listing.Date{Year: 2026, Month: time.December, Day: 31},
	DictionaryWord: true, PersonalName: true, Famous: true, HomeCategories: []string{"Shoes", "Shoes > Boots"},
	Models: []string{"Lumo One", "Lumo Two"}, CompanyPrefixes: []string{"4012345"}, Policy: MatchDisguised, Sources: []string{"made up", "twice"}}

var registerMarks = []Mark{fullMark, {ID: "b", Text: "Nike", Policy: MatchFuzzy}, {ID: "a", Text: "NIKE", Status: MarkPending, Holder: "Lumora B.V."}}

// registerOf builds the bytes of marks.bin.
func registerOf(tb fataler, marks ...Mark) []byte {
	tb.Helper()
	b := NewRegisterBuilder()
	s := &source{name: "marks.jsonl"}
	for i := range marks {
		m := marks[i]
		m.At.Line = i + 1
		if !b.add(s, &m) {
			tb.Fatalf("mark %d: %v", i, s.problems)
		}
	}
	var file bytes.Buffer
	if n, err := b.WriteTo(&file); err != nil || n != int64(file.Len()) {
		tb.Fatalf("%d bytes of %d, %v", n, file.Len(), err)
	}
	return file.Bytes()
}

func openRegister(tb fataler, data []byte) *Register {
	tb.Helper()
	r, err := OpenRegister(data)
	if err != nil {
		tb.Fatalf("open: %v", err)
	}
	return r
}

var sameMark = cmp.Options{cmpopts.IgnoreFields(Mark{}, "At"), cmpopts.EquateEmpty()}

func TestRegisterRoundTrip(t *testing.T) {
	r := openRegister(t, registerOf(t, registerMarks...))
	if r.Len() != 3 || r.Index().NumTerms() != 7 {
		t.Fatalf("%d marks, %d terms", r.Len(), r.Index().NumTerms())
	}
	for i, want := range registerMarks {
		if d := cmp.Diff(want, r.Mark(i), sameMark); d != "" {
			t.Errorf("mark %d (-want +got):\n%s", i, d)
		}
		if at, ok := r.Find(want.ID); !ok || at != i {
			t.Errorf("%s found at %d, %v", want.ID, at, ok)
		}
	}
	for _, id := range []string{"", "B", "c", "EM:018000002"} {
		if at, ok := r.Find(id); ok {
			t.Errorf("%q found at %d", id, at)
		}
	}
	for term, want := range []int{0, 0, 0, 0, 0, 1, 2} {
		if mark := r.Named(int32(term)); mark != want {
			t.Errorf("term %d names mark %d", term, mark)
		}
	}
	if first := []int{r.FirstTerm(0), r.FirstTerm(1), r.FirstTerm(2)}; !slices.Equal(first, []int{0, 5, 6}) || !slices.Equal(r.Famous(), []int{0}) {
		t.Errorf("first terms %v, famous %v", first, r.Famous())
	}
	if got := registerOf(t, registerMarks...); !bytes.Equal(got, registerOf(t, registerMarks...)) {
		t.Error("two files of the same marks differ")
	}
}

// TestRegisterKeepsEveryMark makes marks at random and reads them back.
func TestRegisterKeepsEveryMark(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var marks []Mark
		for i := range rapid.IntRange(0, 40).Draw(t, "marks") {
			marks = append(marks, drawMark(t, fmt.Sprint(rapid.IntRange(0, 99).Draw(t, "id")*100+i)))
		}
		r := openRegister(t, registerOf(t, marks...))
		for i, want := range marks {
			if d := cmp.Diff(want, r.Mark(i), sameMark); d != "" {
				t.Fatalf("mark %d (-want +got):\n%s", i, d)
			}
			if at, ok := r.Find(want.ID); !ok || at != i {
				t.Fatalf("%s found at %d, %v", want.ID, at, ok)
			}
		}
	})
}

func drawMark(t *rapid.T, id string) Mark {
	name := rapid.SampledFrom([]string{"Nike", "Louis Vuitton", "耐克", "Ünlü", "Levi's", "3M", "ไนกี้"})
	fact := rapid.SampledFrom([]string{"", "one", "another", "Ⅻ"})
	day := rapid.SampledFrom([]listing.Date{{}, {Year: 1, Month: 1, Day: 1}, {Year: 9999, Month: 12, Day: 31}})
	m := Mark{ID: id, Text: name.Draw(t, "text"), Models: rapid.SliceOfN(name, 0, 3).Draw(t, "models"),
		Holder: fact.Draw(t, "holder"), Office: fact.Draw(t, "office"), RegistrationNumber: fact.Draw(t, "number"),
		HolderCountry: rapid.SampledFrom([]string{"", "DE", "US"}).Draw(t, "country"),
		Territories:   rapid.SliceOfN(rapid.SampledFrom([]string{"EU", "WORLD", "CN"}), 0, 3).Draw(t, "territories"),
		NiceClasses:   rapid.SliceOfN(rapid.IntRange(1, 45), 0, 3).Draw(t, "classes"),
		Status:        rapid.SampledFrom(registerStatuses[:]).Draw(t, "status"), Policy: rapid.SampledFrom(registerPolicies[:]).Draw(t, "policy"),
		RegisteredOn: day.Draw(t, "registered"), ExpiresOn: day.Draw(t, "expires"), Famous: rapid.Bool().Draw(t, "famous"),
		HomeCategories: rapid.SliceOfN(rapid.SampledFrom([]string{"Shoes", "Hats"}), 0, 2).Draw(t, "homes")}
	if rapid.Bool().Draw(t, "alias") {
		m.Aliases = []Alias{{Text: name.Draw(t, "alias"), Language: rapid.SampledFrom([]string{"", "zh", "und-Cyrl"}).Draw(t, "lang"),
			Kind: rapid.SampledFrom(registerKinds[:]).Draw(t, "kind")}}
	}
	return m
}

// TestRegisterRefusesEveryChange cuts the file short everywhere and changes every byte of it.
func TestRegisterRefusesEveryChange(t *testing.T) {
	data := registerOf(t, registerMarks...)
	for n := range data {
		if _, err := OpenRegister(data[:n:n]); err == nil {
			t.Fatalf("%d of %d bytes are accepted", n, len(data))
		}
	}
	for i := range data {
		for _, flip := range []byte{1, 0x80, 0xff} {
			changed := bytes.Clone(data)
			changed[i] ^= flip
			if _, err := OpenRegister(changed); err == nil {
				t.Fatalf("byte %d changed by %#x is accepted", i, flip)
			}
		}
	}
	if _, err := OpenRegister(append(bytes.Clone(data), 0)); err == nil {
		t.Error("a byte too many is accepted")
	}
}

// forgeRegister sets the checksums to what the bytes have.
func forgeRegister(data []byte) {
	list := data[len(registerMagic)+4+4*registerCounts:]
	rest := data[padded(registerHead):]
	for i := range registerSections {
		size := binary.LittleEndian.Uint64(list[12*i:])
		if size > uint64(len(rest)) {
			break
		}
		binary.LittleEndian.PutUint32(list[12*i+8:], crc32.Checksum(rest[:size], castagnoli))
		rest = rest[min(padded(int(size)), len(rest)):]
	}
	binary.LittleEndian.PutUint32(data[registerHead-4:], crc32.Checksum(data[:registerHead-4], castagnoli))
}

func TestRegisterSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func([]byte) []byte
		want   string
	}{
		{"empty", func([]byte) []byte { return nil }, "not a file of marks"},
		{"another file", func([]byte) []byte { return []byte(strings.Repeat("ASSAYBL1", 40)) }, "not a file of marks"},
		{"another version", func(d []byte) []byte { d[len(registerMagic)]++; return d }, "format 2, want 1"},
		{"too many marks", func(d []byte) []byte {
			binary.LittleEndian.PutUint32(d[len(registerMagic)+4:], 1<<32-1)
			return d
		}, "impossible counts"},
		{"too many names", func(d []byte) []byte {
			binary.LittleEndian.PutUint32(d[len(registerMagic)+8:], 1<<31-1)
			return d
		}, "do not have the sizes"},
		{"a section beyond the end", func(d []byte) []byte {
			binary.LittleEndian.PutUint64(d[len(registerMagic)+4+4*registerCounts:], 1<<63)
			return d
		}, "cut short in section 0"},
		{"a country that is none", func(d []byte) []byte { return bytes.Replace(d, []byte("NLEU"), []byte("ULEU"), 1) }, `"UL" is no territory`},
		{"a text that is no UTF-8", func(d []byte) []byte { return bytes.Replace(d, []byte("Lumo Two"), []byte("Lumo Tw\xff"), 1) }, "no UTF-8"},
		{"names of other marks", func(d []byte) []byte {
			at := padded(registerHead) + padded(12) + padded(12)
			d[at] = 1
			return d
		}, "the record of mark 1 is damaged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := c.change(registerOf(t, registerMarks...))
			if len(data) > registerHead {
				forgeRegister(data)
			}
			if _, err := OpenRegister(data); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// FuzzOpenRegister changes files and forges their checksums: whatever is accepted must be safe to read and to scan with, and be
// valid text.
func FuzzOpenRegister(f *testing.F) {
	data := registerOf(f, registerMarks...)
	f.Add(0, byte(0), 0, byte(0), 0, byte(0))
	f.Add(20, byte(255), padded(registerHead), byte(9), padded(registerHead)+30, byte(1))
	f.Add(len(data)-1, byte(3), 12, byte(1), 16, byte(2))
	f.Fuzz(func(t *testing.T, a int, x byte, b int, y byte, c int, z byte) {
		d := bytes.Clone(data)
		for _, change := range []struct {
			at int
			to byte
		}{{a, x}, {b, y}, {c, z}} {
			d[max(change.at, -change.at, 0)%len(d)] = change.to
		}
		forgeRegister(d)
		r, err := OpenRegister(d)
		if err != nil {
			return
		}
		for i := range r.Len() {
			m := r.Mark(i)
			if why := unsound(&m); why != "" {
				t.Fatalf("mark %d: %s", i, why)
			}
			r.Find(m.ID)
		}
		var folded text.Folded
		folded.Fold("Nike N1ke Lumora lamp people Lumo Tw0 鹿茉拉")
		for _, h := range r.Index().Append(nil, &folded, new(term.Scratch)) {
			m := r.Mark(r.Named(h.Term))
			if name := int(h.Term) - r.FirstTerm(r.Named(h.Term)); name < 0 || name > len(m.Aliases)+len(m.Models) {
				t.Fatalf("term %d is name %d of %v", h.Term, name, m)
			}
		}
	})
}

// TestOverlay lays a small list over a register.
func TestOverlay(t *testing.T) {
	fsys := book(t)
	fsys["marks.bin"] = &fstest.MapFile{Data: registerOf(t, Mark{ID: "lumora", Text: "Lumora the elder"}, Mark{ID: "gone", Text: "Gone"},
		Mark{ID: "other", Text: "Other", HomeCategories: []string{"Shoes"}})}
	fsys["marks.jsonl"].Data = slices.Concat(fsys["marks.jsonl"].Data, []byte(`{"id":"gone","status":"withdrawn"}`+"\n"))
	b := load(t, fsys)
	if len(b.Marks) != 2 || b.NumMarks() != 3 {
		t.Errorf("%d marks of the list, %d in all", len(b.Marks), b.NumMarks())
	}
	for id, want := range map[string]bool{"lumora": false, "gone": false, "other": true, "nobody": false} {
		if got := b.Registered(id); (got != nil) != want {
			t.Errorf("%s is %v", id, got)
		}
	}
	if i := indexOfList(b, "marks.bin"); i < 0 || b.Lists[i].Rows != 3 {
		t.Errorf("marks.bin is not among the lists as it should be: %v", b.Lists)
	}
}

func indexOfList(b *Book, name string) int {
	for i, l := range b.Lists {
		if l.Name == name {
			return i
		}
	}
	return -1
}

func TestOverlayRefuses(t *testing.T) {
	for _, c := range []struct {
		name, rows string
		register   []Mark
		want       []string
	}{
		{"a mark withdrawn that is not there", `{"id":"gone","status":"withdrawn"}`, []Mark{{ID: "a", Text: "Aa"}},
			[]string{`marks.jsonl:3: the mark "gone" cannot be withdrawn: it is not in marks.bin`}},
		{"a category that is none", "", []Mark{{ID: "a", Text: "Aa", HomeCategories: []string{"Hats"}}},
			[]string{`marks.bin: no category "Hats" in categories.csv`}},
		{"a gate on a mark withdrawn", `{"id":"zara","status":"withdrawn"}`, []Mark{{ID: "zara", Text: "Zara"}},
			[]string{`no mark "zara" in marks.jsonl`}},
		{"given twice", `{"id":"zara","status":"withdrawn"}` + "\n" + `{"id":"zara","text":"Zara"}`, []Mark{{ID: "zara", Text: "Zara"}},
			[]string{`the mark "zara" is already given`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys := book(t)
			fsys["marks.bin"] = &fstest.MapFile{Data: registerOf(t, c.register...)}
			fsys["marks.jsonl"].Data = slices.Concat(fsys["marks.jsonl"].Data, []byte(c.rows+"\n"))
			fsys["gates.yaml"].Data = bytes.ReplaceAll(fsys["gates.yaml"].Data, []byte("lumora"), []byte("lumora, zara"))
			got := problems(t, fsys).Error()
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("got\n%s\nwant a line with %q", got, want)
				}
			}
		})
	}
}

// TestRegisterAlone loads a book without marks.jsonl, whose gates name marks of the register, and one with neither.
func TestRegisterAlone(t *testing.T) {
	fsys := book(t)
	delete(fsys, "marks.jsonl")
	if got := problems(t, fsys).Error(); !strings.Contains(got, "marks.jsonl: the file is missing") {
		t.Errorf("got\n%s", got)
	}
	fsys["marks.bin"] = &fstest.MapFile{Data: registerOf(t, Mark{ID: "lumora", Text: "Lumora"}, Mark{ID: "orchard", Text: "Orchard"})}
	if b := load(t, fsys); b.NumMarks() != 2 {
		t.Errorf("%d marks", b.NumMarks())
	}
	fsys["marks.bin"].Data[300] ^= 1
	var all Problems
	if _, err := Load(fsys); !errors.As(err, &all) || len(all) != 1 || all[0].File != "marks.bin" {
		t.Errorf("got %v: want one problem, of marks.bin", err)
	}
}
