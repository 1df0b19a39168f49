package report

import (
	"fmt"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/twin"
)

// shownGroups is how many groups of near copies are shown.
const shownGroups = 100

// A twinsView is what the page shows of listings that are near copies of others.
type twinsView struct {
	Listings int // that have a twin before them
	Window   int // how far apart they may stand
	Groups   []groupView
	More     int // groups that are not shown
	LeftOut  int // listings in groups that there was no room for
}

// A groupView is a group of near copies.
type groupView struct {
	Key, Title string
	Rank       assayv1.Severity
	Severity   string
	Listings   int
	Brands     nameList
	Merchants  nameList
	Like       string // of the two that are the most alike; empty: only pictures are
	Words      []string
	Images     int
	First      refView
	Second     refView
	Others     []string // ids
	MoreOthers int
}

// A nameList is the first names of some.
type nameList struct {
	Names []string
	More  bool // perhaps
}

// A refView is a listing of a group.
type refView struct {
	ID, Place string
	Brand     string
	Merchant  string
	Rejected  bool
}

// twinsViewOf is what is shown of a summary; nil where nobody looked.
func twinsViewOf(s *twin.Summary, titles titles) *twinsView {
	if s == nil {
		return nil
	}
	groups := s.Groups()
	v := &twinsView{Listings: s.Listings, Window: twin.Window, More: max(0, len(groups)-shownGroups), LeftOut: s.LeftOut}
	for i := range groups[:min(len(groups), shownGroups)] {
		v.Groups = append(v.Groups, groupViewOf(&groups[i], titles))
	}
	return v
}

func groupViewOf(g *twin.Group, titles titles) groupView {
	key, _ := g.Kind.MarshalText() // it never fails
	other := &g.Pair.Twins[0]
	v := groupView{Key: string(key), Title: titles.of(string(key)), Rank: titles[string(key)].GetSeverity(), Listings: g.Listings,
		Brands: namesOf(g.Brands), Merchants: namesOf(g.Merchants), Words: other.Shared, Images: other.Images,
		First: refViewOf(&other.Ref), Second: refViewOf(&g.Pair.Ref)}
	v.Severity = enumWords(v.Rank.String(), "SEVERITY_")
	if other.Like > 0 {
		v.Like = fmt.Sprintf("%.0f %%", 100*other.Like)
		if other.Margin > 0 {
			v.Like += fmt.Sprintf(" ± %.0f", 100*other.Margin)
		}
	}
	for i := range g.Examples {
		if id := g.Examples[i].ID; id != v.First.ID && id != v.Second.ID {
			v.Others = append(v.Others, cut(id, maxName))
		}
	}
	v.MoreOthers = max(0, g.Listings-2-len(v.Others))
	return v
}

func namesOf(names []string) nameList {
	n := nameList{More: len(names) == twin.MaxNames}
	for _, name := range names {
		n.Names = append(n.Names, cut(name, maxName))
	}
	return n
}

func refViewOf(r *twin.Ref) refView {
	v := refView{ID: cut(r.ID, maxName), Brand: cut(r.Brand, maxName), Merchant: cut(r.Merchant, maxName), Rejected: r.Rejected}
	if r.File != "" {
		v.Place = cut(fmt.Sprintf("%s:%d", r.File, r.Line), maxName)
	}
	return v
}
