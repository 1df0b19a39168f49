// Package columnar reads Parquet files of values and lists of values, a row at a time, as text.
//
// Only the columns that somebody asked for are read, each page by page, so that memory holds one page and one dictionary of
// each. A page says how large it will become, and a hostile one lies: every page of a row group is therefore measured before
// it is read (see guard.go), and a file that claims too much is an error. The library underneath panics on some malformed files; that
// is an error of the file too.
package columnar
