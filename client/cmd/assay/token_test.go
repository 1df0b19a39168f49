package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/rulebook/embedded"
	"github.com/assay-project/assay/server"
	"github.com/assay-project/assay/server/auth"
	"github.com/assay-project/assay/server/auth/authtest"
)

// guardedService serves at a free port of this machine until the test ends, and returns a key that opens it.
func guardedService(t *testing.T) (address, key string) {
	t.Helper()
	key, row, err := auth.NewKey("lister", "shop", []string{"check"}, "")
	if err != nil {
		t.Fatal(err)
	}
	line, err := row.Line()
	if err != nil {
		t.Fatal(err)
	}
	keys := filepath.Join(t.TempDir(), "keys.yaml")
	if err := os.WriteFile(keys, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := auth.New(auth.Config{Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	book, err := rulebook.Load(embedded.FS())
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.New(book)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := server.New(server.Config{Auth: a})
	s.Use(e)
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	t.Cleanup(func() {
		s.Close()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String(), key
}

// TestTheTokenIsShown from a file or from the environment, and a file goes before.
func TestTheTokenIsShown(t *testing.T) {
	address, key := guardedService(t)
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(key+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		args, env []string
		refused   bool
	}{
		"none":                 {refused: true},
		"a file":               {args: []string{"--token-file", file}},
		"a variable":           {env: []string{"ASSAY_TOKEN=" + key}},
		"a file by a variable": {env: []string{"ASSAY_TOKEN_FILE=" + file}},
		"a file first":         {args: []string{"--token-file", file}, env: []string{"ASSAY_TOKEN=wrong"}},
		"a wrong one":          {env: []string{"ASSAY_TOKEN=assay_lister_WRONG"}, refused: true},
	} {
		cmd := exec.Command("assay", append([]string{"checkers", "--addr", address}, tt.args...)...)
		cmd.Env = append(os.Environ(), tt.env...)
		said, err := cmd.CombinedOutput()
		if refused := err != nil && strings.Contains(string(said), "UNAUTHENTICATED"); refused != tt.refused || !refused && err != nil {
			t.Errorf("with %s: %v\n%.300s", name, err, said)
		}
		if strings.Contains(string(said), key) {
			t.Errorf("with %s it prints the key", name)
		}
	}
}

// TestACertificateIsReadAgain for a connection after it was renewed, and stays while it cannot be read.
func TestACertificateIsReadAgain(t *testing.T) {
	ca := authtest.NewAuthority(t, "ca")
	dir := t.TempDir()
	to := connection{TLSCert: filepath.Join(dir, "tls.crt"), TLSKey: filepath.Join(dir, "tls.key")}
	renew := func() *x509.Certificate {
		issued := ca.Issue(t, authtest.Leaf{})
		chain, key := authtest.Pair(t, issued)
		authtest.Write(t, to.TLSCert, chain)
		authtest.Write(t, to.TLSKey, key)
		return issued.Leaf
	}
	if _, err := to.tls(); err == nil {
		t.Error("files that are not there are taken")
	}
	first := renew()
	config, err := to.tls()
	if err != nil {
		t.Fatal(err)
	}
	shows := func(want *x509.Certificate) {
		t.Helper()
		shown, err := config.GetClientCertificate(&tls.CertificateRequestInfo{})
		if err != nil || !bytes.Equal(shown.Certificate[0], want.Raw) {
			t.Errorf("another certificate is shown, or none: %v", err)
		}
	}
	shows(first)
	shows(renew())
	authtest.Write(t, to.TLSKey, nil)
	shows(first)
}
