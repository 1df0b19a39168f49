package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"text/tabwriter"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/trademark"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/verdict"
)

// A board counts what the stage says.
type board struct {
	options
	book     *rulebook.Book
	marks    map[string]bool // ids
	stage    *check.Stage[*listing.Submission, *trademark.Result]
	plan     *check.Plan[*listing.Submission]
	slices   map[string]*slice
	hidden   map[string]*hits // by disguise
	scripts  map[string]*hits // by script of the mark
	fitted   map[string]*hits // compatibility wording, by language
	tallies  []*tally
	examples *examples
	worst    *worst
	unmarked []string // titles that mention no mark
	err      error    // the first of the stage: what follows counts for nothing
}

// A slice is a kind of titles, and what came of them.
type slice struct {
	ours    bool // titles of this package
	rows    int
	named   int // titles held to name a mark that they do not name
	stopped int // of titles that name none: a person would look
	wanted  int // marks that the titles name
	found   int // of them: in the right role
}

// hits counts marks planted and found again, of seen and unseen marks.
type hits struct {
	planted, found, asked [2]int // by unseen; asked: a person would look
}

func newBoard(book *rulebook.Book, o options) (*board, error) {
	b := &board{options: o, book: book, marks: make(map[string]bool), slices: make(map[string]*slice), hidden: make(map[string]*hits),
		scripts: make(map[string]*hits), fitted: make(map[string]*hits), examples: newExamples(o), worst: newWorst(o)}
	for i := range book.Marks {
		b.marks[book.Marks[i].ID] = true
	}
	var err error
	if b.stage, b.plan, err = planOf(book); err != nil {
		return nil, err
	}
	return b, nil
}

func planOf(book *rulebook.Book) (*check.Stage[*listing.Submission, *trademark.Result], *check.Plan[*listing.Submission], error) {
	stage, err := trademark.New(book)
	if err != nil {
		return nil, nil, err
	}
	plan, err := check.NewPlan(stage.Checker)
	return stage, plan, err
}

// run runs the stage over one row.
func (b *board) run(ctx context.Context, r row) *check.Report {
	report := b.plan.Run(ctx, r.submission(), nil)
	if err := report.Outcomes[0].Err; err != nil && b.err == nil {
		b.err = fmt.Errorf("title %q: %w", r.Title, err)
	}
	return report
}

// unseenMark reports whether a mark belongs to the half that is not looked at while rules are made.
func unseenMark(id string) int {
	h := fnv.New32a()
	io.WriteString(h, id) // never fails
	return int(h.Sum32() & 1)
}

// random is the source of one kind of choices: those of another do not change with it.
func (b *board) random(kind string) *rand.Rand {
	h := fnv.New64a()
	io.WriteString(h, kind)
	return rand.New(rand.NewPCG(b.seed, h.Sum64()))
}

func (b *board) slice(name string) *slice { return entry(b.slices, name) }

func entry[T any](m map[string]*T, name string) *T {
	if m[name] == nil {
		m[name] = new(T)
	}
	return m[name]
}

func (h *hits) count(unseen int, found, asked bool) {
	h.planted[unseen]++
	if found {
		h.found[unseen]++
	}
	if asked {
		h.asked[unseen]++
	}
}

func (h *hits) recall(unseen int) float64 {
	return float64(h.found[unseen]) / float64(max(h.planted[unseen], 1))
}

// sum adds up some hits.
func sum(all map[string]*hits, keep func(name string) bool) *hits {
	total := new(hits)
	for name, h := range all {
		if !keep(name) {
			continue
		}
		for i := range h.planted {
			total.planted[i] += h.planted[i]
			total.found[i] += h.found[i]
			total.asked[i] += h.asked[i]
		}
	}
	return total
}

var roleNames = map[check.Role]string{check.OwnBrand: "OWN_BRAND", check.Nominative: "NOMINATIVE", check.Descriptive: "DESCRIPTIVE",
	check.Comparison: "COMPARISON", check.Replica: "REPLICA", check.Affiliation: "AFFILIATION", check.OtherClass: "OTHER_CLASS",
	check.OtherTerritory: "OTHER_TERRITORY", check.Unclear: "UNCLEAR"}

// asksForPerson reports whether a finding that no other excuses asks for a person.
func (b *board) asksForPerson(report *check.Report) bool {
	excused := excusedBy(report)
	return slices.ContainsFunc(report.Findings, func(f check.Finding) bool {
		return !slices.Contains(excused, f.ID) && b.book.Decisions.Row(f.Code, f.Variant).Effect >= verdict.Review
	})
}

func excusedBy(report *check.Report) []string {
	var excused []string
	for _, f := range report.Findings {
		excused = append(excused, f.Mitigates...)
	}
	return excused
}

func codeOf(f *check.Finding) string {
	if f.Variant != "" {
		return f.Code + "/" + f.Variant
	}
	return f.Code
}

func codesOf(report *check.Report) []string {
	var codes []string
	for i := range report.Findings {
		codes = append(codes, codeOf(&report.Findings[i])+" "+report.Findings[i].Mark)
	}
	return codes
}

// print writes the board.
func (b *board) print(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "slice\trows\twrongly named\twrongly stopped\tmarks named\tin the right role\t")
	for _, name := range slices.Sorted(maps.Keys(b.slices)) {
		s := b.slices[name]
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%d\t%s\t\n", name, s.rows, share(s.named, s.rows), share(s.stopped, s.rows), s.wanted,
			share(s.found, s.wanted))
	}
	named, right := b.precision()
	fmt.Fprintf(w, "precision of names in titles of ours\t%d\t\t\t\t%s\t\n", named, share(right, named))
	b.printHits(w, "disguise", b.hidden)
	b.printHits(w, "script of the hidden mark", b.scripts)
	b.printHits(w, "what it fits", b.fitted)
	b.printSources(w)
	w.Flush()
	b.examples.print(out)
	b.worst.print(out)
}

// precision counts the marks named in our titles, and those of them that are right.
func (b *board) precision() (named, right int) {
	for _, s := range b.slices {
		if s.ours {
			named += s.found + s.named
			right += s.found
		}
	}
	return named, right
}

func (b *board) printHits(w io.Writer, head string, all map[string]*hits) {
	fmt.Fprintf(w, "\n%s\tseen marks\tfound\tunseen marks\tfound\tREVIEW or REJECT\t\n", head)
	line := func(name string, h *hits) {
		fmt.Fprintf(w, "%s\t%d\t%.2f %%\t%d\t%.2f %%\t%.2f %%\t\n", name, h.planted[0], 100*h.recall(0), h.planted[1], 100*h.recall(1),
			100*float64(h.asked[0]+h.asked[1])/float64(max(h.planted[0]+h.planted[1], 1)))
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		line(name, all[name])
	}
	line("all", sum(all, func(string) bool { return true }))
}

func share(n, of int) string {
	if of == 0 {
		return "-"
	}
	return fmt.Sprintf("%d (%.2f %%)", n, 100*float64(n)/float64(of))
}
