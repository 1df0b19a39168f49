package report

import (
	"cmp"
	"slices"
	"strings"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

const (
	keptCodes     = 400 // different ones; the rulebooks that come with assay have some 150
	codeExamples  = 4
	otherCodes    = "other codes"
	codesWithShow = 120 // codes that are shown with examples
)

// codes counts findings by code.
type codes map[string]*code

// A code is what is known of one: in how many listings it was found, and what it did there.
type code struct {
	Severity assayv1.Severity   `json:"sev,omitempty"`
	Effect   assayv1.Decision   `json:"eff,omitempty"`
	Fix      assayv1.Fixability `json:"fix,omitempty"`
	Citation string             `json:"cite,omitempty"`
	Listings int64              `json:"n"`                // nothing excuses it there
	Decisive int64              `json:"d,omitempty"`      // and it led to the decision
	Excused  int64              `json:"x,omitempty"`      // excused wherever it stands in the listing
	Shadow   int64              `json:"shadow,omitempty"` // found by checkers in shadow
	Examples best[example]      `json:"e,omitempty"`
}

// add counts the findings of an item, each code once.
func (c codes) add(it *item) {
	seen := map[string]bool{}
	for _, excused := range []bool{false, true} {
		for _, f := range it.verdict.GetFindings() {
			key := codeOf(f)
			if len(f.GetMitigatedBy()) > 0 != excused || seen[key] {
				continue
			}
			seen[key] = true
			c.count(it, f, excused)
		}
	}
	shadow := map[string]bool{}
	for _, f := range it.verdict.GetShadowFindings() {
		if key := codeOf(f); !shadow[key] {
			shadow[key] = true
			c.of(f).Shadow++
		}
	}
}

func (c codes) count(it *item, f *assayv1.Finding, excused bool) {
	k := c.of(f)
	if excused {
		k.Excused++
		return
	}
	k.Listings++
	rank := it.risk()
	if it.decidedBy(codeOf(f)) {
		k.Decisive++
		rank++
	}
	if k.Examples.wants(codeExamples, rank) {
		k.Examples.put(codeExamples, rank, it.position, it.exampleOf(spansOf(f), wordsOfConcern, f.GetMessage(), todoOf(f)))
	}
}

// decidedBy tells whether a code led to the decision.
func (it *item) decidedBy(code string) bool {
	return slices.ContainsFunc(it.verdict.GetFindings(), func(f *assayv1.Finding) bool {
		return codeOf(f) == code && it.decisive[f.GetFindingId()]
	})
}

// of is what is kept of the code of a finding.
func (c codes) of(f *assayv1.Finding) *code {
	key := codeOf(f)
	if c[key] == nil && len(c) >= keptCodes {
		key = otherCodes
	}
	if c[key] == nil {
		c[key] = &code{Severity: f.GetSeverity(), Effect: f.GetEffect(), Fix: f.GetFixability(), Citation: cut(f.GetCitation(), maxMessage)}
	}
	return c[key]
}

// A codeView is a row of the table of findings.
type codeView struct {
	Key, Title, Doc, Severity, Effect, Fix, Citation string
	Rank                                             int // of the severity
	Listings, Decisive, Excused, Shadow              int64
	Todo                                             string // of the first example
	Examples                                         []exampleView
}

// view are the codes: those that held most listings first.
func (c codes) view(titles titles) []codeView {
	var rows []codeView
	for key, k := range c {
		row := codeView{Key: key, Title: titles.of(key), Doc: titles.doc(key), Severity: enumWords(k.Severity.String(), "SEVERITY_"), Rank: int(k.Severity),
			Effect: outcomeOf(k.Effect).String(), Fix: fixWords[k.Fix], Citation: k.Citation,
			Listings: k.Listings, Decisive: k.Decisive, Excused: k.Excused, Shadow: k.Shadow}
		for _, e := range k.Examples {
			row.Examples = append(row.Examples, e.Value.view(titles))
		}
		if len(k.Examples) > 0 {
			row.Todo = k.Examples[0].Value.Todo
		}
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b codeView) int {
		return cmp.Or(cmp.Compare(b.Decisive, a.Decisive), cmp.Compare(b.Rank, a.Rank), cmp.Compare(b.Listings, a.Listings), cmp.Compare(a.Key, b.Key))
	})
	for i := codesWithShow; i < len(rows); i++ {
		rows[i].Examples = nil
	}
	return rows
}

// fixWords say who can put a finding right.
var fixWords = map[assayv1.Fixability]string{
	assayv1.Fixability_FIXABILITY_FIXABLE_BY_SELLER:  "the merchant, by changing the listing",
	assayv1.Fixability_FIXABILITY_NEEDS_RIGHTS_OWNER: "the rights owner, by a paper",
	assayv1.Fixability_FIXABILITY_NEEDS_PLATFORM:     "the platform",
	assayv1.Fixability_FIXABILITY_TERMINAL:           "nobody",
}

// enumWords is the name of an enum value as people write it.
func enumWords(value, prefix string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(value, prefix), "_", " "))
}

// titles are the rulebook's words for finding codes.
type titles map[string]*assayv1.CodeInfo

func newTitles(book *assayv1.GetRulebookResponse) titles {
	t := titles{}
	for _, c := range book.GetCodes() {
		t[strings.TrimSuffix(c.GetCode()+"/"+c.GetVariant(), "/")] = c
	}
	return t
}

// of is the title of CODE or CODE/variant; of an unknown one, the code in words.
func (t titles) of(key string) string {
	code, _, _ := strings.Cut(key, "/")
	return cmp.Or(t[key].GetTitle(), t[code].GetTitle(), enumWords(code, ""))
}

func (t titles) doc(key string) string {
	code, _, _ := strings.Cut(key, "/")
	return cmp.Or(t[key].GetDoc(), t[code].GetDoc())
}
