package server

import (
	"errors"
	"testing"

	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// FuzzDecode decodes bytes as requests: as the usual decoder does, or not at all, where a list comes in too many pieces.
func FuzzDecode(f *testing.F) {
	for _, m := range []proto.Message{
		&assayv1.CheckSubmissionRequest{Submission: &assayv1.Submission{SubmissionId: "a", Markets: []string{"DE"},
			Product:   &assayv1.Product{Title: "Oak chair", Price: &money.Money{CurrencyCode: "EUR", Units: 9}, Attributes: map[string]string{"k": "v"}},
			Documents: []*assayv1.Document{{DocumentId: "d", NiceClasses: []int32{1, 25, 45}}}}},
		&assayv1.BatchCheckSubmissionsRequest{Submissions: []*assayv1.Submission{{}, {}}},
		&assayv1.AssessAssortmentRequest{Part: &assayv1.AssessAssortmentRequest_Submission{Submission: &assayv1.Submission{SubmissionId: "b"}}},
	} {
		b, err := proto.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte("\x0a\x09\x2a\x07\x62\x01\x19\x62\x02\x19\x1a"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, m := range []proto.Message{&assayv1.CheckSubmissionRequest{}, &assayv1.BatchCheckSubmissionsRequest{}, &assayv1.StreamCheckSubmissionsRequest{},
			&assayv1.AssessMerchantRequest{}, &assayv1.AssessAssortmentRequest{}} {
			plain := m.ProtoReflect().New().Interface()
			want := proto.Unmarshal(b, plain)
			got := newCodec(1<<30).Unmarshal(mem.BufferSlice{mem.SliceBuffer(b)}, m)
			if errors.Is(got, errPieces) {
				continue
			}
			if (got == nil) != (want == nil) || got == nil && !proto.Equal(m, plain) {
				t.Errorf("%T of %x: %v, want %v", m, b, got, want)
			}
		}
	})
}
