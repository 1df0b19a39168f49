package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-project/assay/internal/rulebook/embedded"
)

// assayd runs a command line in a folder of files.
func assayd(t *testing.T, args ...string) (status int, said, complained string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status = run(args, world{stdout: &stdout, stderr: &stderr})
	return status, stdout.String(), stderr.String()
}

func observations(first, n int) string {
	var b strings.Builder
	b.WriteString("price,currency,brand,category,market,merchant\n")
	for i := first; i < first+n; i++ {
		b.WriteString("1" + string(rune('0'+i%10)) + ".99,EUR,Acme,Shoes,DE,m" + string(rune('a'+i)) + "\n")
	}
	return b.String()
}

// What is built of observations loads as a part of a rulebook, and two halves merge into the whole.
func TestBaselines(t *testing.T) {
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	for name, text := range map[string]string{"all.csv": observations(0, 12), "one.csv": observations(0, 6), "two.csv": observations(6, 6),
		"broken.jsonl": "{\n"} {
		if err := os.WriteFile(file(name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.CopyFS(file("book"), embedded.FS()); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"baselines", "build", file("all.csv"), file("broken.jsonl"), "-o", file("book/baselines.csv")},
		{"baselines", "build", file("one.csv"), "-o", file("one.votes")},
		{"baselines", "build", file("two.csv"), "-o", file("two.votes")},
		{"baselines", "merge", file("one.votes"), file("two.votes"), "-o", file("merged.csv"), "--against", file("book/baselines.csv")},
		{"baselines", "merge", file("book/baselines.csv"), "-o", file("book/baselines.bin")},
		{"baselines", "merge", file("book/baselines.bin"), "-o", file("unpacked.csv")},
		{"baselines", "merge", file("book/baselines.bin"), file("unpacked.csv"), "-o", file("twice.csv")},
		{"lint", file("book")},
	} {
		status, said, complained := assayd(t, args...)
		if status != exitOK {
			t.Fatalf("%v: status %d\n%s%s", args[:2], status, said, complained)
		}
		if args[len(args)-1] == file("twice.csv") && !strings.Contains(said, "estimated, off by a factor of 1 at most") {
			t.Errorf("merge says %q", said)
		}
		if args[0] == "baselines" && args[1] == "build" && strings.HasSuffix(args[2], "all.csv") && (!strings.Contains(said, "13 observations read") ||
			!strings.Contains(said, "1 refused: the row cannot be read")) {
			t.Errorf("build says %q", said)
		}
	}
	whole, err := os.ReadFile(file("book/baselines.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, gone := range []struct {
		name   string
		status int
	}{{"book/baselines.csv", exitOK}, {"book/baselines.bin", exitRulebook}} {
		if err := os.Remove(file(gone.name)); err != nil {
			t.Fatal(err)
		}
		if status, _, complained := assayd(t, "lint", file("book")); status != gone.status {
			t.Errorf("without %s too, lint ends with %d: %s", gone.name, status, complained)
		}
	}
	merged, err := os.ReadFile(file("merged.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if want, got := strings.ReplaceAll(string(whole), ",all,", ",one two,"), string(merged); got != want {
		t.Errorf("built at once:\n%s\nmerged:\n%s", want, got)
	}
	if unpacked, err := os.ReadFile(file("unpacked.csv")); err != nil || !bytes.Equal(unpacked, whole) {
		t.Errorf("packed and unpacked (%v):\n%s\nwant:\n%s", err, unpacked, whole)
	}
	if !strings.Contains(string(whole), ",12,12,") {
		t.Errorf("no cohort of 12 merchants in\n%s", whole)
	}
}

func TestBaselinesCannot(t *testing.T) {
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	for name, text := range map[string]string{"a.csv": observations(0, 6), "bad.votes": "x\n", "cost.csv": "cost\n1\n"} {
		if err := os.WriteFile(file(name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"build", file("a.csv"), "-o", file("t.csv")}, {"build", file("a.csv"), "--per-unit", "-o", file("u.csv")}} {
		if status, _, complained := assayd(t, append([]string{"baselines"}, args...)...); status != exitOK {
			t.Fatal(complained)
		}
	}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"build", file("none.csv"), "-o", file("o.csv")}, "no such file"},
		{[]string{"build", file("cost.csv"), "-o", file("o.csv")}, "no column price"},
		{[]string{"build", file("a.csv"), "-o", file("o.txt")}, "must end in"},
		{[]string{"build", file("a.csv"), "-o", file("o.csv"), "--as-of", "soon"}, "no day"},
		{[]string{"build", file("a.csv"), "-o", file("o.csv"), "--max-cohorts", "2"}, "more than 2 cohorts"},
		{[]string{"build", file("a.csv"), "-o", file("none/o.csv")}, "no such file"},
		{[]string{"merge", file("bad.votes"), "-o", file("o.csv")}, "not that of a votes file"},
		{[]string{"merge", file("t.csv"), file("u.csv"), "-o", file("o.csv")}, "by unit in one table"},
		{[]string{"merge", file("t.csv"), file("bad.votes"), "-o", file("o.csv")}, "do not mix"},
		{[]string{"merge", file("t.csv"), "-o", file("o.votes")}, "do not hold votes"},
	} {
		status, said, complained := assayd(t, append([]string{"baselines"}, tt.args...)...)
		if status != exitFailed || !strings.Contains(complained, tt.want) {
			t.Errorf("%v: status %d, says %q and %q, want %q", tt.args, status, said, complained, tt.want)
		}
		if _, err := os.Stat(file("o.csv")); err == nil {
			t.Fatalf("%v: left a file", tt.args)
		}
	}
}
