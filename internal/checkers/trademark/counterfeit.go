package trademark

import (
	"fmt"
	"slices"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/text"
)

// alarmCodes are the codes that wording is reported under.
var alarmCodes = map[rulebook.WordingKind]string{
	rulebook.CounterfeitExplicit: "CF_EXPLICIT_TERM",
	rulebook.CounterfeitGrade:    "CF_GRADE_TERM",
	rulebook.SourceClaim:         "CF_SOURCE_CLAIM",
	rulebook.DupeInspired:        "CF_DUPE_INSPIRED",
	rulebook.Disclaimer:          "CF_DISCLAIMER",
	rulebook.OffPlatform:         "CF_OFFPLATFORM_OR_HIDDEN_LINK",
}

// reading of alarms, for people.
var alarmReads = map[rulebook.WordingKind]string{
	rulebook.CounterfeitExplicit: "says that the goods are a copy",
	rulebook.CounterfeitGrade:    "grades copies",
	rulebook.SourceClaim:         "claims that the goods come out of a brand's production by another door",
	rulebook.DupeInspired:        "offers an imitation",
	rulebook.Disclaimer:          "is said to get copies past a check",
	rulebook.OffPlatform:         "leads buyers away from the platform",
}

// An accusation is alarms that are one finding: of one kind, on one mark or none, excused or not.
type accusation struct {
	kind    rulebook.WordingKind
	found   int // index into founds; -1: no mark is near
	excused bool
	alarms  []*alarm
}

// wording reports counterfeit wording. What an innocent phrase excuses is reported with its excuse, so that a reviewer
// sees both.
func (r *reporter) wording() {
	var list []accusation
	for i := range r.alarms {
		a := &r.alarms[i]
		if alarmCodes[a.wording.Kind] == "" {
			continue
		}
		found := -1
		if a.excuse == nil {
			found = r.accused(a)
		}
		if found < 0 && a.wording.Kind == rulebook.DupeInspired {
			continue // inspired by nothing in particular
		}
		list = join(list, accusation{a.wording.Kind, found, a.excuse != nil, nil}, a)
	}
	for _, c := range list {
		r.accuse(c)
	}
}

func join(list []accusation, c accusation, a *alarm) []accusation {
	for i := range list {
		l := &list[i]
		if l.kind == c.kind && l.found == c.found && l.excused == c.excused {
			if len(l.alarms) < maxEvidence/2 {
				l.alarms = append(l.alarms, a)
			}
			return list
		}
	}
	c.alarms = []*alarm{a}
	return append(list, c)
}

// accused is the nearest mark beside an alarm: an index into founds, or -1.
func (r *reporter) accused(a *alarm) int {
	best, distance := -1, int32(0)
	for _, n := range a.near[:a.numNear] {
		for i := range r.founds {
			f := &r.founds[i]
			s := &r.sightings[n.sighting]
			if f.index == s.sign && s.transforms&text.Edit == 0 && !f.harmless() && (best < 0 || n.distance < distance) {
				best, distance = i, n.distance
			}
		}
	}
	return best
}

// accuse reports an accusation, and its excuse.
func (r *reporter) accuse(c accusation) {
	var spans, excuses []check.TextSpan
	for _, a := range c.alarms {
		spans = append(spans, r.alarmSpan(a))
		if a.excuse != nil {
			excuse := *a
			excuse.start, excuse.end = a.excuseFrom, a.excuseTo
			excuses = append(excuses, r.alarmSpan(&excuse))
		}
	}
	f := check.Finding{
		Code: alarmCodes[c.kind], Words: words(spans), Evidence: evidence(spans...), Remedies: removals(spans),
		Message: fmt.Sprintf("%q in the %s %s.", spans[0].Surface, spans[0].Field, alarmReads[c.kind]),
	}
	if c.excused {
		f.Message = fmt.Sprintf("%q in the %s is wording that, elsewhere, %s.", spans[0].Surface, spans[0].Field, alarmReads[c.kind])
	}
	var concerned []int
	if c.found >= 0 {
		r.name(&f, c, spans[0])
		concerned = append(concerned, c.found)
	}
	id := r.file(f, concerned...)
	if len(excuses) == 0 || id == "" {
		return
	}
	r.file(check.Finding{
		Code: "CF_CONTEXT_EXEMPT", Words: words(excuses), Mark: f.Mark, Evidence: evidence(excuses...), Mitigates: []string{id},
		Message: fmt.Sprintf("%q is an innocent phrase: it excuses %s.", excuses[0].Surface, f.Code),
	}, concerned...)
}

// name adds the mark that an accusation is beside.
func (r *reporter) name(f *check.Finding, c accusation, first check.TextSpan) {
	mark := &r.founds[c.found]
	f.Mark, f.Markets = mark.Text, mark.scope()
	if c.kind == rulebook.CounterfeitExplicit || c.kind == rulebook.CounterfeitGrade {
		f.Variant = "near_mark"
	}
	f.Message = fmt.Sprintf("%q in the %s stands beside %s: it %s.", first.Surface, first.Field, mark.Text, alarmReads[c.kind])
	f.Evidence = append(f.Evidence, evidence(r.beside(mark, c.alarms)...)...)
	if c.kind == rulebook.CounterfeitExplicit {
		f.Remedies = []check.Remedy{{
			Text: "Another wording does not make these goods genuine: have a person look at them.",
			Fix:  check.RequestReview{Reason: f.Message},
		}}
	}
}

// beside are the places where a mark stands beside alarms.
func (r *reporter) beside(mark *found, alarms []*alarm) []check.TextSpan {
	return r.spansOf(mark, func(s *sighting) bool {
		return slices.ContainsFunc(alarms, func(a *alarm) bool {
			return slices.ContainsFunc(a.near[:a.numNear], func(n neighbour) bool { return &r.sightings[n.sighting] == s })
		})
	})
}
