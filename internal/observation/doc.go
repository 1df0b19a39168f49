// Package observation reads prices that were seen, one row at a time, from files of any size.
//
// A file is CSV, JSON Lines or Parquet, told by its name's ending (.csv, .jsonl, .ndjson, .parquet). Columns are found by
// name, in any order; what is not in [Fields] is passed over. Only price and currency are needed. A row that cannot be
// believed (an amount that is no price, a currency that does not exist, a date that is none) is refused and counted by its
// reason, and reading goes on: among a million rows some are always broken, and they are somebody else's.
//
// Files come from outside. Lines and records are bounded, memory does not grow with the length of a file, and the panics
// that a malformed Parquet file can cause in its library become errors.
package observation
