package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
)

// A table is a file that the program writes; write says in a few words what it wrote.
type table struct {
	name  string
	write func(job) (string, error)
}

// tables are written in this order: each reads those before it.
var tables = []table{
	{"marks", writeMarks},
	{"words", writeWords},
	{"dictionary", writeDictionary},
	{"baselines", writeBaselines},
}

// A job says where to read and write.
type job struct {
	data  string // directory of source data
	words string // directory of word lists; empty: none
	out   string // directory of the embedded rulebook
}

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			os.Exit(2)
		}
		fmt.Fprintln(os.Stderr, "rulebookdata:", err)
		os.Exit(1)
	}
}

func run(args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("rulebookdata", flag.ContinueOnError)
	var j job
	flags.StringVar(&j.data, "data", "", "directory of source data (required)")
	flags.StringVar(&j.words, "words", "", "directory of word lists; empty: listing titles only")
	flags.StringVar(&j.out, "out", "internal/rulebook/embedded", "directory of the embedded rulebook")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if j.data == "" {
		return errors.New("say where the source data is with -data DIR")
	}
	for _, name := range flags.Args() {
		if !slices.ContainsFunc(tables, func(t table) bool { return t.name == name }) {
			return fmt.Errorf("no table is called %q", name)
		}
	}
	for _, t := range tables {
		if flags.NArg() > 0 && !slices.Contains(flags.Args(), t.name) {
			continue
		}
		summary, err := t.write(j)
		if err != nil {
			return fmt.Errorf("write %s: %w", t.name, err)
		}
		fmt.Fprintf(stdout, "%s: %s\n", t.name, summary)
	}
	return nil
}
