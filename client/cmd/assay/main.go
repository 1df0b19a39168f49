package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/alecthomas/kong"
	"golang.org/x/term"

	"github.com/assay-project/assay/internal/catalogue"
)

// Exit statuses.
const (
	exitOK      = 0 // every submission was answered
	exitFailed  = 1 // could not run, or not to the end
	exitUsage   = 2 // the command line is wrong
	exitErrors  = 3 // some submissions had errors
	exitVerdict = 4 // --fail-on met its verdict, or a checker failed its test
)

const description = `Asks whether product listings may go live.

Exit status: 0 every submission was answered, 1 could not run, 2 wrong usage, 3 some submissions had errors,
4 a verdict that --fail-on names, or a checker that fails its test. Every flag can be given as a variable of the environment: --addr as ASSAY_ADDR.`

type commandLine struct {
	connection

	Check    checkCommand    `cmd:"" help:"Check the submissions of files."`
	Assess   assessCommand   `cmd:"" help:"Assess a merchant with an assortment, and say what to ask for."`
	Checkers checkersCommand `cmd:"" help:"List the checkers."`
	Checker  checkerCommand  `cmd:"" help:"Help authors of outside checkers."`
	Rulebook rulebookCommand `cmd:"" help:"Describe the rulebook in force."`
	Version  versionCommand  `cmd:"" help:"Print the version."`
}

// growth is how far garbage may grow beside what is live before it is collected, in percent. Little is live beside one rulebook, and
// a file is checked in nine tenths of the processor time that it takes at Go's 100.
const growth = 200

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(growth)
	}
	os.Exit(run(os.Args[1:], console{
		stdin:  os.Stdin,
		stdout: screen{Writer: os.Stdout, fd: int(os.Stdout.Fd())}.withEnv(os.LookupEnv),
		stderr: screen{Writer: os.Stderr, fd: int(os.Stderr.Fd())}.withEnv(os.LookupEnv),
	}))
}

// run carries out a command line and returns the exit status.
func run(args []string, c console) int {
	var line commandLine
	parser, err := kong.New(&line, kong.Name("assay"), kong.Description(description), kong.DefaultEnvars("ASSAY"),
		kong.UsageOnError(), kong.Writers(c.stdout, c.stderr), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		return c.complain(fmt.Errorf("command line: %w", err), exitFailed)
	}
	chosen, err := parser.Parse(args)
	if err != nil {
		return c.complain(fmt.Errorf("%w (assay --help tells more)", err), exitUsage)
	}
	chosen.BindTo(context.Background(), (*context.Context)(nil))
	err = chosen.Run(c, &line.connection)
	if code, ok := errors.AsType[exitCode](err); ok {
		return int(code)
	}
	if err != nil {
		return c.complain(err, exitFailed)
	}
	return exitOK
}

// An exitCode ends the command without another word.
type exitCode int

func (e exitCode) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// A usageError is a fault of the command line that the parser cannot see.
type usageError struct{ error }

// A console is the world of a command.
type console struct {
	stdin  io.Reader
	stdout screen
	stderr screen
}

// complainMost is how many lines of an error are printed: a screen.
const complainMost = 20

// complain prints an error and returns the exit status.
func (c console) complain(err error, code int) int {
	_, usage := errors.AsType[usageError](err)
	_, format := errors.AsType[catalogue.FormatError](err)
	if usage || format {
		code = exitUsage
	}
	lines := strings.Split(err.Error(), "\n")
	for i, line := range lines {
		if i == complainMost && len(lines) > complainMost+1 {
			fmt.Fprintf(c.stderr, "... and %d lines more\n", len(lines)-i)
			break
		}
		if i == 0 {
			line = "assay: " + line
		}
		fmt.Fprintln(c.stderr, printable(line))
	}
	return code
}

// A screen is an output and what is known of it.
type screen struct {
	io.Writer
	fd       int
	terminal bool
	color    bool
}

// withEnv finds out whether the output is a terminal and takes colours.
func (s screen) withEnv(lookup func(string) (string, bool)) screen {
	s.terminal = term.IsTerminal(s.fd)
	noColor, _ := lookup("NO_COLOR")
	kind, _ := lookup("TERM")
	s.color = s.terminal && noColor == "" && kind != "dumb"
	return s
}

// Widths of tables, in columns.
const (
	widthUnknown = 100 // of an output that is no terminal
	widthLeast   = 60
	widthMost    = 160
)

// width returns how wide a table on this screen is to be.
func (s screen) width() int {
	if !s.terminal {
		return widthUnknown
	}
	w, _, err := term.GetSize(s.fd)
	if err != nil || w <= 0 {
		return widthUnknown
	}
	return min(max(w, widthLeast), widthMost)
}
