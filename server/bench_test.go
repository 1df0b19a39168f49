package server_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/rulebook/embedded"
	"github.com/assay-project/assay/internal/wire/madeup"
	"github.com/assay-project/assay/server"
	"github.com/assay-project/assay/server/metrics"
)

// The benchmarks ask this server and a bare one in turns, over loopback, in one process: the bare one answers the same
// messages with the same answers, made beforehand, and has gRPC's defaults but for its workers. A machine's speed changes from minute to minute;
// what holds is "ratio": how many calls we answer in the time in which the bare server answers one. Our calls may wait for a minute,
// so that none is refused while the machine has other work. Run them with a fixed number of rounds:
//
//	go test ./server -run '^$' -bench 'Unary|Stream|Batch|Parts' -benchtime 20x
//
// "cpu-ratio" is the same in processor time, which holds on a machine that has other work, too; "extra-cpu-us" is the processor time
// that a call costs above the bare server's, client and server together.

// bare answers without a look at what is asked.
type bare struct {
	assayv1.UnimplementedComplianceServiceServer
	one      *assayv1.CheckSubmissionResponse
	batch    *assayv1.BatchCheckSubmissionsResponse
	streamed *assayv1.CheckResult
}

func (b *bare) CheckSubmission(context.Context, *assayv1.CheckSubmissionRequest) (*assayv1.CheckSubmissionResponse, error) {
	return b.one, nil
}

func (b *bare) BatchCheckSubmissions(context.Context, *assayv1.BatchCheckSubmissionsRequest) (*assayv1.BatchCheckSubmissionsResponse, error) {
	return b.batch, nil
}

func (b *bare) StreamCheckSubmissions(stream grpc.BidiStreamingServer[assayv1.StreamCheckSubmissionsRequest, assayv1.StreamCheckSubmissionsResponse]) error {
	answer := &assayv1.StreamCheckSubmissionsResponse{Result: b.streamed}
	for {
		if _, err := stream.Recv(); err != nil {
			return nil
		}
		if err := stream.Send(answer); err != nil {
			return err
		}
	}
}

// pair is a client of the real server and one of the bare server, which answers as the real one has.
type pair struct {
	ours, bare assayv1.ComplianceServiceClient
	asked      enquiry
}

// An enquiry is what calls ask about, and how.
type enquiry struct {
	listings []*assayv1.Submission
	options  *assayv1.CheckOptions
}

// without asks for verdicts that leave the lists out.
func (e enquiry) without() enquiry {
	return enquiry{e.listings, &assayv1.CheckOptions{OmitLists: true}}
}

// manyListings is how many different listings are asked about: so many that no processor remembers one when it comes again.
const manyListings = 4000

// ordinaryListings are made-up listings of the words, marks and categories of a book.
func ordinaryListings(book *rulebook.Book) []*assayv1.Submission {
	maker := madeup.New(1, madeup.VocabularyOf(book))
	listings := make([]*assayv1.Submission, manyListings)
	for i := range listings {
		listings[i] = maker.Ordinary()
	}
	return listings
}

func newPair(b *testing.B) pair {
	b.Helper()
	b.Cleanup(func(percent int) func() { return func() { debug.SetGCPercent(percent) } }(debug.SetGCPercent(400))) // as assayd serve
	s, e := server.New(server.Config{StreamAge: time.Hour, MaxWait: time.Minute}), embeddedEngine(b)
	s.Use(e)
	p := pair{ours: assayv1.NewComplianceServiceClient(start(b, s, loopback(b))), asked: enquiry{listings: ordinaryListings(e.Book())}}
	batch, err := p.ours.BatchCheckSubmissions(b.Context(), p.asked.hundreds()[0])
	if err != nil {
		b.Fatal(err)
	}
	one := batch.GetResults()[slices.IndexFunc(batch.GetResults(), func(r *assayv1.CheckResult) bool { return 100*proto.Size(r) >= proto.Size(batch) })]
	alone, err := p.ours.CheckSubmission(b.Context(), &assayv1.CheckSubmissionRequest{Submission: p.asked.listings[one.GetPosition()]})
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("requests of %d bytes, answers of %d on the mean", proto.Size(p.asked.hundreds()[0])/100, proto.Size(batch)/100)
	g := grpc.NewServer(grpc.NumStreamWorkers(64))
	assayv1.RegisterComplianceServiceServer(g, &bare{one: alone, batch: batch, streamed: one})
	p.bare = assayv1.NewComplianceServiceClient(dialBare(b, g))
	return p
}

func dialBare(b *testing.B, g *grpc.Server) *grpc.ClientConn {
	l := loopback(b)
	served := make(chan error, 1)
	go func() { served <- g.Serve(l) }()
	conn, err := grpc.NewClient(l.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close(); g.Stop(); <-served })
	return conn
}

