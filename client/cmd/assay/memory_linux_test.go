package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

var generated = flag.Int("lines", 1_000, "how many generated lines the shorter run of the memory test checks; the longer checks ten times as many")

// generate writes n submissions, every hundredth line a bad one.
func generate(to io.Writer, n int) {
	titles := []string{"Stoneware mug, speckled glaze", "N1ke Air shoes", "Case compatible with iPhone 15", "Wool scarf 180 cm",
		"Rolex replica watch", "Apple cinnamon candle", "Bluetooth speaker, 20 W"}
	w := bufio.NewWriter(to)
	for i := range n {
		if i%100 == 99 {
			fmt.Fprintln(w, "no JSON")
			continue
		}
		fmt.Fprintf(w, `{"submissionId":"s%d","product":{"title":"%s no. %d","price":{"currencyCode":"EUR","units":"%d"}},"markets":["DE","FR"],"merchant":{"merchantId":"m%d"}}`+"\n",
			i, titles[i%len(titles)], i, 5+i%300, i%5000)
	}
	_ = w.Flush() // a reader that went away is seen by its exit status
}

// What a run needs does not grow with its input, whatever the form of its results.
func TestMemoryIsFlat(t *testing.T) {
	for _, out := range []string{"out.csv", "out.jsonl"} {
		if testing.Short() && out != "out.csv" {
			continue
		}
		short := peak(t, *generated, filepath.Join(t.TempDir(), out))
		long := peak(t, 10**generated, filepath.Join(t.TempDir(), out))
		if long > short+short/4+24<<20 {
			t.Errorf("%s: %d MiB at most for %d lines, %d MiB for %d", out, short>>20, *generated, long>>20, 10**generated)
		}
	}
}

// peak is the most memory that a run over n lines held, in bytes.
func peak(t *testing.T, n int, out string) int64 {
	t.Helper()
	cmd := exec.Command("assay", "check", "-", "-o", out)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	generate(in, n)
	_ = in.Close() // likewise
	if _ = cmd.Wait(); cmd.ProcessState.ExitCode() != exitErrors {
		t.Fatalf("exit status %d", cmd.ProcessState.ExitCode())
	}
	used := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	most := used.Maxrss << 10
	t.Logf("%s: %d lines, %d MiB at most, %.0f lines per second, %.0f per second of CPU", filepath.Base(out), n, most>>20,
		float64(n)/time.Since(begun).Seconds(), float64(n)/(cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()).Seconds())
	return most
}
