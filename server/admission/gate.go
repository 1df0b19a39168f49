package admission

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc/metadata"
)

// A Kind says what a call takes.
type Kind uint8

// Kinds of calls.
const (
	Free   Kind = iota // nothing: it must be of every method that is not served
	Probe              // of health: let in as long as its connection has few
	Single             // one check
	Bulk               // a batch
	Stream             // held open; its items wait their turn
)

// bulkUnits is what a batch counts for until its items are known, see [Expect].
const bulkUnits = 25

// maxProbes is how many probes a connection may have at a time.
const maxProbes = 4

// Config are the settings of a gate. All are needed but Tenant.
type Config struct {
	KindOf     func(method string) Kind
	MaxCalls   int           // unary calls at a time
	MaxStreams int           // open streams at a time
	MaxChecks  int           // checks at a time: as many as processors keep them busy, and more would stand before the readers of connections
	Wait       time.Duration // how long a single check may have to wait, by what is known when it comes; batches: bulkPatience times that
	// Tenant is the name of the tenant whose call this is; empty: not known, or not yet. It is asked on the connection's
	// reader: it must not block. Those who are not known share one small part. Nil: callers are told apart by address.
	Tenant func(context.Context, metadata.MD) string
}

// A Gate lets calls in. Its methods may be called concurrently.
type Gate struct {
	config Config
	shed   [reasons]atomic.Int64

	mu      sync.Mutex
	calls   int
	streams int
	probes  int
	tenants map[string]*tenant // those that hold something
	lines
	poll *poller // nil: not open
}

// New makes a gate.
func New(config Config) *Gate {
	g := &Gate{config: config, tenants: map[string]*tenant{}}
	g.lines.most, g.lines.took = config.MaxChecks, firstGuess
	return g
}

// A tenant is what one of them holds.
type tenant struct {
	name           string
	calls, streams int
	single, bulk   line
}

// Shares. A tenant may hold so many times what is left for all: alone at most four fifths, two at most four ninths each. Those
// who are not known get an eighth of what is left.
const (
	tenantShare  = 4.0
	unknownShare = 1.0 / 8
)

// share is how much of what is left a tenant may hold.
func (g *Gate) share(t *tenant, left int) int {
	factor := tenantShare
	if g.config.Tenant != nil && t.name == "" {
		factor = unknownShare
	}
	return int(factor * float64(left))
}

// Enter lets a call in or refuses it, with a *Refusal. It is for the transport to ask, as the call's headers arrive. The context it
// returns lives no longer than life; it must be that of the call from then on.
func (g *Gate) Enter(ctx context.Context, method string, header metadata.MD, life time.Duration) (context.Context, error) {
	kind := g.config.KindOf(method)
	if kind == Free {
		return within(ctx, life), nil
	}
	c := &call{gate: g, kind: kind, conn: connectionOf(ctx)}
	name := c.conn.host
	if g.config.Tenant != nil {
		name = g.config.Tenant(ctx, header)
	}
	g.mu.Lock()
	refused := g.take(c, name)
	g.mu.Unlock()
	if refused != nil {
		g.shed[refused.Reason].Add(1)
		return ctx, refused
	}
	c.Context = within(ctx, life)
	return c, nil
}

// Refuse is what the transport is told of a call that is not let in: the error, or a context of a call that [Refused] is asked about inside.
// The transport stops the timer of a call's own deadline only when the call has been let in; with far deadlines, calls that are refused
// at the door would fill the memory.
func Refuse(ctx context.Context, err error, life time.Duration) (context.Context, error) {
	if end, ok := ctx.Deadline(); !ok || time.Until(end) <= nearDeadline {
		return ctx, err
	}
	c := &call{refused: err, Context: within(ctx, life)}
	c.state.Store(over)
	return c, nil
}

// nearDeadline is how far the deadline of a call may be that is refused at the door.
const nearDeadline = 2 * time.Second

func within(ctx context.Context, life time.Duration) context.Context {
	if end, ok := ctx.Deadline(); ok && time.Until(end) <= life {
		return ctx
	}
	ctx, cancel := context.WithTimeout(ctx, life)
	_ = cancel // the transport cancels the parent as soon as the call ends
	return ctx
}

// take takes what a call needs, or says why it cannot.
func (g *Gate) take(c *call, name string) *Refusal {
	if c.kind == Probe {
		if c.conn.probes >= maxProbes {
			return refusals[Probes]
		}
		c.conn.probes++
		g.probes++
		return nil
	}
	t := g.tenants[name]
	if t == nil {
		t = &tenant{name: name}
	}
	if refused := g.room(c.kind, t); refused != nil {
		return refused
	}
	g.tenants[name], c.tenant = t, t
	switch c.kind {
	case Stream:
		c.line = &t.bulk
		t.streams++
		g.streams++
		return nil
	case Bulk:
		c.line, c.units = &t.bulk, bulkUnits
	default:
		c.line, c.units = &t.single, 1
	}
	t.calls++
	g.calls++
	g.add(c.line, c.units)
	return nil
}

// room says why a call of a tenant cannot be let in; nil: it can.
func (g *Gate) room(kind Kind, t *tenant) *Refusal {
	if kind == Stream {
		return among(t.streams, g.share(t, g.config.MaxStreams-g.streams), g.config.MaxStreams-g.streams, refusals[Streams])
	}
	left := g.config.MaxCalls - g.calls
	if refused := among(t.calls, g.share(t, left), left, refusals[Calls]); refused != nil {
		return refused
	}
	l, units, wait := &t.single, 1, g.config.Wait
	if kind == Bulk {
		l, units, wait = &t.bulk, bulkUnits, bulkPatience*g.config.Wait
	}
	if l.units > 0 && l.units+units > g.limit(l, wait) {
		l.full = true
		return refusals[Waiting]
	}
	return nil
}

// among says why somebody who holds so many gets no more: all are taken, or theirs.
func among(held, most, left int, none *Refusal) *Refusal {
	switch {
	case left <= 0:
		return none
	case held > 0 && held >= most, most <= 0:
		return refusals[Share]
	}
	return nil
}

// leave gives back what a call holds.
func (g *Gate) leave(c *call) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c.kind == Probe {
		c.conn.probes--
		g.probes--
		return
	}
	t := c.tenant
	if c.kind == Stream {
		t.streams--
		g.streams--
	} else {
		t.calls--
		g.calls--
	}
	g.add(c.line, -c.units)
	c.units = 0
	if t.calls == 0 && t.streams == 0 {
		delete(g.tenants, t.name)
	}
}
