// Package peers bounds what the other ends of connections may hold: connections, and answers that they do not read.
//
// A listener that stops accepting when it has enough connections leaves everybody else waiting in the kernel's queue: one host with idle
// connections starves all. Here each is accepted. Where there are too many, in all or of one host, one without a call under way makes
// room, the longest idle first and those that never made a call before the others; only where none is idle, the new one is closed.
//
// An answer is out of our hands when its bytes have been written, and a peer that opens no window never lets them be. No deadline of a
// call frees them. So they are counted, from when an answer is encoded until the transport has done with its bytes ([Peers.Hold]), and a connection
// that takes nothing of what it is owed for some time is closed; at once those that are owed most, where all are owed more than may be.
package peers
