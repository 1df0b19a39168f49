package auth_test

import (
	"crypto/tls"
	"crypto/x509"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/metadata"

	"github.com/assay-project/assay/server/auth"
	"github.com/assay-project/assay/server/auth/authtest"
)

const clientRows = `
- {uri: "spiffe://example.org/shop", tenant: shop, roles: [check]}
- {uri: "spiffe://example.org/other", tenant: other, roles: [check]}
- {dns: ops.example.org, tenant: shop, roles: [check, admin]}
`

// certified is a call over a connection with a certificate that TLS has verified up to an authority.
func certified(c tls.Certificate, to ...*authtest.Authority) call {
	chain := []*x509.Certificate{c.Leaf}
	for _, a := range to {
		chain = append(chain, a.Certificate)
	}
	return call{chains: [][]*x509.Certificate{chain}}
}

func certificates(t testing.TB, ca, crl []byte) auth.Certificates {
	t.Helper()
	c := auth.Certificates{CA: authtest.File(t, "ca.pem", ca), Clients: authtest.File(t, "clients.yaml", []byte(clientRows))}
	if crl != nil {
		c.CRL = authtest.File(t, "crl.pem", crl)
	}
	return c
}

// TestNamesOfCertificatesMatchExactly or not at all.
func TestNamesOfCertificatesMatchExactly(t *testing.T) {
	ca := authtest.NewAuthority(t, "clients")
	a := open(t, auth.Config{Certificates: certificates(t, ca.PEM(), nil)})
	uri := func(names ...string) authtest.Leaf { return authtest.Leaf{URIs: names} }
	for name, tt := range map[string]struct {
		leaf   authtest.Leaf
		want   auth.Reason
		tenant string
	}{
		"the URI":                   {uri("spiffe://example.org/shop"), "", "shop"},
		"the host":                  {authtest.Leaf{DNS: []string{"ops.example.org"}}, "", "shop"},
		"the host in other letters": {authtest.Leaf{DNS: []string{"OPS.example.ORG"}}, "", "shop"},
		"one of several names":      {authtest.Leaf{DNS: []string{"x.example.org"}, URIs: []string{"spiffe://example.org/other"}}, "", "other"},
		"the same name twice":       {uri("spiffe://example.org/shop", "spiffe://example.org/shop"), "", "shop"},
		"names of two rows":         {uri("spiffe://example.org/shop", "spiffe://example.org/other"), auth.UnknownClient, ""},
		"names of a URI and a host": {authtest.Leaf{DNS: []string{"ops.example.org"}, URIs: []string{"spiffe://example.org/shop"}}, auth.UnknownClient, ""},
		"longer":                    {uri("spiffe://example.org/shop/x"), auth.UnknownClient, ""},
		"shorter":                   {uri("spiffe://example.org/sho"), auth.UnknownClient, ""},
		"with a slash":              {uri("spiffe://example.org/shop/"), auth.UnknownClient, ""},
		"with a query":              {uri("spiffe://example.org/shop?x"), auth.UnknownClient, ""},
		"another case":              {uri("spiffe://example.org/Shop"), auth.UnknownClient, ""},
		"another scheme":            {uri("https://example.org/shop"), auth.UnknownClient, ""},
		"a host before it":          {authtest.Leaf{DNS: []string{"x.ops.example.org"}}, auth.UnknownClient, ""},
		"a host behind it":          {authtest.Leaf{DNS: []string{"ops.example.org.evil"}}, auth.UnknownClient, ""},
		"a pattern":                 {authtest.Leaf{DNS: []string{"*.example.org"}}, auth.UnknownClient, ""},
		"the host as common name":   {authtest.Leaf{Name: "ops.example.org"}, auth.UnknownClient, ""},
		"the URI as a host":         {authtest.Leaf{Name: "spiffe://example.org/shop"}, auth.UnknownClient, ""},
		"no name":                   {authtest.Leaf{}, auth.UnknownClient, ""},
		"over":                      {authtest.Leaf{URIs: []string{"spiffe://example.org/shop"}, Ends: -time.Minute}, auth.Expired, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := certified(ca.Issue(t, tt.leaf), ca)
			if who := wantReason(t, a, c, tt.want); who != nil && (who.Tenant != tt.tenant || who.How != auth.ByCertificate) {
				t.Errorf("it is of %+v", who)
			}
			if got := a.Tenant(c.context(t.Context()), nil); got != tt.tenant {
				t.Errorf("at the door it is of %q", got)
			}
		})
	}
	wantReason(t, a, call{}, auth.NoCredential)
}

