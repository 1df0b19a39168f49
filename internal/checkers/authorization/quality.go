package authorization

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/party"
)

// suspends reports whether a complaint keeps a paper from counting. Where the pack knows a term after which an idle
// complainant has to have acted, it is over when that has passed since the counter-statement was forwarded.
func suspends(q *question, d *listing.Dispute) bool {
	if !d.Open() {
		return false
	}
	idle := q.pack.DisputeDays > 0 && d.State == listing.DisputeCountered && !d.Forwarded.IsZero()
	return !idle || q.asOf.Before(d.Forwarded.AddDate(0, 0, q.pack.DisputeDays))
}

// judgeParties asks a grant for two of its five terms, who grants and to whom, where the caller is sure that they are
// not there. What was not extracted shows where papers are joined.
func judgeParties(_ *question, p *paper) judgement {
	if lackingParty(p) != "" {
		return notThere
	}
	return judgement{}
}

func lackingParty(p *paper) string {
	switch {
	case !p.issuer.Stated() && p.lacks("issuer"):
		return "who grants"
	case !p.subject.Stated() && p.lacks("subject"):
		return "to whom it grants"
	}
	return ""
}

func showParties(_ *question, p *paper) shown {
	s := shown{expected: "who grants, and to whom", actual: orNotStated(p.issuer.Shown) + "; " + orNotStated(p.subject.Shown)}
	if lacking := lackingParty(p); lacking != "" {
		s.words = "does not state " + lacking
	}
	if p.issuer.Stated() {
		s.field = "subject"
	}
	return s
}

// judgeSpelling compares the mark as a paper writes it with the record, where the pack wants names letter by letter.
func judgeSpelling(q *question, p *paper) judgement {
	if q.pack.LiteralNames && misspeltMark(q.mark, p) != "" {
		return misspelt
	}
	return judgement{}
}

// misspeltMark is how a paper writes the mark, where it never does so as the record has it.
func misspeltMark(m *gatedMark, p *paper) string {
	other := ""
	for _, b := range p.Brands {
		if m.isWritten(b.Text) {
			return ""
		}
		if other == "" {
			other = b.Text
		}
	}
	return party.Shorten(other)
}

// isWritten reports whether a text is the mark, or a name of it, letter by letter.
func (m *gatedMark) isWritten(s string) bool {
	if s == m.Text {
		return true
	}
	for i := range m.Aliases {
		if s == m.Aliases[i].Text {
			return true
		}
	}
	return false
}

func showSpelling(q *question, p *paper) shown {
	other := misspeltMark(q.mark, p)
	if !q.pack.LiteralNames || other == "" {
		return shown{expected: q.mark.Text, actual: "no contradiction"}
	}
	return shown{expected: q.mark.Text, actual: other, has: other, needs: q.mark.Text,
		words: fmt.Sprintf("writes the mark as %q, and its registered form is %q", other, q.mark.Text)}
}

// classMissing reports whether the pack wants classes in a paper that states none.
func classMissing(q *question, p *paper) bool {
	return q.pack.ClassesStated && q.class != 0 && len(p.NiceClasses) == 0 && (p.kind == grant || isRoot(p.kind))
}

// judgeLength asks for a least term, from the first day to the last.
func judgeLength(q *question, p *paper) judgement {
	if days, known := termDays(q, p); known && days < q.pack.MinTermDays {
		return judgement{unclear, "AUTH_EXPIRES_SOON", "short_term"}
	}
	return judgement{}
}

// termDays are the whole days of a term that has both ends. A term of calendar years may be a day short of 365 by the
// last day being stated as inclusive, which the reading of dates accounts for.
func termDays(q *question, p *paper) (days int, known bool) {
	term := newPeriod(p.Document, q.zone, p.kind.lasting())
	if term.invalid || !term.startKnown || !term.endKnown || term.end.IsZero() || q.pack.MinTermDays == 0 {
		return 0, false
	}
	return int(term.end.Sub(term.start).Round(24*time.Hour) / (24 * time.Hour)), true
}

func showLength(q *question, p *paper) shown {
	s := shown{expected: "any", actual: showPeriod(p.Document, p.kind.lasting())}
	if q.pack.MinTermDays > 0 {
		s.expected = fmt.Sprintf("a term of at least %d days", q.pack.MinTermDays)
	}
	if judgeLength(q, p).standing != holds {
		days, _ := termDays(q, p)
		s.has, s.needs = fmt.Sprint(days), fmt.Sprint(q.pack.MinTermDays)
		s.words = fmt.Sprintf("has a term of %d days (%s), where %d are asked for", days, s.actual, q.pack.MinTermDays)
	}
	return s
}

