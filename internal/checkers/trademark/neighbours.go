package trademark

import (
	"cmp"
	"slices"
	"strings"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/term"
	"github.com/assay-project/assay/internal/text"
)

// How far one looks around a place, in tokens.
const (
	reach         = 24 // of a compatibility cue over a list of devices
	nearby        = 6  // of an alarm, over the ends of sentences
	sentence      = 40 // of an alarm, within a sentence
	plainReach    = 5  // of the contexts that show a plain word
	longestPhrase = 12 // of the rulebook's wording
	looseGlyphs   = 4  // characters of scripts without spaces between a mark and a cue after it ("苹果手机壳")
)

// A note says what covers a token.
type note uint16

const (
	named       note = 1 << iota // part of a mark or a product line
	fitBefore                    // a compatibility cue that points forward ends here
	fitOutright                  // and is a long one
	fitAfter                     // a compatibility cue that points backward begins here
	likeBefore                   // the same of comparison cues
	likeAfter
	sentenceEnd // a sentence ends after it
	thingBegins // the name of an accessory begins here
	thingEnds   // and ends here
	added       // what follows comes with the goods
)

// loadContexts reads the wording around marks, once per field, and notes what covers the tokens.
func (r *reading) loadContexts(first int) {
	if r.contexts {
		return
	}
	r.contexts, r.original = true, false
	r.context = r.lexicon.contexts.Append(r.context[:0], &r.folded, &r.scratch)
	n := r.folded.NumTokens()
	r.notes = append(r.notes[:0], make([]note, n)...)
	for i := range n {
		if r.folded.Token(i).After.Sentence() {
			r.notes[i] |= sentenceEnd
		}
	}
	for _, s := range r.sightings[first:] {
		for k := s.first; k <= s.last; k++ {
			r.notes[k] |= named
		}
	}
	for _, h := range r.context {
		for _, c := range r.contextOf[h.Term] {
			r.note(c, h)
		}
	}
}

func (r *reading) note(c cue, h term.Hit) {
	before, after := &r.notes[h.LastToken], &r.notes[h.FirstToken]
	points := c.wording.Position
	switch c.wording.Kind {
	case rulebook.Compatibility:
		if points != rulebook.After {
			*before |= fitBefore
			if c.long {
				*before |= fitOutright
			}
		}
		if points == rulebook.After || points == rulebook.Either {
			*after |= fitAfter
		}
	case rulebook.ComparisonCue:
		if points != rulebook.After {
			*before |= likeBefore
		}
		if points == rulebook.After || points == rulebook.Either {
			*after |= likeAfter
		}
	case rulebook.Accessory:
		*after |= thingBegins
		*before |= thingEnds
	case rulebook.Whole:
		if points == rulebook.Either {
			r.original = true
		} else {
			*before |= added
		}
	}
}

// look notes what stands around a sighting. fellows are the sightings of the same field.
func (r *reading) look(s *sighting, fellows []sighting) {
	f := &r.folded
	kind := r.fields[s.field].field.Kind
	last := f.NumTokens() - 1
	if s.first == 0 && int(s.last) == last {
		s.around |= wholeField
	}
	if r.leads(s) {
		s.around |= leads
	}
	if r.firstNameBefore(s) {
		s.around |= firstName
	}
	after := f.Token(int(s.last)).After
	if after&text.Sign != 0 {
		s.around |= registered
	}
	if after&text.Question != 0 && kind != listing.DescriptionField && strings.Count(f.Raw(), "?") == 1 {
		s.around |= questioned // several are what is left of a broken encoding
	}
	r.lookAtFellows(s, fellows)
	r.lookAtCase(s)
	if kind == listing.BrandField {
		return
	}
	switch {
	case r.fits(s):
		s.around |= compatible
	case r.likened(s):
		s.around |= compared
	case r.namesThing(s, fellows):
		s.around |= accessory
	}
	if r.naming[s.naming].weak != distinctive {
		r.lookForPlain(s)
	}
}

// leads reports whether nothing but numbers and a word in brackets stands before a sighting.
func (r *reading) leads(s *sighting) bool {
	for k := int(s.first) - 1; k >= 0; k-- {
		t := r.folded.Token(k)
		bracketed := r.folded.Before(k)&text.Open != 0 || t.After&text.Close != 0
		if t.Class != text.Number && !bracketed {
			return false
		}
	}
	return true
}

// firstNameBefore reports whether a capitalised word that is no mark stands right before a sighting.
func (r *reading) firstNameBefore(s *sighting) bool {
	if s.first == 0 || r.fields[s.field].field.Kind == listing.BrandField || r.notes[s.first-1]&named != 0 {
		return false
	}
	t := r.folded.Token(int(s.first) - 1)
	return t.Class == text.Word && t.Case != text.Lower && t.After == text.Space && s.pattern != text.Lower
}

