package server_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/rulebook/embedded"
	"github.com/assay-project/assay/server"
)

// embeddedService is a client of a server with the embedded rulebook in force.
func embeddedService(t testing.TB, config server.Config) assayv1.ComplianceServiceClient {
	t.Helper()
	book, err := rulebook.Load(embedded.FS())
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.New(book)
	if err != nil {
		t.Fatal(err)
	}
	s := server.New(config)
	s.Use(e)
	return assayv1.NewComplianceServiceClient(start(t, s, inMemory()))
}

func paper(id string) *assayv1.Document {
	return &assayv1.Document{DocumentId: id, Type: assayv1.DocumentType_DOCUMENT_TYPE_LETTER_OF_AUTHORIZATION, Number: id}
}

// firstAssortment is a merchant with six listings that leave out, and state, all that an assessment fills in.
func firstAssortment() *assayv1.AssessMerchantRequest {
	shoes := func(id string) *assayv1.Submission {
		return &assayv1.Submission{SubmissionId: id, Product: &assayv1.Product{Title: "Nike shoes", Brand: "Nike", Category: "Apparel & Accessories > Shoes"}}
	}
	bare, own, other, dated, broken, same := shoes("bare"), shoes("own"), shoes("other"), shoes("dated"), &assayv1.Submission{SubmissionId: "broken"}, shoes("same")
	own.Documents = []*assayv1.Document{paper("mine"), paper("standing")}
	own.Documents[1].Number = "another reading"
	other.Merchant = &assayv1.Merchant{MerchantId: "m2", LegalName: "Somebody else"}
	dated.AsOf, dated.Markets = timestamppb.New(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)), []string{"FR"}
	same.Merchant = &assayv1.Merchant{MerchantId: "m1", LegalName: "As the listing has it"}
	return &assayv1.AssessMerchantRequest{Merchant: &assayv1.Merchant{MerchantId: "m1", LegalName: "Harbour Trading GmbH", ShopName: "Harbour Corner"},
		Documents: []*assayv1.Document{paper("standing"), paper("more")}, Markets: []string{"DE", "US"},
		AsOf:        timestamppb.New(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)),
		Submissions: []*assayv1.Submission{bare, own, other, dated, broken, same}}
}

// filled is what the contract says that CheckSubmission would have to be asked.
func filled(r *assayv1.AssessMerchantRequest) []*assayv1.Submission {
	var all []*assayv1.Submission
	for _, s := range r.GetSubmissions() {
		all = append(all, proto.CloneOf(s))
	}
	standing, more := r.GetDocuments()[0], r.GetDocuments()[1]
	for i, s := range all {
		if i != 2 && i != 5 {
			s.Merchant = r.GetMerchant()
		}
		if i != 3 {
			s.Markets, s.AsOf = r.GetMarkets(), r.GetAsOf()
		}
	}
	for _, i := range []int{0, 3, 5} {
		all[i].Documents = []*assayv1.Document{standing, more}
	}
	all[1].Documents = append(all[1].Documents, more)
	return all
}

// TestAnAssessmentAnswersAsSingleCallsDo, byte for byte; a bad listing fails alone and is told of.
func TestAnAssessmentAnswersAsSingleCallsDo(t *testing.T) {
	client := embeddedService(t, server.Config{})
	request := firstAssortment()
	response, err := client.AssessMerchant(background(t), request)
	if err != nil {
		t.Fatal(err)
	}
	deterministic := proto.MarshalOptions{Deterministic: true}
	for i, s := range filled(request) {
		got := response.GetResults()[i]
		single, err := client.CheckSubmission(background(t), &assayv1.CheckSubmissionRequest{Submission: s})
		if (err != nil) != (got.GetError() != nil) || got.GetPosition() != int64(i) || got.GetSubmissionId() != s.GetSubmissionId() {
			t.Fatalf("result %d is %v, a single call ends with %v", i, got, err)
		}
		a, _ := deterministic.Marshal(single.GetVerdict())
		b, _ := deterministic.Marshal(got.GetVerdict())
		if !slices.Equal(a, b) {
			t.Errorf("%s (-single +assessed):\n%s", s.GetSubmissionId(), cmp.Diff(single.GetVerdict(), got.GetVerdict(), protocmp.Transform()))
		}
	}
	v := response.GetVerdict()
	if v.GetDecision() != assayv1.Decision_DECISION_REVIEW || v.GetCompleteness() != assayv1.Completeness_COMPLETENESS_DEGRADED {
		t.Errorf("with a listing that could not be answered: %v, %v", v.GetDecision(), v.GetCompleteness())
	}
	all, err := client.ListCheckers(background(t), &assayv1.ListCheckersRequest{})
	if err != nil {
		t.Fatal(err)
	}
	ofMerchants := slices.DeleteFunc(all.GetCheckers(), func(c *assayv1.CheckerInfo) bool {
		return c.GetSubject() == assayv1.CheckerSubject_CHECKER_SUBJECT_SUBMISSION
	})
	if !v.GetAsOf().AsTime().Equal(request.GetAsOf().AsTime()) || v.GetRulebook().GetSha256() == "" || len(v.GetCheckerRuns()) != len(ofMerchants) {
		t.Errorf("as_of %v, rulebook %v, %d runs", v.GetAsOf(), v.GetRulebook(), len(v.GetCheckerRuns()))
	}
}

