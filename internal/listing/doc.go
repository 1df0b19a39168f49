// Package listing is what a merchant submits: the nouns of the service, with values that are decided once.
//
// A value of this package is well formed from birth: whoever builds one (package wire, for messages) has already
// refused what the contract refuses. What a merchant can type is kept as typed, and what cannot be read keeps its
// reason ([Price.State], [Bound.State]), so that a checker reports it instead of an error hiding it.
//
// Enumerations have the numbers of the public contract. Values are read-only once built and safe for concurrent use.
package listing
