// Package remote asks checkers in other processes, by gRPC and assay.v1.CheckerService.
//
// An outside checker is the least trusted part of a verdict. It may hang, trickle, flood, lie, crash again and again or
// be gone; none of that may take the service down or let a listing through. So everything about it is bounded: time, bytes, calls at
// a time, and how often one that fails is asked at all. What it says is held to the contract (package outside), and what
// goes wrong becomes an error of the run, which the decision table turns into REVIEW with the checker's name and the
// reason.
//
// [New] makes a checker of a row of the rulebook. Connections outlive rulebooks: a [Pool] holds them, with what each
// checker said of itself and how it did of late, and engines borrow them. A connection that no engine can reach any more
// is closed; one that the next rulebook names too goes on.
package remote
