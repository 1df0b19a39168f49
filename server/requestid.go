package server

import (
	"context"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"

	middleware "github.com/grpc-ecosystem/go-grpc-middleware/v2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
)

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
