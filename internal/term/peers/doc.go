// Command peers measures the term index beside a Go map of token n-grams and the Aho-Corasick
// library that survives a million terms, in one run whose rounds take turns, so that a busy
// machine is busy for all of them. It is a module of its own: who uses assay does not download
// what it is compared with.
//
//	go run . -terms 1000000
//
// The peers get text that is folded already, and only count what they find. The index gets raw
// text, folds it, checks word boundaries and policies, and reports offsets.
package main
