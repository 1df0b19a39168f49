// Twinscore measures how well copied listings are found, and what else is taken for copies.
//
//	go run ./internal/tools/twinscore [-listings DIR] [-examples N] [-rulebook DIR] [-seed N]
//
// Copies are made of the titles of this package (titles.txt), or, with -listings DIR, of those of its JSON Lines files {id,
// title, brand, market, category} that are long enough: each under another brand and merchant, and changed as copiers and
// honest merchants change them. Printed is how many are found, by change.
//
// With -listings, real listings are compared to each other as well, those of a file taken once for one merchant's and once for
// as many merchants' as there are: how many have a twin, by kind. -examples N shows N pairs of each kind. None of these
// files says who copied from whom, so whether a pair is a copy is for the eye.
//
// README.md has the table of the last run. Listings are somebody's property: examples go to the terminal and nowhere else.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/rulebook/embedded"
)

// options are the command line.
type options struct {
	listings, rulebook string
	examples           int
	seed               uint64
}

func main() {
	var o options
	flag.StringVar(&o.listings, "listings", "", "directory of listings in JSON Lines files")
	flag.StringVar(&o.rulebook, "rulebook", "", "directory of the rulebook; empty: the embedded one")
	flag.IntVar(&o.examples, "examples", 0, "pairs to show of each kind")
	flag.Uint64Var(&o.seed, "seed", 1, "of all choices")
	flag.Parse()
	if err := run(context.Background(), o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "twinscore:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options, out io.Writer) error {
	book, err := load(o.rulebook)
	if err != nil {
		return err
	}
	e, err := engine.New(book)
	if err != nil {
		return err
	}
	b := &board{engine: e, seed: o.seed, out: out, examples: o.examples}
	originals := ownTitles()
	if o.listings != "" {
		files, err := filepath.Glob(filepath.Join(o.listings, "*.jsonl"))
		if err != nil || len(files) == 0 {
			return fmt.Errorf("list %q: no JSON Lines files (%v)", o.listings, err)
		}
		if originals, err = b.real(ctx, files); err != nil {
			return err
		}
	}
	return b.recall(ctx, originals)
}

func load(dir string) (*rulebook.Book, error) {
	if dir == "" {
		return rulebook.Load(embedded.FS())
	}
	return rulebook.Load(os.DirFS(dir))
}
