// Scoreboard runs the trademark stage over real listings and prints what it says of them: how many mention a mark, how
// many would be looked at by a person because of the stage alone, and by which codes. It is how false alarms are found.
//
//	go run ./internal/tools/scoreboard -listings DIR [-rulebook DIR] [-examples N [-code CODE | -role ROLE]] [-disguises N]
//
// With -disguises N it also hides watched marks in titles that mention none, N times in each of the known ways, and
// prints how many are seen.
//
// DIR holds JSON Lines files of {id, title, brand, price, currency, market, lang, category}. Listings are somebody's
// property: examples go to the terminal and nowhere else.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/trademark"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/rulebook/embedded"
)

// options are the command line.
type options struct {
	listings, rulebook string
	examples           int
	code, role         string
	disguises          int
	seed               int64
}

func main() {
	var o options
	flag.StringVar(&o.listings, "listings", "", "directory of listings in JSON Lines files")
	flag.StringVar(&o.rulebook, "rulebook", "", "directory of the rulebook; empty: the embedded one")
	flag.IntVar(&o.examples, "examples", 0, "listings to show for each code or role")
	flag.StringVar(&o.code, "code", "", "show examples of this code only (CODE or CODE/variant)")
	flag.StringVar(&o.role, "role", "", "show examples of mentions in this role instead (OWN_BRAND, ...)")
	flag.IntVar(&o.disguises, "disguises", 0, "marks to plant in each of the known disguises")
	flag.Int64Var(&o.seed, "seed", 1, "of the choice of examples")
	flag.Parse()
	if err := run(context.Background(), o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "scoreboard:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options, out io.Writer) error {
	files, err := filepath.Glob(filepath.Join(o.listings, "*.jsonl"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("list %q: no JSON Lines files (%v)", o.listings, err)
	}
	book, err := load(o.rulebook)
	if err != nil {
		return err
	}
	stage, err := trademark.New(book)
	if err != nil {
		return err
	}
	plan, err := check.NewPlan(stage.Checker)
	if err != nil {
		return err
	}
	b := &board{book: book, stage: stage, plan: plan, examples: newExamples(o)}
	for _, file := range files {
		if err := b.source(ctx, file); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	b.print(out)
	if o.disguises > 0 {
		if err := b.recall(ctx, out, b.unmarked, o); err != nil {
			return err
		}
	}
	b.examples.print(out)
	return nil
}

func load(dir string) (*rulebook.Book, error) {
	if dir == "" {
		return rulebook.Load(embedded.FS())
	}
	return rulebook.Load(os.DirFS(dir))
}

// A row is one listing of a file.
type row struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Brand    string `json:"brand"`
	Market   string `json:"market"`
	Category string `json:"category"`
}

func (r row) submission() *listing.Submission {
	return &listing.Submission{
		ID: r.ID, Markets: []listing.Market{listing.Market(r.Market)},
		Product: listing.Product{Title: r.Title, Brand: r.Brand, Category: r.Category},
	}
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
		s := r.submission()
		start := time.Now()
		report := b.plan.Run(ctx, s, nil)
		t.elapsed += time.Since(start)
		if err := report.Outcomes[0].Err; err != nil {
			return fmt.Errorf("listing %s: %w", r.ID, err)
		}
		b.count(t, r, report)
	}
	b.tallies = append(b.tallies, t)
	return nil
}
