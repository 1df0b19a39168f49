package report

import (
	"cmp"
	"slices"
)

// How many names are kept and shown.
const (
	keptNames  = 2_000
	shownNames = 40
	keptWhy    = 8 // finding codes of a name
	shownWhy   = 3
)

// names counts decisions by a name that listings have: a brand, a category, a market, a merchant.
type names struct {
	Sum counts      `json:"sum"`
	Top *top[tally] `json:"top"`
}

// A tally is what is known of one name.
type tally struct {
	Counts counts  `json:"c"`
	Called string  `json:"n,omitempty"` // for merchants: besides the id
	Why    reasons `json:"w,omitempty"`
}

func newNames() names { return names{Top: newTop[tally](keptNames)} }

// add counts a listing.
func (n *names) add(key, called string, o outcome, codes []string) {
	n.Sum[o]++
	t := n.Top.of(cut(key, maxName), o.held())
	t.Counts[o]++
	t.Called = cut(called, maxName)
	for _, code := range codes {
		t.Why.add(code)
	}
}

// addItem counts an item under each of its names.
func (r *Report) addNames(it *item) {
	if it.in == nil {
		return
	}
	codes := it.codes()
	r.s.Brands.add(it.brand(), "", it.outcome, codes)
	r.s.Categories.add(it.in.GetProduct().GetCategory(), "", it.outcome, codes)
	key, called := it.merchant()
	r.s.Merchants.add(key, called, it.outcome, codes)
	for _, m := range it.verdict.GetMarketDecisions() {
		var why []string
		for _, f := range it.verdict.GetFindings() {
			if code := codeOf(f); slices.Contains(m.GetFindingIds(), f.GetFindingId()) && !slices.Contains(why, code) {
				why = append(why, code)
			}
		}
		r.s.Markets.add(m.GetMarket(), "", outcomeOf(m.GetDecision()), why)
	}
}

// reasons are the finding codes met most often, few of them; a new one takes the place and the count of the least.
type reasons []reason

type reason struct {
	Code string `json:"c"`
	N    int64  `json:"n"`
}

func (w *reasons) add(code string) {
	for i := range *w {
		if (*w)[i].Code == code {
			(*w)[i].N++
			return
		}
	}
	if len(*w) < keptWhy {
		*w = append(*w, reason{code, 1})
		return
	}
	least := 0
	for i := range *w {
		if (*w)[i].N < (*w)[least].N {
			least = i
		}
	}
	(*w)[least] = reason{code, (*w)[least].N + 1}
}

// most are the few met most often.
func (w reasons) most() []reason {
	sorted := slices.Clone(w)
	slices.SortStableFunc(sorted, func(a, b reason) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Code, b.Code))
	})
	return sorted[:min(shownWhy, len(sorted))]
}

// A namesView is a table of names with their decisions.
type namesView struct {
	ID, Title, Column string // id of the section; what it is by; head of the first column
	Rows              []nameRow
	Others            counts // of names that are not shown
	HasOthers         bool
	Kept              int
	Missed            string // what may be missing, in words; empty: counts are exact
}

type nameRow struct {
	Key, Called string
	Counts      counts
	Why         []whyView
}

type whyView struct {
	Code, Title string
	N           int64
}

func (n *names) view(id, title, column string, titles titles) namesView {
	v := namesView{ID: id, Title: title, Column: column, Others: n.Sum, Kept: len(n.Top.least)}
	for _, k := range n.Top.first(shownNames) {
		row := nameRow{Key: k.Key, Called: k.Value.Called, Counts: k.Value.Counts}
		for _, w := range k.Value.Why.most() {
			row.Why = append(row.Why, whyView{w.Code, titles.of(w.Code), w.N})
		}
		v.Rows = append(v.Rows, row)
		v.Others = v.Others.minus(k.Value.Counts)
	}
	v.HasOthers = v.Others.all() > 0
	v.Missed = n.Top.bound(shownNames, "held listings")
	return v
}
