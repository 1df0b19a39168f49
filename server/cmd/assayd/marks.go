package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/assay-project/assay/internal/rulebook"
)

type marksCommand struct {
	Build marksBuildCommand `cmd:"" help:"Make marks.bin, for a rulebook, of lists of marks (CSV, JSON Lines)."`
}

type marksBuildCommand struct {
	Lists       []string `arg:"" help:"Files of marks: .csv, .jsonl, .ndjson. Several are one list."`
	Out         string   `short:"o" required:"" placeholder:"FILE" help:"Where to: marks.bin in a rulebook's directory, beside marks.jsonl or in its place."`
	SkipRefused bool     `help:"Write the rows that can be marks, although others cannot."`
}

// Run reads the lists and writes the register. Rows that cannot be marks go to standard output, one a line, as editors read them;
// with any of them nothing is written, unless they are to be skipped.
func (c marksBuildCommand) Run(w world) error {
	b := rulebook.NewRegisterBuilder()
	for _, path := range c.Lists {
		if err := readMarks(b, path); err != nil {
			sayProblems(w.stdout, b.Problems())
			return err
		}
	}
	sayProblems(w.stdout, b.Problems())
	tally := b.Tally()
	switch {
	case tally.Refused > 0 && !c.SkipRefused:
		return &rulebookError{book: c.Out, err: fmt.Errorf("%d of %d rows are refused, and nothing is written (see --skip-refused)", tally.Refused, tally.Rows)}
	case tally.Marks == 0:
		return errors.New("build marks: there are none in the lists")
	}
	if err := writeFile(c.Out, func(out io.Writer) error {
		_, err := b.WriteTo(out)
		return err
	}); err != nil {
		return err
	}
	sayMarks(w.stdout, c.Out, b.Tally())
	return nil
}

func sayProblems(out io.Writer, problems rulebook.Problems) {
	for _, p := range problems {
		fmt.Fprintln(out, p)
	}
}

func readMarks(b *rulebook.RegisterBuilder, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open list of marks: %w", err)
	}
	err = b.Read(path, f)
	if errors.Is(err, rulebook.ErrHeader) {
		err = &rulebookError{book: path, err: err}
	}
	return errors.Join(err, f.Close())
}

func sayMarks(out io.Writer, path string, t rulebook.RegisterTally) {
	fmt.Fprintf(out, "%d rows read, %d refused\n", t.Rows, t.Refused)
	fmt.Fprintf(out, "%d marks, %d other names, %d models: %d terms, of which %d read like an earlier one\n",
		t.Marks, t.Aliases, t.Models, t.Marks+t.Aliases+t.Models, t.Repeated)
	fmt.Fprintf(out, "%s: %d bytes, %d a mark\n", path, t.Bytes, t.Bytes/int64(t.Marks))
}
