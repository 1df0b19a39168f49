package peers

import (
	"cmp"
	"context"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc/stats"
)

// Limits are the settings. All are needed.
type Limits struct {
	Connections int           // at a time, in all
	PerHost     int           // at a time, of one host; of IPv6, of one network of 64 bits
	Owed        int64         // bytes of answers that are not sent yet, in all; beyond, who is owed most is closed
	OwedEach    int64         // the same of one connection, beyond which it Owes
	Stall       time.Duration // how long a connection that is owed answers may take nothing of them
}

// Peers are the connections of a server. Their methods may be called concurrently. They are a [stats.Handler].
type Peers struct {
	limits Limits
	owed   atomic.Int64
	closed [ends]atomic.Int64

	mu    sync.Mutex
	conns map[*conn]struct{}
	hosts map[string]int
}

// An End is why we closed a connection.
type End uint8

// Ends.
const (
	Evicted End = iota // idle, to make room for another
	Refused            // new, and nobody was idle
	Stalled            // it did not take its answers
	ends
)

// Ends are their names, as labels.
func Ends() []string { return []string{"evicted", "refused", "stalled"} }

// New makes a set of no connections.
func New(limits Limits) *Peers {
	return &Peers{limits: limits, conns: map[*conn]struct{}{}, hosts: map[string]int{}}
}

// Closed counts connections that we closed.
func (p *Peers) Closed(why End) int64 { return p.closed[why].Load() }

// Owed is how many bytes of answers are not sent yet.
func (p *Peers) Owed() int64 { return p.owed.Load() }

// Connections is how many there are now.
func (p *Peers) Connections() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.conns)
}

// Listen returns a listener whose connections are these.
func (p *Peers) Listen(l net.Listener) net.Listener { return &listener{l, p} }

type listener struct {
	net.Listener
	peers *Peers
}

// Accept waits for a connection that there is room for.
func (l *listener) Accept() (net.Conn, error) {
	for {
		raw, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		c := &conn{Conn: raw, peers: l.peers, host: hostOf(raw.RemoteAddr())}
		c.idle.Store(time.Now().UnixNano())
		c.address = address{raw.RemoteAddr(), c}
		if l.peers.add(c) {
			return c, nil
		}
		l.peers.closed[Refused].Add(1)
		raw.Close()
	}
}

// A conn is a connection.
type conn struct {
	net.Conn
	peers   *Peers
	host    string // empty: of this machine
	address address
	once    sync.Once

	calls atomic.Int64
	used  atomic.Bool  // a call was made
	idle  atomic.Int64 // since when: Unix nanoseconds

	owed  atomic.Int64
	moved atomic.Int64 // when bytes were last taken, or the first were owed: Unix nanoseconds
}

// An address is that of the other end, and leads to the connection: the transport tells of a connection by it, through TLS too.
type address struct {
	net.Addr
	conn *conn
}

// RemoteAddr is that of the other end.
func (c *conn) RemoteAddr() net.Addr { return c.address }

// Close closes the connection.
func (c *conn) Close() error {
	c.once.Do(func() { c.peers.remove(c) })
	return c.Conn.Close()
}

// hostOf is whose connection this is; empty for those that are made on this machine without an address.
func hostOf(a net.Addr) string {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return ""
	}
	ip, _ := netip.AddrFromSlice(tcp.IP)
	if ip = ip.Unmap(); ip.Is6() {
		network, _ := ip.Prefix(64)
		return network.String()
	}
	return ip.String()
}

// add takes a connection in, if there is room or somebody idle makes some.
func (p *Peers) add(c *conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.host != "" && p.hosts[c.host] >= p.limits.PerHost && !p.evict(c.host) {
		return false
	}
	if len(p.conns) >= p.limits.Connections && !p.evict("") {
		return false
	}
	p.conns[c] = struct{}{}
	p.hosts[c.host]++
	return true
}

// evict closes the idle connection that is missed least, of one host or of any; false: none is idle.
func (p *Peers) evict(host string) bool {
	var victim *conn
	for c := range p.conns {
		if c.calls.Load() == 0 && (host == "" || c.host == host) && (victim == nil || c.before(victim)) {
			victim = c
		}
	}
	if victim == nil {
		return false
	}
	p.closed[Evicted].Add(1)
	p.forget(victim)
	_ = victim.Conn.Close() // the transport, which reads it, ends it
	return true
}

