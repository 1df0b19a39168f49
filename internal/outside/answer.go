package outside

import (
	"fmt"
	"math"
	"slices"
	"time"
	"unicode/utf8"

	"google.golang.org/genproto/googleapis/type/money"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
)

// Findings takes an answer, with the prefix before its codes, or says how it breaks the contract. The error is Problems. None
// of the findings excuses another one: a checker may raise the risk, never lower it.
func (q *Question) Findings(prefix string, a *assayv1.RunCheckerResponse) ([]check.Finding, error) {
	var wrong Problems
	if got, want := a.GetSubmissionId(), q.Request.GetSubmission().GetSubmissionId(); got != want {
		wrong.add("submission_id: %.140q is not that of the request", got)
		return nil, wrong
	}
	wrong.count("findings", len(a.GetFindings()), MaxFindings)
	if len(wrong) > 0 {
		return nil, wrong
	}
	findings := make([]check.Finding, len(a.GetFindings()))
	for i, f := range a.GetFindings() {
		findings[i] = q.finding(prefix, f, fmt.Sprintf("findings[%d]", i), &wrong)
	}
	if err := wrong.err(); err != nil {
		return nil, err
	}
	return findings, nil
}

func (q *Question) finding(prefix string, f *assayv1.CheckerFinding, at string, wrong *Problems) check.Finding {
	if !slices.Contains(q.description.Codes, f.GetCode()) {
		wrong.add("%s.code: %.70q is not a code that it declared", at, f.GetCode())
	}
	wrong.text(at+".message", f.GetMessage(), 0, MaxMessage)
	wrong.count(at+".evidence", len(f.GetEvidence()), MaxEvidence)
	wrong.count(at+".markets", len(f.GetMarkets()), 32)
	found := check.Finding{Code: prefix + f.GetCode(), Message: f.GetMessage()}
	if len(*wrong) > 0 {
		return found
	}
	if found.Message == "" {
		found.Message = "The checker reports " + f.GetCode() + " and says no more."
	}
	found.Markets = q.marketsOf(f, at, wrong)
	for i, m := range f.GetEvidence() {
		e := q.evidence(m, fmt.Sprintf("%s.evidence[%d]", at, i), wrong)
		if span, ok := e.(check.TextSpan); ok && found.Words == "" {
			found.Words = span.Surface
		}
		found.Evidence = append(found.Evidence, e)
	}
	return found
}

// maxWords bounds the short texts of evidence, in bytes.
const maxWords = 256

func (q *Question) evidence(m *assayv1.Evidence, at string, wrong *Problems) check.Evidence {
	words := func(field, text string) { wrong.text(at+"."+field, text, 0, maxWords) }
	switch e := m.GetKind().(type) {
	case *assayv1.Evidence_TextSpan:
		return q.span(e.TextSpan, at+".text_span", wrong)
	case *assayv1.Evidence_Price:
		return price(e.Price, at+".price", wrong)
	case *assayv1.Evidence_Document:
		d := e.Document
		words("document.field", d.GetField())
		words("document.expected", d.GetExpected())
		words("document.actual", d.GetActual())
		if id := d.GetDocumentId(); id != "" && !slices.ContainsFunc(q.Request.GetSubmission().GetDocuments(),
			func(sent *assayv1.Document) bool { return sent.GetDocumentId() == id }) {
			wrong.add("%s.document.document_id: no document %.140q was sent", at, id)
		}
		return check.Document{ID: d.GetDocumentId(), Field: d.GetField(), Expected: d.GetExpected(), Actual: d.GetActual()}
	case *assayv1.Evidence_ListEntry:
		l := e.ListEntry
		words("list_entry.list", l.GetList())
		words("list_entry.entry", l.GetEntry())
		words("list_entry.version", l.GetVersion())
		return check.ListEntry{List: l.GetList(), Entry: l.GetEntry(), Version: l.GetVersion()}
	case *assayv1.Evidence_Opaque:
		words("opaque.label", e.Opaque.GetLabel())
		words("opaque.text", e.Opaque.GetText())
		return check.Opaque{Label: e.Opaque.GetLabel(), Text: e.Opaque.GetText()}
	case *assayv1.Evidence_Chain:
		wrong.add("%s.chain: a chain of authorizations is not taken from outside", at)
	case *assayv1.Evidence_Twin:
		wrong.add("%s.twin: a twin is not taken from outside, where one listing is seen", at)
	default:
		wrong.add("%s: of no kind", at)
	}
	return nil
}

