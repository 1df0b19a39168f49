// Package authtest makes credentials for tests, good ones and every kind of bad one: authorities with certificates and
// revocation lists, and issuers with keys and tokens.
package authtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// File writes a file into a directory of its own and returns its path.
func File(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	Write(t, path, content)
	return path
}

// Write replaces a file in one step, as those who write credentials should.
func Write(t testing.TB, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path+".new", content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

// An Authority issues certificates.
type Authority struct {
	Certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// NewAuthority makes one that vouches for itself.
func NewAuthority(t testing.TB, name string) *Authority {
	t.Helper()
	a := &Authority{key: newECDSA(t)}
	a.Certificate = sign(t, authority(name), nil, a.key.Public(), a)
	return a
}

// Under makes one that a vouches for.
func (a *Authority) Under(t testing.TB, name string) *Authority {
	t.Helper()
	b := &Authority{key: newECDSA(t)}
	b.Certificate = sign(t, authority(name), a.Certificate, b.key.Public(), a)
	return b
}

func authority(name string) *x509.Certificate {
	return &x509.Certificate{Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, NotAfter: time.Now().Add(24 * time.Hour)}
}

// PEM is its certificate.
func (a *Authority) PEM() []byte { return encode("CERTIFICATE", a.Certificate.Raw) }

// A Leaf says what a certificate is to hold. The zero value is one for a client, in force for an hour, of no name.
type Leaf struct {
	URIs, DNS []string
	Name      string        // the common name
	Ends      time.Duration // from now; 0: in an hour; may be past
	Server    bool          // for 127.0.0.1 as a server
}

// Issue makes a certificate.
func (a *Authority) Issue(t testing.TB, l Leaf) tls.Certificate {
	t.Helper()
	template := &x509.Certificate{Subject: pkix.Name{CommonName: l.Name}, DNSNames: l.DNS, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, NotAfter: time.Now().Add(l.Ends)}
	if l.Ends == 0 {
		template.NotAfter = time.Now().Add(time.Hour)
	}
	if l.Server {
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	}
	for _, text := range l.URIs {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		template.URIs = append(template.URIs, u)
	}
	key := newECDSA(t)
	leaf := sign(t, template, a.Certificate, key.Public(), a)
	return tls.Certificate{Certificate: [][]byte{leaf.Raw, a.Certificate.Raw}, PrivateKey: key, Leaf: leaf}
}

// CRL is a revocation list of some certificates, in force until a time from now.
func (a *Authority) CRL(t testing.TB, ends time.Duration, revoked ...tls.Certificate) []byte {
	t.Helper()
	template := &x509.RevocationList{Number: big.NewInt(time.Now().UnixNano()), ThisUpdate: time.Now().Add(-48 * time.Hour), NextUpdate: time.Now().Add(ends)}
	for _, c := range revoked {
		template.RevokedCertificateEntries = append(template.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: c.Leaf.SerialNumber, RevocationTime: time.Now().Add(-time.Minute)})
	}
	der, err := x509.CreateRevocationList(rand.Reader, template, a.Certificate, a.key)
	if err != nil {
		t.Fatal(err)
	}
	return encode("X509 CRL", der)
}

// Pair is a certificate with its chain, and its key, both PEM.
func Pair(t testing.TB, c tls.Certificate) (chain, key []byte) {
	t.Helper()
	for _, der := range c.Certificate {
		chain = append(chain, encode("CERTIFICATE", der)...)
	}
	der, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return chain, encode("PRIVATE KEY", der)
}

func sign(t testing.TB, template, parent *x509.Certificate, public crypto.PublicKey, by *Authority) *x509.Certificate {
	t.Helper()
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber = serial
	template.NotBefore = time.Now().Add(-48 * time.Hour)
	if parent == nil {
		parent = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, by.key)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func newECDSA(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func encode(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

// A Signer signs tokens.
type Signer struct {
	ID        string
	Algorithm jose.SignatureAlgorithm
	Public    crypto.PublicKey
	private   any
}

// NewSigner makes one with a key for an algorithm: RS256, PS256, ES256, ES384, EdDSA.
func NewSigner(t testing.TB, id string, algorithm jose.SignatureAlgorithm) *Signer {
	t.Helper()
	var private crypto.Signer
	var err error
	switch algorithm {
	case jose.ES256:
		private = newECDSA(t)
	case jose.ES384:
		private, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case jose.EdDSA:
		_, private, err = ed25519.GenerateKey(rand.Reader)
	default:
		private, err = rsa.GenerateKey(rand.Reader, 2048)
	}
	if err != nil {
		t.Fatal(err)
	}
	return &Signer{ID: id, Algorithm: algorithm, Public: private.Public(), private: private}
}

// As is the same key under another name or for another algorithm.
func (s *Signer) As(id string, algorithm jose.SignatureAlgorithm) *Signer {
	other := *s
	other.ID, other.Algorithm = id, algorithm
	return &other
}

// WithSecret signs by HMAC with a secret, whatever the key is.
func (s *Signer) WithSecret(secret []byte) *Signer {
	other := *s
	other.Algorithm, other.private = jose.HS256, secret
	return &other
}

// Sign makes a token of claims, with more in its header.
func (s *Signer) Sign(t testing.TB, claims map[string]any, header ...map[jose.HeaderKey]any) string {
	t.Helper()
	options := (&jose.SignerOptions{}).WithType("JWT")
	for _, more := range header {
		for key, value := range more {
			options.WithHeader(key, value)
		}
	}
	var key any = jose.JSONWebKey{Key: s.private, KeyID: s.ID}
	if s.ID == "" {
		key = s.private
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: s.Algorithm, Key: key}, options)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// KeySet is the JSON Web Key Set of signers' public keys.
func KeySet(t testing.TB, signers ...*Signer) []byte {
	t.Helper()
	set := jose.JSONWebKeySet{}
	for _, s := range signers {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: s.Public, KeyID: s.ID, Use: "sig"})
	}
	content, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