func TestRevokedCertificatesAreRefused(t *testing.T) {
	root := authtest.NewAuthority(t, "root")
	middle := root.Under(t, "middle")
	shop := authtest.Leaf{URIs: []string{"spiffe://example.org/shop"}}
	good, bad, below := root.Issue(t, shop), root.Issue(t, shop), middle.Issue(t, shop)
	both := append(root.PEM(), middle.PEM()...)
	lists := func(all ...[]byte) (joined []byte) {
		for _, l := range all {
			joined = append(joined, l...)
		}
		return joined
	}
	ofMiddle := tls.Certificate{Leaf: middle.Certificate}
	for name, tt := range map[string]struct {
		crl  []byte
		call call
		want auth.Reason
	}{
		"without a list":                   {nil, certified(bad, root), ""},
		"not on the list":                  {root.CRL(t, time.Hour, bad), certified(good, root), ""},
		"on the list":                      {root.CRL(t, time.Hour, bad), certified(bad, root), auth.Revoked},
		"its issuer has no list":           {root.CRL(t, time.Hour, bad), certified(below, middle, root), auth.UntrustedIssuer},
		"its issuer has one":               {lists(root.CRL(t, time.Hour), middle.CRL(t, time.Hour, bad)), certified(below, middle, root), ""},
		"only its issuer has one":          {middle.CRL(t, time.Hour), certified(below, middle, root), ""},
		"on its issuer's list":             {lists(root.CRL(t, time.Hour), middle.CRL(t, time.Hour, below)), certified(below, middle, root), auth.Revoked},
		"its issuer is revoked":            {lists(root.CRL(t, time.Hour, ofMiddle), middle.CRL(t, time.Hour)), certified(below, middle, root), auth.Revoked},
		"of an authority that is not ours": {nil, certified(good, authtest.NewAuthority(t, "root")), auth.UntrustedIssuer},
	} {
		t.Run(name, func(t *testing.T) {
			wantReason(t, open(t, auth.Config{Certificates: certificates(t, both, tt.crl)}), tt.call, tt.want)
		})
	}
}

// TestAListThatIsOverVouchesForNobody, by a clock of the test; whom it has revoked stays revoked.
func TestAListThatIsOverVouchesForNobody(t *testing.T) {
	ca := authtest.NewAuthority(t, "clients")
	shop := authtest.Leaf{URIs: []string{"spiffe://example.org/shop"}, Ends: 3 * time.Hour}
	good, bad := ca.Issue(t, shop), ca.Issue(t, shop)
	now := time.Now()
	a := open(t, auth.Config{Certificates: certificates(t, ca.PEM(), ca.CRL(t, time.Hour, bad)), Now: func() time.Time { return now }})
	wantReason(t, a, certified(good, ca), "")
	now = now.Add(2 * time.Hour)
	wantReason(t, a, certified(good, ca), auth.UntrustedIssuer)
	wantReason(t, a, certified(bad, ca), auth.Revoked)
}

// TestRevocationIsFollowed on connections that are open.
func TestRevocationIsFollowed(t *testing.T) {
	ca, next := authtest.NewAuthority(t, "clients"), authtest.NewAuthority(t, "next")
	leaf := ca.Issue(t, authtest.Leaf{URIs: []string{"spiffe://example.org/shop"}})
	c := certificates(t, ca.PEM(), ca.CRL(t, time.Hour))
	var j journal
	a := open(t, auth.Config{Certificates: c, Logger: j.logger()})
	follow(t, a)
	wantReason(t, a, certified(leaf, ca), "")
	revoked := ca.CRL(t, time.Hour, leaf)
	authtest.Write(t, c.CRL, revoked[:len(revoked)/2])
	eventually(t, "half a list is refused", func() bool { return strings.Contains(j.String(), "a PEM block is cut short") })
	wantReason(t, a, certified(leaf, ca), "")
	authtest.Write(t, c.CRL, revoked)
	eventually(t, "it is revoked", func() bool { _, reason := ask(t, a, certified(leaf, ca)); return reason == auth.Revoked })
	authtest.Write(t, c.CRL, next.CRL(t, time.Hour)) // for a moment the authorities of a list and the list do not fit
	authtest.Write(t, c.CA, next.PEM())
	eventually(t, "its authority goes", func() bool { _, reason := ask(t, a, certified(leaf, ca)); return reason == auth.UntrustedIssuer })
	authtest.Write(t, c.Clients, []byte("[]"))
	eventually(t, "its row goes", func() bool {
		_, reason := ask(t, a, certified(next.Issue(t, authtest.Leaf{URIs: []string{"spiffe://example.org/shop"}}), next))
		return reason == auth.UnknownClient
	})
}

