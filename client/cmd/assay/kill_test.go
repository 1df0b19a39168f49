package main

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"google.golang.org/protobuf/encoding/protojson"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
	"github.com/assay-project/assay/server"
)

var kills = flag.Int("kills", 30, "how many times runs are killed before they have to end")

// serve runs a server for the processes under test, which then begin at once.
func serve(t *testing.T) (target string) {
	t.Helper()
	s := server.New(server.Config{})
	e, err := (&connection{}).engine(s)
	if err != nil {
		t.Fatal(err)
	}
	s.Use(e)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(listener) }()
	t.Cleanup(func() { s.Close(); <-served })
	return listener.Addr().String()
}

// A wanted is what one entry has to come to: the id of a verdict, or the place of an error.
type wanted struct{ id, place string }

// oddLines are n lines of which every kind is among them that a reader may stumble over, the last without an end.
func oddLines(n int, name string) (text string, want []wanted) {
	var b strings.Builder
	b.WriteString("\ufeff")
	for i := 1; i <= n; i++ {
		id := fmt.Sprintf("%s-%d", name, i)
		good := fmt.Sprintf(`{"submissionId":%q,"product":{"title":"N1ke Air shoes %d"},"markets":["US","DE"]}`, id, i)
		bad := wanted{place: fmt.Sprintf("%s:%d: ", name, i)}
		end := "\n"
		switch {
		case i == n:
			b.WriteString(good)
			return b.String(), append(want, wanted{id: id})
		case i == n/2:
			b.WriteString(strings.Repeat("x", 5<<20) + end)
			want = append(want, bad)
		case i%11 == 0:
			b.WriteString("no JSON" + end)
			want = append(want, bad)
		case i%13 == 0:
			b.WriteString("\"\xff\"" + end)
			want = append(want, bad)
		case i%17 == 0:
			b.WriteString("  \r\n") // nothing
		case i%19 == 0: // the server refuses it
			b.WriteString(strings.Replace(good, `"US"`, `"Mars"`, 1) + "\r\n")
			want = append(want, bad)
		default:
			b.WriteString(good + "\r\n")
			want = append(want, wanted{id: id})
		}
	}
	return b.String(), want
}

