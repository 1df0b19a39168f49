package trademark

import (
	"fmt"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/text"
)

// A trick is a way to hide a mark: the transforms that undo it, the code it is reported under, and what a reviewer reads.
type trick struct {
	transforms text.Transforms
	code       string
	how        string
}

var tricks = []trick{
	{text.LookAlike | text.Enclosed | text.Overlay, "OBF_HOMOGLYPH", "with letters that only look like its own"},
	{text.Invisible, "OBF_INVISIBLE_CHARS", "with invisible characters inside"},
	{text.Leet | text.Masked, "OBF_LEET", "with digits or signs in place of letters"},
	{text.Separator | text.Split, "OBF_SEPARATORS", "with its letters set apart"},
	{text.Repeat, "OBF_REPEATED_CHARS", "with letters repeated"},
	{text.Edit, "OBF_MISSPELLING", "with one letter changed"},
}

// disguises reports marks that are hidden, and marks that are named by a nickname.
func (r *reporter) disguises() {
	for i := range r.founds {
		f := &r.founds[i]
		if f.harmless() {
			continue
		}
		for _, t := range tricks {
			r.trick(i, f, t)
		}
		r.nickname(i, f)
	}
}

// harmless reports whether the sign is no mark here: another word, other goods, another country.
func (f *found) harmless() bool {
	return f.role == check.Descriptive || f.role == check.OtherClass || f.role == check.OtherTerritory
}

func (r *reporter) trick(i int, f *found, t trick) {
	spans := r.spansOf(f, func(s *sighting) bool { return s.transforms&t.transforms != 0 })
	if len(spans) == 0 {
		return
	}
	r.file(check.Finding{
		Code: t.code, Markets: f.scope(), Evidence: evidence(spans...), Mark: f.Text, Words: words(spans),
		Message:  fmt.Sprintf("%q in the %s spells %s %s.", spans[0].Surface, spans[0].Field, f.Text, t.how),
		Remedies: removals(spans),
	}, i)
}

func (r *reporter) nickname(i int, f *found) {
	spans := r.spansOf(f, func(s *sighting) bool {
		n := r.naming[s.naming]
		return n.how == byAlias && (n.kind == rulebook.Nickname || n.kind == rulebook.Coded)
	})
	if len(spans) == 0 {
		return
	}
	r.file(check.Finding{
		Code: "OBF_SLANG_ALIAS", Markets: f.scope(), Evidence: evidence(spans...), Mark: f.Text, Words: words(spans),
		Message:  fmt.Sprintf("%q in the %s is a nickname of %s.", spans[0].Surface, spans[0].Field, f.Text),
		Remedies: removals(spans),
	}, i)
}

// An oddCase is how an oddity is reported. The message has room for the field and the words.
type oddCase struct{ code, message string }

var oddCases = [...]oddCase{
	turnsAround:  {"OBF_BIDI_CONTROL", "The %s holds characters that change the direction of the text (%+q): people and programs read different words."},
	mixesScripts: {"OBF_MIXED_SCRIPT", "The %s mixes letters of two alphabets in one word, %q."},
	hidesText:    {"OBF_HIDDEN_TEXT", "The %s holds text that buyers cannot see: %q."},
	floodsMarks:  {"OBF_COMBINING_FLOOD", "The %s stacks more marks on a letter than any language needs, in %q."},
}

// oddText reports what is odd about a text whatever it says. A word of mixed alphabets that is reported as the disguise
// of a mark is not reported again.
func (r *reporter) oddText() {
	var spans [len(oddCases)][]check.TextSpan
	for _, c := range r.controls {
		if len(spans[c.oddity]) == maxEvidence || c.oddity == mixesScripts && r.disguisesMark(c) {
			continue
		}
		at := &r.fields[c.field]
		spans[c.oddity] = append(spans[c.oddity], check.TextSpan{Field: at.field, Start: int(c.start), End: int(c.end),
			Surface: check.Surface(at.raw, int(c.start), int(c.end))})
	}
	for kind, list := range spans {
		if len(list) == 0 {
			continue
		}
		r.file(check.Finding{
			Code: oddCases[kind].code, Evidence: evidence(list...), Words: words(list), Remedies: removals(list),
			Message: fmt.Sprintf(oddCases[kind].message, list[0].Field, list[0].Surface),
		})
	}
}

// disguisesMark reports whether a word of mixed alphabets is already reported as a disguise.
func (r *reporter) disguisesMark(c control) bool {
	for i := range r.sightings {
		s := &r.sightings[i]
		if s.field == c.field && s.start < c.end && c.start < s.end && s.transforms&text.LookAlike != 0 {
			return true
		}
	}
	return false
}
