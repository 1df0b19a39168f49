package remote

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/failsafe-go/failsafe-go/bulkhead"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/outside"
	"github.com/assay-project/assay/internal/rulebook"
)

// A target is whom a link leads to, and how. Rows of rulebooks that agree in it share the link.
type target struct {
	address        string
	tls            bool
	ca, serverName string
	concurrent     int
}

func targetOf(r *rulebook.Remote) target {
	return target{address: r.Address, tls: r.TLS, ca: r.CA, serverName: r.ServerName, concurrent: r.MaxConcurrent}
}

const (
	maxHeader        = 16 << 10 // bytes of metadata of an answer
	maxBackoff       = 3 * time.Second
	connectTimeout   = 2 * time.Second
	keepaliveTime    = 60 * time.Second
	keepaliveTimeout = 10 * time.Second

	// A checker of whose last answers more than half were none is not asked for a second, then one call tries it.
	breakerRate   = 0.5
	breakerLeast  = 20
	breakerPeriod = 10 * time.Second
	breakerDelay  = time.Second
)

// A link is the connection to one outside checker, and what is known of it.
type link struct {
	pool    *Pool
	leases  int // guarded by the pool
	conn    *grpc.ClientConn
	api     assayv1.CheckerServiceClient
	broken  error // why there is no connection, ever
	breaker circuitbreaker.CircuitBreaker[any]
	slots   bulkhead.Bulkhead[any]

	mu         sync.Mutex // guards what follows
	known      known
	describing chan struct{} // closed when the description that is under way has ended; nil: none is
}

func open(p *Pool, to target) *link {
	l := &link{pool: p, slots: bulkhead.New[any](uint(to.concurrent)),
		breaker: circuitbreaker.NewBuilder[any]().
			WithFailureRateThreshold(breakerRate, breakerLeast, breakerPeriod).
			WithSuccessThreshold(1).WithDelay(breakerDelay).Build()}
	l.conn, l.broken = dial(p, to)
	if l.broken == nil {
		l.api = assayv1.NewCheckerServiceClient(l.conn)
	}
	return l
}

func (l *link) close() {
	if l.conn != nil {
		_ = l.conn.Close() // it fails only where it is closed already
	}
}

// dial prepares a connection. Nothing that DNS or the environment says may lead it elsewhere, and it tries nothing twice: a
// checker that is overloaded gets no more calls for it.
func dial(p *Pool, to target) (*grpc.ClientConn, error) {
	secure, err := credentialsOf(p, to)
	if err != nil {
		return nil, err
	}
	name, dialer := to.address, []grpc.DialOption(nil)
	if !strings.HasPrefix(name, "unix:") {
		name, dialer = "dns:///"+name, []grpc.DialOption{grpc.WithContextDialer(reach)}
	}
	return grpc.NewClient(name, append(append(dialer, p.options...),
		grpc.WithTransportCredentials(secure),
		grpc.WithUserAgent("assay"),
		grpc.WithNoProxy(),
		grpc.WithDisableServiceConfig(),
		grpc.WithDisableRetry(),
		grpc.WithMaxHeaderListSize(maxHeader),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(outside.MaxAnswerBytes)),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: keepaliveTime, Timeout: keepaliveTimeout}),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: maxBackoff},
			MinConnectTimeout: connectTimeout,
		}))...)
}

// reach connects to an address that a name led to. Whatever the name says, it never leads to where no checker can be.
func reach(ctx context.Context, address string) (net.Conn, error) {
	dialer := net.Dialer{Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err == nil && outside.Reserved(at.Addr()) {
			err = errReserved
		}
		return err
	}}
	return dialer.DialContext(ctx, "tcp", address)
}

var errReserved = errors.New("no checker can be there")

func credentialsOf(p *Pool, to target) (credentials.TransportCredentials, error) {
	if !to.tls {
		return insecure.NewCredentials(), nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS13, ServerName: to.serverName}
	if host, _, err := net.SplitHostPort(to.address); err == nil && config.ServerName == "" {
		config.ServerName = host
	}
	if p.certificate != nil {
		config.Certificates = []tls.Certificate{*p.certificate}
	}
	if to.ca != "" {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM([]byte(to.ca)) {
			return nil, fmt.Errorf("read certificates to trust for %s: none is valid", to.address)
		}
	}
	return credentials.NewTLS(config), nil
}

const (
	describeTimeout = 2 * time.Second
	describeAgain   = 30 * time.Second       // a description that old is asked for anew, and serves meanwhile
	describeRetry   = 500 * time.Millisecond // after one that failed
)

// known is what a checker said of itself, last; or why it is not known.
type known struct {
	description *outside.Description
	err         error
	at          time.Time // of the last try
	wait        time.Duration
}

// describe has the checker describe itself, if it is time to. It waits for nothing; the channel is closed when the description
// under way has ended. It is nil where none is.
func (l *link) describe() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.describing != nil {
		return l.describing
	}
	if !l.known.at.IsZero() && time.Since(l.known.at) < l.known.wait {
		return nil
	}
	ended := make(chan struct{})
	if !l.pool.start(func() { defer close(ended); l.refresh() }) {
		return nil
	}
	l.describing = ended
	return ended
}

// refresh asks for the description and keeps what comes of it. One that keeps the contract outlives failures to get it
// again, but not an answer that breaks it.
func (l *link) refresh() {
	ctx, cancel := context.WithTimeout(l.pool.alive, describeTimeout)
	defer cancel()
	now := known{wait: describeAgain/2 + rand.N(describeAgain)} // so that many servers do not ask at once
	answer, err := l.askDescription(ctx)
	if err == nil {
		now.description, now.err = outside.Describe(answer)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		now.description, now.err = l.known.description, err
	}
	if now.err != nil {
		now.wait = describeRetry
	}
	if now.err != nil && err == nil {
		now.description = nil
	}
	now.at = time.Now()
	l.known, l.describing = now, nil
}

func (l *link) askDescription(ctx context.Context) (*assayv1.DescribeCheckerResponse, error) {
	if l.broken != nil {
		return nil, l.broken
	}
	return l.api.DescribeChecker(ctx, &assayv1.DescribeCheckerRequest{})
}

// doubt has the description asked for anew soon: a checker that breaks it may be another version by now.
func (l *link) doubt() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.known.wait = min(l.known.wait, describeRetry)
}

// description is what the checker says of itself. Where it was never asked to the end, that is waited for until ctx ends; one that
// has failed is asked again and again, and nobody waits.
func (l *link) description(ctx context.Context) (*outside.Description, error) {
	under := l.describe()
	k := l.recall()
	if k.description != nil {
		return k.description, nil
	}
	if under != nil && k.at.IsZero() {
		select {
		case <-under:
			k = l.recall()
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if k.description != nil {
		return k.description, nil
	}
	if k.err == nil {
		return nil, errClosed
	}
	return nil, k.err
}

func (l *link) recall() known {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.known
}
