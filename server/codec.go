package server

import (
	"errors"
	"fmt"
	"sync"

	"google.golang.org/grpc/encoding"
	_ "google.golang.org/grpc/encoding/proto" // the usual codec, which encodes
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// maxPieces is in how many pieces one list of numbers may come. Encoders write one, and no list of the contract is longer.
const maxPieces = 45

// errPieces is why a message is refused that costs far more to decode than to send.
var errPieces = errors.New("a list of numbers comes in too many pieces")

// codec is the usual one, but for a list of packed numbers in many pieces: the decoder copies what it has for each of them, so that
// a megabyte of pieces of one number keeps it busy for minutes, and no deadline ends it.
type codec struct{ encoding.CodecV2 }

func newCodec() codec { return codec{encoding.GetCodecV2("proto")} }

// Unmarshal decodes a message.
func (c codec) Unmarshal(data mem.BufferSlice, v any) error {
	m, ok := v.(proto.Message)
	if !ok {
		return c.CodecV2.Unmarshal(data, v)
	}
	buffer := data.MaterializeToBuffer(mem.DefaultBufferPool())
	defer buffer.Free()
	if err := packingOf(m.ProtoReflect().Descriptor()).check(buffer.ReadOnlyData()); err != nil {
		return fmt.Errorf("decode %s: %w", m.ProtoReflect().Descriptor().Name(), err)
	}
	return proto.Unmarshal(buffer.ReadOnlyData(), m)
}

// A packing knows where in a message lists of numbers are: nil below a field's number for such a list, else the packing of the
// messages that the field holds. A message without any has none.
type packing map[protowire.Number]packing

// packings are those of message types, once they were asked for.
var packings sync.Map // protoreflect.FullName: packing

func packingOf(d protoreflect.MessageDescriptor) packing {
	if known, ok := packings.Load(d.FullName()); ok {
		return known.(packing)
	}
	known, _ := packings.LoadOrStore(d.FullName(), newPacking(d))
	return known.(packing)
}

// newPacking looks for lists of numbers. No message of the contract holds itself.
func newPacking(d protoreflect.MessageDescriptor) packing {
	p := packing{}
	for i := range d.Fields().Len() {
		f := d.Fields().Get(i)
		if f.Message() == nil {
			if f.IsList() && f.Kind() != protoreflect.StringKind && f.Kind() != protoreflect.BytesKind {
				p[f.Number()] = nil
			}
		} else if below := newPacking(f.Message()); len(below) > 0 {
			p[f.Number()] = below
		}
	}
	return p
}

// check refuses a message with a list in too many pieces. What is no message is left for the decoder to refuse.
func (p packing) check(b []byte) error {
	if len(p) == 0 {
		return nil
	}
	pieces := 0
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return nil
		}
		b = b[n:]
		if n = protowire.ConsumeFieldValue(number, kind, b); n < 0 {
			return nil
		}
		if below, ok := p[number]; ok && kind == protowire.BytesType {
			value, _ := protowire.ConsumeBytes(b)
			if below == nil {
				pieces++
			} else if err := below.check(value); err != nil {
				return err
			}
		}
		if b = b[n:]; pieces > maxPieces {
			return errPieces
		}
	}
	return nil
}
