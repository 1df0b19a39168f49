package client_test

import (
	"errors"
	"fmt"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/assay-project/assay/client"
	assayv1 "github.com/assay-project/assay/proto/assay/v1"
	"github.com/assay-project/assay/server"
)

func TestMerchantsAreAssessed(t *testing.T) {
	target, stop := start(server.Config{DrainDelay: -1})
	defer stop()
	c := dial(t, target, client.Locale("de"))
	request := &assayv1.AssessMerchantRequest{Merchant: &assayv1.Merchant{MerchantId: "m1"}, Markets: []string{"DE"}, Submissions: examples(t)}
	whole, err := c.AssessMerchant(t.Context(), request)
	if err != nil || len(whole.GetResults()) != len(request.GetSubmissions()) || whole.GetVerdict().GetFindings()[0].GetMerchantMessage() == "" {
		t.Fatalf("%v, %v", err, whole)
	}
	streamed, err := c.AssessAssortment(t.Context(), &assayv1.AssessMerchantRequest{Merchant: request.GetMerchant(), Markets: request.GetMarkets(),
		AsOf: whole.GetVerdict().GetAsOf()}, all(request.GetSubmissions()))
	if err != nil || !proto.Equal(whole.GetVerdict(), streamed.GetVerdict()) {
		t.Errorf("%v: streamed %v, whole %v", err, streamed.GetVerdict(), whole.GetVerdict())
	}
}

// TestAnAssortmentIsAssessedWholeOrNotAtAll shows how errors come out: the caller's own, the server's, and one of options.
func TestAnAssortmentIsAssessedWholeOrNotAtAll(t *testing.T) {
	target, stop := start(server.Config{DrainDelay: -1})
	defer stop()
	c := dial(t, target)
	request := &assayv1.AssessMerchantRequest{Merchant: &assayv1.Merchant{}, Markets: []string{"DE"}}
	unread := errors.New("line 3 cannot be read")
	_, err := c.AssessAssortment(t.Context(), request, func(yield func(*assayv1.Submission, error) bool) { yield(nil, unread) })
	if !errors.Is(err, unread) {
		t.Errorf("an entry that cannot be read ends it with %v", err)
	}
	_, err = c.AssessAssortment(t.Context(), request, plenty(20_000, func(int) {}))
	if e, ok := errors.AsType[*client.Error](err); !ok || e.Code != codes.InvalidArgument || fmt.Sprint(e.Violations) == "[]" {
		t.Errorf("too many end it with %v", err)
	}
	_, err = c.AssessMerchant(t.Context(), request, client.Rulebook("0000000000000000000000000000000000000000000000000000000000000000"))
	if e, ok := errors.AsType[*client.Error](err); !ok || e.Code != codes.FailedPrecondition {
		t.Errorf("another rulebook ends it with %v", err)
	}
}
