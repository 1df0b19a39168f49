package auth

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/peer"
)

// Certificates says which client certificates are trusted, and for whom they speak.
type Certificates struct {
	// CA is a PEM file of the authorities that client certificates lead to. Empty: none is asked for.
	CA string
	// CRL is a PEM file of their revocation lists. With it, a certificate whose issuer has no list here that is still in force is
	// refused: not to know is not to be sure. Empty: certificates live as long as they say, so let that be short.
	CRL string
	// Clients is a YAML file of [Client] rows: the certificates' tenants and roles.
	Clients string
	// Required refuses connections without a certificate, those of health probes too. Without it such callers may show a token
	// or a key, or see the server's health.
	Required bool
}

// A Client is a row of the file of clients: the one name, out of a certificate's subject alternative names, that it is for.
// Certificates match exactly, and with one row only; patterns and common names are not looked at.
type Client struct {
	URI   string `yaml:"uri,omitempty"` // such as spiffe://example.org/catalogue
	DNS   string `yaml:"dns,omitempty"` // such as catalogue.example.org; case does not matter
	grant `yaml:",inline"`
}

// clients are identities by name, "uri:..." or "dns:...".
type clients map[string]*Identity

// parseClients reads the file of clients, or says everything that is wrong with it.
func parseClients(content []byte) (clients, error) {
	list, err := rows[Client](content)
	if err != nil {
		return nil, err
	}
	known := make(clients, len(list))
	var faults []error
	for i, row := range list {
		name, err := row.name()
		if err == nil && known[name] != nil {
			err = errors.New("the name is given twice")
		}
		var identity *Identity
		if err == nil {
			identity, err = row.identity(name, ByCertificate)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("client %d, %q: %w", i+1, clip(row.URI+row.DNS), err))
			continue
		}
		known[name] = identity
	}
	return known, errors.Join(faults...)
}

func (c Client) name() (string, error) {
	switch {
	case (c.URI == "") == (c.DNS == ""):
		return "", errors.New("give uri or dns, one of them")
	case c.DNS != "":
		if strings.ContainsAny(c.DNS, "*/: ") {
			return "", errors.New("dns is no plain host name")
		}
		return dnsName(c.DNS), nil
	}
	u, err := url.Parse(c.URI)
	if err != nil || u.Scheme == "" || strings.ContainsAny(c.URI, "* ") {
		return "", errors.New("uri is no absolute URI")
	}
	return uriName(u), nil
}

func dnsName(host string) string { return "dns:" + strings.ToLower(host) }
func uriName(u *url.URL) string  { return "uri:" + u.String() }

// identify finds the one row for a certificate.
func (c clients) identify(leaf *x509.Certificate) (*Identity, error) {
	var found *Identity
	ambiguous := false
	take := func(name string) {
		if i := c[name]; i != nil {
			ambiguous = ambiguous || found != nil && found != i
			found = i
		}
	}
	for _, u := range leaf.URIs {
		take(uriName(u))
	}
	for _, host := range leaf.DNSNames {
		take(dnsName(host))
	}
	if found == nil || ambiguous {
		return nil, refuse(UnknownClient)
	}
	return found, nil
}

// authorities are who vouches for client certificates, and which of them they have revoked.
type authorities struct {
	pool  *x509.CertPool
	raw   map[string]bool        // their certificates
	lists map[string]*revocation // by issuer, in DER; nil: nobody keeps lists
}

// A revocation is the list of one issuer.
type revocation struct {
	end     time.Time
	serials map[string]bool
}

// parseAuthorities reads the file of authorities and, where there is one, of their revocation lists, none of which may be over now:
// the one before, if there is one, may hold for longer.
func parseAuthorities(contents [][]byte, now time.Time) (*authorities, error) {
	cas, err := parseCAs(contents[0])
	if err != nil {
		return nil, err
	}
	a := &authorities{pool: x509.NewCertPool(), raw: map[string]bool{}}
	for _, ca := range cas {
		a.pool.AddCert(ca)
		a.raw[string(ca.Raw)] = true
	}
	if len(contents) > 1 {
		a.lists, err = parseLists(contents[1], cas, now)
	}
	return a, err
}

// blocks are the contents of PEM blocks of one kind. Anything else but space between them is an error: it may be a block cut short.
func blocks(content []byte, kind string) ([][]byte, error) {
	var found [][]byte
	for rest := content; ; {
		block, after := pem.Decode(rest)
		if block == nil {
			if strings.Contains(string(rest), "-----BEGIN") {
				return nil, errors.New("a PEM block is cut short or broken")
			}
			break
		}
		if block.Type != kind {
			return nil, fmt.Errorf("holds a PEM block of %q, want %s", clip(block.Type), kind)
		}
		found, rest = append(found, block.Bytes), after
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("holds no PEM block of %s", kind)
	}
	return found, nil
}

