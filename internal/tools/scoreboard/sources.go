package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/verdict"
)

// maxUnmarked bounds the titles kept to plant in.
const maxUnmarked = 60_000

// A tally is the count of one source of real listings.
type tally struct {
	name                         string
	listings, mentioned, flagged int // flagged: a person looks because of the stage alone
	codes                        map[string]int
	roles                        map[check.Role]int
	elapsed                      time.Duration
}

// source runs the stage over one file.
func (b *board) source(ctx context.Context, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	t := &tally{name: filepath.Base(file), codes: make(map[string]int), roles: make(map[check.Role]int)}
	d := json.NewDecoder(bufio.NewReader(f))
	for {
		var r row
		if err := d.Decode(&r); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return fmt.Errorf("listing %d: %w", t.listings+1, err)
		}
		start := time.Now()
		report := b.run(ctx, r)
		t.elapsed += time.Since(start)
		b.count(t, r, report)
	}
	b.tallies = append(b.tallies, t)
	return b.err
}

// count adds one listing. Findings that another excuses do not count.
func (b *board) count(t *tally, r row, report *check.Report) {
	t.listings++
	result := b.stage.In(report)
	if len(result.Mentions) > 0 {
		t.mentioned++
	} else if r.Title != "" && len(b.unmarked) < maxUnmarked && !b.asksForPerson(report) {
		b.unmarked = append(b.unmarked, r.Title)
	}
	for i := range result.Mentions {
		m := &result.Mentions[i]
		t.roles[m.Role]++
		b.countWord(r, m.Mark, m.Role)
		b.examples.offer("role "+roleNames[m.Role], t.name, r, m.Canonical+": "+m.Reason)
	}
	b.countCodes(t, r, report)
	if b.asksForPerson(report) {
		t.flagged++
		b.worst.add(stoppedRow, t.name, r, strings.Join(codesOf(report), " "))
	}
}

// countWord counts an ordinary word that is a mark as well, under the brand of somebody else. Most are the plain word.
func (b *board) countWord(r row, m *rulebook.Mark, role check.Role) {
	if !m.DictionaryWord || r.Brand == "" || strings.Contains(strings.ToLower(r.Brand), strings.ToLower(m.Text)) {
		return
	}
	s := b.slice("words of marks under another brand (listings)")
	s.rows++
	if !harmless(role) {
		s.named++
		b.worst.add(namedRow, "word under another brand", r, m.ID+" "+roleNames[role])
	}
}

func (b *board) countCodes(t *tally, r row, report *check.Report) {
	excused := excusedBy(report)
	seen := make(map[string]bool)
	for _, f := range report.Findings {
		name := codeOf(&f)
		if slices.Contains(excused, f.ID) {
			name += " (excused)"
		} else if b.book.Decisions.Row(f.Code, f.Variant).Effect >= verdict.Review {
			name += " *"
		}
		if !seen[name] {
			seen[name] = true
			t.codes[name]++
			b.examples.offer(name, t.name, r, f.Message)
		}
	}
}

// printSources writes what the stage says of real listings.
func (b *board) printSources(w *tabwriter.Writer) {
	if len(b.tallies) == 0 {
		return
	}
	total := &tally{name: "all", codes: make(map[string]int), roles: make(map[check.Role]int)}
	for _, t := range b.tallies {
		total.add(t)
	}
	fmt.Fprintln(w, "\nreal listings\tlistings\tmention a mark\tREVIEW or REJECT\tus each\t")
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
		fmt.Fprintf(w, "%s\t%s\t", code, share(total.codes[code], total.listings))
		for _, t := range b.tallies {
			if n := t.codes[code]; n > 0 {
				fmt.Fprintf(w, "%s %d\t", strings.TrimSuffix(t.name, ".jsonl"), n)
			}
		}
		fmt.Fprintln(w)
	}
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
