package client

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

func writeToken(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestATokenFileIsReadAgain by a clock of its own.
func TestATokenFileIsReadAgain(t *testing.T) {
	name := filepath.Join(t.TempDir(), "token")
	now := time.Unix(0, 0)
	f := &tokenFile{name: name, now: func() time.Time { return now }}
	if _, err := f.token(); err == nil || !strings.HasPrefix(err.Error(), "read token: open ") {
		t.Errorf("without a file: %v", err)
	}
	for _, step := range []struct{ write, want string }{
		{" first\n", "first"}, {"second", "first"}, {"", "second"}, {"two words", "second"}, {"third\n", "second"}, {"", "third"},
	} {
		if step.write != "" {
			writeToken(t, name, step.write)
		} else {
			now = now.Add(tokenFresh)
		}
		if got, err := f.token(); got != step.want || err != nil {
			t.Fatalf("after %q: %q, %v; want %q", step.write, got, err, step.want)
		}
	}
	now = now.Add(tokenFresh)
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if got, err := f.token(); got != "third" || err != nil {
		t.Errorf("without its file the token is %q, %v", got, err)
	}
}

func TestBadTokensAreNotShown(t *testing.T) {
	for _, bad := range []string{"", "two words", "é", "line\nbreak", strings.Repeat("x", maxToken+1)} {
		name := filepath.Join(t.TempDir(), "token")
		writeToken(t, name, bad)
		_, err := TokenFile(name)
		if err == nil || bad != "" && strings.Contains(err.Error(), bad) {
			t.Errorf("of a file with %.20q: %v", bad, err)
		}
		if _, err := (bearer{Token(bad)}).GetRequestMetadata(t.Context()); status.Code(err) != codes.Unauthenticated {
			t.Errorf("%.20q is shown: %v", bad, err)
		}
	}
}

// TestEveryCallShowsTheToken that its source has then.
func TestEveryCallShowsTheToken(t *testing.T) {
	var seen []string
	f := &fake{check: func(ctx context.Context, r *assayv1.CheckSubmissionRequest) (*assayv1.CheckSubmissionResponse, error) {
		seen = append(seen, metadata.ValueFromIncomingContext(ctx, "authorization")...)
		return &assayv1.CheckSubmissionResponse{Verdict: approve(r.GetSubmission().GetSubmissionId())}, nil
	}}
	n := 0
	c, _ := dialFakeWith(t, f, WithToken(func(context.Context) (string, error) { n++; return strings.Repeat("t", n), nil }))
	for range 2 {
		if _, err := c.Check(t.Context(), submission("a")); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Join(seen, ", "); got != "Bearer t, Bearer tt" {
		t.Errorf("shown: %s", got)
	}
}