// before tells which of two idle connections is missed less.
func (c *conn) before(other *conn) bool {
	if used := c.used.Load(); used != other.used.Load() {
		return !used
	}
	return c.idle.Load() < other.idle.Load()
}

func (p *Peers) remove(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forget(c)
}

func (p *Peers) forget(c *conn) {
	if _, ok := p.conns[c]; !ok {
		return
	}
	delete(p.conns, c)
	if p.hosts[c.host]--; p.hosts[c.host] == 0 {
		delete(p.hosts, c.host)
	}
}

type connKey struct{}

func connOf(ctx context.Context) *conn {
	c, _ := ctx.Value(connKey{}).(*conn)
	return c
}

// TagConn is told of a connection that begins.
func (p *Peers) TagConn(ctx context.Context, info *stats.ConnTagInfo) context.Context {
	if a, ok := info.RemoteAddr.(address); ok {
		return context.WithValue(ctx, connKey{}, a.conn)
	}
	return ctx
}

// HandleConn is told of a connection that has ended: what it was owed is garbage now.
func (p *Peers) HandleConn(ctx context.Context, event stats.ConnStats) {
	if _, ended := event.(*stats.ConnEnd); !ended {
		return
	}
	if c := connOf(ctx); c != nil {
		p.owed.Add(-c.owed.Swap(0))
	}
}

// TagRPC does nothing.
func (p *Peers) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context { return ctx }

// HandleRPC is told of calls that begin and end.
func (p *Peers) HandleRPC(ctx context.Context, event stats.RPCStats) {
	switch event.(type) {
	case *stats.Begin:
		if c := connOf(ctx); c != nil {
			c.calls.Add(1)
			c.used.Store(true)
		}
	case *stats.End:
		if c := connOf(ctx); c != nil && c.calls.Add(-1) == 0 {
			c.idle.Store(time.Now().UnixNano())
		}
	}
}

// Hold counts bytes of an answer of the call that ctx belongs to, until the function it returns is called.
func (p *Peers) Hold(ctx context.Context, bytes int) (release func()) {
	c := connOf(ctx)
	if c == nil {
		return func() {}
	}
	n := int64(bytes)
	if c.owed.Add(n) == n {
		c.moved.Store(time.Now().UnixNano())
	}
	p.owed.Add(n)
	return func() {
		c.moved.Store(time.Now().UnixNano())
		if c.owed.Add(-n) < 0 { // the connection had ended, and all was given back
			c.owed.Add(n)
			return
		}
		p.owed.Add(-n)
	}
}

// Owes reports whether the connection of the call that ctx belongs to has taken so little of its answers that it should be given no more.
func (p *Peers) Owes(ctx context.Context) bool {
	c := connOf(ctx)
	return c != nil && c.owed.Load() > p.limits.OwedEach
}

// Watch closes connections that do not take their answers, until ctx ends.
func (p *Peers) Watch(ctx context.Context) {
	tick := time.NewTicker(min(sweepEvery, p.limits.Stall/4))
	defer tick.Stop()
	for {
		select {
		case now := <-tick.C:
			p.sweep(now)
		case <-ctx.Done():
			return
		}
	}
}

// sweepEvery is short because much can be owed in a second.
const sweepEvery = 250 * time.Millisecond

// sweep closes what has stalled, and while too much is owed in all, who is owed most.
func (p *Peers) sweep(now time.Time) {
	if p.owed.Load() == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var left []*conn
	for c := range p.conns {
		switch owed := c.owed.Load(); {
		case owed > 0 && now.UnixNano()-c.moved.Load() > int64(p.limits.Stall):
			p.stall(c)
		case owed > 0:
			left = append(left, c)
		}
	}
	slices.SortFunc(left, func(a, b *conn) int { return cmp.Compare(b.owed.Load(), a.owed.Load()) })
	for excess := p.owed.Load() - p.limits.Owed; excess > 0 && len(left) > 0; left = left[1:] {
		excess -= left[0].owed.Load()
		p.stall(left[0])
	}
}

// stall closes a connection for what it is owed.
func (p *Peers) stall(c *conn) {
	p.closed[Stalled].Add(1)
	p.forget(c)
	_ = c.Conn.Close() // the transport, which reads it, ends it
}
