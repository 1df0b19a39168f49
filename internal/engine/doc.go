// Package engine compiles a rulebook into an immutable value that answers submissions.
//
// It is the only room that knows all checkers: [New] holds the one list of them, in source, and that list is where one
// reads what the product checks: one plan over a submission ([Engine.Check]), and one over a merchant with what was found in
// an assortment ([Engine.Assess]).
//
// A new checker of submissions touches four files beside its own package internal/checkers/NAME: checkers.go here (one line in
// compile, one in list), advice.go here (its codes), internal/house_test.go (the room and what it may import), and the
// rulebook's decisions.yaml (what its codes mean; without that they mean REVIEW). Tests name whichever is forgotten.
//
// An [Engine] owns memory only, so one that is replaced vanishes with its last request.
package engine
