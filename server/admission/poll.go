package admission

import (
	"fmt"
	"os"
	"runtime"
	"time"
)

// pollEvery is how long checks may follow one another at once, each waking the next, before the runtime is made to look at the network.
const pollEvery = time.Millisecond

// A poller hands turns over by way of a pipe. The runtime asks what has arrived from the network where a processor has nothing to run,
// and otherwise every ten milliseconds: where a check that ends wakes the next one there is always something to run, and readers of
// connections, with them refusals and the calls of those who need not wait, would stand behind all the checks of that time. A turn that
// goes through a pipe leaves the processor without work, and what then arrives with the turn is all that has arrived meanwhile.
type poller struct {
	reader, writer *os.File
	last           time.Time
	ended          chan struct{}
}

// Open makes the gate look at the network between checks, also where checks wait; Close ends that. Without it a gate works,
// but those who come late hear of it late.
func (g *Gate) Open() error {
	r, w, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("open a pipe for turns: %w", err)
	}
	p := &poller{reader: r, writer: w, ended: make(chan struct{})}
	g.mu.Lock()
	g.poll = p
	g.mu.Unlock()
	go g.pass(p)
	return nil
}

// Close gives back what Open took. Checks may still be under way.
func (g *Gate) Close() {
	g.mu.Lock()
	p := g.poll
	g.poll = nil
	g.mu.Unlock()
	if p != nil {
		p.writer.Close()
		<-p.ended
	}
}

// pass hands over the turns that come through the pipe, until that is closed and empty.
func (g *Gate) pass(p *poller) {
	defer close(p.ended)
	defer p.reader.Close()
	var turns [64]byte
	for {
		n, err := p.reader.Read(turns[:])
		if err != nil {
			return
		}
		runtime.Gosched() // the others that have arrived first
		g.mu.Lock()
		for range n {
			g.end()
		}
		g.mu.Unlock()
	}
}

// due says that a turn that ends now is to go through the pipe. The gate's mutex is held.
func (g *Gate) due(now time.Time) *poller {
	p := g.poll
	if p == nil || g.waiting == 0 || now.Sub(p.last) < pollEvery {
		return nil
	}
	p.last = now
	return p
}

// send puts a turn into the pipe and reports whether it did.
func (p *poller) send() bool {
	_, err := p.writer.Write([]byte{0})
	return err == nil
}
