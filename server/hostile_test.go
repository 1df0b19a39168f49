package server_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/server"
)

// rawBytes is a codec that sends a []byte as it is.
type rawBytes struct{ encoding.CodecV2 }

func (rawBytes) Name() string { return "proto" }
func (rawBytes) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(v.([]byte))}, nil
}
func (rawBytes) Unmarshal(data mem.BufferSlice, v any) error {
	*v.(*[]byte) = data.Materialize()
	return nil
}

// raw asks with bytes and wants a status; the server must answer others afterwards.
func raw(t *testing.T, message []byte, want codes.Code) string {
	t.Helper()
	s := server.New(server.Config{})
	s.Use(newEngine(t, "test"))
	conn := start(t, s, inMemory())
	var answer []byte
	err := conn.Invoke(background(t), assayv1.ComplianceService_CheckSubmission_FullMethodName, message, &answer, grpc.ForceCodecV2(rawBytes{}))
	got := wantCode(t, err, want)
	if len(got.Message()) > 512 || strings.Contains(got.Message(), ".go") {
		t.Errorf("the status says too much: %s", got.Message())
	}
	if _, err := grpc_health_v1.NewHealthClient(conn).Check(background(t), &grpc_health_v1.HealthCheckRequest{}); err != nil {
		t.Errorf("the next caller gets %v", err)
	}
	return got.Message()
}

func TestBytesThatAreNoMessageAreRefused(t *testing.T) {
	good, err := proto.Marshal(&assayv1.CheckSubmissionRequest{Submission: submission("s1")})
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		message []byte
		want    codes.Code
	}{
		"not UTF-8":      {slices.Concat(good[:0], []byte("\x0a\x04\x0a\x02\xff\xfe")), codes.Internal}, // grpc-go's own answer
		"surrogate":      {[]byte("\x0a\x05\x0a\x03\xed\xa0\x80"), codes.Internal},
		"cut short":      {good[:len(good)-3], codes.Internal},
		"endless varint": {[]byte(strings.Repeat("\xff", 20)), codes.Internal},
		"group":          {[]byte("\x0b"), codes.Internal},
		"unknown fields": {append(slices.Clone(good), []byte("\xf8\x3f\x01")...), codes.OK},
		"nothing":        {nil, codes.InvalidArgument},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { raw(t, test.message, test.want) })
	}
}

