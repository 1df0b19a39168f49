package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/verdict"
	"github.com/assay-project/assay/internal/wire"
)

// A Failure is a promise of the rulebook that does not hold.
type Failure struct {
	At         rulebook.Position
	Name, Text string
}

// String is the failure on one line.
func (f Failure) String() string {
	return fmt.Sprintf("%s:%d: %s: %s", f.At.File, f.At.Line, f.Name, f.Text)
}

// testTime is when a test case that names no time is asked.
var testTime = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// Test runs the rulebook's own tests, without its outside checkers: whether a rulebook keeps its promises must not depend on
// who else is up. It returns what fails, in their order.
func (e *Engine) Test(ctx context.Context) []Failure {
	var failures []Failure
	for i := range e.book.Tests {
		t := &e.book.Tests[i]
		for _, text := range e.testOne(ctx, t) {
			failures = append(failures, Failure{At: t.At, Name: t.Name, Text: text})
		}
	}
	return failures
}

// A TestsError says that a rulebook does not hold its own promises.
type TestsError struct {
	Failures []Failure
	Tests    int // in the rulebook
}

// Error is every failure on a line of its own.
func (e *TestsError) Error() string {
	lines := make([]string, len(e.Failures))
	for i, f := range e.Failures {
		lines[i] = f.String()
	}
	return fmt.Sprintf("its own tests fail (failures: %d, tests: %d):\n%s", len(e.Failures), e.Tests, strings.Join(lines, "\n"))
}

// Prove returns a [TestsError] when any of the rulebook's own tests fails.
func (e *Engine) Prove(ctx context.Context) error {
	if failures := e.Test(ctx); len(failures) > 0 {
		return &TestsError{Failures: failures, Tests: len(e.book.Tests)}
	}
	return nil
}

func (e *Engine) testOne(ctx context.Context, t *rulebook.Test) []string {
	s, err := wire.Submission(t.Submission, testTime)
	if err != nil {
		return []string{err.Error()}
	}
	v, _, err := e.Check(ctx, s, Options{Offline: true})
	if err != nil {
		return []string{err.Error()}
	}
	var wrong []string
	if t.Decision != verdict.NoDecision && t.Decision != v.Decision {
		wrong = append(wrong, fmt.Sprintf("decision is %v, want %v", v.Decision, t.Decision))
	}
	found := codes(v.Findings)
	for _, code := range t.Codes {
		if !slices.Contains(found, code) {
			wrong = append(wrong, fmt.Sprintf("%s is not found; found %q", code, found))
		}
	}
	apart := codes(v.Shadow)
	for _, code := range t.Shadow {
		if !slices.Contains(apart, code) {
			wrong = append(wrong, fmt.Sprintf("%s is not found in shadow; found %q", code, apart))
		}
	}
	for _, code := range t.Absent {
		if slices.Contains(found, code) {
			wrong = append(wrong, code+" is found")
		}
	}
	return append(wrong, wrongMentions(t, v)...)
}

// codes are the codes, and codes with variant, of the findings that nothing excuses.
func codes(findings []verdict.Finding) []string {
	var codes []string
	for i := range findings {
		if f := &findings[i]; len(f.MitigatedBy) == 0 {
			codes = append(codes, f.Code)
			if f.Variant != "" {
				codes = append(codes, f.Code+"/"+f.Variant)
			}
		}
	}
	return codes
}

func wrongMentions(t *rulebook.Test, v *verdict.Verdict) []string {
	var wrong []string
	for _, want := range t.Mentions {
		if !slices.ContainsFunc(v.Mentions, func(m check.Mention) bool {
			return m.MarkID == want.MarkID && (want.Role == check.RoleUnknown || want.Role == m.Role)
		}) {
			wrong = append(wrong, fmt.Sprintf("no mention of %q in role %d; mentions are %v", want.MarkID, want.Role, roles(v.Mentions)))
		}
	}
	return wrong
}

func roles(mentions []check.Mention) []string {
	texts := make([]string, len(mentions))
	for i, m := range mentions {
		texts[i] = fmt.Sprintf("%s:%d", m.MarkID, m.Role)
	}
	return texts
}
