package rule

import (
	validate "buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"cel.dev/cel-go/common/cost"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// sizes tells how long what expressions read can be: the limits that the contract declares.
type sizes struct{}

const (
	maxMentions = 1000    // in an estimate
	maxText     = 1 << 20 // of a field without a limit of its own: that of a whole request
)

var roots = map[string]protoreflect.MessageDescriptor{
	submissionVar: (*assayv1.Submission)(nil).ProtoReflect().Descriptor(),
	mentionsVar:   (*assayv1.Mention)(nil).ProtoReflect().Descriptor(),
	priceVar:      (*assayv1.PriceEvidence)(nil).ProtoReflect().Descriptor(),
}

// EstimateCallCost leaves functions to their models.
func (sizes) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate {
	return nil
}

// EstimateSize is the largest that a node which is read from a variable can be.
func (sizes) EstimateSize(n cost.AstNode) *cost.SizeEstimate {
	path := n.Path()
	if len(path) == 0 {
		return nil
	}
	if path[0] == marketVar {
		return &cost.SizeEstimate{Max: 2}
	}
	of, ok := roots[path[0]]
	switch {
	case !ok:
		return nil
	case path[0] == mentionsVar && len(path) == 1:
		return &cost.SizeEstimate{Max: maxMentions}
	case path[0] == mentionsVar:
		path = path[1:]
	}
	return &cost.SizeEstimate{Max: largest(of, path[1:])}
}

// largest is the greatest size of what a path of fields leads to.
func largest(of protoreflect.MessageDescriptor, path []string) uint64 {
	var field protoreflect.FieldDescriptor
	inside := false // of a list or map
	for _, name := range path {
		switch {
		case name == "@items" || name == "@keys" || name == "@values":
			inside = true
		case of == nil:
			return maxText
		default:
			if field = of.Fields().ByName(protoreflect.Name(name)); field == nil {
				return maxText
			}
			inside, of = false, messageOf(field)
		}
	}
	if field == nil {
		return 1
	}
	return limitOf(field, inside, path[len(path)-1])
}

func messageOf(field protoreflect.FieldDescriptor) protoreflect.MessageDescriptor {
	if field.IsMap() {
		return field.MapValue().Message()
	}
	return field.Message()
}

// limitOf is what a field's rules allow: items of a list or map, or bytes of a text.
func limitOf(field protoreflect.FieldDescriptor, inside bool, last string) uint64 {
	rules, _ := proto.GetExtension(field.Options(), validate.E_Field).(*validate.FieldRules)
	switch {
	case field.IsMap() && !inside:
		return or(rules.GetMap().GetMaxPairs())
	case field.IsMap() && last == "@keys":
		return or(rules.GetMap().GetKeys().GetString().GetMaxBytes())
	case field.IsMap():
		return or(rules.GetMap().GetValues().GetString().GetMaxBytes())
	case field.IsList() && !inside:
		return or(rules.GetRepeated().GetMaxItems())
	case field.IsList():
		return or(rules.GetRepeated().GetItems().GetString().GetMaxBytes())
	case field.Kind() == protoreflect.StringKind || field.Kind() == protoreflect.BytesKind:
		return or(rules.GetString().GetMaxBytes())
	}
	return 1
}

func or(limit uint64) uint64 {
	if limit == 0 {
		return maxText
	}
	return limit
}
