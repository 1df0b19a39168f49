package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// runAsAssayd is the variable that makes the test binary the program.
const runAsAssayd = "ASSAYD_TEST_RUN_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(runAsAssayd) != "" {
		main()
	}
	testscript.Main(m, map[string]func(){"assayd": main})
}

// Every script has the smallest rulebook that works in the directory book.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:  "testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "lines": lines, "copybook": copybook},
		Setup: func(env *testscript.Env) error {
			return os.CopyFS(filepath.Join(env.WorkDir, "book"), os.DirFS("testdata/book"))
		},
	})
}

// exits runs a program that must end with a status: exits STATUS PROGRAM ARGUMENT...
func exits(ts *testscript.TestScript, not bool, args []string) {
	if not || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS PROGRAM ARGUMENT...")
	}
	var exit *exec.ExitError
	err := ts.Exec(args[1], args[2:]...)
	if !errors.As(err, &exit) || strconv.Itoa(exit.ExitCode()) != args[0] {
		ts.Fatalf("ended with %v, want status %s", err, args[0])
	}
}

// copybook makes another copy of the rulebook: copybook DIRECTORY
func copybook(ts *testscript.TestScript, not bool, args []string) {
	if not || len(args) != 1 {
		ts.Fatalf("usage: copybook DIRECTORY")
	}
	ts.Check(os.CopyFS(ts.MkAbs(args[0]), os.DirFS(ts.MkAbs("book"))))
}

// lines says how many lines the last program's output may have: lines MOST stdout|stderr
func lines(ts *testscript.TestScript, not bool, args []string) {
	if not || len(args) != 2 {
		ts.Fatalf("usage: lines MOST stdout|stderr")
	}
	most, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := strings.Count(ts.ReadFile(args[1]), "\n"); got > most {
		ts.Fatalf("%s has %d lines, want at most %d", args[1], got, most)
	}
}
