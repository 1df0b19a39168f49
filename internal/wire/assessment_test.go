package wire_test

import (
	"testing"
	"time"

	"buf.build/go/protovalidate"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/wire"
)

// TestFillKeepsWhatIsThere fills every field of a submission: an assessment of another merchant changes nothing of it.
func TestFillKeepsWhatIsThere(t *testing.T) {
	m := &assayv1.Submission{}
	fill(m.ProtoReflect())
	a, err := wire.Assessment(&assayv1.AssessMerchantRequest{Merchant: &assayv1.Merchant{MerchantId: "other"}, Markets: []string{"FR"},
		Documents: []*assayv1.Document{{DocumentId: "standing", Type: assayv1.DocumentType_DOCUMENT_TYPE_PURCHASE_INVOICE}}}, time.Unix(1, 0))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m, a.Fill(m), protocmp.Transform()); diff != "" {
		t.Errorf("(-given +filled):\n%s", diff)
	}
}

// TestAssessmentAgreesWithAnnotations: what the annotations of the contract refuse of a request is refused, and nothing else.
func TestAssessmentAgreesWithAnnotations(t *testing.T) {
	validator, err := protovalidate.New()
	if err != nil {
		t.Fatal(err)
	}
	sound := &assayv1.AssessMerchantRequest{Merchant: &assayv1.Merchant{}, Markets: []string{"DE"}}
	for name, change := range map[string]func(r *assayv1.AssessMerchantRequest){
		"sound":              func(*assayv1.AssessMerchantRequest) {},
		"a hundred":          func(r *assayv1.AssessMerchantRequest) { r.Submissions = make([]*assayv1.Submission, 100) },
		"a hundred and one":  func(r *assayv1.AssessMerchantRequest) { r.Submissions = make([]*assayv1.Submission, 101) },
		"no merchant":        func(r *assayv1.AssessMerchantRequest) { r.Merchant = nil },
		"a bad merchant":     func(r *assayv1.AssessMerchantRequest) { r.Merchant.ShopType = 99 },
		"a bad country list": func(r *assayv1.AssessMerchantRequest) { r.Merchant.AgentCountries = make([]string, 33) },
		"no market":          func(r *assayv1.AssessMerchantRequest) { r.Markets = nil },
		"a market twice":     func(r *assayv1.AssessMerchantRequest) { r.Markets = []string{"DE", "DE"} },
		"a bad paper":        func(r *assayv1.AssessMerchantRequest) { r.Documents = []*assayv1.Document{{}} },
		"before 1970":        func(r *assayv1.AssessMerchantRequest) { r.AsOf = &timestamppb.Timestamp{Seconds: -1} },
		"the last second":    func(r *assayv1.AssessMerchantRequest) { r.AsOf = &timestamppb.Timestamp{Seconds: 7258118399} },
		"from 2200":          func(r *assayv1.AssessMerchantRequest) { r.AsOf = &timestamppb.Timestamp{Seconds: 7258118400} },
	} {
		r := proto.CloneOf(sound)
		change(r)
		_, got := wire.Assessment(r, time.Unix(1, 0))
		if want := validator.Validate(r); (want == nil) != (got == nil) {
			t.Errorf("%s: the annotations say %v, we say %v", name, want, got)
		}
	}
}
