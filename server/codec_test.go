package server_test

import (
	"bytes"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// TestNumbersInManyPiecesAreRefused sends a list of Nice classes in pieces of one, as no encoder does. A megabyte of them would be
// decoded for minutes.
func TestNumbersInManyPiecesAreRefused(t *testing.T) {
	request := func(pieces int) []byte {
		s := submission("s1")
		s.Documents = []*assayv1.Document{{DocumentId: "d", Type: assayv1.DocumentType_DOCUMENT_TYPE_OTHER}}
		piece := append(protowire.AppendTag(nil, 12, protowire.BytesType), 1, 25)
		s.Documents[0].ProtoReflect().SetUnknown(bytes.Repeat(piece, pieces)) // no more unknown once it is sent
		b, err := proto.Marshal(&assayv1.CheckSubmissionRequest{Submission: s})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for pieces, want := range map[int]codes.Code{0: codes.OK, 1: codes.OK, 45: codes.OK, 46: codes.ResourceExhausted, 340_000: codes.ResourceExhausted} {
		raw(t, request(pieces), want)
	}
}
