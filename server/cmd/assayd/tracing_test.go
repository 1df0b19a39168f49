package main

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/prototext"
)

func TestTracesTo(t *testing.T) {
	for variables, want := range map[string]string{
		"": "",
		"OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317":                                               "http://c:4317",
		"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://t:1 OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317": "http://t:1",
		"OTEL_TRACES_EXPORTER=otlp":                                                               "https://localhost:4317",
		"OTEL_TRACES_EXPORTER=none OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317":                     "",
		"OTEL_SDK_DISABLED=True OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317":                        "",
		"OTEL_TRACES_EXPORTER=zipkin":                                                             "error",
		"OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf OTEL_TRACES_EXPORTER=otlp":                     "error",
		"OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf":                                               "",
		"OTEL_EXPORTER_OTLP_PROTOCOL=grpc OTEL_EXPORTER_OTLP_ENDPOINT=http://c":                   "http://c",
	} {
		set := map[string]string{}
		for _, v := range strings.Fields(variables) {
			name, value, _ := strings.Cut(v, "=")
			set[name] = value
		}
		got, err := tracesTo(func(name string) string { return set[name] })
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("%s: %q, want %q", variables, got, want)
		}
	}
}

// traces is a collector of spans.
type traces struct {
	collector.UnimplementedTraceServiceServer
	got chan *collector.ExportTraceServiceRequest
}

func (c traces) Export(_ context.Context, r *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	c.got <- r
	return &collector.ExportTraceServiceResponse{}, nil
}

func TestServeSendsSpans(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c, g := traces{got: make(chan *collector.ExportTraceServiceRequest, 10)}, grpc.NewServer()
	collector.RegisterTraceServiceServer(g, c)
	go g.Serve(l)
	t.Cleanup(g.Stop)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://"+l.Addr().String())
	t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
	d := serveTraced(t)
	if _, err := ask(t, client(t, d.address, insecure.NewCredentials())); err != nil {
		t.Fatal(err)
	}
	select {
	case r := <-c.got:
		for _, want := range []string{"assay.v1.ComplianceService/CheckSubmission", "APPROVE", `"assayd"`} {
			if text := prototext.Format(r); !strings.Contains(text, want) {
				t.Errorf("spans lack %s: %s", want, text)
			}
		}
	case <-time.After(time.Minute):
		t.Fatal("no span came within a minute")
	}
}

// A collector that is not there costs nobody an answer.
func TestServeWithoutItsCollector(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
	t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "10")
	d := serveTraced(t)
	service := client(t, d.address, insecure.NewCredentials())
	for range 50 {
		if _, err := ask(t, service); err != nil {
			t.Fatal(err)
		}
	}
	d.signal(t)
	if got := d.ended(t); got != exitOK {
		t.Errorf("the exit status is %d", got)
	}
}

// serveTraced starts assayd where variables ask for spans: it says so first.
func serveTraced(t *testing.T) *daemon {
	d := runServe(t, "--listen", "127.0.0.1:0", "--drain-delay", "0s")
	if !strings.Contains(d.first, "sending spans") {
		t.Fatalf("assayd says %s", d.first)
	}
	return d
}

// A log that nobody reads, and one whose reader has gone, stop no call.
func TestServeOutlivesTheReadersOfItsLog(t *testing.T) {
	d := runServe(t, "--listen", "127.0.0.1:0", "--log-level", "debug", "--drain-delay", "0s")
	service := client(t, d.address, insecure.NewCredentials())
	const calls = 1500 // more lines than a pipe and the queue hold
	for range calls {
		if _, err := ask(t, service); err != nil {
			t.Fatal(err)
		}
	}
	d.pipe.Close()
	for range calls {
		if _, err := ask(t, service); err != nil {
			t.Fatal(err)
		}
	}
	d.signal(t)
	if err := d.Wait(); d.ProcessState.ExitCode() != exitOK {
		t.Errorf("it ends with %v", err)
	}
}
