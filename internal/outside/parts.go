package outside

import (
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// maxParts bounds the messages in an answer: what the most findings hold, with the most evidence, each piece made of up to seven
// messages; and as much again.
const maxParts = 2 * MaxFindings * (1 + MaxEvidence*7)

var answerFields = (*assayv1.RunCheckerResponse)(nil).ProtoReflect().Descriptor()

// Read reads an answer from the wire. The error is Problems. One of more messages than an honest answer can hold is refused
// before there is room made for them: an empty one takes two bytes on the wire and a hundred times that in memory.
func Read(data []byte) (*assayv1.RunCheckerResponse, error) {
	var wrong Problems
	if spare(data, answerFields, maxParts) < 0 {
		wrong.add("more than %d parts, where %d findings are allowed, each of %d pieces of evidence", maxParts, MaxFindings, MaxEvidence)
		return nil, wrong
	}
	a := &assayv1.RunCheckerResponse{}
	if err := proto.Unmarshal(data, a); err != nil {
		wrong.add("not a RunCheckerResponse, or a text is not valid UTF-8")
		return nil, wrong
	}
	return a, nil
}

// spare is how many more messages a message of a type may hold; negative: it holds too many. What is wrong with it otherwise is
// left to the decoder.
func spare(data []byte, of protoreflect.MessageDescriptor, left int) int {
	for len(data) > 0 && left >= 0 {
		number, kind, n := protowire.ConsumeTag(data)
		if n < 0 {
			return left
		}
		data = data[n:]
		if n = protowire.ConsumeFieldValue(number, kind, data); n < 0 {
			return left
		}
		if field := of.Fields().ByNumber(number); kind == protowire.BytesType && field != nil && field.Message() != nil {
			inner, _ := protowire.ConsumeBytes(data)
			left = spare(inner, field.Message(), left-1)
		}
		data = data[n:]
	}
	return left
}
