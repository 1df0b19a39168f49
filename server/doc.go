// Package server is the service as a library: an engine behind gRPC, with settings that are safe as they come.
//
// A [Server] answers with the engine in force. [Server.Use] puts one in force, now or while calls run: a call takes the
// engine once, when it starts, and keeps it to its end. Until there is one the health service says NOT_SERVING and calls
// get UNAVAILABLE.
//
// What comes over the wire is hostile. So nothing here is unbounded: bytes of a message and of its headers, streams of a
// connection, connections, and above all time. Every call has a deadline from the moment its headers arrive, before
// anything is read or decoded ([Config.CallTimeout], [Config.StreamAge]), because an interceptor would see it only after.
//
// Content is judged and structure is refused: a verdict, even REJECT, is an OK answer. A status that is not OK says
// why there is no verdict; status.go is the only place that makes one.
package server
