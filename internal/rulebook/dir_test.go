package rulebook

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// TestFingerprintIsTheDigest compares it with that of the book, and changes what lies there in every way.
func TestFingerprintIsTheDigest(t *testing.T) {
	whole := book(t)
	b := load(t, whole)
	if got := Fingerprint(whole); got != b.Digest {
		t.Errorf("fingerprint %s, digest %s", got, b.Digest)
	}
	seen := map[string]string{b.Digest: "the book"}
	for name, change := range map[string]func(fstest.MapFS){
		"a byte more":    func(f fstest.MapFS) { f["words.tsv"] = &fstest.MapFile{Data: append(f["words.tsv"].Data, '\n')} },
		"a file less":    func(f fstest.MapFS) { delete(f, "gates.yaml") },
		"an unknown one": func(f fstest.MapFS) { f["gate.yaml"] = f["gates.yaml"] },
		"another name":   func(f fstest.MapFS) { f["tests/b.yaml"] = f["gates.yaml"] },
		"nothing":        func(f fstest.MapFS) { clear(f) },
	} {
		fsys := book(t)
		change(fsys)
		got := Fingerprint(fsys)
		if same, ok := seen[got]; ok {
			t.Errorf("%s looks like %s", name, same)
		}
		if again := Fingerprint(fsys); again != got {
			t.Errorf("%s: %s, and again %s", name, got, again)
		}
		seen[got] = name
	}
}

// TestADirStaysTheOneThatWasOpened swaps the directory away while it is open, and leads links out of it.
func TestADirStaysTheOneThatWasOpened(t *testing.T) {
	top := t.TempDir()
	first, second := write(t, book(t)), write(t, book(t))
	if err := os.WriteFile(filepath.Join(second, "rulebook.yaml"), []byte("label: second\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(top, "current")
	link := func(target string) {
		os.Remove(name)
		if err := os.Symlink(target, name); err != nil {
			t.Skip("no symbolic links here:", err)
		}
	}
	link(first)
	dir, err := OpenDir(name)
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	link(second)
	if got := load(t, dir.FS()).Label; got != "test" {
		t.Errorf("the open directory has the label %q", got)
	}
	if b, err := LoadDir(name); err != nil || b.Label != "second" {
		t.Errorf("opened anew it gives %v, %v", b, err)
	}
}

func TestOpenDirSaysWhy(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{file: "not a directory", file + ".none": "no such file"} {
		if _, err := OpenDir(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}
