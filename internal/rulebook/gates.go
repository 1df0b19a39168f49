package rulebook

import (
	rulebookv1 "github.com/assay-project/assay/proto/assay/rulebook/v1"
	assayv1 "github.com/assay-project/assay/proto/assay/v1"

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

// parsePacks reads packs.yaml.
func (v *validator) parsePacks(s *source) part {
	var f rulebookv1.PacksFile
	doc := v.decode(s, &f)
	packs := make([]Pack, len(f.Packs))
	for i, p := range f.Packs {
		packs[i] = doc.pack(p)
	}
	s.rows = len(packs)
	return func(d *draft) {
		for _, p := range packs {
			d.define(packName, p.Name, p.At)
		}
		d.book.Packs = packs
	}
}

func (d *document) pack(p *rulebookv1.Pack) Pack {
	pack := Pack{At: d.at(p), Name: p.Name, Doc: p.Doc, MaxLevels: int(p.MaxLevels), MinRemainingDays: int(p.MinRemainingDays),
		MinRemainingMandatory: p.MinRemainingMandatory, Citation: p.Citation}
	if p.MinRemainingMandatory && p.MinRemainingDays == 0 {
		d.refuseAt(d.field(p, "min_remaining_mandatory"), "min_remaining_mandatory without min_remaining_days")
	}
	for _, a := range p.Alternatives {
		pack.Alternatives = append(pack.Alternatives, d.alternative(a))
	}
	return pack
}

func (d *document) alternative(a *rulebookv1.Alternative) Alternative {
	if a.MaxAgeDays > 0 && a.Proof != rulebookv1.Proof_PROOF_INVOICE {
		d.refuseAt(d.field(a, "max_age_days"), "max_age_days is for PROOF_INVOICE")
	}
	for i, t := range a.Types {
		if provesNothing(t) {
			d.refuseAt(d.item(a, "types", i), "%s is never proof of source", t)
		}
	}
	return Alternative{Name: a.Name, Proof: Proof(a.Proof), MaxAgeDays: int(a.MaxAgeDays),
		Types: enumItems[listing.DocumentType](d, a, "types", a.Types)}
}

// provesNothing reports papers that no marketplace takes as proof of source.
func provesNothing(t assayv1.DocumentType) bool {
	switch t {
	case assayv1.DocumentType_DOCUMENT_TYPE_PRO_FORMA_INVOICE, assayv1.DocumentType_DOCUMENT_TYPE_QUOTE,
		assayv1.DocumentType_DOCUMENT_TYPE_ORDER_CONFIRMATION, assayv1.DocumentType_DOCUMENT_TYPE_SELF_ISSUED:
		return true
	}
	return false
}
