package auth_test

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"google.golang.org/grpc/metadata"

	"github.com/assay-project/assay/server/auth"
	"github.com/assay-project/assay/server/auth/authtest"
)

var algorithms = []jose.SignatureAlgorithm{jose.RS256, jose.PS256, jose.ES256, jose.EdDSA}

// TestGoodTokens of each algorithm, with and without a key's name where there is one key only, lead to who is claimed.
func TestGoodTokens(t *testing.T) {
	for _, algorithm := range algorithms {
		signer := authtest.NewSigner(t, "k1", algorithm)
		a := open(t, auth.Config{Tokens: tokens(authtest.File(t, "keys.json", authtest.KeySet(t, signer)))})
		for name, token := range map[string]string{
			"named":           signer.Sign(t, claims(nil)),
			"nameless":        signer.As("", algorithm).Sign(t, claims(nil)),
			"roles in a text": signer.Sign(t, claims(map[string]any{"roles": "openid check"})),
			"of many":         signer.Sign(t, claims(map[string]any{"aud": []string{"other", audienceName}, "roles": []any{"x", 7, "check"}})),
			"just ended":      signer.Sign(t, claims(map[string]any{"exp": time.Now().Add(-10 * time.Second).Unix()})),
			"about to begin":  signer.Sign(t, claims(map[string]any{"nbf": time.Now().Add(10 * time.Second).Unix()})),
		} {
			for range 2 { // the second time it is known
				who := wantReason(t, a, showing(token), "")
				if who == nil || *who != (auth.Identity{Tenant: "shop", Subject: "lister", Roles: auth.Check, How: auth.ByToken}) {
					t.Errorf("%s, %s: it is of %+v", algorithm, name, who)
				}
			}
		}
	}
}

