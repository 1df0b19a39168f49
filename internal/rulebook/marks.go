package rulebook

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/assay-project/assay/internal/listing"
)

const marksName = "marks.jsonl"

// parseMarks reads marks.jsonl: a mark in each line. Empty lines are passed over.
func parseMarks(s *source) part {
	marks := make([]Mark, 0, s.lines())
	line := 0
	for text := range strings.Lines(string(s.data)) {
		line++
		if text = strings.TrimRight(text, "\r\n"); text != "" {
			if m, ok := s.mark(line, text); ok {
				marks = append(marks, m)
			}
		}
	}
	byID := func(a, b Mark) int { return strings.Compare(a.ID, b.ID) }
	if !slices.IsSortedFunc(marks, byID) {
		slices.SortStableFunc(marks, byID)
	}
	s.rows = len(marks)
	return func(d *draft) {
		for i := range marks {
			m := &marks[i]
			d.define(markName, m.ID, m.At)
			if m.Status == MarkWithdrawn {
				d.withdrawn = append(d.withdrawn, *m)
			}
			for _, c := range m.HomeCategories {
				d.references = append(d.references, reference{m.At, categoryName, c})
			}
		}
		d.book.Marks = slices.DeleteFunc(marks, func(m Mark) bool { return m.Status == MarkWithdrawn })
	}
}

// mark reads one line. A line that cannot be read to its end may hide a name.
func (s *source) mark(line int, text string) (Mark, bool) {
	j := &jsonLine{text: text}
	m := Mark{At: Position{File: s.name, Line: line}}
	j.object(func(name string) bool { return m.read(j, name) })
	if err := j.end(); err != nil {
		s.refuse(line, j.at+1, "%v", err)
		s.lost = true
		return m, false
	}
	s.judge(&m)
	return m, true
}

// read reads a field of a mark.
func (m *Mark) read(j *jsonLine, name string) bool {
	switch name {
	case "id":
		m.ID = j.string()
	case "text":
		m.Text = j.string()
	case "aliases":
		j.array(func() { m.Aliases = append(m.Aliases, readAlias(j)) })
	case "holder":
		m.Holder = j.string()
	case "holder_country":
		m.HolderCountry = j.string()
	case "office":
		m.Office = j.string()
	case "registration_number":
		m.RegistrationNumber = j.string()
	case "territories":
		m.Territories = j.strings()
	case "nice_classes":
		j.array(func() { m.NiceClasses = append(m.NiceClasses, j.integer()) })
	case "status":
		m.Status = MarkStatus(j.string())
	case "registered_on":
		m.RegisteredOn = j.date()
	case "expires_on":
		m.ExpiresOn = j.date()
	case "dictionary_word":
		m.DictionaryWord = j.boolean()
	case "personal_name":
		m.PersonalName = j.boolean()
	case "famous":
		m.Famous = j.boolean()
	case "home_categories":
		m.HomeCategories = j.strings()
	case "models":
		m.Models = j.strings()
	case "company_prefixes":
		m.CompanyPrefixes = j.strings()
	case "policy":
		m.Policy = MatchPolicy(j.string())
	case "sources":
		m.Sources = j.strings()
	default:
		return false
	}
	return true
}

func readAlias(j *jsonLine) Alias {
	var a Alias
	j.object(func(name string) bool {
		switch name {
		case "text":
			a.Text = j.string()
		case "lang":
			a.Language = j.string()
		case "kind":
			a.Kind = AliasKind(j.string())
		default:
			return false
		}
		return true
	})
	return a
}

// Bounds on one mark.
const (
	maxTerm    = 256  // bytes of a mark's text, of an alias or of a model
	maxFact    = 1024 // bytes of any other text
	maxAliases = 256
	maxFacts   = 256 // territories, categories, company prefixes, sources: of each
)

// judge refuses what a mark cannot be.
func (s *source) judge(m *Mark) {
	line := m.At.Line
	if m.ID == "" {
		s.refuse(line, 0, "the mark has no id")
		s.lost = true
	}
	if m.Status == MarkWithdrawn {
		s.withdrawn(m)
		return
	}
	s.term(line, "text", m.Text)
	if n := len(m.Aliases) + len(m.Models); n > maxAliases {
		s.refuse(line, 0, "%d aliases and models; %d are allowed", n, maxAliases)
		return
	}
	for i, a := range m.Aliases {
		s.alias(line, a)
		if a.Text == m.Text || slices.ContainsFunc(m.Aliases[:i], func(o Alias) bool { return o == a }) {
			s.refuse(line, 0, "alias %q is given twice", a.Text)
		}
	}
	for _, model := range m.Models {
		s.term(line, "model", model)
	}
	s.standing(m)
	s.facts(m)
}

