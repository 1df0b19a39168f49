package authorization

import (
	"time"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/party"
)

// A period is when a document holds: from start, before end. Its bounds are known or not; a known zero end is "for ever".
type period struct {
	start, end           time.Time
	startKnown, endKnown bool
	invalid              bool // a bound does not exist, or the end is not after the start
}

// newPeriod reads a document's dates in a zone. A document without a start holds from its day of issue. One that states
// a lasting fact (an assignment, an affiliation) ends only where it says so.
func newPeriod(d *listing.Document, zone *time.Location, lasting bool) period {
	return periodFrom(startBound(d), &d.Effective, zone, lasting)
}

// periodFrom is a term that begins with from, whatever it says itself.
func periodFrom(from listing.Bound, v *listing.Validity, zone *time.Location, lasting bool) period {
	var p period
	start, startOK := instant(from, zone, listing.Date.Start)
	end, endOK := instant(v.End, zone, listing.Date.After)
	p.start, p.startKnown = start, from.State != listing.Absent
	p.end, p.endKnown = end, v.End.State != listing.Absent || v.Perpetual || lasting
	bounded := v.End.State != listing.Absent
	p.invalid = !startOK || !endOK || p.startKnown && bounded && !p.start.Before(p.end)
	return p
}

// startBound is when a document begins to hold: as it states, else its day of issue.
func startBound(d *listing.Document) listing.Bound {
	if d.Effective.Start.State == listing.Absent {
		return d.IssuedOn
	}
	return d.Effective.Start
}

// instant is the moment of a bound, the zero time where it is absent; false where no such moment exists.
func instant(b listing.Bound, zone *time.Location, ofDay func(listing.Date, *time.Location) time.Time) (time.Time, bool) {
	switch b.State {
	case listing.Absent:
		return time.Time{}, true
	case listing.Instant:
		return b.Time.UTC(), true
	case listing.Day:
		if b.Date.Exists() {
			return ofDay(b.Date, zone).UTC(), true
		}
	}
	return time.Time{}, false
}

// judge tells whether the period holds at a moment.
func (p *period) judge(asOf time.Time) judgement {
	switch {
	case p.invalid:
		return judgement{broken, "DOC_DATE_INVALID", ""}
	case p.startKnown && asOf.Before(p.start):
		return judgement{broken, "AUTH_NOT_YET_VALID", ""}
	case p.endKnown && !p.end.IsZero() && !asOf.Before(p.end):
		return judgement{broken, "AUTH_EXPIRED", ""}
	case !p.startKnown || !p.endKnown:
		return notExtracted
	}
	return judgement{}
}

// showBound is a bound as the document states it.
func showBound(b listing.Bound) string {
	switch b.State {
	case listing.Instant:
		return b.Time.UTC().Format(time.RFC3339)
	case listing.Day:
		return b.Date.String()
	case listing.Impossible:
		return "impossible date " + party.Shorten(b.Raw)
	}
	return "not stated"
}

// plainBound is a bound in no language, empty where it is not stated.
func plainBound(b listing.Bound) string {
	switch b.State {
	case listing.Instant, listing.Day:
		return showBound(b)
	case listing.Impossible:
		return party.Shorten(b.Raw)
	}
	return ""
}

// showPeriod is a document's term as it states it.
func showPeriod(d *listing.Document, lasting bool) string {
	start := showBound(d.Effective.Start)
	if d.Effective.Start.State == listing.Absent && d.IssuedOn.State != listing.Absent {
		start = showBound(d.IssuedOn) + " (day of issue)"
	}
	end := showBound(d.Effective.End)
	if d.Effective.End.State == listing.Absent && (d.Effective.Perpetual || lasting) {
		end = "no end"
	}
	return start + " to " + end
}
