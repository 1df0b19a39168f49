package server_test

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/rulebook/embedded"
	"github.com/assay-project/assay/server"
	"github.com/assay-project/assay/server/metrics"
)

// The benchmarks ask this server and a bare one in turns, over loopback, in one process: the bare one answers the same
// messages with the same answers, made beforehand, and has gRPC's defaults but for its workers. A machine's speed changes from minute to minute;
// what holds is "ratio": how many calls we answer in the time in which the bare server answers one. Run them with a
// fixed number of rounds:
//
//	go test ./server -run '^$' -bench . -benchtime 20x
//
// "extra-cpu-us" is the processor time that a call costs above the bare server's, client and server together.

// aListing is an ordinary submission, about 1.25 KB, with a paper, of goods that mention no mark and whose price the embedded
// rulebook can judge.
func aListing(id string) *assayv1.Submission {
	return &assayv1.Submission{
		SubmissionId: id,
		Merchant: &assayv1.Merchant{
			MerchantId: "m-20417", LegalName: "Willow and Wren Trading LLC", ShopName: "Willow and Wren", Country: "US",
		},
		Product: &assayv1.Product{
			Title: "Washable dog bed with raised edge, thick foam, medium, grey, 80 x 60 cm",
			Description: "A bed for dogs of up to 25 kg that keeps its shape. The raised edge gives the dog something to lean on. The cover " +
				"comes off with a zip and may be washed at forty degrees. Please let the foam rise for two days after unpacking.",
			Bullets: []string{
				"Foam base, seven centimetres thick, cut to shape by hand",
				"Rubber dots underneath keep it in place on smooth floors",
			},
			Attributes: map[string]string{"Colour": "grey", "Material": "polyester", "Pet": "dog"},
			Brand:      "UnbeatableSale",
			Model:      "WW-8060-G",
			Category:   "Animals & Pet Supplies > Pet Supplies",
			Condition:  assayv1.Condition_CONDITION_NEW,
			Price:      &money.Money{CurrencyCode: "USD", Units: 26, Nanos: 990_000_000},
			Images:     []*assayv1.Image{{Sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}},
		},
		Markets: []string{"US"},
		Documents: []*assayv1.Document{
			{
				DocumentId: "d-1", Type: assayv1.DocumentType_DOCUMENT_TYPE_PURCHASE_INVOICE,
				Sha256:   "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
				Issuer:   &assayv1.Party{LegalName: "Ningbo Soft Home Co., Ltd.", Country: "CN"},
				Subject:  &assayv1.Party{LegalName: "Willow and Wren Trading LLC", Country: "US"},
				IssuedOn: &date.Date{Year: 2026, Month: 2, Day: 11},
				Number:   "2026-0211",
				Lines: []*assayv1.InvoiceLine{
					{Description: "Dog bed, medium, grey, style 8060-G", Brand: "UnbeatableSale", Quantity: proto.Int64(120)},
					{Description: "Spare cover for dog bed, medium, grey", Brand: "UnbeatableSale", Quantity: proto.Int64(80)},
				},
				Total: &money.Money{CurrencyCode: "USD", Units: 2180},
			},
			{
				DocumentId: "d-2", Type: assayv1.DocumentType_DOCUMENT_TYPE_TEST_REPORT,
				Sha256:   "fd61a03af4f77d870fc21e05e7e80678095c92d808cfb3b5c279ee04c74aca13",
				Issuer:   &assayv1.Party{LegalName: "Textile Institute of Northern Carolina", Country: "US"},
				IssuedOn: &date.Date{Year: 2025, Month: 11, Day: 3},
				Number:   "TR-88120", Language: "en", Territories: []string{"US", "CA"}, Categories: []string{"Animals & Pet Supplies"},
				Status: assayv1.DocumentStatus_DOCUMENT_STATUS_VERIFIED,
			},
		},
		AsOf: timestamppb.New(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)),
	}
}

// bare answers without a look at what is asked.
type bare struct {
	assayv1.UnimplementedComplianceServiceServer
	one   *assayv1.CheckSubmissionResponse
	batch *assayv1.BatchCheckSubmissionsResponse
}

func (b *bare) CheckSubmission(context.Context, *assayv1.CheckSubmissionRequest) (*assayv1.CheckSubmissionResponse, error) {
	return b.one, nil
}

func (b *bare) BatchCheckSubmissions(context.Context, *assayv1.BatchCheckSubmissionsRequest) (*assayv1.BatchCheckSubmissionsResponse, error) {
	return b.batch, nil
}

func (b *bare) StreamCheckSubmissions(stream grpc.BidiStreamingServer[assayv1.StreamCheckSubmissionsRequest, assayv1.StreamCheckSubmissionsResponse]) error {
	answer := &assayv1.StreamCheckSubmissionsResponse{Result: b.batch.GetResults()[0]}
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
}