func embeddedEngine(b testing.TB) *engine.Engine {
	b.Helper()
	book, err := rulebook.Load(embedded.FS())
	if err != nil {
		b.Fatal(err)
	}
	e, err := engine.New(book)
	if err != nil {
		b.Fatal(err)
	}
	return e
}

// hundreds are full batches.
func (e enquiry) hundreds() []*assayv1.BatchCheckSubmissionsRequest {
	var batches []*assayv1.BatchCheckSubmissionsRequest
	for hundred := range slices.Chunk(e.listings, 100) {
		batches = append(batches, &assayv1.BatchCheckSubmissionsRequest{Submissions: hundred, Options: e.options})
	}
	return batches
}

// spent is what a number of items took.
type spent struct{ wall, cpu time.Duration }

func measure(work func()) spent {
	var before, after syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &before)
	start := time.Now()
	work()
	wall := time.Since(start)
	syscall.Getrusage(syscall.RUSAGE_SELF, &after)
	return spent{wall, time.Duration(after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano())}
}

// inTurns runs rounds of both and reports the median of the rounds' ratios.
func inTurns(b *testing.B, items int, ours, bare func()) {
	b.Helper()
	ours() // warm up
	bare()
	var ratios []float64
	var our, their spent
	for b.Loop() {
		o, t := measure(ours), measure(bare)
		ratios = append(ratios, t.wall.Seconds()/o.wall.Seconds())
		our.wall, our.cpu = our.wall+o.wall, our.cpu+o.cpu
		their.wall, their.cpu = their.wall+t.wall, their.cpu+t.cpu
	}
	slices.Sort(ratios)
	total := float64(items * len(ratios))
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ratios[len(ratios)/2], "ratio")
	b.ReportMetric(their.cpu.Seconds()/our.cpu.Seconds(), "cpu-ratio")
	b.ReportMetric(total/our.wall.Seconds(), "items/s")
	b.ReportMetric(total/their.wall.Seconds(), "bare-items/s")
	b.ReportMetric((our.cpu-their.cpu).Seconds()*1e6/total, "extra-cpu-us")
	b.ReportMetric(their.cpu.Seconds()*1e6/total, "bare-cpu-us")
}

// latencies collects how long calls took.
type latencies struct {
	sync.Mutex
	all []time.Duration
}

func (l *latencies) at(quantile float64) time.Duration {
	slices.Sort(l.all)
	return l.all[int(quantile*float64(len(l.all)-1))]
}

// calls makes unary calls, a number of them at a time.
func calls(b *testing.B, client assayv1.ComplianceServiceClient, asked enquiry, items, atATime int, took *latencies) {
	var next atomic.Int64
	var wait sync.WaitGroup
	for range atATime {
		wait.Go(func() {
			mine := make([]time.Duration, 0, items)
			for i := next.Add(1); i <= int64(items); i = next.Add(1) {
				request := &assayv1.CheckSubmissionRequest{Submission: asked.listings[int(i)%len(asked.listings)], Options: asked.options}
				start := time.Now()
				if _, err := client.CheckSubmission(context.Background(), request); err != nil {
					b.Error(err)
					return
				}
				mine = append(mine, time.Since(start))
			}
			took.Lock()
			defer took.Unlock()
			took.all = append(took.all, mine...)
		})
	}
	wait.Wait()
}

func BenchmarkUnary(b *testing.B) {
	for _, atATime := range []int{1, 64} {
		b.Run(fmt.Sprint(atATime, "-in-flight"), func(b *testing.B) {
			p := newPair(b)
			items := 1000 * min(atATime, 4)
			var ours, bare latencies
			inTurns(b, items,
				func() { calls(b, p.ours, p.asked, items, atATime, &ours) },
				func() { calls(b, p.bare, p.asked, items, atATime, &bare) })
			b.ReportMetric(ours.at(.5).Seconds()/bare.at(.5).Seconds(), "p50-ratio")
			b.ReportMetric(ours.at(.99).Seconds()/bare.at(.99).Seconds(), "p99-ratio")
		})
	}
}

