package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"pgregory.net/rapid"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

type serverStream = grpc.BidiStreamingServer[assayv1.StreamCheckSubmissionsRequest, assayv1.StreamCheckSubmissionsResponse]

// numbered yields n submissions with ids s0, s1, ...
func numbered(n int) iter.Seq2[*assayv1.Submission, error] {
	return func(yield func(*assayv1.Submission, error) bool) {
		for i := range n {
			if !yield(submission(fmt.Sprintf("s%d", i)), nil) {
				return
			}
		}
	}
}

// wantAll takes all results and complains unless they are n in order, approved where refused does not say otherwise.
func wantAll(t testing.TB, results iter.Seq2[*assayv1.CheckResult, error], n int, refused ...int) {
	t.Helper()
	i := 0
	for r, err := range results {
		if err != nil {
			t.Fatalf("after %d results: %v", i, err)
		}
		if r.GetPosition() != int64(i) || r.GetSubmissionId() != fmt.Sprintf("s%d", i) {
			t.Fatalf("result %d is %q at %d", i, r.GetSubmissionId(), r.GetPosition())
		}
		if bad := ResultError(r); (bad != nil) != slices.Contains(refused, i) {
			t.Fatalf("result %d: %v", i, bad)
		}
		i++
	}
	if i != n {
		t.Fatalf("%d results; want %d", i, n)
	}
}

func TestCheckAllKeepsOrderOverRotatedStreams(t *testing.T) {
	var streams atomic.Int32
	c, waited := dialFake(t, &fake{stream: func(s serverStream) error {
		streams.Add(1)
		return answers(s, 7, nil)
	}})
	wantAll(t, c.CheckAll(t.Context(), numbered(100)), 100)
	if got := streams.Load(); got < 15 {
		t.Errorf("%d streams; want at least 15", got)
	}
	if len(waited.all()) != 0 {
		t.Errorf("waited %v between streams that ended cleanly", waited.all())
	}
}

func TestCheckAllSurvivesAServerThatDies(t *testing.T) {
	c, waited := dialFake(t, &fake{stream: func(s serverStream) error {
		return answers(s, 9, status.Error(codes.Unavailable, "going away"))
	}})
	wantAll(t, c.CheckAll(t.Context(), numbered(50), Window(8)), 50)
	if got := len(waited.all()); got != 5 {
		t.Errorf("%d waits; want 5", got)
	}
}

func TestCheckAllGivesUpOnAServerThatStaysAway(t *testing.T) {
	for name, end := range map[string]error{
		"unavailable":         status.Error(codes.Unavailable, "down"),
		"clean but no answer": nil,
	} {
		t.Run(name, func(t *testing.T) {
			c, waited := dialFake(t, &fake{stream: func(serverStream) error { return end }}, Tries(Retry{Attempts: 4}))
			var last error
			results := 0
			for r, err := range c.CheckAll(t.Context(), numbered(10)) {
				last = err
				if r != nil {
					results++
				}
			}
			if status.Code(last) != codes.Unavailable || results != 0 {
				t.Errorf("%d results, then %v", results, last)
			}
			if got := len(waited.all()); got != 3 {
				t.Errorf("%d waits; want 3", got)
			}
		})
	}
}

func TestCheckAllStopsAtAFailureThatNoTryMends(t *testing.T) {
	c, waited := dialFake(t, &fake{stream: func(s serverStream) error {
		return answers(s, 3, status.Error(codes.PermissionDenied, "not yours"))
	}})
	var got []string
	for r, err := range c.CheckAll(t.Context(), numbered(10)) {
		if err != nil {
			got = append(got, status.Code(err).String())
			continue
		}
		got = append(got, r.GetSubmissionId())
	}
	if want := []string{"s0", "s1", "s2", "PermissionDenied"}; !slices.Equal(got, want) {
		t.Errorf("got %q; want %q", got, want)
	}
	if len(waited.all()) != 0 {
		t.Error("it was tried again")
	}
}

