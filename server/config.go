package server

import (
	"cmp"
	"crypto/tls"
	"log/slog"
	"math"
	"time"

	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"

	"github.com/assay-project/assay/server/auth"
	"github.com/assay-project/assay/server/metrics"
	"github.com/assay-project/assay/server/quiet"
)

// Config holds the settings of a server. The zero value is safe; a zero field has the default named beside it.
type Config struct {
	// Logger gets one line for each call that went wrong on our side or was slow, and at debug level one for every
	// call; of warnings and errors of one kind no more than package quiet lets pass. No line holds text of a submission. Nil: no logs.
	Logger *slog.Logger
	// Now is the clock that dates submissions without as_of. Nil: time.Now.
	Now func() time.Time

	// Metrics counts calls, verdicts and loads. Nil: nothing does.
	Metrics *metrics.Metrics

	// Tracer makes a span of each call of ours and of each question to an outside checker, with what the verdict was. Nil: no spans.
	Tracer trace.TracerProvider

	// TLS is the server's certificate and whom it trusts; below TLS 1.3 nothing is spoken. Nil: plaintext, which Serve
	// refuses on anything but loopback addresses and sockets of this machine, unless Insecure.
	TLS      *tls.Config
	Insecure bool // allow plaintext anywhere
	Dev      bool // serve reflection
	// Auth decides who may call, and asks for client certificates where it trusts any. Nil: whoever reaches the address may.
	Auth *auth.Authenticator

	CheckerCertificate *tls.Certificate // shown to outside checkers that ask for one; nil: none

	MaxRequestBytes  int // of one message on the wire and decompressed; 1 MiB
	MaxResponseBytes int // of one message; 4 MiB
	MaxHeaderBytes   int // of a call's metadata, decoded; 16 KiB
	MaxStreams       int // calls at a time on one connection; 100
	MaxConnections   int // at a time; a further one takes the place of an idle one, or is closed; 1,000
	MaxPerHost       int // connections of one host at a time (of IPv6: of one /64); half of MaxConnections

	// What is worked on at a time. A call beyond that, or one that would have to wait for longer than MaxWait, is refused with
	// RESOURCE_EXHAUSTED before anything of it is read; see package admission. Each tenant has a share; without Auth, each address.
	MaxInFlight    int           // unary calls; 512
	MaxOpenStreams int           // streams; 256
	MessageMemory  int           // bytes that requests may take, as they are decoded, all together; one alone at most three quarters; 64 MiB
	MaxWait        time.Duration // of a single check for its turn; batches may wait longer; 20 ms

	CallTimeout time.Duration // longest life of a unary call, reading included; 5 s
	StreamAge   time.Duration // a stream is ended with OK at this age, to be opened again; 60 s
	// StreamGrace is how long a stream that has ended, and a connection that has, may take to hand over what is left.
	StreamGrace time.Duration // 30 s
	SlowCall    time.Duration // a unary call that takes this long is logged; 1 s

	DrainDelay   time.Duration // from "health says NOT_SERVING" to "no new calls"; 2 s; negative: none
	DrainTimeout time.Duration // how long calls may take to end after that; 20 s
}

// Life of connections. They are not settings: clients depend on them (a client may ping every 30 s and not more).
const (
	connectionSetup   = 10 * time.Second // handshakes included
	connectionIdle    = 5 * time.Minute
	connectionAge     = 30 * time.Minute
	pingAfter         = 60 * time.Second
	pingTimeout       = 20 * time.Second
	clientPingMinimum = 30 * time.Second
)

// What messages may take. Answers that are not read are counted when they have more than a kilobyte, which is when they count.
const (
	heaviest     = 16        // times MaxRequestBytes: what one request may take when it is decoded
	answerMemory = 128 << 20 // bytes: what answers may take that are not sent; beyond, connections that are owed most are closed
)

// streamWorkers is how many goroutines wait for calls. A new goroutine for each call grows its stack each time, which
// costs more than a check; calls beyond these get one as usual.
const streamWorkers = 64

// withDefaults fills what is not set.
func (c Config) withDefaults() Config {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	c.Logger = slog.New(quiet.NewHandler(c.Logger.Handler(), time.Now, "method", "code", "checker"))
	if c.Now == nil {
		c.Now = time.Now
	}
	c.MaxRequestBytes = cmp.Or(c.MaxRequestBytes, 1<<20)
	c.MaxResponseBytes = cmp.Or(c.MaxResponseBytes, 4<<20)
	c.MaxHeaderBytes = cmp.Or(c.MaxHeaderBytes, 16<<10)
	c.MaxStreams = cmp.Or(c.MaxStreams, 100)
	c.MaxConnections = cmp.Or(c.MaxConnections, 1000)
	c.MaxPerHost = cmp.Or(c.MaxPerHost, max(1, c.MaxConnections/2))
	c.MaxInFlight = cmp.Or(c.MaxInFlight, 512)
	c.MaxOpenStreams = cmp.Or(c.MaxOpenStreams, 256)
	c.MessageMemory = cmp.Or(c.MessageMemory, 64<<20)
	c.MaxWait = cmp.Or(c.MaxWait, 20*time.Millisecond)
	c.CallTimeout = cmp.Or(c.CallTimeout, 5*time.Second)
	c.StreamAge = cmp.Or(c.StreamAge, 60*time.Second)
	c.StreamGrace = cmp.Or(c.StreamGrace, 30*time.Second)
	c.SlowCall = cmp.Or(c.SlowCall, time.Second)
	c.DrainDelay = cmp.Or(c.DrainDelay, 2*time.Second)
	c.DrainTimeout = cmp.Or(c.DrainTimeout, 20*time.Second)
	return c
}

// transport is what bounds a connection and its messages.
func (c Config) transport() []grpc.ServerOption {
	options := []grpc.ServerOption{
		grpc.MaxRecvMsgSize(c.MaxRequestBytes),
		grpc.MaxSendMsgSize(c.MaxResponseBytes),
		grpc.MaxHeaderListSize(clampUint32(c.MaxHeaderBytes)),
		grpc.MaxConcurrentStreams(clampUint32(c.MaxStreams)),
		grpc.ConnectionTimeout(connectionSetup),
		grpc.KeepaliveParams(keepalive.ServerParameters{
			MaxConnectionIdle:     connectionIdle,
			MaxConnectionAge:      connectionAge,
			MaxConnectionAgeGrace: c.StreamGrace,
			Time:                  pingAfter,
			Timeout:               pingTimeout,
		}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: clientPingMinimum}),
		grpc.WaitForHandlers(true),
		grpc.NumStreamWorkers(streamWorkers),
		grpc.ForceServerCodecV2(newCodec(min(heaviest*c.MaxRequestBytes, c.MessageMemory/4*3))),
	}
	if c.TLS != nil {
		secure := c.TLS.Clone()
		secure.MinVersion = tls.VersionTLS13
		if c.Auth != nil {
			c.Auth.Trust(secure)
		}
		options = append(options, grpc.Creds(credentials.NewTLS(secure)))
	}
	return options
}

func clampUint32(n int) uint32 { return uint32(min(max(n, 0), math.MaxUint32)) }
