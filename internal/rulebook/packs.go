package rulebook

import (
	"fmt"
	"slices"
	"strings"

	rulebookv1 "github.com/assay-project/assay/proto/assay/rulebook/v1"
	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/listing"
)

// defaultConfidence is the extraction confidence below which a field counts as not extracted, where the book says none.
const defaultConfidence = 0.8

// parsePacks reads packs.yaml.
func (v *validator) parsePacks(s *source) part {
	var f rulebookv1.PacksFile
	doc := v.decode(s, &f)
	x := newExtender(doc, f.Packs)
	packs := x.all()
	papers := doc.papers(f.Papers)
	s.rows = len(packs)
	return func(d *draft) {
		for _, p := range packs {
			d.define(packName, p.Name, p.At)
		}
		d.references = append(d.references, x.references...)
		d.book.Packs, d.book.Papers = packs, papers
	}
}

// papers are the rules for every paper; those of a book that states none ask for what is asked everywhere.
func (d *document) papers(m *rulebookv1.PaperRules) Papers {
	if m == nil {
		return Papers{MinConfidence: defaultConfidence, SealCountries: []string{"CN"}}
	}
	p := Papers{MinConfidence: float32(m.MinConfidence), SealCountries: m.SealCountries, MaxTaxPercent: int(m.MaxTaxPercent),
		Formats: lowered(m.Formats), ImageEditors: lowered(m.ImageEditors)}
	if p.MinConfidence == 0 {
		p.MinConfidence = defaultConfidence
	}
	for i, country := range m.SealCountries {
		d.marketAt(d.item(m, "seal_countries", i), country)
	}
	return p
}

func lowered(texts []string) []string {
	var lower []string
	for _, t := range texts {
		lower = append(lower, strings.ToLower(t))
	}
	return lower
}

func (d *document) pack(p *rulebookv1.Pack) Pack {
	pack := Pack{At: d.at(p), Name: p.Name, Doc: p.Doc, Extends: p.Extends, MaxLevels: int(p.MaxLevels),
		MinRemainingDays: int(p.MinRemainingDays), MinRemainingMandatory: p.MinRemainingMandatory,
		MinTermDays: int(p.MinTermDays), Channel: p.Channel, Exclusivity: listing.Exclusivity(p.Exclusivity),
		LiteralNames: p.LiteralNames, ClassesStated: p.ClassesStated, PendingMarks: p.PendingMarks,
		SignatureMandatory: p.SignatureMandatory, Countersigned: p.Countersigned, Languages: lowered(p.Languages),
		DisputeDays: int(p.DisputeDays), Citation: p.Citation}
	for _, a := range p.Alternatives {
		pack.Alternatives = append(pack.Alternatives, d.alternative(a))
	}
	return pack
}

