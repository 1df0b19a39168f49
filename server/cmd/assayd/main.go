// Assayd is the daemon: it serves verdicts over gRPC, and checks rulebooks for the people who write them.
//
// Every flag is also an environment variable: --drain-delay is ASSAYD_DRAIN_DELAY. Exit status: 0 all well; 1 it could
// not run, or calls had to be cut off when it was stopped; 2 usage; 3 the rulebook has errors; 4 the rulebook's own
// tests fail; 5 more decisions flip than diff's --at-most allows.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/alecthomas/kong"

	"github.com/assay-project/assay/internal/catalogue"
	"github.com/assay-project/assay/internal/engine"
)

// Exit statuses.
const (
	exitOK = iota
	exitFailed
	exitUsage
	exitRulebook
	exitTests
	exitFlips
)

// A usageError is in the command line.
type usageError struct{ error }

func (e *usageError) Unwrap() error { return e.error }

type commands struct {
	Serve     serveCommand     `cmd:"" help:"Serve verdicts over gRPC until SIGTERM or SIGINT drains it; a second one stops it at once."`
	Lint      lintCommand      `cmd:"" help:"Say everything that is wrong with a rulebook, with file and line."`
	Test      testCommand      `cmd:"" help:"Run a rulebook's own tests."`
	Diff      diffCommand      `cmd:"" help:"Compare what two rulebooks say of the same submissions."`
	Baselines baselinesCommand `cmd:"" help:"Make the price baselines of a rulebook from observations."`
	Marks     marksCommand     `cmd:"" help:"Make the register of marks of a rulebook from lists of marks."`
	Keys      keysCommand      `cmd:"" help:"Make API keys for callers."`
	Version   versionCommand   `cmd:"" help:"Print the version."`
}

// world is what a command sees of the world.
type world struct{ stdout, stderr io.Writer }

func main() { os.Exit(run(os.Args[1:], world{os.Stdout, os.Stderr})) }

// run runs a command line and returns the exit status.
func run(args []string, w world) int {
	helped := false
	parser, err := kong.New(&commands{},
		kong.Name("assayd"),
		kong.Description("Decides whether product listings may go live.\n\nExit status: 0 all well; 1 could not run; 2 usage; "+
			"3 the rulebook has errors; 4 the rulebook's own tests fail; 5 more flips than diff's --at-most allows."),
		kong.DefaultEnvars("ASSAYD"),
		kong.Writers(w.stdout, w.stderr),
		kong.Exit(func(int) { helped = true }))
	if err != nil {
		return fail(w, exitFailed, err)
	}
	line, err := parser.Parse(args)
	if helped {
		return exitOK
	}
	if err != nil {
		return fail(w, exitUsage, fmt.Errorf("%w (see assayd --help)", err))
	}
	if err := line.Run(w); err != nil {
		return fail(w, statusOf(err), err)
	}
	return exitOK
}

// statusOf is the exit status of an error.
func statusOf(err error) int {
	var book *rulebookError
	var tests *testsError
	var flips *flipsError
	var usage *usageError
	var format catalogue.FormatError
	switch {
	case errors.As(err, &usage), errors.As(err, &format):
		return exitUsage
	case errors.As(err, &flips):
		return exitFlips
	case errors.As(err, &book):
		return exitRulebook
	case errors.As(err, &tests):
		return exitTests
	}
	return exitFailed
}

func fail(w world, status int, err error) int {
	fmt.Fprintf(w.stderr, "assayd: %v\n", err)
	return status
}

type versionCommand struct{}

// mainVersion is the module's version, "" where the binary does not say.
func mainVersion() string {
	if build, ok := debug.ReadBuildInfo(); ok {
		return build.Main.Version
	}
	return ""
}

// Run prints the module's version, the commit where it is known, and Go's version.
func (versionCommand) Run(w world) error {
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return errors.New("read version: the binary does not say")
	}
	revision := ""
	for _, s := range build.Settings {
		if s.Key == "vcs.revision" {
			revision = " " + s.Value
		}
	}
	_, err := fmt.Fprintf(w.stdout, "assayd %s%s %s\n", build.Main.Version, revision, build.GoVersion)
	return err
}

type testCommand struct {
	Dir string `arg:"" help:"The rulebook's directory."`
}

// Run loads, compiles and runs the tests. Failures go to standard output, all of them, one a line.
func (c testCommand) Run(w world) error {
	e, err := compile(c.Dir, engine.New)
	if err != nil {
		return err
	}
	failures := e.Test(context.Background())
	for _, f := range failures {
		fmt.Fprintf(w.stdout, "%s/%s\n", c.Dir, f)
	}
	if len(failures) > 0 {
		return &testsError{book: c.Dir, of: len(e.Book().Tests), failed: len(failures)}
	}
	_, err = fmt.Fprintf(w.stdout, "%s: ok: %d tests pass\n", c.Dir, len(e.Book().Tests))
	return err
}
