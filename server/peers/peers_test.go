package peers

import (
	"context"
	"net"
	"testing"
	"time"

	"google.golang.org/grpc/stats"
)

// accepting accepts on loopback until the test ends, and hands on what it accepts.
func accepting(t *testing.T, p *Peers) (dial func(from string) net.Conn, accepted chan net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	accepted = make(chan net.Conn, 100)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for bounded := p.Listen(l); ; {
			c, err := bounded.Accept()
			if err != nil {
				return
			}
			accepted <- c
		}
	}()
	t.Cleanup(func() { l.Close(); <-ended })
	return func(from string) net.Conn {
		t.Helper()
		c, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}).Dial("tcp", l.Addr().String())
		if err != nil {
			t.Skip("another address of loopback cannot be used here: ", err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}, accepted
}

// closedByServer waits until the other end has closed.
func closedByServer(t *testing.T, c net.Conn) {
	t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(time.Minute))
	if _, err := c.Read(make([]byte, 1)); err == nil || isTimeout(err) {
		t.Errorf("the connection is not closed: %v", err)
	}
}

func isTimeout(err error) bool {
	e, ok := err.(net.Error)
	return ok && e.Timeout()
}

// connected is the context of a connection's calls.
func connected(p *Peers, c net.Conn) context.Context {
	return p.TagConn(context.Background(), &stats.ConnTagInfo{RemoteAddr: c.RemoteAddr()})
}

func TestOneHostCannotHaveAllConnections(t *testing.T) {
	p := New(Limits{Connections: 10, PerHost: 2, Owed: 1, Stall: time.Hour})
	dial, accepted := accepting(t, p)
	for range 2 {
		dial("127.0.0.1")
		p.HandleRPC(connected(p, <-accepted), &stats.Begin{}) // a call that does not end
	}
	third := dial("127.0.0.1")
	closedByServer(t, third)
	dial("127.0.0.2")
	<-accepted
	if n := p.Connections(); n != 3 || p.Closed(Refused) != 1 || p.Closed(Evicted) != 0 {
		t.Errorf("%d connections, %d refused, %d evicted", n, p.Closed(Refused), p.Closed(Evicted))
	}
}

func TestTheIdleMakeRoom(t *testing.T) {
	p := New(Limits{Connections: 3, PerHost: 3, Owed: 1, Stall: time.Hour})
	dial, accepted := accepting(t, p)
	used := dial("127.0.0.1")
	ctx := connected(p, <-accepted)
	p.HandleRPC(ctx, &stats.Begin{})
	p.HandleRPC(ctx, &stats.End{})
	busy := dial("127.0.0.1")
	p.HandleRPC(connected(p, <-accepted), &stats.Begin{})
	silent := dial("127.0.0.1")
	<-accepted
	dial("127.0.0.1")
	p.HandleRPC(connected(p, <-accepted), &stats.Begin{})
	closedByServer(t, silent) // it never made a call, the other one has
	dial("127.0.0.1")
	p.HandleRPC(connected(p, <-accepted), &stats.Begin{})
	closedByServer(t, used)
	closedByServer(t, dial("127.0.0.1"))
	if p.Closed(Evicted) != 2 || p.Closed(Refused) != 1 || p.Connections() != 3 {
		t.Errorf("%d evicted, %d refused, %d connections", p.Closed(Evicted), p.Closed(Refused), p.Connections())
	}
	_ = busy.SetReadDeadline(time.Now().Add(time.Millisecond))
	if _, err := busy.Read(make([]byte, 1)); !isTimeout(err) {
		t.Errorf("a connection with a call under way is closed: %v", err)
	}
}

func TestAClosedConnectionMakesRoom(t *testing.T) {
	p := New(Limits{Connections: 1, PerHost: 1, Owed: 1, Stall: time.Hour})
	dial, accepted := accepting(t, p)
	for range 10 {
		dial("127.0.0.1")
		c := <-accepted
		p.HandleRPC(connected(p, c), &stats.Begin{})
		c.Close()
		c.Close()
	}
	if p.Connections() != 0 || len(p.hosts) != 0 || p.Closed(Refused) != 0 {
		t.Errorf("%d connections are left, of %d hosts; %d refused", p.Connections(), len(p.hosts), p.Closed(Refused))
	}
}

func TestWhoDoesNotTakeAnswersIsClosed(t *testing.T) {
	p := New(Limits{Connections: 10, PerHost: 10, Owed: 1000, OwedEach: 1000, Stall: time.Minute})
	dial, accepted := accepting(t, p)
	slow, reading := dial("127.0.0.1"), dial("127.0.0.1")
	slowCtx, readingCtx := connected(p, <-accepted), connected(p, <-accepted)
	lost := p.Hold(slowCtx, 900)
	p.Hold(readingCtx, 90)()
	now := time.Now()
	p.sweep(now.Add(50 * time.Second))
	if p.Connections() != 2 || p.Owed() != 900 {
		t.Fatalf("%d connections are left, and owed %d", p.Connections(), p.Owed())
	}
	if p.Owes(slowCtx) {
		t.Error("900 bytes are too much of 1000")
	}
	p.Hold(slowCtx, 900) // too much in all
	p.Hold(readingCtx, 10)
	if !p.Owes(slowCtx) || p.Owes(readingCtx) {
		t.Error("it is not the one that is owed much that should get no more")
	}
	p.sweep(now)
	closedByServer(t, slow)
	p.HandleConn(slowCtx, &stats.ConnEnd{})
	lost()
	if p.Connections() != 1 || p.Owed() != 10 || p.Closed(Stalled) != 1 {
		t.Errorf("%d connections are left, and owed %d; %d stalled", p.Connections(), p.Owed(), p.Closed(Stalled))
	}
	_ = reading.SetReadDeadline(time.Now().Add(time.Millisecond))
	if _, err := reading.Read(make([]byte, 1)); !isTimeout(err) {
		t.Errorf("a connection that takes what it gets is closed: %v", err)
	}
}

func TestHostsOfAddresses(t *testing.T) {
	for text, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "::ffff:192.0.2.7": "192.0.2.7", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "::1": "::/64",
	} {
		if got := hostOf(&net.TCPAddr{IP: net.ParseIP(text), Port: 7}); got != want {
			t.Errorf("the host of %s is %s, want %s", text, got, want)
		}
	}
	if got := hostOf(&net.UnixAddr{Name: "x", Net: "unix"}); got != "" {
		t.Errorf("the host of a socket of this machine is %q", got)
	}
}
