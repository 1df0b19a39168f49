package rulebook

import (
	"crypto/x509"
	"encoding/pem"
	"maps"
	"net"
	"net/netip"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	rulebookv1 "github.com/assay-project/assay/proto/assay/rulebook/v1"
	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/outside"
	"github.com/assay-project/assay/internal/verdict"
)

// A Remote is a checker in another process.
type Remote struct {
	At            Position
	Name, Doc     string
	Address       string // "host:port" or "unix:/path"
	Timeout       time.Duration
	TLS           bool
	CA            string   // PEM of whom to trust; "": the system's roots
	ServerName    string   // "": the host of the address
	Codes         []string // that decisions.yaml may have rows for, without prefix
	MaxConcurrent int      // calls at a time
}

// Prefix is what stands before its codes in the decision table and in verdicts.
func (r *Remote) Prefix() string { return outside.Prefix(r.Name) }

const (
	defaultBudget     = 300 * time.Millisecond
	defaultConcurrent = 32
)

// A remoteDraft is a remote whose certificates another file holds.
type remoteDraft struct {
	Remote
	caFile string
	caAt   Position
	policy *Policy // nil: none given
}

// parseRemotes reads remotes.yaml.
func (v *validator) parseRemotes(s *source) part {
	var f rulebookv1.RemotesFile
	doc := v.decode(s, &f)
	budget := defaultBudget
	if f.Budget != nil {
		budget = f.Budget.AsDuration()
	}
	remotes := make([]remoteDraft, len(f.Remotes))
	for i, r := range f.Remotes {
		remotes[i] = doc.remote(r, budget)
		for _, other := range f.Remotes[:i] {
			a, b := outside.Prefix(other.Name), outside.Prefix(r.Name)
			if strings.HasPrefix(a, b) || strings.HasPrefix(b, a) {
				doc.refuseAt(doc.field(r, "name"), "codes of %q could be taken for those of %q, which begin with %s too", r.Name, other.Name, min(a, b))
			}
		}
	}
	s.rows = len(remotes)
	return func(d *draft) { d.remotes = remotes }
}

func (d *document) remote(r *rulebookv1.Remote, budget time.Duration) remoteDraft {
	to := remoteDraft{Remote: Remote{At: d.at(r), Name: r.Name, Doc: r.Doc, Address: r.Address, Timeout: budget, Codes: r.Codes,
		ServerName: r.Tls.GetServerName(), MaxConcurrent: int(r.MaxConcurrent)}, caFile: r.Tls.GetCaFile(), caAt: d.field(r, "tls")}
	if r.Timeout != nil {
		to.Timeout = r.Timeout.AsDuration()
	}
	if to.Timeout > budget {
		d.refuseAt(d.field(r, "timeout"), "%v is longer than the budget of %v, which outside checkers share", to.Timeout, budget)
	}
	if to.MaxConcurrent == 0 {
		to.MaxConcurrent = defaultConcurrent
	}
	if r.Failure != 0 || r.Mode != 0 {
		to.policy = &Policy{At: d.field(r, "name"), Failure: verdict.FailurePolicy(r.Failure), Shadow: r.Mode == assayv1.CheckerMode_CHECKER_MODE_SHADOW}
	}
	near, why := addressOf(r.Address)
	if why != "" {
		d.refuseAt(d.field(r, "address"), "%q: %s", r.Address, why)
	}
	if r.Plaintext && r.Tls != nil {
		d.refuseAt(d.field(r, "plaintext"), "plaintext and tls exclude each other")
	}
	to.TLS = r.Tls != nil || !near && !r.Plaintext
	return to
}

// addressOf tells whether an address is on this machine, or why it is none that a checker may have.
func addressOf(address string) (near bool, why string) {
	if file, ok := strings.CutPrefix(address, "unix:"); ok {
		if !path.IsAbs(file) || path.Clean(file) != file {
			return true, "a socket is given by its absolute path"
		}
		return true, ""
	}
	host, port, err := net.SplitHostPort(address)
	if n, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil || n == 0 || strings.ContainsFunc(host, notInHosts) || host == "" {
		return false, `write "host:port", or "unix:" and an absolute path`
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		if outside.Reserved(ip) {
			return false, "no checker is there: machines keep services of their own at such addresses"
		}
		return ip.Unmap().IsLoopback(), ""
	}
	return strings.EqualFold(host, "localhost"), ""
}

// notInHosts reports characters that neither names of hosts nor addresses have.
func notInHosts(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune(".-_:", r)
}

// parsePEM reads a file of certificates. Keys are refused: a rulebook is shown to many.
func parsePEM(s *source) part {
	rest := s.data
	for len(strings.TrimSpace(string(rest))) > 0 {
		line := s.lineOf(len(s.data) - len(rest))
		block, after := pem.Decode(rest)
		if block == nil {
			s.refuse(line, 0, "not PEM")
			break
		}
		rest = after
		if block.Type != "CERTIFICATE" {
			s.refuse(line, 0, "holds a %.40q: a rulebook has certificates only", block.Type)
			continue
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			s.refuse(line, 0, "no certificate: %v", err)
		}
		s.rows++
	}
	return func(d *draft) { d.certificates[s.name] = string(s.data) }
}

// outsiders makes the remotes of the book and holds them against its other files.
func (d *draft) outsiders(b *Book) {
	for _, r := range d.remotes {
		if r.caFile != "" {
			ca, ok := d.certificates[r.caFile]
			if !ok {
				d.refuse(r.caAt, "no file %q with certificates is in the rulebook", r.caFile)
			}
			r.CA = ca
		}
		if r.policy != nil {
			if other, taken := b.Policies[r.Name]; taken {
				d.refuse(other.At, "the policy of %q stands in remotes.yaml", r.Name)
			}
			if b.Policies == nil {
				b.Policies = make(map[string]Policy)
			}
			b.Policies[r.Name] = *r.policy
		}
		d.rowsOf(&r.Remote)
		b.Remotes = append(b.Remotes, r.Remote)
	}
}

// rowsOf refuses rows of the decision table that begin as the codes of a remote do and are not its own: it could report
// what they mean.
func (d *draft) rowsOf(r *Remote) {
	codes := d.defined[codeName].at
	for _, name := range slices.Sorted(maps.Keys(codes)) {
		code, ok := strings.CutPrefix(name, r.Prefix())
		code, _, _ = strings.Cut(code, "/")
		if ok && !slices.Contains(r.Codes, code) {
			d.refuse(codes[name], "%s would be a code of the outside checker %q, which does not list it in remotes.yaml", name, r.Name)
		}
	}
}