func (d *document) alternative(a *rulebookv1.Alternative) Alternative {
	if a.MaxAgeDays > 0 && a.Proof != rulebookv1.Proof_PROOF_INVOICE {
		d.refuseAt(d.field(a, "max_age_days"), "max_age_days is for PROOF_INVOICE")
	}
	if a.MinUnits > 0 && a.Proof != rulebookv1.Proof_PROOF_INVOICE {
		d.refuseAt(d.field(a, "min_units"), "min_units is for PROOF_INVOICE")
	}
	for i, t := range a.Types {
		if provesNothing(t) {
			d.refuseAt(d.item(a, "types", i), "%s is never proof of source", t)
		}
	}
	return Alternative{Name: a.Name, Proof: Proof(a.Proof), MaxAgeDays: int(a.MaxAgeDays), MinUnits: a.MinUnits,
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

// maxExtends is how many packs in a row may extend each other.
const maxExtends = 8

// An extender gives packs what they leave to the packs they extend.
type extender struct {
	*document
	messages   []*rulebookv1.Pack
	packs      []Pack
	first      map[string]int // by name
	depth      []int          // of packs that are complete: how many they extend, one after the other
	state      []extending
	references []reference
}

type extending uint8

const (
	untouched extending = iota
	begun               // it is being completed: who comes here again goes in a circle
	complete
	hopeless // what it extends is not there, too deep or goes in a circle, which has been told
)

func newExtender(doc *document, messages []*rulebookv1.Pack) *extender {
	x := &extender{document: doc, messages: messages, packs: make([]Pack, len(messages)), first: make(map[string]int),
		depth: make([]int, len(messages)), state: make([]extending, len(messages))}
	for i, m := range messages {
		x.packs[i] = doc.pack(m)
		if _, taken := x.first[m.Name]; !taken {
			x.first[m.Name] = i
		}
	}
	return x
}

// all completes every pack and judges what came of it.
func (x *extender) all() []Pack {
	for i := range x.packs {
		x.complete(i)
		if x.state[i] == complete {
			x.judge(x.messages[i], &x.packs[i])
		}
	}
	return x.packs
}

// complete completes one pack, after the one it extends.
func (x *extender) complete(i int) {
	m := x.messages[i]
	at := x.field(m, "extends")
	switch {
	case x.state[i] == begun:
		x.refuseAt(at, "the pack %q extends itself, by way of those it extends", m.Name)
		x.state[i] = hopeless
		return
	case x.state[i] != untouched:
		return
	case m.Extends == "":
		x.state[i] = complete
		return
	}
	x.references = append(x.references, reference{at, packName, m.Extends})
	parent, found := x.first[m.Extends]
	if !found {
		x.state[i] = hopeless
		return
	}
	x.state[i] = begun
	x.complete(parent)
	x.inherit(i, parent, at)
}

func (x *extender) inherit(i, parent int, at Position) {
	if x.state[i] != begun || x.state[parent] != complete {
		x.state[i] = hopeless
		return
	}
	if x.depth[i] = x.depth[parent] + 1; x.depth[i] > maxExtends {
		x.refuseAt(at, "the pack %q is the end of more than %d packs that extend each other", x.packs[i].Name, maxExtends)
		x.state[i] = hopeless
		return
	}
	x.packs[i].inherit(&x.packs[parent], func(field string) bool { return x.value(x.messages[i], field) != nil })
	x.state[i] = complete
}

// inherit takes from a parent what the pack does not state itself. Its name and what it is for are its own.
func (p *Pack) inherit(parent *Pack, stated func(field string) bool) {
	left(stated("alternatives"), &p.Alternatives, slices.Clip(parent.Alternatives))
	left(stated("max_levels"), &p.MaxLevels, parent.MaxLevels)
	left(stated("min_remaining_days"), &p.MinRemainingDays, parent.MinRemainingDays)
	left(stated("min_remaining_mandatory"), &p.MinRemainingMandatory, parent.MinRemainingMandatory)
	left(stated("min_term_days"), &p.MinTermDays, parent.MinTermDays)
	left(stated("channel"), &p.Channel, parent.Channel)
	left(stated("exclusivity"), &p.Exclusivity, parent.Exclusivity)
	left(stated("literal_names"), &p.LiteralNames, parent.LiteralNames)
	left(stated("classes_stated"), &p.ClassesStated, parent.ClassesStated)
	left(stated("pending_marks"), &p.PendingMarks, parent.PendingMarks)
	left(stated("signature_mandatory"), &p.SignatureMandatory, parent.SignatureMandatory)
	left(stated("countersigned"), &p.Countersigned, parent.Countersigned)
	left(stated("languages"), &p.Languages, slices.Clip(parent.Languages))
	left(stated("dispute_days"), &p.DisputeDays, parent.DisputeDays)
	left(stated("citation"), &p.Citation, parent.Citation)
}

func left[T any](stated bool, own *T, parent T) {
	if !stated {
		*own = parent
	}
}

// judge refuses a pack that says nothing, or contradicts itself.
func (x *extender) judge(m *rulebookv1.Pack, p *Pack) {
	if len(p.Alternatives) == 0 && x.value(m, "alternatives") == nil {
		x.refuseAt(x.at(m), "the pack %q names no alternatives and extends no pack that does", p.Name)
	}
	if p.MinRemainingMandatory && p.MinRemainingDays == 0 {
		x.refuseAt(x.field(m, "min_remaining_mandatory"), "min_remaining_mandatory without min_remaining_days")
	}
	for i := range p.Alternatives {
		if p.Exclusivity != 0 && p.Alternatives[i].Proof == ProofInvoice {
			x.refuseAt(x.field(m, "exclusivity"), "exclusivity, where the alternative %s takes goods that anybody may have bought",
				fmt.Sprintf("%.60q", p.Alternatives[i].Name))
		}
	}
}
