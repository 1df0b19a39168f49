package conformance

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/outside"
	"github.com/assay-project/assay/internal/outside/faulty"
)

// wordCases are what the checker that keeps the contract must find.
func wordCases() []Case {
	titled := func(name, title string, codes ...string) Case {
		return Case{Name: name, Codes: codes, Submission: &assayv1.Submission{SubmissionId: name, Markets: []string{"DE"}, Product: &assayv1.Product{Title: title}}}
	}
	return []Case{titled("none", "Oak chair"), titled("one", "A banned chair", "WORD")}
}

// test runs the kit against an address.
func test(t *testing.T, address string, cases []Case, endure time.Duration) []Result {
	t.Helper()
	return testWithin(t, address, cases, endure, 2*time.Second)
}

// soon is how long those may take that fail anyway.
const soon = 100 * time.Millisecond

func testWithin(t *testing.T, address string, cases []Case, endure, timeout time.Duration) []Result {
	t.Helper()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithDisableRetry(),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(outside.MaxAnswerBytes)))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return Run(t.Context(), conn, Options{Timeout: timeout, Endure: endure, Cases: cases})
}

// failed are the names of trials that failed, with their first problem.
func failed(results []Result) map[string]string {
	names := map[string]string{}
	for _, r := range results {
		if !r.Passed && r.Skipped == "" {
			names[r.Trial] = strings.Join(r.Problems, "; ")
		}
	}
	return names
}

func TestASoundCheckerPasses(t *testing.T) {
	results := test(t, faulty.Serve(t, faulty.Checker{}), wordCases(), 100*time.Millisecond)
	if !Passed(results) || len(results) != len(trials) {
		t.Errorf("%d trials, failed: %v", len(results), failed(results))
	}
	for _, r := range results {
		if r.Note == "" || r.Demands == "" {
			t.Errorf("%s says nothing of what was seen: %+v", r.Trial, r)
		}
	}
}

func TestWithoutCasesItPassesToo(t *testing.T) {
	results := test(t, faulty.Serve(t, faulty.Checker{}), nil, 0)
	if !Passed(results) || results[2].Skipped != noCases {
		t.Errorf("%+v", results)
	}
}

// TestEveryLiarFails tries all ways of breaking the contract that we know.
func TestEveryLiarFails(t *testing.T) {
	for name, c := range faulty.Liars() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			results := testWithin(t, faulty.Serve(t, c), wordCases(), 0, soon)
			if Passed(results) || len(failed(results)) == 0 {
				t.Errorf("it passes: %+v", results)
			}
		})
	}
}

// TestEveryStallerFails shows that those which do not answer are told from those that lie, and hold nobody up.
func TestEveryStallerFails(t *testing.T) {
	for name, c := range faulty.Stallers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			results := testWithin(t, faulty.Serve(t, c), wordCases(), 0, soon)
			said := strings.Join(slices.Collect(maps.Values(failed(results))), "; ")
			if Passed(results) || !strings.Contains(said, "no answer within") && !strings.Contains(said, "Unavailable") {
				t.Errorf("failed: %q", said)
			}
		})
	}
}

// TestFaultsThatOnlyOneTrialSees shows what each of the later trials is for.
func TestFaultsThatOnlyOneTrialSees(t *testing.T) {
	var calls atomic.Int64
	var stuck atomic.Bool
	for trial, c := range map[string]faulty.Checker{
		"concurrency": faulty.Swapping(),
		"cases": {Run: func(_ context.Context, r *assayv1.RunCheckerRequest) (*assayv1.RunCheckerResponse, error) {
			return &assayv1.RunCheckerResponse{SubmissionId: r.GetSubmission().GetSubmissionId()}, nil
		}},
		"hostile": {Run: func(ctx context.Context, r *assayv1.RunCheckerRequest) (*assayv1.RunCheckerResponse, error) {
			if r.GetSubmission().GetProduct().GetTitle() == "" {
				return nil, context.DeadlineExceeded
			}
			return faulty.Sound(ctx, r)
		}},
		"determinism": {Run: func(ctx context.Context, r *assayv1.RunCheckerRequest) (a *assayv1.RunCheckerResponse, err error) {
			a, err = faulty.Sound(ctx, r)
			if calls.Add(1)%3 == 0 {
				a.Findings = append(a.Findings, &assayv1.CheckerFinding{Code: "WORD"})
			}
			return a, err
		}},
		"cancelled": {Run: func(ctx context.Context, r *assayv1.RunCheckerRequest) (*assayv1.RunCheckerResponse, error) {
			select {
			case <-ctx.Done():
				stuck.Store(true)
			case <-time.After(3 * time.Millisecond):
			}
			if stuck.Load() {
				return nil, context.Canceled
			}
			return faulty.Sound(ctx, r)
		}},
	} {
		t.Run(trial, func(t *testing.T) {
			results := test(t, faulty.Serve(t, c), wordCases(), 0)
			if _, seen := failed(results)[trial]; !seen {
				t.Errorf("failed: %v", failed(results))
			}
		})
	}
}

func TestADyingCheckerDoesNotEndure(t *testing.T) {
	results := test(t, faulty.Dying(t, 700*time.Millisecond, 300*time.Millisecond), wordCases(), 2*time.Second)
	if Passed(results) {
		t.Errorf("it passes: %+v", results)
	}
}

func TestNobodyIsThere(t *testing.T) {
	results := testWithin(t, "127.0.0.1:1", nil, 0, soon)
	if Passed(results) || results[0].Passed || results[1].Skipped == "" {
		t.Errorf("%+v", results[:2])
	}
}
