package authorization

import (
	"time"

	"github.com/assay-project/assay/internal/listing"
)

// What follows is for the checker of other papers than these: territories, terms and the caller's reading mean the same wherever a
// paper states them.

// Covers reports whether territories, as a document names them, contain a market.
func Covers(territories []string, market listing.Market) bool { return covers(territories, market) }

// A Term is when a document holds: from Start, before End. Bounds that are not known are zero, and so is the end of one that has
// none.
type Term struct {
	Start, End time.Time
	EndKnown   bool
	Invalid    bool // a bound does not exist, or the end is not after the start
}

// TermOf reads a term in a zone. One that is lasting ends only where it says so.
func TermOf(v *listing.Validity, zone *time.Location, lasting bool) Term {
	p := periodFrom(v.Start, v, zone, lasting)
	return Term{Start: p.start, End: p.end, EndKnown: p.endKnown, Invalid: p.invalid}
}

// ShowTerm is a term as a document states it.
func ShowTerm(v *listing.Validity, lasting bool) string {
	return showPeriod(&listing.Document{Effective: *v}, lasting)
}

// ShowBound is a bound as a document states it, empty where it does not.
func ShowBound(b listing.Bound) string { return plainBound(b) }

// Sure reports whether the caller is sure of all it extracted of some fields of a document: at least as sure as threshold.
func Sure(d *listing.Document, threshold float32, fields ...string) bool {
	return (&paper{Document: d, threshold: threshold}).sure(fields...)
}

// Lacks reports whether the caller looked for a field of a document that is not set, and is sure that it is not there.
func Lacks(d *listing.Document, threshold float32, field string) bool {
	return (&paper{Document: d, threshold: threshold}).lacks(field)
}

// ShowList joins texts for a message, the first few of them, each once.
func ShowList(texts []string) string { return distinct(texts) }
