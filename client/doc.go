// Package client asks an assay server whether product listings may go live.
//
// # One submission
//
// [Dial] gives a [Client] and [Client.Check] the verdict on one submission. A REJECT is an answer, not an error: an error means
// that the question could not be answered, and its [Error] lists every field the server refuses.
//
// # Catalogues
//
// [Client.CheckAll] turns a sequence of submissions into a sequence of results in the same order. Underneath runs a stream
// with a bounded window of submissions on their way, so that memory does not grow with the catalogue. Servers end
// streams after a while, when they are replaced or by accident; CheckAll then opens another one and sends again what was not
// answered, which is safe because a check stores nothing. A submission that cannot be read or is refused gets an
// error in its own place, and the others are still checked.
//
// # Merchants
//
// [Client.AssessMerchant] answers on a merchant who signs up, with up to a hundred listings: a verdict on each, one on the
// merchant, and what to ask for, each thing once. [Client.AssessAssortment] does it for thousands.
//
// # Credentials
//
// A server that wants to know who calls takes a token or an API key ([WithToken], with [TokenFile] from a file that is renewed), or
// the client certificate in the config of [WithTLS].
//
// # Defaults
//
// Connections use TLS 1.3 except to this machine. Calls have a deadline ([DefaultTimeout]) that covers all their tries. Only two kinds of
// failure are tried again: UNAVAILABLE, and RESOURCE_EXHAUSTED when the server says when to come back. Service configs from
// DNS and proxies from the environment are ignored: neither may redirect what merchants submit. Dial through a
// proxy with [WithDialer].
//
// A Client is safe for concurrent use and is meant to be shared.
package client
