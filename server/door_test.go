package server_test

import (
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/protobuf/proto"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/server"
	"github.com/assay-project/assay/server/metrics"
)

const (
	checkMethod  = assayv1.ComplianceService_CheckSubmission_FullMethodName
	streamMethod = assayv1.ComplianceService_StreamCheckSubmissions_FullMethodName
)

// guardedServer serves on loopback, and tells what its metrics say.
func guardedServer(t *testing.T, config server.Config) (client assayv1.ComplianceServiceClient, address string, metric func(string) string) {
	t.Helper()
	config.Metrics = metrics.New()
	s := server.New(config)
	s.Use(newEngine(t, "test"))
	l := loopback(t)
	client = assayv1.NewComplianceServiceClient(start(t, s, l))
	return client, l.Addr().String(), func(name string) string {
		if value, ok := scrape(t, config.Metrics)[name]; ok {
			return value
		}
		t.Fatalf("there is no %s", name)
		return ""
	}
}

// becomes waits until a metric has a value.
func becomes(t *testing.T, metric func(string) string, name, want string) {
	t.Helper()
	got := ""
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if got = metric(name); got == want {
			return
		}
	}
	t.Fatalf("%s is %s, want %s", name, got, want)
}

const callsInFlight = `assay_in_flight{what="calls"}`

func TestACallTooManyIsToldWhenToComeBack(t *testing.T) {
	client, address, metric := guardedServer(t, server.Config{MaxInFlight: 1})
	slow := dialRaw(t, address)
	id, err := slow.headers(checkMethod, false) // and no message
	if err != nil {
		t.Fatal(err)
	}
	becomes(t, metric, callsInFlight, "1")
	request := &assayv1.CheckSubmissionRequest{Submission: submission("s1")}
	_, err = client.CheckSubmission(background(t), request)
	s := wantCode(t, err, codes.ResourceExhausted)
	if after := detail[*errdetails.RetryInfo](t, s).GetRetryDelay().AsDuration(); after != time.Second || reason(t, s) != "OVERLOADED" {
		t.Errorf("it is told to come back after %v, as %s", after, reason(t, s))
	}
	if n := metric(`assay_shed_calls_total{limit="calls"}`); n != "1" {
		t.Errorf("%s refusals are counted", n)
	}
	if err := slow.framer.WriteRSTStream(id, http2.ErrCodeCancel); err != nil {
		t.Fatal(err)
	}
	becomes(t, metric, callsInFlight, "0")
	if _, err = client.CheckSubmission(background(t), request); err != nil {
		t.Errorf("after the other call has ended: %v", err)
	}
}

// TestWhateverACallDoesWhatItHoldsComesBack ends calls by frames in all ways that have no answer, or hardly one.
func TestWhateverACallDoesWhatItHoldsComesBack(t *testing.T) {
	_, address, metric := guardedServer(t, server.Config{CallTimeout: 200 * time.Millisecond})
	message := checkBytes(t, submission("s1"))
	timeout := func(value string) hpack.HeaderField { return hpack.HeaderField{Name: "grpc-timeout", Value: value} }
	for name, send := range map[string]func(*rawConn) error{
		"headers and silence": func(c *rawConn) error { _, err := c.headers(checkMethod, false); return err },
		"half a message": func(c *rawConn) error {
			id, err := c.headers(checkMethod, false)
			if err != nil {
				return err
			}
			return c.framer.WriteData(id, false, framed(message)[:len(message)/2])
		},
		"no message":     func(c *rawConn) error { _, err := c.headers(checkMethod, true); return err },
		"no such method": func(c *rawConn) error { _, err := c.headers("/assay.v1.ComplianceService/None", false); return err },
		"no method":      func(c *rawConn) error { _, err := c.headers("nonsense", true); return err },
		"no time":        func(c *rawConn) error { _, err := c.call(checkMethod, message, timeout("1n")); return err },
		"all time":       func(c *rawConn) error { _, err := c.headers(checkMethod, false, timeout("99999999H")); return err },
		"unknown coding": func(c *rawConn) error {
			_, err := c.call(checkMethod, message, hpack.HeaderField{Name: "grpc-encoding", Value: "br"})
			return err
		},
		"no such message": func(c *rawConn) error { _, err := c.call(checkMethod, []byte("\xff\xff")); return err },
		"too long a message": func(c *rawConn) error {
			id, err := c.headers(checkMethod, false)
			if err != nil {
				return err
			}
			return c.framer.WriteData(id, false, []byte("\x00\x7f\xff\xff\xff"))
		},
		"silent stream": func(c *rawConn) error { _, err := c.headers(streamMethod, true); return err },
		"reset at once": func(c *rawConn) error {
			id, err := c.call(checkMethod, message)
			if err != nil {
				return err
			}
			return c.framer.WriteRSTStream(id, http2.ErrCodeCancel)
		},
		"a whole call": func(c *rawConn) error { _, err := c.call(checkMethod, message); return err },
		"connection ends": func(c *rawConn) error {
			if _, err := c.headers(checkMethod, false); err != nil {
				return err
			}
			return c.Close()
		},
	} {
		t.Run(name, func(t *testing.T) {
			for range 20 {
				c := dialRaw(t, address)
				ended := make(chan struct{})
				go func() { defer close(ended); _ = c.read(func(endedCall) {}) }()
				if err := send(c); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { c.Close(); <-ended })
			}
			for _, what := range []string{"calls", "streams", "checks_running", "checks_waiting"} {
				becomes(t, metric, `assay_in_flight{what="`+what+`"}`, "0")
			}
		})
	}
}