func (q *Question) span(s *assayv1.TextSpan, at string, wrong *Problems) check.TextSpan {
	span := check.TextSpan{Start: int(s.GetStart()), End: int(s.GetEnd()), Surface: s.GetSurface(), Canonical: s.GetCanonical(),
		Transforms: s.GetTransforms(), MarkID: s.GetMarkId()}
	var ok bool
	span.Field, ok = fieldAt(s.GetField())
	text := textOf(q.Request.GetSubmission(), span.Field)
	switch {
	case !ok || text == "":
		wrong.add("%s.field: no text %.80q was sent", at, s.GetField())
	case span.Start < 0 || span.Start >= span.End || span.End > len(text):
		wrong.add("%s: %d to %d are no bytes of %s, which has %d", at, span.Start, span.End, s.GetField(), len(text))
	case !between(text, span.Start) || !between(text, span.End):
		wrong.add("%s: %d to %d cuts a character of %s: offsets count bytes of UTF-8", at, span.Start, span.End, s.GetField())
	case span.Surface != check.Surface(text, span.Start, span.End):
		wrong.add("%s.surface: not the bytes %d to %d of %s: offsets count bytes of UTF-8", at, span.Start, span.End, s.GetField())
	}
	wrong.text(at+".canonical", span.Canonical, 0, maxWords)
	wrong.text(at+".mark_id", span.MarkID, 0, maxWords)
	wrong.count(at+".transforms", len(span.Transforms), MaxEvidence)
	for _, t := range span.Transforms[:min(len(span.Transforms), MaxEvidence)] {
		wrong.text(at+".transforms", t, 1, 64)
	}
	return span
}

// between reports whether an offset stands between two characters.
func between(text string, i int) bool { return i == len(text) || utf8.RuneStart(text[i]) }

func price(p *assayv1.PriceEvidence, at string, wrong *Problems) check.Price {
	for name, n := range map[string]float64{"ratio": p.GetRatio(), "spread": p.GetSpread(), "z": p.GetZ()} {
		if math.IsNaN(n) || math.IsInf(n, 0) {
			wrong.add("%s.%s: not a finite number", at, name)
		}
	}
	if _, known := assayv1.PriceReference_name[int32(p.GetReference())]; !known {
		wrong.add("%s.reference: %d is not a value of the enum", at, p.GetReference())
	}
	for name, text := range map[string]string{"cohort": p.GetCohort(), "level": p.GetLevel(), "source": p.GetSource()} {
		wrong.text(at+"."+name, text, 0, maxWords)
	}
	wrong.count(at+".caveats", len(p.GetCaveats()), MaxEvidence)
	for _, text := range p.GetCaveats()[:min(len(p.GetCaveats()), MaxEvidence)] {
		wrong.text(at+".caveats", text, 1, maxWords)
	}
	if p.GetPackQuantity() < 0 || p.GetObservations() < 0 || p.GetMerchants() < 0 {
		wrong.add("%s: counts are 0 or more", at)
	}
	e := check.Price{Reference: check.PriceReference(p.GetReference()), Cohort: p.GetCohort(), Level: p.GetLevel(), Merchants: -1,
		Observations: p.GetObservations(), Offered: amount(p.GetOffered(), at+".offered", wrong), PackQuantity: p.GetPackQuantity(),
		Median: amount(p.GetMedian(), at+".median", wrong), Low: amount(p.GetLow(), at+".low", wrong),
		High: amount(p.GetHigh(), at+".high", wrong), Ratio: p.GetRatio(), Spread: p.GetSpread(), Z: p.GetZ(), Source: p.GetSource(),
		Caveats: p.GetCaveats()}
	if p.GetMerchants() > 0 {
		e.Merchants = p.GetMerchants()
	}
	if d := p.GetAsOf(); d != nil {
		e.AsOf = listing.Date{Year: int(d.GetYear()), Month: time.Month(d.GetMonth()), Day: int(d.GetDay())}
		if !e.AsOf.Exists() {
			wrong.add("%s.as_of: no day of the calendar", at)
		}
	}
	return e
}

// amount is money that is possible, or none.
func amount(m *money.Money, at string, wrong *Problems) listing.Money {
	if m == nil {
		return listing.Money{}
	}
	p := listing.NewPrice(m.GetUnits(), m.GetNanos(), m.GetCurrencyCode())
	if p.State != listing.PriceOK {
		wrong.add("%s: not an amount of a known currency", at)
	}
	return p.Money
}
