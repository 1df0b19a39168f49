package server

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/grpc/encoding"
	_ "google.golang.org/grpc/encoding/proto" // the usual codec, which encodes
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"

	"github.com/assay-project/assay/server/peers"
)

// maxPieces is in how many pieces one list of numbers may come. Encoders write one, and no list of the contract is longer.
const maxPieces = 45

// Why a message is refused that costs far more to decode than to send.
var (
	errPieces = errors.New("a list of numbers comes in too many pieces")
	errHeavy  = errors.New("the message would take too much memory: it has too many parts")
	errMemory = errors.New("other messages take all the memory that there is for them")
)

// codec is the usual one, but that it looks at a message before it decodes it, because some cost far more than their length: two bytes
// become an empty message of a hundred, and of a list of packed numbers the decoder copies what it has for each piece, so that a megabyte of
// pieces of one number keeps it busy for minutes, and no deadline ends it.
type codec struct {
	encoding.CodecV2
	largest int // bytes that a message may take when it is decoded
}

func newCodec(largest int) codec { return codec{encoding.GetCodecV2("proto"), largest} }

// Unmarshal decodes a message, or an *incoming one.
func (c codec) Unmarshal(data mem.BufferSlice, v any) error {
	in, ours := v.(*incoming)
	if !ours {
		in = &incoming{message: v}
	}
	m, ok := in.message.(proto.Message)
	if !ok {
		return c.CodecV2.Unmarshal(data, in.message)
	}
	buffer := data.MaterializeToBuffer(mem.DefaultBufferPool())
	defer buffer.Free()
	in.err = c.room(in, m, buffer.ReadOnlyData())
	switch {
	case in.err == nil:
		return proto.Unmarshal(buffer.ReadOnlyData(), m)
	case ours:
		return nil // of an error here, gRPC would make a status on its own; who has given us the message finds what is wrong in it
	}
	return fmt.Errorf("decode %s: %w", m.ProtoReflect().Descriptor().Name(), in.err)
}

// room looks whether there is memory for a message.
func (c codec) room(in *incoming, m proto.Message, b []byte) error {
	bytes, err := shapeOf(m.ProtoReflect().Descriptor()).weigh(b, c.largest)
	if err != nil || in.memory == nil {
		return err
	}
	return in.take(bytes)
}

// Marshal encodes a message, or an *outgoing one.
func (c codec) Marshal(v any) (mem.BufferSlice, error) {
	out, ok := v.(*outgoing)
	if !ok {
		return c.CodecV2.Marshal(v)
	}
	m, ok := out.message.(proto.Message)
	if !ok {
		return c.CodecV2.Marshal(out.message)
	}
	size := proto.Size(m)
	if mem.IsBelowBufferPoolingThreshold(size) { // such a buffer is not told of, and is nothing beside the call itself
		return c.CodecV2.Marshal(m)
	}
	buffer := mem.DefaultBufferPool().Get(size)
	if _, err := (proto.MarshalOptions{UseCachedSize: true}).MarshalAppend((*buffer)[:0], m); err != nil {
		mem.DefaultBufferPool().Put(buffer)
		return nil, fmt.Errorf("encode the answer: %w", err)
	}
	return mem.BufferSlice{mem.NewBuffer(buffer, sent(out.peers.Hold(out.ctx, size)))}, nil
}

// An outgoing message is counted until its bytes are sent.
type outgoing struct {
	message any
	ctx     context.Context // of the call
	peers   *peers.Peers
}

// sent is called when the transport has done with a buffer, which it gives back to the pool that it is from.
type sent func()

// Get makes sent a mem.BufferPool.
func (sent) Get(n int) *[]byte { return mem.DefaultBufferPool().Get(n) }

// Put takes a buffer back.
func (release sent) Put(buffer *[]byte) {
	release()
	mem.DefaultBufferPool().Put(buffer)
}
