package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/assay-project/assay/internal/check"
)

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
		slog.String("request_id", requestID(ctx)), traceOf(ctx))
}

// causeOf is the text of a checker's error, as far as it cannot hold what a merchant wrote.
func causeOf(err error) string {
	var panicked *check.PanicError
	var failure *check.Failure
	switch {
	case errors.As(err, &panicked):
		return "panic: " + panicText(panicked.Cause)
	case errors.As(err, &failure):
		return failure.Reason
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return err.Error()
	case err == nil:
		return "a checker it requires did not end"
	}
	return fmt.Sprintf("%T", err)
}

func panicText(cause any) string {
	if err, ok := cause.(runtime.Error); ok {
		return err.Error()
	}
	return fmt.Sprintf("%T", cause)
}

// logOutcomes writes a line for each checker that did not end: the verdict says so, and the operator must know. Where the
// call's own time was up it is no checker's fault, and callers can make that happen as often as they like.
func (s *Server) logOutcomes(ctx context.Context, outcomes []check.Outcome) {
	level := slog.LevelWarn
	if ctx.Err() != nil {
		level = slog.LevelDebug
	}
	for i := range outcomes {
		if o := &outcomes[i]; o.Status == check.Failed || o.Status == check.TimedOut {
			s.config.Logger.LogAttrs(ctx, level, "checker did not end",
				slog.String("checker", o.Checker),
				slog.Bool("shadow", o.Shadow),
				slog.String("cause", causeOf(o.Err)),
				slog.Duration("elapsed", o.Elapsed),
				slog.String("request_id", requestID(ctx)), traceOf(ctx))
		}
	}
}
