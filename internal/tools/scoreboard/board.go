package main

import (
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/trademark"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/verdict"
)

// A board counts what the stage says.
type board struct {
	book     *rulebook.Book
	stage    *check.Stage[*listing.Submission, *trademark.Result]
	plan     *check.Plan[*listing.Submission]
	tallies  []*tally
	examples *examples
	unmarked []string // titles that mention no mark
}

// maxUnmarked bounds the titles kept to plant disguises in.
const maxUnmarked = 50_000

// A tally is the count of one source.
type tally struct {
	name                         string
	listings, mentioned, flagged int // flagged: a person looks because of the stage alone
	codes                        map[string]int
	roles                        map[check.Role]int
	elapsed                      time.Duration
}

// count adds one listing. Findings that another excuses do not count.
func (b *board) count(t *tally, r row, report *check.Report) {
	t.listings++
	result := b.stage.In(report)
	if len(result.Mentions) > 0 {
		t.mentioned++
	} else if r.Title != "" && len(b.unmarked) < maxUnmarked {
		b.unmarked = append(b.unmarked, r.Title)
	}
	for i := range result.Mentions {
		m := &result.Mentions[i]
		t.roles[m.Role]++
		b.examples.offer("role "+roleNames[m.Role], t.name, r, m.Canonical+": "+m.Reason)
	}
	var excused []string
	for _, f := range report.Findings {
		excused = append(excused, f.Mitigates...)
	}
	seen := make(map[string]bool)
	flagged := false
	for _, f := range report.Findings {
		name := f.Code
		if f.Variant != "" {
			name += "/" + f.Variant
		}
		if slices.Contains(excused, f.ID) {
			name += " (excused)"
		} else if b.book.Decisions.Row(f.Code, f.Variant).Effect >= verdict.Review {
			name += " *"
			flagged = true
		}
		if !seen[name] {
			seen[name] = true
			t.codes[name]++
			b.examples.offer(name, t.name, r, f.Message)
		}
	}
	if flagged {
		t.flagged++
	}
}

var roleNames = map[check.Role]string{check.OwnBrand: "OWN_BRAND", check.Nominative: "NOMINATIVE", check.Descriptive: "DESCRIPTIVE",
	check.Comparison: "COMPARISON", check.Replica: "REPLICA", check.Affiliation: "AFFILIATION", check.OtherClass: "OTHER_CLASS",
	check.OtherTerritory: "OTHER_TERRITORY", check.Unclear: "UNCLEAR"}

// print writes the board.
func (b *board) print(out io.Writer) {
	total := &tally{name: "all", codes: make(map[string]int), roles: make(map[check.Role]int)}
	for _, t := range b.tallies {
		total.add(t)
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "source\tlistings\tmention a mark\tREVIEW or REJECT\tus each\t")
	for _, t := range append(b.tallies, total) {
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%.1f\t\n", t.name, t.listings, share(t.mentioned, t.listings), share(t.flagged, t.listings),
			float64(t.elapsed.Nanoseconds())/1000/float64(max(t.listings, 1)))
	}
	fmt.Fprintf(w, "\nmentions by role\n")
	for _, role := range slices.Sorted(maps.Keys(total.roles)) {
		fmt.Fprintf(w, "%s\t%d\t\n", roleNames[role], total.roles[role])
	}
	fmt.Fprintf(w, "\nlistings by code (* asks for a person)\n")
	for _, code := range slices.Sorted(maps.Keys(total.codes)) {
		fmt.Fprintf(w, "%s\t%d\t%s\t", code, total.codes[code], share(total.codes[code], total.listings))
		for _, t := range b.tallies {
			if n := t.codes[code]; n > 0 {
				fmt.Fprintf(w, "%s %d\t", strings.TrimSuffix(t.name, ".jsonl"), n)
			}
		}
		fmt.Fprintln(w)
	}
	w.Flush()
}

func share(n, of int) string {
	return fmt.Sprintf("%d (%.2f %%)", n, 100*float64(n)/float64(max(of, 1)))
}

func (t *tally) add(o *tally) {
	t.listings += o.listings
	t.mentioned += o.mentioned
	t.flagged += o.flagged
	t.elapsed += o.elapsed
	for code, n := range o.codes {
		t.codes[code] += n
	}
	for role, n := range o.roles {
		t.roles[role] += n
	}
}

// examples keeps a fair choice of what is offered, a few of each kind.
type examples struct {
	keep       int
	only, role string
	random     *rand.Rand
	kinds      map[string]*choice
}

type choice struct {
	offered int
	lines   []string
}

func newExamples(o options) *examples {
	return &examples{keep: o.examples, only: o.code, role: o.role, kinds: make(map[string]*choice),
		random: rand.New(rand.NewPCG(uint64(o.seed), 0))}
}

// offer may keep a listing as an example of a kind (reservoir sampling: each has the same chance).
func (e *examples) offer(kind, source string, r row, why string) {
	if e.keep == 0 || !e.wanted(kind) {
		return
	}
	c := e.kinds[kind]
	if c == nil {
		c = new(choice)
		e.kinds[kind] = c
	}
	c.offered++
	line := fmt.Sprintf("%s | brand %q | %s | %s\n      %s", r.Title, r.Brand, r.Category, strings.TrimSuffix(source, ".jsonl"), why)
	if len(c.lines) < e.keep {
		c.lines = append(c.lines, line)
	} else if at := e.random.IntN(c.offered); at < e.keep {
		c.lines[at] = line
	}
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