// oddFiles are files of every format.
func oddFiles(t *testing.T, dir string, n int) (want []wanted) {
	t.Helper()
	write := func(name string, content []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	lines, want := oddLines(n, "a.jsonl")
	write("a.jsonl", []byte(lines))

	lines, more := oddLines(n, "b.jsonl.gz")
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, _ = io.WriteString(w, lines)
	_ = w.Close()
	write("b.jsonl.gz", zipped.Bytes())
	want = append(want, more...)

	type listed struct {
		ID        string `parquet:"submission_id"`
		Title     string `parquet:"title"`
		Markets   string `parquet:"markets"`
		Condition string `parquet:"condition"`
	}
	table := "submission_id,title,markets,condition\n"
	var rows []listed
	for i := range n {
		row := listed{fmt.Sprintf("c-%d", i), "Mug\nwith two lines", "DE", "new"}
		one := wanted{id: row.ID}
		if i%10 == 0 {
			row.Condition, one = "shiny", wanted{place: fmt.Sprintf("c.csv:%d: ", 2+2*i)}
		}
		table += fmt.Sprintf("%s,\"%s\",%s,%s\n", row.ID, row.Title, row.Markets, row.Condition)
		rows, want = append(rows, row), append(want, one)
	}
	write("c.csv", []byte(table))
	for i := range rows {
		one := wanted{id: rows[i].ID}
		if i%10 == 0 {
			one = wanted{place: fmt.Sprintf("d.parquet:%d: ", i+1)}
		}
		want = append(want, one)
	}
	var columns bytes.Buffer
	if err := parquet.Write(&columns, rows, parquet.MaxRowsPerRowGroup(int64(n/3))); err != nil {
		t.Fatal(err)
	}
	write("d.parquet", columns.Bytes())

	var copies strings.Builder
	for i := range n {
		brand := []string{"Bosch", "Kitchino", "Siemens"}[i%3]
		fmt.Fprintf(&copies, `{"submissionId":"e-%d","merchant":{"merchantId":"m%d"},"product":{"brand":"%s","title":"%s cordless hand mixer, whisk, steel beaters, quiet motor, turbo button, bowl, storage case and %c"},"markets":["DE"]}`+"\n",
			i, i%5, brand, brand, 'A'+i%26)
		want = append(want, wanted{id: fmt.Sprintf("e-%d", i)})
	}
	write("e.jsonl", []byte(copies.String()))
	return want
}

// A run that is killed at any moments, and begun again each time, gives every entry exactly one result, in order: to
// the byte what a run that nobody kills gives. So are its report and its near copies.
func TestKilledRunsLoseNothing(t *testing.T) {
	dir, target := t.TempDir(), serve(t)
	want := oddFiles(t, dir, 400)
	for _, out := range []string{"out.jsonl", "out.csv"} {
		k := &killer{t: t, dir: dir, args: []string{"check", "a.jsonl", "b.jsonl.gz", "c.csv", "d.parquet", "e.jsonl", "--addr", target, "--as-of=2026-11-01",
			"--report=report.html", "--twins=twins"}}
		whole := k.whole("whole-" + out)
		report, twins := k.read("report.html"), k.read("twins")
		k.remove("report.html", "twins")
		if n := bytes.Count(twins, []byte{'\n'}); n != 399 {
			t.Fatalf("%d near copies; want all but the first of 400", n)
		}
		if out == "out.jsonl" {
			exactly(t, whole, want)
		}
		rounds := *kills / 2
		if testing.Short() {
			rounds = min(rounds, 5)
		}
		for killed := 0; killed < rounds; {
			killed += k.killUntilDone(out, rounds-killed)
			if got := k.read(out); !bytes.Equal(got, whole) {
				t.Fatalf("%s: after %d kills there are %d bytes which are not the %d of a run that nobody killed", out, killed, len(got), len(whole))
			}
			if got := k.read("report.html"); !bytes.Equal(got, report) {
				t.Fatalf("%s: after %d kills the report has %d bytes which are not the %d of a run that nobody killed", out, killed, len(got), len(report))
			}
			if got := k.read("twins"); !bytes.Equal(got, twins) {
				t.Fatalf("%s: after %d kills there are %d bytes of near copies which are not the %d of a run that nobody killed", out, killed, len(got), len(twins))
			}
			k.remove(out, "checkpoint", "report.html", "twins", "checkpoint.twins.0")
		}
	}
}

// exactly holds the results to what was wanted: as many, in order.
func exactly(t *testing.T, text []byte, want []wanted) {
	t.Helper()
	n := 0
	for line := range bytes.Lines(text) {
		r := &assayv1.CheckResult{}
		if err := protojson.Unmarshal(line, r); err != nil {
			t.Fatalf("result %d: %v", n, err)
		}
		w := want[n]
		right := w.id != "" && r.GetVerdict() != nil && r.GetSubmissionId() == w.id || w.id == "" && strings.HasPrefix(r.GetError().GetMessage(), w.place)
		if !right || r.GetPosition() != int64(n) {
			t.Fatalf("result %d is %.200s; want %v", n, line, w)
		}
		n++
	}
	if n != len(want) {
		t.Fatalf("%d results; want %d", n, len(want))
	}
}

// A killer starts runs and kills them.
type killer struct {
	t    *testing.T
	dir  string
	args []string
	took time.Duration // by a run that nobody kills
}

func (k *killer) command(args ...string) *exec.Cmd {
	cmd := exec.Command("assay", append(k.args, args...)...)
	cmd.Dir = k.dir
	return cmd
}

func (k *killer) read(name string) []byte {
	text, err := os.ReadFile(filepath.Join(k.dir, name))
	if err != nil {
		k.t.Fatal(err)
	}
	return text
}

func (k *killer) remove(names ...string) {
	for _, name := range names {
		if err := os.Remove(filepath.Join(k.dir, name)); err != nil {
			k.t.Fatal(err)
		}
	}
}

// whole is what a run that nobody kills writes.
func (k *killer) whole(out string) []byte {
	begun := time.Now()
	k.ended(k.command("-o", out))
	k.took = time.Since(begun)
	return k.read(out)
}

// ended runs a command that has to end with the status of errors in lines.
func (k *killer) ended(cmd *exec.Cmd) {
	if text, err := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != exitErrors {
		k.t.Fatalf("%v: %.2000s", err, text)
	}
}

// killUntilDone kills a run at random moments, at most that often, and lets it end; it returns how often.
func (k *killer) killUntilDone(out string, most int) (killed int) {
	args := []string{"-o", out, "--checkpoint=checkpoint", "--checkpoint-every=1ms"}
	for killed < most {
		cmd := k.command(args...)
		if err := cmd.Start(); err != nil {
			k.t.Fatal(err)
		}
		timer := time.AfterFunc(rand.N(k.took), func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		if timer.Stop() || cmd.ProcessState.Exited() {
			break // it ended before
		}
		killed++
	}
	k.ended(k.command(args...))
	return killed
}
