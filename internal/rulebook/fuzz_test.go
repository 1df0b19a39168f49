package rulebook

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"
)

// FuzzParse gives any bytes to the parser of any file, and what it makes of them to the draft. The corpus is every file of
// the sound and the broken books.
func FuzzParse(f *testing.F) {
	sound := book(f)
	names := slices.Sorted(maps.Keys(sound))
	paths, err := filepath.Glob("testdata/broken/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range append(paths, "testdata/book.txtar") {
		a, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			if i := slices.Index(names, file.Name); i >= 0 {
				f.Add(uint8(i), file.Data)
			}
		}
	}
	known := kinds(newValidator())
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		s := &source{name: names[int(which)%len(names)], data: data}
		part := parseOne(s, kindOf(known, s.name))
		d := newDraft([]*source{s})
		part(d)
		d.compare()
		d.finish()
		saneProblems(t, append(s.all(), d.problems...), fstest.MapFS{s.name: {Data: data}})
	})
}

// A fataler is a test of any kind.
type fataler interface {
	Helper()
	Fatalf(string, ...any)
}

// sane loads a book and checks what is true of every outcome.
func sane(t fataler, fsys fstest.MapFS) {
	t.Helper()
	b, err := Load(fsys)
	if (b == nil) == (err == nil) {
		t.Fatalf("book %v, error %v: want one of them", b != nil, err)
	}
	var problems Problems
	if err != nil && !errors.As(err, &problems) {
		t.Fatalf("%v: want problems", err)
	}
	saneProblems(t, problems, fsys)
}

func saneProblems(t fataler, problems Problems, fsys fstest.MapFS) {
	t.Helper()
	for _, p := range problems {
		if p.File == "" || p.Text == "" || p.Line < 0 || p.Column < 0 || p.Line == 0 && p.Column > 0 {
			t.Fatalf("%+v: a problem names its file and says what it is", p)
		}
		if len(p.Text) > maxQuoted+len("...") || !utf8.ValidString(p.Text) || strings.ContainsAny(p.Text, "\n\r\x00") {
			t.Fatalf("%q is no line of a report", p.Text)
		}
		if f := fsys[p.File]; f != nil && p.Line > bytes.Count(ended(f.Data), []byte("\n"))+1 {
			t.Fatalf("%v: the file has no such line", p)
		}
	}
}

// TestEveryEditIsToldOrHarmless cuts, repeats and swaps parts of a sound book's files.
func TestEveryEditIsToldOrHarmless(t *testing.T) {
	sound := book(t)
	names := slices.Sorted(maps.Keys(sound))
	rapid.Check(t, func(t *rapid.T) {
		fsys := make(fstest.MapFS)
		for name, file := range sound {
			fsys[name] = &fstest.MapFile{Data: slices.Clone(file.Data)}
		}
		for range rapid.IntRange(1, 4).Draw(t, "edits") {
			file := fsys[rapid.SampledFrom(names).Draw(t, "file")]
			from := rapid.IntRange(0, len(file.Data)).Draw(t, "from")
			to := rapid.IntRange(from, len(file.Data)).Draw(t, "to")
			part := slices.Clone(file.Data[from:to])
			switch rapid.IntRange(0, 2).Draw(t, "edit") {
			case 0:
				file.Data = slices.Delete(file.Data, from, to)
			case 1:
				file.Data = slices.Insert(file.Data, to, part...)
			case 2:
				file.Data = slices.Replace(file.Data, from, to, rapid.SliceOfN(rapid.Byte(), 0, 8).Draw(t, "bytes")...)
			}
		}
		sane(t, fsys)
	})
}

// jsonMark is a mark as encoding/json would read it.
type jsonMark struct {
	ID      string `json:"id"`
	Text    string `json:"text"`
	Aliases []struct {
		Text string `json:"text"`
		Lang string `json:"lang"`
		Kind string `json:"kind"`
	} `json:"aliases"`
	Holder             string   `json:"holder"`
	HolderCountry      string   `json:"holder_country"`
	Office             string   `json:"office"`
	RegistrationNumber string   `json:"registration_number"`
	Territories        []string `json:"territories"`
	NiceClasses        []int    `json:"nice_classes"`
	Status             string   `json:"status"`
	DictionaryWord     bool     `json:"dictionary_word"`
	PersonalName       bool     `json:"personal_name"`
	Famous             bool     `json:"famous"`
	HomeCategories     []string `json:"home_categories"`
	Models             []string `json:"models"`
	Policy             string   `json:"policy"`
	Sources            []string `json:"sources"`
}

// FuzzMarkLine holds the reader of marks against encoding/json: what it takes, that takes too, and reads the same in it.
func FuzzMarkLine(f *testing.F) {
	for _, line := range strings.Split(string(book(f)["marks.jsonl"].Data), "\n") {
		f.Add(line)
	}
	f.Add(`{ "id" : "\u0061\ud83d\ude00\n\/" , "nice_classes" : [ 1 , 45 ] , "famous" : false }`)
	f.Add(`{"id":"a","aliases":[{},{"kind":"nickname"}],"models":[]}`)
	f.Fuzz(func(t *testing.T, line string) {
		if !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n") {
			t.Skip()
		}
		var m Mark
		j := &jsonLine{text: line}
		j.object(func(name string) bool { return m.read(j, name) })
		if j.end() != nil {
			if j.at > len(line) {
				t.Fatalf("stopped at byte %d of %d", j.at, len(line))
			}
			return
		}
		var want jsonMark
		d := json.NewDecoder(strings.NewReader(line))
		d.DisallowUnknownFields()
		if err := d.Decode(&want); err != nil {
			t.Fatalf("%q: taken, but %v", line, err)
		}
		if got := m.asJSON(); !reflect.DeepEqual(got, want.canonical()) {
			t.Fatalf("%q:\ngot  %+v\nwant %+v", line, got, want)
		}
	})
}

func (m *Mark) asJSON() jsonMark {
	want := jsonMark{ID: m.ID, Text: m.Text, Holder: m.Holder, HolderCountry: m.HolderCountry, Office: m.Office,
		RegistrationNumber: m.RegistrationNumber, Territories: m.Territories, NiceClasses: m.NiceClasses, Status: string(m.Status),
		DictionaryWord: m.DictionaryWord, PersonalName: m.PersonalName, Famous: m.Famous, HomeCategories: m.HomeCategories,
		Models: m.Models, Policy: string(m.Policy), Sources: m.Sources}
	for _, a := range m.Aliases {
		want.Aliases = append(want.Aliases, struct {
			Text string `json:"text"`
			Lang string `json:"lang"`
			Kind string `json:"kind"`
		}{a.Text, a.Language, string(a.Kind)})
	}
	return want.canonical()
}

// canonical has nil for every empty list.
func (m jsonMark) canonical() jsonMark {
	for _, list := range []*[]string{&m.Territories, &m.HomeCategories, &m.Models, &m.Sources} {
		if len(*list) == 0 {
			*list = nil
		}
	}
	if len(m.NiceClasses) == 0 {
		m.NiceClasses = nil
	}
	if len(m.Aliases) == 0 {
		m.Aliases = nil
	}
	return m
}
