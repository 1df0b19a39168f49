// Package attack does to assayd what its enemies will, and looks whether it keeps its promises.
//
// Its tests build the daemon, start it as a process of its own with its documented flags, and attack it over the network and
// through its files: as merchants who write listings (T text, P price, D documents), as clients (W bytes on the wire, S streams
// and HTTP/2, Z who may call), as outside checkers (G), as authors of rulebooks (R), by load and signals (L), and by what it shows
// to the outside (C). An attack is a class, drawn by a generator; -seed repeats what was drawn.
//
// All the while an honest client asks ten times a second on a connection of its own. After each attack the same must hold: the
// process is the one that was started, its health is SERVING, the honest client got the right answer every time, and goroutines,
// descriptors and memory are back where they were. What an attack demands besides stands beside it in its table.
//
//	go test ./internal/attack                                            # a fast part, for every change
//	go test ./internal/attack -timeout 2h -args -full -table README.md   # all of it; README.md shows how it went
//	go test ./internal/attack -timeout 2h -args -soak 30m                # half load with good and bad input
//
// There is nothing to import here.
package attack
