package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/checkers/remote"
	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/server/admission"
	"github.com/assay-project/assay/server/peers"
)

// A Server answers with the engine in force. Its methods may be called concurrently.
type Server struct {
	config  Config
	grpc    *grpc.Server
	health  *health.Server
	gate    *admission.Gate
	peers   *peers.Peers
	memory  memory                  // of decoded requests
	current atomic.Pointer[inForce] // nil: no engine yet

	lastLoad   atomic.Pointer[assayv1.RulebookLoad] // nil: none since the start
	lastShadow atomic.Pointer[assayv1.RulebookLoad] // the same of what is in shadow

	remotes *remote.Pool // connections to outside checkers

	draining  context.Context // ends when no new work is taken any more
	drain     context.CancelFunc
	receivers sync.WaitGroup // goroutines that streams left reading, and the one that watches over connections
}

// New makes a server that has no engine yet. It holds goroutines until Shutdown or Close, served or not.
func New(config Config) *Server {
	s := &Server{config: config.withDefaults(), health: health.NewServer(), remotes: remote.NewPool(config.CheckerCertificate, config.tracedCheckers()...)}
	s.draining, s.drain = context.WithCancel(context.Background())
	s.gate, s.peers, s.memory.most = s.newGate(), s.newPeers(), int64(s.config.MessageMemory)
	if err := s.gate.Open(); err != nil {
		s.config.Logger.Warn("under overload, refusals will come late", "err", err)
	}
	if s.config.Metrics != nil {
		s.config.Metrics.Watch(s.gate, s.peers, s.memory.taken.Load)
	}
	s.grpc = grpc.NewServer(s.options()...)
	s.tell(grpc_health_v1.HealthCheckResponse_NOT_SERVING)
	s.grpc.RegisterService(s.guarded(&grpc_health_v1.Health_ServiceDesc), s.health)
	s.grpc.RegisterService(s.guarded(&assayv1.ComplianceService_ServiceDesc), &compliance{Server: s})
	if s.config.Dev {
		reflection.Register(s.grpc)
	}
	return s
}

func (s *Server) options() []grpc.ServerOption {
	options := slices.Concat(s.config.transport(), s.config.traced(), s.interceptors())
	return append(options, grpc.InTapHandle(s.door), grpc.StatsHandler(s.gate), grpc.StatsHandler(s.peers), grpc.UnknownServiceHandler(nobody))
}

// Compile makes an engine of a book whose outside checkers are asked over connections of this server: engines that name the same
// ones share them, and they end with the server or with the last engine that names them.
func (s *Server) Compile(book *rulebook.Book) (*engine.Engine, error) {
	return engine.Connect(book, s.remotes)
}

// Use puts an engine in force. Calls that have started keep the one they have. What is in shadow stays there.
func (s *Server) Use(e *engine.Engine) {
	for next := describe(e, s.config.Now(), s.config.Metrics); ; {
		now := s.current.Load()
		if now != nil {
			next.shadow = now.shadow
		}
		if s.current.CompareAndSwap(now, next) {
			break
		}
	}
	s.tell(grpc_health_v1.HealthCheckResponse_SERVING)
}

// tell sets the health of the server as a whole and of the service. Once the server drains, nothing changes it any more.
func (s *Server) tell(serving grpc_health_v1.HealthCheckResponse_ServingStatus) {
	s.health.SetServingStatus("", serving)
	s.health.SetServingStatus(assayv1.ComplianceService_ServiceDesc.ServiceName, serving)
}

// ErrPlaintext is why Serve refuses a listener.
var ErrPlaintext = errors.New("plaintext is for loopback addresses and sockets of this machine: give a certificate, or allow it with insecure")

// Serve answers on a listener until Shutdown or Close, and then returns nil. It may be called for several listeners. It
// closes the listener.
func (s *Server) Serve(l net.Listener) error {
	if s.config.TLS == nil && !local(l.Addr()) {
		if !s.config.Insecure {
			return errors.Join(fmt.Errorf("serve on %s: %w", l.Addr(), ErrPlaintext), l.Close())
		}
		s.config.Logger.Warn("plaintext: whoever is on the way can read and change what is asked and answered", "address", l.Addr().String())
	}
	if s.config.Auth == nil && !local(l.Addr()) {
		s.config.Logger.Warn("open to all: whoever reaches this address may call; name callers by API keys, tokens or certificates", "address", l.Addr().String())
	}
	if err := s.grpc.Serve(s.peers.Listen(l)); err != nil && !errors.Is(err, grpc.ErrServerStopped) {
		return fmt.Errorf("serve on %s: %w", l.Addr(), err)
	}
	return nil
}

// local tells whether nobody outside this machine can reach the address.
func local(a net.Addr) bool {
	if tcp, ok := a.(*net.TCPAddr); ok {
		return tcp.IP.IsLoopback()
	}
	return a.Network() == "unix" || a.Network() == "bufconn"
}

// Shutdown drains: health says NOT_SERVING at once; after DrainDelay no call is taken any more and streams are ended,
// with an answer to everything received; calls have DrainTimeout to end. It reports whether all did. When ctx ends it
// stops at once.
func (s *Server) Shutdown(ctx context.Context) error {
	s.health.Shutdown()
	if !sleep(ctx, s.config.DrainDelay) {
		s.Close()
		return fmt.Errorf("drain: %w", context.Cause(ctx))
	}
	ctx, cancel := context.WithTimeout(ctx, s.config.DrainTimeout)
	defer cancel()
	var cut error
	stop := context.AfterFunc(ctx, s.grpc.Stop)
	ended := make(chan struct{})
	go func() { defer close(ended); s.grpc.GracefulStop() }()
	s.drain()
	<-ended
	if !stop() {
		cut = fmt.Errorf("drain: calls were cut off: %w", context.Cause(ctx))
	}
	s.receivers.Wait()
	s.remotes.Close()
	s.gate.Close()
	return cut
}

// Close stops at once: calls are cut off.
func (s *Server) Close() {
	s.health.Shutdown()
	s.drain()
	s.grpc.Stop()
	s.receivers.Wait()
	s.remotes.Close()
	s.gate.Close()
}

// sleep waits and reports whether ctx let it.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
