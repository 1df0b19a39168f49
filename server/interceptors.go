package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	middleware "github.com/grpc-ecosystem/go-grpc-middleware/v2"
	"github.com/grpc-ecosystem/go-grpc-middleware/v2/interceptors"
	"github.com/grpc-ecosystem/go-grpc-middleware/v2/interceptors/recovery"
	"github.com/grpc-ecosystem/go-grpc-middleware/v2/interceptors/selector"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/tap"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/check"
)

// interceptors are what every call passes, outermost first:
//
//  1. the request id, so that whatever follows can name the call;
//  2. the log line, which must see the final status, of a recovered panic too;
//  3. statuses, which turn any Go error into the status the caller sees;
//  4. recovery, last, which turns a panic of the handler into such an error.
//
// The deadline is not among them: it is put on a call before they run, see deadlineAtTheDoor. Health and reflection have
// no log line and no id: probes come every second and say nothing.
func (s *Server) interceptors() []grpc.ServerOption {
	ours := selector.MatchFunc(func(_ context.Context, call interceptors.CallMeta) bool {
		return call.Service == assayv1.ComplianceService_ServiceDesc.ServiceName
	})
	others := selector.MatchFunc(func(_ context.Context, call interceptors.CallMeta) bool {
		return call.Service != assayv1.ComplianceService_ServiceDesc.ServiceName
	})
	caught := recovery.WithRecoveryHandlerContext(s.caught)
	return []grpc.ServerOption{
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
		),
	}
}

// deadlineAtTheDoor puts a deadline on every call as its headers arrive: the caller's or ours, whichever comes first. A
// unary message that never comes, or an answer that is never read, is cut by nothing else in this server. It runs on
// the connection's reader: it must not block.
func (c Config) deadlineAtTheDoor(ctx context.Context, call *tap.Info) (context.Context, error) {
	life := c.CallTimeout
	switch call.FullMethodName {
	case assayv1.ComplianceService_StreamCheckSubmissions_FullMethodName:
		life = c.StreamAge + c.StreamGrace
	case grpc_health_v1.Health_Watch_FullMethodName:
		life = connectionAge
	}
	ctx, cancel := context.WithTimeout(ctx, life)
	_ = cancel // the transport cancels the parent as soon as the call ends
	return ctx, nil
}

// endAtDrain ends streams that would last as long as the connection (health watches, reflection) when the server drains.
func (s *Server) endAtDrain(service any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
	wrapped := middleware.WrapServerStream(stream)
	ctx, cancel := context.WithCancel(stream.Context())
	defer cancel()
	defer context.AfterFunc(s.draining, cancel)()
	wrapped.WrappedContext = ctx
	return handle(service, wrapped)
}

// requestIDKey is the metadata key of a request id, in requests and in the headers of answers.
const requestIDKey = "x-request-id"

// A callID names a call. One that the caller did not name gets its name when somebody first asks for it: to send a
// random header with every answer would cost a tenth of a call, and most are never asked about.
type callID struct {
	name sync.Once
	id   string
}

func (c *callID) String() string {
	c.name.Do(func() {
		if c.id == "" {
			c.id = strconv.FormatUint(rand.Uint64(), 36) + strconv.FormatUint(rand.Uint64(), 36)
		}
	})
	return c.id
}

type callIDKey struct{}

// requestID is the id of the call that ctx belongs to.
func requestID(ctx context.Context) string {
	if c, ok := ctx.Value(callIDKey{}).(*callID); ok {
		return c.String()
	}
	return ""
}

// identify is ctx with the call's id: the caller's where it is sane.
func identify(ctx context.Context) (context.Context, *callID) {
	c := &callID{}
	if ids := metadata.ValueFromIncomingContext(ctx, requestIDKey); len(ids) == 1 && saneID(ids[0]) {
		c.id = ids[0]
	}
	return context.WithValue(ctx, callIDKey{}, c), c
}

