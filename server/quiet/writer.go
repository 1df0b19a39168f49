package quiet

import (
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// maxWaiting is how many lines wait for a reader.
const maxWaiting = 1024

// A Writer writes in a goroutine of its own, so that nobody waits where nobody reads: a full pipe would stop every call that logs.
// What finds the queue full is dropped, and told. It is safe for concurrent use.
type Writer struct {
	to      io.Writer
	tell    func(to io.Writer, dropped int64)
	lines   chan []byte
	dropped atomic.Int64
	written chan struct{}
	mu      sync.RWMutex // against writing after Close
	closed  bool
}

// NewWriter starts writing to a writer. As soon as there is room again it has tell write how many lines were dropped.
func NewWriter(to io.Writer, tell func(to io.Writer, dropped int64)) *Writer {
	w := &Writer{to: to, tell: tell, lines: make(chan []byte, maxWaiting), written: make(chan struct{})}
	go w.run()
	return w
}

func (w *Writer) run() {
	defer close(w.written)
	for line := range w.lines {
		_, _ = w.to.Write(line) // where it fails there is nowhere to say so
		if n := w.dropped.Swap(0); n > 0 {
			w.tell(w.to, n)
		}
	}
}

// Write takes one line, or drops it. It never fails.
func (w *Writer) Write(line []byte) (int, error) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return len(line), nil
	}
	select {
	case w.lines <- append([]byte(nil), line...):
	default:
		w.dropped.Add(1)
	}
	return len(line), nil
}

// Close waits until what was taken is written, but not longer than it is told to. Lines that come later are dropped.
func (w *Writer) Close(wait time.Duration) {
	w.mu.Lock()
	if !w.closed {
		w.closed = true
		close(w.lines)
	}
	w.mu.Unlock()
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-w.written:
	case <-timer.C:
	}
}
