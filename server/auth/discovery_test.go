package auth

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/assay-project/assay/server/auth/authtest"
)

// A provider is an issuer on this machine that a test can break.
type provider struct {
	*httptest.Server
	keys  atomic.Pointer[[]byte]
	asked atomic.Int32                     // for its keys
	bad   atomic.Pointer[http.HandlerFunc] // answers in its place
}

func newProvider(t *testing.T, keys []byte) *provider {
	p := &provider{}
	p.keys.Store(&keys)
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if bad := p.bad.Load(); bad != nil {
			(*bad)(w, r)
			return
		}
		switch r.URL.Path {
		case "/.well-known/openid-configuration":
			_ = json.NewEncoder(w).Encode(map[string]string{"issuer": p.URL, "jwks_uri": p.URL + "/keys"})
		case "/keys":
			p.asked.Add(1)
			_, _ = w.Write(*p.keys.Load())
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *provider) breaks(how http.HandlerFunc) { p.bad.Store(&how) }

func (p *provider) rotates(t *testing.T, to ...*authtest.Signer) {
	keys := authtest.KeySet(t, to...)
	p.keys.Store(&keys)
}

func (p *provider) authenticator(t *testing.T) *Authenticator {
	t.Helper()
	a, err := New(Config{Tokens: Tokens{Issuer: p.URL, Audience: "assay"}})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (p *provider) claims() map[string]any {
	return map[string]any{"iss": p.URL, "aud": "assay", "exp": time.Now().Add(time.Hour).Unix(), "tenant": "shop", "roles": "check"}
}

// running follows until the test ends.
func running(t *testing.T, a *Authenticator) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); a.Follow(ctx, 0, nil) }()
	t.Cleanup(func() { cancel(); <-ended })
}

func reasonOf(a *Authenticator, ctx context.Context, token string) Reason {
	_, err := a.token(ctx, token, time.Now(), true)
	if r, ok := err.(*Refusal); ok {
		return r.Reason
	}
	if err != nil {
		return Reason(err.Error())
	}
	return ""
}

// TestDiscovery: the first call waits for the keys, however early it comes; keys that come later are found by the tokens they sign.
func TestDiscovery(t *testing.T) {
	first, second := authtest.NewSigner(t, "k1", jose.ES256), authtest.NewSigner(t, "k2", jose.RS256)
	p := newProvider(t, authtest.KeySet(t, first))
	a := p.authenticator(t)
	if got := reasonOf(a, t.Context(), "a.b.c"); got != Malformed {
		t.Errorf("what is no token waits for nobody: %q", got)
	}
	running(t, a)
	if got := reasonOf(a, t.Context(), first.Sign(t, p.claims())); got != "" {
		t.Errorf("the first token is refused: %q", got)
	}
	a.web.atMost = 0
	p.rotates(t, second)
	if got := reasonOf(a, t.Context(), second.Sign(t, p.claims())); got != "" {
		t.Errorf("a token of the new key is refused: %q", got)
	}
	if got := reasonOf(a, t.Context(), first.Sign(t, p.claims())); got != UnknownSigner {
		t.Errorf("a token of the old key: %q", got)
	}
}

// TestTokensWithMadeUpKeysDoNotMakeUsAsk the issuer more often than it is fit.
func TestTokensWithMadeUpKeysDoNotMakeUsAsk(t *testing.T) {
	signer := authtest.NewSigner(t, "k1", jose.ES256)
	p := newProvider(t, authtest.KeySet(t, signer))
	a := p.authenticator(t)
	running(t, a)
	if got := reasonOf(a, t.Context(), signer.Sign(t, p.claims())); got != "" {
		t.Fatalf("a good token is refused: %q", got)
	}
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			if got := reasonOf(a, t.Context(), signer.As(fmt.Sprint("x", i), jose.ES256).Sign(t, p.claims())); got != UnknownSigner {
				t.Errorf("a made-up key: %q", got)
			}
		})
	}
	all.Wait()
	if got := p.asked.Load(); got != 1 {
		t.Errorf("the issuer was asked %d times", got)
	}
}

