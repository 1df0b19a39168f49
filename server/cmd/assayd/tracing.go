package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/assay-project/assay/server/quiet"
)

// traceEnd is how long spans that are not sent yet may take at the end.
const traceEnd = 2 * time.Second

// tracesTo is the collector that OpenTelemetry's variables name; "": spans are not asked for.
func tracesTo(variable func(string) string) (string, error) {
	to := cmp.Or(variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"), variable("OTEL_EXPORTER_OTLP_ENDPOINT"))
	exporter := variable("OTEL_TRACES_EXPORTER")
	if strings.EqualFold(variable("OTEL_SDK_DISABLED"), "true") || exporter == "none" || to == "" && exporter == "" {
		return "", nil
	}
	if exporter != "" && exporter != "otlp" {
		return "", fmt.Errorf("trace: OTEL_TRACES_EXPORTER=%s: there are otlp and none", exporter)
	}
	protocol := cmp.Or(variable("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"), variable("OTEL_EXPORTER_OTLP_PROTOCOL"), "grpc")
	if protocol != "grpc" {
		return "", fmt.Errorf("trace: OTEL_EXPORTER_OTLP_PROTOCOL=%s: spans are sent by grpc", protocol)
	}
	return cmp.Or(to, "https://localhost:4317"), nil
}

// startTracing sends spans where OpenTelemetry's own variables say, until what it returns is called. Where they say nothing there are
// none, and the tracer is nil. Nobody waits for the collector: spans that it does not take are dropped.
func startTracing(logger *slog.Logger) (_ trace.TracerProvider, stop func(), err error) {
	to, err := tracesTo(os.Getenv)
	if to == "" || err != nil {
		return nil, func() {}, err
	}
	ctx := context.Background()
	about, err := resource.New(ctx, resource.WithSchemaURL(""), resource.WithTelemetrySDK(),
		resource.WithAttributes(semconv.ServiceName("assayd"), semconv.ServiceVersion(mainVersion())), resource.WithFromEnv())
	if err != nil {
		return nil, func() {}, fmt.Errorf("trace: %w", err)
	}
	exporter, err := otlptracegrpc.New(ctx) // reads the variables
	if err != nil {
		return nil, func() {}, fmt.Errorf("trace: %w", err)
	}
	told := slog.New(quiet.NewHandler(logger.Handler(), time.Now))
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { told.Warn("spans were not sent", "error", err.Error()) }))
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(about))
	logger.Info("sending spans", "to", to)
	return provider, func() {
		ctx, cancel := context.WithTimeout(ctx, traceEnd)
		defer cancel()
		_ = provider.Shutdown(ctx) // the handler has told
	}, nil
}
