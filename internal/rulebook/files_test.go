package rulebook

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// problems loads a directory that must be refused.
func problems(t *testing.T, fsys fs.FS) Problems {
	t.Helper()
	_, err := Load(fsys)
	var p Problems
	if !errors.As(err, &p) {
		t.Fatalf("got %v, want problems", err)
	}
	return p
}

// write puts a book into a directory of the file system.
func write(t *testing.T, fsys fstest.MapFS) string {
	t.Helper()
	dir := t.TempDir()
	for name, f := range fsys {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestLoadRefusesSpecialFiles(t *testing.T) {
	dir := write(t, book(t))
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("hunter2: [\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "gates.yaml")); err != nil {
		t.Fatal(err)
	}
	for _, link := range []string{"gates.yaml", "tests/secret.yaml"} {
		if err := os.Symlink(secret, filepath.Join(dir, link)); err != nil {
			t.Skip("no symbolic links here:", err)
		}
	}
	got := problems(t, os.DirFS(dir)).Error()
	for _, want := range []string{"gates.yaml: not a regular file", "tests/secret.yaml: not a regular file"} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant a line with %q", got, want)
		}
	}
	if strings.Contains(got, "hunter2") {
		t.Errorf("the problem shows what the link points to:\n%s", got)
	}
}

func TestLoadLeavesOthersFilesAlone(t *testing.T) {
	plain := load(t, book(t))
	fsys := book(t)
	for _, name := range []string{".git/HEAD", ".gitignore", ".gates.yaml.swp", "embedded.go", "tests/.keep"} {
		fsys[name] = &fstest.MapFile{Data: []byte("\x00not ours")}
	}
	if b := load(t, fsys); b.Digest != plain.Digest {
		t.Errorf("digest %s, want that without them, %s", b.Digest, plain.Digest)
	}
}

func TestLoadIsBounded(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(fstest.MapFS)
		want   string
	}{
		{"file too large", func(fsys fstest.MapFS) {
			fsys["packs.yaml"] = &fstest.MapFile{Data: make([]byte, mib+1)}
		}, "packs.yaml: read file: 1048577 bytes"},
		{"too many files", func(fsys fstest.MapFS) {
			for i := range maxFiles {
				fsys[fmt.Sprintf("tests/%d.yaml", i)] = &fstest.MapFile{Data: []byte("cases: []\n")}
			}
		}, "tests: more than 1000 files"},
		{"too much YAML", func(fsys fstest.MapFS) {
			for i := range 20 {
				fsys[fmt.Sprintf("tests/%d.yaml", i)] = &fstest.MapFile{Data: []byte(strings.Repeat("#\n", mib/2))}
			}
		}, "and on all YAML"},
		{"too many problems", func(fsys fstest.MapFS) {
			fsys["words.tsv"] = &fstest.MapFile{Data: []byte(strings.Repeat("word\n", 5000))}
		}, "words.tsv: and 4000 problems more in this file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys := book(t)
			c.change(fsys)
			got := problems(t, fsys)
			if !slices.ContainsFunc(got, func(p Problem) bool { return strings.Contains(p.String(), c.want) }) {
				t.Errorf("got\n%s\nwant a line with %q", got, c.want)
			}
		})
	}
}

func TestErrorPrintsAScreen(t *testing.T) {
	var p Problems
	for i := range 250 {
		p = append(p, Problem{Position{"a.yaml", i + 1, 2}, "wrong"})
	}
	lines := strings.Split(p.Error(), "\n")
	if len(lines) != maxPrinted+1 || lines[0] != "a.yaml:1:2: wrong" || lines[maxPrinted] != "and 50 more" {
		t.Errorf("%d lines, from %q to %q", len(lines), lines[0], lines[len(lines)-1])
	}
}

func TestLoadTellsWhatTheFileSystemSays(t *testing.T) {
	fsys := unreadable{book(t)}
	want := []string{"gates.yaml: read file: permission denied"}
	var got []string
	for _, p := range problems(t, fsys) {
		got = append(got, p.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := Load(os.DirFS(filepath.Join(t.TempDir(), "nowhere"))); err == nil {
		t.Error("a directory that is not there gives no error")
	}
}

// unreadable refuses to open gates.yaml.
type unreadable struct{ fstest.MapFS }

func (u unreadable) Open(name string) (fs.File, error) {
	if name == "gates.yaml" {
		return nil, &fs.PathError{Op: "open", Path: "/srv/secret/gates.yaml", Err: fs.ErrPermission}
	}
	return u.MapFS.Open(name)
}

// TestDigest shows what the digest is of: names and bytes, and nothing else.
func TestDigest(t *testing.T) {
	fsys := book(t)
	b := load(t, fsys)
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(fsys)) {
		fmt.Fprintf(h, "%x  %s\n", sha256.Sum256(fsys[name].Data), name)
	}
	if want := fmt.Sprintf("%x", h.Sum(nil)); b.Digest != want {
		t.Errorf("digest %s, want %s", b.Digest, want)
	}
	for _, f := range fsys {
		f.ModTime = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
		f.Mode = 0o400
	}
	if again := load(t, fsys); again.Digest != b.Digest {
		t.Error("times and modes of files change the digest")
	}
	if onDisk := load(t, os.DirFS(write(t, fsys))); onDisk.Digest != b.Digest {
		t.Error("the digest is another one from a directory of the file system")
	}
	for name, f := range fsys {
		changed := maps.Clone(fsys)
		changed[name] = &fstest.MapFile{Data: append(slices.Clone(f.Data), '\n')}
		if load(t, changed).Digest == b.Digest {
			t.Errorf("a line more in %s does not change the digest", name)
		}
	}
}

func TestListsNameEveryFile(t *testing.T) {
	rows := map[string]int{"README.md": 0, "baselines.csv": 2, "categories.csv": 3, "category_aliases.csv": 1, "decisions.yaml": 2,
		"gates.yaml": 1, "marks.jsonl": 2, "orders.jsonl": 2, "packs.yaml": 1, "prices.yaml": 2, "requirements.yaml": 1, "rulebook.yaml": 2, "rules.yaml": 1, "tests/marks.yaml": 1,
		"wording.yaml": 4, "words.tsv": 2}
	var want []List
	fsys := book(t)
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		want = append(want, List{name, fmt.Sprintf("%x", sha256.Sum256(fsys[name].Data)), rows[name]})
	}
	if diff := cmp.Diff(want, load(t, fsys).Lists); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLinesMayEndWithCRLF(t *testing.T) {
	fsys := book(t)
	want := load(t, fsys)
	for _, f := range fsys {
		f.Data = []byte(strings.ReplaceAll(string(f.Data), "\n", "\r\n"))
	}
	got := load(t, fsys)
	if got.Digest == want.Digest {
		t.Error("other bytes, same digest")
	}
	for _, row := range []struct{ got, want any }{{got.Marks, want.Marks}, {got.Words, want.Words}, {got.Wording, want.Wording},
		{got.Gates, want.Gates}, {got.Packs, want.Packs}, {got.Baselines, want.Baselines}, {got.Prices, want.Prices}} {
		if diff := cmp.Diff(row.want, row.got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestDictionaryNeedNotBeThere(t *testing.T) {
	fsys := book(t)
	if b := load(t, fsys); len(b.Dictionary) != 0 {
		t.Errorf("without a file there are %q", b.Dictionary)
	}
	fsys["dictionary.txt"] = &fstest.MapFile{Data: []byte("about\nthrown\r\ntwice")}
	if diff := cmp.Diff([]string{"about", "thrown", "twice"}, load(t, fsys).Dictionary); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
