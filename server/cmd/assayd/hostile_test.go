package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc/credentials/insecure"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/outside/faulty"
)

// bookDir is a copy of the small rulebook, in a folder that can be moved.
func bookDir(t *testing.T, more map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "book")
	if err := os.CopyFS(dir, os.DirFS("testdata/book")); err != nil {
		t.Fatal(err)
	}
	for name, text := range more {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestServeOutlivesWhatHappensToItsRulebook does to the directory what no rulebook survives, and takes it back. Each time the one in
// force stays, the attempt is told, and so is that all is well again.
func TestServeOutlivesWhatHappensToItsRulebook(t *testing.T) {
	dir := bookDir(t, nil)
	d := runAssayd(t, "serve", "--rulebook", dir, "--listen", "127.0.0.1:0", "--reload-every", "20ms")
	c := client(t, d.address, insecure.NewCredentials())
	file, aside := filepath.Join(dir, "README.md"), dir+".aside"
	must := func(errs ...error) {
		t.Helper()
		for _, err := range errs {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, hurt := range []struct {
		name, told string
		do, undo   func()
	}{
		{"a named pipe", "not a regular file", func() { must(syscall.Mkfifo(file, 0o644)) }, func() { must(os.Remove(file)) }},
		{"a link to a device", "links are not followed", func() { must(os.Symlink("/dev/zero", file)) }, func() { must(os.Remove(file)) }},
		{"a file of 300 MB", "314572800 bytes", func() { must(os.WriteFile(file, nil, 0o644), os.Truncate(file, 300<<20)) }, func() { must(os.Remove(file)) }},
		{"no directory", "no such file", func() { must(os.Rename(dir, aside)) }, func() { must(os.Rename(aside, dir)) }},
		{"a file in its place", "not a directory", func() { must(os.Rename(dir, aside), os.WriteFile(dir, nil, 0o644)) }, func() { must(os.Remove(dir), os.Rename(aside, dir)) }},
		{"a link to itself", "too many", func() { must(os.Rename(dir, aside), os.Symlink(dir, dir)) }, func() { must(os.Remove(dir), os.Rename(aside, dir)) }},
	} {
		hurt.do()
		if line := d.line(t); !strings.Contains(line, "rulebook refused") || !strings.Contains(line, hurt.told) {
			t.Errorf("%s: it says %s", hurt.name, line)
		}
		r, err := c.GetRulebook(t.Context(), &assayv1.GetRulebookRequest{})
		if err != nil || !strings.Contains(r.GetLastLoad().GetError(), hurt.told) || r.GetRulebook().GetLabel() != "corner-shop" {
			t.Errorf("%s: %v, %v", hurt.name, r.GetLastLoad(), err)
		}
		hurt.undo()
		if line := d.line(t); !strings.Contains(line, "rulebook unchanged") {
			t.Errorf("%s, undone: it says %s", hurt.name, line)
		}
		if _, err := ask(t, c); err != nil {
			t.Errorf("%s: %v", hurt.name, err)
		}
	}
}

// TestServeWithCheckersThatHang asks ten checkers that never answer. They keep a submission no longer than one of them, and a batch
// of a hundred not much longer, as they are not asked for ever; nor do they keep the process.
func TestServeWithCheckersThatHang(t *testing.T) {
	address := faulty.Serve(t, faulty.Stallers()["hangs"])
	remotes := "remotes:\n"
	for i := range 10 { // each with a connection of its own
		remotes += fmt.Sprintf("  - {name: slow-%d, address: %q, max_concurrent: %d}\n", i, address, 32+i)
	}
	d := runAssayd(t, "serve", "--rulebook", bookDir(t, map[string]string{"remotes.yaml": remotes}), "--listen", "127.0.0.1:0", "--drain-delay", "0s")
	drained := make(chan struct{})
	go func() { defer close(drained); _, _ = io.Copy(io.Discard, d.stderr) }() // a line per checker and submission: the pipe would be full
	c := client(t, d.address, insecure.NewCredentials())
	start := time.Now()
	r, err := ask(t, c)
	if err != nil || r.GetVerdict().GetDecision() != assayv1.Decision_DECISION_REVIEW || len(r.GetVerdict().GetFindings()) != 10 {
		t.Fatalf("%v, %v", r, err)
	}
	if took := time.Since(start); took > 1500*time.Millisecond { // one after the other they take 3 s
		t.Errorf("one submission took %v", took)
	}
	batch := &assayv1.BatchCheckSubmissionsRequest{}
	for i := range 100 {
		batch.Submissions = append(batch.Submissions, &assayv1.Submission{SubmissionId: fmt.Sprint(i), Product: &assayv1.Product{Title: "Oak chair"}, Markets: []string{"DE"}})
	}
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second) // one after the other they take 30 s
	defer cancel()
	answers, err := c.BatchCheckSubmissions(ctx, batch)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range answers.GetResults() {
		if a.GetVerdict().GetDecision() != assayv1.Decision_DECISION_REVIEW {
			t.Errorf("%s: %v", a.GetSubmissionId(), a.GetOutcome())
		}
	}
	d.signal(t)
	<-drained
	_ = d.Wait()
	if status := d.ProcessState.ExitCode(); status != 0 {
		t.Errorf("ended with %d", status)
	}
}