// TestACertificateAndAToken must not disagree.
func TestACertificateAndAToken(t *testing.T) {
	ca := authtest.NewAuthority(t, "clients")
	secret, line := newKey(t, "lister", "shop", "check")
	issue := func(names ...string) tls.Certificate { return ca.Issue(t, authtest.Leaf{URIs: names}) }
	revoked := issue("spiffe://example.org/shop")
	a := open(t, auth.Config{Keys: keysFile(t, line), Certificates: certificates(t, ca.PEM(), ca.CRL(t, time.Hour, revoked))})
	for name, tt := range map[string]struct {
		certificate tls.Certificate
		token       string
		want        auth.Reason
	}{
		"of one tenant":                              {issue("spiffe://example.org/shop"), secret, ""},
		"of two tenants":                             {issue("spiffe://example.org/other"), secret, auth.TwoTenants},
		"the certificate speaks for nobody":          {issue("spiffe://example.org/mesh"), secret, ""},
		"the certificate is revoked":                 {revoked, secret, auth.Revoked},
		"the token is bad, and the other good":       {issue("spiffe://example.org/shop"), secret + "x", auth.UnknownKey},
		"the token is malformed, and the other good": {issue("spiffe://example.org/shop"), "\x00", auth.Malformed},
	} {
		t.Run(name, func(t *testing.T) {
			c := certified(tt.certificate, ca)
			c.headers = metadata.MD{"authorization": {"Bearer " + tt.token}}
			if who := wantReason(t, a, c, tt.want); who != nil && who.How != auth.ByKey {
				t.Errorf("it is of %+v", who)
			}
		})
	}
}

func TestFilesOfCertificatesAreReadStrictly(t *testing.T) {
	ca, other := authtest.NewAuthority(t, "clients"), authtest.NewAuthority(t, "clients")
	leafChain, leafKey := authtest.Pair(t, ca.Issue(t, authtest.Leaf{}))
	crl := ca.CRL(t, time.Hour)
	for name, tt := range map[string]struct {
		ca, crl []byte
		want    string
	}{
		"no authority":            {[]byte("# none\n"), nil, "holds no PEM block of CERTIFICATE"},
		"half an authority":       {ca.PEM()[:100], nil, "cut short"},
		"one and a half":          {append(ca.PEM(), ca.PEM()[:100]...), nil, "cut short"},
		"a key":                   {leafKey, nil, `holds a PEM block of "PRIVATE KEY"`},
		"a leaf":                  {leafChain, nil, "it is no authority's"},
		"an empty list":           {ca.PEM(), []byte(" "), "holds no PEM block of X509 CRL"},
		"a certificate as a list": {ca.PEM(), ca.PEM(), "want X509 CRL"},
		"another's list":          {ca.PEM(), other.CRL(t, time.Hour), "none of the authorities has signed it"},
		"a list that is over":     {ca.PEM(), ca.CRL(t, -time.Hour), "it was in force until "},
		"two lists of one":        {ca.PEM(), append(crl, crl...), "its issuer has another one"},
	} {
		_, err := auth.New(auth.Config{Certificates: certificates(t, tt.ca, tt.crl)})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v; want %q", name, err, tt.want)
		}
	}
	rest := ", tenant: shop, roles: [check]}\n"
	for rows, want := range map[string]string{
		"- {tenant: shop, roles: [check]}\n":            "give uri or dns, one of them",
		"- {uri: 'a:b', dns: x.org" + rest:              "give uri or dns, one of them",
		"- {dns: '*.example.org'" + rest:                "dns is no plain host name",
		"- {dns: 'https://example.org'" + rest:          "dns is no plain host name",
		"- {uri: 'spiffe://example.org/*'" + rest:       "uri is no absolute URI",
		"- {uri: /shop" + rest:                          "uri is no absolute URI",
		"- {dns: a.org" + rest + "- {dns: A.org" + rest: "the name is given twice",
		"- {name: shop" + rest:                          "field name not found",
		"- {uri: 'a:b', tenant: shop, roles: []}":       "there is no role",
		"": "the file is empty",
	} {
		_, err := auth.New(auth.Config{Certificates: auth.Certificates{CA: authtest.File(t, "ca.pem", ca.PEM()), Clients: authtest.File(t, "c.yaml", []byte(rows))}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want %q", rows, err, want)
		}
	}
}
