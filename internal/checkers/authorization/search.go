package authorization

import (
	"slices"
	"time"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/party"
)

// A cost is how far a path is from proving the right. Paths are compared field by field, in this order.
type cost struct {
	missing int       // joints that no document makes
	ends    int       // of those, at the holder's or the merchant's end
	broken  int       // constraints that do not hold
	unclear int       // constraints that cannot be told
	notes   int       // constraints that hold with a remark
	end     time.Time // when the first of its documents ends; zero: never
	length  int       // documents
}

// proves reports whether nothing stands in the way.
func (c *cost) proves() bool { return c.missing+c.broken+c.unclear == 0 }

// fails reports whether something stands in the way that more reading will not remove.
func (c *cost) fails() bool { return c.missing+c.broken > 0 }

// less reports whether c is better than o: nearer to a proof, then valid longer, then shorter.
func (c *cost) less(o *cost) bool {
	for _, d := range [...]int{c.missing - o.missing, c.ends - o.ends, c.broken - o.broken, c.unclear - o.unclear, c.notes - o.notes} {
		if d != 0 {
			return d < 0
		}
	}
	if !c.end.Equal(o.end) {
		return o.end.Before(c.end) && !o.end.IsZero() || c.end.IsZero()
	}
	return c.length < o.length
}

// plus is the cost of a path with more of it.
func (c cost) plus(o cost) cost {
	c.missing, c.ends, c.broken = c.missing+o.missing, c.ends+o.ends, c.broken+o.broken
	c.unclear, c.notes, c.length = c.unclear+o.unclear, c.notes+o.notes, c.length+o.length
	if c.end.IsZero() || !o.end.IsZero() && o.end.Before(c.end) {
		c.end = o.end
	}
	return c
}

func (c *cost) add(j judgement) {
	switch j.standing {
	case noted:
		c.notes++
	case unclear:
		c.unclear++
	case broken:
		c.broken++
	}
}

// addJoint adds how well two parties meet.
func (c *cost) addJoint(m party.Closeness, atEnd, literalNames bool) {
	switch m {
	case party.Different:
		c.missing++
		if atEnd {
			c.ends++
		}
	case party.Similar, party.Unstated:
		c.unclear++
	case party.Equal:
		if literalNames {
			c.notes++
		}
	}
}

// A route is a path from the holder to the merchant: indexes of papers, in order.
type route struct {
	cost
	papers []int
}

// A search looks for the best path over some papers. One is made for each question.
//
// States are pairs of a paper and the levels used up to and with it, levels beyond the limit being one: at most
// 64 papers x (limit + 2) levels, each settled once, each leading to 64 others. The order of costs never rewards a
// cycle, so a settled state is final and no path is walked twice, however the papers refer to each other. States settle
// in the order of their costs, so one that is reached with more levels than a settled one of its paper is never better.
type search struct {
	*question
	papers []paper
	usable []bool            // which papers take part
	joints *joints           // how parties of the papers meet
	starts []party.Closeness // how near each paper is to where the right begins
	own    []cost            // of each usable paper alone
	best   []cost            // by state
	prev   []int             // by state: the state before; -1: it begins there
	status []progress        // by state
	levels int               // states per paper
	floor  []int             // by paper: the fewest levels of a settled state
}

type progress uint8

const (
	unseen progress = iota
	open
	settled
)

// A joints table tells how the parties of papers meet. It is the same for all questions about a submission.
type joints struct {
	next     [][]party.Closeness // subject of one paper, issuer of another
	merchant []party.Closeness   // subject of a paper, merchant
}

func newJoints(papers []paper, merchant *party.Party) *joints {
	j := &joints{next: make([][]party.Closeness, len(papers)), merchant: make([]party.Closeness, len(papers))}
	for a := range papers {
		j.next[a] = make([]party.Closeness, len(papers))
		for b := range papers {
			j.next[a][b] = papers[a].meets(&papers[b])
		}
		j.merchant[a] = papers[a].ends(merchant)
	}
	return j
}

// extended is the table with one more paper, the last.
func (j *joints) extended(papers []paper, merchant *party.Party) *joints {
	last := len(papers) - 1
	more := &joints{next: make([][]party.Closeness, last+1), merchant: slices.Clone(j.merchant)}
	for a := range last {
		more.next[a] = append(slices.Clone(j.next[a]), papers[a].meets(&papers[last]))
	}
	for b := range papers {
		more.next[last] = append(more.next[last], papers[last].meets(&papers[b]))
	}
	more.merchant = append(more.merchant, papers[last].ends(merchant))
	return more
}

// meets tells how near the subject of a paper is to the issuer of the next.
func (p *paper) meets(next *paper) party.Closeness {
	return meet(&p.subject, p.surely("subject"), &next.issuer, next.surely("issuer"))
}

