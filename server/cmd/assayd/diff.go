package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/big"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/assay-project/assay/internal/catalogue"
	"github.com/assay-project/assay/internal/compare"
	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/verdict"
)

// embeddedName stands for the embedded rulebook where a directory is asked for.
const embeddedName = "embedded"

type diffCommand struct {
	Old   string   `arg:"" help:"The rulebook in force: a directory, or the word embedded."`
	New   string   `arg:"" help:"The one to replace it."`
	Files []string `arg:"" name:"file" help:"Files of submissions, as assay check reads them: JSON Lines or CSV; - is standard input."`

	Format    string   `enum:",jsonl,csv,parquet" default:"" help:"Format of the files. Without it the name of each tells; standard input is jsonl."`
	Documents string   `placeholder:"FILE" help:"Standing papers of merchants, as for assay check."`
	AsOf      string   `placeholder:"TIME" help:"Ask for this time, whatever the submissions say: 2026-11-01T00:00:00Z, or a date in UTC."`
	Output    string   `enum:"text,json" default:"text" help:"text or json."`
	Examples  int      `default:"3" help:"Examples shown of each kind of flip."`
	AtMost    []string `placeholder:"FLIP=SHARE" help:"Exit with 5 when more decisions flip than this: approve-reject=0.1%, stricter=20, any=0. May be given several times."`
}

// Run compares two rulebooks over files.
func (c diffCommand) Run(w world) error {
	limits, err := limitsOf(c.AtMost)
	if err != nil {
		return err
	}
	in, err := c.input()
	if err != nil {
		return err
	}
	old, err := compile(orEmbedded(c.Old), engine.New)
	if err != nil {
		return err
	}
	next, err := compile(orEmbedded(c.New), engine.New)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	report, err := compare.Run(ctx, old, next, in, compare.Options{Now: time.Now(), Examples: c.Examples})
	if err := errors.Join(append(in.Broken(), err)...); err != nil {
		return fmt.Errorf("compare: %w", err)
	}
	return errors.Join(c.print(w.stdout, report), exceeded(report, limits))
}

func orEmbedded(dir string) string {
	if dir == embeddedName {
		return ""
	}
	return dir
}

func (c diffCommand) input() (*catalogue.Input, error) {
	in := &catalogue.Input{Files: c.Files, Format: c.Format, Stdin: os.Stdin}
	var err error
	if c.AsOf != "" {
		if in.AsOf, err = catalogue.Instant(c.AsOf); err != nil {
			return nil, &usageError{fmt.Errorf("--as-of: %w", err)}
		}
	}
	if c.Documents != "" {
		f, err := os.Open(c.Documents)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		if in.Papers, err = catalogue.ReadPapers(c.Documents, f); err != nil {
			return nil, err
		}
	}
	return in, in.Prepare()
}

// A limit is how many decisions may flip.
type limit struct {
	text  string
	of    func(compare.Flip) bool
	most  *big.Rat // exact: 7 of 1,000 are not more than 0.7%
	share bool     // most is a share of all submissions, else a number of them
}

func limitsOf(texts []string) ([]limit, error) {
	var limits []limit
	for _, text := range texts {
		l, err := limitOf(text)
		if err != nil {
			return nil, &usageError{fmt.Errorf("--at-most=%s: %w", text, err)}
		}
		limits = append(limits, l)
	}
	return limits, nil
}

func limitOf(text string) (limit, error) {
	name, most, _ := strings.Cut(text, "=")
	l := limit{text: text, of: flipsNamed(name)}
	if l.of == nil {
		return l, errors.New("a flip is any, stricter, milder, or like approve-reject")
	}
	number, percent := strings.CutSuffix(most, "%")
	n, ok := new(big.Rat), len(number) <= 30 && strings.Trim(number, "0123456789.") == ""
	if ok {
		_, ok = n.SetString(number)
	}
	if !ok {
		return l, errors.New("a share is like 0.1%, a number like 20")
	}
	if l.most, l.share = n, percent; percent {
		n.Quo(n, big.NewRat(100, 1))
	}
	return l, nil
}

// flipsNamed tells which flips a name means; nil: no such name.
func flipsNamed(name string) func(compare.Flip) bool {
	switch name {
	case "any":
		return func(compare.Flip) bool { return true }
	case "stricter":
		return compare.Flip.Stricter
	case "milder":
		return func(f compare.Flip) bool { return !f.Stricter() }
	}
	for _, known := range allFlips {
		if known.String() == name {
			return func(f compare.Flip) bool { return f == known }
		}
	}
	return nil
}

var allFlips = []compare.Flip{
	{From: verdict.Approve, To: verdict.Review}, {From: verdict.Approve, To: verdict.Reject}, {From: verdict.Review, To: verdict.Reject},
	{From: verdict.Review, To: verdict.Approve}, {From: verdict.Reject, To: verdict.Approve}, {From: verdict.Reject, To: verdict.Review},
}

