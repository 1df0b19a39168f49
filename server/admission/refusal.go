package admission

import "time"

// A Reason is why a call was not let in.
type Reason uint8

// Reasons.
const (
	Waiting Reason = iota // it would wait too long
	Calls                 // so many calls are under way as may be
	Streams               // so many streams are open as may be
	Share                 // the tenant has its share
	Probes                // the connection has as many probes as it may
	reasons
)

// A Refusal says why a call was not let in. There is one for each reason.
type Refusal struct {
	Reason Reason
	Name   string        // in lower case: a label
	After  time.Duration // when to ask again
	text   string
}

func (r *Refusal) Error() string { return r.text }

// refusals are never changed.
var refusals = [reasons]*Refusal{
	Waiting: {Waiting, "waiting", time.Second, "more checks are waiting than can be answered soon"},
	Calls:   {Calls, "calls", time.Second, "as many calls are under way as may be"},
	Streams: {Streams, "streams", 2 * time.Second, "as many streams are open as may be"},
	Share:   {Share, "share", time.Second, "this caller has as many calls under way as its share allows"},
	Probes:  {Probes, "probes", time.Second, "this connection has as many health calls under way as it may"},
}

// Refusals are all that there are.
func Refusals() []*Refusal { return refusals[:] }

// Refused counts the calls that were not let in for a reason.
func (g *Gate) Refused(r Reason) int64 { return g.shed[r].Load() }

// Held is what is under way.
type Held struct{ Calls, Streams, Probes, Running, Waiting int }

// Held returns what is under way now.
func (g *Gate) Held() Held {
	g.mu.Lock()
	defer g.mu.Unlock()
	return Held{g.calls, g.streams, g.probes, g.running, g.waiting}
}
