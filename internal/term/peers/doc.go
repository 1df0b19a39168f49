// Command peers measures the term index beside a Go map of token n-grams, the folding of
// golang.org/x/text and the Go Aho-Corasick library that survives a million terms, in one run whose
// rounds take turns, so that a busy machine is busy for all of them. It is a module of its own: who
// uses assay does not download what it is compared with.
//
//	go run . -terms 1000000            # needs 5 GB and some minutes for Aho-Corasick
//	go run . -terms 1000000 -aho=false
//
// The peers get text that is folded already, and only count what they find. The index gets raw
// text, folds it, checks word boundaries and policies, and reports offsets. Trust the ratios and
// not the times; the first ratio is to the exact index, the second to the one with everything on.
//
// The market is made up: one word of four in the vocabulary is also a mark, so that a title holds
// seven hits, and nearly every coined word is one letter from some coined mark. Both are worse
// than any real list, for all contestants.
package main
