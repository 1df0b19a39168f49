package twin

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// TestMemoryOfAFinder fills a window with listings of usual length, and with ones that meet every bound, twice over: what is kept
// is what doc.go says.
func TestMemoryOfAFinder(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some seconds")
	}
	for name, row := range map[string]struct {
		words, images, id int
		most              uint64 // MiB
	}{"usual": {12, 1, 12, 50}, "all bounds met": {100, 50, 128, 100}} {
		before := heap()
		f, s := NewFinder(Window), Sketcher{}
		for i := range 2 * Window {
			f.Add(filled(&s, i, row.words, row.images, row.id))
		}
		kept := heap() - before
		t.Logf("%s: %d MiB, %d bytes for each of %d listings", name, kept>>20, kept/Window, Window)
		if kept>>20 > row.most {
			t.Errorf("%s: %d MiB are kept, want at most %d", name, kept>>20, row.most)
		}
		runtime.KeepAlive(f)
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// filled is the sketch of a listing of so many words, pictures, and bytes of id.
func filled(s *Sketcher, n, words, images, id int) *Sketch {
	text := func(n int) string {
		var b strings.Builder
		for i := range words {
			x := uint64(n*words+i+1) * 0x9e3779b97f4a7c15
			for range 8 {
				b.WriteByte(byte('a' + x%26))
				x /= 26
			}
			b.WriteByte(' ')
		}
		return b.String()
	}
	l := Listing{Position: int64(n), File: "f", Line: n, ID: fmt.Sprintf("%0*d", id, n), Merchant: fmt.Sprintf("%0*d", id, n), Brand: text(-n)[:min(id, 40)], Title: Text{Words: text(n)}}
	if words > 20 {
		l.Body = []Text{{Words: text(-n)}}
	}
	for i := range images {
		l.Images = append(l.Images, fmt.Sprint(n, i))
	}
	k := s.Sketch(&l)
	return &k
}