func TestHealthIsToldWhateverElseIsUnderWay(t *testing.T) {
	s := server.New(server.Config{MaxInFlight: 1, MaxOpenStreams: 1})
	s.Use(newEngine(t, "test"))
	l := loopback(t)
	conn := start(t, s, l)
	hostile := dialRaw(t, l.Addr().String())
	for range 10 {
		for _, method := range []string{checkMethod, streamMethod, grpc_health_v1.Health_Watch_FullMethodName} {
			if _, err := hostile.headers(method, false); err != nil {
				t.Fatal(err)
			}
		}
	}
	r, err := grpc_health_v1.NewHealthClient(conn).Check(background(t), &grpc_health_v1.HealthCheckRequest{})
	if err != nil || r.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
		t.Errorf("%v, %v", r, err)
	}
	_ = hostile.SetReadDeadline(time.Now().Add(time.Minute))
	refused := 0
	_ = hostile.read(func(e endedCall) {
		if refused++; e.code != int(codes.ResourceExhausted) {
			t.Errorf("a call ends with %d", e.code)
		}
		if refused == 9+9+6 {
			hostile.Close()
		}
	})
	if refused != 24 {
		t.Errorf("%d calls are refused", refused)
	}
}

// TestWhoReadsNoAnswersIsClosed has peers that open no window: their calls' time is over soon, and nobody reads what they were answered.
func TestWhoReadsNoAnswersIsClosed(t *testing.T) {
	client, address, metric := guardedServer(t, server.Config{StreamGrace: 200 * time.Millisecond, MaxResponseBytes: 20 << 10})
	batch := &assayv1.BatchCheckSubmissionsRequest{}
	for i := range 20 {
		batch.Submissions = append(batch.Submissions, submission(fmt.Sprint("s", i)))
	}
	message, err := proto.Marshal(batch)
	if err != nil {
		t.Fatal(err)
	}
	hostile := dialRaw(t, address, http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0})
	for range 50 {
		if _, err := hostile.call(assayv1.ComplianceService_BatchCheckSubmissions_FullMethodName, message); err != nil {
			t.Fatal(err)
		}
	}
	_ = hostile.SetReadDeadline(time.Now().Add(time.Minute))
	if err := hostile.read(func(endedCall) {}); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the connection goes on")
	}
	becomes(t, metric, `assay_held_bytes{what="answers"}`, "0")
	if n := metric(`assay_closed_connections_total{why="stalled"}`); n != "1" {
		t.Errorf("%s connections are closed", n)
	}
	if _, err := client.BatchCheckSubmissions(background(t), batch); err != nil {
		t.Errorf("who reads gets %v", err)
	}
	becomes(t, metric, `assay_held_bytes{what="answers"}`, "0")
}
