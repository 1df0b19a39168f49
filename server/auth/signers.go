package auth

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"

	"github.com/assay-project/assay/server/follow"
)

// algorithms that a token may be signed with.
var algorithms = []jose.SignatureAlgorithm{jose.RS256, jose.PS256, jose.ES256, jose.EdDSA}

// Bounds of a key set.
const (
	maxSigners     = 100
	minRSABits     = 2048
	rememberTokens = 8192 // verified tokens; about 200 bytes each
)

// signers are the keys of an issuer, and the tokens that they were found to have signed: who takes a key away takes them too.
type signers struct {
	keys     []jose.JSONWebKey
	verified *recent[[32]byte, verifiedToken]
}

// parseSigners reads a JSON Web Key Set. Keys that are for something else than our algorithms are passed over; a set that holds
// a secret is refused whole, for others can read it too.
func parseSigners(content []byte) (*signers, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(content, &set); err != nil {
		return nil, fmt.Errorf("read key set: %w", err)
	}
	if len(set.Keys) > maxSigners {
		return nil, fmt.Errorf("read key set: %d keys, at most %d are taken", len(set.Keys), maxSigners)
	}
	s := &signers{verified: newRecent[[32]byte, verifiedToken](rememberTokens)}
	for i, raw := range set.Keys {
		key, err := parseSigner(raw)
		if err != nil {
			return nil, fmt.Errorf("read key set: key %d: %w", i+1, err)
		}
		if key != nil {
			s.keys = append(s.keys, *key)
		}
	}
	if len(s.keys) == 0 {
		return nil, errors.New("read key set: no key in it is for RS256, PS256, ES256 or EdDSA signatures")
	}
	return s, nil
}

// parseSigner returns nil for a key that is of no use to us.
func parseSigner(raw json.RawMessage) (*jose.JSONWebKey, error) {
	var kind struct {
		Type      string   `json:"kty"`
		Curve     string   `json:"crv"`
		Use       string   `json:"use"`
		Secret    *string  `json:"k"`
		Private   *string  `json:"d"`
		Operation []string `json:"key_ops"`
	}
	if err := json.Unmarshal(raw, &kind); err != nil {
		return nil, err
	}
	if kind.Secret != nil || kind.Private != nil {
		return nil, errors.New("it is a secret: a key set is public")
	}
	if kind.Use != "" && kind.Use != "sig" || kind.Type != "RSA" && kind.Type != "EC" && kind.Type != "OKP" || kind.Curve != "" && kind.Curve != "P-256" && kind.Curve != "Ed25519" {
		return nil, nil
	}
	key := &jose.JSONWebKey{}
	if err := key.UnmarshalJSON(raw); err != nil {
		return nil, err
	}
	if r, ok := key.Key.(*rsa.PublicKey); ok && r.N.BitLen() < minRSABits {
		return nil, fmt.Errorf("an RSA key of %d bits, at least %d are needed", r.N.BitLen(), minRSABits)
	}
	return key, nil
}

// fits tells whether a key is of the kind for an algorithm, and not for another.
func fits(key *jose.JSONWebKey, algorithm string) bool {
	if key.Algorithm != "" && key.Algorithm != algorithm {
		return key.Algorithm == "Ed25519" && algorithm == string(jose.EdDSA)
	}
	switch k := key.Key.(type) {
	case *rsa.PublicKey:
		return algorithm == string(jose.RS256) || algorithm == string(jose.PS256)
	case *ecdsa.PublicKey:
		return algorithm == string(jose.ES256) && k.Curve == elliptic.P256()
	case ed25519.PublicKey:
		return algorithm == string(jose.EdDSA)
	}
	return false
}

// find returns the one key that a token may be signed with. A token that names none is taken where there is no choice. Of several
// keys with one name none is taken: who would say which?
func (s *signers) find(id, algorithm string) *jose.JSONWebKey {
	var found *jose.JSONWebKey
	for i := range s.keys {
		if key := &s.keys[i]; fits(key, algorithm) && (id == "" || key.KeyID == id) {
			if found != nil {
				return nil
			}
			found = key
		}
	}
	return found
}

// An issuer gives the keys that its tokens are signed with.
type issuer interface {
	// signers are those in force; nil: none are known yet.
	signers() *signers
	// learn waits, within ctx and a bound of its own, for newer keys than these, if there is hope for any. It returns those in force.
	learn(ctx context.Context, old *signers) *signers
}

// A fileIssuer has its keys in a file.
type fileIssuer struct{ *follow.Source[*signers] }

func (f fileIssuer) signers() *signers                        { return f.Value() }
func (f fileIssuer) learn(context.Context, *signers) *signers { return f.Value() }
