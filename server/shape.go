package server

import (
	"reflect"
	"sync"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// A shape knows what the fields of a message take once they are decoded.
type shape struct {
	bytes  int          // of the message without its fields
	fields []fieldShape // by number; numbers of requests are small
}

type fieldShape struct {
	known   bool
	below   *shape // of the message that it holds; nil: none
	numbers bool   // it is a list of numbers, which may come packed
	each    int    // bytes that one takes beside what it holds
}

// What things take in memory, in bytes, with what the allocator rounds up and lists have to spare.
const (
	roundUp   = 16
	listPlace = 16 // of a pointer or a number, twice, as lists double
	textPlace = 32 // of a text in a list
	mapPlace  = 96
	// greatestField is the greatest number of a field that is looked up; what a greater one holds counts as if nobody knew it.
	greatestField = 1000
	// deepest is how deep messages may lie in each other: no request of ours goes half as deep.
	deepest = 32
)

// shapes are those of message types, once they were asked for.
var shapes sync.Map // protoreflect.FullName: *shape

func shapeOf(d protoreflect.MessageDescriptor) *shape {
	if known, ok := shapes.Load(d.FullName()); ok {
		return known.(*shape)
	}
	known, _ := shapes.LoadOrStore(d.FullName(), newShape(d, map[protoreflect.FullName]*shape{}))
	return known.(*shape)
}

// newShape looks at a type and at those that it holds, of which it has begun some.
func newShape(d protoreflect.MessageDescriptor, begun map[protoreflect.FullName]*shape) *shape {
	if s, ok := begun[d.FullName()]; ok {
		return s
	}
	s := &shape{bytes: sizeInMemory(d)}
	begun[d.FullName()] = s
	for i := range d.Fields().Len() {
		f := d.Fields().Get(i)
		text := f.Kind() == protoreflect.StringKind || f.Kind() == protoreflect.BytesKind
		shape := fieldShape{known: true, numbers: f.IsList() && f.Message() == nil && !text}
		switch {
		case f.IsMap():
			shape.each = mapPlace
		case f.IsList() && text:
			shape.each = textPlace
		case f.IsList():
			shape.each = listPlace
		}
		if f.Message() != nil {
			shape.below = newShape(f.Message(), begun)
		}
		if missing := int(f.Number()) + 1 - len(s.fields); missing > 0 && f.Number() <= greatestField {
			s.fields = append(s.fields, make([]fieldShape, missing)...)
		}
		if f.Number() <= greatestField {
			s.fields[f.Number()] = shape
		}
	}
	return s
}

// sizeInMemory is that of the Go type of a message; entries of maps have none.
func sizeInMemory(d protoreflect.MessageDescriptor) int {
	t, err := protoregistry.GlobalTypes.FindMessageByName(d.FullName())
	if err != nil {
		return 0
	}
	return int(reflect.TypeOf(t.Zero().Interface()).Elem().Size()) + roundUp
}

// weigh estimates what a message will take, in bytes, or says why it must not be decoded. What is no message is left for the decoder to
// refuse.
func (s *shape) weigh(b []byte, most int) (int, error) { return s.weighAt(b, most, 0) }

func (s *shape) weighAt(b []byte, most, depth int) (int, error) {
	total, pieces := s.bytes, 0
	for len(b) > 0 && depth < deepest {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			break
		}
		var content []byte
		m := 0
		if kind == protowire.BytesType {
			content, m = protowire.ConsumeBytes(b[n:])
		} else {
			m = protowire.ConsumeFieldValue(number, kind, b[n:])
		}
		if m < 0 {
			break
		}
		b = b[n+m:]
		below, err := s.field(number).weigh(content, n+m, most-total, depth)
		if err != nil {
			return 0, err
		}
		total += below
		if s.field(number).numbers && content != nil {
			pieces++
		}
		if pieces > maxPieces {
			return 0, errPieces
		}
		if total > most {
			return 0, errHeavy
		}
	}
	return total, nil
}

var noField fieldShape

func (s *shape) field(n protowire.Number) *fieldShape {
	if int(n) < len(s.fields) {
		return &s.fields[n]
	}
	return &noField
}

// weigh is what one field takes, which has so many bytes on the wire. A number has no content.
func (f *fieldShape) weigh(content []byte, wire, most, depth int) (int, error) {
	switch {
	case !f.known:
		return 2 * wire, nil // it is kept as it came
	case content == nil:
		return f.each, nil
	case f.below != nil:
		below, err := f.below.weighAt(content, most-f.each, depth+1)
		return f.each + below, err
	case f.numbers:
		return f.each + listPlace*len(content), nil
	}
	return f.each + len(content) + roundUp, nil
}