func TestBadInputFailsAloneAndInItsPlace(t *testing.T) {
	c, _ := dialFake(t, &fake{stream: func(s serverStream) error { return answers(s, 2, nil) }})
	input := func(yield func(*assayv1.Submission, error) bool) {
		tooLong := submission("s4")
		tooLong.Product.Description = strings.Repeat("x", MaxRequestBytes)
		noText := submission("s2")
		noText.Product.Title = "\xff"
		for i, s := range []*assayv1.Submission{submission("s0"), nil, noText, submission("s3"), tooLong, nil, submission("s6")} {
			var err error
			if s == nil {
				err = errors.New("line is no JSON")
			}
			if i == 5 {
				err = status.Error(codes.DataLoss, "disk")
			}
			if !yield(s, err) {
				return
			}
		}
	}
	var got []codes.Code
	for r, err := range c.CheckAll(t.Context(), input) {
		if err != nil {
			t.Fatal(err)
		}
		if int(r.GetPosition()) != len(got) {
			t.Errorf("result %d has position %d", len(got), r.GetPosition())
		}
		got = append(got, status.Code(ResultError(r)))
	}
	want := []codes.Code{codes.OK, codes.InvalidArgument, codes.InvalidArgument, codes.OK, codes.InvalidArgument, codes.DataLoss, codes.OK}
	if !slices.Equal(got, want) {
		t.Errorf("got %v; want %v", got, want)
	}
}

func TestBadInputAloneNeedsNoServer(t *testing.T) {
	c, err := Dial("127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	bad := func(yield func(*assayv1.Submission, error) bool) {
		for range 200 {
			if !yield(nil, errors.New("no")) {
				return
			}
		}
	}
	n := 0
	for _, err := range c.CheckAll(t.Context(), bad) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 200 {
		t.Errorf("%d results; want 200", n)
	}
}

func TestASubmissionTheServerIsTooBusyForIsAskedAgain(t *testing.T) {
	busy := refusal(t, codes.ResourceExhausted, comeBackIn(time.Second))
	var unary atomic.Int32
	c, waited := dialFake(t, &fake{
		check: func(_ context.Context, req *assayv1.CheckSubmissionRequest) (*assayv1.CheckSubmissionResponse, error) {
			if unary.Add(1) == 1 {
				return nil, busy.Err()
			}
			return &assayv1.CheckSubmissionResponse{Verdict: approve(req.GetSubmission().GetSubmissionId())}, nil
		},
		stream: func(s serverStream) error { return shedding(s, busy, "s3") },
	})
	wantAll(t, c.CheckAll(t.Context(), numbered(6)), 6)
	if got := waited.all(); len(got) != 2 || got[0] < time.Second {
		t.Errorf("waits %v; want two of over a second", got)
	}
}

// shedding answers a stream but refuses one submission.
func shedding(s serverStream, refusal *status.Status, id string) error {
	for position := int64(0); ; position++ {
		req, err := s.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		result := &assayv1.CheckResult{SubmissionId: req.GetSubmission().GetSubmissionId(), Position: position}
		if result.GetSubmissionId() == id {
			result.Outcome = &assayv1.CheckResult_Error{Error: refusal.Proto()}
		} else {
			result.Outcome = &assayv1.CheckResult_Verdict{Verdict: approve(result.GetSubmissionId())}
		}
		if err := s.Send(&assayv1.StreamCheckSubmissionsResponse{Result: result}); err != nil {
			return err
		}
	}
}

func TestARefusedSubmissionIsNotAskedAgain(t *testing.T) {
	for _, code := range []codes.Code{codes.InvalidArgument, codes.ResourceExhausted, codes.Internal} {
		c, waited := dialFake(t, &fake{stream: func(s serverStream) error { return shedding(s, status.New(code, "no"), "s2") }})
		wantAll(t, c.CheckAll(t.Context(), numbered(5)), 5, 2)
		if len(waited.all()) != 0 {
			t.Errorf("%v was tried again", code)
		}
	}
}

func TestAnAnswerToAnotherQuestionEndsTheRun(t *testing.T) {
	c, _ := dialFake(t, &fake{stream: func(s serverStream) error {
		if _, err := s.Recv(); err != nil {
			return err
		}
		result := &assayv1.CheckResult{SubmissionId: "other", Outcome: &assayv1.CheckResult_Verdict{Verdict: approve("other")}}
		return s.Send(&assayv1.StreamCheckSubmissionsResponse{Result: result})
	}})
	for r, err := range c.CheckAll(t.Context(), numbered(3)) {
		if status.Code(err) != codes.Internal {
			t.Errorf("got %v, %v; want an internal error", r, err)
		}
	}
}

func TestASilentServerEndsTheRun(t *testing.T) {
	c, _ := dialFake(t, &fake{stream: func(s serverStream) error { <-s.Context().Done(); return s.Context().Err() }}, Timeout(20*time.Millisecond))
	n := 0
	for _, err := range c.CheckAll(t.Context(), numbered(3)) {
		n++
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v; want a deadline error", err)
		}
	}
	if n != 1 {
		t.Errorf("%d pairs; want the error alone", n)
	}
}

