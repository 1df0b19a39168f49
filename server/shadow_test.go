package server_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/outside/faulty"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/server"
)

// pairing serves a checker that answers two calls at once, and one alone never.
func pairing(t *testing.T) (address string) {
	others := make(chan struct{})
	return faulty.Serve(t, faulty.Checker{Run: func(ctx context.Context, r *assayv1.RunCheckerRequest) (*assayv1.RunCheckerResponse, error) {
		select {
		case others <- struct{}{}:
		case <-others:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		return faulty.Sound(ctx, r)
	}})
}

// asking is an engine of the small rulebook that asks an outside checker.
func asking(t *testing.T, s *server.Server, address string) *engine.Engine {
	t.Helper()
	book, err := rulebook.LoadDir(edition(t, t.TempDir(), 1))
	if err != nil {
		t.Fatal(err)
	}
	book.Remotes = []rulebook.Remote{{Name: "words", Address: address, Timeout: 4 * time.Second, MaxConcurrent: 32}}
	e, err := s.Compile(book)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// answered fails the test where a checker in shadow was not answered.
func answered(t *testing.T, v *assayv1.Verdict) {
	t.Helper()
	for _, f := range v.GetShadowFindings() {
		if f.GetChecker() == "words" {
			t.Errorf("in shadow: %s", f.GetMessage())
		}
	}
	if v.GetShadowRulebook() == nil {
		t.Error("nothing is in shadow")
	}
}

// TestAShadowThatWaitsHoldsNobodyUp has an outside checker that answers only calls that overlap: those of the two engines about
// one submission, and where only the engine in shadow asks it, those of the submissions of a batch and of a stream.
func TestAShadowThatWaitsHoldsNobodyUp(t *testing.T) {
	address := pairing(t)
	s := server.New(server.Config{})
	s.Use(asking(t, s, address))
	s.Shadow(asking(t, s, address))
	client := assayv1.NewComplianceServiceClient(start(t, s, inMemory()))
	answered(t, check(t, client, telling()))
	s.Use(load(t, edition(t, t.TempDir(), 1)))
	first, second := telling(), telling()
	batch, err := client.BatchCheckSubmissions(background(t), &assayv1.BatchCheckSubmissionsRequest{Submissions: []*assayv1.Submission{first, second}})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range batch.GetResults() {
		answered(t, r.GetVerdict())
	}
	stream, err := client.StreamCheckSubmissions(background(t))
	if err != nil {
		t.Fatal(err)
	}
	const most = 32 // at once
	for i := range most {
		m := telling()
		m.SubmissionId = fmt.Sprint(i)
		if err := stream.Send(&assayv1.StreamCheckSubmissionsRequest{Submission: m}); err != nil {
			t.Fatal(err)
		}
	}
	for range most {
		r, err := stream.Recv()
		if err != nil {
			t.Fatal(err)
		}
		answered(t, r.GetResult().GetVerdict())
	}
}
