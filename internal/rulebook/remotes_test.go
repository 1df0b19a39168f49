package rulebook

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-project/assay/internal/verdict"
)

const remotesYAML = `budget: 0.2s
remotes:
  - {name: logo-match, address: "unix:/run/logo.sock", codes: [MISSING], doc: Looks for logos.}
  - {name: near, address: "127.0.0.1:7001", tls: {ca_file: ca.pem, server_name: near.example}, timeout: 0.15s, max_concurrent: 4}
  - {name: far, address: "checker.example:443", failure: FAILURE_POLICY_REJECT, mode: CHECKER_MODE_SHADOW}
  - {name: open, address: "10.1.2.3:7001", plaintext: true}
`

func TestRemotes(t *testing.T) {
	fsys := book(t)
	authority := certificate(t)
	fsys["remotes.yaml"] = &fstest.MapFile{Data: []byte(remotesYAML), Mode: 0o644}
	fsys["ca.pem"] = &fstest.MapFile{Data: []byte(authority), Mode: 0o644}
	b := load(t, fsys)
	at := func(line int) Position { return Position{"remotes.yaml", line, 5} }
	want := []Remote{
		{At: at(3), Name: "logo-match", Doc: "Looks for logos.", Address: "unix:/run/logo.sock", Timeout: 200 * time.Millisecond,
			Codes: []string{"MISSING"}, MaxConcurrent: 32},
		{At: at(4), Name: "near", Address: "127.0.0.1:7001", Timeout: 150 * time.Millisecond, TLS: true, CA: authority,
			ServerName: "near.example", MaxConcurrent: 4},
		{At: at(5), Name: "far", Address: "checker.example:443", Timeout: 200 * time.Millisecond, TLS: true, MaxConcurrent: 32},
		{At: at(6), Name: "open", Address: "10.1.2.3:7001", Timeout: 200 * time.Millisecond, MaxConcurrent: 32},
	}
	if diff := cmp.Diff(want, b.Remotes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := b.Policies["far"]; got.Failure != verdict.FailureReject || !got.Shadow {
		t.Errorf("the policy of far is %+v", got)
	}
	if got := b.Remotes[0].Prefix(); got != "LOGO_MATCH_" {
		t.Errorf("the prefix is %s", got)
	}
}

func certificate(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	data, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(1)}, &x509.Certificate{}, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: data}))
}
