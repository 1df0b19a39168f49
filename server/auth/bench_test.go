package auth_test

import (
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/assay-project/assay/server/auth"
	"github.com/assay-project/assay/server/auth/authtest"
)

// BenchmarkAtTheDoor is what it costs to know a caller whose credential is good and was seen before.
func BenchmarkAtTheDoor(b *testing.B) {
	ca, signer := authtest.NewAuthority(b, "clients"), authtest.NewSigner(b, "k1", jose.RS256)
	secret, line := newKey(b, "lister", "shop", "check")
	leaf := ca.Issue(b, authtest.Leaf{URIs: []string{"spiffe://example.org/shop"}})
	a := open(b, auth.Config{Keys: keysFile(b, line), Tokens: tokens(authtest.File(b, "keys.json", authtest.KeySet(b, signer))),
		Certificates: certificates(b, ca.PEM(), ca.CRL(b, time.Hour))})
	for name, c := range map[string]call{"key": showing(secret), "token": showing(signer.Sign(b, claims(nil))), "certificate": certified(leaf, ca)} {
		b.Run(name, func(b *testing.B) {
			wantReason(b, a, c, "")
			ctx := c.context(b.Context())
			b.ReportAllocs()
			for b.Loop() {
				if _, err := a.AtTheDoor(ctx, checkMethod, c.headers); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkForgedTokens is what one costs that is right in all but its signature.
func BenchmarkForgedTokens(b *testing.B) {
	for _, algorithm := range algorithms {
		b.Run(string(algorithm), func(b *testing.B) {
			signer := authtest.NewSigner(b, "k1", algorithm)
			a := open(b, auth.Config{Tokens: tokens(authtest.File(b, "keys.json", authtest.KeySet(b, signer)))})
			c := showing(authtest.NewSigner(b, "k1", algorithm).Sign(b, claims(nil)))
			ctx := c.context(b.Context())
			for b.Loop() {
				if _, err := a.Authorize(ctx); err == nil {
					b.Fatal("it is let in")
				}
			}
		})
	}
}
