// Package text folds what merchants write into words that can be compared.
//
// Folding undoes everything that changes how a word is spelled without changing which word a
// reader sees: letter case, width and other compatibility forms, diacritics, ligatures,
// invisible characters, letters in circles and squares, traditional Han for simplified. It walks the raw bytes once, driven by
// a table (table.bin, generated from the Unicode data files by internal/tools/foldtable), and
// never lets go of the original: every token knows its bytes, and which transforms had to be
// undone on the way, because a finding must show what was written and say what was hidden.
//
// What a letter merely looks like (Cyrillic а for Latin a) is not folded away: in its own
// script it is an honest letter. Entry points for that are Look, which the term index uses on
// suspicious words only, and Key, which compares two names and may be blunt.
//
// A Folded also carries a rolling hash over its letters that ignores separators. The hash of any
// window of pieces is the combination of two prefix hashes, so "Coca-Cola", "Coca Cola" and
// "CocaCola" have one hash and an index needs no second pass for them.
package text

//go:generate go run ../tools/foldtable -data ../tools/foldtable -o table.bin
