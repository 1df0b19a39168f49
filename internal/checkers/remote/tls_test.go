package remote_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"github.com/assay-project/assay/internal/checkers/remote"
	"github.com/assay-project/assay/internal/outside/faulty"
	"github.com/assay-project/assay/internal/verdict"
)

// An authority issues certificates.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  string
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{t: t}
	own := a.issue(x509.Certificate{Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign})
	a.key = own.PrivateKey.(*ecdsa.PrivateKey)
	a.cert = own.Leaf
	a.pem = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw}))
	return a
}

// issue makes a certificate that holds for an hour, unless the template says otherwise. The first is the authority's own.
func (a *authority) issue(template x509.Certificate) tls.Certificate {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	template.NotBefore = time.Now().Add(-2 * time.Hour)
	if template.NotAfter.IsZero() {
		template.NotAfter = time.Now().Add(time.Hour)
	}
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = &template, key
	}
	data, err := x509.CreateCertificate(rand.Reader, &template, parent, &key.PublicKey, signer)
	if err != nil {
		a.t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(data)
	if err != nil {
		a.t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{data}, PrivateKey: key, Leaf: leaf}
}

func (a *authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return pool
}

func secured(config *tls.Config) faulty.Checker {
	return faulty.Checker{Options: []grpc.ServerOption{grpc.Creds(credentials.NewTLS(config))}}
}

// TestTLS connects to checkers with certificates of every kind. A connection that cannot be trusted is no connection, and
// nothing is ever sent in plaintext instead.
func TestTLS(t *testing.T) {
	ours, others := newAuthority(t), newAuthority(t)
	loopback := x509.Certificate{IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"logo.example"},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	expired, elsewhere := loopback, loopback
	expired.NotAfter = time.Now().Add(-time.Hour)
	elsewhere.IPAddresses, elsewhere.DNSNames = nil, []string{"else.example"}
	client := ours.issue(x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	strangers := others.issue(x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	good := ours.issue(loopback)
	mutual := &tls.Config{Certificates: []tls.Certificate{good}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: ours.pool()}
	for _, c := range []struct {
		name       string
		checker    faulty.Checker
		serverName string
		shown      *tls.Certificate
		answers    bool
	}{
		{"ours", secured(&tls.Config{Certificates: []tls.Certificate{good}}), "", nil, true},
		{"ours, by name", secured(&tls.Config{Certificates: []tls.Certificate{good}}), "logo.example", nil, true},
		{"another name", secured(&tls.Config{Certificates: []tls.Certificate{good}}), "brand.example", nil, false},
		{"another's address", secured(&tls.Config{Certificates: []tls.Certificate{ours.issue(elsewhere)}}), "", nil, false},
		{"of another authority", secured(&tls.Config{Certificates: []tls.Certificate{others.issue(loopback)}}), "", nil, false},
		{"expired", secured(&tls.Config{Certificates: []tls.Certificate{ours.issue(expired)}}), "", nil, false},
		{"TLS 1.2", secured(&tls.Config{Certificates: []tls.Certificate{good}, MaxVersion: tls.VersionTLS12}), "", nil, false},
		{"plaintext", faulty.Checker{}, "", nil, false},
		{"asks for ours", secured(mutual), "", &client, true},
		{"asks and gets none", secured(mutual), "", nil, false},
		{"asks and gets a stranger's", secured(mutual), "", &strangers, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			pool := remote.NewPool(c.shown)
			t.Cleanup(pool.Close)
			r := row("logos", faulty.Serve(t, c.checker))
			r.TLS, r.CA, r.ServerName, r.Timeout = true, ours.pem, c.serverName, 4*time.Second
			v, _ := ask(t.Context(), t, connectTo(t, pool, r), "1", "a clay pot")
			f := failed(v, "logos")
			if c.answers != (f == nil) || c.answers != (v.Decision == verdict.Approve) {
				t.Fatalf("got %v, %v", v.Decision, v.Findings)
			}
			if f != nil && !strings.Contains(f.Message, "could not be reached") {
				t.Errorf("the finding says %q", f.Message)
			}
			if f != nil {
				t.Log(f.Message)
			}
		})
	}
}
