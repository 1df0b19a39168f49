package auth

import (
	"context"
	"fmt"
	"strings"
)

// A Role is what a caller is trusted with. Roles are bits; an identity may have both, and neither holds the other.
type Role uint8

// Roles.
const (
	Check Role = 1 << iota // ask for verdicts
	Admin                  // see what runs, and how it does
)

// roleNames are the names of roles in files and claims.
var roleNames = map[string]Role{"check": Check, "admin": Admin}

// Any tells whether r holds one of the roles of need.
func (r Role) Any(need Role) bool { return r&need != 0 }

// String is the names, joined by commas.
func (r Role) String() string {
	var names []string
	for _, name := range []string{"check", "admin"} {
		if r.Any(roleNames[name]) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ",")
}

// ParseRoles reads names of roles; there must be one.
func ParseRoles(names []string) (Role, error) {
	var roles Role
	for _, name := range names {
		role, ok := roleNames[name]
		if !ok {
			return 0, fmt.Errorf("role %q is neither check nor admin", clip(name))
		}
		roles |= role
	}
	if roles == 0 {
		return 0, fmt.Errorf("there is no role")
	}
	return roles, nil
}

// How an identity was shown.
type How string

// Ways to show an identity.
const (
	ByKey         How = "key"
	ByToken       How = "token"
	ByCertificate How = "certificate"
)

// An Identity is who calls. It is shared and never changed.
type Identity struct {
	Tenant  string // whose data the call is about: 1 to 64 of letters, digits, '.', '_', '-'
	Subject string // who it is: a key's id, a token's subject, a certificate's name; for logs
	Roles   Role
	How     How
}

type identityKey struct{}

// FromContext is the identity of the call that ctx belongs to. It is nil where the method is open to all, or the server is.
func FromContext(ctx context.Context) *Identity {
	identity, _ := ctx.Value(identityKey{}).(*Identity)
	return identity
}

func withIdentity(ctx context.Context, i *Identity) context.Context {
	return context.WithValue(ctx, identityKey{}, i)
}

// ParseTenant takes what may be the name of a tenant: it turns up in logs, metrics and keys of storage as it is.
func ParseTenant(name string) (string, error) {
	const allowed = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_."
	if len(name) < 1 || len(name) > 64 || strings.Trim(name, allowed) != "" || strings.HasPrefix(name, ".") {
		return "", fmt.Errorf("tenant %q is not 1 to 64 of letters, digits, '.', '_' and '-'", clip(name))
	}
	return name, nil
}

// clip bounds what errors quote.
func clip(s string) string {
	const most = 64
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}
