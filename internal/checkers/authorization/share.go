package authorization

import (
	"slices"
	"strings"
	"time"

	"github.com/assay-project/assay/internal/listing"
)

// What follows is for the checker of other papers than these: territories, terms and the caller's reading mean the same wherever a
// paper states them.

// Covered are those of some markets that territories, as a document names them, contain.
func Covered(territories []string, markets []listing.Market) []listing.Market {
	codes := make([]string, len(territories))
	for i, t := range territories {
		codes[i] = strings.ToUpper(strings.TrimSpace(t))
	}
	return slices.DeleteFunc(slices.Clone(markets), func(m listing.Market) bool { return !covers(codes, m) })
}

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

// Unsure are the fields of a document of which the caller is less sure than threshold, sorted.
func Unsure(d *listing.Document, threshold float32) []string {
	var fields []string
	for field, confidence := range d.Confidence {
		if confidence < threshold {
			base, _, _ := strings.Cut(field, ".")
			fields = append(fields, base)
		}
	}
	slices.Sort(fields)
	return slices.Compact(fields)
}

// Lacks reports whether the caller looked for a field of a document that is not set, and is sure that it is not there.
func Lacks(d *listing.Document, threshold float32, field string) bool {
	return (&paper{Document: d, threshold: threshold}).lacks(field)
}

// ShowList joins texts for a message, the first few of them, each once.
func ShowList(texts []string) string { return distinct(texts) }
