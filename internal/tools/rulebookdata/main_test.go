package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// TestSameBytes makes the tables twice from a small directory of source data.
func TestSameBytes(t *testing.T) {
	first, second := makeTables(t), makeTables(t)
	for _, name := range []string{"marks.jsonl", "words.tsv", "baselines.csv"} {
		a, b := read(t, filepath.Join(first, name)), read(t, filepath.Join(second, name))
		if len(a) == 0 || !bytes.Equal(a, b) {
			t.Errorf("%s: %d and %d bytes, want the same bytes twice", name, len(a), len(b))
		}
	}
	words := string(read(t, filepath.Join(first, "words.tsv")))
	if !bytes.Contains([]byte(words), []byte("kettle\t5\n")) {
		t.Errorf("words.tsv lacks the word of the titles:\n%.200s", words)
	}
	prices := string(read(t, filepath.Join(first, "baselines.csv")))
	want := "observed,,Acme,Electronics,DE,EUR,new,,5,30,0.2877,10,50,,shop,10,50,,\n"
	if !bytes.Contains([]byte(prices), []byte(want)) {
		t.Errorf("baselines.csv lacks %q:\n%s", want, prices)
	}
}

func TestUnknownTable(t *testing.T) {
	if err := run([]string{"-data", t.TempDir(), "-out", t.TempDir(), "names"}, io.Discard); err == nil {
		t.Error("run with a table that is none: no error")
	}
}

func makeTables(t *testing.T) string {
	t.Helper()
	out := t.TempDir()
	for _, name := range []string{"categories.csv", "category_aliases.csv"} {
		data := read(t, filepath.Join("..", "..", "rulebook", "embedded", name))
		if err := os.WriteFile(filepath.Join(out, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := run([]string{"-data", "testdata", "-out", out}, io.Discard); err != nil {
		t.Fatal(err)
	}
	return out
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
