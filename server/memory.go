package server

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/assay-project/assay/server/peers"
)

// errUnread is the answer on a connection whose answers are not read.
var errUnread = errors.New("the answers on this connection are not read")

// smallMessage is how much a message may take that finds room where larger ones do not any more.
const smallMessage = 64 << 10

// memory is what decoded messages may take at a time, in bytes; large ones three quarters of it.
type memory struct {
	most  int64
	taken atomic.Int64
}

func (m *memory) take(bytes int64) bool {
	most := m.most
	if bytes > smallMessage {
		most = most / 4 * 3
	}
	if m.taken.Add(bytes) > most {
		m.taken.Add(-bytes)
		return false
	}
	return true
}

// An incoming message takes memory when it is decoded.
type incoming struct {
	message any
	memory  *memory         // nil: it is not counted
	patient context.Context // not nil: it waits for memory as long as this lives, rather than fail
	taken   int64
	err     error // why it was not decoded, if it was we who refused it
}

func (in *incoming) take(bytes int) error {
	for !in.memory.take(int64(bytes)) {
		if in.patient == nil || !sleep(in.patient, 5*time.Millisecond) {
			return errMemory
		}
	}
	in.taken += int64(bytes) // a caller may send two where there must be one
	return nil
}

func (in *incoming) release() {
	if in.memory != nil {
		in.memory.taken.Add(-in.taken)
	}
	in.taken = 0
}

// messages are those of a stream. What each takes is counted until it is let go, and at the latest until the handler returns.
type messages struct {
	grpc.ServerStream
	ctx    context.Context
	memory *memory
	peers  *peers.Peers

	mu   sync.Mutex
	held map[proto.Message]*incoming
}

type messagesKey struct{}

func newMessages(stream grpc.ServerStream, memory *memory, peers *peers.Peers) *messages {
	m := &messages{ServerStream: stream, memory: memory, peers: peers, held: map[proto.Message]*incoming{}}
	m.ctx = context.WithValue(stream.Context(), messagesKey{}, m)
	return m
}

// Context leads to the messages of the stream.
func (m *messages) Context() context.Context { return m.ctx }

// RecvMsg receives a message, when there is memory for it.
func (m *messages) RecvMsg(to any) error {
	in := &incoming{message: to, memory: m.memory, patient: m.ctx}
	err := m.ServerStream.RecvMsg(in)
	if in.err != nil {
		return in.err
	}
	if message, ok := to.(proto.Message); ok && in.taken > 0 {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.held[message] = in
	}
	return err
}

// SendMsg sends a message.
func (m *messages) SendMsg(message any) error {
	return m.ServerStream.SendMsg(&outgoing{message, m.ctx, m.peers})
}

// letGo says that a message of the stream that ctx belongs to is done with.
func letGo(ctx context.Context, message proto.Message) {
	m, ok := ctx.Value(messagesKey{}).(*messages)
	if !ok {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if in := m.held[message]; in != nil {
		in.release()
		delete(m.held, message)
	}
}

func (m *messages) letAllGo() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, in := range m.held {
		in.release()
	}
	clear(m.held)
}
