package auth_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/metadata"
	"pgregory.net/rapid"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/server/auth"
	"github.com/assay-project/assay/server/auth/authtest"
)

func TestKeysLeadToTheirRows(t *testing.T) {
	secret, line := newKey(t, "lister", "shop", "check")
	ops, more := newKey(t, "ops", "shop", "admin", "check")
	a := open(t, auth.Config{Keys: keysFile(t, line, more)})
	if who := wantReason(t, a, showing(secret), ""); who == nil || *who != (auth.Identity{Tenant: "shop", Subject: "lister", Roles: auth.Check, How: auth.ByKey}) {
		t.Errorf("it is of %+v", who)
	}
	if who := wantReason(t, a, showing(ops), ""); who == nil || who.Roles != auth.Check|auth.Admin {
		t.Errorf("it is of %+v", who)
	}
	for name, wrong := range map[string]string{
		"another secret":     secret[:len(secret)-1] + "1",
		"longer":             secret + "A",
		"shorter":            secret[:len(secret)-1],
		"in lower case":      strings.ToLower(secret),
		"of another id":      strings.Replace(secret, "lister", "ops", 1),
		"of an unknown id":   strings.Replace(secret, "lister", "nobody", 1),
		"its hash as secret": "assay_lister_" + strings.Repeat("0", 64),
		"no secret":          "assay_lister_",
	} {
		t.Run(name, func(t *testing.T) { wantReason(t, a, showing(wrong), auth.UnknownKey) })
	}
	wantReason(t, a, showing("assay_lister"), auth.Malformed)
	if got := a.Tenant(showing(secret).context(t.Context()), showing(secret).headers); got != "shop" {
		t.Errorf("at the door it is of %q", got)
	}
}

func TestKeysEnd(t *testing.T) {
	for end, want := range map[string]auth.Reason{
		"2026-05-01": "", "2026-04-30": auth.Expired, "2026-04-30T12:00:01Z": "", "2026-04-30T12:00:00Z": auth.Expired,
		"2026-04-30T13:00:00+02:00": auth.Expired, "": "",
	} {
		secret, row, err := auth.NewKey("k", "shop", []string{"check"}, end)
		if err != nil {
			t.Fatal(err)
		}
		line, err := row.Line()
		if err != nil {
			t.Fatal(err)
		}
		now := func() time.Time { return time.Date(2026, 4, 30, 12, 0, 0, 0, time.UTC) }
		wantReason(t, open(t, auth.Config{Keys: keysFile(t, line), Now: now}), showing(secret), want)
	}
}

func TestKeyFilesAreReadStrictly(t *testing.T) {
	_, a := newKey(t, "a", "shop", "check")
	row := func(fields string) string {
		return "- {id: b, sha256: " + strings.Repeat("ab", 32) + ", tenant: shop, roles: [check]" + fields + "}\n"
	}
	for name, tt := range map[string]struct{ file, want string }{
		"an empty file":       {"", "the file is empty"},
		"only a comment":      {"# keys\n", "the file is empty"},
		"null":                {"null\n", "there is no list"},
		"half a row":          {a[:len(a)/2], "did not find expected"},
		"a key of its own":    {"keys:\n" + a, "cannot unmarshal"},
		"unknown field":       {row(", secret: x"), "field secret not found"},
		"field twice":         {row(", tenant: other"), "already defined"},
		"two documents":       {a + "---\n" + row(""), "something follows"},
		"the same id":         {a + a, `key 2, "a": the id is given twice`},
		"the same key":        {row("") + strings.Replace(row(""), "id: b", "id: c", 1), `key 2, "c": it is the same key as b`},
		"no id":               {strings.Replace(a, "id: a", "id: ''", 1), "id is not 1 to 32"},
		"short hash":          {strings.Replace(row(""), "abab", "ab", 1), "sha256 is not 64 hex digits"},
		"long hash":           {strings.Replace(row(""), "abab", "ababab", 1), "sha256 is not 64 hex digits"},
		"the secret as hash":  {strings.Replace(row(""), strings.Repeat("ab", 32), "assay_b_SECRET", 1), "sha256 is not 64 hex digits"},
		"no tenant":           {strings.Replace(row(""), "tenant: shop", "tenant: ''", 1), `tenant "" is not 1 to 64`},
		"dotted tenant":       {strings.Replace(row(""), "tenant: shop", "tenant: ../x", 1), `tenant "../x" is not 1 to 64`},
		"no role":             {strings.Replace(row(""), "[check]", "[]", 1), "there is no role"},
		"unknown role":        {strings.Replace(row(""), "[check]", "[check, root]", 1), `role "root" is neither`},
		"bad end":             {row(", not_after: tomorrow"), `not_after "tomorrow" is neither`},
		"all faults together": {strings.Replace(a, "tenant: shop", "tenant: ''", 1) + row(", not_after: x"), `key 2, "b": not_after`},
	} {
		_, err := auth.New(auth.Config{Keys: keysFile(t, tt.file)})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v; want %q", name, err, tt.want)
		}
	}
	nobody := open(t, auth.Config{Keys: keysFile(t, "[]\n")})
	wantReason(t, nobody, showing("assay_a_x"), auth.UnknownKey)
}

