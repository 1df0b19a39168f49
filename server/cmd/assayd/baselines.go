package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/assay-project/assay/internal/baseline"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/observation"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/text"
)

type baselinesCommand struct {
	Build buildCommand `cmd:"" help:"Count observations of prices (CSV, JSON Lines, Parquet) into what products usually cost."`
	Merge mergeCommand `cmd:"" help:"Make one file of several: votes files exactly, tables with a bound on the error where they share cohorts."`
}

// outputs are where baselines go, and in which form.
type outputs struct {
	Out      []string `short:"o" required:"" placeholder:"FILE" help:"Where to: .csv is a table for a rulebook, .bin the same for many cohorts, .votes what merges exactly. May be given several times."`
	Rulebook string   `placeholder:"DIR" help:"The rulebook whose categories and brands that are none are meant; the embedded one if not given."`
	MinVotes int64    `default:"5" help:"Merchants, or observations where merchants are not known, that make a cohort."`
	Against  string   `placeholder:"FILE" help:"An older table: a median that moved by more than a tenth a day keeps the older figures."`
	PerUnit  bool     `help:"Divide prices by the pack: stated, else read from the title."`

	MaxCohorts int `default:"4000000" help:"Stop rather than count more cohorts than this; each takes 1 to 3 kB of memory."`
}

type buildCommand struct {
	Observations []string `arg:"" help:"Files of observations: .csv, .jsonl, .ndjson, .parquet."`
	outputs
	AsOf   string `placeholder:"YYYY-MM-DD" help:"With it only observations count that are from --min-age to --max-age days old, where they are dated."`
	MinAge int    `default:"1" help:"Days."`
	MaxAge int    `default:"90" help:"Days."`
}

// Run counts files in the order given and says what became of their rows.
func (c buildCommand) Run(w world) error {
	b, err := c.builder()
	if err != nil {
		return err
	}
	var tally observation.Tally
	for _, path := range c.Observations {
		b.Source(strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)))
		if err := b.Count(path, &tally); err != nil {
			return err
		}
	}
	sayTally(w.stdout, &tally, b.Passed())
	return c.write(w, b)
}

func (c buildCommand) builder() (*baseline.Builder, error) {
	options, err := c.options()
	if err != nil {
		return nil, err
	}
	if c.AsOf != "" {
		day, err := time.Parse(time.DateOnly, c.AsOf)
		if err != nil {
			return nil, fmt.Errorf("--as-of %q is no day", c.AsOf)
		}
		options.AsOf = listing.Date{Year: day.Year(), Month: day.Month(), Day: day.Day()}
		options.MinAge, options.MaxAge = c.MinAge, c.MaxAge
	}
	return baseline.NewBuilder(options), nil
}

// options are those of counting that the rulebook and the flags give.
func (o *outputs) options() (baseline.Options, error) {
	for _, path := range o.Out {
		if _, err := formOf(path); err != nil {
			return baseline.Options{}, err
		}
	}
	book, err := load(o.Rulebook)
	if err != nil {
		return baseline.Options{}, err
	}
	none := make(map[string]bool)
	for i := range book.Wording {
		if w := &book.Wording[i]; w.Kind == rulebook.GenericBrand {
			for _, phrase := range w.Phrases {
				none[text.Key(phrase)] = true
			}
		}
	}
	return baseline.Options{PerUnit: o.PerUnit, MinVotes: o.MinVotes, MaxCohorts: o.MaxCohorts,
		Category: func(name string) string { return cmp.Or(book.Categories.Find(name).Path, name) },
		NoBrand:  func(name string) bool { return none[text.Key(name)] }}, nil
}

func sayTally(out io.Writer, t *observation.Tally, passed baseline.Passed) {
	fmt.Fprintf(out, "%d observations read\n", t.Rows)
	for _, why := range slices.Sorted(maps.Keys(t.Refused)) {
		fmt.Fprintf(out, "  %d refused: %s (first: %s)\n", t.Refused[why], why, t.First[why])
	}
	for _, p := range [...]struct {
		n   int64
		why string
	}{{passed.NotApproved, "not approved"}, {passed.TooYoung, "too young"}, {passed.TooOld, "too old"},
		{passed.TooLarge, "amounts too large to count"}, {passed.NoKey, "with neither code, brand nor category"}} {
		if p.n > 0 {
			fmt.Fprintf(out, "  %d left out: %s\n", p.n, p.why)
		}
	}
}

// write writes what was counted to every output.
func (o *outputs) write(w world, b *baseline.Builder) error {
	rows := b.Rows()
	if err := o.hold(w, rows); err != nil {
		return err
	}
	for _, path := range o.Out {
		form, err := formOf(path)
		if err != nil {
			return err
		}
		if err := writeFile(path, func(out io.Writer) error {
			if form == votesForm {
				return b.Save(out)
			}
			return writeRows(out, form, rows)
		}); err != nil {
			return err
		}
	}
	sayRows(w.stdout, rows, o.Out)
	return nil
}