func parseCAs(content []byte) ([]*x509.Certificate, error) {
	found, err := blocks(content, "CERTIFICATE")
	if err != nil {
		return nil, fmt.Errorf("authorities: %w", err)
	}
	cas := make([]*x509.Certificate, len(found))
	for i, der := range found {
		ca, err := x509.ParseCertificate(der)
		if err == nil && !ca.IsCA {
			err = errors.New("it is no authority's")
		}
		if err != nil {
			return nil, fmt.Errorf("authorities: certificate %d: %w", i+1, err)
		}
		cas[i] = ca
	}
	return cas, nil
}

func parseLists(content []byte, cas []*x509.Certificate, now time.Time) (map[string]*revocation, error) {
	found, err := blocks(content, "X509 CRL")
	if err != nil {
		return nil, fmt.Errorf("revocation lists: %w", err)
	}
	lists := make(map[string]*revocation, len(found))
	for i, der := range found {
		list, err := parseList(der, cas)
		switch {
		case err != nil:
		case lists[string(list.RawIssuer)] != nil:
			err = errors.New("its issuer has another one")
		case now.After(list.NextUpdate):
			err = fmt.Errorf("it was in force until %s", list.NextUpdate.UTC().Format(time.RFC3339))
		}
		if err != nil {
			return nil, fmt.Errorf("revocation lists: list %d: %w", i+1, err)
		}
		revoked := &revocation{end: list.NextUpdate, serials: make(map[string]bool, len(list.RevokedCertificateEntries))}
		for _, entry := range list.RevokedCertificateEntries {
			revoked.serials[string(entry.SerialNumber.Bytes())] = true
		}
		lists[string(list.RawIssuer)] = revoked
	}
	return lists, nil
}

// parseList reads a list that one of the authorities has signed.
func parseList(der []byte, cas []*x509.Certificate) (*x509.RevocationList, error) {
	list, err := x509.ParseRevocationList(der)
	if err != nil {
		return nil, err
	}
	for _, extension := range list.Extensions {
		if extension.Critical {
			return nil, fmt.Errorf("critical extension %v: it is a part of a list, or of another kind than we can read", extension.Id)
		}
	}
	if list.NextUpdate.IsZero() {
		return nil, errors.New("it does not say until when it is in force")
	}
	for _, ca := range cas {
		if string(ca.RawSubject) == string(list.RawIssuer) && list.CheckSignatureFrom(ca) == nil {
			return list, nil
		}
	}
	return nil, errors.New("none of the authorities has signed it")
}

// vouch says why a certificate that once was verified is to be trusted no more. One of its chains must hold.
func (a *authorities) vouch(chains [][]*x509.Certificate, now time.Time) (err error) {
	for _, chain := range chains {
		if err = a.vouchChain(chain, now); err == nil {
			return nil
		}
	}
	return err
}

func (a *authorities) vouchChain(chain []*x509.Certificate, now time.Time) error {
	if !a.raw[string(chain[len(chain)-1].Raw)] {
		return refuse(UntrustedIssuer)
	}
	for i, certificate := range chain {
		if now.After(certificate.NotAfter) || now.Before(certificate.NotBefore) {
			return refuse(Expired)
		}
		list := a.lists[string(certificate.RawIssuer)]
		switch {
		case list != nil && list.serials[string(certificate.SerialNumber.Bytes())]:
			return refuse(Revoked)
		case i == 0 && a.lists != nil && (list == nil || now.After(list.end)):
			return refuse(UntrustedIssuer)
		}
	}
	return nil
}

// Trust has a server's TLS ask for client certificates, where any are trusted. What is trusted is looked up at each handshake.
func (a *Authenticator) Trust(config *tls.Config) {
	if a.authorities == nil {
		return
	}
	config.SessionTicketsDisabled = true // who resumes was verified by the authorities of then
	config.ClientAuth = tls.VerifyClientCertIfGiven
	if a.config.Certificates.Required {
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	config.ClientCAs = a.authorities.Value().pool
	base := config.Clone()
	config.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
		now := base.Clone()
		now.ClientCAs = a.authorities.Value().pool
		return now, nil
	}
}

// certificate is for whom the connection's certificate speaks, if it speaks for anybody. An error: there is one, and it is bad.
func (a *Authenticator) certificate(ctx context.Context, now time.Time) (*Identity, error) {
	if a.authorities == nil {
		return nil, nil
	}
	p, ok := peer.FromContext(ctx)
	if !ok {
		return nil, nil
	}
	secure, ok := p.AuthInfo.(credentials.TLSInfo)
	if !ok || len(secure.State.VerifiedChains) == 0 {
		return nil, nil
	}
	if err := a.authorities.Value().vouch(secure.State.VerifiedChains, now); err != nil {
		return nil, err
	}
	return a.clients.Value().identify(secure.State.VerifiedChains[0][0])
}
