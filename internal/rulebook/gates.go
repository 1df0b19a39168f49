package rulebook

import (
	rulebookv1 "github.com/assay-project/assay/proto/assay/rulebook/v1"

	"github.com/assay-project/assay/internal/listing"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// parseGates reads gates.yaml.
func (v *validator) parseGates(s *source) part {
	var f rulebookv1.GatesFile
	doc := v.decode(s, &f)
	if len(f.Gates) == 0 && len(s.problems) == 0 {
		s.refuse(0, 0, "no gates: an empty list does not say that nothing is gated")
	}
	gates := make([]Gate, len(f.Gates))
	var references []reference
	for i, g := range f.Gates {
		gates[i] = doc.gate(g)
		references = append(references, doc.references(g, "marks", markName, g.Marks)...)
		references = append(references, doc.references(g, "categories", categoryName, g.Categories)...)
		references = append(references, reference{doc.field(g, "pack"), packName, g.Pack})
	}
	s.rows = len(gates)
	return func(d *draft) {
		d.book.Gates = gates
		d.references = append(d.references, references...)
	}
}

func (d *document) gate(g *rulebookv1.Gate) Gate {
	gate := Gate{At: d.at(g), Marks: g.Marks, Categories: g.Categories, Pack: g.Pack, Citation: g.Citation}
	for i, m := range g.Markets {
		d.marketAt(d.item(g, "markets", i), m)
		gate.Markets = append(gate.Markets, listing.Market(m))
	}
	gate.Conditions = enumItems[listing.Condition](d, g, "conditions", g.Conditions)
	gate.ShopTypes = enumItems[listing.ShopType](d, g, "shop_types", g.ShopTypes)
	return gate
}

// enumItems are the values of a list field. One that the schema does not name, or names as not stated, is refused, and
// so is one given twice.
func enumItems[T ~uint8, E protoreflect.Enum](d *document, m proto.Message, field string, list []E) []T {
	var items []T
	seen := make(map[protoreflect.EnumNumber]bool, len(list))
	for i, e := range list {
		n := e.Number()
		switch {
		case n == 0 || e.Descriptor().Values().ByNumber(n) == nil:
			d.refuseAt(d.item(m, field, i), "%s %d is no value to ask for", e.Descriptor().Name(), n)
		case seen[n]:
			d.refuseAt(d.item(m, field, i), "%s is given twice", e.Descriptor().Values().ByNumber(n).Name())
		default:
			items = append(items, T(n))
		}
		seen[n] = true
	}
	return items
}
