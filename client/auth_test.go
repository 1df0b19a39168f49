package client_test

import (
	"errors"
	"testing"

	"google.golang.org/grpc/codes"

	"github.com/assay-project/assay/client"
	"github.com/assay-project/assay/server"
	"github.com/assay-project/assay/server/auth"
	"github.com/assay-project/assay/server/auth/authtest"
)

// TestATokenFileOpensTheDoor of a real server to every way of asking, and nothing else does.
func TestATokenFileOpensTheDoor(t *testing.T) {
	key, row, err := auth.NewKey("lister", "shop", []string{"check"}, "")
	if err != nil {
		t.Fatal(err)
	}
	line, err := row.Line()
	if err != nil {
		t.Fatal(err)
	}
	a, err := auth.New(auth.Config{Keys: authtest.File(t, "keys.yaml", []byte(line))})
	if err != nil {
		t.Fatal(err)
	}
	target, stop := start(server.Config{DrainDelay: -1, Auth: a})
	defer stop()
	token, err := client.TokenFile(authtest.File(t, "token", []byte(key+"\n")))
	if err != nil {
		t.Fatal(err)
	}
	known, err := client.Dial(target, client.WithToken(token))
	if err != nil {
		t.Fatal(err)
	}
	defer known.Close()
	submissions := examples(t)
	if _, err := known.Check(t.Context(), submissions[0]); err != nil {
		t.Error(err)
	}
	n := 0
	for _, err := range known.CheckAll(t.Context(), all(submissions)) {
		if n++; err != nil {
			t.Error(err)
		}
	}
	if n != len(submissions) {
		t.Errorf("%d results of %d", n, len(submissions))
	}
	_, err = dial(t, target).Check(t.Context(), submissions[0])
	if e, ok := errors.AsType[*client.Error](err); !ok || e.Code != codes.Unauthenticated || e.Reason != "UNAUTHENTICATED" {
		t.Errorf("without a token: %v", err)
	}
	for _, err := range dial(t, target).CheckAll(t.Context(), all(submissions)) {
		if e, ok := errors.AsType[*client.Error](err); !ok || e.Code != codes.Unauthenticated {
			t.Errorf("a stream without a token: %v", err)
		}
	}
}
