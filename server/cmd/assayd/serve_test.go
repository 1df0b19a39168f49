package main

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// A daemon is a running assayd.
type daemon struct {
	*exec.Cmd
	pipe    io.Closer // its standard error
	stderr  *bufio.Reader
	address string
	first   string // what it says until it names an address
}

// runServe starts `assayd serve` with the smallest rulebook and waits until it says where it listens.
func runServe(t testing.TB, args ...string) *daemon {
	t.Helper()
	return runAssayd(t, append([]string{"serve", "--rulebook", "testdata/book"}, args...)...)
}

func runAssayd(t testing.TB, args ...string) *daemon {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	d := &daemon{Cmd: exec.Command(self, args...)}
	d.Env = append(os.Environ(), runAsAssayd+"=1")
	pipe, err := d.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Process.Kill(); d.Wait() })
	d.pipe, d.stderr = pipe, bufio.NewReader(pipe)
	for address := regexp.MustCompile(`address=(\S+)`); d.address == ""; { // others log while it starts
		d.first += d.line(t)
		if found := address.FindStringSubmatch(d.first); found != nil {
			d.address = found[1]
		}
	}
	return d
}

func (d *daemon) line(t testing.TB) string {
	t.Helper()
	line, err := d.stderr.ReadString('\n')
	if err != nil {
		t.Fatalf("assayd says %q and then %v", line, err)
	}
	return line
}

func (d *daemon) signal(t *testing.T) {
	t.Helper()
	if err := d.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}

// ended is the exit status.
func (d *daemon) ended(t *testing.T) int {
	t.Helper()
	rest, _ := io.ReadAll(d.stderr)
	t.Logf("%s", rest)
	d.Wait()
	return d.ProcessState.ExitCode()
}

func client(t testing.TB, address string, as credentials.TransportCredentials) assayv1.ComplianceServiceClient {
	t.Helper()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(as))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return assayv1.NewComplianceServiceClient(conn)
}

func ask(t testing.TB, c assayv1.ComplianceServiceClient) (*assayv1.CheckSubmissionResponse, error) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	return c.CheckSubmission(ctx, &assayv1.CheckSubmissionRequest{Submission: &assayv1.Submission{
		SubmissionId: "chair", Product: &assayv1.Product{Title: "Oak chair"}, Markets: []string{"DE"}}})
}

