package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-project/assay/internal/conformance"
	"github.com/assay-project/assay/internal/outside/faulty"
)

// assay runs a command line in this process.
func assay(args ...string) (status int, stdout, stderr string) {
	var out, err bytes.Buffer
	status = run(args, console{stdin: strings.NewReader(""), stdout: screen{Writer: &out}, stderr: screen{Writer: &err}})
	return status, out.String(), err.String()
}

func TestCheckerTest(t *testing.T) {
	cases := filepath.Join(t.TempDir(), "cases.jsonl")
	text := `{"submission":{"submissionId":"a","product":{"title":"a banned chair"}},"codes":["WORD"]}` + "\n\n" +
		`{"submission":{"submissionId":"b","product":{"title":"a chair"}},"mentions":[{"markId":"m"}],"codes":[]}` + "\n"
	if err := os.WriteFile(cases, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	sound := faulty.Serve(t, faulty.Checker{})
	status, out, errors := assay("checker", "test", "--addr", sound, "--cases", cases, "--endure", "50ms", "--timeout", "5s")
	if status != exitOK || !strings.Contains(out, "ok    cases  ") || strings.Contains(out, "FAIL") || errors != "" {
		t.Errorf("a sound checker: status %d\n%s%s", status, out, errors)
	}
	liar := faulty.Serve(t, faulty.Liars()["unknown code"])
	status, out, _ = assay("checker", "test", "--addr", liar, "--endure", "0s", "--timeout", "5s")
	if status != exitVerdict || !strings.Contains(out, `FAIL  ordinary`) || !strings.Contains(out, `"OTHER" is not a code that it declared`) {
		t.Errorf("a liar: status %d\n%s", status, out)
	}
	status, out, _ = assay("checker", "test", "--addr", sound, "--endure", "0s", "--output", "jsonl", "--timeout", "5s")
	var first conformance.Result
	if err := json.Unmarshal([]byte(strings.SplitN(out, "\n", 2)[0]), &first); err != nil || status != exitOK || first.Trial != "description" || !first.Passed {
		t.Errorf("as JSON: status %d, %v\n%s", status, err, out)
	}
}

func TestCheckerTestUsage(t *testing.T) {
	if status, _, errors := assay("checker", "test"); status != exitUsage || !strings.Contains(errors, "--addr") {
		t.Errorf("without an address: %d, %s", status, errors)
	}
	for text, want := range map[string]string{
		"":                                  "holds no cases",
		"x":                                 ":1: case: invalid character",
		`{"submission":{}}`:                 `it needs "submission" and "codes"`,
		`{"codes":[]}`:                      `it needs "submission" and "codes"`,
		`{"submission":{},"code":[]}`:       `unknown field "code"`,
		`{"submission":{"x":1},"codes":[]}`: ":1: submission: ",
		`{"submission":{},"codes":[],"mentions":[{"x":1}]}`: ":1: mentions: ",
	} {
		file := filepath.Join(t.TempDir(), "cases.jsonl")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if status, _, errors := assay("checker", "test", "--addr", "127.0.0.1:1", "--cases", file); status != exitFailed || !strings.Contains(errors, want) {
			t.Errorf("%q: status %d, %s; want %q", text, status, errors, want)
		}
	}
}
