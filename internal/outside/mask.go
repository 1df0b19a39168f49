package outside

import (
	"fmt"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

var submissionFields = (*assayv1.Submission)(nil).ProtoReflect().Descriptor()

// A mask is a tree of fields; nil stands for all that a field holds.
type mask map[protoreflect.FieldNumber]mask

// maxPath bounds a path, in bytes.
const maxPath = 256

// add puts a path of field names into the mask of messages of a type.
func (m mask) add(of protoreflect.MessageDescriptor, path string) error {
	if len(path) > maxPath {
		return fmt.Errorf("a path of %d bytes, where %d are allowed", len(path), maxPath)
	}
	for rest, more := path, true; more; {
		var name string
		name, rest, more = strings.Cut(rest, ".")
		field := of.Fields().ByName(protoreflect.Name(name))
		switch {
		case field == nil:
			return fmt.Errorf("%.80q: %s has no field %.40q", path, of.Name(), name)
		case more && (field.IsMap() || field.Message() == nil):
			return fmt.Errorf("%.80q: %s holds no fields to choose from", path, name)
		}
		below, known := m[field.Number()]
		if known && below == nil {
			return nil // the whole field is in it
		}
		if !more {
			m[field.Number()] = nil
			return nil
		}
		if below == nil {
			below = mask{}
			m[field.Number()] = below
		}
		m, of = below, field.Message()
	}
	return nil
}

// copy puts into to what from holds of the mask's fields. Values are shared.
func (m mask) copy(to, from protoreflect.Message) {
	fields := from.Descriptor().Fields()
	for number, below := range m {
		field := fields.ByNumber(number)
		switch {
		case !from.Has(field):
		case below == nil:
			to.Set(field, from.Get(field))
		case field.IsList():
			items, list := from.Get(field).List(), to.Mutable(field).List()
			for i := range items.Len() {
				below.copy(list.AppendMutable().Message(), items.Get(i).Message())
			}
		default:
			below.copy(to.Mutable(field).Message(), from.Get(field).Message())
		}
	}
}
