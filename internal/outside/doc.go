// Package outside is what assay and an outside checker hold each other to: the rules of assay.v1.CheckerService that a
// message alone can break or keep.
//
// [Describe] makes a [Description] of what a checker says of itself, or says everything that is wrong with it. From
// then on the description decides: [Description.Ask] sends the fields that were declared and nothing else, and
// [Question.Findings] takes an answer or says how it breaks the contract. A broken answer is discarded whole, because
// nobody can tell which part of it to believe.
// [Read] reads one from the wire, in bounds.
//
// There is no network here. Package remote calls checkers by these rules, the helper for authors and the conformance kit hold
// them to the same ones.
package outside