// translationsOf are the languages that papers were translated into.
func translationsOf(papers []paper) map[string][]string {
	var languages map[string][]string
	for i := range papers {
		p := &papers[i]
		if p.Type != listing.Translation || p.TranslationOf == "" || p.Status == listing.Refused || p.Status == listing.Revoked {
			continue
		}
		if languages == nil {
			languages = make(map[string][]string)
		}
		languages[p.TranslationOf] = append(languages[p.TranslationOf], p.Language)
	}
	return languages
}

// judgeLanguage asks for a translation of what is written in a language that nobody reads here. One that does not say
// into which language it is will do.
func judgeLanguage(q *question, p *paper) judgement {
	readable := func(language string) bool { return language == "" || readsLanguage(q.pack.Languages, language) }
	if len(q.pack.Languages) == 0 || readable(p.Language) || slices.ContainsFunc(q.translations[p.ID], readable) {
		return judgement{}
	}
	return judgement{noted, "DOC_TRANSLATION_MISSING", ""}
}

// readsLanguage compares languages by their first part: zh-Hant is read where zh is.
func readsLanguage(read []string, language string) bool {
	return slices.ContainsFunc(read, func(r string) bool { return strings.EqualFold(baseLanguage(r), baseLanguage(language)) })
}

func baseLanguage(tag string) string {
	base, _, _ := strings.Cut(strings.TrimSpace(tag), "-")
	return base
}

func showLanguage(q *question, p *paper) shown {
	s := shown{expected: "any", actual: orNotStated(party.Shorten(p.Language))}
	if len(q.pack.Languages) > 0 {
		s.expected = strings.Join(q.pack.Languages, ", ") + ", or translated"
	}
	if judgeLanguage(q, p).standing != holds {
		s.has, s.needs = s.actual, strings.Join(q.pack.Languages, ", ")
		s.words = fmt.Sprintf("is written in %q, and no translation into %s was given", s.actual, s.needs)
	}
	return s
}

// judgeFormat asks for a kind of file that cannot be edited easily, as the rulebook lists them.
func judgeFormat(q *question, p *paper) judgement {
	if len(q.rules.Formats) == 0 || p.MediaType == "" || slices.Contains(q.rules.Formats, mediaType(p)) {
		return judgement{}
	}
	return judgement{noted, "DOC_FORMAT_NOT_ACCEPTED", ""}
}

// mediaType is the type of the file without parameters.
func mediaType(p *paper) string {
	base, _, _ := strings.Cut(p.MediaType, ";")
	return strings.ToLower(strings.TrimSpace(base))
}

func showFormat(q *question, p *paper) shown {
	s := shown{expected: "any", actual: orNotStated(party.Shorten(p.MediaType))}
	if len(q.rules.Formats) > 0 {
		s.expected = strings.Join(q.rules.Formats, ", ")
	}
	if judgeFormat(q, p).standing != holds {
		s.has, s.needs = s.actual, s.expected
		s.words = "is a file of type " + s.actual + ", which is none of those taken: " + s.expected
	}
	return s
}

// judgeFile looks at what the file says of its own making. That a file is younger than its paper says nothing: scans are.
func judgeFile(q *question, p *paper) judgement {
	if p.modifiedFirst() || imageEditor(q, p) {
		return judgement{noted, "DOC_METADATA_SUSPICIOUS", ""}
	}
	return judgement{}
}

func (p *paper) modifiedFirst() bool {
	f := &p.File
	return !f.Created.IsZero() && !f.Modified.IsZero() && f.Modified.Before(f.Created)
}

func imageEditor(q *question, p *paper) bool {
	producer := strings.ToLower(p.File.Producer)
	return producer != "" && slices.ContainsFunc(q.rules.ImageEditors, func(e string) bool { return strings.Contains(producer, e) })
}

func showFile(q *question, p *paper) shown {
	s := shown{expected: "no contradiction", actual: "none"}
	switch {
	case p.modifiedFirst():
		s.actual = "changed " + p.File.Modified.UTC().Format(time.RFC3339) + ", made " + p.File.Created.UTC().Format(time.RFC3339)
		s.words = "is a file that says it was changed before it was made"
	case imageEditor(q, p):
		s.actual = party.Shorten(p.File.Producer)
		s.words = "is a file made with a program that edits pictures, " + s.actual
	}
	return s
}
