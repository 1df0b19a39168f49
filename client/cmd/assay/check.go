package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/assay-project/assay/client"
	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/catalogue"
	"github.com/assay-project/assay/internal/report"
)

// streamTries lets a run outlive a server that is replaced.
var streamTries = client.Retry{Attempts: 8, Base: 250 * time.Millisecond, Max: 4 * time.Second}

type checkCommand struct {
	Files []string `arg:"" name:"file" help:"Files of submissions: JSON Lines (one protojson Submission a line), CSV with a header (commas, semicolons or tabs), or Parquet; text also compressed (.gz, .zst); - is standard input."`

	Format     string            `enum:",jsonl,csv,parquet" default:"" help:"Format of the files: jsonl, csv or parquet. Without it the name of each tells; standard input is jsonl."`
	Map        map[string]string `mapsep:"none" placeholder:"COLUMN=FIELD" help:"Read a column of CSV or Parquet as another field: --map Titel=title. An empty field leaves the column out; --map '*=' leaves out all that are unknown. May be given several times."`
	Output     string            `enum:"auto,table,jsonl,csv,parquet" default:"auto" help:"Form of the results (${enum}): a table for people, one CheckResult a line, or one row of columns for each. auto: what the name of -o says, a table on a terminal, else jsonl."`
	Out        string            `short:"o" name:"out" placeholder:"FILE" help:"Write the results to this file."`
	Report     string            `placeholder:"FILE" help:"Also write a report for people to this file: one HTML page with decisions, findings, prices, marks, papers and what to ask for, which needs no network."`
	Twins      string            `placeholder:"FILE" help:"Also write to this file, as JSON, one line for each listing that is a near copy of an earlier one: the same words or pictures under another brand, or a copy of what was rejected."`
	Checkpoint string            `placeholder:"FILE" help:"Note here how far the run has come, so that the same command goes on after a kill or a crash: every line then has exactly one result in the file of -o (jsonl or csv)."`
	Every      time.Duration     `name:"checkpoint-every" default:"1s" help:"How often."`
	Documents  string            `placeholder:"FILE" help:"Standing papers of merchants, added to each of their submissions: lines of {\"merchantId\": ..., \"documents\": [...]}."`
	AsOf       string            `placeholder:"TIME" help:"Ask for this time, whatever the submissions say: 2026-11-01T00:00:00Z, or a date in UTC."`
	Locale     string            `placeholder:"TAG" help:"Language of the messages to merchants: de, zh, ..."`
	FailOn     string            `enum:"never,review,reject" default:"never" help:"Exit with 4 when a verdict is this strict (${enum})."`
	Window     int               `default:"64" help:"Submissions on their way at once, 1 to 1024."`
}

// Validate is called by the parser.
func (c *checkCommand) Validate() error {
	if c.Window < 1 || c.Window > client.MaxWindow {
		return fmt.Errorf("--window=%d: must be 1 to %d", c.Window, client.MaxWindow)
	}
	if c.Output == "parquet" && c.Out == "" {
		return errors.New("--output=parquet needs a file: -o FILE")
	}
	return c.validCheckpoint()
}

func (c *checkCommand) validCheckpoint() error {
	switch {
	case c.Checkpoint == "":
		return nil
	case c.Out == "":
		return errors.New("--checkpoint needs a file for the results: -o FILE")
	case c.kind() != "jsonl" && c.kind() != "csv":
		return fmt.Errorf("--checkpoint goes with results as jsonl or csv, which can be cut and gone on with; not with %s", c.kind())
	case slices.Contains(c.Files, "-"):
		return errors.New("--checkpoint needs files: standard input cannot be read again")
	case filepath.Clean(c.Checkpoint) == filepath.Clean(c.Out):
		return errors.New("--checkpoint and -o name the same file")
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
	r := &session{in: in, con: con}
	defer func() { r.page.close() }()
	if err := c.direct(r, book); err != nil {
		return err
	}
	r.bar = newProgress(con.stderr, in, &r.count)
	r.out = c.printer(r.con, book, r.bar, r.file.begun())
	err = r.print(service.CheckAll(ctx, in.Submissions(), c.callOptions(book)...))
	err = errors.Join(append(in.Broken(), err)...)
	err = c.outcome(r, err, r.page.write(report.Run{Files: c.Files, Book: book, Version: version(), Broken: err, Twins: r.twins.found()}))
	if r.file != nil {
		err = errors.Join(err, r.file.Close())
	}
	return errors.Join(err, r.twins.close())
}

// direct sends the results where they belong and finds out where they begin.
func (c *checkCommand) direct(r *session, book *assayv1.GetRulebookResponse) (err error) {
	r.count.start(catalogue.Counts{})
	if r.page, err = openPage(c.Report, append(c.Files, c.Documents, c.Checkpoint)...); err != nil {
		return err
	}
	var state *catalogue.Checkpoint
	switch {
	case c.Out == "":
	case c.Checkpoint == "":
		r.file, err = c.openOut()
	default:
		if r.file, err = c.resume(r.in, book); err == nil {
			state = r.file.state
			r.count.start(state.Counts)
			err = r.page.resume(state)
		}
	}
	if err != nil {
		return err
	}
	if r.file != nil {
		r.con.stdout = screen{Writer: r.file}
	}
	if r.twins, err = c.openTwins(state); err != nil || r.twins == nil {
		return err
	}
	r.count.twins = func() int { return r.twins.summary.Listings }
	if state != nil {
		r.file.twins = r.twins
	}
	return nil
}

// callOptions are those of the whole run. One that is to go on later holds to one rulebook.
func (c *checkCommand) callOptions(book *assayv1.GetRulebookResponse) []client.CallOption {
	options := []client.CallOption{client.Window(c.Window), client.Locale(c.Locale), client.Tries(streamTries)}
	if kind := c.kind(); kind == "csv" || kind == "parquet" || kind == "table" {
		options = append(options, client.OmitLists()) // they do not show there
	}
	if c.Checkpoint != "" {
		options = append(options, client.Rulebook(book.GetRulebook().GetSha256()))
	}
	return options
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

// printer prints in the form asked for; begun says that results stand there already.
func (c *checkCommand) printer(con console, book *assayv1.GetRulebookResponse, bar *progress, begun bool) printer {
	out := bar.above(con.stdout)
	switch kind := c.kind(); {
	case kind == "csv":
		return newCSVPrinter(out, con.stderr, begun)
	case kind == "parquet":
		return newParquetPrinter(out, con.stderr)
	case kind == "table" || kind == "" && con.stdout.terminal:
		return newTablePrinter(out, con.stdout, book)
	default:
		return newJSONPrinter(out, con.stdout, con.stderr)
	}
}

// outcome turns how the run went into an exit status.
func (c *checkCommand) outcome(r *session, faults ...error) error {
	if err := errors.Join(faults...); err != nil {
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
