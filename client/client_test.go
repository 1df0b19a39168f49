package client

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

func TestPlaintextIsForThisMachineOnly(t *testing.T) {
	for target, want := range map[string]string{
		"127.0.0.1:8080":               "insecure",
		"127.8.9.1:8080":               "insecure",
		"[::1]:8080":                   "insecure",
		"[::ffff:127.0.0.1]:80":        "insecure",
		"localhost:8080":               "insecure",
		"LOCALHOST":                    "insecure",
		"dns:///localhost:80":          "insecure",
		"dns:localhost:80":             "insecure",
		"passthrough:///[::1]:80":      "insecure",
		"unix:/run/assay.sock":         "insecure",
		"unix:///run/assay.sock":       "insecure",
		"unix-abstract:assay":          "insecure",
		"ipv4:127.0.0.1:80":            "insecure",
		"ipv4:127.0.0.1:80,10.0.0.1:1": "tls",
		"ipv6:[::1]:80":                "insecure",
		"example.com:443":              "tls",
		"10.0.0.1:80":                  "tls",
		"0.0.0.0:80":                   "tls",
		"localhost.example.com:443":    "tls",
		"dns://127.0.0.1/example.com":  "tls",
		"dns://127.0.0.1/localhost":    "tls", // another resolver may say anything
		"xds:///localhost":             "tls",
		"127.0.0.1.example.com":        "tls",
	} {
		got := (&dialOptions{}).credentials(target).Info().SecurityProtocol
		if got != want {
			t.Errorf("credentials for %q = %s; want %s", target, got, want)
		}
	}
	if got := (&dialOptions{insecure: true}).credentials("example.com:1").Info().SecurityProtocol; got != "insecure" {
		t.Errorf("WithInsecure gives %s", got)
	}
}

func TestDialRefusesATargetItCannotParse(t *testing.T) {
	if _, err := Dial("dns:///%zz"); err == nil {
		t.Error("Dial took a target that is no name")
	}
}

func TestCheckListsEveryViolation(t *testing.T) {
	c, waited := dialFake(t, &fake{check: func(context.Context, *assayv1.CheckSubmissionRequest) (*assayv1.CheckSubmissionResponse, error) {
		return nil, refusal(t, codes.InvalidArgument,
			&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{
				{Field: "submission.product", Description: "is required"},
				{Field: "submission.markets[1]", Description: "is no country"},
			}},
			&errdetails.ErrorInfo{Reason: "INVALID_SUBMISSION"}).Err()
	}})
	_, err := c.Check(t.Context(), submission("a"))
	e, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("Check returned %v; want an *Error", err)
	}
	want := []Violation{{"submission.product", "is required"}, {"submission.markets[1]", "is no country"}}
	if diff := cmp.Diff(want, e.Violations); diff != "" {
		t.Errorf("violations (-want +got):\n%s", diff)
	}
	if e.Reason != "INVALID_SUBMISSION" || status.Code(err) != codes.InvalidArgument {
		t.Errorf("reason %q, code %v", e.Reason, status.Code(err))
	}
	const text = `check submission "a": INVALID_ARGUMENT: no; submission.product is required; submission.markets[1] is no country`
	if err.Error() != text {
		t.Errorf("text %q; want %q", err, text)
	}
	if len(waited.all()) != 0 {
		t.Error("a refusal was tried again")
	}
}

func TestOnlyWhatMayHelpIsTriedAgain(t *testing.T) {
	base := Retry{Attempts: 3, Base: time.Second, Max: time.Second}
	for name, tt := range map[string]struct {
		failure *status.Status
		tries   int
		atLeast time.Duration // each wait
	}{
		"unavailable":               {status.New(codes.Unavailable, ""), 3, 500 * time.Millisecond},
		"unavailable with a delay":  {refusal(t, codes.Unavailable, comeBackIn(2*time.Second)), 3, 2500 * time.Millisecond},
		"exhausted with a delay":    {refusal(t, codes.ResourceExhausted, comeBackIn(2*time.Second)), 3, 2500 * time.Millisecond},
		"exhausted, come at once":   {refusal(t, codes.ResourceExhausted, comeBackIn(0)), 3, 500 * time.Millisecond},
		"exhausted without a delay": {status.New(codes.ResourceExhausted, ""), 1, 0},
		"delay beyond the deadline": {refusal(t, codes.Unavailable, comeBackIn(time.Hour)), 1, 0},
		"invalid":                   {status.New(codes.InvalidArgument, ""), 1, 0},
		"internal":                  {refusal(t, codes.Internal, comeBackIn(time.Second)), 1, 0},
		"aborted":                   {status.New(codes.Aborted, ""), 1, 0},
		"deadline":                  {status.New(codes.DeadlineExceeded, ""), 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var calls atomic.Int32
			c, waited := dialFake(t, &fake{check: func(context.Context, *assayv1.CheckSubmissionRequest) (*assayv1.CheckSubmissionResponse, error) {
				calls.Add(1)
				return nil, tt.failure.Err()
			}}, Tries(base), Timeout(time.Minute))
			if _, err := c.Check(t.Context(), submission("a")); status.Code(err) != tt.failure.Code() {
				t.Errorf("Check returned %v", err)
			}
			if got := int(calls.Load()); got != tt.tries {
				t.Errorf("%d tries; want %d", got, tt.tries)
			}
			if got := waited.all(); len(got) != tt.tries-1 {
				t.Errorf("waits %v", got)
			}
			for _, d := range waited.all() {
				if d < tt.atLeast || d > tt.atLeast+time.Second {
					t.Errorf("waited %v; want %v or up to a second more", d, tt.atLeast)
				}
			}
		})
	}
}

