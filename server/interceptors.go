package server

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"time"

	middleware "github.com/grpc-ecosystem/go-grpc-middleware/v2"
	"github.com/grpc-ecosystem/go-grpc-middleware/v2/interceptors"
	"github.com/grpc-ecosystem/go-grpc-middleware/v2/interceptors/recovery"
	"github.com/grpc-ecosystem/go-grpc-middleware/v2/interceptors/selector"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// interceptors are what every call passes, outermost first:
//
//  0. metrics, where there are any, which must see the final status too;
//  1. the request id, so that whatever follows can name the call;
//  2. the log line, which must see the final status, of a recovered panic too;
//  3. statuses, which turn any Go error into the status the caller sees;
//  4. recovery, which turns a panic of what follows into such an error;
//  5. authorization, where callers need any: what the door has left open.
//
// The deadline is not among them: it is put on a call before they run, see door. Health and reflection have
// no log line and no id: probes come every second and say nothing.
func (s *Server) interceptors() []grpc.ServerOption {
	ours := selector.MatchFunc(func(_ context.Context, call interceptors.CallMeta) bool {
		_, known := methodKinds[call.FullMethod()] // a method that nobody serves is a caller's text: no name for a metric
		return known
	})
	others := selector.MatchFunc(func(_ context.Context, call interceptors.CallMeta) bool {
		return call.Service != assayv1.ComplianceService_ServiceDesc.ServiceName
	})
	caught := recovery.WithRecoveryHandlerContext(s.caught)
	var counted []grpc.ServerOption
	if m := s.config.Metrics; m != nil { // chains add up, the first outermost
		counted = []grpc.ServerOption{grpc.ChainUnaryInterceptor(selector.UnaryServerInterceptor(m.Unary(), ours)),
			grpc.ChainStreamInterceptor(selector.StreamServerInterceptor(m.Stream(), ours))}
	}
	chain := append(counted,
		grpc.ChainUnaryInterceptor(
			selector.UnaryServerInterceptor(identifyUnary, ours),
			selector.UnaryServerInterceptor(s.logUnary, ours),
			statusUnary,
			recovery.UnaryServerInterceptor(caught),
		),
		grpc.ChainStreamInterceptor(
			selector.StreamServerInterceptor(identifyStream, ours),
			selector.StreamServerInterceptor(s.logStream, ours),
			statusStream,
			recovery.StreamServerInterceptor(caught),
			selector.StreamServerInterceptor(s.endAtDrain, others),
		))
	return append(chain, s.config.authorized()...)
}

// lifeOf is how long a call of a method may live. Every call gets a deadline as its headers arrive: the caller's or this, whichever comes
// first. A unary message that never comes, or an answer that is never read, is cut by nothing else in this server.
func (c Config) lifeOf(method string) time.Duration {
	switch method {
	case assayv1.ComplianceService_StreamCheckSubmissions_FullMethodName:
		return c.StreamAge + c.StreamGrace
	case assayv1.ComplianceService_AssessAssortment_FullMethodName:
		return c.StreamAge
	case grpc_health_v1.Health_Watch_FullMethodName:
		return connectionAge
	}
	return c.CallTimeout
}

// endAtDrain ends health watches, which would last as long as the connection, when the server drains.
func (s *Server) endAtDrain(service any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
	wrapped := middleware.WrapServerStream(stream)
	ctx, cancel := context.WithCancel(stream.Context())
	defer cancel()
	defer context.AfterFunc(s.draining, cancel)()
	wrapped.WrappedContext = ctx
	return handle(service, wrapped)
}

func statusUnary(ctx context.Context, request any, _ *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	response, err := handle(ctx, request)
	if err != nil {
		return nil, statusOf(err).Err()
	}
	return response, nil
}

func statusStream(service any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
	if err := handle(service, decoding{stream}); err != nil {
		return statusOf(err).Err()
	}
	return nil
}

// decoding is a stream that tells us of a message that cannot be decoded as what it is, the caller's mistake: whoever sends bytes
// that are no message writes no error into our log. The caller gets INTERNAL all the same, as for unary calls: gRPC says so itself.
type decoding struct{ grpc.ServerStream }

// RecvMsg receives a message.
func (s decoding) RecvMsg(m any) error {
	err := s.ServerStream.RecvMsg(m)
	if status.Code(err) == codes.Internal {
		return violation("", "the message cannot be decoded")
	}
	return err
}

// errPanic is what a caller learns of a panic: nothing.
var errPanic = errors.New("a handler panicked")

// caught logs a handler's panic. The text of a panic may be a submission's, so only the runtime's own is logged.
func (s *Server) caught(ctx context.Context, cause any) error {
	s.config.Logger.LogAttrs(ctx, slog.LevelError, "panic",
		slog.String("cause", panicText(cause)),
		slog.String("request_id", requestID(ctx)), traceOf(ctx),
		slog.String("stack", string(debug.Stack())))
	return errPanic
}