func TestServeAnswersAndDrains(t *testing.T) {
	d := runServe(t, "--listen", "127.0.0.1:0", "--drain-delay", "0s")
	for _, want := range []string{"level=INFO", "msg=serving", "rulebook=corner-shop", "sha256=", "tls=false"} {
		if !strings.Contains(d.first, want) {
			t.Errorf("the first line lacks %s: %s", want, d.first)
		}
	}
	r, err := ask(t, client(t, d.address, insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	if got := r.GetVerdict().GetDecision(); got != assayv1.Decision_DECISION_APPROVE {
		t.Errorf("decision is %v", got)
	}
	d.signal(t)
	if got := d.ended(t); got != exitOK {
		t.Errorf("after a drain the exit status is %d", got)
	}
}

func TestASecondSignalStopsServe(t *testing.T) {
	d := runServe(t, "--listen", "127.0.0.1:0", "--drain-delay", "1h")
	d.signal(t)
	if line := d.line(t); !strings.Contains(line, "draining") {
		t.Errorf("it says %s", line)
	}
	d.signal(t)
	if got := d.ended(t); got != exitFailed {
		t.Errorf("the exit status is %d", got)
	}
}

// TestServeFollowsItsRulebook writes to the directory, by poll and by signal.
func TestServeFollowsItsRulebook(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/book")); err != nil {
		t.Fatal(err)
	}
	label := func(text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "rulebook.yaml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	polling := runAssayd(t, "serve", "--rulebook", dir, "--listen", "127.0.0.1:0", "--reload-every", "20ms")
	waiting := runAssayd(t, "serve", "--rulebook", dir, "--listen", "127.0.0.1:0", "--reload-every", "0s")
	label("label: second\n")
	if line := polling.line(t); !strings.Contains(line, "rulebook replaced") || !strings.Contains(line, "rulebook=second") {
		t.Errorf("after a change it says %s", line)
	}
	label("label: [\n")
	if line := polling.line(t); !strings.Contains(line, "rulebook refused") || !strings.Contains(line, "rulebook.yaml:") {
		t.Errorf("after a bad change it says %s", line)
	}
	label("label: third\n")
	if err := waiting.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	if line := waiting.line(t); !strings.Contains(line, "rulebook replaced") || !strings.Contains(line, "rulebook=third") {
		t.Errorf("after SIGHUP it says %s", line)
	}
	candidate := t.TempDir()
	if err := os.CopyFS(candidate, os.DirFS("testdata/book")); err != nil {
		t.Fatal(err)
	}
	trying := runServe(t, "--shadow-rulebook", candidate, "--listen", "127.0.0.1:0", "--reload-every", "20ms")
	dir = candidate
	label("label: candidate\n")
	if line := trying.line(t); !strings.Contains(line, "rulebook in shadow replaced") || !strings.Contains(line, "rulebook=candidate") {
		t.Errorf("after a change in shadow it says %s", line)
	}
	r, err := ask(t, client(t, trying.address, insecure.NewCredentials()))
	if err != nil || r.GetVerdict().GetRulebook().GetLabel() != "corner-shop" || r.GetVerdict().GetShadowRulebook().GetLabel() != "candidate" {
		t.Errorf("with a rulebook in shadow: %v, %v", r, err)
	}
	embedded := runAssayd(t, "serve", "--listen", "127.0.0.1:0", "--drain-delay", "0s")
	if err := embedded.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	if _, err := ask(t, client(t, embedded.address, insecure.NewCredentials())); err != nil {
		t.Errorf("SIGHUP stopped a server with the embedded rulebook: %v", err)
	}
}

func TestServeOnASocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "assay.sock")
	abandoned, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	abandoned.SetUnlinkOnClose(false) // as a process leaves it that is killed
	abandoned.Close()
	d := runServe(t, "--listen", "unix:"+path, "--drain-delay", "0s")
	if _, err := listen("unix:" + path); err == nil {
		t.Error("the socket of a server that lives is taken away")
	}
	if _, err := ask(t, client(t, "unix:"+path, insecure.NewCredentials())); err != nil {
		t.Error(err)
	}
	d.signal(t)
	if got := d.ended(t); got != exitOK {
		t.Errorf("the exit status is %d", got)
	}
}

func TestServeSpeaksTLS(t *testing.T) {
	certificate, key, roots := writeCertificate(t)
	d := runServe(t, "--listen", "127.0.0.1:0", "--tls-cert", certificate, "--tls-key", key)
	if _, err := ask(t, client(t, d.address, credentials.NewTLS(&tls.Config{RootCAs: roots, ServerName: "assay.test"}))); err != nil {
		t.Error(err)
	}
}

func TestInsecureWarns(t *testing.T) {
	d := runServe(t, "--listen", "0.0.0.0:0", "--insecure")
	if said := d.first + d.line(t); !strings.Contains(said, "level=WARN msg=\"plaintext") {
		t.Errorf("it says %s", said)
	}
}

func writeCertificate(t *testing.T) (certificate, key string, roots *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "assay.test"}, DNSNames: []string{"assay.test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, kind string, bytes []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots = x509.NewCertPool()
	roots.AddCert(leaf)
	return write("cert.pem", "CERTIFICATE", der), write("key.pem", "PRIVATE KEY", secret), roots
}

// TestServeShowsMetrics scrapes them from an address of their own.
func TestServeShowsMetrics(t *testing.T) {
	d := runServe(t, "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--drain-delay", "0s")
	if !strings.Contains(d.first, "serving metrics") {
		t.Fatalf("it begins with %s", d.first)
	}
	d.line(t) // that it serves: now there is a rulebook
	for path, want := range map[string]int{"/metrics": http.StatusOK, "/debug/pprof/": http.StatusNotFound, "/": http.StatusNotFound} {
		r, err := http.Get("http://" + d.address + path)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil || r.StatusCode != want || want == http.StatusOK && !strings.Contains(string(text), `assay_rulebook_info{label="corner-shop"`) {
			t.Errorf("%s: %v, %v\n%s", path, r.Status, err, text)
		}
	}
	d.signal(t)
	if got := d.ended(t); got != exitOK {
		t.Errorf("the exit status is %d", got)
	}
}
