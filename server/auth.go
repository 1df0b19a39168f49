package server

import (
	"context"
	"time"

	authmiddleware "github.com/grpc-ecosystem/go-grpc-middleware/v2/interceptors/auth"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/assay-project/assay/server/auth"
)

// authorized are the interceptors that judge what the door has left open.
func (c Config) authorized() []grpc.ServerOption {
	if c.Auth == nil {
		return nil
	}
	return []grpc.ServerOption{
		grpc.ChainUnaryInterceptor(authmiddleware.UnaryServerInterceptor(c.Auth.Authorize)),
		grpc.ChainStreamInterceptor(authmiddleware.StreamServerInterceptor(c.Auth.Authorize)),
	}
}

// refused is the status of a refusal. It is the same for all reasons, so that nobody can guess by it.
func refused(r *auth.Refusal) *status.Status {
	switch {
	case r.Passing():
		return detailed(codes.Unavailable, "credentials cannot be judged yet", info("CREDENTIALS_NOT_READY"), retryAfter(time.Second))
	case r.Known():
		return detailed(codes.PermissionDenied, "the caller's roles do not allow this", info("PERMISSION_DENIED"))
	}
	return detailed(codes.Unauthenticated, "a valid credential is needed", info("UNAUTHENTICATED"))
}

// seesOperations tells whether a caller may be told what the calls of others came to, and what is wrong with files of the server.
func (s *Server) seesOperations(ctx context.Context) bool {
	if s.config.Auth == nil {
		return true
	}
	i := auth.FromContext(ctx)
	return i != nil && i.Roles.Any(auth.Admin)
}
