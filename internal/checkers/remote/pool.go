package remote

import (
	"context"
	"crypto/tls"
	"runtime"
	"sync"

	"google.golang.org/grpc"
)

// A Pool holds the connections to outside checkers. Its methods may be called concurrently.
type Pool struct {
	certificate *tls.Certificate // nil: none is shown
	options     []grpc.DialOption
	alive       context.Context // ends when the pool is closed
	end         context.CancelFunc
	work        sync.WaitGroup // goroutines that describe or close

	mu     sync.Mutex // guards what follows
	closed bool
	links  map[target]*link
}

// NewPool makes a pool without connections. The certificate is shown to checkers that ask for one; it may be nil. Options may watch
// the connections; what checkers may do is not theirs to change.
func NewPool(certificate *tls.Certificate, options ...grpc.DialOption) *Pool {
	p := &Pool{certificate: certificate, options: options, links: make(map[target]*link)}
	p.alive, p.end = context.WithCancel(context.Background())
	return p
}

// Close closes all connections and waits for the pool's goroutines. Calls that run end with an error, and so do those to come.
func (p *Pool) Close() {
	p.end()
	p.mu.Lock()
	p.closed = true
	for to, l := range p.links {
		delete(p.links, to)
		l.close()
	}
	p.mu.Unlock()
	p.work.Wait()
}

// start runs f in a goroutine that Close waits for, unless the pool is closed.
func (p *Pool) start(f func()) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.work.Go(f)
	return true
}

// A lease is a checker's hold on a link. When it is no longer reachable, the link is given back: engines vanish with
// their last request, and so do their leases.
type lease struct{ *link }

// borrow makes a lease on the link to a checker, which it opens where there is none. The checker is asked to describe itself
// at once, and nobody waits for it.
func (p *Pool) borrow(to target) *lease {
	p.mu.Lock()
	l := p.links[to]
	if l == nil {
		l = open(p, to)
		p.links[to] = l
	}
	l.leases++
	p.mu.Unlock()
	held := &lease{l}
	runtime.AddCleanup(held, p.giveBack, to)
	l.describe()
	return held
}

// giveBack closes a link that nobody holds any more.
func (p *Pool) giveBack(to target) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.links[to]
	if l == nil {
		return // the pool is closed
	}
	if l.leases--; l.leases == 0 {
		delete(p.links, to)
		p.work.Go(l.close)
	}
}
