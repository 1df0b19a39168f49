package server_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc/metadata"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/outside/faulty"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/server"
)

// traceParent is a caller's trace, sampled.
const traceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

// TestASpanTellsTheVerdictAndNoListing follows one call, from the caller's trace to the outside checker that does not answer.
func TestASpanTellsTheVerdictAndNoListing(t *testing.T) {
	spans, logs := tracetest.NewSpanRecorder(), make(lines, 10)
	s := server.New(server.Config{Tracer: sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans)), Logger: logs.logger(slog.LevelDebug)})
	book := *newBook(t, "traced")
	book.Remotes = []rulebook.Remote{{Name: "words", Address: faulty.Serve(t, faulty.Stallers()["hangs"]), Timeout: 100e6, MaxConcurrent: 1}}
	e, err := s.Compile(&book)
	if err != nil {
		t.Fatal(err)
	}
	s.Use(e)
	client := assayv1.NewComplianceServiceClient(start(t, s, inMemory()))
	m := submission("id-of-a-submission")
	m.Product.Title, m.Merchant = "a secret title", &assayv1.Merchant{MerchantId: "secret-merchant"}
	ctx := metadata.AppendToOutgoingContext(background(t), "traceparent", traceParent, "baggage", "secret=1")
	if _, err := client.CheckSubmission(ctx, &assayv1.CheckSubmissionRequest{Submission: m}); err != nil {
		t.Fatal(err)
	}
	s.Close()
	close(logs)

	var call, asked sdktrace.ReadOnlySpan
	for _, span := range spans.Ended() {
		switch {
		case span.SpanKind() == trace.SpanKindServer:
			call = span
		case span.Name() == "assay.v1.CheckerService/RunChecker":
			asked = span
		}
		if all := fmt.Sprint(span.Name(), span.Attributes(), span.Events()); strings.Contains(all, "secret") || strings.Contains(all, "id-of-a-submission") {
			t.Errorf("a span holds what the merchant wrote: %s", all)
		}
	}
	if call == nil || asked == nil {
		t.Fatalf("spans of the call and of the question to a checker are missing: %v", spans.Ended())
	}
	if got := call.Parent().SpanID().String(); got != traceParent[36:52] || call.SpanContext().TraceID() != asked.SpanContext().TraceID() ||
		asked.Parent().SpanID() != call.SpanContext().SpanID() {
		t.Errorf("the caller's span, the call's and the question's are not one below the other: %v, %v", call, asked)
	}
	events := fmt.Sprint(call.Events())
	for _, want := range []string{"REVIEW", e.Book().Digest, "SYS_CHECK_NOT_RUN", "words", "RUN_STATUS_TIMED_OUT"} {
		if !strings.Contains(events, want) {
			t.Errorf("the call's span does not tell %s: %s", want, events)
		}
	}
	told := 0
	for line := range logs {
		told++
		if want := `"trace_id":"` + call.SpanContext().TraceID().String() + `"`; !strings.Contains(line, want) {
			t.Errorf("a line does not name its trace: %s", line)
		}
	}
	if told != 2 {
		t.Errorf("%d lines are told, of the checker and the call", told)
	}
}

// TestWithoutTracerThereIsNoTrace holds log lines to what they were.
func TestWithoutTracerThereIsNoTrace(t *testing.T) {
	logs := make(lines, 10)
	client, s := serving(t, server.Config{Logger: logs.logger(slog.LevelDebug)})
	ctx := metadata.AppendToOutgoingContext(background(t), "traceparent", traceParent)
	if _, err := client.CheckSubmission(ctx, &assayv1.CheckSubmissionRequest{Submission: submission("1")}); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if line := <-logs; strings.Contains(line, "trace") || strings.Contains(line, "span") {
		t.Errorf("a line names a trace that nobody asked for: %s", line)
	}
}
