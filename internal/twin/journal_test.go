package twin

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// listings draws many listings of few texts, so that buckets overflow and windows end between twins.
func listings(t *rapid.T, n int) []Listing {
	words := []string{"cordless", "mixer", "whisk", "beaters", "motor", "button", "bowl", "storage", "handle", "kitchen", "silent", "dough", "speeds"}
	all := make([]Listing, n)
	for i := range all {
		title := ""
		for j, word := range words {
			if rapid.IntRange(0, 20).Draw(t, "leave out") > 0 || j < 2 {
				title += word + " "
			}
		}
		all[i] = Listing{Position: int64(i), File: "f", Line: i + 1, ID: fmt.Sprint("s", i), Merchant: rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "merchant"),
			Brand: rapid.SampledFrom([]string{"", "Bosch", "Kitchino", "Lumen"}).Draw(t, "brand"), Listed: i%2 == 0, Rejected: rapid.IntRange(0, 7).Draw(t, "rejected") == 0,
			Title: Text{Words: title}, GTIN: "4006381333931", Images: []string{fmt.Sprint(rapid.IntRange(0, 30).Draw(t, "image"))}}
	}
	return all
}

// TestCutRunsGoOnAsIfTheyHadNot cuts a run anywhere, also behind what no mark vouches for, and goes on.
func TestCutRunsGoOnAsIfTheyHadNot(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		window := rapid.IntRange(1, 12).Draw(t, "window")
		all := listings(t, rapid.IntRange(0, 60).Draw(t, "listings"))
		whole, _ := through(t, filepath.Join(dir, "whole"), window, all, func(int) bool { return false })
		cut, _ := through(t, filepath.Join(dir, "cut"), window, all, func(int) bool { return rapid.IntRange(0, 5).Draw(t, "cut") == 0 })
		if diff := cmp.Diff(whole, cut); diff != "" {
			t.Fatalf("window %d (-whole +cut):\n%s", window, diff)
		}
		finder, s := NewFinder(window), Sketcher{}
		for i := range all {
			sketch := s.Sketch(&all[i])
			if diff := cmp.Diff(finder.Add(&sketch), whole[i]); diff != "" {
				t.Fatalf("without a journal (-finder +whole):\n%s", diff)
			}
		}
	})
}

// through runs listings through a journal that is synced now and then, and taken up again from the last mark where cut says so.
func through(t *rapid.T, path string, window int, all []Listing, cut func(i int) bool) ([]*Found, *Summary) {
	var s Sketcher
	var mark Mark
	_ = os.Remove(path + ".0")
	_ = os.Remove(path + ".1")
	j, f, err := OpenJournal(path, mark, window)
	if err != nil {
		t.Fatal(err)
	}
	found, summary, saved := make([]*Found, len(all)), &Summary{}, []byte("{}")
	for i := 0; i < len(all); i++ {
		if cut(i) {
			_ = j.out // what is buffered is lost
			if err := j.Close(); err != nil {
				t.Fatal(err)
			}
			if j, f, err = OpenJournal(path, mark, window); err != nil {
				t.Fatal(err)
			}
			summary = &Summary{}
			if err := json.Unmarshal(saved, summary); err != nil {
				t.Fatal(err)
			}
			i = int(mark.Listings)
		}
		sketch := s.Sketch(&all[i])
		if found[i] = f.Add(&sketch); found[i] != nil {
			summary.Add(found[i])
		}
		if err := j.Append(&sketch); err != nil {
			t.Fatal(err)
		}
		if j.Due() || i%5 == 3 {
			if mark, err = j.Sync(); err != nil {
				t.Fatal(err)
			}
			if saved, err = json.Marshal(summary); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	return found, summary
}

// TestSummariesGoThroughJSON anywhere, and come to the same.
func TestSummariesGoThroughJSON(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		all := listings(t, rapid.IntRange(0, 60).Draw(t, "listings"))
		_, whole := through(t, filepath.Join(dir, "whole"), 20, all, func(int) bool { return false })
		_, cut := through(t, filepath.Join(dir, "cut"), 20, all, func(int) bool { return rapid.IntRange(0, 5).Draw(t, "cut") == 0 })
		if diff := cmp.Diff(whole.Groups(), cut.Groups(), cmpopts.EquateEmpty()); diff != "" || whole.Listings != cut.Listings {
			t.Fatalf("%d and %d listings (-whole +cut):\n%s", whole.Listings, cut.Listings, diff)
		}
		n := whole.LeftOut
		for _, k := range whole.Kinds {
			n += k
		}
		if n != whole.Listings {
			t.Errorf("%d listings by kind of %d", n, whole.Listings)
		}
	})
}

