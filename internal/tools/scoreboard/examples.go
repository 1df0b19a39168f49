package main

import (
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// A choice is a fair one of what is offered (reservoir sampling: each has the same chance).
type choice struct {
	offered int
	lines   []string
}

func (c *choice) offer(random *rand.Rand, keep int, line string) {
	c.offered++
	if len(c.lines) < keep {
		c.lines = append(c.lines, line)
	} else if at := random.IntN(c.offered); at < keep {
		c.lines[at] = line
	}
}

// examples keeps a few listings of each code or role.
type examples struct {
	keep       int
	only, role string
	random     *rand.Rand
	kinds      map[string]*choice
}

func newExamples(o options) *examples {
	return &examples{keep: o.examples, only: o.code, role: o.role, kinds: make(map[string]*choice),
		random: rand.New(rand.NewPCG(o.seed, 0))}
}

// offer may keep a listing as an example of a kind.
func (e *examples) offer(kind, source string, r row, why string) {
	if e.keep > 0 && e.wanted(kind) {
		entry(e.kinds, kind).offer(e.random, e.keep, r.line(strings.TrimSuffix(source, ".jsonl"), why))
	}
}

func (r row) line(source, why string) string {
	return fmt.Sprintf("%s | brand %q | %s | %s\n      %s", r.Title, r.Brand, r.Category, source, why)
}

func (e *examples) wanted(kind string) bool {
	role, isRole := strings.CutPrefix(kind, "role ")
	if isRole {
		return e.role == role
	}
	return e.role == "" && (e.only == "" || e.only == strings.TrimSuffix(kind, " *"))
}

func (e *examples) print(out io.Writer) {
	for _, kind := range slices.Sorted(maps.Keys(e.kinds)) {
		fmt.Fprintf(out, "\n%s\n", kind)
		for _, line := range e.kinds[kind].lines {
			fmt.Fprintln(out, "  "+line)
		}
	}
}

// A gravity is how bad a row is.
type gravity int

const (
	stoppedRow gravity = iota // an honest listing goes to a person
	missedRow                 // a mark is not seen, or in the wrong role
	namedRow                  // a mark is seen where there is none
	gravities
)

// worst keeps rows of each gravity and kind.
type worst struct {
	keep   int
	random *rand.Rand
	kinds  [gravities]map[string]*choice
}

func newWorst(o options) *worst {
	w := &worst{keep: o.worst, random: rand.New(rand.NewPCG(o.seed, 1))}
	for g := range w.kinds {
		w.kinds[g] = make(map[string]*choice)
	}
	return w
}

func (w *worst) add(g gravity, kind string, r row, why string) {
	if w.keep > 0 {
		entry(w.kinds[g], kind).offer(w.random, w.keep, r.line(kind, why))
	}
}

// print shows the rows: one of each kind after another, the gravest first, until there are enough.
func (w *worst) print(out io.Writer) {
	if w.keep > 0 {
		fmt.Fprintf(out, "\nthe worst rows\n")
	}
	left := w.keep
	for round := 0; left > 0; round++ {
		before := left
		for g := range w.kinds {
			for _, kind := range slices.Sorted(maps.Keys(w.kinds[g])) {
				if lines := w.kinds[g][kind].lines; round < len(lines) && left > 0 {
					fmt.Fprintln(out, "  "+lines[round])
					left--
				}
			}
		}
		if left == before {
			return
		}
	}
}
