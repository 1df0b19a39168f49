package main

import (
	"bytes"
	"fmt"
	"os"
	"testing"
	"time"

	"google.golang.org/grpc/credentials/insecure"
)

// BenchmarkStart starts the daemon with the embedded rulebook, asks for one verdict and kills it. It reports the time from the
// process's start to that verdict and, where /proc tells, the memory that was resident by then.
func BenchmarkStart(b *testing.B) {
	var took time.Duration
	var resident float64
	for b.Loop() {
		start := time.Now()
		d := runAssayd(b, "serve", "--listen", "127.0.0.1:0")
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

// residentMiB is what Linux says, 0 elsewhere.
func residentMiB(pid int) float64 {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, rest, _ := bytes.Cut(status, []byte("VmRSS:"))
	var kib float64
	fmt.Sscan(string(rest), &kib)
	return kib / 1024
}
