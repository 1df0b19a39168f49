// Rulebookdata writes the big tables of the embedded rulebook from a directory
// of source data: names of marks, ordinary words, price baselines.
//
//	go run ./internal/tools/rulebookdata -data DIR [-words DIR] -out internal/rulebook/embedded [TABLE...]
//
// Tables are marks, words, dictionary and baselines; without a name all are
// written, in that order, because each reads what stands before it.
// DIR holds lexicon/ (marks_shared.jsonl, nsi_brands.jsonl,
// nsi_genericWords.json, simple_icons_brands.jsonl), listings/*.jsonl and
// taxonomy/google_product_taxonomy.csv. The directory of -words holds plain
// word lists, one word a line, whose licences allow copying; names are file
// names, read in order.
//
// What a person decided stands beside the program in curated/: well-known
// marks, the choice of source categories and the names left out. The program
// only joins, checks and sorts, so the same input gives the same bytes.
package main