func TestTheLimitOfAMessageIsExact(t *testing.T) {
	const limit = 1 << 20
	base := func(padding int) []byte {
		r := &assayv1.CheckSubmissionRequest{Submission: submission("s1")}
		r.Options = &assayv1.CheckOptions{Locale: strings.Repeat("x", padding)} // too long a locale, so nothing is checked
		b, err := proto.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	padding := limit - len(base(limit/2)) + limit/2
	if n := len(base(padding)); n != limit {
		t.Fatalf("the message is %d bytes", n)
	}
	raw(t, base(padding), codes.InvalidArgument)
	raw(t, base(padding+1), codes.ResourceExhausted)
}

func TestMetadataIsBounded(t *testing.T) {
	client, _ := serving(t, server.Config{})
	ctx := metadata.AppendToOutgoingContext(background(t), "x-padding", strings.Repeat("x", 17<<10))
	if _, err := client.ListCheckers(ctx, &assayv1.ListCheckersRequest{}); err == nil {
		t.Error("17 KiB of metadata are taken")
	}
	if _, err := client.ListCheckers(background(t), &assayv1.ListCheckersRequest{}); err != nil {
		t.Errorf("the next call gets %v", err)
	}
}

func TestHostileContentGetsAVerdict(t *testing.T) {
	client, _ := serving(t, server.Config{})
	for name, title := range map[string]string{
		"empty":     "",
		"controls":  "\x00\x01\x1b[31m\n",
		"bidi":      "\u202eekin\u202c",
		"no marks":  strings.Repeat("a\u0301\u0302", 10000),
		"one word":  strings.Repeat("x", 65536),
		"expansion": strings.Repeat("\ufdfa", 20000),
	} {
		m := submission("s1")
		m.Product.Title = title
		r, err := client.CheckSubmission(background(t), &assayv1.CheckSubmissionRequest{Submission: m})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if r.GetVerdict().GetDecision() == assayv1.Decision_DECISION_UNSPECIFIED {
			t.Errorf("%s: no decision", name)
		}
	}
}

// TestConnectionsAreBounded has room for one: who has nothing to ask makes room, and who asks is not disturbed.
func TestConnectionsAreBounded(t *testing.T) {
	client, address, metric := guardedServer(t, server.Config{MaxConnections: 1})
	idle := dialRaw(t, address)
	stream, err := client.StreamCheckSubmissions(background(t), grpc.WaitForReady(true))
	if err != nil {
		t.Fatal(err)
	}
	send(t, stream, item(0))
	receive(t, stream)
	if err := idle.read(func(endedCall) {}); err == nil || metric(`assay_closed_connections_total{why="evicted"}`) != "1" {
		t.Errorf("the idle connection goes on: %v", err)
	}
	another, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer another.Close()
	_, _ = io.Copy(io.Discard, another) // until it is closed
	if n := metric(`assay_closed_connections_total{why="refused"}`); n != "1" {
		t.Errorf("%s connections are refused", n)
	}
	send(t, stream, item(1))
	receive(t, stream)
}

func TestAHugeValueIsNotEchoed(t *testing.T) {
	client, _ := serving(t, server.Config{})
	m := submission("s1")
	m.Markets = []string{strings.Repeat("x", 500_000)}
	m.Annotations = map[string]string{strings.Repeat("\x00", 100_000): ""}
	_, err := client.CheckSubmission(background(t), &assayv1.CheckSubmissionRequest{Submission: m})
	s := wantCode(t, err, codes.InvalidArgument)
	if got := fields(t, s); len(got) != 2 || got[0] != "submission.markets[0]" {
		t.Errorf("violations are %q", got)
	}
	if n := proto.Size(s.Proto()); n > 5<<10 {
		t.Errorf("status is %d bytes", n)
	}
}

// A book must not change under its engine. Where it does, checkers panic, and that is what this test needs.
func TestACheckerThatPanicsIsAReview(t *testing.T) {
	mark := rulebook.Mark{ID: "lumora", Text: "Lumora"}
	book := newBook(t, "broken")
	book.Marks = []rulebook.Mark{mark}
	book.Gates = []rulebook.Gate{{Marks: []string{mark.ID}, Pack: "default", Categories: []string{"Shoes"}}}
	book.Packs = []rulebook.Pack{{Name: "default", Alternatives: []rulebook.Alternative{{Name: "letter", Proof: rulebook.ProofChain,
		Types: []listing.DocumentType{listing.LetterOfAuthorization}}}}}
	e, err := engine.New(book)
	if err != nil {
		t.Fatal(err)
	}
	book.Categories = nil
	logs := make(lines, 10)
	s := server.New(server.Config{Logger: logs.logger(slog.LevelInfo)})
	s.Use(e)
	m := submission("s1")
	m.Product.Title, m.Product.Brand, m.Product.Category = "Lumora runner", "Lumora", "Shoes"
	r, err := assayv1.NewComplianceServiceClient(start(t, s, inMemory())).CheckSubmission(background(t), &assayv1.CheckSubmissionRequest{Submission: m})
	if err != nil {
		t.Fatal(err)
	}
	v := r.GetVerdict()
	if v.GetDecision() != assayv1.Decision_DECISION_REVIEW || v.GetCompleteness() != assayv1.Completeness_COMPLETENESS_DEGRADED {
		t.Errorf("decision is %v, completeness %v", v.GetDecision(), v.GetCompleteness())
	}
	if line := <-logs; !strings.Contains(line, `"cause":"panic: runtime error: invalid memory address`) {
		t.Errorf("the operator reads %s", line)
	}
}

// TestWhatNobodyServesIsNotEchoed calls methods that do not exist, one with a name of 15 KB.
func TestWhatNobodyServesIsNotEchoed(t *testing.T) {
	s := server.New(server.Config{})
	s.Use(newEngine(t, "test"))
	conn := start(t, s, inMemory())
	for _, method := range []string{"/assay.v1.ComplianceService/None", "/assay.v1.None/CheckSubmission", "/" + strings.Repeat("x", 15<<10) + "/x", "/assay.v1.ComplianceService/" + strings.Repeat("x", 15<<10)} {
		for _, patience := range []time.Duration{time.Second, time.Minute} { // the transport refuses those with far deadlines inside
			ctx, cancel := context.WithTimeout(background(t), patience)
			err := conn.Invoke(ctx, method, &assayv1.ListCheckersRequest{}, &assayv1.ListCheckersResponse{})
			cancel()
			if got := wantCode(t, err, codes.Unimplemented); len(got.Message()) > 512 {
				t.Errorf("the status is %d bytes", len(got.Message()))
			}
		}
	}
}
