package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/grpc/credentials/insecure"

	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/rulebook/embedded"
	"github.com/assay-project/assay/internal/rulebook/madeup"
)

// BenchmarkStart starts the daemon, asks for one verdict and kills it: with the embedded rulebook and, where the variable
// ASSAY_MILLION is set, with a register of a million marks besides. It reports the time from the process's start to that
// verdict and, where /proc tells, the memory that was resident by then.
func BenchmarkStart(b *testing.B) {
	b.Run("embedded", func(b *testing.B) { start(b) })
	if os.Getenv("ASSAY_MILLION") != "" {
		dir := millionBook(b)
		b.Run("million", func(b *testing.B) { start(b, "--rulebook", dir) })
	}
}

func start(b *testing.B, args ...string) {
	var took time.Duration
	var resident float64
	for b.Loop() {
		start := time.Now()
		d := runAssayd(b, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
		if _, err := ask(b, client(b, d.address, insecure.NewCredentials())); err != nil {
			b.Fatal(err)
		}
		took += time.Since(start)
		resident += residentMiB(d.Process.Pid)
		d.Process.Kill()
		d.Wait()
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(took.Milliseconds())/float64(b.N), "ms-to-verdict")
	b.ReportMetric(resident/float64(b.N), "resident-MiB")
}

// millionBook is the directory of the embedded rulebook with a register of a million made-up marks.
func millionBook(b *testing.B) string {
	b.Helper()
	dir := b.TempDir()
	if err := os.CopyFS(dir, embedded.FS()); err != nil {
		b.Fatal(err)
	}
	book, err := rulebook.LoadDir(dir)
	if err != nil {
		b.Fatal(err)
	}
	list, err := os.Create(filepath.Join(b.TempDir(), "list.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	for line := range madeup.Lines(1, 1_000_000, book.Words, []string{"Electronics", "Hardware"}) {
		fmt.Fprintln(list, line)
	}
	if err := list.Close(); err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	if status := run([]string{"marks", "build", list.Name(), "-o", filepath.Join(dir, "marks.bin")}, world{os.Stderr, os.Stderr}); status != exitOK {
		b.Fatalf("marks build ends with %d", status)
	}
	b.Logf("built in %v", time.Since(began))
	return dir
}

// residentMiB is what Linux says, 0 elsewhere.
func residentMiB(pid int) float64 {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, rest, _ := bytes.Cut(status, []byte("VmRSS:"))
	var kib float64
	fmt.Sscan(string(rest), &kib)
	return kib / 1024
}