// TestAMerchantWithoutListingsIsAssessed: the merchant is looked at, and what was not looked at is told.
func TestAMerchantWithoutListingsIsAssessed(t *testing.T) {
	client := embeddedService(t, server.Config{})
	response, err := client.AssessMerchant(background(t), &assayv1.AssessMerchantRequest{Merchant: &assayv1.Merchant{MerchantId: "m1"}, Markets: []string{"DE"}})
	if err != nil {
		t.Fatal(err)
	}
	v := response.GetVerdict()
	if len(v.GetFindings()) != 1 || v.GetFindings()[0].GetCode() != "MER_TRADER_INFO_MISSING" || len(v.GetRequests()) != 8 {
		t.Errorf("got %v", v)
	}
	if run := v.GetCheckerRuns()[2]; run.GetStatus() != assayv1.RunStatus_RUN_STATUS_SKIPPED || run.GetReason() != "no listing" {
		t.Errorf("the assortment was looked at: %v", run)
	}
}

func TestAssessmentsAreRefusedWithEveryField(t *testing.T) {
	client, _ := serving(t, server.Config{})
	request := &assayv1.AssessMerchantRequest{Documents: []*assayv1.Document{{}}, Markets: []string{"XX"}, AsOf: &timestamppb.Timestamp{Seconds: -1},
		Options: &assayv1.CheckOptions{Checkers: []string{"merchant"}}}
	for i := range 101 {
		request.Submissions = append(request.Submissions, submission(fmt.Sprint(i)))
	}
	_, err := client.AssessMerchant(background(t), request)
	want := []string{"merchant", "markets[0]", "documents[0].document_id", "documents[0].type", "as_of", "submissions", "options.checkers"}
	if diff := cmp.Diff(want, fields(t, wantCode(t, err, codes.InvalidArgument))); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	request = &assayv1.AssessMerchantRequest{Merchant: &assayv1.Merchant{}, Markets: []string{"DE"}, Submissions: request.Submissions[:100]}
	response, err := client.AssessMerchant(background(t), request)
	if err != nil || len(response.GetResults()) != 100 {
		t.Errorf("a hundred submissions: %v, %d results", err, len(response.GetResults()))
	}
}

// TestAnAssessmentFitsIntoItsResponse, however small that is: results that do not fit say so, and count for the merchant.
func TestAnAssessmentFitsIntoItsResponse(t *testing.T) {
	client := embeddedService(t, server.Config{MaxResponseBytes: 64 << 10})
	request := &assayv1.AssessMerchantRequest{Merchant: &assayv1.Merchant{MerchantId: "m1"}, Markets: []string{"DE", "FR"}}
	for i := range 60 {
		request.Submissions = append(request.Submissions, &assayv1.Submission{SubmissionId: fmt.Sprint(i), Product: &assayv1.Product{Title: "Nike shoes", Brand: "Nike"}})
	}
	response, err := client.AssessMerchant(background(t), request)
	if err != nil {
		t.Fatal(err)
	}
	last := response.GetResults()[59]
	if codes.Code(last.GetError().GetCode()) != codes.ResourceExhausted || response.GetResults()[0].GetVerdict() == nil {
		t.Errorf("the first is %v, the last %v", response.GetResults()[0], last)
	}
	if v := response.GetVerdict(); v.GetCompleteness() != assayv1.Completeness_COMPLETENESS_COMPLETE {
		t.Errorf("the merchant's verdict is %v", v.GetCompleteness())
	}
}

