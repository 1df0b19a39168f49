// Package conformance puts an outside checker through what its contract demands, and through what it will meet: many at
// once, deadlines, cancelled calls, and text that somebody wrote to break it.
//
// It knows nothing of what the checker looks for. What may be asked and what may be answered is judged by package outside,
// as in the service itself; beyond that, the same question must get the same answer, alone and among others. What a
// particular checker must find is told by cases.
//
// Every trial is bounded: a call by the timeout that the rulebook would give it, a trial by the number of its problems.
package conformance
