package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/server/auth/authtest"
)

// lists asks for the checkers, with a credential unless it is empty, and returns the status.
func lists(t testing.TB, conn *grpc.ClientConn, credential string) codes.Code {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if credential != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+credential)
	}
	_, err := assayv1.NewComplianceServiceClient(conn).ListCheckers(ctx, &assayv1.ListCheckersRequest{})
	return status.Code(err)
}

func connect(t testing.TB, address string, as credentials.TransportCredentials) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(as))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// keysNew runs `assayd keys new` and returns the key.
func keysNew(t *testing.T, file, id string, more ...string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, append([]string{"keys", "new", file, "--id", id, "--tenant", "shop"}, more...)...)
	cmd.Env = append(os.Environ(), runAsAssayd+"=1")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// eventually waits for what a file leads to; it fails only if that never comes.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it never comes that %s", what)
		}
	}
}

// TestServeTakesAPIKeys that were made before it starts and while it runs, and those that are taken away no more.
func TestServeTakesAPIKeys(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys.yaml")
	first := keysNew(t, file, "first")
	d := runServe(t, "--listen", "127.0.0.1:0", "--api-keys", file, "--reload-every", "5ms", "--drain-delay", "0s")
	if !strings.Contains(d.first, "auth=true") {
		t.Errorf("it begins with %s", d.first)
	}
	conn := connect(t, d.address, insecure.NewCredentials())
	if got := lists(t, conn, ""); got != codes.Unauthenticated {
		t.Errorf("without a key: %v", got)
	}
	if got := lists(t, conn, first); got != codes.OK {
		t.Errorf("with a key: %v", got)
	}
	if line := d.line(t); !strings.Contains(line, `msg="call refused" reason=no_credential`) {
		t.Errorf("it says %s", line)
	}
	second := keysNew(t, file, "second", "--role", "admin")
	eventually(t, "a new key is taken", func() bool { return lists(t, conn, second) == codes.OK })
	authtest.Write(t, file, []byte("[]\n"))
	eventually(t, "keys are gone", func() bool {
		return lists(t, conn, first) == codes.Unauthenticated && lists(t, conn, second) == codes.Unauthenticated
	})
	d.signal(t)
	if got := d.ended(t); got != exitOK {
		t.Errorf("the exit status is %d", got)
	}
}

// writePair writes a certificate and its key where a server follows them.
func writePair(t *testing.T, dir string, c tls.Certificate) (chain, key string) {
	t.Helper()
	chain, key = filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key")
	certificate, private := authtest.Pair(t, c)
	authtest.Write(t, chain, certificate)
	authtest.Write(t, key, private)
	return chain, key
}

// TestServeTakesClientCertificates, revokes one while it runs, and takes another certificate of its own.
func TestServeTakesClientCertificates(t *testing.T) {
	servers, clients, next := authtest.NewAuthority(t, "servers"), authtest.NewAuthority(t, "clients"), authtest.NewAuthority(t, "next")
	client := clients.Issue(t, authtest.Leaf{URIs: []string{"spiffe://example.org/shop"}})
	crl := authtest.File(t, "crl.pem", clients.CRL(t, time.Hour))
	own := t.TempDir()
	chain, key := writePair(t, own, servers.Issue(t, authtest.Leaf{Server: true}))
	d := runServe(t, "--listen", "127.0.0.1:0", "--reload-every", "5ms", "--drain-delay", "0s", "--tls-cert", chain, "--tls-key", key,
		"--tls-client-ca", authtest.File(t, "ca.pem", clients.PEM()), "--tls-client-crl", crl,
		"--tls-clients", authtest.File(t, "clients.yaml", []byte("- {uri: 'spiffe://example.org/shop', tenant: shop, roles: [check]}\n")))
	as := func(server *authtest.Authority, c ...tls.Certificate) credentials.TransportCredentials {
		roots := x509.NewCertPool()
		roots.AddCert(server.Certificate)
		return credentials.NewTLS(&tls.Config{RootCAs: roots, Certificates: c})
	}
	conn := connect(t, d.address, as(servers, client))
	if got := lists(t, conn, ""); got != codes.OK {
		t.Fatalf("with a certificate: %v", got)
	}
	if got := lists(t, connect(t, d.address, as(servers)), ""); got != codes.Unauthenticated {
		t.Errorf("without one: %v", got)
	}
	writePair(t, own, next.Issue(t, authtest.Leaf{Server: true}))
	eventually(t, "another certificate is shown", func() bool {
		return lists(t, connect(t, d.address, as(next, client)), "") == codes.OK
	})
	authtest.Write(t, crl, clients.CRL(t, time.Hour, client))
	eventually(t, "a certificate is revoked on an open connection", func() bool { return lists(t, conn, "") == codes.Unauthenticated })
	d.signal(t)
	if got := d.ended(t); got != exitOK {
		t.Errorf("the exit status is %d", got)
	}
}

