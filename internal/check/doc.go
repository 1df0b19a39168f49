// Package check is what a checker is: a value that looks at one subject and reports what it finds.
//
// A [Checker] is built once, by a constructor, from the data of a rulebook, and never changed. It sees the world through
// its [Pass] alone: it reads no clock, no environment and no file, so the same subject gives the same findings.
//
// It reports codes and evidence. What a code means for the decision stands in the rulebook (package verdict); a checker
// knows no severities. A finding is not an error, and an error is not a finding: "the price is far below its reference"
// is reported, "the outside checker did not answer" is returned. "No price was given" is neither, but [Checker.Skip].
//
// A [Stage] is a checker with a typed result for the checkers that require it. A [Plan] orders checkers so that what one
// requires has ended before it starts, and runs them on a subject, each guarded: a panic or an error costs one row. Those
// that wait for somebody else ([Checker.Waits]) run at once and last.
//
// The subject is a type parameter because a merchant with an assortment is checked by the same machinery as a submission.
package check
