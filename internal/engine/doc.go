// Package engine compiles a rulebook into an immutable value that answers submissions.
//
// It is the only room that knows all checkers: [New] holds the one list of them, in source, and that list is where one
// reads what the product checks. An [Engine] owns memory only, so one that is replaced vanishes with its last request.
package engine
