// Package catalogue reads files of submissions of any size, an entry at a time: JSON Lines and CSV, also compressed with gzip or
// zstd, and Parquet.
//
// Every entry has exactly one outcome: a submission, or an error that names file and line (of Parquet, the row). An entry that
// is too long or not UTF-8 is such an error and the next one is read; a file that cannot be read further ends the run, which says
// so. A byte-order mark, carriage returns before line ends and a last line without an end are all well. Entries are
// counted, so that a run can go on behind any of them ([Mark]).
package catalogue