// ends tells how near the subject of a paper is to the merchant.
func (p *paper) ends(merchant *party.Party) party.Closeness {
	return meet(&p.subject, p.surely("subject"), merchant, true)
}

// meet matches two parties; one that was hardly readable is not known well enough to be equal.
func meet(a *party.Party, sureA bool, b *party.Party, sureB bool) party.Closeness {
	m := party.Match(a, b)
	if m >= party.Equal && (!sureA || !sureB) {
		return party.Unstated
	}
	return m
}

func (p *paper) surely(field string) bool { return len(p.Confidence) == 0 || p.sure(field) }

// find returns the best path over the usable papers, nil where there are none.
func (s *search) find() *route {
	s.prepare()
	for i := range s.papers {
		if s.usable[i] {
			s.reach(i, 0, s.start(i), -1)
		}
	}
	for at := s.nearest(); at >= 0; at = s.nearest() {
		s.status[at] = settled
		if level := at % s.levels; level < s.floor[at/s.levels] {
			s.floor[at/s.levels] = level
			s.leave(at)
		}
	}
	return s.arrive()
}

func (s *search) prepare() {
	s.levels = 1
	if s.pack.MaxLevels > 0 {
		s.levels = s.pack.MaxLevels + 2
	}
	n := len(s.papers) * s.levels
	s.best, s.prev, s.status = make([]cost, n), make([]int, n), make([]progress, n)
	s.own, s.floor = make([]cost, len(s.papers)), make([]int, len(s.papers))
	for i := range s.papers {
		s.floor[i] = s.levels
		if s.usable[i] {
			s.own[i] = s.alone(&s.papers[i])
		}
	}
}

// alone is the cost of one paper, wherever it stands.
func (s *search) alone(p *paper) cost {
	c := cost{length: 1, end: endOf(s.question, p)}
	for i := range rules {
		if rules[i].on(p.kind) {
			c.add(rules[i].judged(s.question, p))
		}
	}
	return c
}

// start is the cost of beginning with a paper: whether the right begins there.
func (s *search) start(i int) cost {
	c := s.own[i]
	p := &s.papers[i]
	m := s.starts[i]
	switch {
	case !isRoot(p.kind):
		c.addJoint(m, true, false)
	case m == party.Different:
		c.broken++
	case m == party.Similar, m == party.Unstated:
		c.unclear++
	}
	return c
}

// reach offers a path to paper i, after `before` levels.
func (s *search) reach(i, before int, c cost, from int) {
	level := before
	if s.papers[i].kind == grant && s.pack.MaxLevels > 0 && before <= s.pack.MaxLevels {
		level++
		if level > s.pack.MaxLevels {
			c.broken++
		}
	}
	if level >= s.floor[i] {
		return
	}
	at := i*s.levels + level
	if s.status[at] == unseen || s.status[at] == open && c.less(&s.best[at]) {
		s.best[at], s.prev[at], s.status[at] = c, from, open
	}
}

// nearest is the best open state, or -1.
func (s *search) nearest() int {
	found := -1
	for at, st := range s.status {
		if st == open && (found < 0 || s.best[at].less(&s.best[found])) {
			found = at
		}
	}
	return found
}

// leave offers the paths that go on from a settled state.
func (s *search) leave(at int) {
	i, level := at/s.levels, at%s.levels
	onward := s.best[at]
	onward.add(judgeOnward(&s.papers[i]))
	for j := range s.papers {
		if !s.usable[j] || j == i || isRoot(s.papers[j].kind) {
			continue
		}
		c := onward.plus(s.own[j])
		c.addJoint(s.joints.next[i][j], false, s.pack.LiteralNames)
		s.reach(j, level, c, at)
	}
}

// judgeOnward tells whether the one who is granted by p may grant further.
func judgeOnward(p *paper) judgement {
	switch {
	case p.kind != grant:
		return judgement{}
	case p.MaySublicense != listing.Yes:
		return judgement{broken, "AUTH_SUBLICENSE_NOT_GRANTED", ""}
	case !p.surely("may_sublicense"):
		return notExtracted
	}
	return judgement{}
}

// arrive is the best of the paths that may end where they are.
func (s *search) arrive() *route {
	var found *route
	last := -1
	for at := range s.best {
		if s.status[at] == unseen {
			continue
		}
		c := s.best[at]
		c.addJoint(s.joints.merchant[at/s.levels], true, s.pack.LiteralNames)
		if found == nil || c.less(&found.cost) {
			found, last = &route{cost: c}, at
		}
	}
	for ; last >= 0; last = s.prev[last] {
		found.papers = append(found.papers, last/s.levels)
	}
	if found != nil {
		slices.Reverse(found.papers)
	}
	return found
}
