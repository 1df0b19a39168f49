package server_test

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/server"
)

func open(t testing.TB, client assayv1.ComplianceServiceClient) assayv1.ComplianceService_StreamCheckSubmissionsClient {
	t.Helper()
	stream, err := client.StreamCheckSubmissions(background(t))
	if err != nil {
		t.Fatal(err)
	}
	return stream
}

func send(t testing.TB, stream assayv1.ComplianceService_StreamCheckSubmissionsClient, r *assayv1.StreamCheckSubmissionsRequest) {
	t.Helper()
	if err := stream.Send(r); err != nil {
		t.Fatal(err)
	}
}

func item(i int) *assayv1.StreamCheckSubmissionsRequest {
	return &assayv1.StreamCheckSubmissionsRequest{Submission: submission(fmt.Sprint("s", i))}
}

// receive is the next result; nil at the clean end of the stream.
func receive(t testing.TB, stream assayv1.ComplianceService_StreamCheckSubmissionsClient) *assayv1.CheckResult {
	t.Helper()
	r, err := stream.Recv()
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return r.GetResult()
}

func TestAStreamAnswersEachInOrder(t *testing.T) {
	client, _ := serving(t, server.Config{})
	stream := open(t, client)
	const items = 1000
	go func() {
		for i := range items {
			m := item(i)
			if i == 41 {
				m.Submission = nil
			}
			if stream.Send(m) != nil {
				return
			}
		}
		stream.CloseSend()
	}()
	for i := range items {
		r := receive(t, stream)
		if r.GetPosition() != int64(i) {
			t.Fatalf("result %d is of %d", i, r.GetPosition())
		}
		if i == 41 {
			wantCode(t, status.FromProto(r.GetError()).Err(), codes.InvalidArgument)
		} else if r.GetVerdict().GetSubmissionId() != fmt.Sprint("s", i) {
			t.Fatalf("result %d is %v", i, r)
		}
	}
	if r := receive(t, stream); r != nil {
		t.Errorf("one result too many: %v", r)
	}
}

func TestAStreamWithoutMessagesEndsWell(t *testing.T) {
	client, _ := serving(t, server.Config{})
	stream := open(t, client)
	stream.CloseSend()
	if r := receive(t, stream); r != nil {
		t.Errorf("a result of nothing: %v", r)
	}
}

func TestAStreamTakesItsOptionsFromTheFirstMessage(t *testing.T) {
	client, _ := serving(t, server.Config{})
	stream := open(t, client)
	first, second := item(0), item(1)
	first.Options = &assayv1.CheckOptions{Mode: assayv1.CheckMode_CHECK_MODE_PREVIEW}
	second.Options = &assayv1.CheckOptions{Mode: 99}
	send(t, stream, first)
	send(t, stream, second)
	for range 2 {
		if got := receive(t, stream).GetVerdict().GetMode(); got != assayv1.CheckMode_CHECK_MODE_PREVIEW {
			t.Errorf("mode is %v", got)
		}
	}
	stream.CloseSend()
	receive(t, stream)
}

func TestBadOptionsEndAStream(t *testing.T) {
	client, _ := serving(t, server.Config{})
	stream := open(t, client)
	send(t, stream, &assayv1.StreamCheckSubmissionsRequest{Options: &assayv1.CheckOptions{Mode: 99}})
	_, err := stream.Recv()
	wantCode(t, err, codes.InvalidArgument)
}

func TestAStreamEndsAtItsAge(t *testing.T) {
	client, _ := serving(t, server.Config{StreamAge: 100 * time.Millisecond})
	stream := open(t, client)
	for i := 0; ; i++ {
		if err := stream.Send(item(i)); err != nil { // io.EOF: it has ended
			break
		}
		r := receive(t, stream)
		if r == nil {
			break
		}
		if r.GetPosition() != int64(i) {
			t.Fatalf("result %d is of %d", i, r.GetPosition())
		}
	}
	if r := receive(t, stream); r != nil {
		t.Errorf("a result after the end: %v", r)
	}
}

func TestASilentStreamEndsAtItsAge(t *testing.T) {
	client, _ := serving(t, server.Config{StreamAge: 10 * time.Millisecond})
	if r := receive(t, open(t, client)); r != nil {
		t.Errorf("a result of nothing: %v", r)
	}
}

func TestAStreamKeepsItsEngine(t *testing.T) {
	client, s := serving(t, server.Config{})
	first, second := newEngine(t, "test").Book().Digest, newEngine(t, "next").Book().Digest
	before := open(t, client)
	ask := func(stream assayv1.ComplianceService_StreamCheckSubmissionsClient) string {
		send(t, stream, item(0))
		return receive(t, stream).GetVerdict().GetRulebook().GetSha256()
	}
	if got := ask(before); got != first {
		t.Errorf("rulebook is %s", got)
	}
	s.Use(newEngine(t, "next"))
	if got := ask(before); got != first {
		t.Error("the rulebook changed under a stream")
	}
	if got := ask(open(t, client)); got != second {
		t.Error("a new stream gets the old rulebook")
	}
}

// TestAStreamOfNoMessagesIsTheCallersMistake sends bytes that are no message. The operator does not read about it.
func TestAStreamOfNoMessagesIsTheCallersMistake(t *testing.T) {
	for _, method := range []string{assayv1.ComplianceService_StreamCheckSubmissions_FullMethodName, assayv1.ComplianceService_AssessAssortment_FullMethodName} {
		logs := make(lines, 10)
		s := server.New(server.Config{Logger: logs.logger(slog.LevelInfo)})
		s.Use(newEngine(t, "test"))
		stream, err := start(t, s, inMemory()).NewStream(background(t), &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}, method, grpc.ForceCodecV2(rawBytes{}))
		if err != nil {
			t.Fatal(err)
		}
		if err := stream.SendMsg([]byte("\xff\xff")); err != nil {
			t.Fatal(err)
		}
		var answer []byte
		wantCode(t, stream.RecvMsg(&answer), codes.Internal) // gRPC's own word
		if len(logs) > 0 {
			t.Errorf("%s: the operator reads %s", method, <-logs)
		}
	}
}
