// Package rule makes a checker of each rule that a rulebook has as data: a CEL expression over the public messages.
//
// What a rule may say stands in the schema (assay.rulebook.v1.Rule), and what it may read in the contract (assay.v1): an author
// needs no other manual. [New] compiles and type-checks every expression of a book, and says everything that is wrong with
// file, line and column of the place inside the expression. A rule becomes a checker of its own, so that each has a row in the
// verdict, a mode and a failure policy of its own, and its error costs nothing but itself.
//
// # Bounds
//
// Whoever writes a rulebook must not be able to stop the service, nor a merchant by what a rule reads. So the language has no
// way to make a value larger than those it was given (texts and lists cannot be joined, there is no map()), nothing in it
// depends on the order of a map, on a clock or a time zone, patterns and words are written out and bounded, expressions too
// deep, too long or of too great a worst case are refused. What an evaluation may cost is bounded, what all rules cost of one
// submission together is, and a deadline that ends stops them. Each leaves a finding (SYS_RULE_COST, SYS_RULE_ERROR,
// SYS_CHECK_NOT_RUN) on that submission, and what had been found until then stays.
//
// The unit of cost is CEL's: about a step of the evaluator, some fifty nanoseconds.
package rule