// hold compares with the older table, where one is named.
func (o *outputs) hold(w world, rows []rulebook.Baseline) error {
	if o.Against == "" {
		return nil
	}
	older, err := readTable(o.Against)
	if err != nil {
		return err
	}
	for _, m := range baseline.Hold(rows, older) {
		fmt.Fprintf(w.stdout, "  frozen: %v\n", m)
	}
	return nil
}

func sayRows(out io.Writer, rows []rulebook.Baseline, files []string) {
	contaminated, known := 0, 0
	for i := range rows {
		if rows[i].State == rulebook.Contaminated {
			contaminated++
		}
		if rows[i].Merchants >= 0 {
			known++
		}
	}
	fmt.Fprintf(out, "%d cohorts, %d of known merchants, %d with a cluster of low prices set aside: %s\n", len(rows), known, contaminated,
		strings.Join(files, ", "))
}

type form uint8

const (
	tableForm form = iota
	packedForm
	votesForm
)

func formOf(path string) (form, error) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".csv":
		return tableForm, nil
	case ".bin":
		return packedForm, nil
	case ".votes":
		return votesForm, nil
	}
	return 0, fmt.Errorf("%s: the name must end in .csv, .bin or .votes", path)
}

// writeRows writes rows as a table, or packed.
func writeRows(out io.Writer, f form, rows []rulebook.Baseline) error {
	if f == tableForm {
		return rulebook.WriteBaselines(out, rows)
	}
	packed, err := rulebook.PackBaselines(rows)
	if err != nil {
		return err
	}
	_, err = packed.WriteTo(out)
	return err
}

func readTable(path string) ([]rulebook.Baseline, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("open baselines: %w", err)
	}
	if f, _ := formOf(path); f == packedForm {
		packed, err := rulebook.OpenCohorts(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		rows := make([]rulebook.Baseline, packed.Len())
		for i := range rows {
			rows[i] = packed.Row(int32(i))
		}
		return rows, nil
	}
	return rulebook.ReadBaselines(path, data)
}

// writeFile writes beside the file and renames, so that nobody reads half of it.
func writeFile(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".assayd-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(f.Name()))
		}
	}()
	out := bufio.NewWriterSize(f, 1<<20)
	if err := errors.Join(write(out), out.Flush(), f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

type mergeCommand struct {
	Files []string `arg:"" help:"Votes files, or tables."`
	outputs
}

// Run merges files of one form.
func (c mergeCommand) Run(w world) error {
	forms := make(map[form]bool)
	for _, path := range c.Files {
		f, err := formOf(path)
		if err != nil {
			return err
		}
		forms[f] = true
	}
	switch {
	case forms[votesForm] && len(forms) > 1:
		return errors.New("merge baselines: votes files and tables do not mix")
	case forms[votesForm]:
		return c.mergeVotes(w)
	}
	return c.mergeTables(w)
}

func (c mergeCommand) mergeVotes(w world) error {
	options, err := c.options()
	if err != nil {
		return err
	}
	b := baseline.NewBuilder(options)
	for _, path := range c.Files {
		f, err := os.Open(path)
		if err != nil {
			return fmt.Errorf("open votes: %w", err)
		}
		if err := errors.Join(b.Merge(f), f.Close()); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return c.write(w, b)
}

func (c mergeCommand) mergeTables(w world) error {
	var tables [][]rulebook.Baseline
	for _, path := range c.Files {
		rows, err := readTable(path)
		if err != nil {
			return err
		}
		tables = append(tables, rows)
	}
	rows, estimate, err := baseline.Union(tables...)
	if err != nil {
		return fmt.Errorf("merge baselines: %w", err)
	}
	if estimate.Worst != nil {
		fmt.Fprintf(w.stdout, "%d cohorts are in several tables: their medians are estimated, off by a factor of %.3g at most (%s%s %s %s); "+
			"votes files merge exactly\n", estimate.Cohorts, estimate.Factor, estimate.Worst.GTIN, estimate.Worst.Brand, estimate.Worst.Category,
			estimate.Worst.Market)
	}
	if err := c.hold(w, rows); err != nil {
		return err
	}
	for _, path := range c.Out {
		f, err := formOf(path)
		if err != nil || f == votesForm {
			return errors.Join(err, fmt.Errorf("%s: tables do not hold votes", path))
		}
		if err := writeFile(path, func(out io.Writer) error { return writeRows(out, f, rows) }); err != nil {
			return err
		}
	}
	sayRows(w.stdout, rows, c.Out)
	return nil
}