// lookAtFellows notes marks and product lines directly beside a sighting.
func (r *reading) lookAtFellows(s *sighting, fellows []sighting) {
	for i := range fellows {
		o := &fellows[i]
		beside := o.first == s.last+1 || o.last == s.first-1 || o.start != s.start && o.first == s.first
		if !beside {
			continue
		}
		if h := r.naming[o.naming].how; o.sign == s.sign && h >= byFullLine {
			s.around |= modelBeside | lineBeside
		} else if o.sign != s.sign {
			s.around |= innerOfMarks
			if related(&r.signs[o.sign], &r.signs[s.sign]) && r.naming[o.naming].weak == distinctive {
				s.around |= houseBeside
			}
		}
	}
	if h := r.naming[s.naming].how; h == byLine || h == byFullLine {
		s.around |= modelBeside | lineBeside
	}
	for k := int(s.last) + 1; k < r.folded.NumTokens() && k <= int(s.last)+3; k++ {
		switch t := r.folded.TokenAt(k); {
		case t.Class == text.Mixed && k == int(s.last)+1 && t.End-t.Start > fewLetters && !isDigit(r.folded.Raw()[t.Start]):
			s.around |= modelBeside | codeBeside
		case t.Class == text.Number || t.Class == text.Mixed:
			s.around |= modelBeside
		}
	}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// lookAtCase compares the letter case of a sighting with that of the words around it.
func (r *reading) lookAtCase(s *sighting) {
	small, capital := 0, 0
	for k, to := max(0, int(s.first)-8), min(r.folded.NumTokens(), int(s.last)+9); k < to; k++ {
		t := r.folded.TokenAt(k)
		if k >= int(s.first) && k <= int(s.last) || t.Class != text.Word || t.End-t.Start < 4 {
			continue
		}
		if t.Case == text.Lower {
			small++
		} else {
			capital++
		}
	}
	switch {
	case s.pattern == text.Lower && capital >= 2 && capital > 2*small:
		s.around |= smallInside
	case s.pattern != text.Lower && small >= 2 && small > 2*capital && !r.sentenceStart(s):
		s.around |= capitalInside
	}
}

func (r *reading) sentenceStart(s *sighting) bool {
	return s.first == 0 || r.folded.Token(int(s.first)-1).After.Sentence()
}

// fits reports whether a compatibility cue points at a sighting: right before it, or before a list of devices that it
// is part of, or right after it where the language says it so.
func (r *reading) fits(s *sighting) bool {
	return r.fitsBefore(s) || r.fitsAfter(s) || r.fitsGlued(s)
}

func (r *reading) fitsBefore(s *sighting) bool {
	loose, glyphs := 0, 0
	for k := int(s.first) - 1; k >= max(0, int(s.first)-reach); k-- {
		n, t := r.notes[k], r.folded.TokenAt(k)
		switch {
		case n&sentenceEnd != 0:
			return false
		case n&fitBefore != 0 && (loose+glyphs == 0 || n&fitOutright != 0 && loose <= 1):
			r.cueEnds(s, rulebook.Compatibility, k)
			return true
		case n&named != 0 || t.Class == text.Number || t.Class == text.Mixed:
			loose, glyphs = 0, 0
		case t.Class >= text.Ideograph:
			if glyphs++; glyphs > 2*looseGlyphs {
				return false
			}
		default:
			if loose++; loose > 1 {
				return false
			}
		}
	}
	return false
}

func (r *reading) fitsAfter(s *sighting) bool {
	loose, glyphs := 0, 0
	for k := int(s.last) + 1; k < min(r.folded.NumTokens(), int(s.last)+reach); k++ {
		if r.notes[k-1]&sentenceEnd != 0 {
			return false
		}
		n, t := r.notes[k], r.folded.TokenAt(k)
		switch {
		case n&fitAfter != 0 && loose == 0:
			r.cueBegins(s, rulebook.Compatibility, k)
			return true
		case n&named != 0 || t.Class == text.Number || t.Class == text.Mixed:
			loose, glyphs = 0, 0
		case t.Class >= text.Ideograph:
			if glyphs++; glyphs > looseGlyphs {
				return false
			}
		default:
			if loose++; loose > 1 {
				return false
			}
		}
	}
	return false
}

// fitsGlued looks for a cue written as part of the mark's own word (아이폰용, لايفون).
func (r *reading) fitsGlued(s *sighting) bool {
	raw := r.folded.Raw()
	// A sign that stands for a letter may lie outside the word ("@didas").
	from, to := min(s.start, r.folded.Token(int(s.first)).Start), max(s.end, r.folded.Token(int(s.last)).End)
	head, tail := raw[from:s.start], raw[s.end:to]
	if head != "" && r.glued[text.Key(head)] || tail != "" && r.glued[text.Key(tail)] {
		s.cueFrom, s.cueTo = from, to
		return true
	}
	return false
}

// namesThing reports whether a sighting names a device, and an accessory is named beside it: "iPhone 15 case". A house may
// make the accessory itself ("Samsung charger", "Canon NB-4L battery"): beside its name a product line must stand, or what
// looks like the short name of a model. What comes with the goods ("with case") and what is said to be original is the
// maker's own.
func (r *reading) namesThing(s *sighting, fellows []sighting) bool {
	sign := &r.signs[s.sign]
	if r.original || !sign.device {
		return false
	}
	exact := sign.product || s.around&(lineBeside|houseBeside) != 0 || r.shortModelAfter(s)
	return exact && (r.thingAfter(s, fellows) || r.thingBefore(s))
}

// shortModelAfter reports whether a letter or two and up to three digits follow a sighting: A54, V8, X1. Part numbers are
// longer.
func (r *reading) shortModelAfter(s *sighting) bool {
	k := int(s.last) + 1
	if k >= r.folded.NumTokens() || r.folded.Token(k).Class != text.Mixed {
		return false
	}
	letters := string(r.folded.Letters(k))
	name := strings.TrimRight(letters, "0123456789")
	return len(name) >= 1 && len(name) <= 2 && len(letters)-len(name) <= 3 && strings.Trim(name, "0123456789") == name
}

// How many other words may stand between a device and an accessory: "iPhone 15 Pro Max silicone case", "Filter HEPA Dyson V8".
const (
	looseAfter  = 4
	looseBefore = 1
)

func (r *reading) thingAfter(s *sighting, fellows []sighting) bool {
	loose := 0
	for k := int(s.last) + 1; k < r.folded.NumTokens() && loose <= looseAfter; k++ {
		n := r.notes[k]
		switch {
		case r.folded.Token(k-1).After.Clause() || n&(added|fitBefore) != 0:
			return false
		case n&(thingBegins|thingEnds) != 0: // it may begin within the name: Apple [Watch strap]
			return true
		case n&named != 0 && r.stranger(s, fellows, int32(k)):
			return false
		case n&named == 0 && r.folded.Token(k).Class == text.Word || r.folded.Token(k).Class >= text.Ideograph:
			loose++
		}
	}
	return false
}

func (r *reading) thingBefore(s *sighting) bool {
	for k, loose := int(s.first)-1, 0; k >= 0 && loose <= looseBefore; k-- {
		n := r.notes[k]
		switch {
		case r.folded.Token(k).After.Clause() || n&added != 0:
			return false
		case n&thingEnds != 0:
			return !r.addedBefore(k)
		case n&named == 0:
			loose++
		}
	}
	return false
}

// addedBefore reports whether a word right before the thing that ends at token k says that it comes with the goods.
func (r *reading) addedBefore(k int) bool {
	for i := k; i >= max(0, k-2); i-- {
		if r.notes[i]&added != 0 {
			return true
		}
	}
	return false
}

// stranger reports whether token k is part of a mark of another house.
func (r *reading) stranger(s *sighting, fellows []sighting, k int32) bool {
	return slices.ContainsFunc(fellows, func(o sighting) bool {
		return o.first <= k && k <= o.last && o.sign != s.sign && !related(&r.signs[o.sign], &r.signs[s.sign])
	})
}

// likened reports whether a comparison cue points at a sighting.
func (r *reading) likened(s *sighting) bool {
	if k := int(s.first) - 1; k >= 0 && r.notes[k]&likeBefore != 0 && r.notes[k]&sentenceEnd == 0 {
		r.cueEnds(s, rulebook.ComparisonCue, k)
		return true
	}
	k := int(s.last) + 1
	for k < r.folded.NumTokens() && r.notes[k]&named != 0 {
		k++
	}
	if k < r.folded.NumTokens() && r.notes[k]&likeAfter != 0 && !r.folded.Token(k-1).After.Clause() {
		r.cueBegins(s, rulebook.ComparisonCue, k)
		return true
	}
	return false
}

// cueEnds notes the words of the cue that ends at token k; cueBegins, of the one that begins there.
func (r *reading) cueEnds(s *sighting, kind rulebook.WordingKind, k int) {
	r.cue(s, kind, func(h term.Hit) bool { return int(h.LastToken) == k })
}

func (r *reading) cueBegins(s *sighting, kind rulebook.WordingKind, k int) {
	r.cue(s, kind, func(h term.Hit) bool { return int(h.FirstToken) == k })
}

func (r *reading) cue(s *sighting, kind rulebook.WordingKind, at func(term.Hit) bool) {
	for _, h := range r.contextFrom(s.first - reach) {
		if at(h) && slices.ContainsFunc(r.contextOf[h.Term], func(c cue) bool { return c.wording.Kind == kind }) {
			s.cueFrom, s.cueTo = h.Start, h.End
			return
		}
	}
}

// lookForPlain looks for the contexts in which a weak sign is a plain word.
func (r *reading) lookForPlain(s *sighting) {
	sign := &r.signs[s.sign]
	for _, h := range r.contextFrom(s.first - plainReach) {
		if h.FirstToken > s.last+plainReach+1 {
			return
		}
		for _, c := range r.contextOf[h.Term] {
			if c.wording.Kind != rulebook.PlainContext || !c.concerns(sign) {
				continue
			}
			if p := plainBy(c, s, h); p > s.plain {
				s.plain, s.plainFrom, s.plainTo = p, h.Start, h.End
			}
		}
	}
}

// contextFrom are the context hits of the field that may reach token k or what follows it.
func (r *reading) contextFrom(k int32) []term.Hit {
	i, _ := slices.BinarySearchFunc(r.context, k-longestPhrase, func(h term.Hit, k int32) int {
		return cmp.Compare(h.FirstToken, k)
	})
	return r.context[i:]
}

// distance is the number of tokens between a sighting and a hit, and whether the hit stands before it; -1: they overlap.
func distance(s *sighting, h term.Hit) (before bool, tokens int) {
	switch {
	case h.LastToken < s.first:
		return true, int(s.first - h.LastToken - 1)
	case h.FirstToken > s.last:
		return false, int(h.FirstToken - s.last - 1)
	}
	return false, -1
}

// plainBy weighs a context. One that goes with every word must touch, and one before it ("by") leaves room for a first
// name; one of the sign's own may stand a little off.
func plainBy(c cue, s *sighting, h term.Hit) plainness {
	before, d := distance(s, h)
	points := c.wording.Position
	own := len(c.wording.Marks) > 0
	switch {
	case d < 0 || points != rulebook.Either && before != (points != rulebook.After):
		return notPlain
	case own && d <= 1:
		return surelyPlain
	case own && d <= plainReach, !own && !before && d == 0:
		return maybePlain
	case !own && before && d <= 1:
		return slotOfName
	}
	return notPlain
}

// excuse looks for an innocent phrase over or beside an alarm.
func (r *reading) excuse(a *alarm, h term.Hit) {
	for _, e := range r.contextFrom(h.FirstToken) {
		if e.FirstToken > h.LastToken {
			return
		}
		if e.LastToken < h.FirstToken {
			continue
		}
		for _, c := range r.contextOf[e.Term] {
			if c.wording.Kind == rulebook.Exempt && excuses(c.wording, a.wording.Kind) {
				a.excuse, a.excuseFrom, a.excuseTo = c.wording, e.Start, e.End
				return
			}
		}
	}
}

func excuses(w *rulebook.Wording, kind rulebook.WordingKind) bool {
	for _, code := range w.Exempts {
		if code == alarmCodes[kind] {
			return true
		}
	}
	return false
}

// neighbours notes the sightings of the field, from the first on, that stand near an alarm.
func (r *reading) neighbours(a *alarm, h term.Hit, first int) {
	for i := first; i < len(r.sightings); i++ {
		before, d := distance(&r.sightings[i], h)
		s := &r.sightings[i]
		if d > sentence || d > nearby && r.sentenceBetween(before, s, h) {
			continue
		}
		a.add(neighbour{int32(i), int32(max(d, 0)), s.transforms&text.Edit != 0})
	}
}

func (r *reading) sentenceBetween(before bool, s *sighting, h term.Hit) bool {
	from, to := s.last, h.FirstToken
	if before {
		from, to = h.LastToken, s.first
	}
	for k := from; k < to; k++ {
		if r.notes[k]&sentenceEnd != 0 {
			return true
		}
	}
	return false
}

// add keeps the nearest neighbours, in the order of the text. Where there are too many, those that no alarm can be about
// make room first: among a million marks, most words are one letter from some of them.
func (a *alarm) add(n neighbour) {
	if a.numNear < maxNear {
		a.near[a.numNear] = n
		a.numNear++
		return
	}
	farthest := 0
	for i := range a.near {
		if a.near[i].behind(a.near[farthest]) {
			farthest = i
		}
	}
	if a.near[farthest].behind(n) {
		a.near[farthest] = n
	}
}

// behind reports whether n makes room before o.
func (n neighbour) behind(o neighbour) bool {
	if n.misspelt != o.misspelt {
		return n.misspelt
	}
	return n.distance > o.distance
}