func newPair(b *testing.B) pair {
	b.Helper()
	b.Cleanup(func(percent int) func() { return func() { debug.SetGCPercent(percent) } }(debug.SetGCPercent(400))) // as assayd serve
	s := server.New(server.Config{StreamAge: time.Hour})
	s.Use(embeddedEngine(b))
	ours := assayv1.NewComplianceServiceClient(start(b, s, loopback(b)))
	one, err := ours.CheckSubmission(b.Context(), &assayv1.CheckSubmissionRequest{Submission: aListing("s-1")})
	if err != nil {
		b.Fatal(err)
	}
	for _, f := range one.GetVerdict().GetFindings() {
		b.Logf("the listing is not quite ordinary: %s", f.GetCode())
	}
	b.Logf("%v; request %d bytes, response %d bytes", one.GetVerdict().GetDecision(),
		proto.Size(&assayv1.CheckSubmissionRequest{Submission: aListing("s-1")}), proto.Size(one))
	batch, err := ours.BatchCheckSubmissions(b.Context(), hundred())
	if err != nil {
		b.Fatal(err)
	}
	g := grpc.NewServer(grpc.NumStreamWorkers(64))
	assayv1.RegisterComplianceServiceServer(g, &bare{one: one, batch: batch})
	return pair{ours: ours, bare: assayv1.NewComplianceServiceClient(dialBare(b, g))}
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

func embeddedEngine(b *testing.B) *engine.Engine {
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

func hundred() *assayv1.BatchCheckSubmissionsRequest {
	batch := &assayv1.BatchCheckSubmissionsRequest{}
	for i := range 100 {
		batch.Submissions = append(batch.Submissions, aListing(fmt.Sprint("s-", i)))
	}
	return batch
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
func calls(b *testing.B, client assayv1.ComplianceServiceClient, items, atATime int, took *latencies) {
	request := &assayv1.CheckSubmissionRequest{Submission: aListing("s-1")}
	var next atomic.Int64
	var wait sync.WaitGroup
	for range atATime {
		wait.Go(func() {
			mine := make([]time.Duration, 0, items)
			for next.Add(1) <= int64(items) {
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
				func() { calls(b, p.ours, items, atATime, &ours) },
				func() { calls(b, p.bare, items, atATime, &bare) })
			b.ReportMetric(ours.at(.5).Seconds()/bare.at(.5).Seconds(), "p50-ratio")
			b.ReportMetric(ours.at(.99).Seconds()/bare.at(.99).Seconds(), "p99-ratio")
		})
	}
}

// stream sends items on one stream, at most a window of them without an answer.
func stream(b *testing.B, client assayv1.ComplianceServiceClient, items, window int) {
	s, err := client.StreamCheckSubmissions(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	free := make(chan struct{}, window)
	var sent sync.WaitGroup
	sent.Go(func() {
		request := &assayv1.StreamCheckSubmissionsRequest{Submission: aListing("s-1")}
		for range items {
			free <- struct{}{}
			if err := s.Send(request); err != nil {
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
	inTurns(b, items, func() { stream(b, p.ours, items, 64) }, func() { stream(b, p.bare, items, 64) })
}

// BenchmarkStreamToUnary reports how many items a stream answers while unary calls, 64 in flight, answer one.
func BenchmarkStreamToUnary(b *testing.B) {
	p := newPair(b)
	const items = 5_000
	var ignored latencies
	inTurns(b, items, func() { stream(b, p.ours, items, 64) }, func() { calls(b, p.ours, items, 64, &ignored) })
}

func batches(b *testing.B, client assayv1.ComplianceServiceClient, items, atATime int) {
	request := hundred()
	var next atomic.Int64
	var wait sync.WaitGroup
	for range atATime {
		wait.Go(func() {
			for next.Add(100) <= int64(items) {
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
	inTurns(b, items, func() { batches(b, p.ours, items, 4) }, func() { batches(b, p.bare, items, 4) })
}

// BenchmarkBatchToUnary reports how many items batches answer while unary calls, 64 in flight, answer one.
func BenchmarkBatchToUnary(b *testing.B) {
	p := newPair(b)
	const items = 5_000
	var ignored latencies
	inTurns(b, items, func() { batches(b, p.ours, items, 4) }, func() { calls(b, p.ours, items, 64, &ignored) })
}

// BenchmarkMetrics reports what of the rate is left when a server counts what it does.
func BenchmarkMetrics(b *testing.B) {
	e := embeddedEngine(b)
	serving := func(config server.Config) assayv1.ComplianceServiceClient {
		s := server.New(config)
		s.Use(e)
		return assayv1.NewComplianceServiceClient(start(b, s, loopback(b)))
	}
	counting, silent := serving(server.Config{Metrics: metrics.New()}), serving(server.Config{})
	const items = 4000
	var ignored latencies
	inTurns(b, items, func() { calls(b, counting, items, 64, &ignored) }, func() { calls(b, silent, items, 64, &ignored) })
}