// TestBadTokens are all the ways to forge or mistake one.
func TestBadTokens(t *testing.T) {
	signer, other := authtest.NewSigner(t, "k1", jose.RS256), authtest.NewSigner(t, "k1", jose.RS256)
	ec := authtest.NewSigner(t, "k2", jose.ES256)
	a := open(t, auth.Config{Tokens: tokens(authtest.File(t, "keys.json", authtest.KeySet(t, signer, ec)))})
	hour := func(n int) int64 { return time.Now().Add(time.Duration(n) * time.Hour).Unix() }
	with := func(name string, value any) string { return signer.Sign(t, claims(map[string]any{name: value})) }
	good := signer.Sign(t, claims(nil))
	parts := strings.Split(good, ".")
	public, err := x509.MarshalPKIXPublicKey(signer.Public)
	if err != nil {
		t.Fatal(err)
	}
	publicPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})
	for name, tt := range map[string]struct {
		token string
		want  auth.Reason
	}{
		"no signature":               {unsigned(`{"alg":"none","typ":"JWT"}`, claims(nil)), auth.Malformed},
		"None":                       {unsigned(`{"alg":"None","typ":"JWT"}`, claims(nil)), auth.Malformed},
		"no algorithm":               {unsigned(`{"typ":"JWT"}`, claims(nil)), auth.Malformed},
		"HMAC with the public key":   {signer.WithSecret(public).Sign(t, claims(nil)), auth.Malformed},
		"HMAC with the public PEM":   {signer.WithSecret(publicPEM).Sign(t, claims(nil)), auth.Malformed},
		"two algorithms":             {unsigned(`{"alg":"RS256","alg":"none","kid":"k1"}`, claims(nil)), auth.Malformed},
		"encrypted":                  {"e30.e30.e30.e30.e30", auth.Malformed},
		"not base64":                 {"a.b.!", auth.Malformed},
		"signed in JSON":             {`{"payload":"e30","protected":"e30","signature":""}`, auth.Malformed},
		"signature cut off":          {parts[0] + "." + parts[1] + ".", auth.BadSignature},
		"signature of another":       {parts[0] + "." + parts[1] + "." + strings.Split(with("sub", "x"), ".")[2], auth.BadSignature},
		"claims of another":          {parts[0] + "." + strings.Split(with("tenant", "other"), ".")[1] + "." + parts[2], auth.BadSignature},
		"another's key of the name":  {other.Sign(t, claims(nil)), auth.BadSignature},
		"its own key brought along":  {other.As("", jose.RS256).Sign(t, claims(nil), map[jose.HeaderKey]any{"jwk": jose.JSONWebKey{Key: other.Public}}), auth.BadSignature},
		"an address of keys":         {other.As("", jose.RS256).Sign(t, claims(nil), map[jose.HeaderKey]any{"jku": "https://evil.example/keys"}), auth.BadSignature},
		"critical extension":         {signer.Sign(t, claims(nil), map[jose.HeaderKey]any{"crit": []string{"exp2"}, "exp2": 1}), auth.BadSignature},
		"unknown key":                {signer.As("k9", jose.RS256).Sign(t, claims(nil)), auth.UnknownSigner},
		"key of another kind":        {ec.As("k1", jose.ES256).Sign(t, claims(nil)), auth.UnknownSigner},
		"an algorithm we leave out":  {authtest.NewSigner(t, "k3", jose.ES384).Sign(t, claims(nil)), auth.Malformed},
		"RS512":                      {signer.As("k1", jose.RS512).Sign(t, claims(nil)), auth.Malformed},
		"wrong issuer":               {with("iss", "https://issuer.example.evil"), auth.WrongIssuer},
		"issuer with a slash more":   {with("iss", issuerName+"/"), auth.WrongIssuer},
		"no issuer":                  {with("iss", nil), auth.WrongIssuer},
		"wrong audience":             {with("aud", "assay2"), auth.WrongAudience},
		"audience of many others":    {with("aud", []string{"a", "b"}), auth.WrongAudience},
		"no audience":                {with("aud", nil), auth.WrongAudience},
		"audience of numbers":        {with("aud", []any{1}), auth.BadClaims},
		"expired":                    {with("exp", hour(-1)), auth.Expired},
		"no expiry":                  {with("exp", nil), auth.BadClaims},
		"expiry as a text":           {with("exp", "2099-01-01"), auth.BadClaims},
		"expiry beyond time":         {with("exp", math.MaxFloat64), auth.BadClaims},
		"expiry at 0":                {with("exp", 0), auth.Expired},
		"expiry before time":         {with("exp", -1e18), auth.BadClaims},
		"expiry in milliseconds":     {with("exp", hour(1)*1000), auth.BadClaims},
		"not before the clock wraps": {with("nbf", int64(math.MaxInt64)), auth.BadClaims},
		"not before time ends":       {with("nbf", 1e300), auth.BadClaims},
		"issued when the clock ends": {with("iat", int64(math.MaxInt64)), auth.BadClaims},
		"not yet":                    {with("nbf", hour(1)), auth.NotYetValid},
		"issued later":               {with("iat", hour(1)), auth.NotYetValid},
		"no tenant":                  {with("tenant", nil), auth.BadClaims},
		"empty tenant":               {with("tenant", ""), auth.BadClaims},
		"tenant with a line break":   {with("tenant", "a\nb"), auth.BadClaims},
		"tenants":                    {with("tenant", []string{"shop"}), auth.BadClaims},
		"long tenant":                {with("tenant", strings.Repeat("t", 65)), auth.BadClaims},
		"no roles":                   {with("roles", nil), auth.BadClaims},
		"unknown roles":              {with("roles", []string{"CHECK", "root", "check "}), auth.BadClaims},
		"roles as an object":         {with("roles", map[string]any{"check": true}), auth.BadClaims},
		"claims of another spelling": {signer.Sign(t, map[string]any{"ISS": issuerName, "Aud": audienceName, "EXP": hour(1), "Tenant": "shop", "Roles": "check"}), auth.BadClaims},
		"another role":               {with("roles", "admin"), auth.WrongRole},
		"too long":                   {with("pad", strings.Repeat("x", 8<<10)), auth.Malformed},
	} {
		t.Run(name, func(t *testing.T) { wantReason(t, a, showing(tt.token), tt.want) })
	}
}

// unsigned is a token with a header of one's own and no signature.
func unsigned(header string, claims map[string]any) string {
	payload, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString(payload) + "."
}

// TestWhoTakesAKeyAwayTakesItsTokens, those that were verified before as well.
func TestWhoTakesAKeyAwayTakesItsTokens(t *testing.T) {
	first, second := authtest.NewSigner(t, "k1", jose.ES256), authtest.NewSigner(t, "k2", jose.EdDSA)
	path := authtest.File(t, "keys.json", authtest.KeySet(t, first))
	a := open(t, auth.Config{Tokens: tokens(path)})
	follow(t, a)
	old, fresh := first.Sign(t, claims(nil)), second.Sign(t, claims(nil))
	wantReason(t, a, showing(old), "")
	wantReason(t, a, showing(fresh), auth.UnknownSigner)
	authtest.Write(t, path, authtest.KeySet(t, second))
	eventually(t, "the new key is taken", func() bool { _, reason := ask(t, a, showing(fresh)); return reason == "" })
	wantReason(t, a, showing(old), auth.UnknownSigner)
}

// TestATokenEndsWhileItIsRemembered by a clock of the test.
func TestATokenEndsWhileItIsRemembered(t *testing.T) {
	signer := authtest.NewSigner(t, "k1", jose.ES256)
	now := time.Now()
	a := open(t, auth.Config{Tokens: tokens(authtest.File(t, "keys.json", authtest.KeySet(t, signer))), Now: func() time.Time { return now }})
	token := signer.Sign(t, claims(nil))
	wantReason(t, a, showing(token), "")
	now = now.Add(time.Hour + 29*time.Second)
	wantReason(t, a, showing(token), "")
	now = now.Add(2 * time.Second)
	wantReason(t, a, showing(token), auth.Expired)
}