func TestASecondTryCanSucceed(t *testing.T) {
	var calls atomic.Int32
	c, _ := dialFake(t, &fake{check: func(_ context.Context, req *assayv1.CheckSubmissionRequest) (*assayv1.CheckSubmissionResponse, error) {
		if calls.Add(1) == 1 {
			return nil, status.Error(codes.Unavailable, "starting")
		}
		return &assayv1.CheckSubmissionResponse{Verdict: approve(req.GetSubmission().GetSubmissionId())}, nil
	}})
	v, err := c.Check(t.Context(), submission("a"))
	if err != nil || v.GetSubmissionId() != "a" {
		t.Errorf("Check = %v, %v", v, err)
	}
}

func TestBackoffDoublesUpToItsMaximum(t *testing.T) {
	r := Retry{Attempts: 99, Base: 100 * time.Millisecond, Max: time.Second}
	for n, full := range map[int]time.Duration{1: 100, 2: 200, 3: 400, 4: 800, 5: 1000, 60: 1000} {
		full *= time.Millisecond
		for range 50 {
			if d := r.backoff(n); d < full/2 || d > full {
				t.Fatalf("backoff(%d) = %v; want %v to %v", n, d, full/2, full)
			}
		}
	}
	if d := (Retry{Attempts: 2}).backoff(1); d != 0 {
		t.Errorf("backoff without a base = %v", d)
	}
}

func TestEveryCallHasADeadline(t *testing.T) {
	c, _ := dialFake(t, &fake{check: func(ctx context.Context, req *assayv1.CheckSubmissionRequest) (*assayv1.CheckSubmissionResponse, error) {
		if _, ok := ctx.Deadline(); !ok {
			return nil, status.Error(codes.FailedPrecondition, "no deadline")
		}
		<-ctx.Done()
		return nil, ctx.Err()
	}}, Timeout(20*time.Millisecond))
	_, err := c.Check(context.Background(), submission("late"))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Check = %v; want a deadline error", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Check(ctx, submission("gone"), Timeout(-1)); !errors.Is(err, context.Canceled) {
		t.Errorf("Check = %v; want a cancellation", err)
	}
}

func TestAnAnswerWithoutAVerdictIsAnError(t *testing.T) {
	c, _ := dialFake(t, &fake{check: func(context.Context, *assayv1.CheckSubmissionRequest) (*assayv1.CheckSubmissionResponse, error) {
		return &assayv1.CheckSubmissionResponse{}, nil
	}})
	if v, err := c.Check(t.Context(), submission("a")); status.Code(err) != codes.Internal {
		t.Errorf("Check = %v, %v", v, err)
	}
	if err := ResultError(&assayv1.CheckResult{}); status.Code(err) != codes.Internal {
		t.Errorf("ResultError of an empty result = %v", err)
	}
	if err := ResultError(&assayv1.CheckResult{Outcome: &assayv1.CheckResult_Verdict{Verdict: approve("a")}}); err != nil {
		t.Errorf("ResultError of a verdict = %v", err)
	}
}

func TestOptionsReachTheServer(t *testing.T) {
	var got *assayv1.CheckOptions
	c, _ := dialFake(t, &fake{check: func(_ context.Context, req *assayv1.CheckSubmissionRequest) (*assayv1.CheckSubmissionResponse, error) {
		got = req.GetOptions()
		return &assayv1.CheckSubmissionResponse{Verdict: approve("a")}, nil
	}}, Locale("de"))
	if _, err := c.Check(t.Context(), submission("a"), Preview(), Checkers("price"), Rulebook("aa")); err != nil {
		t.Fatal(err)
	}
	if got.GetLocale() != "de" || got.GetMode() != assayv1.CheckMode_CHECK_MODE_PREVIEW || got.GetRulebookSha256() != "aa" || len(got.GetCheckers()) != 1 {
		t.Errorf("options %v", got)
	}
}
