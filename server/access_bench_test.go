package server_test

import (
	"context"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/server"
)

// showing is a client whose calls show what a caller shows.
type showing struct {
	assayv1.ComplianceServiceClient
	headers []string
}

func (s showing) CheckSubmission(ctx context.Context, r *assayv1.CheckSubmissionRequest, opts ...grpc.CallOption) (*assayv1.CheckSubmissionResponse, error) {
	return s.ComplianceServiceClient.CheckSubmission(metadata.AppendToOutgoingContext(ctx, s.headers...), r, opts...)
}

// BenchmarkCredentials reports what of the rate is left when callers are known: of a server over TLS that takes all three
// kinds of credentials, against one over TLS that takes none. "nobody" is two of the latter, which shows how far to trust it.
func BenchmarkCredentials(b *testing.B) {
	e := embeddedEngine(b)
	asked := enquiry{listings: ordinaryListings(e.Book())}
	g := newGuarded(b)
	guard := g.serve(b, server.Config{Auth: g.authenticator}, e, nil)
	free := g.serve(b, server.Config{}, e, nil)
	for name, c := range map[string]caller{
		"nobody":      {},
		"key":         bearerOf(g.checkKey),
		"token":       bearerOf(g.signer.Sign(b, claims("", nil))),
		"certificate": {certificate: &g.certified},
	} {
		b.Run(name, func(b *testing.B) {
			to := guard
			if name == "nobody" {
				to = free
			}
			known := showing{assayv1.NewComplianceServiceClient(g.dialTo(b, to, c)), c.headers}
			unknown := assayv1.NewComplianceServiceClient(g.dialTo(b, free, caller{}))
			const items = 4000
			var ignored latencies
			inTurns(b, items, func() { calls(b, known, asked, items, 64, &ignored) }, func() { calls(b, unknown, asked, items, 64, &ignored) })
		})
	}
}
