package attack

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"google.golang.org/grpc"
	grpccodes "google.golang.org/grpc/codes"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

var accessAttacks = []attack{
	{id: "Z01", what: "every method of the service with no credentials, wrong ones, old ones, ones of another kind, two, and 8 KiB of them", must: "UNAUTHENTICATED each, but for health; the right key is let in; no credential is logged", run: strangers},
}

// strangers call every method with everything but a key.
func strangers(f *field) string {
	file := filepath.Join(f.TempDir(), "keys.yaml")
	newKey := func(args ...string) string {
		out, err := exec.Command(assayd(f), append([]string{"keys", "new", file}, args...)...).Output()
		if err != nil {
			f.Fatalf("keys new: %v", err)
		}
		return strings.TrimSpace(string(out))
	}
	key := newKey("--id", "lister", "--tenant", "shop")
	old := newKey("--id", "old", "--tenant", "shop", "--not-after", "2020-01-01")
	g := f.on(start(f, []string{"--api-keys", file, "--log-level", "debug"}, nil))
	flipped := key[:len(key)-2] + strings.Map(func(r rune) rune { return 'A' + ('Z'-r)%26 }, key[len(key)-2:])
	bad := map[string]metadata.MD{
		"nothing": {}, "an empty one": metadata.Pairs("authorization", ""), "no scheme": metadata.Pairs("authorization", key), "Basic": metadata.Pairs("authorization", "Basic "+key),
		"another key": metadata.Pairs("authorization", "Bearer "+flipped), "a key that has ended": metadata.Pairs("authorization", "Bearer "+old),
		"half a key": metadata.Pairs("authorization", "Bearer "+key[:len(key)/2]), "a key and more": metadata.Pairs("authorization", "Bearer "+key+"A"),
		"in small letters": metadata.Pairs("authorization", "Bearer "+strings.ToLower(key)), "a wildcard": metadata.Pairs("authorization", "Bearer *"),
		"a token of no algorithm": metadata.Pairs("authorization", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIiwidGVuYW50Ijoic2hvcCJ9."),
		"8 KiB":                   metadata.Pairs("authorization", "Bearer "+strings.Repeat("A", 8<<10)), "two": metadata.Pairs("authorization", "Bearer "+flipped, "authorization", "Bearer "+key),
		"two of which one is good": metadata.Pairs("authorization", "Bearer "+key, "authorization", "Bearer x"), "as bytes": metadata.Pairs("authorization-bin", "Bearer "+key),
		"another header": metadata.Pairs("x-api-key", key, "x-tenant-id", "shop", "x-forwarded-user", "admin"), "escapes": metadata.Pairs("authorization", "Bearer "+key+"\t"),
	}
	calls := 0
	for name, md := range bad {
		for method, message := range union(methods(), streams()) {
			ctx, cancel := f.call()
			var answer []byte
			err := g.conn.Invoke(metadata.NewOutgoingContext(ctx, md), method, encoded(message), &answer, grpc.ForceCodecV2(rawBytes{}))
			cancel()
			calls++
			if code := status.Code(err); code != grpccodes.Unauthenticated && code != grpccodes.PermissionDenied && !(code == grpccodes.Internal && name == "escapes") {
				f.Errorf("%s with %s: %v", method, name, err)
			}
			wellSpoken(f, err)
		}
	}
	if r, err := grpc_health_v1.NewHealthClient(g.conn).Check(context.Background(), &grpc_health_v1.HealthCheckRequest{}); err != nil {
		f.Errorf("health: %v, %v", r, err)
	}
	ctx, cancel := f.call()
	defer cancel()
	if _, err := g.api.CheckSubmission(metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+key), &assayv1.CheckSubmissionRequest{Submission: chair()}); err != nil {
		f.Errorf("the right key: %v", err)
	}
	for _, secret := range []string{key, old, flipped} {
		if strings.Contains(g.logs(0), secret[12:]) {
			f.Error("a key is in the log")
		}
	}
	g.conn.Close()
	return fmt.Sprintf("%d calls refused, of %d kinds", calls, len(bad))
}
