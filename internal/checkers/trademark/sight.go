package trademark

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/term"
	"github.com/assay-project/assay/internal/text"
)

// Work bounds of one submission. What lies beyond them is not looked at, and SYS_INPUT_TRUNCATED says so.
const (
	maxSightings = 512 // marks found, all fields together, but for minor ones
	maxMinor     = 512 // minor ones (see minor): beyond them only the row of the checker says so
	maxEqual     = 8   // marks of one text that nobody watches; beyond them the mentions say so
	maxAlarms    = 128 // alarms found, all fields together
	maxSame      = 64  // marks of a register with one text, which nobody watches, that are looked at to choose them
	maxNear      = 8   // marks noted beside one alarm
)

// A sighting is a sign found at a place, with what stands around it.
type sighting struct {
	sign        int32
	naming      int32
	field       int32 // index into reading.fields
	start, end  int32
	first, last int32 // tokens
	transforms  text.Transforms
	around      around
	plain       plainness
	plainFrom   int32 // the words that make it plain, in the field
	plainTo     int32
	cueFrom     int32 // the words of the compatibility or comparison cue, in the field
	cueTo       int32
	pattern     text.Pattern
}

// around is a set of facts about a place.
type around uint32

const (
	leads         around = 1 << iota // the first words of the field
	compatible                       // a compatibility cue points at it
	modelBeside                      // a product line of its own, or a number, follows or precedes
	codeBeside                       // a word of letters and digits, such as models have, follows directly
	lineBeside                       // a product line of its own, or it is one
	compared                         // a comparison cue points at it
	questioned                       // followed by "?"
	registered                       // followed by ™ or ®
	capitalInside                    // capital where the text around is in small letters
	smallInside                      // small letters where the words around have capitals
	wholeField                       // the field says nothing else
	innerOfMarks                     // stands directly beside another mark
	houseBeside                      // and that mark is distinctive and of the same house
	firstName                        // what stands before reads like a first name
	accessory                        // a thing that is made to fit its goods is named beside it
	crowded                          // more marks have this text than were noted
)

// plainness is how much speaks for a plain word.
type plainness uint8

const (
	notPlain   plainness = iota
	slotOfName           // where the names of persons stand
	maybePlain           // a context that goes with many words, or one of its own farther off
	surelyPlain
)

// An alarm is wording found at a place, with the marks beside it.
type alarm struct {
	wording    *rulebook.Wording
	field      int32
	start, end int32
	transforms text.Transforms
	excuse     *rulebook.Wording // nil: none
	excuseFrom int32
	excuseTo   int32
	near       [maxNear]neighbour
	numNear    int
}

// A neighbour is a sighting in the sentence of an alarm, or within a few tokens of it.
type neighbour struct {
	sighting, distance int32
	misspelt           bool
}

// A fieldText is one text of the submission.
type fieldText struct {
	field listing.Field
	raw   string
}

// A reading is what was read in one submission. It is reused.
type reading struct {
	*lexicon
	categories *rulebook.Categories
	subject    *listing.Submission
	category   rulebook.Category // of the subject, once it was asked for (see place)
	placed     bool
	signs      []sign   // those that were seen
	numbers    []int32  // of the signs
	naming     []naming // by sighting
	fields     []fieldText
	sightings  []sighting
	alarms     []alarm
	controls   []control
	truncated  []listing.Field // fields not read to their end
	minor      int             // minor sightings that were met
	order      []int32         // sightings that count, by sign
	founds     []found

	folded   text.Folded
	scratch  term.Scratch
	hits     []term.Hit
	left     []term.Hit // of hits of the same bytes
	context  []term.Hit
	notes    []note
	contexts bool       // whether context and notes are those of the field at hand
	words    []term.Hit // ordinary words of scripts without spaces
	runsRead bool       // whether words are those of the field at hand
	original bool       // whether the field at hand says that the goods are the maker's own
}

// A control is a place where a text is odd whatever it says.
type control struct {
	oddity     oddity
	field      int32
	start, end int32
}

type oddity uint8

const (
	turnsAround oddity = iota // changes its direction
	mixesScripts
	floodsMarks // stacks combining marks
	hidesText   // holds text that is not shown
)

