// Command assay asks whether product listings may go live: it reads submissions from files, has them checked, and prints
// a verdict for each.
//
// With --addr it talks to an assayd; without, it starts the same server inside its own process, with the embedded rulebook
// or the one of --rulebook. Either way the submissions travel through package client.
//
// Files are read line by line in bounded memory. Whatever a line holds, it has one result, in the order of the input: a verdict,
// or an error that names file and line. Words of merchants are escaped before they reach a terminal.
package main
