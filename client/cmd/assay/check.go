package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/assay-project/assay/client"
	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/catalogue"
)

// streamTries lets a run outlive a server that is replaced.
var streamTries = client.Retry{Attempts: 8, Base: 250 * time.Millisecond, Max: 4 * time.Second}

type checkCommand struct {
	Files []string `arg:"" name:"file" help:"Files of submissions: JSON Lines (one protojson Submission a line), CSV with a header, or Parquet; text also compressed (.gz, .zst); - is standard input."`

	Format    string            `enum:",jsonl,csv,parquet" default:"" help:"Format of the files: jsonl, csv or parquet. Without it the name of each tells; standard input is jsonl."`
	Map       map[string]string `mapsep:"none" placeholder:"COLUMN=FIELD" help:"Read a column of CSV or Parquet as another field: --map Titel=title. An empty field leaves the column out; --map '*=' leaves out all that are unknown. May be given several times."`
	Output    string            `enum:"auto,table,jsonl" default:"auto" help:"Print a table for people or one CheckResult a line (${enum}). auto: a table on a terminal."`
	Documents string            `placeholder:"FILE" help:"Standing papers of merchants, added to each of their submissions: lines of {\"merchantId\": ..., \"documents\": [...]}."`
	AsOf      string            `placeholder:"TIME" help:"Ask for this time, whatever the submissions say: 2026-11-01T00:00:00Z, or a date in UTC."`
	Locale    string            `placeholder:"TAG" help:"Language of the messages to merchants: de, zh, ..."`
	FailOn    string            `enum:"never,review,reject" default:"never" help:"Exit with 4 when a verdict is this strict (${enum})."`
	Window    int               `default:"64" help:"Submissions on their way at once, 1 to 1024."`
}

// Validate is called by the parser.
func (c *checkCommand) Validate() error {
	if c.Window < 1 || c.Window > client.MaxWindow {
		return fmt.Errorf("--window=%d: must be 1 to %d", c.Window, client.MaxWindow)
	}
	return nil
}

// Run checks the files.
func (c *checkCommand) Run(ctx context.Context, con console, to *connection) error {
	in, err := c.input(con)
	if err != nil {
		return err
	}
	service, err := to.open()
	if err != nil {
		return err
	}
	defer service.close()
	book, err := service.Rulebook(ctx, askTries)
	if err != nil {
		return err
	}
	r := &session{in: in, con: con, count: tally{begun: time.Now()}}
	r.bar = newProgress(con.stderr, in, &r.count)
	r.out = c.printer(con, book, r.bar)
	results := service.CheckAll(ctx, in.Submissions(), client.Window(c.Window), client.Locale(c.Locale), client.Tries(streamTries))
	return c.outcome(r, r.print(results))
}

// input prepares what is to be read.
func (c *checkCommand) input(con console) (*catalogue.Input, error) {
	in := &catalogue.Input{Files: c.Files, Format: c.Format, Names: c.Map, Stdin: con.stdin}
	if c.AsOf != "" {
		at, err := catalogue.Instant(c.AsOf)
		if err != nil {
			return nil, usageError{fmt.Errorf("--as-of: %w", err)}
		}
		in.AsOf = at
	}
	if c.Documents != "" {
		f, err := os.Open(c.Documents)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }() // only read
		if in.Papers, err = catalogue.ReadPapers(c.Documents, f); err != nil {
			return nil, err
		}
	}
	return in, in.Prepare()
}

func (c *checkCommand) printer(con console, book *assayv1.GetRulebookResponse, bar *progress) printer {
	if c.Output == "table" || c.Output == "auto" && con.stdout.terminal {
		return newTablePrinter(bar.above(con.stdout), con.stdout, book)
	}
	return newJSONPrinter(bar.above(con.stdout), con.stdout, con.stderr)
}

// outcome turns how the run went into an exit status.
func (c *checkCommand) outcome(r *session, err error) error {
	if err := errors.Join(append(r.in.Broken(), err)...); err != nil {
		return err
	}
	n := &r.count
	switch {
	case n.errors.Load() > 0:
		return exitCode(exitErrors)
	case c.FailOn == "reject" && n.reject.Load() > 0, c.FailOn == "review" && n.reject.Load()+n.review.Load() > 0:
		return exitCode(exitVerdict)
	default:
		return nil
	}
}
