package server_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/rulebook/embedded"
	"github.com/assay-project/assay/internal/rulebook/madeup"
	"github.com/assay-project/assay/internal/wire"
	"github.com/assay-project/assay/server"
)

// manyMarks names the variable without which the benchmarks of a million marks are skipped: making the marks takes a while and
// a gigabyte.
const manyMarks = "ASSAY_MILLION"

// BenchmarkMillion asks a server with the embedded rulebook, and one with a register of a million marks besides, in turns, about the
// same listings: once where no mark is an ordinary word, and once where two of three ordinary words are some mark, too, so that
// most of what there is to do is to tell of them ("mentions" in a listing). "ratio" is how many calls the large one answers in the time in which the embedded one answers one:
//
//	ASSAY_MILLION=1 go test ./server -run '^$' -bench Million -benchtime 20x
func BenchmarkMillion(b *testing.B) {
	if os.Getenv(manyMarks) == "" {
		b.Skip("set " + manyMarks)
	}
	small := embeddedEngine(b)
	for name, words := range map[string][]string{"coined": nil, "words": small.Book().Words} {
		b.Run(name, func(b *testing.B) { million(b, small, millionEngine(b, small.Book(), words)) })
	}
}

func million(b *testing.B, small, large *engine.Engine) {
	requests := listings(small.Book())
	found, fewer := mentions(b, large, requests), mentions(b, small, requests)
	report := func(b *testing.B) {
		b.ReportMetric(found, "mentions")
		b.ReportMetric(fewer, "bare-mentions")
	}
	b.Run("engine", func(b *testing.B) {
		inTurns(b, 10*len(requests), func() { checks(b, large, requests) }, func() { checks(b, small, requests) })
		report(b)
	})
	for _, atATime := range []int{1, 64} {
		b.Run(fmt.Sprint("unary-", atATime, "-in-flight"), func(b *testing.B) {
			b.Cleanup(func(percent int) func() { return func() { debug.SetGCPercent(percent) } }(debug.SetGCPercent(400))) // as assayd serve
			ours, theirs := clientOf(b, large), clientOf(b, small)
			inTurns(b, 10*len(requests), func() { askAll(b, ours, requests, atATime) }, func() { askAll(b, theirs, requests, atATime) })
			report(b)
		})
	}
}

// millionEngine is the embedded rulebook with a register of a million made-up marks, some of which are among the words.
func millionEngine(b *testing.B, book *rulebook.Book, words []string) *engine.Engine {
	b.Helper()
	builder := rulebook.NewRegisterBuilder()
	lines := madeup.Lines(1, 1_000_000, words, []string{"Apparel & Accessories", "Electronics", "Home & Garden", "Hardware"})
	var list bytes.Buffer
	for line := range lines {
		list.WriteString(line)
		list.WriteByte('\n')
	}
	if err := builder.Read("madeup.jsonl", &list); err != nil || builder.Tally().Refused > 0 {
		b.Fatal(err, builder.Problems())
	}
	var file bytes.Buffer
	if _, err := builder.WriteTo(&file); err != nil {
		b.Fatal(err)
	}
	files := fstest.MapFS{"marks.bin": {Data: file.Bytes()}}
	err := fs.WalkDir(embedded.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(embedded.FS(), name)
		files[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	loaded, err := rulebook.Load(files)
	if err != nil {
		b.Fatal(err)
	}
	e, err := engine.New(loaded)
	if err != nil {
		b.Fatal(err)
	}
	return e
}

// listings are those of the book's own tests, and as many ordinary ones.
func listings(book *rulebook.Book) []*assayv1.Submission {
	list := ordinaryListings(book)[:len(book.Tests)]
	for _, t := range book.Tests {
		list = append(list, t.Submission)
	}
	return list
}

func checks(b *testing.B, e *engine.Engine, requests []*assayv1.Submission) {
	for i := range 10 * len(requests) {
		s, err := wire.Submission(requests[i%len(requests)], time.Time{})
		if err != nil {
			b.Fatal(err)
		}
		if _, _, err := e.Check(context.Background(), s, engine.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// mentions is how many marks are found in a listing.
func mentions(b *testing.B, e *engine.Engine, requests []*assayv1.Submission) float64 {
	n := 0
	for _, r := range requests {
		s, err := wire.Submission(r, time.Time{})
		if err != nil {
			b.Fatal(err)
		}
		v, _, err := e.Check(context.Background(), s, engine.Options{})
		if err != nil {
			b.Fatal(err)
		}
		n += len(v.Mentions)
	}
	return float64(n) / float64(len(requests))
}

func clientOf(b *testing.B, e *engine.Engine) assayv1.ComplianceServiceClient {
	b.Helper()
	s := server.New(server.Config{StreamAge: time.Hour, MaxWait: time.Minute})
	s.Use(e)
	return assayv1.NewComplianceServiceClient(start(b, s, loopback(b)))
}

func askAll(b *testing.B, client assayv1.ComplianceServiceClient, requests []*assayv1.Submission, atATime int) {
	var next atomic.Int64
	var wait sync.WaitGroup
	for range atATime {
		wait.Go(func() {
			for i := next.Add(1); i <= int64(10*len(requests)); i = next.Add(1) {
				request := requests[int(i)%len(requests)]
				if _, err := client.CheckSubmission(context.Background(), &assayv1.CheckSubmissionRequest{Submission: request}); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
}