// read finds everything in one text.
func (r *reading) read(field listing.Field, raw string) {
	r.fields = append(r.fields, fieldText{field, raw})
	r.folded.Fold(raw)
	r.hits = r.texts.Append(r.hits[:0], &r.folded, &r.scratch)
	if r.bulk != nil {
		r.sortEqual()
	}
	r.contexts, r.runsRead = false, false
	at := int32(len(r.fields) - 1)
	first := len(r.sightings)
	cut := r.folded.Truncated() || r.scratch.Capped()
	cut = r.readMarks(at) || cut
	cut = r.readAlarms(at, first) || cut
	r.readControls(at)
	r.readHidden(at, raw)
	if cut {
		r.truncated = append(r.truncated, field)
	}
}

// readMarks notes the marks among the hits. It reports whether some were left out that matter.
func (r *reading) readMarks(field int32) (cut bool) {
	from := len(r.sightings)
	for hits := r.hits; len(hits) > 0 && !cut; {
		n := equalHits(hits)
		cut = r.noteEqual(field, hits[:n])
		hits = hits[n:]
	}
	if len(r.sightings) > from && r.fields[field].field.Kind != listing.BrandField {
		r.loadContexts(from)
	}
	for i := from; i < len(r.sightings); i++ {
		r.look(&r.sightings[i], r.sightings[from:])
	}
	return cut
}

// noteEqual notes the marks among hits of the same bytes. It reports whether the bound on them was met.
func (r *reading) noteEqual(field int32, hits []term.Hit) (cut bool) {
	facts := around(0)
	if len(hits) > maxEqual {
		hits, facts = r.thin(hits)
	}
	for _, h := range hits {
		sign, name, ok := r.signOf(h.Term)
		if !ok || r.insideWords(h) {
			continue
		}
		if r.isMinor(sign, h, field) {
			if r.minor++; r.minor > maxMinor {
				continue
			}
		} else if len(r.sightings)-min(r.minor, maxMinor) == maxSightings {
			return true
		}
		name.sign = r.see(name.sign, sign)
		r.naming = append(r.naming, name)
		r.sightings = append(r.sightings, sighting{
			sign: name.sign, naming: int32(len(r.naming) - 1), field: field, start: h.Start, end: h.End,
			first: h.FirstToken, last: h.LastToken, transforms: h.Transforms, around: facts,
			pattern: r.folded.Token(int(h.FirstToken)).Case,
		})
	}
	return false
}

// isMinor reports whether a hit is of a mark that nobody watches, spelled as it is, in a long text: one of which there may be as
// many as there are words, where a register has a mark for each, and of which no findings come but those of the wording
// beside it.
func (r *reading) isMinor(s *sign, h term.Hit, field int32) bool {
	if s.watched || !h.Plain() {
		return false
	}
	switch r.fields[field].field.Kind {
	case listing.DescriptionField, listing.BulletField, listing.AttributeField, listing.KeywordField, listing.VariantNameField:
		return true
	}
	return false
}

// equalHits is how many of the hits are of the bytes of the first.
func equalHits(hits []term.Hit) int {
	n := 1
	for n < len(hits) && hits[n].Start == hits[0].Start && hits[n].End == hits[0].End {
		n++
	}
	return n
}

// thin leaves those of the hits of the same bytes that matter: wording, marks that somebody watches, and of the others a few, those first that
// may be about the goods and the markets. They stay in order.
func (r *reading) thin(hits []term.Hit) (left []term.Hit, facts around) {
	r.place()
	var others, concerned int
	for _, h := range hits {
		if s, _, ok := r.signOf(h.Term); ok && !s.watched {
			others++
			concerned += count(r.concerns(s))
		}
	}
	if others <= maxEqual {
		return hits, 0
	}
	concerned = min(concerned, maxEqual)
	rest := maxEqual - concerned
	left = r.left[:0]
	for _, h := range hits {
		if s, _, ok := r.signOf(h.Term); ok && !s.watched {
			room := &rest
			if r.concerns(s) {
				room = &concerned
			}
			if *room == 0 {
				continue
			}
			*room--
		}
		left = append(left, h)
	}
	r.left = left
	return left, crowded
}

// concerns reports whether a mark may be in force in one of the markets, for goods of the listing's kind.
func (r *reading) concerns(s *sign) bool {
	if s.Status == rulebook.MarkDead || apart(s.NiceClasses, r.category.NiceClasses) {
		return false
	}
	return len(s.Territories) == 0 || slices.ContainsFunc(r.subject.Markets, func(m listing.Market) bool { return rulebook.Covers(s.Territories, m) })
}

