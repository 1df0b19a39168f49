package client

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// keepaliveTime is how long a connection with open calls may be silent before it is probed. Servers close the
// connections of clients that probe more often than every 30 s.
const keepaliveTime = 60 * time.Second

// serviceConfig spreads calls over every address of the target.
const serviceConfig = `{"loadBalancingConfig":[{"round_robin":{}}]}`

// A Client calls one assay service. It is safe for concurrent use.
type Client struct {
	conn     *grpc.ClientConn
	api      assayv1.ComplianceServiceClient
	defaults callOptions
	pause    func(context.Context, time.Duration) error
}

// Dial prepares a client for target, a gRPC name such as "assay.example.com:8443", "127.0.0.1:8080" or
// "unix:///run/assay.sock". It does not wait for a connection: that an address is wrong shows at the first call.
//
// TLS 1.3 with the system's roots is used unless the target is on this machine (a loopback address, "localhost" or a
// Unix socket), or [WithInsecure] or [WithTLS] says otherwise.
func Dial(target string, opts ...Option) (*Client, error) {
	var o dialOptions
	for _, opt := range opts {
		opt(&o)
	}
	conn, err := grpc.NewClient(target, o.grpcOptions(target)...)
	if err != nil {
		return nil, fmt.Errorf("dial %q: %w", target, err)
	}
	return &Client{
		conn:     conn,
		api:      assayv1.NewComplianceServiceClient(conn),
		defaults: defaultCallOptions().with(o.defaults),
		pause:    pause,
	}, nil
}

// Close closes the connections. Calls that run end with an error.
func (c *Client) Close() error { return c.conn.Close() }

// An Option changes how [Dial] connects.
type Option func(*dialOptions)

type dialOptions struct {
	tls       *tls.Config
	insecure  bool
	dialer    func(context.Context, string) (net.Conn, error)
	userAgent string
	token     TokenSource
	defaults  []CallOption
}

// WithTLS connects with config, also to this machine. Client certificates go in here.
func WithTLS(config *tls.Config) Option {
	return func(o *dialOptions) { o.tls = config }
}

// WithInsecure connects without TLS, wherever the target is. Everybody on the way can read and change what is sent,
// and use the token of [WithToken].
func WithInsecure() Option {
	return func(o *dialOptions) { o.insecure = true }
}

// WithDialer opens connections with dial, which gets an address of the target. It does not change whether TLS is used.
func WithDialer(dial func(ctx context.Context, address string) (net.Conn, error)) Option {
	return func(o *dialOptions) { o.dialer = dial }
}

// WithUserAgent names the calling program to the server.
func WithUserAgent(name string) Option {
	return func(o *dialOptions) { o.userAgent = name }
}

// WithDefaults sets options for every call of the client; those given to a call come after them.
func WithDefaults(opts ...CallOption) Option {
	return func(o *dialOptions) { o.defaults = append(o.defaults, opts...) }
}

func (o *dialOptions) grpcOptions(target string) []grpc.DialOption {
	opts := []grpc.DialOption{
		grpc.WithTransportCredentials(o.credentials(target)),
		grpc.WithDefaultServiceConfig(serviceConfig),
		grpc.WithDisableServiceConfig(),
		grpc.WithDisableRetry(), // tries are counted in one place: retry.go
		grpc.WithNoProxy(),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: keepaliveTime, Timeout: 20 * time.Second}),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: 200 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 3 * time.Second},
			MinConnectTimeout: 5 * time.Second,
		}),
	}
	if o.dialer != nil {
		opts = append(opts, grpc.WithContextDialer(o.dialer))
	}
	if o.token != nil {
		opts = append(opts, grpc.WithPerRPCCredentials(bearer{o.token}))
	}
	if o.userAgent != "" {
		opts = append(opts, grpc.WithUserAgent(o.userAgent))
	}
	return opts
}

func (o *dialOptions) credentials(target string) credentials.TransportCredentials {
	switch {
	case o.insecure, o.tls == nil && local(target):
		return insecure.NewCredentials()
	case o.tls != nil:
		return credentials.NewTLS(o.tls)
	default:
		return credentials.NewTLS(&tls.Config{MinVersion: tls.VersionTLS13})
	}
}
