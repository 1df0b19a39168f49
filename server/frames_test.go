package server_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"runtime"
	"testing"
	"time"

	"golang.org/x/net/http2"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/server"
)

// floods are peers that send what no client would, until the server ends it or it has gone on for long enough.
var floods = map[string]struct {
	send  func(c *rawConn, n int) error
	times int
	ends  bool // the server must end it
}{
	"calls that are reset at once": {times: 20_000, send: func(c *rawConn, _ int) error {
		id, err := c.headers(checkMethod, false)
		if err != nil {
			return err
		}
		return c.framer.WriteRSTStream(id, http2.ErrCodeCancel)
	}},
	"calls with a message, reset at once": {times: 5_000, send: func(c *rawConn, _ int) error {
		id, err := c.call(checkMethod, []byte("\x0a\x02\x0a\x00"))
		if err != nil {
			return err
		}
		return c.framer.WriteRSTStream(id, http2.ErrCodeCancel)
	}},
	"pings":    {times: 100_000, ends: true, send: func(c *rawConn, _ int) error { return c.framer.WritePing(false, [8]byte{}) }},
	"settings": {times: 100_000, send: func(c *rawConn, _ int) error { return c.framer.WriteSettings() }},
	"continuations": {times: 100_000, ends: true, send: func(c *rawConn, n int) error {
		if n == 0 {
			return c.framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: []byte{0x82}})
		}
		return c.framer.WriteContinuation(1, false, bytes.Repeat([]byte{0, 1, 'x', 1, 'y'}, 1000))
	}},
	"bytes one by one": {times: 50_000, send: func(c *rawConn, n int) error {
		if n == 0 {
			if _, err := c.headers(checkMethod, false); err != nil {
				return err
			}
			return c.framer.WriteData(1, false, []byte("\x00\x00\x0f\xff\xff"))
		}
		return c.framer.WriteData(1, false, []byte{0})
	}},
	"data for no call":   {times: 20_000, send: func(c *rawConn, _ int) error { return c.framer.WriteData(99, false, []byte{0}) }},
	"windows of nothing": {times: 100_000, send: func(c *rawConn, _ int) error { return c.framer.WriteWindowUpdate(0, 1) }},
}

// TestFloodsHarmNobodyElse sends floods without reading a byte, while somebody else asks.
func TestFloodsHarmNobodyElse(t *testing.T) {
	const streams = 100
	client, address, metric := guardedServer(t, server.Config{CallTimeout: time.Second, MaxStreams: streams})
	request := &assayv1.CheckSubmissionRequest{Submission: submission("s1")}
	if _, err := client.CheckSubmission(background(t), request); err != nil {
		t.Fatal(err)
	}
	for name, flood := range floods {
		t.Run(name, func(t *testing.T) {
			goroutines, heap := runtime.NumGoroutine(), liveHeap()
			c := dialRaw(t, address)
			_ = c.SetWriteDeadline(time.Now().Add(5 * time.Second)) // of whom the server does not read
			sent := make(chan error, 1)
			go func() {
				for n := range flood.times {
					if err := flood.send(c, n); err != nil {
						sent <- err
						return
					}
				}
				sent <- nil
			}()
			most := 0
			var ended error
			for over := false; !over; {
				if _, err := client.CheckSubmission(background(t), request); err != nil {
					t.Errorf("somebody else gets %v", err)
				}
				most = max(most, runtime.NumGoroutine())
				select {
				case ended = <-sent:
					over = true
				default:
				}
			}
			if most > goroutines+streams+20 {
				t.Errorf("%d goroutines, %d before", most, goroutines)
			}
			if grown := int64(liveHeap() - heap); grown > 32<<20 {
				t.Errorf("the heap has grown by %d MB", grown>>20)
			}
			if flood.ends {
				_ = c.SetReadDeadline(time.Now().Add(time.Minute))
				if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("the server lets it go on; sending ends with %v", ended)
				}
			}
			c.Close()
			becomes(t, metric, callsInFlight, "0")
		})
	}
}

func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
