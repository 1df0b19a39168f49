package admission

import (
	"sync"
	"testing"
	"time"
)

// TestTurnsComeBackFromThePipe has many wait for their turn, which then goes through the pipe; and has the pipe closed in between.
func TestTurnsComeBackFromThePipe(t *testing.T) {
	for _, closed := range []bool{false, true} {
		g := newGate(100, 10, 1)
		if err := g.Open(); err != nil {
			t.Fatal(err)
		}
		p := g.poll
		calls, _ := fill(g, "single", "a")
		made := 0 // one check at a time, so that nothing else guards it
		check := func(turn Turn) {
			if made++; closed && made == len(calls)/2 {
				g.Close()
			}
			turn.Done()
		}
		first, err := Run(calls[0])
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for _, ctx := range calls[1:] {
			all.Go(func() {
				turn, err := Run(ctx)
				if err != nil {
					t.Error(err)
				}
				check(turn)
			})
		}
		for waiting := 0; waiting < len(calls)-1; time.Sleep(time.Millisecond) {
			g.mu.Lock()
			waiting = g.waiting
			g.mu.Unlock()
		}
		check(first)
		all.Wait()
		g.Close()
		if made != len(calls) || p.last.IsZero() {
			t.Errorf("%d checks are made of %d; the last through the pipe at %v", made, len(calls), p.last)
		}
		if g.running != 0 || g.waiting != 0 {
			t.Errorf("%d checks are left running, %d waiting", g.running, g.waiting)
		}
		if _, err := p.reader.Stat(); err == nil {
			t.Error("the pipe is still open")
		}
	}
}
