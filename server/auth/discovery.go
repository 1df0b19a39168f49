package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4/json"
)

// Bounds of what an issuer may do to us.
const (
	maxDiscovery   = 1 << 20          // bytes of an answer
	askTimeout     = 5 * time.Second  // for one
	refreshEvery   = 5 * time.Minute  // when all is well
	refreshAtMost  = 30 * time.Second // between two on account of a token with an unknown key
	firstRetry     = time.Second      // after a failure; doubled up to refreshEvery
	patienceForKey = 3 * time.Second  // that a call has for keys to come
)

// A webIssuer is asked for its keys, at the address where OpenID Connect Discovery has it say where they are. Nobody waits for
// it at the start: until it has answered, its tokens are refused as "not yet", and other credentials are taken.
type webIssuer struct {
	name   string
	client *http.Client
	now    atomic.Pointer[keysOf]
	asked  chan struct{} // wakes follow
	atMost time.Duration // refreshAtMost
}

// keysOf is what is known of an issuer, until next is closed.
type keysOf struct {
	signers *signers
	content string
	since   time.Time // when the issuer was asked last; zero: never
	next    chan struct{}
}

func newWebIssuer(name string, client *http.Client) (*webIssuer, error) {
	u, err := url.Parse(name)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || !safe(u) {
		return nil, fmt.Errorf("issuer %q: it must be an https address (http on this machine), or its keys be in a file", clip(name))
	}
	if client == nil {
		client = &http.Client{Transport: &http.Transport{Proxy: nil, ForceAttemptHTTP2: true, ResponseHeaderTimeout: askTimeout,
			MaxResponseHeaderBytes: 64 << 10, IdleConnTimeout: time.Minute, MaxIdleConns: 2}}
	}
	bounded := *client
	bounded.Timeout = askTimeout
	bounded.CheckRedirect = func(*http.Request, []*http.Request) error { return errors.New("it sends us elsewhere") }
	w := &webIssuer{name: name, client: &bounded, asked: make(chan struct{}, 1), atMost: refreshAtMost}
	w.now.Store(&keysOf{next: make(chan struct{})})
	return w, nil
}

// safe tells whether nobody on the way can change what is answered from an address.
func safe(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

func (w *webIssuer) signers() *signers { return w.now.Load().signers }

// learn asks for newer keys where the last time is long enough ago, and waits until they are there.
func (w *webIssuer) learn(ctx context.Context, old *signers) *signers {
	known := w.now.Load()
	if known.signers != old {
		return known.signers
	}
	if known.signers != nil && time.Since(known.since) < w.atMost {
		return known.signers
	}
	select {
	case w.asked <- struct{}{}:
	default: // somebody has asked
	}
	timer := time.NewTimer(patienceForKey)
	defer timer.Stop()
	select {
	case <-known.next:
	case <-timer.C:
	case <-ctx.Done():
	}
	return w.signers()
}

// follow keeps the keys fresh until ctx ends, and reports whenever they change, and each failure.
func (w *webIssuer) follow(ctx context.Context, report func(err error)) {
	defer w.client.CloseIdleConnections()
	pause := firstRetry
	for {
		changed, err := w.refresh(ctx)
		if ctx.Err() != nil {
			return
		}
		if changed || err != nil {
			report(err)
		}
		wait := refreshEvery
		if err != nil {
			wait, pause = pause, min(2*pause, refreshEvery)
		} else {
			pause = firstRetry
		}
		if !w.sleep(ctx, wait) {
			return
		}
	}
}

// sleep waits for the time to pass or for somebody to ask, a second apart at least.
func (w *webIssuer) sleep(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(min(wait, firstRetry))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return false
	}
	timer.Reset(max(wait-firstRetry, 0))
	select {
	case <-timer.C:
	case <-w.asked:
	case <-ctx.Done():
		return false
	}
	return true
}

// refresh asks the issuer once. Whatever comes of it, who waits is woken.
func (w *webIssuer) refresh(ctx context.Context) (changed bool, err error) {
	old := w.now.Load()
	now := &keysOf{signers: old.signers, content: old.content, since: time.Now(), next: make(chan struct{})}
	content, err := w.fetch(ctx)
	if err == nil && content != old.content {
		var found *signers
		if found, err = parseSigners([]byte(content)); err == nil {
			now.signers, now.content, changed = found, content, true
		}
	}
	w.now.Store(now)
	close(old.next)
	return changed, err
}

func (w *webIssuer) fetch(ctx context.Context) (string, error) {
	described, err := w.get(ctx, strings.TrimSuffix(w.name, "/")+"/.well-known/openid-configuration")
	if err != nil {
		return "", err
	}
	var d struct {
		Issuer string `json:"issuer"`
		Keys   string `json:"jwks_uri"`
	}
	if err := json.Unmarshal(described, &d); err != nil {
		return "", fmt.Errorf("read its description: %w", err)
	}
	if d.Issuer != w.name {
		return "", fmt.Errorf("it says that it is %q", clip(d.Issuer))
	}
	u, err := url.Parse(d.Keys)
	if err != nil || u.Host == "" || !safe(u) {
		return "", fmt.Errorf("its keys are at %q, which is no https address", clip(d.Keys))
	}
	keys, err := w.get(ctx, d.Keys)
	return string(keys), err
}

func (w *webIssuer) get(ctx context.Context, address string) (content []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	answer, err := w.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, answer.Body.Close()) }()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("get %s: %s", address, answer.Status)
	}
	content, err = io.ReadAll(io.LimitReader(answer.Body, maxDiscovery+1))
	if err == nil && len(content) > maxDiscovery {
		err = fmt.Errorf("get %s: the answer is longer than %d bytes", address, maxDiscovery)
	}
	return content, err
}
