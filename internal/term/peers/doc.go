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
// What a run of all of them showed (7 rounds, one core of a busy server, a million marks; medians
// of the ratios to the exact index, times to fold for the last row):
//
//	                       title of 125 bytes   description of 1,600
//	index, exact           1.9 µs               16.7 µs
//	index, everything on   1.6 times            1.9 times
//	Go map of n-grams      3.0 times            4.6 times
//	Aho-Corasick           6.7 times            9.7 times
//	x/text beside fold     3.5 times            4.0 times
//
// The index takes 31 bytes a term, 99 with everything on. Of the time for a title with the exact index,
// a fifth goes into folding, a third into asking about words and pairs of words, a third into
// fetching and comparing the seven hits.
//
// The market is made up: one word of four in the vocabulary is also a mark, so that a title holds
// seven hits, and nearly every coined word is one letter from some coined mark. Both are worse
// than any real list, for all contestants.
package main
