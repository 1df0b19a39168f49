// Pricescore measures how well the price checker tells slips and lures from honest prices.
//
// Observations are split at random: baselines are counted of one part, and each price of the other is checked as it is, and
// with every kind of anomaly put into it; or each file is judged by baselines of the others. Recall counts anomalies outside
// the range of the cohort that the price belongs to, as inside it nobody can tell; false alarms count untouched prices. Four
// textbook rules are measured beside the checker on the same cohorts, each at the threshold that gives it as many false alarms as
// the checker has: raw z, z of logarithms, median absolute deviation, and Tukey's fences; and rules that shrink a cohort
// towards the next wider one. README.md says what it showed last.
//
//	go run ./internal/tools/pricescore [-book DIR] [-by-source] FILE...
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/assay-project/assay/internal/observation"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/rulebook/embedded"
)

func main() {
	dir := flag.String("book", "", "directory of the rulebook; the embedded one if empty")
	splits := flag.Int("splits", 3, "random splits, summed up")
	train := flag.Float64("train", 0.75, "share of observations that baselines are counted of")
	sources := flag.Bool("by-source", false, "hold out one file after the other, instead of random splits")
	perUnit := flag.Bool("per-unit", false, "count prices by unit")
	flag.Parse()
	plan := randomly(*splits, *train)
	if *sources {
		plan = byFile(flag.Args())
	}
	if err := run(*dir, plan, *perUnit, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "pricescore:", err)
		os.Exit(1)
	}
}

func run(dir string, splits []split, perUnit bool, files []string) error {
	book, err := load(dir)
	if err != nil {
		return err
	}
	var all []observed
	var tally observation.Tally
	for _, file := range files {
		if err := observation.Read(file, &tally, func(o *observation.Observation) error {
			all = append(all, observed{*o, file})
			return nil
		}); err != nil {
			return err
		}
	}
	b, err := score(book, all, splits, perUnit)
	if err != nil {
		return err
	}
	b.print(os.Stdout)
	return nil
}

func load(dir string) (*rulebook.Book, error) {
	if dir != "" {
		return rulebook.Load(os.DirFS(dir))
	}
	return rulebook.Load(embedded.FS())
}
