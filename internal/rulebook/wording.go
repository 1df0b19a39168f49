package rulebook

import (
	"strings"

	rulebookv1 "github.com/assay-project/assay/proto/assay/rulebook/v1"

	"google.golang.org/protobuf/proto"
)

// parseWording reads wording.yaml.
func (v *validator) parseWording(s *source) part {
	var f rulebookv1.WordingFile
	doc := v.decode(s, &f)
	lists := make([]Wording, len(f.Lists))
	var references []reference
	for i, l := range f.Lists {
		lists[i] = doc.wording(l)
		s.rows += len(l.Phrases)
		references = append(references, doc.references(l, "exempts", codeName, l.Exempts)...)
		references = append(references, doc.references(l, "marks", markName, l.Marks)...)
	}
	return func(d *draft) {
		d.book.Wording = lists
		d.references = append(d.references, references...)
	}
}

// references are the names in a list field, each of which must be given once.
func (d *document) references(m proto.Message, field string, kind nameKind, list []string) []reference {
	references := make([]reference, len(list))
	seen := make(map[string]bool, len(list))
	for i, name := range list {
		references[i] = reference{d.item(m, field, i), kind, name}
		if seen[name] {
			d.refuseAt(references[i].at, "%q is given twice", name)
		}
		seen[name] = true
	}
	return references
}

func (d *document) wording(l *rulebookv1.WordingList) Wording {
	w := Wording{At: d.at(l), Kind: WordingKind(l.Kind), Language: l.Language, Position: CuePosition(l.Position),
		Phrases: l.Phrases, Exempts: l.Exempts, Marks: l.Marks, Doc: l.Doc, Citation: l.Citation}
	if !isLanguage(l.Language) {
		d.refuseAt(d.field(l, "language"), "%q is not a language tag (BCP 47)", l.Language)
	}
	if exempts := w.Kind == Exempt; exempts != (len(l.Exempts) > 0) {
		d.refuseAt(d.field(l, "exempts"), "exempts is for EXEMPT lists, and needed there")
	}
	if w.Kind != PlainContext && len(l.Marks) > 0 {
		d.refuseAt(d.field(l, "marks"), "marks is for PLAIN_CONTEXT lists")
	}
	for i, phrase := range l.Phrases {
		if foldsAway(phrase) {
			d.refuseAt(d.item(l, "phrases", i), "nothing is left of %q once it is folded: it would never be found", phrase)
		}
	}
	return w
}

// isLanguage reports whether a tag has the form of BCP 47: a language of two or three letters, then parts of two to eight
// letters or digits.
func isLanguage(tag string) bool {
	for i, part := range strings.Split(tag, "-") {
		letters := strings.Trim(part, "abcdefghijklmnopqrstuvwxyz") == ""
		if i == 0 && (!letters || len(part) < 2 || len(part) > 3) || len(part) < 2 || len(part) > 8 ||
			strings.Trim(strings.ToLower(part), "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return false
		}
	}
	return true
}