func TestClaimsHaveTheNamesThatTheyAreGiven(t *testing.T) {
	signer := authtest.NewSigner(t, "k1", jose.ES256)
	named := tokens(authtest.File(t, "keys.json", authtest.KeySet(t, signer)))
	named.TenantClaim, named.RolesClaim = "https://assay.example/tenant", "scope"
	a := open(t, auth.Config{Tokens: named})
	who := wantReason(t, a, showing(signer.Sign(t, claims(map[string]any{"https://assay.example/tenant": "other", "scope": "openid admin check"}))), "")
	if who.Tenant != "other" || who.Roles != auth.Admin|auth.Check || who.Roles.String() != "check,admin" {
		t.Errorf("it is of %+v", who)
	}
}

func TestKeySetsAreReadStrictly(t *testing.T) {
	signer := authtest.NewSigner(t, "k1", jose.RS256)
	good := string(authtest.KeySet(t, signer))
	p384 := string(authtest.KeySet(t, authtest.NewSigner(t, "k2", jose.ES384)))
	for name, tt := range map[string]struct{ set, want string }{
		"empty file":       {"", "unexpected end"},
		"half a file":      {good[:len(good)/2], "unexpected end"},
		"no keys":          {`{"keys":[]}`, "no key in it is for"},
		"other keys only":  {p384, "no key in it is for"},
		"for encryption":   {strings.Replace(good, `"use":"sig"`, `"use":"enc"`, 1), "no key in it is for"},
		"a secret":         {`{"keys":[{"kty":"oct","kid":"k","k":"c2VjcmV0"}]}`, "it is a secret"},
		"a private key":    {strings.Replace(good, `"kty"`, `"d":"AQAB","kty"`, 1), "it is a secret"},
		"a short RSA key":  {`{"keys":[{"kty":"RSA","kid":"k","n":"` + strings.Repeat("z", 171) + `","e":"AQAB"}]}`, "2048 are needed"},
		"too many":         {`{"keys":[` + strings.Repeat(`{"kty":"x"},`, 100) + `{"kty":"x"}]}`, "at most 100"},
		"broken key":       {`{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}`, "key 1"},
		"the same twice":   {`{"keys":[],"keys":[]}`, "duplicate"},
		"not a set at all": {`[]`, "read key set"},
	} {
		_, err := auth.New(auth.Config{Tokens: tokens(authtest.File(t, "keys.json", []byte(tt.set)))})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v; want %q", name, err, tt.want)
		}
	}
	mixed := strings.TrimSuffix(p384, "]}") + "," + strings.TrimPrefix(good, `{"keys":[`)
	a := open(t, auth.Config{Tokens: tokens(authtest.File(t, "keys.json", []byte(mixed)))})
	wantReason(t, a, showing(signer.Sign(t, claims(nil))), "")
}

// TestTwoKeysOfOneNameAreNoKey: nobody is to choose which of them a token meant.
func TestTwoKeysOfOneNameAreNoKey(t *testing.T) {
	one, two := authtest.NewSigner(t, "k", jose.ES256), authtest.NewSigner(t, "k", jose.ES256)
	third := authtest.NewSigner(t, "k", jose.EdDSA) // of another kind: there is no choice
	a := open(t, auth.Config{Tokens: tokens(authtest.File(t, "keys.json", authtest.KeySet(t, one, two, third)))})
	wantReason(t, a, showing(one.Sign(t, claims(nil))), auth.UnknownSigner)
	wantReason(t, a, showing(third.Sign(t, claims(nil))), "")
	wantReason(t, a, showing(one.As("", jose.ES256).Sign(t, claims(nil))), auth.UnknownSigner)
}

// TestTheTenantOfATokenIsKnownAtTheDoorOnceItIsVerified shows what the door can tell for shares of capacity.
func TestTheTenantOfATokenIsKnownAtTheDoorOnceItIsVerified(t *testing.T) {
	signer := authtest.NewSigner(t, "k1", jose.ES256)
	a := open(t, auth.Config{Tokens: tokens(authtest.File(t, "keys.json", authtest.KeySet(t, signer)))})
	c := showing(signer.Sign(t, claims(nil)))
	c.headers = metadata.Join(c.headers, metadata.Pairs("x-tenant-id", "other", "tenant", "other"))
	if got := a.Tenant(c.context(t.Context()), c.headers); got != "" {
		t.Errorf("before it was verified it is of %q", got)
	}
	wantReason(t, a, c, "")
	if got := a.Tenant(c.context(t.Context()), c.headers); got != "shop" {
		t.Errorf("after that it is of %q", got)
	}
	if got := a.Tenant(t.Context(), nil); got != "" {
		t.Errorf("nobody is of %q", got)
	}
}
