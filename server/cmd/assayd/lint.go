package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/assay-project/assay/internal/catalogue"
	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/verdict"
	"github.com/assay-project/assay/internal/wire"
)

type lintCommand struct {
	Dir string `arg:"" help:"The rulebook's directory."`

	Corpus []string `placeholder:"FILE" help:"Files of ordinary submissions, as assay check reads them: marks and codes that turn up in many of them are warned of. May be given several times."`
	Share  float64  `default:"1" help:"Of how many percent of the corpus."`
	Strict bool     `help:"Exit with 3 on warnings, too."`
}

// Run loads and compiles. Problems go to standard output, all of them, one a line, as editors read them; so do warnings of
// what is valid and may not be meant.
func (c lintCommand) Run(w world) error {
	e, err := compile(c.Dir, engine.New)
	var problems rulebook.Problems
	if errors.As(err, &problems) {
		for _, p := range problems {
			fmt.Fprintf(w.stdout, "%s/%s\n", c.Dir, p)
		}
		return &rulebookError{book: c.Dir, err: fmt.Errorf("%d errors", len(problems))}
	}
	if err != nil {
		return err
	}
	book := e.Book()
	warnings := append(e.Advice(time.Now()), book.Advice()...)
	if len(c.Corpus) > 0 {
		hits, err := c.measure(e)
		if err != nil {
			return err
		}
		warnings = append(warnings, hits.warnings(book, c.Share)...)
	}
	for _, p := range warnings {
		fmt.Fprintf(w.stdout, "%s/%s: warning: %s\n", c.Dir, p.Position, p.Text)
	}
	if c.Strict && len(warnings) > 0 {
		return &rulebookError{book: c.Dir, err: fmt.Errorf("%d warnings", len(warnings))}
	}
	_, err = fmt.Fprintf(w.stdout, "%s: ok: rulebook %q, sha256 %s, %d files, %d marks, %d tests, %d warnings\n",
		c.Dir, book.Label, book.Digest, len(book.Lists), book.NumMarks(), len(book.Tests), len(warnings))
	return err
}

// hits is how often what a rulebook names turned up in a corpus.
type hits struct {
	listings int
	marks    map[string]int // by id: listings that mention it
	codes    map[string]int // listings that would not be approved because of it alone
}

// measure checks the whole corpus.
func (c lintCommand) measure(e *engine.Engine) (*hits, error) {
	in := &catalogue.Input{Files: c.Corpus, Stdin: os.Stdin}
	if err := in.Prepare(); err != nil {
		return nil, err
	}
	h := &hits{marks: map[string]int{}, codes: map[string]int{}}
	now := time.Now()
	for range in.Submissions() {
		entry := in.Take()
		if entry.Err != nil {
			return nil, entry.Err
		}
		s, err := wire.Submission(entry.Submission, now)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", entry.Place(), err)
		}
		v, _, err := e.Check(context.Background(), s, engine.Options{Offline: true})
		if err != nil {
			return nil, err
		}
		h.add(v)
	}
	return h, errors.Join(in.Broken()...)
}

func (h *hits) add(v *verdict.Verdict) {
	h.listings++
	marks, codes := map[string]bool{}, map[string]bool{}
	for i := range v.Mentions {
		marks[v.Mentions[i].MarkID] = true
	}
	for i := range v.Findings {
		if f := &v.Findings[i]; f.Effect > verdict.Approve && len(f.MitigatedBy) == 0 {
			codes[strings.TrimSuffix(f.Code+"/"+f.Variant, "/")] = true
		}
	}
	for id := range marks {
		h.marks[id]++
	}
	for code := range codes {
		h.codes[code]++
	}
}

// warnings are about what turned up in more than a share of the listings, the most frequent first.
func (h *hits) warnings(book *rulebook.Book, percent float64) rulebook.Problems {
	at := make(map[string]rulebook.Position, len(book.Marks))
	for i := range book.Marks {
		at[book.Marks[i].ID] = book.Marks[i].At
	}
	place := func(id string) rulebook.Position { return cmp.Or(at[id], rulebook.Position{File: "marks.bin"}) }
	table := func(string) rulebook.Position { return rulebook.Position{File: "decisions.yaml"} }
	return append(h.frequent(h.marks, percent, place, "is mentioned by"), h.frequent(h.codes, percent, table, "stops")...)
}

func (h *hits) frequent(counts map[string]int, percent float64, at func(string) rulebook.Position, does string) rulebook.Problems {
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), strings.Compare(a, b))
	})
	var found rulebook.Problems
	for _, name := range names {
		share := 100 * float64(counts[name]) / float64(h.listings)
		if share <= percent {
			break
		}
		found = append(found, rulebook.Problem{Position: at(name),
			Text: fmt.Sprintf("%s: %s %d of %d listings of the corpus (%.1f %%)", name, does, counts[name], h.listings, share)})
	}
	return found
}
