package admission

import (
	"context"
	"net"
	"sync/atomic"

	"google.golang.org/grpc/stats"
)

// A call is what one holds. It is the call's context, so that a call costs one allocation and is found again from any context made
// of it.
type call struct {
	context.Context
	gate    *Gate
	conn    *connection
	kind    Kind
	refused error // not nil: see Refuse
	state   atomic.Uint32

	// Guarded by the gate's mutex.
	tenant *tenant
	line   *line
	units  int // checks that are still to come
}

// States of a call.
const (
	entered = iota // let in, no handler yet
	begun          // its handler ends it
	over
)

type callKey struct{}

// Value finds the call itself.
func (c *call) Value(key any) any {
	if key == (callKey{}) {
		return c
	}
	return c.Context.Value(key)
}

// Err is that of the context. The transport asks for it once between letting a call in and starting its handler, and drops a call
// whose time is up without a word to anybody: then what it holds goes back here.
func (c *call) Err() error {
	err := c.Context.Err()
	if err != nil && c.state.CompareAndSwap(entered, over) {
		c.gate.leave(c)
	}
	return err
}

func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

// Refused is what a call must be answered with before its message is read; nil: it was let in.
func Refused(ctx context.Context) error {
	if c := callOf(ctx); c != nil {
		return c.refused
	}
	return nil
}

// A connection is what the calls of one share.
type connection struct {
	host   string
	probes int // guarded by the gate's mutex
}

type connectionKey struct{}

// noConnection is that of calls that came over none that we were told of.
func connectionOf(ctx context.Context) *connection {
	if c, ok := ctx.Value(connectionKey{}).(*connection); ok {
		return c
	}
	return &connection{}
}

// TagConn makes a Gate a [stats.Handler]: the transport tells it of connections and of the beginning and the end of calls.
func (g *Gate) TagConn(ctx context.Context, info *stats.ConnTagInfo) context.Context {
	return context.WithValue(ctx, connectionKey{}, &connection{host: hostOf(info.RemoteAddr)})
}

// hostOf is an address without its port.
func hostOf(a net.Addr) string {
	if a == nil {
		return ""
	}
	host, _, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	return host
}

// HandleConn does nothing.
func (g *Gate) HandleConn(context.Context, stats.ConnStats) {}

// TagRPC is told that a handler is about to start.
func (g *Gate) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context {
	if c := callOf(ctx); c != nil {
		c.state.CompareAndSwap(entered, begun)
	}
	return ctx
}

// HandleRPC takes back what a call holds when its handler has returned.
func (g *Gate) HandleRPC(ctx context.Context, event stats.RPCStats) {
	if _, ended := event.(*stats.End); !ended {
		return
	}
	if c := callOf(ctx); c != nil && c.state.CompareAndSwap(begun, over) {
		g.leave(c)
	}
}
