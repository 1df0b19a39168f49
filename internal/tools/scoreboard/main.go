// Scoreboard measures how well the trademark stage sees marks through disguise, and how quiet it is about honest titles.
//
//	go run ./internal/tools/scoreboard [-listings DIR] [-dictionaries FILE,...] [-rulebook DIR] [-worst N] [-unseen]
//
// Without -listings it runs on the titles of this package (titles/*.txt), each labelled with the marks it names and how.
// With -listings DIR it runs on the JSON Lines files of DIR as well, {id, title, brand, price, currency, market, lang,
// category} each, and plants in their titles instead of our own. Printed are:
//
//   - false alarms by slice: titles that name no mark, or name it harmlessly, and are held to name one all the same
//   - recall by disguise and by script: marks hidden in titles that mention none, seeded, each kind -plant times
//   - compatibility wording: sentences of many languages around a device, with and without a word for "fits"
//   - odd but innocent Unicode: titles dressed up with signs, spaces and accents that hide nothing
//   - with -dictionaries, plain word lists: words that stand so near to a mark that only a list tells them from it
//   - with -listings, what the stage says of real listings, by source and by code
//
// Marks are split by a hash of their id: what stands under "unseen" was never looked at while rules were made. -worst N
// shows the N worst rows of the others; only -unseen shows those of the unseen ones too, and after that they are seen.
//
// README.md beside this file has the table of the last run, and what costs what.
//
// Listings are somebody's property: examples go to the terminal and nowhere else.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/rulebook/embedded"
)

// options are the command line.
type options struct {
	listings, rulebook string
	dictionaries       string
	plant              int
	worst              int
	unseen             bool
	examples           int
	code, role         string
	seed               uint64
}

func main() {
	var o options
	flag.StringVar(&o.listings, "listings", "", "directory of listings in JSON Lines files")
	flag.StringVar(&o.dictionaries, "dictionaries", "", "files of ordinary words, one a line, separated by commas")
	flag.StringVar(&o.rulebook, "rulebook", "", "directory of the rulebook; empty: the embedded one")
	flag.IntVar(&o.plant, "plant", 1000, "marks to plant in each disguise, and titles to dress up in each way")
	flag.IntVar(&o.worst, "worst", 0, "rows to show that came out worst")
	flag.BoolVar(&o.unseen, "unseen", false, "show rows of unseen marks too")
	flag.IntVar(&o.examples, "examples", 0, "real listings to show for each code or role")
	flag.StringVar(&o.code, "code", "", "show examples of this code only (CODE or CODE/variant)")
	flag.StringVar(&o.role, "role", "", "show examples of mentions in this role instead (OWN_BRAND, ...)")
	flag.Uint64Var(&o.seed, "seed", 1, "of all choices")
	flag.Parse()
	if err := run(context.Background(), o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "scoreboard:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options, out io.Writer) error {
	book, err := load(o.rulebook)
	if err != nil {
		return err
	}
	b, err := newBoard(book, o)
	if err != nil {
		return err
	}
	if err := b.own(ctx); err != nil {
		return err
	}
	if o.listings != "" {
		if err := b.real(ctx, o.listings); err != nil {
			return err
		}
	}
	b.hide(ctx)
	b.fit(ctx)
	b.dress(ctx)
	if o.dictionaries != "" {
		if err := b.near(ctx, strings.Split(o.dictionaries, ",")); err != nil {
			return err
		}
	}
	if b.err != nil {
		return b.err
	}
	b.print(out)
	return nil
}

// real runs the stage over the listings of a directory.
func (b *board) real(ctx context.Context, dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("list %q: no JSON Lines files (%v)", dir, err)
	}
	b.unmarked = nil
	for _, file := range files {
		if err := b.source(ctx, file); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

func load(dir string) (*rulebook.Book, error) {
	if dir == "" {
		return rulebook.Load(embedded.FS())
	}
	return rulebook.Load(os.DirFS(dir))
}