// withdrawn refuses a row that withdraws a mark and says more.
func (s *source) withdrawn(m *Mark) {
	row := Mark{At: m.At, ID: m.ID, Status: MarkWithdrawn}
	if !reflect.DeepEqual(row, *m) {
		s.refuse(m.At.Line, 0, "a row that withdraws a mark has its id and its status, and nothing else")
	}
}

// facts refuses what has no bound, or no form.
func (s *source) facts(m *Mark) {
	line := m.At.Line
	for _, f := range [...]struct{ name, text string }{{"id", m.ID}, {"holder", m.Holder}, {"office", m.Office},
		{"registration_number", m.RegistrationNumber}} {
		s.fact(line, f.name, f.text)
	}
	for _, f := range [...]struct {
		name string
		list []string
	}{{"territories", m.Territories}, {"home_categories", m.HomeCategories}, {"company_prefixes", m.CompanyPrefixes}, {"sources", m.Sources}} {
		if len(f.list) > maxFacts {
			s.refuse(line, 0, "%d %s; %d are allowed", len(f.list), f.name, maxFacts)
		}
		for _, text := range f.list {
			s.fact(line, f.name, text)
		}
	}
	for _, p := range m.CompanyPrefixes {
		if !isCompanyPrefix(p) {
			s.refuse(line, 0, "company prefix %q: they are 4 to 12 digits", p)
		}
	}
	if known(m.RegisteredOn) && known(m.ExpiresOn) && m.ExpiresOn.Start(time.UTC).Before(m.RegisteredOn.Start(time.UTC)) {
		s.refuse(line, 0, "expires_on %s is before registered_on %s", m.ExpiresOn, m.RegisteredOn)
	}
}

func isCompanyPrefix(p string) bool {
	return len(p) >= 4 && len(p) <= 12 && strings.Trim(p, "0123456789") == ""
}

func known(d listing.Date) bool { return d != listing.Date{} }

func (s *source) fact(line int, name, text string) {
	if len(text) > maxFact {
		s.refuse(line, 0, "%s has %d bytes; %d are allowed", name, len(text), maxFact)
	}
}

// standing refuses what a mark's legal data cannot be.
func (s *source) standing(m *Mark) {
	line := m.At.Line
	for _, t := range m.Territories {
		if t != "EU" && t != "WORLD" && !isMarket(t) {
			s.refuse(line, 0, "territory %q is neither a country code of ISO 3166-1 nor EU nor WORLD", t)
		}
	}
	if m.HolderCountry != "" && !isMarket(m.HolderCountry) {
		s.refuse(line, 0, "holder_country %q is not a country code of ISO 3166-1", m.HolderCountry)
	}
	s.classes(line, m.NiceClasses)
	s.oneOf(line, "status", string(m.Status), "", string(MarkRegistered), string(MarkPending), string(MarkDead), string(MarkWithdrawn))
	s.oneOf(line, "policy", string(m.Policy), "", string(MatchExact), string(MatchDisguised), string(MatchFuzzy))
}

func (s *source) alias(line int, a Alias) {
	s.term(line, "alias", a.Text)
	if a.Language != "" && !isLanguage(a.Language) {
		s.refuse(line, 0, "alias %q: %q is not a language tag (BCP 47)", a.Text, a.Language)
	}
	s.oneOf(line, "kind of an alias", string(a.Kind), string(Transliteration), string(Abbreviation), string(Spelling), string(Nickname), string(Coded))
}

// term refuses a text that could never be found, or not within bounds.
func (s *source) term(line int, what, text string) {
	switch {
	case len(text) > maxTerm:
		s.refuse(line, 0, "%s has %d bytes; %d are allowed", what, len(text), maxTerm)
	case foldsAway(text):
		s.refuse(line, 0, "%s: nothing is left of %q once it is folded: it would never be found", what, text)
	}
}

// classes refuses what is not a class of the Nice classification.
func (s *source) classes(line int, classes []int) {
	for i, c := range classes {
		if c < 1 || c > 45 || slices.Contains(classes[:min(i, 45)], c) {
			s.refuse(line, 0, "Nice class %d: they are 1 to 45, each once", c)
			return
		}
	}
}

func (s *source) oneOf(line int, field, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		s.refuse(line, 0, "%s %q: expected one of %q", field, value, allowed)
	}
}

// marketOrNone refuses a market that is given but not a country.
func (s *source) marketOrNone(line int, market listing.Market) {
	if market != "" && !isMarket(string(market)) {
		s.refuse(line, 0, "market %q is not a country code of ISO 3166-1", market)
	}
}
