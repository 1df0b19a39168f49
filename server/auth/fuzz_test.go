package auth

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"google.golang.org/grpc/metadata"

	"github.com/assay-project/assay/server/auth/authtest"
)

// FuzzHeaders: whatever the headers say, it is either the one good header, alone, or nobody's.
func FuzzHeaders(f *testing.F) {
	const secret = "assay_lister_ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	sum := sha256.Sum256([]byte(secret))
	ring, err := parseKeys([]byte("- {id: lister, sha256: " + hex.EncodeToString(sum[:]) + ", tenant: shop, roles: [check]}"))
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"Bearer " + secret, "bearer " + secret, "Bearer " + secret + "," + secret, "Bearer e30.e30.e30", "Basic x", "", "Bearer \x00", "Bearer assay__"} {
		f.Add(seed, "", "")
		f.Add("Bearer "+secret, seed, "")
		f.Add("Bearer "+secret, "", seed)
	}
	f.Fuzz(func(t *testing.T, one, two, binary string) {
		md := metadata.MD{"authorization": {one}}
		if two != "" {
			md.Append("authorization", two)
		}
		if binary != "" {
			md.Set("authorization-bin", binary)
		}
		shown, err := bearer(md)
		var who *Identity
		if err == nil && strings.HasPrefix(shown, keyPrefix) {
			who, err = ring.identify(shown, time.Now())
		}
		if good := one == "Bearer "+secret && two == "" && binary == ""; (who != nil) != good || good && err != nil {
			t.Fatalf("%q, %q, %q: %+v, %v", one, two, binary, who, err)
		}
	})
}

// FuzzTokens: no bytes but those that were signed lead to anybody.
func FuzzTokens(f *testing.F) {
	claims := map[string]any{"iss": "https://i.example", "aud": "assay", "exp": 4102444800, "tenant": "shop", "roles": "check"}
	signers := []*authtest.Signer{authtest.NewSigner(f, "r", jose.RS256), authtest.NewSigner(f, "e", jose.ES256), authtest.NewSigner(f, "d", jose.EdDSA)}
	a, err := New(Config{Tokens: Tokens{Issuer: "https://i.example", Audience: "assay", Keys: authtest.File(f, "k", authtest.KeySet(f, signers...))}})
	if err != nil {
		f.Fatal(err)
	}
	signed := map[string]bool{}
	for _, s := range signers {
		token := s.Sign(f, claims)
		signed[payload(token)] = true
		f.Add(token)
		f.Add(s.WithSecret(bytes.Repeat([]byte("s"), 32)).Sign(f, claims))
		f.Add(strings.Join(append(strings.Split(token, ".")[:2], ""), "."))
	}
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Add("..")
	f.Add("eyJhbGciOiJSUzI1NiIsImtpZCI6InIifQ.W10.AA")
	f.Fuzz(func(t *testing.T, token string) {
		if _, err := bearer(metadata.MD{"authorization": {"Bearer " + token}}); err != nil {
			return
		}
		who, err := a.token(t.Context(), token, time.Now(), true)
		if (who == nil) == (err == nil) || who != nil && !signed[payload(token)] {
			t.Fatalf("%q is of %+v, %v", token, who, err)
		}
	})
}

// payload is what of a token is signed.
func payload(token string) string { return token[:max(strings.LastIndexByte(token, '.'), 0)] }

// FuzzKeyFiles: a file is refused, or every row in it has an id, a tenant and a role, and finds itself.
func FuzzKeyFiles(f *testing.F) {
	seeds(f, "testdata/keys")
	f.Fuzz(func(t *testing.T, content []byte) {
		ring, err := parseKeys(content)
		if err != nil {
			if who, err := ring.identify("assay_x_y", time.Now()); who != nil || err == nil {
				t.Fatal("a refused file lets somebody in")
			}
			return
		}
		for id, key := range ring {
			if _, err := ParseTenant(key.identity.Tenant); id == "" || err != nil || key.identity.Roles == 0 || key.identity.Subject != id {
				t.Fatalf("row %q: %+v", id, key.identity)
			}
		}
	})
}

// FuzzClientFiles is the same of clients.
func FuzzClientFiles(f *testing.F) {
	seeds(f, "testdata/clients")
	f.Fuzz(func(t *testing.T, content []byte) {
		known, err := parseClients(content)
		if err != nil {
			return
		}
		for name, i := range known {
			if _, err := ParseTenant(i.Tenant); err != nil || i.Roles == 0 || len(name) < 5 || bytes.ContainsRune([]byte(name), '*') {
				t.Fatalf("row %q: %+v", name, i)
			}
		}
	})
}

// FuzzKeySets: a set is refused, or holds public keys of our kinds only.
func FuzzKeySets(f *testing.F) {
	f.Add(authtest.KeySet(f, authtest.NewSigner(f, "r", jose.RS256), authtest.NewSigner(f, "e", jose.ES256), authtest.NewSigner(f, "d", jose.EdDSA)))
	seeds(f, "testdata/keysets")
	f.Fuzz(func(t *testing.T, content []byte) {
		s, err := parseSigners(content)
		if err != nil {
			return
		}
		for i := range s.keys {
			if !s.keys[i].IsPublic() || !s.keys[i].Valid() {
				t.Fatalf("key %d is of use to nobody: %+v", i, s.keys[i])
			}
		}
	})
}

// FuzzAuthorities: no bytes make the reading of authorities and of their lists fail otherwise than by saying so.
func FuzzAuthorities(f *testing.F) {
	ca := authtest.NewAuthority(f, "ca")
	leaf := ca.Issue(f, authtest.Leaf{})
	f.Add(ca.PEM(), ca.CRL(f, time.Hour, leaf))
	f.Add(ca.PEM()[:80], []byte("-----BEGIN X509 CRL-----\n-----END X509 CRL-----\n"))
	f.Fuzz(func(t *testing.T, cas, lists []byte) {
		a, err := parseAuthorities([][]byte{cas, lists}, time.Now())
		if err == nil && (len(a.raw) == 0 || len(a.lists) == 0) {
			t.Fatal("there are no authorities, or no lists")
		}
	})
}

// seeds adds the files of a directory.
func seeds(f *testing.F, dir string) {
	f.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(names) == 0 {
		f.Fatalf("no seeds in %s: %v", dir, err)
	}
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
}
