// Package wire turns messages of the public contract into values of the house, and values back into messages.
//
// It is the threshold: a message becomes a value that is well formed from birth, or every violation of the contract at
// once ([Invalid]). The rules are those annotated in proto/assay/v1; they are written out by hand here because
// interpreting the annotations costs about seventy times as much per request, and a test holds both against each other
// over generated messages. Content is never refused here: an impossible price, date or identifier keeps its reason
// in the value and a checker reports it.
package wire
