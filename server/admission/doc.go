// Package admission decides which calls a server works on, and in which order.
//
// A server that takes every call it is offered works, under too much load, on calls whose callers have gone. An interceptor
// cannot prevent that: the backlog stands in Go's scheduler, in front of it. So a call is let in or refused by [Gate.Enter], which the
// transport asks as the call's headers arrive, before a message is read or a goroutine started; and what it holds comes back
// when the transport says that its handler has returned ([Gate.HandleRPC]), however the call ended.
//
// Three things are held to a bound:
//
//   - Calls: so many at a time, because each has a message in memory; open streams have a bound of their own. What a tenant may
//     hold shrinks with what is left ([share]), so that one alone never has everything and a newcomer always finds room.
//   - Waiting: a call is refused when, by what checks took lately, those before it would make it wait longer than [Config.Wait].
//     Little's law, with the time a check takes measured: the limit follows the rulebook and the machine by itself.
//   - Checks: so many at a time as keep the processors busy, by [Run]. Those that wait do so in lines, a line for the single
//     checks and one for the batches and streams of each tenant, and the lines take turns: whoever sends a thousand waits for
//     them, and nobody else does. Items of a stream are never refused: the stream is read no faster than its items are checked.
//
// That calls are refused at once also while every processor is busy takes one thing more: [Gate.Open].
//
// Health probes are always let in, a few at a time on each connection.
package admission
