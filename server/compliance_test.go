package server_test

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/server"
)

func TestASubmissionGetsAVerdict(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for name, l := range map[string]net.Listener{"memory": inMemory(), "loopback": loopback(t)} {
		t.Run(name, func(t *testing.T) {
			s := server.New(server.Config{Now: func() time.Time { return now }})
			e := newEngine(t, "test")
			s.Use(e)
			client := assayv1.NewComplianceServiceClient(start(t, s, l))
			r, err := client.CheckSubmission(background(t), &assayv1.CheckSubmissionRequest{Submission: submission("s1")})
			if err != nil {
				t.Fatal(err)
			}
			v := r.GetVerdict()
			if v.GetSubmissionId() != "s1" || v.GetDecision() == assayv1.Decision_DECISION_UNSPECIFIED {
				t.Errorf("verdict is %v", v)
			}
			if got := v.GetRulebook().GetSha256(); got != e.Book().Digest {
				t.Errorf("verdict rests on rulebook %q, want %q", got, e.Book().Digest)
			}
			if got := v.GetAsOf().AsTime(); !got.Equal(now) {
				t.Errorf("as_of is %v, want the server's clock, %v", got, now)
			}
			if len(r.GetTimings()) != len(v.GetCheckerRuns()) {
				t.Errorf("%d timings for %d checkers", len(r.GetTimings()), len(v.GetCheckerRuns()))
			}
		})
	}
}

func TestAnEmptyRequestNamesEveryField(t *testing.T) {
	client, _ := serving(t, server.Config{})
	_, err := client.CheckSubmission(background(t), &assayv1.CheckSubmissionRequest{
		Options: &assayv1.CheckOptions{Mode: 77, RulebookSha256: "x"},
	})
	s := wantCode(t, err, codes.InvalidArgument)
	want := []string{"submission.submission_id", "submission.product", "submission.markets", "options.mode", "options.rulebook_sha256"}
	if diff := cmp.Diff(want, fields(t, s)); diff != "" {
		t.Errorf("violations (-want +got):\n%s", diff)
	}
	if got := reason(t, s); got != "INVALID_REQUEST" {
		t.Errorf("reason is %s", got)
	}
	if !strings.Contains(s.Message(), "submission.product is required") {
		t.Errorf("message names no field: %s", s.Message())
	}
}

func TestManyViolationsFitIntoATrailer(t *testing.T) {
	client, _ := serving(t, server.Config{})
	m := submission("s1")
	for range 60 {
		m.Documents = append(m.Documents, &assayv1.Document{DocumentId: strings.Repeat("x", 200), Sha256: "no"})
	}
	_, err := client.CheckSubmission(background(t), &assayv1.CheckSubmissionRequest{Submission: m})
	s := wantCode(t, err, codes.InvalidArgument)
	if n := len(s.Message()); n > 512 {
		t.Errorf("message is %d bytes", n)
	}
	if n := proto.Size(s.Proto()); n > 5<<10 {
		t.Errorf("status is %d bytes; some clients take 8 KiB of trailers", n)
	}
	if left := detail[*errdetails.ErrorInfo](t, s).GetMetadata()["violations_left_out"]; left == "" {
		t.Error("violations were left out and nothing says so")
	}
}

func TestUnknownCheckersAndRulebooksAreRefused(t *testing.T) {
	client, _ := serving(t, server.Config{})
	ask := func(o *assayv1.CheckOptions) *status.Status {
		_, err := client.CheckSubmission(background(t), &assayv1.CheckSubmissionRequest{Submission: submission("s1"), Options: o})
		return status.Convert(err)
	}
	unknown := ask(&assayv1.CheckOptions{Checkers: []string{"astrology"}})
	wantCode(t, unknown.Err(), codes.InvalidArgument)
	if got := fields(t, unknown); !slices.Equal(got, []string{"options.checkers"}) {
		t.Errorf("violations are %v", got)
	}
	other := ask(&assayv1.CheckOptions{RulebookSha256: strings.Repeat("a", 64)})
	wantCode(t, other.Err(), codes.FailedPrecondition)
	if got := reason(t, other); got != "RULEBOOK_MISMATCH" {
		t.Errorf("reason is %s", got)
	}
	if got := ask(&assayv1.CheckOptions{RulebookSha256: newEngine(t, "test").Book().Digest}); got.Code() != codes.OK {
		t.Errorf("the rulebook in force is refused: %v", got)
	}
}

func TestABatchAnswersEachInOrder(t *testing.T) {
	client, _ := serving(t, server.Config{})
	batch := &assayv1.BatchCheckSubmissionsRequest{}
	for i := range 100 {
		batch.Submissions = append(batch.Submissions, submission(fmt.Sprint("s", i)))
	}
	batch.Submissions[41].Markets = nil
	r, err := client.BatchCheckSubmissions(background(t), batch)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.GetResults()) != 100 {
		t.Fatalf("%d results", len(r.GetResults()))
	}
	for i, result := range r.GetResults() {
		if result.GetPosition() != int64(i) || result.GetSubmissionId() != fmt.Sprint("s", i) {
			t.Errorf("result %d is of %d, %q", i, result.GetPosition(), result.GetSubmissionId())
		}
		if failed := result.GetError() != nil; failed != (i == 41) {
			t.Errorf("result %d: %v", i, result)
		}
	}
	s := status.FromProto(r.GetResults()[41].GetError())
	wantCode(t, s.Err(), codes.InvalidArgument)
	if got := fields(t, s); !slices.Equal(got, []string{"submission.markets"}) {
		t.Errorf("violations are %v", got)
	}
}

