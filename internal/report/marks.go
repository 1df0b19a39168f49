package report

import (
	"cmp"
	"slices"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

const (
	keptMarks  = 1_000
	shownMarks = 40
)

// A mark is how one was mentioned.
type mark struct {
	Canonical string           `json:"c"`
	Counts    counts           `json:"n"` // of listings that mention it
	Gated     int64            `json:"g,omitempty"`
	Disguised int64            `json:"d,omitempty"`
	Roles     map[string]int64 `json:"r,omitempty"` // listings by role
	Score     float64          `json:"s"`           // of the example
	Example   example          `json:"e"`
	Reason    string           `json:"w,omitempty"` // for the role in the example
}

// addMarks counts the marks of an item, each once, and each role of a mark once.
func (r *Report) addMarks(it *item) {
	byMark := map[string]*mark{}
	roles := map[string]bool{}
	for _, m := range it.verdict.GetMentions() {
		k := byMark[m.GetMarkId()]
		if k == nil {
			k = r.s.Marks.of(cut(m.GetMarkId(), maxName), true)
			byMark[m.GetMarkId()] = k
			k.add(it, m)
		}
		if role := roleOf(m); !roles[m.GetMarkId()+role] {
			roles[m.GetMarkId()+role] = true
			k.Roles[role]++
		}
		k.propose(it, m)
	}
}

// roleOf is a role in words; one that this program does not know is unclear.
func roleOf(m *assayv1.Mention) string {
	role := m.GetRole()
	if _, known := assayv1.Role_name[int32(role)]; !known || role == assayv1.Role_ROLE_UNSPECIFIED {
		role = assayv1.Role_ROLE_UNCLEAR
	}
	return enumWords(role.String(), "ROLE_")
}

// add counts a listing.
func (k *mark) add(it *item, m *assayv1.Mention) {
	if k.Roles == nil {
		k.Canonical, k.Roles, k.Score = cut(m.GetCanonical(), maxName), map[string]int64{}, -1
	}
	k.Counts[it.outcome]++
	if m.GetGated() {
		k.Gated++
	}
	if slices.ContainsFunc(it.verdict.GetMentions(), func(o *assayv1.Mention) bool {
		return o.GetMarkId() == m.GetMarkId() && slices.ContainsFunc(o.GetSpans(), disguised)
	}) {
		k.Disguised++
	}
}

// propose takes a mention as the example if it is a better one: a disguise before plain spelling, then by risk.
func (k *mark) propose(it *item, m *assayv1.Mention) {
	score := it.risk()
	if slices.ContainsFunc(m.GetSpans(), disguised) {
		score += 2
	}
	if score > k.Score {
		k.Score, k.Example, k.Reason = score, it.exampleOf(m.GetSpans(), wordsMentioned, "", ""), cut(m.GetReason(), maxMessage)
	}
}

// A markView is a row of the table of marks.
type markView struct {
	Canonical, ID, Reason string
	Counts                counts
	Gated, Disguised      int64
	Roles                 []reason
	Example               exampleView
}

// marksView are the marks mentioned most often.
func (r *Report) marksView(titles titles) (rows []markView) {
	for _, k := range r.s.Marks.first(shownMarks) {
		row := markView{Canonical: k.Value.Canonical, ID: k.Key, Reason: k.Value.Reason, Counts: k.Value.Counts, Gated: k.Value.Gated,
			Disguised: k.Value.Disguised, Example: k.Value.Example.view(titles)}
		for role, n := range k.Value.Roles {
			row.Roles = append(row.Roles, reason{role, n})
		}
		slices.SortFunc(row.Roles, func(a, b reason) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Code, b.Code)) })
		rows = append(rows, row)
	}
	return rows
}