// A flipsError says that more flips than they may.
type flipsError struct{ text string }

func (e *flipsError) Error() string { return e.text }

// exceeded says which limits were. Lines without an answer might have flipped: nothing is proven about them.
func exceeded(r *compare.Report, limits []limit) error {
	var texts []string
	for _, l := range limits {
		n := int64(0)
		for f, count := range r.Flips {
			if l.of(f) {
				n += count
			}
		}
		most := l.most
		if l.share {
			most = new(big.Rat).Mul(most, new(big.Rat).SetInt64(r.Submissions))
		}
		if new(big.Rat).SetInt64(n).Cmp(most) > 0 {
			texts = append(texts, fmt.Sprintf("%d of %d submissions flip, more than %s", n, r.Submissions, l.text))
		}
	}
	if len(limits) > 0 && r.Errors > 0 {
		texts = append(texts, fmt.Sprintf("%d lines had no answer, so nothing is known of them", r.Errors))
	}
	if len(limits) > 0 && r.Submissions == 0 {
		texts = append(texts, "there was nothing to compare")
	}
	if texts == nil {
		return nil
	}
	return &flipsError{strings.Join(texts, "; ")}
}

func (c diffCommand) print(out io.Writer, r *compare.Report) error {
	if c.Output == "json" {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(r)
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "old  %s  sha256 %s\nnew  %s  sha256 %s\n\n", r.Old.Label, r.Old.SHA256, r.New.Label, r.New.SHA256)
	printMatrix(t, r)
	for _, g := range []struct {
		title  string
		groups compare.Groups
	}{{"BY CODE", r.ByCode}, {"BY MARK", r.ByMark}, {"BY MARKET", r.ByMarket}, {"BY MERCHANT", r.ByMerchant}} {
		printGroups(t, g.title, g.groups)
	}
	for _, e := range r.Examples {
		fmt.Fprintf(t, "\n%v  %s  %s  %s\n  %q\n", e.Flip, e.Place, strconv.QuoteToGraphic(e.SubmissionID), strings.Join(e.Markets, " "), e.Title)
		printReasons(t, "+", e.Came)
		printReasons(t, "-", e.Went)
	}
	for _, f := range r.Faults {
		fmt.Fprintf(t, "\n%s", strconv.QuoteToGraphic(f))
	}
	return t.Flush()
}

func printReasons(t io.Writer, sign string, reasons []compare.Reason) {
	for _, r := range reasons {
		fmt.Fprintf(t, "  %s %s\n", sign, strings.Join(strings.Fields(r.Code+" "+r.Effect+" "+r.Mark), " "))
	}
}

func printMatrix(t io.Writer, r *compare.Report) {
	flipped := int64(0)
	for _, n := range r.Flips {
		flipped += n
	}
	fmt.Fprintf(t, "%d submissions: %d decided otherwise, %d alike for other reasons; %d lines had no answer\n\n",
		r.Submissions, flipped, r.OtherFindings, r.Errors)
	fmt.Fprintln(t, "old \\ new\tAPPROVE\tREVIEW\tREJECT")
	kept := map[verdict.Decision]int64{verdict.Approve: r.Kept.Approve, verdict.Review: r.Kept.Review, verdict.Reject: r.Kept.Reject}
	for from := verdict.Approve; from <= verdict.Reject; from++ {
		fmt.Fprint(t, from)
		for to := verdict.Approve; to <= verdict.Reject; to++ {
			n := r.Flips[compare.Flip{From: from, To: to}]
			if from == to {
				n = kept[from]
			}
			fmt.Fprintf(t, "\t%d", n)
		}
		fmt.Fprintln(t)
	}
}

// printGroups prints the names with the most flips, with a column for each kind that there is.
func printGroups(t io.Writer, title string, groups compare.Groups) {
	if len(groups) == 0 {
		return
	}
	total := func(name string) (n int64) {
		for _, count := range groups[name] {
			n += count
		}
		return n
	}
	names := slices.SortedFunc(maps.Keys(groups), func(a, b string) int {
		return cmp.Or(cmp.Compare(total(b), total(a)), strings.Compare(a, b))
	})
	columns := slices.DeleteFunc(slices.Clone(allFlips), func(f compare.Flip) bool {
		return !slices.ContainsFunc(names, func(name string) bool { return groups[name][f] > 0 })
	})
	fmt.Fprintf(t, "\n%s", title)
	for _, f := range columns {
		fmt.Fprintf(t, "\t%v", f)
	}
	fmt.Fprintln(t)
	for _, name := range names[:min(oneScreen, len(names))] {
		fmt.Fprint(t, strings.Trim(strconv.QuoteToGraphic(name), `"`))
		for _, f := range columns {
			fmt.Fprintf(t, "\t%d", groups[name][f])
		}
		fmt.Fprintln(t)
	}
	if more := len(names) - oneScreen; more > 0 {
		fmt.Fprintf(t, "and %d more\n", more)
	}
}
