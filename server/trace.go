package server

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc/filters"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/verdict"
)

// tracing are the options of OpenTelemetry's handlers: spans alone, for metrics have a house of their own, and trace ids alone, for
// a caller's baggage is no business of outside checkers.
func (c Config) tracing() []otelgrpc.Option {
	return []otelgrpc.Option{
		otelgrpc.WithTracerProvider(c.Tracer), otelgrpc.WithMeterProvider(noop.NewMeterProvider()),
		otelgrpc.WithPropagators(propagation.TraceContext{}),
	}
}

// traced makes spans of calls of our own service.
func (c Config) traced() []grpc.ServerOption {
	if c.Tracer == nil {
		return nil
	}
	ours := otelgrpc.WithFilter(filters.ServiceName(assayv1.ComplianceService_ServiceDesc.ServiceName))
	return []grpc.ServerOption{grpc.StatsHandler(otelgrpc.NewServerHandler(append(c.tracing(), ours)...))}
}

// tracedCheckers makes spans of questions to outside checkers, which learn the trace they belong to.
func (c Config) tracedCheckers() []grpc.DialOption {
	if c.Tracer == nil {
		return nil
	}
	return []grpc.DialOption{grpc.WithStatsHandler(otelgrpc.NewClientHandler(c.tracing()...))}
}

// slowChecker is how long a checker takes that is worth a word in a trace.
const slowChecker = time.Millisecond

// tell adds a verdict to the span of its call, where that is recorded: codes and names, nothing that a merchant wrote.
func tell(ctx context.Context, v *verdict.Verdict, outcomes []check.Outcome) {
	span := trace.SpanFromContext(ctx)
	if !span.IsRecording() {
		return
	}
	var codes []string
	for i := range v.Findings {
		if code := v.Findings[i].Code; !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	span.AddEvent("verdict", trace.WithAttributes(
		attribute.String("assay.decision", v.Decision.String()),
		attribute.Bool("assay.degraded", v.Completeness == verdict.Degraded),
		attribute.String("assay.rulebook_sha256", v.Rulebook.Digest),
		attribute.StringSlice("assay.codes", codes)))
	for i := range outcomes {
		if o := &outcomes[i]; o.Status == check.Failed || o.Status == check.TimedOut || o.Elapsed >= slowChecker {
			span.AddEvent("checker", trace.WithAttributes(
				attribute.String("assay.checker", o.Checker),
				attribute.String("assay.status", assayv1.RunStatus(o.Status).String()),
				attribute.Int64("assay.elapsed_us", o.Elapsed.Microseconds())))
		}
	}
}

// traceOf names the trace that a log line belongs to; nothing where there is none.
func traceOf(ctx context.Context) slog.Attr {
	span := trace.SpanContextFromContext(ctx)
	if !span.IsValid() {
		return slog.Attr{}
	}
	return slog.Group("", slog.String("trace_id", span.TraceID().String()), slog.String("span_id", span.SpanID().String()))
}
