package auth

// A Reason says why a call was refused. It is for operators: callers do not learn it.
type Reason string

// Reasons.
const (
	NoCredential     Reason = "no_credential"
	Malformed        Reason = "malformed_credential" // two headers, another scheme, too long, not what it claims to be
	UnknownKey       Reason = "unknown_key"          // no such id, or another secret
	UnknownClient    Reason = "unknown_client"       // a good certificate that speaks for no tenant, or for two
	UntrustedIssuer  Reason = "untrusted_authority"  // a certificate of an authority that is trusted no more, or without a revocation list in force
	Revoked          Reason = "revoked"
	Expired          Reason = "expired"
	NotYetValid      Reason = "not_yet_valid"
	WrongIssuer      Reason = "wrong_issuer"
	WrongAudience    Reason = "wrong_audience"
	UnknownSigner    Reason = "unknown_signer" // no key of that id and kind
	BadSignature     Reason = "bad_signature"
	BadClaims        Reason = "bad_claims"     // without an expiry, a tenant or a role that we know
	TwoTenants       Reason = "two_tenants"    // the certificate's and the token's
	NoSignerYet      Reason = "no_signer_yet"  // the issuer has not given its keys yet
	WrongRole        Reason = "wrong_role"     // known, and may not
	UnknownMethod    Reason = "unknown_method" // no entry in the table
	reasonsUndecided Reason = "undecided"
)

// A Refusal is why a call may not go on.
type Refusal struct{ Reason Reason }

// Error is for logs, never for callers.
func (r *Refusal) Error() string { return "refused: " + string(r.Reason) }

// Known tells whether the caller has shown who it is, and may not do this.
func (r *Refusal) Known() bool { return r.Reason == WrongRole || r.Reason == UnknownMethod }

// Passing tells whether the same credential may do a moment later.
func (r *Refusal) Passing() bool { return r.Reason == NoSignerYet }

// errUndecided says that the door cannot tell.
var errUndecided = &Refusal{Reason: reasonsUndecided}

func refuse(r Reason) error { return &Refusal{Reason: r} }
