// Package auth decides who may call which method, and for which tenant.
//
// A caller shows one of three credentials: a certificate in the TLS handshake ([Certificates]), or in the metadata of a call,
// as "authorization: Bearer ...", a JSON Web Token of an issuer ([Tokens]) or an API key ([Config.Keys]). Each leads to an
// [Identity]: a tenant, a subject, roles. Nothing else does: a tenant in a message or in other metadata is not looked at.
//
// Who needs which role stands in one table, keyed by the full name of the method; a method that is not in it is refused to all.
//
// # Where it is decided
//
// Twice. [Authenticator.AtTheDoor] runs when the headers of a call arrive, before a byte of its message is read, and decides all
// that a few map lookups can decide: no credential, a malformed one, an unknown or ended key, a certificate that is revoked, a
// token that was verified before. What is left is the signature of a token that is seen for the first time, which takes longer
// than a connection's reader may wait. [Authenticator.Authorize] does that in the call's own goroutine. It lets nobody pass whom
// the door has not let pass, and does the door's work where there was no door.
//
// # What it is to withstand
//
//   - Guessing: keys have 130 random bits, files hold their SHA-256 only, comparison takes the same time wherever they differ.
//     What a refused caller is told is the same for every reason; the reason is counted and logged, at a bounded rate.
//   - Forged tokens: only RS256, PS256, ES256 and EdDSA are taken, and each with a key of its own kind out of the configured set,
//     never one the token brings along. Issuer, audience, expiry, tenant and a role must all be there and right.
//   - Confusion: two authorization headers, another scheme or spelling, binary metadata of that name, or a certificate and a
//     token of two tenants are refused rather than chosen from. Names in certificates match exactly or not at all.
//   - Old credentials: keys, certificates, authorities, revocation lists and token keys are followed on disk; the next call is
//     judged by what is in force then, on old connections too. A revocation list that has ended vouches for nobody.
//   - Exhaustion: credentials are at most 8 KiB, caches and files bounded, signatures verified by half of the processors at most.
//   - An issuer that is down, slow or hostile: nothing waits for it at the start, its answers are bounded in time and bytes, the
//     keys it gave last stay, and tokens with made-up key ids make us ask it every half minute at most.
//
// It does not withstand whoever holds a valid credential, or writes the files it follows. A token cannot be taken back before it ends,
// but with the key that signed it: let tokens be short-lived. A stream is judged when it begins and
// lives on for its minute when its credential ends meanwhile.
package auth