// TestKeysOfNobodyAreOfNobody: an id that is not there is not that of the row which times are made even with.
func TestKeysOfNobodyAreOfNobody(t *testing.T) {
	a := open(t, auth.Config{Keys: keysFile(t, "- {id: z, sha256: "+strings.Repeat("00", 32)+", tenant: shop, roles: [check]}\n")})
	rapid.Check(t, func(rt *rapid.T) {
		id := rapid.StringMatching(`[a-z0-9-]{0,8}`).Draw(rt, "id")
		if who, reason := ask(t, a, showing("assay_"+id+"_x")); who != nil || reason != auth.UnknownKey {
			rt.Fatalf("%q is %+v, %q", id, who, reason)
		}
	})
}

func TestThereIsOneWayToShowACredential(t *testing.T) {
	secret, line := newKey(t, "lister", "shop", "check")
	a := open(t, auth.Config{Keys: keysFile(t, line)})
	good := "Bearer " + secret
	for name, tt := range map[string]struct {
		headers metadata.MD
		want    auth.Reason
	}{
		"nothing":                 {nil, auth.NoCredential},
		"the header":              {metadata.MD{"authorization": {good}}, ""},
		"twice the same":          {metadata.MD{"authorization": {good, good}}, auth.Malformed},
		"a good and a bad":        {metadata.MD{"authorization": {good, "Bearer x"}}, auth.Malformed},
		"joined by a comma":       {metadata.MD{"authorization": {good + ", " + good}}, auth.Malformed},
		"lower case":              {metadata.MD{"authorization": {"bearer " + secret}}, auth.Malformed},
		"upper case":              {metadata.MD{"authorization": {"BEARER " + secret}}, auth.Malformed},
		"basic":                   {metadata.MD{"authorization": {"Basic " + secret}}, auth.Malformed},
		"no scheme":               {metadata.MD{"authorization": {secret}}, auth.Malformed},
		"two spaces":              {metadata.MD{"authorization": {"Bearer  " + secret}}, auth.Malformed},
		"a tab":                   {metadata.MD{"authorization": {"Bearer\t" + secret}}, auth.Malformed},
		"space behind":            {metadata.MD{"authorization": {good + " "}}, auth.Malformed},
		"a NUL behind":            {metadata.MD{"authorization": {good + "\x00"}}, auth.Malformed},
		"scheme only":             {metadata.MD{"authorization": {"Bearer "}}, auth.Malformed},
		"empty":                   {metadata.MD{"authorization": {""}}, auth.Malformed},
		"8 KiB":                   {metadata.MD{"authorization": {"Bearer " + strings.Repeat("x", 8<<10)}}, auth.Malformed},
		"more than 8 KiB":         {metadata.MD{"authorization": {good + strings.Repeat("x", 8<<10)}}, auth.Malformed},
		"binary":                  {metadata.MD{"authorization-bin": {good}}, auth.Malformed},
		"binary beside":           {metadata.MD{"authorization": {good}, "authorization-bin": {good}}, auth.Malformed},
		"of a gateway":            {metadata.MD{"grpcgateway-authorization": {good}}, auth.NoCredential},
		"of proxies":              {metadata.MD{"x-api-key": {secret}, "x-forwarded-user": {"lister"}, "proxy-authorization": {good}}, auth.NoCredential},
		"a token, which is none":  {metadata.MD{"authorization": {"Bearer e30.e30.e30"}}, auth.Malformed},
		"with tenants beside it":  {metadata.MD{"authorization": {good}, "x-tenant-id": {"other"}, "tenant": {"other"}}, ""},
		"with roles in metadata ": {metadata.MD{"authorization": {good}, "roles": {"admin"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if who := wantReason(t, a, call{headers: tt.headers}, tt.want); who != nil && (who.Tenant != "shop" || who.Roles != auth.Check) {
				t.Errorf("it is of %+v", who)
			}
		})
	}
}

// TestRoles of the table: which opens what.
func TestRoles(t *testing.T) {
	check, first := newKey(t, "check", "shop", "check")
	admin, second := newKey(t, "admin", "shop", "admin")
	a := open(t, auth.Config{Keys: keysFile(t, first, second)})
	for method, wants := range map[string]map[string]auth.Reason{
		assayv1.ComplianceService_CheckSubmission_FullMethodName:        {check: "", admin: auth.WrongRole},
		assayv1.ComplianceService_StreamCheckSubmissions_FullMethodName: {check: "", admin: auth.WrongRole},
		assayv1.ComplianceService_AssessAssortment_FullMethodName:       {check: "", admin: auth.WrongRole},
		assayv1.ComplianceService_GetRulebook_FullMethodName:            {check: "", admin: ""},
		"/grpc.reflection.v1.ServerReflection/ServerReflectionInfo":     {check: "", admin: "", "": auth.NoCredential},
		"/grpc.health.v1.Health/Check":                                  {"": ""},
	} {
		for key, want := range wants {
			c := showing(key)
			if c.method = method; key == "" {
				c.headers = nil
			}
			if _, reason := ask(t, a, c); reason != want {
				t.Errorf("%s is refused because of %q, want %q", method, reason, want)
			}
		}
	}
	for _, method := range []string{"", "/", "assay.v1.ComplianceService/CheckSubmission", checkMethod + "/", "/" + checkMethod,
		strings.ToLower(checkMethod), "/grpc.health.v1.Health/Checks", "/assay.v1.CheckerService/RunChecker"} {
		c := showing(check)
		if _, err := a.Authorize(call{method: method + " ", headers: c.headers}.context(t.Context())); err == nil || auth.Covers(method) {
			t.Errorf("%q has an entry", method)
		}
	}
}

// TestKeysAreFollowed: a key goes and comes, broken files change nothing, and each is told.
func TestKeysAreFollowed(t *testing.T) {
	first, firstLine := newKey(t, "first", "shop", "check")
	second, secondLine := newKey(t, "second", "shop", "check")
	path := keysFile(t, firstLine)
	var j journal
	loads := make(chan bool, 10)
	a := open(t, auth.Config{Keys: path, Logger: j.logger(), Loaded: func(what string, ok bool) { loads <- ok && what == "API keys" }})
	follow(t, a)
	authtest.Write(t, path, []byte(secondLine+"- {id: "))
	if ok := <-loads; ok {
		t.Error("a broken file is taken")
	}
	wantReason(t, a, showing(first), "")
	authtest.Write(t, path, []byte(secondLine))
	if ok := <-loads; !ok {
		t.Error("a good file is not taken")
	}
	wantReason(t, a, showing(first), auth.UnknownKey)
	wantReason(t, a, showing(second), "")
	if log := j.String(); !strings.Contains(log, `msg="credentials refused: those before stay" what="API keys" error="yaml:`) ||
		!strings.Contains(log, `msg="credentials replaced" what="API keys"`) {
		t.Errorf("it logs %s", log)
	}
}

func TestAKeyFileThatOthersMayReadIsWarnedOf(t *testing.T) {
	_, line := newKey(t, "first", "shop", "check")
	for mode, want := range map[os.FileMode]bool{0o600: false, 0o400: false, 0o640: true, 0o604: true, 0o622: true} {
		path := keysFile(t, line)
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		var j journal
		open(t, auth.Config{Keys: path, Logger: j.logger()})
		if got := strings.Contains(j.String(), "open to others"); got != want {
			t.Errorf("%v: warned %v", mode, got)
		}
	}
}

// TestRefusalsAreLoggedAtABoundedRate, with a reason and without a secret, and counted all.
func TestRefusalsAreLoggedAtABoundedRate(t *testing.T) {
	secret, line := newKey(t, "lister", "shop", "check")
	var j journal
	now := time.Now()
	counted := map[auth.Reason]int{}
	a := open(t, auth.Config{Keys: keysFile(t, line), Logger: j.logger(), Now: func() time.Time { return now },
		Refused: func(r auth.Reason) { counted[r]++ }})
	wrong := showing(secret[:len(secret)-2] + "11")
	for range 1000 {
		if _, err := a.AtTheDoor(wrong.context(t.Context()), checkMethod, wrong.headers); err == nil {
			t.Fatal("it is let in")
		}
	}
	forbidden := call{method: checkMethod + "\n", headers: showing(secret).headers}
	if _, err := a.Authorize(forbidden.context(t.Context())); err == nil {
		t.Fatal("it is let in")
	}
	now = now.Add(time.Minute)
	_, _ = a.AtTheDoor(wrong.context(t.Context()), checkMethod, wrong.headers)
	log := j.String()
	if got := strings.Count(log, "reason=unknown_key"); got != 2 || !strings.Contains(log, "unlogged_before=999") || !strings.Contains(log, "peer=192.0.2.7:4711") {
		t.Errorf("%d lines:\n%s", got, log)
	}
	if strings.Contains(log, secret[13:len(secret)-2]) || strings.Count(log, "\n") != 3 {
		t.Errorf("it logs what it must not: %s", log)
	}
	if fmt.Sprint(counted) != "map[unknown_key:1001 unknown_method:1]" {
		t.Errorf("counted: %v", counted)
	}
}

func TestNothingIsHalfConfigured(t *testing.T) {
	_, err := auth.New(auth.Config{Keys: "gone.yaml", Certificates: auth.Certificates{CA: "ca.pem"}, Tokens: auth.Tokens{Issuer: issuerName}})
	for _, want := range []string{"API keys: open gone.yaml", "client certificates: the authorities", "tokens: issuer and audience go together"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error %v lacks %q", err, want)
		}
	}
	for name, c := range map[string]auth.Config{"nothing": {}, "keys": {Keys: "x"}, "tokens": {Tokens: auth.Tokens{Issuer: "x"}}, "certificates": {Certificates: auth.Certificates{CA: "x"}}} {
		if c.Enabled() != (name != "nothing") {
			t.Errorf("with %s it is enabled: %v", name, c.Enabled())
		}
	}
}