func TestInputIsReadNoFurtherAheadThanTheWindow(t *testing.T) {
	const window = 4
	c, _ := dialFake(t, &fake{stream: func(s serverStream) error { return answers(s, -1, nil) }}, Window(window))
	var read atomic.Int64
	endless := func(yield func(*assayv1.Submission, error) bool) {
		for yield(submission(fmt.Sprintf("s%d", read.Load())), nil) {
			read.Add(1)
		}
	}
	taken := int64(0)
	for _, err := range c.CheckAll(t.Context(), endless) {
		if err != nil {
			t.Fatal(err)
		}
		taken++
		if ahead := read.Load() - taken; ahead > window {
			t.Fatalf("%d read ahead of %d taken", ahead, taken)
		}
		if taken == 500 {
			break
		}
	}
}

func TestCheckAllStopsWhenItsContextEnds(t *testing.T) {
	c, _ := dialFake(t, &fake{stream: func(s serverStream) error { return answers(s, -1, nil) }}, Window(4))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	n := 0
	for _, err := range c.CheckAll(ctx, numbered(1<<30)) {
		if last = err; err != nil {
			break
		}
		if n++; n == 10 {
			cancel()
		}
	}
	if !errors.Is(last, context.Canceled) || n > 10+4 {
		t.Errorf("%d results, then %v", n, last)
	}
}

func TestNoSubmissionsNoCall(t *testing.T) {
	c, err := Dial("127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	for r, err := range c.CheckAll(t.Context(), Each(slices.Values([]*assayv1.Submission(nil)))) {
		t.Errorf("got %v, %v", r, err)
	}
}

func TestOptionsGoWithTheFirstMessageOfEachStream(t *testing.T) {
	var with, without atomic.Int32
	c, _ := dialFake(t, &fake{stream: func(s serverStream) error {
		for position := int64(0); position < 3; position++ {
			req, err := s.Recv()
			if err != nil {
				return nil
			}
			if (req.GetOptions().GetLocale() == "fr") == (position == 0) {
				with.Add(1)
			} else {
				without.Add(1)
			}
			id := req.GetSubmission().GetSubmissionId()
			result := &assayv1.CheckResult{SubmissionId: id, Position: position, Outcome: &assayv1.CheckResult_Verdict{Verdict: approve(id)}}
			if err := s.Send(&assayv1.StreamCheckSubmissionsResponse{Result: result}); err != nil {
				return err
			}
		}
		return nil
	}})
	wantAll(t, c.CheckAll(t.Context(), numbered(9), Locale("fr")), 9)
	if with.Load() < 9 || without.Load() != 0 {
		t.Errorf("%d messages as they should be, %d not", with.Load(), without.Load())
	}
}

// Whatever a server does that a client can mend, each submission gets exactly one result, in order.
func TestEveryMendableServerIsMended(t *testing.T) {
	c, server := dialScripted(t)
	rapid.Check(t, func(rt *rapid.T) {
		ends := rapid.SliceOfN(rapid.SampledFrom([]codes.Code{codes.OK, codes.Unavailable}), 1, 8).Draw(rt, "ends")
		lives := rapid.SliceOfN(rapid.IntRange(1, 9), 1, 8).Draw(rt, "lives")
		window := rapid.IntRange(1, 12).Draw(rt, "window")
		n := rapid.IntRange(0, 60).Draw(rt, "n")
		var streams atomic.Int32
		serve := func(s serverStream) error {
			i := int(streams.Add(1))
			return answers(s, lives[i%len(lives)], status.Error(ends[i%len(ends)], "script"))
		}
		server.Store(&serve)
		i := 0
		for r, err := range c.CheckAll(context.Background(), numbered(n), Window(window)) {
			if err != nil {
				rt.Fatalf("after %d results: %v", i, err)
			}
			if r.GetPosition() != int64(i) || r.GetVerdict().GetSubmissionId() != fmt.Sprintf("s%d", i) {
				rt.Fatalf("result %d is %v", i, r)
			}
			i++
		}
		if i != n {
			rt.Fatalf("%d results; want %d", i, n)
		}
	})
}

// dialScripted connects to a server whose behaviour can be replaced between runs.
func dialScripted(t *testing.T) (*Client, *atomic.Pointer[func(serverStream) error]) {
	var serve atomic.Pointer[func(serverStream) error]
	c, _ := dialFake(t, &fake{stream: func(s serverStream) error { return (*serve.Load())(s) }})
	return c, &serve
}
