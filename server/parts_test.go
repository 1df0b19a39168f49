package server_test

import (
	"context"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/verdict"
	"github.com/assay-project/assay/internal/wire"
)

// BenchmarkParts measures what an item of a batch costs on its way, part by part, without the transport: "us/item".
// Allocations are those of 4,000 items.
func BenchmarkParts(b *testing.B) {
	e := embeddedEngine(b)
	encoder := wire.NewEncoder(e.Checkers(), e.Rulebook(), true)
	asked := ordinaryListings(e.Book())
	var (
		requests, answers [][]byte
		values            []*listing.Submission
		verdicts          []*verdict.Verdict
		results           []*assayv1.Verdict
	)
	for _, m := range asked {
		requests = append(requests, must(b)(proto.Marshal(m)))
		value, err := wire.Submission(m, time.Time{})
		if err != nil {
			b.Fatal(err)
		}
		values = append(values, value)
		verdicts = append(verdicts, checked(b, e, value))
		results = append(results, encoder.Verdict(verdicts[len(verdicts)-1]))
		answers = append(answers, must(b)(proto.Marshal(results[len(results)-1])))
	}
	part := func(name string, do func(i int)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for i := range asked {
					do(i)
				}
			}
			b.ReportMetric(b.Elapsed().Seconds()*1e6/float64(b.N*len(asked)), "us/item")
			b.ReportMetric(0, "ns/op")
		})
	}
	part("marshal-request", func(i int) { must(b)(proto.Marshal(asked[i])) })
	part("unmarshal-request", func(i int) { _ = proto.Unmarshal(requests[i], new(assayv1.Submission)) })
	part("wire", func(i int) { _, _ = wire.Submission(asked[i], time.Time{}) })
	part("engine", func(i int) { checked(b, e, values[i]) })
	part("encode", func(i int) { encoder.Verdict(verdicts[i]) })
	part("marshal-answer", func(i int) { must(b)(proto.Marshal(results[i])) })
	part("unmarshal-answer", func(i int) { _ = proto.Unmarshal(answers[i], new(assayv1.Verdict)) })
}

func checked(b *testing.B, e *engine.Engine, s *listing.Submission) *verdict.Verdict {
	v, _, err := e.Check(context.Background(), s, engine.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return v
}

func must(b *testing.B) func([]byte, error) []byte {
	return func(bytes []byte, err error) []byte {
		if err != nil {
			b.Fatal(err)
		}
		return bytes
	}
}
