package trademark

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
)

// Bounds of what is reported.
const (
	maxEvidence = 16 // spans shown in one finding
	maxSpans    = 64 // spans of one mention
	maxFindings = 64 // of one submission
)

// A reporter turns a judgement into a result and files the findings.
type reporter struct {
	*judgement
	pass   *check.Pass[*listing.Submission]
	result *Result
	filed  int
	full   bool
}

// report files what is to be said, in the order in which a reviewer wants to read it: what is hidden, what is said of
// the goods, how marks are used, what speaks for the listing.
func (r *reporter) report() *Result {
	r.mentions()
	r.disguises()
	r.oddText()
	r.wording()
	r.uses()
	r.stuffing()
	r.cleared()
	r.bounds()
	return r.result
}

// file reports a finding on the mentions that it concerns.
func (r *reporter) file(f check.Finding, concerned ...int) string {
	if r.filed++; r.filed > maxFindings {
		r.full = true
		return ""
	}
	id := r.pass.Report(f)
	for _, m := range concerned {
		r.result.Mentions[m].Findings = append(r.result.Mentions[m].Findings, id)
	}
	return id
}

// mentions lists every mark found. Mention i is of founds[i].
func (r *reporter) mentions() {
	if len(r.founds) > 0 {
		r.result.Mentions = make([]Mention, len(r.founds))
	}
	for i := range r.founds {
		f := &r.founds[i]
		m := &r.result.Mentions[i]
		m.MarkID, m.Canonical, m.Role, m.Reason = f.ID, f.Text, f.role, f.reason
		m.Mark, m.Markets, m.InBrand, m.InTitle = f.Mark, f.markets, f.inBrand, f.titled
		for n, at := range f.sightings {
			s := &r.sightings[at]
			m.Disguised = m.Disguised || s.transforms.Disguise()
			if n > 0 && r.sightings[f.sightings[n-1]].sameBytes(s) || len(m.Spans) == maxSpans {
				continue
			}
			span := r.span(s)
			m.Spans = append(m.Spans, span)
			if span.Field.Kind == listing.ShopNameField {
				m.ShopNameSpans = append(m.ShopNameSpans, span)
			}
		}
	}
	r.claims()
}

// claims lists the wording that claims a tie to a holder, and what it stands beside.
func (r *reporter) claims() {
	for i := range r.alarms {
		a := &r.alarms[i]
		if !isClaim(a.wording.Kind) || a.excuse != nil {
			continue
		}
		claim := len(r.result.Claims)
		r.result.Claims = append(r.result.Claims, Claim{Span: r.alarmSpan(a), Flagship: a.wording.Kind == rulebook.Flagship})
		for m := range r.founds {
			if slices.ContainsFunc(a.near[:a.numNear], func(n neighbour) bool { return r.sightings[n.sighting].sign == r.founds[m].index }) {
				r.result.Mentions[m].Claims = append(r.result.Mentions[m].Claims, claim)
			}
		}
	}
}

func (s *sighting) sameBytes(o *sighting) bool {
	return s.field == o.field && s.start == o.start && s.end == o.end
}

// span is a sighting as evidence.
func (r *reporter) span(s *sighting) check.TextSpan {
	at := &r.fields[s.field]
	return check.TextSpan{
		Field: at.field, Start: int(s.start), End: int(s.end), Surface: check.Surface(at.raw, int(s.start), int(s.end)),
		Canonical: r.signs[s.sign].Text, Transforms: s.transforms.AppendNames(nil), MarkID: r.signs[s.sign].ID,
	}
}

// alarmSpan is an alarm as evidence.
func (r *reporter) alarmSpan(a *alarm) check.TextSpan {
	at := &r.fields[a.field]
	return check.TextSpan{
		Field: at.field, Start: int(a.start), End: int(a.end), Surface: check.Surface(at.raw, int(a.start), int(a.end)),
		Transforms: a.transforms.AppendNames(nil),
	}
}

// spansOf are the sightings of a found mark that satisfy keep, as evidence, without repetitions.
func (r *reporter) spansOf(f *found, keep func(*sighting) bool) []check.TextSpan {
	var spans []check.TextSpan
	var last *sighting
	for _, i := range f.sightings {
		s := &r.sightings[i]
		if !keep(s) || last != nil && last.sameBytes(s) || len(spans) == maxEvidence {
			continue
		}
		spans, last = append(spans, r.span(s)), s
	}
	return spans
}

func (r *reporter) inTitleField(s *sighting) bool {
	return r.fields[s.field].field.Kind == listing.TitleField
}

func anywhere(*sighting) bool { return true }

// evidence is spans as a finding holds them.
func evidence(spans ...check.TextSpan) []check.Evidence {
	list := make([]check.Evidence, 0, len(spans))
	for _, s := range spans {
		list = append(list, s)
	}
	return list
}

// words is what the spans say, each wording once.
func words(spans []check.TextSpan) string {
	var list []string
	for _, s := range spans {
		if !slices.Contains(list, s.Surface) && len(list) < 4 {
			list = append(list, s.Surface)
		}
	}
	return strings.Join(list, ", ")
}

// removals are the remedies of taking the spans away: one for each, all of them needed.
func removals(spans []check.TextSpan) []check.Remedy {
	var list []check.Remedy
	for _, s := range spans {
		list = append(list, check.Remedy{
			Text: fmt.Sprintf("Take %q out of the %s.", s.Surface, s.Field),
			Fix:  check.RemoveText{Field: s.Field, Start: s.Start, End: s.End},
		})
	}
	return list
}

// bounds says where something was not looked at.
func (r *reporter) bounds() {
	if r.minor > maxMinor {
		r.pass.Degrade(fmt.Sprintf("lists the first %d places of the text that name marks which nobody watches; there are %d", maxMinor, r.minor))
	}
	if len(r.truncated) == 0 && !r.full {
		return
	}
	var names []string
	for _, f := range r.truncated {
		names = append(names, f.String())
	}
	message := "The search for marks met a bound"
	if len(names) > 0 {
		message += " in " + strings.Join(names[:min(len(names), 8)], ", ")
	}
	if r.full {
		message += fmt.Sprintf("; only the first %d findings are listed", maxFindings)
	}
	r.pass.Degrade(message)
	r.pass.Report(check.Finding{Code: "SYS_INPUT_TRUNCATED", Message: message + ". The rest was not read.", Words: strings.Join(names, ", ")})
}
