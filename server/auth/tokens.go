package auth

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// Tokens says which JSON Web Tokens are taken. A token must name its expiry, the issuer, the audience, a tenant and a role.
type Tokens struct {
	// Issuer is the "iss" of the tokens. Empty: tokens are not taken.
	Issuer string
	// Audience is one of the "aud" of the tokens: what the issuer calls this service.
	Audience string
	// Keys is a file with the issuer's JSON Web Key Set. Empty: they are asked of the issuer, by OpenID Connect discovery.
	Keys string
	// TenantClaim and RolesClaim are the claims that hold the tenant and the roles: a list, or a text with spaces between, of
	// which others than ours are passed over. Empty: "tenant" and "roles".
	TenantClaim, RolesClaim string
	// Client asks the issuer. Nil: one that uses no proxy.
	Client *http.Client
}

// leeway is how much clocks may differ.
const leeway = 30 * time.Second

// A verifiedToken was verified once.
type verifiedToken struct {
	identity *Identity
	end      time.Time
}

// token takes a JSON Web Token. Who is not patient gets errUndecided for one that was not seen before.
func (a *Authenticator) token(ctx context.Context, shown string, now time.Time, patient bool) (*Identity, error) {
	if a.issuer == nil || strings.Count(shown, ".") != 2 {
		return nil, refuse(Malformed)
	}
	sum := sha256.Sum256([]byte(shown))
	keys := a.issuer.signers()
	if keys != nil {
		if seen, ok := keys.verified.get(sum); ok {
			if !now.Before(seen.end) {
				return nil, refuse(Expired)
			}
			return seen.identity, nil
		}
	}
	if !patient {
		return nil, errUndecided
	}
	verified, keys, err := a.verify(ctx, shown, keys, now)
	if err != nil {
		return nil, err
	}
	keys.verified.put(sum, *verified)
	return verified.identity, nil
}

// verify does all of it: first what is cheap, so that few forgeries get as far as the signature. It returns the keys that it used.
func (a *Authenticator) verify(ctx context.Context, shown string, keys *signers, now time.Time) (*verifiedToken, *signers, error) {
	token, err := jwt.ParseSigned(shown, algorithms)
	if err != nil || len(token.Headers) != 1 {
		return nil, nil, refuse(Malformed)
	}
	var claimed jwt.Claims
	if err := token.UnsafeClaimsWithoutVerification(&claimed); err != nil {
		return nil, nil, refuse(BadClaims)
	}
	if err := a.holds(claimed, now); err != nil {
		return nil, nil, err
	}
	key, keys, err := a.signer(ctx, token.Headers[0], keys)
	if err != nil {
		return nil, nil, err
	}
	var all map[string]any
	if err := a.claims(ctx, token, key, &claimed, &all); err != nil {
		return nil, nil, err
	}
	identity, err := a.claimed(claimed.Subject, all)
	return &verifiedToken{identity: identity, end: claimed.Expiry.Time().Add(leeway)}, keys, err
}

// holds tells whether the claims let the token in now, if they are true.
func (a *Authenticator) holds(c jwt.Claims, now time.Time) error {
	if c.Expiry == nil || !sane(c.Expiry) || !sane(c.NotBefore) || !sane(c.IssuedAt) {
		return refuse(BadClaims)
	}
	expected := jwt.Expected{Issuer: a.config.Tokens.Issuer, AnyAudience: jwt.Audience{a.config.Tokens.Audience}, Time: now}
	err := c.ValidateWithLeeway(expected, leeway)
	switch {
	case errors.Is(err, jwt.ErrInvalidIssuer):
		return refuse(WrongIssuer)
	case errors.Is(err, jwt.ErrInvalidAudience):
		return refuse(WrongAudience)
	case errors.Is(err, jwt.ErrExpired):
		return refuse(Expired)
	case err != nil:
		return refuse(NotYetValid)
	}
	return nil
}

// sane tells whether a date, if there is one, is of the years that dates are written in: one beyond the clock's numbers would come
// out as long past.
func sane(date *jwt.NumericDate) bool {
	const year10000 = 253402300800 // Unix seconds
	return date == nil || *date >= 0 && *date < year10000
}

// signer finds the key of a token, if need be among newer ones than these.
func (a *Authenticator) signer(ctx context.Context, header jose.Header, keys *signers) (*jose.JSONWebKey, *signers, error) {
	if keys != nil {
		if key := keys.find(header.KeyID, header.Algorithm); key != nil {
			return key, keys, nil
		}
	}
	keys = a.issuer.learn(ctx, keys)
	if keys == nil {
		return nil, nil, refuse(NoSignerYet)
	}
	key := keys.find(header.KeyID, header.Algorithm)
	if key == nil {
		return nil, nil, refuse(UnknownSigner)
	}
	return key, keys, nil
}

// claims verifies the signature, when it is its turn, and reads the claims.
func (a *Authenticator) claims(ctx context.Context, token *jwt.JSONWebToken, key *jose.JSONWebKey, into ...any) error {
	select {
	case a.verifying <- struct{}{}:
		defer func() { <-a.verifying }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := token.Claims(key.Key, into...); err != nil {
		return refuse(BadSignature)
	}
	return nil
}

// claimed makes an identity of verified claims.
func (a *Authenticator) claimed(subject string, claims map[string]any) (*Identity, error) {
	name, _ := claims[a.config.Tokens.TenantClaim].(string)
	tenant, err := ParseTenant(name)
	roles := claimedRoles(claims[a.config.Tokens.RolesClaim])
	if err != nil || roles == 0 {
		return nil, refuse(BadClaims)
	}
	return &Identity{Tenant: tenant, Subject: clip(subject), Roles: roles, How: ByToken}, nil
}

// claimedRoles are ours out of those that a claim names.
func claimedRoles(claim any) (roles Role) {
	switch named := claim.(type) {
	case string:
		for _, name := range strings.Fields(named) {
			roles |= roleNames[name]
		}
	case []any:
		for _, name := range named {
			text, _ := name.(string)
			roles |= roleNames[text]
		}
	}
	return roles
}
