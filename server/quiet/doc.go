// Package quiet keeps logs from doing harm: what comes again and again is told now and then, with how often it was not, and a
// reader who does not read stops nobody.
//
// Whoever can make a line can make a million. [Handler] bounds lines by what they say, [Writer] by what is read of them.
package quiet
