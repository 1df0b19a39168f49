package qualification

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"buf.build/go/protoyaml"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"google.golang.org/protobuf/proto"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/verdict"
	"github.com/assay-project/assay/internal/wire"
)

// A testCase is a case ready to run: a file of testdata/cases over testdata/base.txtar.
type testCase struct {
	book       *rulebook.Book
	submission *listing.Submission
	want       string
}

func archive(t testing.TB, path string) *txtar.Archive {
	t.Helper()
	a, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// newBook is the small book of the rulebook's tests with the files of archives in place of its own.
func newBook(t testing.TB, archives ...*txtar.Archive) *rulebook.Book {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, a := range append([]*txtar.Archive{archive(t, "../../rulebook/testdata/book.txtar")}, archives...) {
		for _, f := range a.Files {
			if f.Name != "want" && f.Name != "submission.yaml" {
				fsys[f.Name] = &fstest.MapFile{Data: f.Data}
			}
		}
	}
	delete(fsys, "rules.yaml")
	book, err := rulebook.Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return book
}

// take is a file of an archive, empty where it is not there.
func take(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func readSubmission(t testing.TB, archives ...*txtar.Archive) *listing.Submission {
	t.Helper()
	m := &assayv1.Submission{}
	for _, a := range archives {
		part := &assayv1.Submission{}
		options := protoyaml.UnmarshalOptions{Path: "submission.yaml"}
		if err := options.Unmarshal([]byte(take(a, "submission.yaml")), part); err != nil {
			t.Fatalf("%s: %v", strings.TrimSpace(string(a.Comment)), err)
		}
		proto.Merge(m, part)
	}
	s, err := wire.Submission(m, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func readCases(t testing.TB) map[string]*testCase {
	t.Helper()
	base := archive(t, "testdata/base.txtar")
	shared := newBook(t, base)
	paths, err := filepath.Glob("testdata/cases/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	cases := make(map[string]*testCase)
	for _, path := range paths {
		a := archive(t, path)
		c := &testCase{book: shared, submission: readSubmission(t, base, a), want: strings.TrimSpace(take(a, "want"))}
		if take(a, "requirements.yaml") != "" {
			c.book = newBook(t, base, a)
		}
		cases[strings.TrimSuffix(filepath.Base(path), ".txtar")] = c
	}
	return cases
}

// A run is what came of a submission.
type run struct {
	findings []check.Finding
	result   *Result
	outcome  check.Outcome
}

func judge(t testing.TB, book *rulebook.Book, s *listing.Submission) run {
	t.Helper()
	stage := New(book)
	plan, err := check.NewPlan(stage.Checker)
	if err != nil {
		t.Fatal(err)
	}
	report := plan.Run(context.Background(), s, nil)
	if o := report.Outcomes[0]; o.Status == check.Failed || o.Status == check.TimedOut {
		t.Fatalf("the checker ended with status %d: %v", o.Status, o.Err)
	}
	r := run{findings: report.Findings, result: stage.In(report), outcome: report.Outcomes[0]}
	if r.result == nil {
		r.result = &Result{}
	}
	return r
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func codeOf(f *check.Finding) string {
	return strings.TrimSuffix(f.Code+"/"+f.Variant, "/")
}

// lines are what a case may expect: findings with their markets, needs of merchants alone, and until when the verdict holds.
func (r run) lines() []string {
	var lines []string
	for i := range r.findings {
		f := &r.findings[i]
		lines = append(lines, fmt.Sprintf("%s: %s %s", marketList(f.Markets), orDash(f.Words), codeOf(f)))
	}
	for _, n := range r.result.Needs {
		for i := range n.Findings {
			f := &n.Findings[i]
			line := fmt.Sprintf("%s: %s %s", marketList(f.Markets), orDash(f.Words), codeOf(f))
			if !slices.Contains(lines, line) {
				lines = append(lines, "merchant "+line)
			}
		}
	}
	if !r.result.ValidUntil.IsZero() {
		lines = append(lines, "until: "+r.result.ValidUntil.Format(time.RFC3339)+" "+r.result.ValidUntilDocument)
	}
	slices.Sort(lines)
	return lines
}

// TestCases holds every case against what it expects. A line "says:" is part of a message or of a remedy.
func TestCases(t *testing.T) {
	for name, c := range readCases(t) {
		t.Run(name, func(t *testing.T) {
			r := judge(t, c.book, c.submission)
			var want, says []string
			for line := range strings.Lines(c.want) {
				line = strings.TrimSpace(line)
				if words, ok := strings.CutPrefix(line, "says: "); ok {
					says = append(says, words)
				} else if line != "" && line != "nothing" {
					want = append(want, line)
				}
			}
			slices.Sort(want)
			if c.want == "" {
				t.Error("the case expects nothing, not even nothing")
			}
			if diff := cmp.Diff(want, r.lines()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			said := r.said()
			for _, words := range says {
				if !strings.Contains(said, words) {
					t.Errorf("nobody says %q:\n%s", words, said)
				}
			}
		})
	}
}

// said is everything that findings say.
func (r run) said() string {
	var b strings.Builder
	for _, n := range r.result.Needs {
		for i := range n.Findings {
			f := &n.Findings[i]
			fmt.Fprintf(&b, "%s\n%+v\n%+v\n%+v\n", f.Message, f.Evidence, f.Remedies, f.Facts)
		}
	}
	return b.String()
}

// TestEveryFindingCanBeActedOn: each names what was asked for and a way out, and the paper it asks for is one that would do.
func TestEveryFindingCanBeActedOn(t *testing.T) {
	for name, c := range readCases(t) {
		r := judge(t, c.book, c.submission)
		for _, n := range r.result.Needs {
			for i := range n.Findings {
				f := &n.Findings[i]
				if f.Message == "" || len(f.Evidence) == 0 || len(f.Remedies) == 0 || f.Remedies[0].Text == "" || len(f.Markets) == 0 {
					t.Errorf("%s: %s lacks something: %+v", name, codeOf(f), f)
					continue
				}
				if n.Requirement != "" && (f.Citation == "" || f.Facts.Requirement.In("en") == "") {
					t.Errorf("%s: %s does not name what is asked for", name, codeOf(f))
				}
				c.act(t, name, &n, f)
			}
		}
	}
}

// act gives each of the papers that a finding asks for.
func (c *testCase) act(t *testing.T, name string, n *verdict.Need, f *check.Finding) {
	t.Helper()
	fix, ok := f.Remedies[0].Fix.(check.ProvideDocument)
	if !ok {
		return
	}
	for _, d := range append([]listing.Document{fix.Requirement}, fix.Alternatives...) {
		d.ID = "given"
		s := *c.submission
		s.Documents = append([]listing.Document{d}, s.Documents[:min(len(s.Documents), maxDocuments-1)]...)
		for _, after := range judge(t, c.book, &s).result.Needs {
			for _, m := range after.Markets {
				if after.Requirement == n.Requirement && slices.Contains(n.Markets, m) && (!after.Met || len(after.Findings) > 0) {
					t.Errorf("%s: with what %s asks for in %s: %+v", name, codeOf(f), m, after)
				}
			}
		}
	}
}
