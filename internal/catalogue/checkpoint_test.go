package catalogue

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func someCheckpoint() *Checkpoint {
	return &Checkpoint{
		Inputs: []Fingerprint{{"a", 3, "00"}, {"b", 4, "01"}}, Options: map[string]string{"--locale": "de"}, Rulebook: "ff", Output: "out",
		AsOf: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), Next: Mark{1, 7}, Offset: 99, Counts: Counts{1, 2, 3, 4},
	}
}

// A checkpoint that was cut or changed anywhere is never taken for one, nor for none.
func TestADamagedCheckpointIsAnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run")
	if _, err := LoadCheckpoint(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	for range 2 {
		if err := someCheckpoint().Save(path); err != nil {
			t.Fatal(err)
		}
	}
	got, err := LoadCheckpoint(path)
	if diff := cmp.Diff(someCheckpoint(), got); diff != "" || err != nil {
		t.Fatalf("%v (-saved +loaded):\n%s", err, diff)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := [][]byte{nil, []byte("{}"), []byte("null")}
	for n := range len(text) - 1 { // the last byte ends the line
		damaged = append(damaged, text[:n])
		changed := append([]byte(nil), text...)
		changed[n] ^= 4
		damaged = append(damaged, changed)
	}
	for _, content := range damaged {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if c, err := LoadCheckpoint(path); err == nil && cmp.Diff(someCheckpoint(), c) != "" {
			t.Errorf("%q is taken for %+v", content, c)
		} else if errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q counts as none", content)
		}
	}
}

func TestARunGoesOnOnlyAsWhatItWas(t *testing.T) {
	for want, change := range map[string]func(*Checkpoint){
		"":                                   func(c *Checkpoint) { c.Next, c.Offset, c.Counts, c.AsOf = Mark{}, 0, Counts{}, time.Time{} },
		"there were 2 files, now 1":          func(c *Checkpoint) { c.Inputs = c.Inputs[:1] },
		"c stands where b stood":             func(c *Checkpoint) { c.Inputs[1].Path = "c" },
		"b had 4 bytes, now 5":               func(c *Checkpoint) { c.Inputs[1].Size = 5 },
		"the content of a has changed":       func(c *Checkpoint) { c.Inputs[0].SHA256 = "02" },
		`the standing papers ("p") are`:      func(c *Checkpoint) { c.Papers = &Fingerprint{Path: "p"} },
		`--locale was "de", now ""`:          func(c *Checkpoint) { c.Options["--locale"] = "" },
		"results went to out, now to other":  func(c *Checkpoint) { c.Output = "other" },
		"rulebook ff was in force, now fe":   func(c *Checkpoint) { c.Rulebook = "fe" },
		"a had 3 bytes, now 0\nrulebook ff ": func(c *Checkpoint) { c.Inputs[0].Size, c.Rulebook = 0, "x" },
	} {
		now := someCheckpoint()
		change(now)
		err := someCheckpoint().Continues(now)
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%v; want %q", err, want)
		}
	}
}

func TestFingerprintsTellFilesApart(t *testing.T) {
	a, err := FingerprintOf(filed(t, "a", []byte("one")))
	if err != nil {
		t.Fatal(err)
	}
	b, err := FingerprintOf(filed(t, "a", []byte("two")))
	if err != nil || a.SHA256 == b.SHA256 || a.Size != 3 {
		t.Errorf("%v and %v, %v", a, b, err)
	}
	if _, err := FingerprintOf(t.TempDir()); err == nil || !strings.Contains(err.Error(), "is no regular file") {
		t.Errorf("a directory: %v", err)
	}
}

// A careful run ends with the first file that breaks, so that going on later does not pass it over.
func TestACarefulRunEndsWithAFileThatBreaks(t *testing.T) {
	whole := gzipped(strings.Repeat("{\"submissionId\":\"a\"}\n", 1000))
	files := []string{filed(t, "a.jsonl.gz", whole[:len(whole)-4]), filed(t, "b.jsonl", []byte("{}"))}
	for _, careful := range []bool{true, false} {
		got, broken := run(t, &Input{Files: files, Careful: careful})
		if want := map[bool]int{true: 1000, false: 1001}[careful]; len(got) != want || len(broken) != 1 {
			t.Errorf("careful %v: %d entries, broken %v; want %d and one", careful, len(got), broken, want)
		}
	}
}

// FuzzCheckpoint reads a file of any bytes: it is refused, or it is a checkpoint that says the same once it is saved again.
func FuzzCheckpoint(f *testing.F) {
	path := filepath.Join(f.TempDir(), "seed.json")
	if err := someCheckpoint().Save(path); err != nil {
		f.Fatal(err)
	}
	seed, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(seed))
	f.Add(`{"checkpoint":{},"sha256":"` + digest([]byte("{}")) + `"}`)
	f.Add(`{"checkpoint":null,"sha256":""}`)
	f.Fuzz(func(t *testing.T, text string) {
		file := filepath.Join(t.TempDir(), "run.json")
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		c, err := LoadCheckpoint(file)
		if err != nil {
			return
		}
		if err := c.Save(file); err != nil {
			t.Fatal(err)
		}
		if again, err := LoadCheckpoint(file); err != nil || c.Continues(again) != nil || again.Next != c.Next || again.Counts != c.Counts {
			t.Errorf("%q: %v, then %v, %v", text, c, again, err)
		}
	})
}
