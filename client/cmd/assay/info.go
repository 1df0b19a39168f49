package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"google.golang.org/protobuf/proto"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/client"
)

// askTries is for questions somebody waits for.
var askTries = client.Tries(client.Retry{Attempts: 2, Base: 100 * time.Millisecond, Max: time.Second})

// shape is how a description is printed.
type shape struct {
	Output string `enum:"auto,table,jsonl" default:"auto" help:"Print a table for people or protojson (${enum}). auto: a table on a terminal."`
}

func (s shape) table(con console) bool {
	return s.Output == "table" || s.Output == "auto" && con.stdout.terminal
}

type checkersCommand struct{ shape }

// Run lists the checkers.
func (c *checkersCommand) Run(ctx context.Context, con console, to *connection) error {
	service, err := to.open()
	if err != nil {
		return err
	}
	defer service.close()
	checkers, err := service.Checkers(ctx, askTries)
	if err != nil {
		return err
	}
	if !c.table(con) {
		return printJSON(con.stdout, checkers...)
	}
	grid := newGrid(con.stdout, "CHECKER", "OF", "VERSION", "NEEDS", "WHEN IT FAILS", "WHAT IT LOOKS FOR")
	for _, k := range checkers {
		failure := strings.ToLower(name(k.GetFailurePolicy().String(), "FAILURE_POLICY_"))
		subject := strings.ToLower(name(k.GetSubject().String(), "CHECKER_SUBJECT_"))
		grid.row(k.GetName(), subject, k.GetVersion(), strings.Join(k.GetRequires(), " "), failure, k.GetDoc())
	}
	return grid.print()
}

type rulebookCommand struct{ shape }

// Run describes the rulebook.
func (c *rulebookCommand) Run(ctx context.Context, con console, to *connection) error {
	service, err := to.open()
	if err != nil {
		return err
	}
	defer service.close()
	book, err := service.Rulebook(ctx, askTries)
	if err != nil {
		return err
	}
	if !c.table(con) {
		return printJSON(con.stdout, book)
	}
	fmt.Fprintf(con.stdout, "rulebook %s\nsha256   %s\n\n", printable(book.GetRulebook().GetLabel()), printable(book.GetRulebook().GetSha256()))
	if load := book.GetLastLoad(); load.GetError() != "" {
		fmt.Fprintf(con.stdout, "What lay there at %s was refused, so this one stays in force:\n", load.GetAt().AsTime().Format(time.RFC3339))
		for problem := range strings.Lines(load.GetError()) {
			fmt.Fprintf(con.stdout, "  %s\n", printable(strings.TrimSuffix(problem, "\n")))
		}
		fmt.Fprintln(con.stdout)
	}
	if err := printShadow(con, book.GetShadow()); err != nil {
		return err
	}
	lists := newGrid(con.stdout, "LIST", "ROWS", "SHA-256 BEGINS")
	for _, l := range book.GetLists() {
		lists.row(l.GetList().GetList(), fmt.Sprint(l.GetRows()), l.GetList().GetSha256()[:min(16, len(l.GetList().GetSha256()))])
	}
	if err := lists.print(); err != nil {
		return err
	}
	codes := newGrid(con.stdout, "CODE", "SEVERITY", "ALONE", "WHAT IT IS")
	for _, k := range book.GetCodes() {
		code := strings.TrimSuffix(k.GetCode()+"/"+k.GetVariant(), "/")
		codes.row(code, strings.ToLower(name(k.GetSeverity().String(), "SEVERITY_")), strings.ToLower(name(k.GetEffect().String(), "DECISION_")), k.GetTitle())
	}
	return codes.print()
}

// printShadow says what would have been decided otherwise if what is in shadow were in force.
func printShadow(con console, s *assayv1.ShadowStatus) error {
	if s == nil {
		return nil
	}
	if book := s.GetRulebook(); book != nil {
		fmt.Fprintf(con.stdout, "In shadow: rulebook %s, sha256 %s\n", printable(book.GetLabel()), printable(book.GetSha256()))
	}
	counts := newGrid(con.stdout, "DECIDED", "IN SHADOW", "VERDICTS")
	for _, c := range s.GetCounts() {
		counts.row(name(c.GetDecision().String(), "DECISION_"), name(c.GetShadowDecision().String(), "DECISION_"), fmt.Sprint(c.GetCount()))
	}
	return counts.print()
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(con console) error {
	_, err := fmt.Fprintf(con.stdout, "assay %s (contract assay.v1, %s)\n", version(), runtime.Version())
	return err
}

// printJSON prints messages one a line.
func printJSON[M proto.Message](out io.Writer, messages ...M) error {
	var line bytes.Buffer
	for _, m := range messages {
		if err := jsonLine(&line, m); err != nil {
			return err
		}
		if _, err := out.Write(line.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// A grid is a small table whose last column takes the width that is left.
type grid struct {
	on   screen
	w    table.Writer
	used []int
}

func newGrid(on screen, header ...string) *grid {
	g := &grid{on: on, w: table.NewWriter()}
	g.w.SetStyle(table.Style{Box: table.BoxStyle{PaddingRight: strings.Repeat(" ", columnGap)}})
	g.w.SuppressTrailingSpaces()
	g.used = make([]int, len(header))
	g.row(header...)
	return g
}

func (g *grid) row(cells ...string) {
	row := make(table.Row, len(cells))
	for i, cell := range cells {
		row[i] = printable(cell)
		g.used[i] = max(g.used[i], len(cell)+columnGap)
	}
	g.w.AppendRow(row)
}

func (g *grid) print() error {
	left := g.on.width()
	for _, w := range g.used[:len(g.used)-1] {
		left -= w
	}
	last := len(g.used)
	g.w.SetColumnConfigs([]table.ColumnConfig{{Number: last, WidthMax: max(left, 24), WidthMaxEnforcer: wrap}})
	_, err := io.WriteString(g.on, g.w.Render()+"\n\n")
	return err
}