// saneID accepts what a log, a shell and a search box all take as it is.
func saneID(id string) bool {
	const allowed = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.:"
	return len(id) >= 1 && len(id) <= 64 && strings.Trim(id, allowed) == ""
}

// identifyUnary echoes the caller's id, and tells ours to a caller who will want to ask what went wrong.
func identifyUnary(ctx context.Context, request any, _ *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	ctx, call := identify(ctx)
	named := call.id != ""
	response, err := handle(ctx, request)
	if named || err != nil {
		_ = grpc.SetHeader(ctx, metadata.MD{requestIDKey: {call.String()}}) // it fails where the caller has gone
	}
	return response, err
}

func identifyStream(service any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
	wrapped := middleware.WrapServerStream(stream)
	ctx, call := identify(stream.Context())
	wrapped.WrappedContext = ctx
	_ = stream.SetHeader(metadata.MD{requestIDKey: {call.String()}}) // it fails where the caller has gone
	return handle(service, wrapped)
}

// logUnary writes one line for a call that went wrong on our side or was slow, and at debug level one for every call.
// Callers' own mistakes are of the debug level too: whoever can make them can make a million.
func (s *Server) logUnary(ctx context.Context, request any, call *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	start := time.Now()
	response, err := handle(ctx, request)
	elapsed := time.Since(start)
	if level := levelOf(status.Code(err), elapsed >= s.config.SlowCall); s.config.Logger.Enabled(ctx, level) {
		s.logCall(ctx, level, call.FullMethod, err, elapsed)
	}
	return response, err
}

func (s *Server) logStream(service any, stream grpc.ServerStream, call *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
	start := time.Now()
	err := handle(service, stream)
	ctx := stream.Context()
	if level := levelOf(status.Code(err), false); s.config.Logger.Enabled(ctx, level) {
		s.logCall(ctx, level, call.FullMethod, err, time.Since(start))
	}
	return err
}

func levelOf(code codes.Code, slow bool) slog.Level {
	switch {
	case code == codes.Internal, code == codes.Unknown, code == codes.DataLoss:
		return slog.LevelError
	case slow:
		return slog.LevelWarn
	}
	return slog.LevelDebug
}

func (s *Server) logCall(ctx context.Context, level slog.Level, method string, err error, elapsed time.Duration) {
	s.config.Logger.LogAttrs(ctx, level, "call",
		slog.String("method", method),
		slog.String("code", status.Code(err).String()),
		slog.Duration("elapsed", elapsed),
		slog.String("request_id", requestID(ctx)))
}

func statusUnary(ctx context.Context, request any, _ *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	response, err := handle(ctx, request)
	if err != nil {
		return nil, statusOf(err).Err()
	}
	return response, nil
}

func statusStream(service any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
	if err := handle(service, stream); err != nil {
		return statusOf(err).Err()
	}
	return nil
}

// causeOf is the text of a checker's error, as far as it cannot hold what a merchant wrote.
func causeOf(err error) string {
	var panicked *check.PanicError
	switch {
	case errors.As(err, &panicked):
		return "panic: " + panicText(panicked.Cause)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return err.Error()
	case err == nil:
		return "a checker it requires did not end"
	}
	return fmt.Sprintf("%T", err)
}

// errPanic is what a caller learns of a panic: nothing.
var errPanic = errors.New("a handler panicked")

// caught logs a handler's panic. The text of a panic may be a submission's, so only the runtime's own is logged.
func (s *Server) caught(ctx context.Context, cause any) error {
	s.config.Logger.LogAttrs(ctx, slog.LevelError, "panic",
		slog.String("cause", panicText(cause)),
		slog.String("request_id", requestID(ctx)),
		slog.String("stack", string(debug.Stack())))
	return errPanic
}

func panicText(cause any) string {
	if err, ok := cause.(runtime.Error); ok {
		return err.Error()
	}
	return fmt.Sprintf("%T", cause)
}