// stream sends items on one stream, at most a window of them without an answer.
func stream(b *testing.B, client assayv1.ComplianceServiceClient, asked enquiry, items, window int) {
	s, err := client.StreamCheckSubmissions(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	free := make(chan struct{}, window)
	var sent sync.WaitGroup
	sent.Go(func() {
		for i := range items {
			free <- struct{}{}
			if err := s.Send(&assayv1.StreamCheckSubmissionsRequest{Submission: asked.listings[i%len(asked.listings)], Options: asked.options}); err != nil {
				b.Error(err)
				return
			}
		}
		s.CloseSend()
	})
	for range items {
		if _, err := s.Recv(); err != nil {
			b.Fatal(err)
		}
		<-free
	}
	sent.Wait()
	if _, err := s.Recv(); err != io.EOF {
		b.Error(err)
	}
}

func BenchmarkStream(b *testing.B) {
	p := newPair(b)
	const items = 10_000
	inTurns(b, items, func() { stream(b, p.ours, p.asked, items, 64) }, func() { stream(b, p.bare, p.asked, items, 64) })
}

// BenchmarkStreamToUnary reports how many items a stream answers while unary calls, 64 in flight, answer one.
func BenchmarkStreamToUnary(b *testing.B) {
	p := newPair(b)
	const items = 5_000
	var ignored latencies
	inTurns(b, items, func() { stream(b, p.ours, p.asked, items, 64) }, func() { calls(b, p.ours, p.asked, items, 64, &ignored) })
}

func batches(b *testing.B, client assayv1.ComplianceServiceClient, asked enquiry, items, atATime int) {
	requests := asked.hundreds()
	var next atomic.Int64
	var wait sync.WaitGroup
	for range atATime {
		wait.Go(func() {
			for i := next.Add(100); i <= int64(items); i = next.Add(100) {
				request := requests[int(i)/100%len(requests)]
				if r, err := client.BatchCheckSubmissions(context.Background(), request); err != nil || len(r.GetResults()) != 100 {
					b.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
}

func BenchmarkBatch(b *testing.B) {
	p := newPair(b)
	const items = 10_000
	inTurns(b, items, func() { batches(b, p.ours, p.asked, items, 4) }, func() { batches(b, p.bare, p.asked, items, 4) })
}

// BenchmarkBatchToUnary reports how many items batches answer while unary calls, 64 in flight, answer one: with whole verdicts, and
// where both leave the lists out.
func BenchmarkBatchToUnary(b *testing.B) {
	p := newPair(b)
	const items = 5_000
	for name, asked := range map[string]enquiry{"whole": p.asked, "without-lists": p.asked.without()} {
		b.Run(name, func(b *testing.B) {
			var ignored latencies
			inTurns(b, items, func() { batches(b, p.ours, asked, items, 4) }, func() { calls(b, p.ours, asked, items, 64, &ignored) })
		})
	}
}

// BenchmarkObservability reports what of the rate is left when a server counts what it does, makes spans that nobody samples, one in a
// hundred sampled, and all of it with a log at its usual level.
func BenchmarkObservability(b *testing.B) {
	e := embeddedEngine(b)
	asked := enquiry{listings: ordinaryListings(e.Book())}
	serving := func(config server.Config) assayv1.ComplianceServiceClient {
		s := server.New(config)
		s.Use(e)
		return assayv1.NewComplianceServiceClient(start(b, s, loopback(b)))
	}
	tracer := func(share float64) *sdktrace.TracerProvider {
		p := sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(share))), sdktrace.WithBatcher(nowhere{}))
		b.Cleanup(func() { _ = p.Shutdown(context.Background()) })
		return p
	}
	silent := serving(server.Config{})
	for _, bm := range []struct {
		name   string
		config server.Config
	}{
		{"metrics", server.Config{Metrics: metrics.New()}},
		{"spans-unsampled", server.Config{Tracer: tracer(0)}},
		{"spans-1-percent", server.Config{Tracer: tracer(0.01)}},
		{"all-unsampled", server.Config{Tracer: tracer(0), Metrics: metrics.New(), Logger: slog.New(slog.NewJSONHandler(io.Discard, nil))}},
	} {
		b.Run(bm.name, func(b *testing.B) {
			watched := serving(bm.config)
			const items = 4000
			var ignored latencies
			inTurns(b, items, func() { calls(b, watched, asked, items, 64, &ignored) }, func() { calls(b, silent, asked, items, 64, &ignored) })
		})
	}
}

// nowhere is where spans go.
type nowhere struct{}

func (nowhere) ExportSpans(context.Context, []sdktrace.ReadOnlySpan) error { return nil }
func (nowhere) Shutdown(context.Context) error                             { return nil }

// BenchmarkDoor reports what of the rate is left when a server decides which calls it lets in, and counts what they hold.
func BenchmarkDoor(b *testing.B) {
	e := embeddedEngine(b)
	serving := func(s *server.Server) assayv1.ComplianceServiceClient {
		s.Use(e)
		return assayv1.NewComplianceServiceClient(start(b, s, loopback(b)))
	}
	asked := enquiry{listings: ordinaryListings(e.Book())}
	guarded, doorless := serving(server.New(server.Config{})), serving(server.Doorless(server.Config{}))
	const items = 4000
	var ignored latencies
	inTurns(b, items, func() { calls(b, guarded, asked, items, 64, &ignored) }, func() { calls(b, doorless, asked, items, 64, &ignored) })
}

// BenchmarkWeigh is what it costs to look at a message before it is decoded, beside decoding it.
func BenchmarkWeigh(b *testing.B) {
	message := checkBytes(b, ordinaryListings(embeddedEngine(b).Book())[0])
	b.Run("weigh", func(b *testing.B) {
		for b.Loop() {
			server.Weigh(message)
		}
	})
	b.Run("decode", func(b *testing.B) {
		for b.Loop() {
			if err := proto.Unmarshal(message, new(assayv1.CheckSubmissionRequest)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
