// Package verdict turns findings into a decision by a table.
//
// It is pure: four steps, each a function of a set, so that order, concurrency and duplicates cannot change the outcome
// (the model is XACML's deny-overrides):
//
//  1. take away what is excused: a finding may name others that it mitigates, in the markets it concerns;
//  2. look up what each of the rest leads to; a code nobody weighed means REVIEW;
//  3. add what the table says of several findings together;
//  4. take the strictest, for each market and over all of them.
//
// A checker that did not end is a finding too (SYS_CHECK_NOT_RUN), weighed by the book's failure policy for it.
// A checker may be in shadow: then the ruling is the one that would be without its findings, which stand apart, and beside
// it stands the decision that would be with them. A checker in shadow that does not end is one of those findings.
//
// Beside the decision stands a risk score that orders reviewers' queues and decides nothing.
package verdict
