package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// The table in package text is what the sources make today.
func TestTableIsUpToDate(t *testing.T) {
	out := filepath.Join(t.TempDir(), "table.bin")
	if err := run(".", out); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("../../text/table.bin")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("internal/text/table.bin is out of date: run go generate ./internal/text")
	}
}

func TestSupplementErrorsNameTheLine(t *testing.T) {
	s := newSupplement()
	for _, row := range [][]string{{"fold"}, {"look 00AE", ""}, {"look 00AE", "ab"}, {"kind 0041", "nonsense"}, {"paint 0041", "a"}, {"gap 00ZZ", "sign"},
		{"fold 00E6", "ae"}, {"fold 0061..0063", "ab", "width"}} {
		if err := s.row(row); err == nil {
			t.Errorf("%q is accepted", row)
		}
	}
}
