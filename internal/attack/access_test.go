package attack

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/go-jose/go-jose/v4"

	"google.golang.org/grpc"
	grpccodes "google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/server/auth/authtest"
)

var accessAttacks = []attack{
	{id: "Z01", what: "every method of the service with no credentials, wrong ones, old ones, ones of another kind, two, and 8 KiB of them", must: "UNAUTHENTICATED each, but for health; the right key is let in; no credential is logged", run: strangers},
	{id: "Z02", what: "JSON Web Tokens that are forged, stretched or shown in odd ways", must: "UNAUTHENTICATED each; the true ones are let in; none is logged", run: forgedTokens},
	{id: "Z03", what: "TLS with certificates of others, of the same name, ended, revoked, for servers, of nobody; TLS 1.2; plaintext", must: "no answer; the true one is let in", run: falseCertificates},
	{id: "Z04", what: "the file of API keys turned, while it is followed, into noise, nothing, a directory, links, a pipe, a device, 17 MiB", must: "the keys before stay; what comes after is taken; SIGTERM ends it", run: brokenKeyFiles},
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

// shown asks for a verdict with this for the authorization header.
func (f *field) shown(authorization string) error {
	ctx, cancel := f.call()
	defer cancel()
	_, err := f.api.CheckSubmission(metadata.AppendToOutgoingContext(ctx, "authorization", authorization), asking())
	return err
}

// A mint signs whatever it is given.
type mint struct {
	*field
	key *ecdsa.PrivateKey
}

// token is a payload, as it is, signed by the key under a header with more in it.
func (m mint) token(payload string, more map[jose.HeaderKey]any) string {
	options := (&jose.SignerOptions{}).WithHeader("kid", "k1")
	for name, value := range more {
		options.WithHeader(name, value)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: m.key}, options)
	if err != nil {
		m.Fatal(err)
	}
	signed, err := signer.Sign([]byte(payload))
	if err != nil {
		m.Fatal(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		m.Fatal(err)
	}
	return token
}

// keyed is a payload under a header, signed by HMAC with a secret that everybody knows.
func (m mint) keyed(payload string, secret []byte) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: jose.JSONWebKey{Key: secret, KeyID: "k1"}}, nil)
	if err != nil {
		m.Fatal(err)
	}
	signed, err := signer.Sign([]byte(payload))
	if err != nil {
		m.Fatal(err)
	}
	token, _ := signed.CompactSerialize()
	return token
}

func newMint(f *field) mint {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	return mint{f, key}
}

