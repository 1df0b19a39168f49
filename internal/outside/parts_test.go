package outside_test

import (
	"bytes"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/outside"
)

// inside is a message in field after field of messages.
func inside(inner []byte, fields ...protowire.Number) []byte {
	for _, number := range fields {
		inner = protowire.AppendBytes(protowire.AppendTag(nil, number, protowire.BytesType), inner)
	}
	return inner
}

// fullest is the answer with the most messages that the contract allows.
func fullest() *assayv1.RunCheckerResponse {
	amount := &money.Money{CurrencyCode: "EUR", Units: 1}
	price := &assayv1.PriceEvidence{Offered: amount, Median: amount, Low: amount, High: amount, AsOf: &date.Date{Year: 2026, Month: 1, Day: 1}}
	a := &assayv1.RunCheckerResponse{SubmissionId: "1"}
	for range outside.MaxFindings {
		f := &assayv1.CheckerFinding{Code: "WORD"}
		for range outside.MaxEvidence {
			f.Evidence = append(f.Evidence, &assayv1.Evidence{Kind: &assayv1.Evidence_Price{Price: price}})
		}
		a.Findings = append(a.Findings, f)
	}
	return a
}

func TestReadTakesWhatTheContractAllows(t *testing.T) {
	data, err := proto.Marshal(fullest())
	if err != nil || len(data) > outside.MaxAnswerBytes {
		t.Fatal(len(data), err)
	}
	got, err := outside.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(fullest(), got, protocmp.Transform()); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
}

// TestReadMakesNoRoomForBombs reads answers of the largest size, made of messages as small as there are.
func TestReadMakesNoRoomForBombs(t *testing.T) {
	const half = outside.MaxAnswerBytes / 2
	empty := func(number protowire.Number) []byte { return bytes.Repeat(inside(nil, number), half/2) }
	for name, data := range map[string][]byte{
		"findings":      empty(2),
		"evidence":      inside(empty(3), 2),
		"kinds":         inside(bytes.Repeat(append(inside(nil, 1), inside(nil, 2)...), half/4), 3, 2),
		"not a message": {0xff},
		"cut short":     append(inside(nil, 1), 0x12, 0x05),
		"no UTF-8":      inside([]byte{0xff}, 1),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := outside.Read(data)
		runtime.ReadMemStats(&after)
		if problems, ok := err.(outside.Problems); !ok || len(problems) != 1 || strings.Contains(problems[0], "proto:") {
			t.Errorf("%s: %v", name, err)
		}
		if made := after.TotalAlloc - before.TotalAlloc; made > 1<<20 {
			t.Errorf("%s: made room of %d KiB", name, made>>10)
		}
	}
}
