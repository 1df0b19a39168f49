// Package catalogue reads files of submissions: JSON Lines and CSV, of any size, a line at a time.
//
// Every line has exactly one outcome: a submission, or an error that names file and line. A line that is too long or not
// UTF-8 is such an error and the next one is read; a file that cannot be read further ends the run, which says so. A
// byte-order mark, carriage returns before line ends and a last line without an end are all well.
package catalogue
