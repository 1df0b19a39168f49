package report

import (
	"cmp"
	"slices"
	"strings"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

const (
	keptAsks    = 2_000
	shownAsks   = 80
	askListings = 3
	askPlaces   = 40 // territories and classes of a paper
	askOthers   = 4  // papers that would do instead
)

// An ask is one thing that somebody is to be asked for, and how many listings wait for it. Papers that differ only in territories,
// classes and dates are one.
type ask struct {
	Do       string   `json:"do"` // what, in words
	Paper    wanted   `json:"p"`
	Instead  []wanted `json:"i,omitempty"`
	Merchant string   `json:"m,omitempty"`
	Called   string   `json:"mn,omitempty"`
	Listings []string `json:"l,omitempty"`
}

// A wanted is a paper that would do.
type wanted struct {
	Kind, For, From, To string   `json:",omitempty"`
	Covering            []string `json:",omitempty"` // territories
	Classes             []int32  `json:",omitempty"`
	Until               string   `json:",omitempty"`
	Into                string   `json:",omitempty"` // language
}

// form is what two papers must have in common to be one.
func (w *wanted) form() string {
	return strings.Join([]string{w.Kind, w.For, w.From, w.To, w.Into}, "\n")
}

// join makes w do where o does, too. An empty list says "all", and so does what comes of it.
func (w *wanted) join(o wanted) {
	w.Covering, w.Classes = union(w.Covering, o.Covering), union(w.Classes, o.Classes)
	w.Until = max(w.Until, o.Until)
}

func union[T cmp.Ordered](a, b []T) []T {
	if len(a) == 0 || len(b) == 0 {
		return nil
	}
	all := slices.Concat(a, b)
	slices.Sort(all)
	all = slices.Compact(all)
	return all[:min(askPlaces, len(all))]
}

// addAsks takes what would turn an item into an approval. Listings that are rejected for something that nothing puts right ask for
// nothing.
func (r *Report) addAsks(it *item) {
	if it.outcome == rejected && slices.ContainsFunc(it.verdict.GetFixes(), func(f *assayv1.Fix) bool { return f.GetRequestReview() != nil }) {
		return
	}
	merchant, called := it.merchant()
	seen := map[string]bool{}
	for _, f := range it.verdict.GetFixes() {
		a, key := askOf(f)
		if key = cut(merchant, maxName) + "\n" + key; a.Do == "" || seen[key] {
			continue
		}
		seen[key] = true
		k := r.s.Asks.of(key, true)
		if k.Do == "" {
			*k = a
			k.Merchant, k.Called = cut(merchant, maxName), cut(called, maxName)
		} else {
			k.join(a)
		}
		if len(k.Listings) < askListings {
			k.Listings = append(k.Listings, cut(it.id, maxName))
		}
	}
}

// join keeps the papers that both take, with what both want of them.
func (a *ask) join(o ask) {
	a.Paper.join(o.Paper)
	a.Instead = slices.DeleteFunc(a.Instead, func(w wanted) bool {
		return !slices.ContainsFunc(o.Instead, func(x wanted) bool { return x.form() == w.form() })
	})
	for i := range a.Instead {
		for _, x := range o.Instead {
			if x.form() == a.Instead[i].form() {
				a.Instead[i].join(x)
			}
		}
	}
}

// askOf is a fix in words, and what makes two of them one. What only a reviewer can do is none.
func askOf(f *assayv1.Fix) (ask, string) {
	switch k := f.GetKind().(type) {
	case *assayv1.Fix_ProvideDocument:
		a := ask{Do: "provide a paper", Paper: wantedOf(k.ProvideDocument.GetRequirement())}
		for _, d := range k.ProvideDocument.GetAlternatives()[:min(askOthers, len(k.ProvideDocument.GetAlternatives()))] {
			a.Instead = append(a.Instead, wantedOf(d))
		}
		return a, cut(k.ProvideDocument.GetMarkId(), maxName) + "\n" + a.Paper.form()
	case *assayv1.Fix_SetField:
		field := cut(k.SetField.GetField(), maxName)
		if k.SetField.GetValue() != "" {
			return ask{Do: "correct " + field}, "set\n" + field
		}
		return ask{Do: "fill in " + field}, "fill\n" + field
	case *assayv1.Fix_RemoveText:
		field, _, _ := strings.Cut(k.RemoveText.GetField(), "[")
		field = cut(field, maxName)
		return ask{Do: "take the words named out of " + field}, "remove\n" + field
	case *assayv1.Fix_ConfirmPrice:
		field := cut(k.ConfirmPrice.GetField(), maxName)
		return ask{Do: "confirm or correct " + field}, "price\n" + field
	}
	return ask{}, ""
}

func wantedOf(d *assayv1.Document) wanted {
	w := wanted{Kind: enumWords(d.GetType().String(), "DOCUMENT_TYPE_"), From: cut(d.GetIssuer().GetLegalName(), maxName), To: cut(d.GetSubject().GetLegalName(), maxName),
		Into: cut(d.GetLanguage(), maxName), Until: dayWords(d.GetEffective().GetEndDate())}
	var brands []string
	for _, b := range d.GetBrands()[:min(4, len(d.GetBrands()))] {
		brands = append(brands, b.GetText())
	}
	w.For = cut(strings.Join(brands, ", "), maxName)
	for _, t := range d.GetTerritories() {
		w.Covering = append(w.Covering, cut(t, 16))
	}
	w.Covering, w.Classes = union(w.Covering, w.Covering), union(d.GetNiceClasses(), d.GetNiceClasses())
	return w
}

// An askView is a row of the list of what to ask for.
type askView struct {
	ask
	Clears int64
}

// asksView are papers first, then other changes, those that most listings wait for first.
func (r *Report) asksView() (rows []askView, left int) {
	all := r.s.Asks.first(keptAsks)
	slices.SortStableFunc(all, func(a, b *kept[ask]) int {
		return cmp.Compare(min(1, len(b.Value.Paper.Kind)), min(1, len(a.Value.Paper.Kind)))
	})
	for _, k := range all[:min(shownAsks, len(all))] {
		rows = append(rows, askView{k.Value, k.All})
	}
	return rows, len(all) - len(rows)
}
