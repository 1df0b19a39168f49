package twin

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
)

// Bounds of a summary.
const (
	maxGroups   = 2_000
	maxExamples = 5
)

// MaxNames bounds how many brands and merchants of a group are named.
const MaxNames = 8

// A Group is listings that are twins of each other, directly or by others between them.
type Group struct {
	Kind      Kind     // the strongest
	Listings  int      // how many
	Merchants []string // the first few, in order of their listings
	Brands    []string // likewise
	Examples  []Ref    // likewise
	Pair      Found    // a listing with one twin, of the strongest kind and the most alike

	Joined int // the number of the group it has become part of; -1: it is one itself
}

// A Summary puts twins together in groups, in bounded memory. The zero value is empty. It is for one goroutine at a time.
type Summary struct {
	Listings int          // that have a twin before them
	Kinds    map[Kind]int // listings by their strongest twin
	LeftOut  int          // listings of groups for which there was no room

	groups []Group
	of     map[int64]int // the group of a listing, by position
	recent []int64       // the positions, as they came
}

// saved is a summary in JSON.
type saved struct {
	Listings, LeftOut int
	Kinds             map[Kind]int
	Groups            []Group
	Of                [][2]int64 // positions, as they came, and their groups
}

// MarshalJSON writes the summary, so that it can be gone on with.
func (s *Summary) MarshalJSON() ([]byte, error) {
	to := saved{Listings: s.Listings, LeftOut: s.LeftOut, Kinds: s.Kinds, Groups: s.groups}
	for _, position := range s.recent {
		to.Of = append(to.Of, [2]int64{position, int64(s.of[position])})
	}
	return json.Marshal(to)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (s *Summary) UnmarshalJSON(b []byte) error {
	var from saved
	if err := json.Unmarshal(b, &from); err != nil {
		return err
	}
	*s = Summary{Listings: from.Listings, LeftOut: from.LeftOut, Kinds: from.Kinds, groups: from.Groups}
	for _, of := range from.Of {
		if of[1] < 0 || of[1] >= int64(len(s.groups)) {
			return fmt.Errorf("read a summary of twins: there is no group %d", of[1])
		}
		if s.of == nil {
			s.of = make(map[int64]int)
		}
		s.of[of[0]] = int(of[1])
		s.recent = append(s.recent, of[0])
	}
	return nil
}

// Add takes what was found of a listing. Listings come in order.
func (s *Summary) Add(f *Found) {
	if s.of == nil {
		s.of = make(map[int64]int)
	}
	if s.Kinds == nil {
		s.Kinds = make(map[Kind]int)
	}
	s.Listings++
	s.Kinds[f.Twins[0].Kind]++
	at := s.groupOf(f)
	if at < 0 {
		s.LeftOut++
		return
	}
	for i := range f.Twins {
		s.enter(at, &f.Twins[i].Ref)
		g := &s.groups[at]
		if t := &f.Twins[i]; g.Kind == 0 || t.Kind < g.Kind || t.Kind == g.Kind && t.Like > g.Pair.Twins[0].Like {
			g.Kind, g.Pair = t.Kind, Found{f.Ref, []Twin{*t}}
		}
	}
	s.enter(at, &f.Ref)
}

// groupOf is the group of a listing's twins, several of which become one; a new one, if they have none; -1 where there is no
// room for it.
func (s *Summary) groupOf(f *Found) int {
	at := -1
	for i := range f.Twins {
		g, ok := s.of[f.Twins[i].Position]
		if !ok {
			continue
		}
		if g = s.root(g); at < 0 {
			at = g
		} else if g != at {
			s.join(min(at, g), max(at, g))
			at = min(at, g)
		}
	}
	if at < 0 && len(s.groups) < maxGroups {
		at = len(s.groups)
		s.groups = append(s.groups, Group{Joined: -1})
	}
	return at
}

func (s *Summary) root(g int) int {
	for s.groups[g].Joined >= 0 {
		g = s.groups[g].Joined
	}
	return g
}

// join makes one group a part of another.
func (s *Summary) join(to, from int) {
	a, b := &s.groups[to], &s.groups[from]
	a.Listings += b.Listings
	for i := range b.Examples {
		a.show(&b.Examples[i])
	}
	for _, name := range b.Merchants {
		a.Merchants = addName(a.Merchants, name)
	}
	for _, name := range b.Brands {
		a.Brands = addName(a.Brands, name)
	}
	if b.Kind < a.Kind || b.Kind == a.Kind && b.Pair.Twins[0].Like > a.Pair.Twins[0].Like {
		a.Kind, a.Pair = b.Kind, b.Pair
	}
	*b = Group{Joined: to}
}

// enter counts a listing to a group, once.
func (s *Summary) enter(at int, r *Ref) {
	if _, known := s.of[r.Position]; known {
		return
	}
	if len(s.recent) == 3*Window { // those before are nobody's twins any more
		for _, position := range s.recent[:Window] {
			delete(s.of, position)
		}
		s.recent = append(s.recent[:0], s.recent[Window:]...)
	}
	s.of[r.Position] = at
	s.recent = append(s.recent, r.Position)
	g := &s.groups[at]
	g.Listings++
	g.show(r)
	g.Merchants = addName(g.Merchants, r.Merchant)
	g.Brands = addName(g.Brands, r.Brand)
}

func (g *Group) show(r *Ref) {
	if len(g.Examples) < maxExamples {
		g.Examples = append(g.Examples, *r)
	}
}

func addName(names []string, name string) []string {
	if name == "" || len(names) == MaxNames || slices.Contains(names, name) {
		return names
	}
	return append(names, name)
}

// Groups are the groups, the strongest first, then the largest, then as they came. They must not be changed.
func (s *Summary) Groups() []Group {
	var all []Group
	for _, g := range s.groups {
		if g.Joined < 0 {
			all = append(all, g)
		}
	}
	slices.SortStableFunc(all, func(a, b Group) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(b.Listings, a.Listings)) })
	return all
}