// place finds the category of the subject, once.
func (r *reading) place() {
	if !r.placed {
		r.category, r.placed = r.categories.Find(r.subject.Product.Category), true
	}
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

// signOf is the sign that a term names, and how it names it; the naming's sign is a number that no other sign has. It is
// not ok where the term is wording.
func (l *lexicon) signOf(t int32) (*sign, naming, bool) {
	below := int32(0)
	if l.bulk != nil {
		if below = int32(l.bulk.register.Index().NumTerms()); t < below {
			m := l.bulk.named(t)
			n := m.names[t-m.first]
			n.sign = int32(len(l.marks) + m.number)
			return &m.sign, n, true
		}
	}
	if t -= below; int(t) >= len(l.names) {
		return nil, naming{}, false
	}
	n := l.names[t]
	return &l.marks[n.sign], n, true
}

// alarmAt is the wording that a term stands for; nil where it names a mark.
func (l *lexicon) alarmAt(t int32) *rulebook.Wording {
	i := int(t) - (l.texts.NumTerms() - len(l.alarmOf))
	if i < 0 {
		return nil
	}
	return l.alarmOf[i]
}

// see notes a sign and returns its number among those seen.
func (r *reading) see(number int32, s *sign) int32 {
	for i := len(r.numbers) - 1; i >= 0; i-- {
		if r.numbers[i] == number {
			return int32(i)
		}
	}
	r.numbers, r.signs = append(r.numbers, number), append(r.signs, *s)
	return int32(len(r.signs) - 1)
}

// readAlarms notes the alarms among the hits and the sightings, from the first on, that stand near them.
func (r *reading) readAlarms(field int32, first int) (cut bool) {
	if k := r.fields[field].field.Kind; k == listing.BrandField || k == listing.ModelField || k == listing.ManufacturerField {
		return false
	}
	for _, h := range r.hits {
		w := r.alarmAt(h.Term)
		if w == nil {
			continue
		}
		if !r.asWritten(w, h) || r.noted(w, field, h) {
			continue
		}
		if len(r.alarms) == maxAlarms {
			return true
		}
		r.loadContexts(first)
		a := alarm{wording: w, field: field, start: h.Start, end: h.End, transforms: h.Transforms}
		r.excuse(&a, h)
		r.neighbours(&a, h, first)
		r.alarms = append(r.alarms, a)
	}
	return cut
}

// asWritten reports whether a phrase of digits and signs ("1:1") stands in the text with its signs: folding leaves "11".
func (r *reading) asWritten(w *rulebook.Wording, h term.Hit) bool {
	for i := h.FirstToken; i <= h.LastToken; i++ {
		if r.folded.Token(int(i)).Class != text.Number {
			return true
		}
	}
	written := strings.NewReplacer("：", ":", "∶", ":", " ", "").Replace(r.folded.Raw()[h.Start:h.End])
	return slices.Contains(w.Phrases, written)
}

// noted reports whether the same words are already noted as wording of the same kind, of another language.
func (r *reading) noted(w *rulebook.Wording, field int32, h term.Hit) bool {
	known := r.alarms
	for i := len(known) - 1; i >= 0 && known[i].field == field && known[i].start == h.Start; i-- {
		if known[i].end == h.End && known[i].wording.Kind == w.Kind {
			return true
		}
	}
	return false
}

// readControls notes changes of direction, words of mixed alphabets and stacks of combining marks.
func (r *reading) readControls(field int32) {
	for _, at := range r.folded.BidiControls() {
		_, size := utf8.DecodeRuneInString(r.folded.Raw()[at:])
		r.controls = append(r.controls, control{turnsAround, field, at, at + int32(size)})
	}
	for _, k := range r.folded.MixedScript() {
		t := r.folded.Token(int(k))
		r.controls = append(r.controls, control{mixesScripts, field, t.Start, t.End})
	}
	for _, k := range r.folded.MarkFloods() {
		t := r.folded.Token(int(k))
		r.controls = append(r.controls, control{floodsMarks, field, t.Start, t.End})
	}
}

func (r *reading) reset() {
	r.folded.Reset()
	clear(r.fields)
	clear(r.signs)
	r.signs, r.numbers, r.naming = r.signs[:0], r.numbers[:0], r.naming[:0]
	r.fields, r.sightings, r.controls, r.truncated = r.fields[:0], r.sightings[:0], r.controls[:0], r.truncated[:0]
	clear(r.founds)
	r.order, r.founds = r.order[:0], r.founds[:0]
	clear(r.alarms)
	r.alarms = r.alarms[:0]
	r.hits, r.context, r.notes = r.hits[:0], r.context[:0], r.notes[:0]
	r.words = r.words[:0]
	r.subject, r.category, r.placed, r.minor = nil, rulebook.Category{}, false, 0
}
