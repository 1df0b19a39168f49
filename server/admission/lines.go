package admission

import (
	"context"
	"slices"
	"time"
)

const (
	// bulkPatience is how many times longer than single checks the items of a batch may wait.
	bulkPatience = 16
	// burst is how many times longer a line may be that was refused nothing since it was empty last.
	burst = 2
	// firstGuess is what a check is taken to take before one was measured.
	firstGuess = 50 * time.Microsecond
	// aroundCheck is the work that a call is beside its check, on two processors.
	aroundCheck = 50 * time.Microsecond
	// memory is how many checks the time that a check takes is measured over.
	memory = 64
	// outlier is how many times the mean a check counts for at most: one that was interrupted tells nothing about the others. Where
	// checks have become that much slower, the mean still follows within some tens of them.
	outlier = 8
)

// A line is where the checks of one kind of one tenant wait.
type line struct {
	units   int  // checks that calls let in have still to make, those of streams when they ask
	full    bool // it was refused something since it was empty
	waiting []*waiter
}

type waiter struct {
	ready chan struct{}
	gone  bool // it does not wait any more
}

// lines are all of a gate, guarded by its mutex.
type lines struct {
	most    int
	running int
	waiting int
	active  int     // lines with units
	turns   []*line // lines that somebody waits in, whose turn it is first
	took    time.Duration
}

// add counts checks to come, or ones that came.
func (l *lines) add(at *line, units int) {
	before := at.units > 0
	at.units += units
	switch after := at.units > 0; {
	case after && !before:
		l.active++
	case before && !after:
		l.active--
		at.full = false
	}
}

// limit is how many checks a line may have to come if the last of them is to wait no longer than so long: those that are made in that time,
// shared with the other lines, and never so few that processors are idle. A line that keeps up may have several times as many: after a
// moment in which nothing of this process ran, what came meanwhile comes at once, and is no overload.
func (l *lines) limit(at *line, wait time.Duration) int {
	if !at.full {
		wait *= burst
	}
	lines := l.active
	if at.units == 0 {
		lines++
	}
	return max(l.most/max(lines, 1), int(int64(wait)*int64(l.most)/(int64(l.took+aroundCheck)*int64(max(lines, 1)))))
}

// begin gives a check its turn, or a place in the line.
func (l *lines) begin(at *line) *waiter {
	if l.running < l.most && len(l.turns) == 0 {
		l.running++
		return nil
	}
	w := &waiter{ready: make(chan struct{})}
	if len(at.waiting) == 0 {
		l.turns = append(l.turns, at)
	}
	at.waiting = append(at.waiting, w)
	l.waiting++
	return w
}

// end is that of a check, whose turn somebody else gets.
func (l *lines) end() {
	l.running--
	for l.running < l.most && len(l.turns) > 0 {
		first := l.turns[0]
		l.turns = slices.Delete(l.turns, 0, 1)
		w := first.waiting[0]
		first.waiting = slices.Delete(first.waiting, 0, 1)
		if len(first.waiting) > 0 {
			l.turns = append(l.turns, first)
		}
		if w.gone {
			continue
		}
		l.waiting--
		l.running++
		close(w.ready)
	}
}

// giveUp takes somebody out of the line, and reports whether it was not too late for that.
func (l *lines) giveUp(w *waiter) bool {
	select {
	case <-w.ready:
		return false
	default:
		w.gone = true
		l.waiting--
		return true
	}
}

// learn takes the time of a check into account.
func (l *lines) learn(d time.Duration) {
	l.took += (min(d, outlier*l.took) - l.took) / memory
}

// A Turn is a check under way.
type Turn struct {
	call  *call
	since time.Time
}

// Run waits for the turn of a check of the call that ctx belongs to. It fails only with the error of ctx. Calls that came through no gate
// never wait. Done must be called.
func Run(ctx context.Context) (Turn, error) {
	c := callOf(ctx)
	if c == nil || c.line == nil {
		return Turn{}, ctx.Err()
	}
	g := c.gate
	g.mu.Lock()
	if c.kind == Stream {
		g.add(c.line, 1)
	}
	w := g.begin(c.line)
	g.mu.Unlock()
	if w == nil {
		return Turn{c, time.Now()}, nil
	}
	select {
	case <-w.ready:
		return Turn{c, time.Now()}, nil
	case <-ctx.Done():
	}
	err := ctx.Err() // it may be the call's own, which takes the lock
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.giveUp(w) {
		g.end()
	}
	c.spend(1)
	return Turn{}, err
}

// Done ends a turn, which the next who waits gets.
func (t Turn) Done() {
	if t.call == nil {
		return
	}
	now, g := time.Now(), t.call.gate
	g.mu.Lock()
	g.learn(now.Sub(t.since))
	t.call.spend(1)
	p := g.due(now)
	if p == nil {
		g.end()
	}
	g.mu.Unlock()
	if p != nil && !p.send() {
		g.mu.Lock()
		g.end()
		g.mu.Unlock()
	}
}

// spend counts checks that a call has made. The gate's mutex is held.
func (c *call) spend(checks int) {
	if c.kind == Stream {
		c.gate.add(c.line, -checks)
		return
	}
	checks = min(checks, c.units)
	c.units -= checks
	c.gate.add(c.line, -checks)
}

// Apart says that the checks of the call that ctx belongs to wait for somebody else rather than for a processor: they stand in no line.
func Apart(ctx context.Context) {
	c := callOf(ctx)
	if c == nil || c.kind == Stream || c.line == nil {
		return
	}
	c.gate.mu.Lock()
	defer c.gate.mu.Unlock()
	c.spend(c.units)
}

// Expect says how many checks the call that ctx belongs to will make in all, once that is known.
func Expect(ctx context.Context, checks int) {
	c := callOf(ctx)
	if c == nil || c.kind != Bulk {
		return
	}
	c.gate.mu.Lock()
	defer c.gate.mu.Unlock()
	c.gate.add(c.line, checks-c.units)
	c.units = checks
}
