package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// A TokenSource gives the token, or API key, that the next call shows. It is called concurrently, for every try of every call.
type TokenSource func(ctx context.Context) (string, error)

// WithToken has every call show a token, as "authorization: Bearer ...". Like all else it goes over TLS, or to this
// machine, unless [WithInsecure] says otherwise.
func WithToken(source TokenSource) Option {
	return func(o *dialOptions) { o.token = source }
}

// Token is a source of one token that does not change.
func Token(token string) TokenSource {
	return func(context.Context) (string, error) { return token, nil }
}

const (
	maxToken   = 8 << 10
	tokenFresh = time.Second // how long a file is not read again
)

// TokenFile is a source of the token that a file holds, with or without space around it. It is read again when a call comes a
// second after the last time, so that whoever renews tokens only has to write there; while it cannot be read, the token before
// is shown. The error is of the first time.
func TokenFile(name string) (TokenSource, error) {
	f := &tokenFile{name: name, now: time.Now}
	if _, err := f.token(); err != nil {
		return nil, err
	}
	return func(context.Context) (string, error) { return f.token() }, nil
}

type tokenFile struct {
	name string
	now  func() time.Time

	mu   sync.Mutex
	last string
	read time.Time
}

func (f *tokenFile) token() (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now()
	if f.last != "" && now.Sub(f.read) < tokenFresh {
		return f.last, nil
	}
	token, err := readToken(f.name)
	if err != nil && f.last == "" {
		return "", err
	}
	if err == nil {
		f.last = token
	}
	f.read = now
	return f.last, nil
}

func readToken(name string) (token string, err error) {
	file, err := os.Open(name)
	if err != nil {
		return "", fmt.Errorf("read token: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	content, err := io.ReadAll(io.LimitReader(file, maxToken+64))
	if err != nil {
		return "", fmt.Errorf("read token: %w", err)
	}
	content = bytes.TrimSpace(content)
	if err := wellFormed(string(content)); err != nil {
		return "", fmt.Errorf("read token: %s: %w", name, err)
	}
	return string(content), nil
}

// wellFormed says what is wrong with a token, and nothing of what it is.
func wellFormed(token string) error {
	if token == "" || len(token) > maxToken {
		return fmt.Errorf("a token has 1 to %d bytes", maxToken)
	}
	for _, b := range []byte(token) {
		if b <= ' ' || b > '~' {
			return errors.New("a token is one word of printable ASCII")
		}
	}
	return nil
}

// bearer shows tokens to gRPC.
type bearer struct{ source TokenSource }

// GetRequestMetadata is called for each try of a call.
func (b bearer) GetRequestMetadata(ctx context.Context, _ ...string) (map[string]string, error) {
	token, err := b.source(ctx)
	if err == nil {
		err = wellFormed(token)
	}
	if err != nil {
		return nil, status.Error(codes.Unauthenticated, "no token to show: "+err.Error())
	}
	return map[string]string{"authorization": "Bearer " + token}, nil
}

// RequireTransportSecurity is false for the sake of this machine: where plaintext may go is decided in one place, Dial.
func (bearer) RequireTransportSecurity() bool { return false }