// TestAnIssuerThatIsDown delays its own tokens only, for as long as a call may wait.
func TestAnIssuerThatIsDown(t *testing.T) {
	signer := authtest.NewSigner(t, "k1", jose.ES256)
	p := newProvider(t, authtest.KeySet(t, signer))
	p.breaks(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	a := p.authenticator(t)
	running(t, a)
	token := signer.Sign(t, p.claims())
	if got := reasonOf(a, t.Context(), token); got != NoSignerYet {
		t.Errorf("a token is refused because of %q", got)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if got := reasonOf(a, ended, token); got != NoSignerYet {
		t.Errorf("of a call that has ended: %q", got)
	}
	p.bad.Store(nil)
	for end := time.Now().Add(30 * time.Second); reasonOf(a, t.Context(), token) != ""; {
		if time.Now().After(end) {
			t.Fatal("it is up again, and its tokens are refused")
		}
	}
}

// TestIssuersAreNotTrustedWithMore than their keys: each of these is refused, and the keys from before stay.
func TestIssuersAreNotTrustedWithMore(t *testing.T) {
	signer := authtest.NewSigner(t, "k1", jose.ES256)
	p := newProvider(t, authtest.KeySet(t, signer))
	w, err := newWebIssuer(p.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.client.CloseIdleConnections()
	if changed, err := w.refresh(t.Context()); err != nil || !changed {
		t.Fatalf("a good issuer: %v", err)
	}
	good := w.signers()
	describe := func(issuer, keys string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/keys" {
				_, _ = w.Write([]byte(`{"keys":[]}`))
				return
			}
			_ = json.NewEncoder(w).Encode(map[string]string{"issuer": issuer, "jwks_uri": keys})
		}
	}
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"another name":          {describe("https://other.example", p.URL+"/keys"), `it says that it is "https://other.example"`},
		"a slash more":          {describe(p.URL+"/", p.URL+"/keys"), "it says that it is"},
		"keys in the clear":     {describe(p.URL, "http://example.org/keys"), "which is no https address"},
		"keys in a file":        {describe(p.URL, "file:///etc/passwd"), "which is no https address"},
		"no address of keys":    {describe(p.URL, ""), "which is no https address"},
		"no keys":               {describe(p.URL, p.URL+"/keys"), "no key in it is for"},
		"sends us elsewhere":    {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, p.URL+"/x", http.StatusFound) }, "it sends us elsewhere"},
		"answers without end":   {func(w http.ResponseWriter, _ *http.Request) { endless(w) }, "longer than"},
		"answers with a page":   {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }, "read its description"},
		"is not there":          {http.NotFound, "404"},
		"hangs up":              {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "EOF"},
		"headers without bound": {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", 1<<20)) }, "exceeded"},
	} {
		t.Run(name, func(t *testing.T) {
			p.breaks(tt.answer)
			changed, err := w.refresh(t.Context())
			if err == nil || changed || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, %v; want %q", changed, err, tt.want)
			}
			if w.signers() != good {
				t.Error("the keys from before are gone")
			}
		})
	}
	p.bad.Store(nil)
	if changed, err := w.refresh(t.Context()); err != nil || changed || w.signers() != good {
		t.Errorf("the same keys again: %v, %v", changed, err)
	}
}

func endless(w http.ResponseWriter) {
	block := []byte(strings.Repeat(" ", 1<<16))
	for {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
}

func TestIssuersHaveSafeAddresses(t *testing.T) {
	for name, ok := range map[string]bool{
		"https://issuer.example": true, "https://issuer.example/realm/x": true, "http://127.0.0.1:8080": true, "http://localhost/x": true, "http://[::1]": true,
		"http://issuer.example": false, "issuer.example": false, "": false, "file:///keys": false, "https://": false, "https://a?b": false, "https://a#b": false,
		"http://localhost.example": false, "http://127.0.0.1.example": false, "ftp://127.0.0.1": false,
	} {
		if _, err := newWebIssuer(name, nil); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
}