// streamed sends parts and returns what comes of them.
func streamed(t testing.TB, client assayv1.ComplianceServiceClient, parts ...*assayv1.AssessAssortmentRequest) (*assayv1.AssessAssortmentResponse, error) {
	t.Helper()
	s, err := client.AssessAssortment(background(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range parts {
		if s.Send(part) != nil {
			break // the server says why
		}
	}
	return s.CloseAndRecv()
}

func merchantPart(r *assayv1.AssessMerchantRequest) *assayv1.AssessAssortmentRequest {
	return &assayv1.AssessAssortmentRequest{Part: &assayv1.AssessAssortmentRequest_Merchant{Merchant: r}}
}

func submissionPart(s *assayv1.Submission) *assayv1.AssessAssortmentRequest {
	return &assayv1.AssessAssortmentRequest{Part: &assayv1.AssessAssortmentRequest_Submission{Submission: s}}
}

// TestAStreamedAssortmentIsAssessedAsOneMessageIs: the same verdict on the merchant, and the same results but for the approved.
func TestAStreamedAssortmentIsAssessedAsOneMessageIs(t *testing.T) {
	client := embeddedService(t, server.Config{})
	request := firstAssortment()
	request.Submissions = append(request.Submissions, &assayv1.Submission{SubmissionId: "chair", Product: &assayv1.Product{Title: "Oak chair"}})
	whole, err := client.AssessMerchant(background(t), request)
	if err != nil {
		t.Fatal(err)
	}
	first := proto.CloneOf(request)
	first.Submissions = first.GetSubmissions()[:2]
	parts := []*assayv1.AssessAssortmentRequest{merchantPart(first)}
	for _, s := range request.GetSubmissions()[2:] {
		parts = append(parts, submissionPart(s))
	}
	inParts, err := streamed(t, client, parts...)
	if err != nil {
		t.Fatal(err)
	}
	results := slices.DeleteFunc(slices.Clone(whole.GetResults()), func(r *assayv1.CheckResult) bool {
		return r.GetVerdict().GetDecision() == assayv1.Decision_DECISION_APPROVE
	})
	want := &assayv1.AssessAssortmentResponse{Verdict: whole.GetVerdict(), Results: results, Approved: 1, Reviewed: 5, Errors: 1}
	if diff := cmp.Diff(want, inParts, protocmp.Transform()); diff != "" {
		t.Errorf("(-one message +streamed):\n%s", diff)
	}
}

func TestStreamedAssortmentsAreRefused(t *testing.T) {
	client, _ := serving(t, server.Config{})
	merchant := merchantPart(&assayv1.AssessMerchantRequest{Merchant: &assayv1.Merchant{}, Markets: []string{"DE"}})
	for name, row := range map[string]struct {
		parts []*assayv1.AssessAssortmentRequest
		want  []string
	}{
		"nothing at all":     {nil, []string{"merchant"}},
		"a submission first": {[]*assayv1.AssessAssortmentRequest{submissionPart(submission("1"))}, []string{"merchant"}},
		"a bad merchant":     {[]*assayv1.AssessAssortmentRequest{merchantPart(&assayv1.AssessMerchantRequest{})}, []string{"merchant.merchant", "merchant.markets"}},
		"two merchants":      {[]*assayv1.AssessAssortmentRequest{merchant, merchant}, []string{"merchant"}},
		"one too many":       {append([]*assayv1.AssessAssortmentRequest{merchant}, slices.Repeat([]*assayv1.AssessAssortmentRequest{submissionPart(submission("1"))}, 10_001)...), []string{"submission"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := streamed(t, client, row.parts...)
			if diff := cmp.Diff(row.want, fields(t, wantCode(t, err, codes.InvalidArgument))); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
		})
	}
	response, err := streamed(t, client, append([]*assayv1.AssessAssortmentRequest{merchant}, slices.Repeat([]*assayv1.AssessAssortmentRequest{submissionPart(submission("1"))}, 10_000)...)...)
	if err != nil || response.GetApproved()+response.GetReviewed() != 10_000 {
		t.Errorf("as many as there may be: %v, %d and %d", err, response.GetApproved(), response.GetReviewed())
	}
}

// TestToldResultsAreTheFirst that fit, by number and by size.
func TestToldResultsAreTheFirst(t *testing.T) {
	client, _ := serving(t, server.Config{MaxResponseBytes: 200 << 10})
	parts := []*assayv1.AssessAssortmentRequest{merchantPart(&assayv1.AssessMerchantRequest{Merchant: &assayv1.Merchant{}, Markets: []string{"DE"}})}
	for i := range 2500 {
		parts = append(parts, submissionPart(&assayv1.Submission{SubmissionId: fmt.Sprint(i)}))
	}
	response, err := streamed(t, client, parts...)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range response.GetResults() {
		if r.GetPosition() != int64(i) {
			t.Fatalf("result %d is that of position %d", i, r.GetPosition())
		}
	}
	if n := len(response.GetResults()); response.GetErrors() != 2500 || n < 100 || n > 1000 || proto.Size(response) > 200<<10 {
		t.Errorf("%d errors, %d told in %d bytes", response.GetErrors(), n, proto.Size(response))
	}
}

// TestASilentAssortmentEnds at the server's age limit.
func TestASilentAssortmentEnds(t *testing.T) {
	client, _ := serving(t, server.Config{StreamAge: 50 * time.Millisecond})
	s, err := client.AssessAssortment(background(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Send(merchantPart(&assayv1.AssessMerchantRequest{Merchant: &assayv1.Merchant{}, Markets: []string{"DE"}})); err != nil {
		t.Fatal(err)
	}
	wantCode(t, s.RecvMsg(&assayv1.AssessAssortmentResponse{}), codes.DeadlineExceeded)
}