func TestABatchEqualsItsSingles(t *testing.T) {
	client, _ := serving(t, server.Config{})
	m := submission("s1")
	m.AsOf = timestamppb.New(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	alone, err := client.CheckSubmission(background(t), &assayv1.CheckSubmissionRequest{Submission: m})
	if err != nil {
		t.Fatal(err)
	}
	among, err := client.BatchCheckSubmissions(background(t), &assayv1.BatchCheckSubmissionsRequest{Submissions: []*assayv1.Submission{submission("s0"), m}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(alone.GetVerdict(), among.GetResults()[1].GetVerdict(), protocmp.Transform()); diff != "" {
		t.Errorf("alone and in a batch differ:\n%s", diff)
	}
}

func TestABatchThatFillsItsResponseFailsByItem(t *testing.T) {
	const limit = 200_000
	client, _ := serving(t, server.Config{MaxResponseBytes: limit})
	batch := &assayv1.BatchCheckSubmissionsRequest{}
	for i := range 40 {
		m := submission(fmt.Sprint("s", i))
		m.Annotations = make(map[string]string) // echoed in the verdict
		for n := range 20 {
			m.Annotations[fmt.Sprint("note", n)] = strings.Repeat("x", 500)
		}
		batch.Submissions = append(batch.Submissions, m)
	}
	batch.Submissions[39].Annotations = nil
	r, err := client.BatchCheckSubmissions(background(t), batch)
	if err != nil {
		t.Fatal(err)
	}
	if n := proto.Size(r); n > limit {
		t.Errorf("the response is %d bytes", n)
	}
	refused := 0
	for i, result := range r.GetResults() {
		if result.GetSubmissionId() != fmt.Sprint("s", i) {
			t.Errorf("result %d is of %q", i, result.GetSubmissionId())
		}
		if result.GetError() != nil {
			s := status.FromProto(result.GetError())
			wantCode(t, s.Err(), codes.ResourceExhausted)
			detail[*errdetails.RetryInfo](t, s)
			refused++
		}
	}
	if refused == 0 || refused > 30 {
		t.Errorf("%d of 40 are refused", refused)
	}
	if r.GetResults()[0].GetVerdict() == nil || r.GetResults()[39].GetVerdict() == nil {
		t.Error("a result that fits is refused")
	}
}

func TestABatchIsRefusedAsAWhole(t *testing.T) {
	client, _ := serving(t, server.Config{})
	tooMany := make([]*assayv1.Submission, 101)
	for i := range tooMany {
		tooMany[i] = submission("s")
	}
	tests := map[string]struct {
		request *assayv1.BatchCheckSubmissionsRequest
		fields  []string
	}{
		"none":        {&assayv1.BatchCheckSubmissionsRequest{}, []string{"submissions"}},
		"101":         {&assayv1.BatchCheckSubmissionsRequest{Submissions: tooMany}, []string{"submissions"}},
		"bad options": {&assayv1.BatchCheckSubmissionsRequest{Submissions: tooMany[:1], Options: &assayv1.CheckOptions{Mode: 9}}, []string{"options.mode"}},
		"both":        {&assayv1.BatchCheckSubmissionsRequest{Options: &assayv1.CheckOptions{Mode: 9}}, []string{"submissions", "options.mode"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := client.BatchCheckSubmissions(background(t), test.request)
			if diff := cmp.Diff(test.fields, fields(t, wantCode(t, err, codes.InvalidArgument))); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatIsInForceIsTold(t *testing.T) {
	client, _ := serving(t, server.Config{})
	e := newEngine(t, "test")
	book, err := client.GetRulebook(background(t), &assayv1.GetRulebookRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if book.GetRulebook().GetSha256() != e.Book().Digest || book.GetLoadedAt() == nil {
		t.Errorf("rulebook is %v", book)
	}
	if len(book.GetCodes()) != 1 || book.GetCodes()[0].GetEffect() != assayv1.Decision_DECISION_REVIEW {
		t.Errorf("codes are %v", book.GetCodes())
	}
	checkers, err := client.ListCheckers(background(t), &assayv1.ListCheckersRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(checkers.GetCheckers()), len(e.Checkers())+len(e.MerchantCheckers()); got != want {
		t.Errorf("%d checkers, want %d", got, want)
	}
}

func TestRequestIDsAreEchoedWhereTheyAreSane(t *testing.T) {
	client, _ := serving(t, server.Config{})
	for id, sane := range map[string]bool{
		"checkout-7.a:b_C":      true,
		"":                      false,
		"two words":             false,
		`q"uote`:                false,
		strings.Repeat("x", 64): true,
		strings.Repeat("x", 65): false,
	} {
		var header metadata.MD
		ctx := metadata.AppendToOutgoingContext(background(t), "x-request-id", id)
		if _, err := client.ListCheckers(ctx, &assayv1.ListCheckersRequest{}, grpc.Header(&header)); err != nil {
			t.Fatal(err)
		}
		if got := header.Get("x-request-id"); sane && !slices.Equal(got, []string{id}) || !sane && len(got) != 0 {
			t.Errorf("request id %q comes back as %q", id, got)
		}
		_, err := client.CheckSubmission(ctx, &assayv1.CheckSubmissionRequest{}, grpc.Header(&header))
		wantCode(t, err, codes.InvalidArgument)
		if got := header.Get("x-request-id"); len(got) != 1 || got[0] == "" || (got[0] == id) != sane {
			t.Errorf("with an error, request id %q comes back as %q", id, got)
		}
	}
}