// TestServeTakesTokens of an issuer that it asks for keys, and of one whose keys are in a file.
func TestServeTakesTokens(t *testing.T) {
	signer := authtest.NewSigner(t, "k1", jose.ES256)
	keys := authtest.KeySet(t, signer)
	issuer := httptest.NewServer(nil)
	defer issuer.Close()
	issuer.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/keys" {
			_, _ = w.Write(keys)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]string{"issuer": issuer.URL, "jwks_uri": issuer.URL + "/keys"})
	})
	token := func(audience string) string {
		return signer.Sign(t, map[string]any{"iss": issuer.URL, "aud": audience, "exp": time.Now().Add(time.Hour).Unix(), "org": "shop", "scope": "openid check"})
	}
	for name, more := range map[string][]string{"asked": nil, "in a file": {"--jwt-keys", authtest.File(t, "keys.json", keys)}} {
		t.Run(name, func(t *testing.T) {
			d := runServe(t, append([]string{"--listen", "127.0.0.1:0", "--jwt-issuer", issuer.URL, "--jwt-audience", "assay",
				"--jwt-tenant-claim", "org", "--jwt-roles-claim", "scope", "--drain-delay", "0s"}, more...)...)
			conn := connect(t, d.address, insecure.NewCredentials())
			eventually(t, "a token is taken", func() bool { return lists(t, conn, token("assay")) == codes.OK })
			if got := lists(t, conn, token("other")); got != codes.Unauthenticated {
				t.Errorf("for another audience: %v", got)
			}
			if got := lists(t, conn, ""); got != codes.Unauthenticated {
				t.Errorf("without a token: %v", got)
			}
		})
	}
}

// get is what an address of HTTP answers.
func get(t *testing.T, address string) string {
	t.Helper()
	r, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestServeCountsRefusals on the address of metrics.
func TestServeCountsRefusals(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys.yaml")
	keysNew(t, file, "first")
	d := runServe(t, "--listen", "127.0.0.1:0", "--api-keys", file, "--metrics-listen", "127.0.0.1:0", "--reload-every", "5ms")
	metrics := "http://" + d.address + "/metrics"
	_, serving, _ := strings.Cut(d.line(t), "address=")
	conn := connect(t, strings.Fields(serving)[0], insecure.NewCredentials())
	if got := lists(t, conn, "assay_first_WRONG"); got != codes.Unauthenticated {
		t.Errorf("with a wrong key: %v", got)
	}
	keysNew(t, file, "second")
	eventually(t, "it is counted", func() bool {
		text := get(t, metrics)
		return strings.Contains(text, `assay_calls_refused_total{reason="unknown_key"} 1`) &&
			strings.Contains(text, `assay_credential_loads_total{outcome="ok",what="API keys"} 1`)
	})
}

// TestServeWarnsWhenItIsOpenToAll, last of what it warns of.
func TestServeWarnsWhenItIsOpenToAll(t *testing.T) {
	d := runServe(t, "--listen", "0.0.0.0:0", "--insecure")
	if said := d.first + d.line(t) + d.line(t); !strings.Contains(said, `level=WARN msg="open to all`) {
		t.Errorf("it says %s", said)
	}
}