// forgedTokens shows tokens of every kind but the true one.
func forgedTokens(f *field) string {
	m, other := newMint(f), newMint(f)
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: m.key.Public(), KeyID: "k1", Use: "sig"}}})
	if err != nil {
		f.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(m.key.Public())
	if err != nil {
		f.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	g := f.on(start(f, []string{"--jwt-issuer", "https://issuer.test", "--jwt-audience", "assay", "--jwt-keys", authtest.File(f, "keys.json", set), "--log-level", "debug"}, nil))
	defer g.conn.Close()
	in := func(d time.Duration) string { return fmt.Sprint(time.Now().Add(d).Unix()) }
	claims := func(exp, more string) string {
		return `{"iss":"https://issuer.test","aud":"assay","sub":"lister","tenant":"shop","roles":"check","exp":` + exp + more + `}`
	}
	good := claims(in(time.Hour), "")
	for _, payload := range []string{good, claims(in(time.Hour), `,"nbf":`+in(-time.Hour)), strings.Replace(good, `"assay"`, `["other","assay"]`, 1)} {
		if err := g.shown("Bearer " + m.token(payload, nil)); err != nil {
			f.Errorf("a true token: %v", err)
		}
	}
	sound := m.token(good, nil)
	parts := strings.Split(sound, ".")
	text := base64.RawURLEncoding.EncodeToString
	headed := func(header string) string { return text([]byte(header)) + "." + parts[1] + "." + parts[2] }
	bad := map[string]string{
		"of another key": other.token(good, nil), "HMAC with the public key": m.keyed(good, public), "HMAC with its bytes": m.keyed(good, der), "HMAC with the key set": m.keyed(good, set),
		"no signature": parts[0] + "." + parts[1] + ".", "two parts": parts[0] + "." + parts[1], "four parts": sound + ".x", "five parts": "a.b.c.d.e", "dots": "..", "dots only": strings.Repeat(".", 4000),
		"of no algorithm": headed(`{"alg":"none"}`), "of none in capitals": headed(`{"alg":"nOnE"}`), "of an empty one": headed(`{"alg":""}`), "of a number": headed(`{"alg":1}`),
		"of another one": headed(`{"alg":"RS256","kid":"k1"}`), "of HMAC": headed(`{"alg":"HS256","kid":"k1"}`), "no header": headed(``), "null for a header": headed(`null`), "two algorithms": headed(`{"alg":"ES256","alg":"none","kid":"k1"}`),
		"a path for a key": headed(`{"alg":"ES256","kid":"../../../../dev/null"}`), "a statement for a key": headed(`{"alg":"ES256","kid":"' OR 1=1 --"}`), "a long key": headed(`{"alg":"ES256","kid":"` + strings.Repeat("k", 4000) + `"}`),
		"an encrypted one": headed(`{"alg":"dir","enc":"A128GCM"}`), "deep": headed(strings.Repeat(`{"a":`, 1000) + "1" + strings.Repeat("}", 1000)),
		"what must be understood": m.token(good, map[jose.HeaderKey]any{"crit": []string{"exp"}, "exp": 1}), "a key that comes along": other.token(good, map[jose.HeaderKey]any{"jwk": jose.JSONWebKey{Key: other.key.Public()}}),
		"the address of a key":    other.token(good, map[jose.HeaderKey]any{"jku": "http://" + f.metrics + "/metrics", "x5u": "file:///etc/passwd"}),
		"no bits for a signature": parts[0] + "." + parts[1] + "." + text(make([]byte, 64)), "a signature of another length": parts[0] + "." + parts[1] + "." + text(der),
		"claims that were changed": parts[0] + "." + text([]byte(strings.Replace(good, "shop", "bank", 1))) + "." + parts[2],
	}
	for name, payload := range map[string]string{
		"ended": claims(in(-time.Hour), ""), "an end that is a text": claims(`"`+in(time.Hour)+`"`, ""), "an end beyond time": claims("1e300", ""), "an end in a double's last": claims("9223372036854775807", ""),
		"an end that is none": claims("null", ""), "an end before time": claims("-1", ""), "an end in milliseconds": claims(in(time.Hour)+"000", ""), "two ends": claims(in(-time.Hour), `,"exp":`+in(time.Hour)),
		"not yet": claims(in(time.Hour), `,"nbf":`+in(time.Hour)), "never yet": claims(in(time.Hour), `,"nbf":9223372036854775807`), "never ever": claims(in(time.Hour), `,"nbf":1e300`), "issued later": claims(in(2*time.Hour), `,"iat":`+in(time.Hour)),
		"another issuer": strings.Replace(good, "issuer.test", "issuer.test.evil", 1), "an issuer with a slash": strings.Replace(good, "issuer.test", "issuer.test/", 1), "two issuers": claims(in(time.Hour), `,"iss":"https://evil.test"`),
		"another audience": strings.Replace(good, `"assay"`, `"assays"`, 1), "no audience": strings.Replace(good, `"assay"`, `[]`, 1), "an audience in another": strings.Replace(good, `"assay"`, `[["assay"]]`, 1),
		"two tenants": claims(in(time.Hour), `,"tenant":"bank"`), "many tenants": strings.Replace(good, `"shop"`, `["shop"]`, 1), "a tenant with a line": strings.Replace(good, `"shop"`, `"shop\nlevel=INFO"`, 1), "no tenant": strings.Replace(good, `"shop"`, `""`, 1),
		"no role": strings.Replace(good, `"check"`, `"checks"`, 1), "a role in another case": strings.Replace(good, `"check"`, `"CHECK"`, 1), "roles in a map": strings.Replace(good, `"check"`, `{"check":true}`, 1),
		"a list": "[" + good + "]", "a text": `"` + "x" + `"`, "not JSON": "{", "more behind it": good + good, "nothing": "", "deep": strings.Repeat("[", 5000),
	} {
		bad["claims: "+name] = m.token(payload, nil)
	}
	for name, token := range bad {
		if err := g.shown("Bearer " + token); status.Code(err) != grpccodes.Unauthenticated {
			f.Errorf("%s: %v", name, err)
		} else {
			wellSpoken(f, err)
		}
	}
	ways := []string{"bearer " + sound, "Bearer  " + sound, "Bearer\t" + sound, " Bearer " + sound, "Bearer " + sound + " ", "Bearer " + sound + "," + sound, "Bearer " + sound + ", Basic eDp5", "Basic " + sound, "Bearer=" + sound,
		"Bearer " + sound + "=", "Bearer " + strings.ReplaceAll(sound, ".", "%2e"), "Bearer \"" + sound + "\"", "JWT " + sound, sound, "Bearer", "Bearer " + strings.Repeat("x", 9<<10), "Bearer " + text([]byte(sound))}
	for _, shown := range ways {
		if code := status.Code(g.shown(shown)); code == grpccodes.OK {
			f.Errorf("%.20q is taken", shown)
		}
	}
	if logged := g.logs(0); strings.Contains(logged, parts[2]) || strings.Contains(logged, "evil") || strings.Contains(logged, "OR 1=1") {
		f.Error("what was shown is in the log")
	}
	return fmt.Sprintf("%d forgeries and %d ways to show a true one refused", len(bad), len(ways))
}

// falseCertificates comes with certificates that are not, or no longer, to be trusted.
func falseCertificates(f *field) string {
	servers, ours, theirs := authtest.NewAuthority(f, "servers"), authtest.NewAuthority(f, "clients"), authtest.NewAuthority(f, "clients")
	chain, key := authtest.Pair(f, servers.Issue(f, authtest.Leaf{Server: true}))
	name := authtest.Leaf{URIs: []string{"spiffe://shop.test/lister"}}
	good, revoked := ours.Issue(f, name), ours.Issue(f, name)
	rows := "- {uri: 'spiffe://shop.test/lister', tenant: shop, roles: [check]}\n- {dns: lister.shop.test, tenant: bank, roles: [check]}\n"
	g := start(f, []string{"--tls-cert", authtest.File(f, "chain.pem", chain), "--tls-key", authtest.File(f, "key.pem", key), "--tls-client-ca", authtest.File(f, "ca.pem", ours.PEM()),
		"--tls-clients", authtest.File(f, "clients.yaml", []byte(rows)), "--tls-client-crl", authtest.File(f, "crl.pem", ours.CRL(f, time.Hour, revoked))}, nil)
	trusted := x509.NewCertPool()
	trusted.AddCert(servers.Certificate)
	ask := func(config *tls.Config) error {
		conn := g.dial(f, grpc.WithTransportCredentials(credentials.NewTLS(config)))
		defer conn.Close()
		ctx, cancel := f.call()
		defer cancel()
		_, err := assayv1.NewComplianceServiceClient(conn).CheckSubmission(ctx, asking())
		return err
	}
	with := func(c ...tls.Certificate) *tls.Config { return &tls.Config{RootCAs: trusted, Certificates: c} }
	if err := ask(with(good)); err != nil {
		f.Errorf("the true certificate: %v", err)
	}
	stolen := good // another's name, with a key of one's own
	stolen.PrivateKey = theirs.Issue(f, name).PrivateKey
	old := with(good)
	old.MaxVersion = tls.VersionTLS12
	below := ours.Under(f, "below").Issue(f, name)
	bad := map[string]*tls.Config{
		"none": with(), "of another authority with the same name": with(theirs.Issue(f, name)), "ended": with(ours.Issue(f, authtest.Leaf{URIs: name.URIs, Ends: -time.Hour})), "revoked": with(revoked),
		"a server's": with(ours.Issue(f, authtest.Leaf{URIs: name.URIs, Server: true})), "of nobody": with(ours.Issue(f, authtest.Leaf{URIs: []string{"spiffe://shop.test/other"}})),
		"by its common name": with(ours.Issue(f, authtest.Leaf{Name: "lister.shop.test"})), "a pattern": with(ours.Issue(f, authtest.Leaf{DNS: []string{"*.shop.test"}})),
		"of two": with(ours.Issue(f, authtest.Leaf{URIs: name.URIs, DNS: []string{"lister.shop.test"}})), "of one below, without a list": with(below), "stolen": with(stolen), "TLS 1.2": old,
	}
	for name, config := range bad {
		if code := status.Code(ask(config)); code != grpccodes.Unauthenticated && code != grpccodes.Unavailable {
			f.Errorf("%s: %v", name, code)
		}
	}
	plain := g.dial(f)
	defer plain.Close()
	ctx, cancel := f.call()
	defer cancel()
	if _, err := assayv1.NewComplianceServiceClient(plain).CheckSubmission(ctx, asking()); err == nil {
		f.Error("plaintext is answered")
	}
	if err := ask(with(good)); err != nil {
		f.Errorf("the true certificate, afterwards: %v", err)
	}
	return fmt.Sprintf("%d certificates refused", len(bad))
}

// brokenKeyFiles does to the file of API keys what happens to files.
func brokenKeyFiles(f *field) string {
	file := filepath.Join(f.TempDir(), "keys.yaml")
	out, err := exec.Command(assayd(f), "keys", "new", file, "--id", "lister", "--tenant", "shop").Output()
	if err != nil {
		f.Fatal(err)
	}
	key := "Bearer " + strings.TrimSpace(string(out))
	row, err := os.ReadFile(file)
	if err != nil {
		f.Fatal(err)
	}
	g := f.on(start(f, []string{"--api-keys", file, "--reload-every", "10ms"}, nil))
	defer g.conn.Close()
	write := func(content []byte) func() error { return func() error { return os.WriteFile(file, content, 0o600) } }
	hurts := map[string]func() error{
		"noise": write([]byte("\x00\xff{[")), "nothing": write(nil), "half of it": write(row[:len(row)/2]), "another's": write([]byte("- {id: x, secret: y}\n")), "17 MiB": write(bytes.Repeat([]byte("#\n"), 17<<19)),
		"deep": write(bytes.Repeat([]byte("["), 20_000)), "aliases": write([]byte("a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b]\n")),
		"gone": func() error { return nil }, "a directory": func() error { return os.Mkdir(file, 0o700) }, "a pipe": func() error { return syscall.Mkfifo(file, 0o600) },
		"a device": func() error { return os.Symlink("/dev/zero", file) }, "a link to itself": func() error { return os.Symlink(file, file) }, "a link to nothing": func() error { return os.Symlink(file+".none", file) },
	}
	for name, hurt := range hurts {
		told := g.lines()
		if err := errors.Join(os.Remove(file), hurt()); err != nil {
			f.Fatal(err)
		}
		g.tells(told, "credentials refused", name)
		if err := g.shown(key); err != nil {
			f.Errorf("%s: the key before: %v", name, err)
		}
		told = g.lines()
		if err := errors.Join(os.RemoveAll(file), os.WriteFile(file, row, 0o600)); err != nil {
			f.Fatal(err)
		}
		g.tells(told, "credentials replaced", name)
	}
	told := g.lines()
	if err := os.WriteFile(file, []byte("[]\n"), 0o600); err != nil {
		f.Fatal(err)
	}
	g.tells(told, "credentials replaced", "nobody")
	if err := g.shown(key); status.Code(err) != grpccodes.Unauthenticated {
		f.Errorf("a key that was taken away: %v", err)
	}
	if err := errors.Join(os.Remove(file), syscall.Mkfifo(file, 0o600)); err != nil {
		f.Fatal(err)
	}
	begin := time.Now()
	g.signal(f, syscall.SIGTERM)
	g.ends(f, begin, time.Minute)
	return fmt.Sprintf("%d turns", len(hurts))
}

// tells waits until a text is logged after so many lines.
func (f *field) tells(after int, text, when string) {
	f.Helper()
	for end := time.Now().Add(time.Minute); !strings.Contains(f.logs(after), text); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			f.Errorf("%s: it does not say %q", when, text)
			return
		}
	}
}
