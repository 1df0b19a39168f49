package trademark

import (
	"cmp"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/term"
	"github.com/assay-project/assay/internal/text"
)

// A bulk is the marks of a register as they are read: one by one, when a text names them. Its index was built without the
// book's words, gates and wording, so what they change of a mark is decided here.
//
// Marks that somebody watches are looked for farther than the register's index goes. They are few, and are indexed with the
// marks of the list.
type bulk struct {
	*compiler
	register *rulebook.Register
	above    map[int]bool // marks that do not count here: replaced, withdrawn, or indexed with the list
	cache    []atomic.Pointer[bulkMark]
}

// cached is how many marks are kept as read. Most texts name a few marks again and again.
const cached = 1 << 14

// A bulkMark is a mark of the register as it was read. It is immutable.
type bulkMark struct {
	number int
	above  bool
	first  int32 // its first term
	sign   sign
	names  []naming
	terms  []term.Term // with the policies that the book gives them
}

func newBulk(c *compiler, book *rulebook.Book) *bulk {
	b := &bulk{compiler: c, register: book.Register, above: make(map[int]bool), cache: make([]atomic.Pointer[bulkMark], cached)}
	for i := range book.Superseded {
		b.above[i] = true
	}
	return b
}

// lift returns the marks of the list together with those of the register that somebody watches, by id.
func (b *bulk) lift(book *rulebook.Book) []rulebook.Mark {
	watched := slices.Clone(b.register.Famous())
	for id := range b.gated {
		if i, ok := b.register.Find(id); ok {
			watched = append(watched, i)
		}
	}
	marks := slices.Clone(book.Marks)
	for _, i := range watched {
		if !b.above[i] {
			b.above[i] = true
			marks = append(marks, b.register.Mark(i))
		}
	}
	slices.SortStableFunc(marks, func(x, y rulebook.Mark) int { return strings.Compare(x.ID, y.ID) })
	return marks
}

// named is the mark that a term names.
func (b *bulk) named(t int32) *bulkMark {
	number := b.register.Named(t)
	slot := &b.cache[number%cached]
	if m := slot.Load(); m != nil && m.number == number {
		return m
	}
	m := b.read(number)
	slot.Store(m)
	return m
}

func (b *bulk) read(number int) *bulkMark {
	mark := b.register.Mark(number)
	m := &bulkMark{number: number, above: b.above[number], first: int32(b.register.FirstTerm(number)), sign: b.compiler.sign(&mark)}
	builder := termBuilder{compiler: b.compiler}
	builder.addNames(0, &m.sign)
	m.names, m.terms = builder.names, builder.terms
	return m
}

// keeps reports whether a hit of the register's index counts, as it would if the mark stood in the list.
func (b *bulk) keeps(h term.Hit) bool {
	m := b.named(h.Term)
	if m.above {
		return false
	}
	t := &m.terms[h.Term-m.first]
	return h.Within(t.Policy) && (h.Transforms&text.Glued == 0 || !b.ordinary.Contain(t.Text))
}

// sortEqual puts hits of the same words into the order of their marks' ids, as one list of all marks would have them.
func (r *reading) sortEqual() {
	for from := 0; from < len(r.hits); {
		to := from + 1
		for to < len(r.hits) && r.hits[to].Start == r.hits[from].Start && r.hits[to].End == r.hits[from].End && r.hits[to].Plain() == r.hits[from].Plain() {
			to++
		}
		if to > from+1 {
			slices.SortStableFunc(r.hits[from:to], func(a, b term.Hit) int {
				return cmp.Or(strings.Compare(r.idOf(a), r.idOf(b)), cmp.Compare(a.Term, b.Term))
			})
		}
		from = to
	}
}

// idOf is the id of the mark that a hit names; for wording, what sorts behind all of them.
func (r *reading) idOf(h term.Hit) string {
	s, _, ok := r.signOf(h.Term)
	if !ok {
		return "\xff"
	}
	return s.ID
}