// TestJournalsAreNotTrustedBlindly changes a file behind its mark's back.
func TestJournalsAreNotTrustedBlindly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j, _, err := OpenJournal(path, Mark{}, 3)
	if err != nil {
		t.Fatal(err)
	}
	var s Sketcher
	var mark Mark
	for i := range 5 {
		l := Listing{ID: fmt.Sprint(i), Title: Text{Words: "oak chair with arms"}}
		sketch := s.Sketch(&l)
		if err := j.Append(&sketch); err != nil {
			t.Fatal(err)
		}
		if i == 2 {
			if err := j.Append(&sketch); err == nil {
				t.Error("a file was changed before its mark was kept")
			}
		}
		if mark, err = j.Sync(); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{path + ".0", path + ".1"} {
		good, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for at := range good {
			bad := append([]byte(nil), good...)
			bad[at] ^= 0x41
			if err := os.WriteFile(file, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, _, err := OpenJournal(path, mark, 3); err == nil {
				t.Errorf("%s: byte %d was changed and nobody saw it", filepath.Base(file), at)
			}
		}
		if err := os.WriteFile(file, good[:len(good)-1], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := OpenJournal(path, mark, 3); err == nil {
			t.Errorf("%s: its last byte was taken away and nobody saw it", filepath.Base(file))
		}
		if err := os.WriteFile(file, good, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, f, err := OpenJournal(path, mark, 3); err != nil || f.n != 5 {
		t.Errorf("as it was: %v", err)
	}
}

// FuzzSketch holds sketches of any text to their bounds and to what comes back out of a journal.
func FuzzSketch(f *testing.F) {
	f.Add("Bosch hand mixer, 450 W", "Bosch", "It mixes.", 0, 5)
	f.Add("\xff\u202e电动 搅拌器", "博世", "", -3, 1<<30)
	f.Fuzz(func(t *testing.T, title, brand, body string, start, end int) {
		l := Listing{ID: title, Brand: brand, Title: Text{title, []Span{{start, end}}}, Body: []Text{{body, nil}, {title, nil}}, Images: []string{title, body, brand}}
		var s Sketcher
		k := s.Sketch(&l)
		if len(k.Title.Least) > setSize || len(k.Body.Least) > setSize || len(k.Models) > maxModels || len(k.Images) > maxImages ||
			len(k.Words) > maxShown || len(k.Brand) > maxBrand {
			t.Fatalf("more than is kept: %+v", k)
		}
		if again := s.Sketch(&l); !cmp.Equal(k, again, cmp.AllowUnexported(Sketch{}), cmpopts.EquateEmpty()) {
			t.Fatalf("%+v, and then %+v", k, again)
		}
		if packed, err := k.Pack().Sketch(); err != nil || packed.Title.Size != k.Title.Size || packed.ID != "" {
			t.Fatalf("packed: %+v, %v", packed, err)
		}
		back, err := parseRecord(appendRecord(nil, &k)[4:])
		if diff := cmp.Diff(k, back, cmp.AllowUnexported(Sketch{}), cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Fatalf("through a journal: %v\n%s", err, diff)
		}
	})
}

// FuzzRecord reads any bytes as a listing of a journal.
func FuzzRecord(f *testing.F) {
	f.Add(appendRecord(nil, &Sketch{ID: "s", Title: Set{[]uint32{1, 2}, 2}, Images: []uint64{3}})[4:])
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		k, err := parseRecord(b)
		if err == nil && len(k.ID)+4*len(k.Title.Least)+8*len(k.Images) > len(b) {
			t.Fatalf("%d bytes came to more than they are: %+v", len(b), k)
		}
	})
}

// BenchmarkAdd compares listings of many texts.
func BenchmarkAdd(b *testing.B) {
	f := NewFinder(Window)
	var s Sketcher
	var sketches []Sketch
	for i := range 1000 {
		l := Listing{ID: fmt.Sprint(i), Merchant: fmt.Sprint(i % 50), Brand: fmt.Sprint("brand", i%70),
			Title: Text{Words: fmt.Sprintf("Cordless hand mixer %c%c with whisk, steel beaters, quiet motor %c and storage", 'a'+i%26, 'a'+i/26%26, 'a'+i%7)}}
		sketches = append(sketches, s.Sketch(&l))
	}
	for i := 0; b.Loop(); i++ {
		f.Add(&sketches[i%len(sketches)])
	}
}

// BenchmarkSketch reads a title of usual length.
func BenchmarkSketch(b *testing.B) {
	l := Listing{ID: "s", Merchant: "m", Brand: "Bosch",
		Title: Text{Words: "Bosch cordless hand mixer with whisk, stainless steel beaters, quiet motor, turbo button, 450 W, white"}}
	var s Sketcher
	b.ReportAllocs()
	for b.Loop() {
		s.Sketch(&l)
	}
}
