package server_test

import (
	"context"
	"flag"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/wire/madeup"
	"github.com/assay-project/assay/server"
)

var randomBatches = flag.Int("batches", 60, "how many random batches are held against single calls")

// A batchTrial asks about the same submissions in many ways.
type batchTrial struct {
	client  assayv1.ComplianceServiceClient
	random  *rand.Rand
	all     []*assayv1.Submission
	singles [][]byte // what a single call says of each
}

// outcomeOf is a verdict or a status as bytes.
func outcomeOf(t *testing.T, m proto.Message) []byte {
	t.Helper()
	b, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func newBatchTrial(t *testing.T, n int) *batchTrial {
	e := embeddedEngine(t)
	s := server.New(server.Config{})
	s.Use(e)
	trial := &batchTrial{client: assayv1.NewComplianceServiceClient(start(t, s, inMemory())), random: rand.New(rand.NewPCG(7, 7))}
	maker := madeup.New(11, madeup.VocabularyOf(e.Book()))
	bad := 0
	for i := range n {
		if i%100 == 99 {
			trial.all = append(trial.all, maker.Bad())
		} else {
			trial.all = append(trial.all, maker.Any())
		}
		r, err := trial.client.CheckSubmission(context.Background(), &assayv1.CheckSubmissionRequest{Submission: trial.all[i]})
		if err != nil {
			bad++
			trial.singles = append(trial.singles, outcomeOf(t, status.Convert(err).Proto()))
			continue
		}
		trial.singles = append(trial.singles, outcomeOf(t, r.GetVerdict()))
	}
	if bad != n/100 {
		t.Fatalf("%d of %d submissions are refused", bad, n)
	}
	return trial
}

// draw is up to a hundred submissions in any order, some of them several times, by number.
func (b *batchTrial) draw() []int {
	numbers := make([]int, 1+b.random.IntN(100))
	for i := range numbers {
		numbers[i] = b.random.IntN(len(b.all))
		if i > 0 && b.random.IntN(8) == 0 {
			numbers[i] = numbers[b.random.IntN(i)]
		}
	}
	return numbers
}

func (b *batchTrial) submissions(numbers []int) []*assayv1.Submission {
	var drawn []*assayv1.Submission
	for _, n := range numbers {
		drawn = append(drawn, b.all[n])
	}
	return drawn
}

// compare holds a result against a single call's.
func (b *batchTrial) compare(t *testing.T, way string, result *assayv1.CheckResult, number, position int) {
	t.Helper()
	if result.GetPosition() != int64(position) {
		t.Fatalf("%s: position %d at %d", way, result.GetPosition(), position)
	}
	got := proto.Message(result.GetVerdict())
	if result.GetError() != nil {
		got = result.GetError()
	} else if result.GetSubmissionId() != b.all[number].GetSubmissionId() {
		t.Fatalf("%s: %q is answered as %q", way, b.all[number].GetSubmissionId(), result.GetSubmissionId())
	}
	if !slices.Equal(outcomeOf(t, got), b.singles[number]) {
		t.Fatalf("%s: submission %d is answered differently alone: %v", way, number, got)
	}
}

func (b *batchTrial) batch(t *testing.T) {
	numbers := b.draw()
	r, err := b.client.BatchCheckSubmissions(context.Background(), &assayv1.BatchCheckSubmissionsRequest{Submissions: b.submissions(numbers)})
	if err != nil || len(r.GetResults()) != len(numbers) {
		t.Fatalf("%d results for %d submissions: %v", len(r.GetResults()), len(numbers), err)
	}
	for i, result := range r.GetResults() {
		b.compare(t, "batch", result, numbers[i], i)
	}
}

func (b *batchTrial) stream(t *testing.T) {
	numbers := b.draw()
	s, err := b.client.StreamCheckSubmissions(background(t))
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for _, n := range numbers {
			if s.Send(&assayv1.StreamCheckSubmissionsRequest{Submission: b.all[n]}) != nil {
				return // the receiver sees why
			}
		}
		_ = s.CloseSend()
	}()
	for i, n := range numbers {
		r, err := s.Recv()
		if err != nil {
			t.Fatal(err)
		}
		b.compare(t, "stream", r.GetResult(), n, i)
	}
}

// assess asks about a draw as the assortment of a merchant. Whoever states merchant, markets and time is answered as alone.
func (b *batchTrial) assess(t *testing.T) {
	numbers := slices.DeleteFunc(b.draw(), func(n int) bool {
		s := b.all[n]
		return s.GetMerchant() == nil || len(s.GetMarkets()) == 0 || s.GetAsOf() == nil
	})
	r, err := b.client.AssessMerchant(context.Background(), &assayv1.AssessMerchantRequest{Merchant: &assayv1.Merchant{MerchantId: "none of theirs"},
		Markets: []string{"US"}, Submissions: b.submissions(numbers)})
	if err != nil || len(r.GetResults()) != len(numbers) {
		t.Fatalf("%d results for %d submissions: %v", len(r.GetResults()), len(numbers), err)
	}
	for i, result := range r.GetResults() {
		b.compare(t, "assessment", result, numbers[i], i)
	}
}

// TestRandomBatchesEqualSingles asks about made-up submissions in random batches, with duplicates, in any order, one bad among a
// hundred: batches, streams and assessments answer each as a single call does, byte for byte, on one processor and on two.
// All of the ten thousand: go test ./server -run RandomBatches -args -batches=10000
func TestRandomBatchesEqualSingles(t *testing.T) {
	trial := newBatchTrial(t, min(4000, 20**randomBatches))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for i := range *randomBatches {
		runtime.GOMAXPROCS(1 + i%2)
		switch i % 6 {
		default:
			trial.batch(t)
		case 3, 4:
			trial.stream(t)
		case 5:
			trial.assess(t)
		}
	}
}

// TestListsAreLeftOutWhereAskedFor, and nothing else is.
func TestListsAreLeftOutWhereAskedFor(t *testing.T) {
	client := embeddedService(t, server.Config{})
	m := submission("s1")
	m.Product.Title, m.AsOf = "Nike shoes", timestamppb.New(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	whole, err := client.CheckSubmission(background(t), &assayv1.CheckSubmissionRequest{Submission: m})
	if err != nil {
		t.Fatal(err)
	}
	brief, err := client.BatchCheckSubmissions(background(t), &assayv1.BatchCheckSubmissionsRequest{
		Submissions: []*assayv1.Submission{m}, Options: &assayv1.CheckOptions{OmitLists: true}})
	if err != nil {
		t.Fatal(err)
	}
	lists := 0
	for _, run := range whole.GetVerdict().GetCheckerRuns() {
		lists += len(run.GetLists())
		run.Lists = nil
	}
	if diff := cmp.Diff(whole.GetVerdict(), brief.GetResults()[0].GetVerdict(), protocmp.Transform()); diff != "" || lists == 0 {
		t.Errorf("%d lists; otherwise (-whole +without):\n%s", lists, diff)
	}
}
