package quiet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"
)

// clock stands until it is moved.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

// logger logs into a buffer, without times.
func logger(c *clock, keys ...string) (*slog.Logger, *bytes.Buffer) {
	var out bytes.Buffer
	plain := slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}})
	return slog.New(NewHandler(plain, c.now, keys...)), &out
}

func TestWhatComesAgainIsToldNowAndThen(t *testing.T) {
	c := &clock{time.Unix(1000, 0)}
	log, out := logger(c, "checker")
	for i := range 1000 {
		log.Warn("did not end", "checker", "price", "id", i)
	}
	if n := strings.Count(out.String(), "\n"); n != burst {
		t.Fatalf("%d lines are told at once, want %d", n, burst)
	}
	out.Reset()
	log.Warn("did not end", "checker", "rule", "id", 1) // another kind
	log.Warn("something else", "checker", "price")
	log.Debug("did not end", "checker", "price") // asked for
	log.Info("did not end", "checker", "price")
	log.With("a", 1).WithGroup("g").Warn("did not end", "checker", "price") // in a group it is another key
	log.With("a", 1).Warn("did not end", "checker", "price")                // the same
	if n := strings.Count(out.String(), "\n"); n != 5 {
		t.Fatalf("%d of 5 lines are told:\n%s", n, out)
	}
	out.Reset()
	c.at = c.at.Add(1500 * time.Millisecond)
	for range 3 {
		log.Warn("did not end", "checker", "price", "id", 7)
	}
	c.at = c.at.Add(600 * time.Millisecond)
	log.Warn("did not end", "checker", "price", "id", 8)
	const want = "level=WARN msg=\"did not end\" checker=price id=7 not_logged=981\n" +
		"level=WARN msg=\"did not end\" checker=price id=8 not_logged=2\n"
	if out.String() != want {
		t.Errorf("after a pause:\n%swant\n%s", out, want)
	}
	out.Reset()
	c.at = c.at.Add(time.Hour)
	for range 100 {
		log.Error("did not end", "checker", "price")
	}
	if n := strings.Count(out.String(), "\n"); n != burst {
		t.Errorf("%d lines are told after an hour, want %d", n, burst)
	}
}

func TestKindsAreBounded(t *testing.T) {
	c := &clock{time.Unix(1000, 0)}
	log, out := logger(c, "code")
	for i := range 10 * maxKind {
		log.Warn("odd", "code", fmt.Sprint(i, strings.Repeat("x", 10000)))
	}
	if n := strings.Count(out.String(), "\n"); n > maxKind+burst {
		t.Errorf("%d lines of made-up kinds are told", n)
	}
	if h := log.Handler().(*Handler); len(h.kinds.seen) > maxKind+1 {
		t.Errorf("%d kinds are remembered", len(h.kinds.seen))
	}
}

// stuck is a reader who begins to read when he is let.
type stuck struct {
	let chan struct{}
	mu  sync.Mutex
	got bytes.Buffer
}

func (s *stuck) Write(p []byte) (int, error) {
	<-s.let
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.got.Write(p)
}

func tell(to io.Writer, dropped int64) { fmt.Fprintf(to, "dropped %d\n", dropped) }

func TestNobodyWaitsForAReader(t *testing.T) {
	to := &stuck{let: make(chan struct{})}
	w := NewWriter(to, tell)
	const lines = 3 * maxWaiting
	for i := range lines {
		if n, err := fmt.Fprintf(w, "line %d\n", i); n == 0 || err != nil {
			t.Fatal(n, err)
		}
	}
	w.Close(10 * time.Millisecond) // does not wait for him either
	close(to.let)
	<-w.written
	got := strings.Split(strings.TrimSpace(to.got.String()), "\n")
	told, dropped := 0, 0
	for _, line := range got {
		var n int
		if _, err := fmt.Sscanf(line, "dropped %d", &n); err == nil {
			dropped += n
			continue
		}
		told++
	}
	if told+dropped != lines || told < maxWaiting || dropped == 0 {
		t.Errorf("of %d lines %d were written and %d told to be dropped", lines, told, dropped)
	}
	if n, err := w.Write([]byte("late\n")); n != 5 || err != nil {
		t.Errorf("writing after the end: %d, %v", n, err)
	}
}

func TestWriterKeepsOrderAndWhatItWasGiven(t *testing.T) {
	var out bytes.Buffer
	w := NewWriter(&out, tell)
	line := []byte("0\n")
	for i := range 10 {
		line[0] = byte('0' + i)
		_, _ = w.Write(line)
	}
	w.Close(time.Minute)
	w.Close(time.Minute)
	if out.String() != "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n" {
		t.Errorf("%q", &out)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestAWriterThatFailsStopsNobody(t *testing.T) {
	w := NewWriter(failing{}, tell)
	log := slog.New(slog.NewTextHandler(w, nil))
	log.LogAttrs(context.Background(), slog.LevelInfo, "a line")
	w.Close(time.Minute)
}
