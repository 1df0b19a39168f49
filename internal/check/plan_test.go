package check_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-project/assay/internal/check"
)

type (
	checker = check.Checker[string]
	pass    = check.Pass[string]
)

// reports makes a checker that reports the given codes.
func reports(name string, codes ...string) *checker {
	return &checker{Name: name, Run: func(_ context.Context, p *pass) error {
		for _, code := range codes {
			p.Report(check.Finding{Code: code})
		}
		return nil
	}}
}

func plan(t *testing.T, checkers ...*checker) *check.Plan[string] {
	t.Helper()
	p, err := check.NewPlan(checkers...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// ended is what a run shows: per checker its status, reason and findings.
func ended(r *check.Report) []string {
	var rows []string
	for _, o := range r.Outcomes {
		row := []string{o.Checker, []string{"?", "clean", "flagged", "skipped", "timed out", "failed"}[o.Status], o.Reason}
		for _, f := range r.Findings {
			if f.Checker == o.Checker {
				row = append(row, f.ID+"="+f.Code)
			}
		}
		rows = append(rows, strings.TrimSpace(strings.Join(row, " ")))
	}
	return rows
}

func TestRunTellsHowEachEnded(t *testing.T) {
	boom := errors.New("boom")
	broken := &checker{Name: "broken", Run: func(context.Context, *pass) error { return boom }}
	panics := &checker{Name: "panics", Run: func(_ context.Context, p *pass) error {
		p.Report(check.Finding{Code: "BEFORE"})
		panic("what the merchant wrote: " + p.Subject)
	}}
	slow := &checker{Name: "slow", Run: func(context.Context, *pass) error { return context.DeadlineExceeded }}
	late := &checker{Name: "late", Requires: []*checker{broken}, Run: reports("late", "NEVER").Run}
	idle := &checker{Name: "idle", Skip: func(s string) string { return "nothing for " + s }, Run: reports("idle", "NEVER").Run}
	tells := &checker{Name: "tells", Run: func(context.Context, *pass) error {
		return fmt.Errorf("run: %w", &check.Failure{Variant: "unavailable", Reason: "could not be reached", Err: boom})
	}}
	capped := &checker{Name: "capped", Run: func(_ context.Context, p *pass) error { p.Degrade("looked at half"); return nil }}
	r := plan(t, reports("quiet"), reports("loud", "A", "B"), broken, panics, slow, late, idle, capped, tells).Run(t.Context(), "it", nil)
	want := []string{
		"quiet clean",
		"loud flagged  loud/1=A loud/2=B",
		"broken failed did not work",
		"panics failed did not work panics/1=BEFORE",
		"slow timed out ran out of time",
		"late failed requires broken, which did not run",
		"idle skipped nothing for it",
		"capped clean looked at half",
		"tells failed could not be reached",
	}
	if diff := cmp.Diff(want, ended(r)); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	if !errors.Is(r.Outcomes[2].Err, boom) {
		t.Errorf("the error of broken is %v", r.Outcomes[2].Err)
	}
	if told := r.Outcomes[8]; told.Variant != "unavailable" || !errors.Is(told.Err, boom) {
		t.Errorf("tells ended as %+v", told)
	}
	var panicked *check.PanicError
	if !errors.As(r.Outcomes[3].Err, &panicked) || strings.Contains(panicked.Error(), "merchant") {
		t.Errorf("the error of panics is %v: want a PanicError that repeats nothing", r.Outcomes[3].Err)
	}
}

func TestRunStopsStartingWhenTimeIsUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	first := &checker{Name: "first", Run: func(context.Context, *pass) error { cancel(); return nil }}
	r := plan(t, first, reports("second", "NEVER")).Run(ctx, "", nil)
	if diff := cmp.Diff([]string{"first clean", "second timed out ran out of time"}, ended(r)); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
}

// TestThoseThatWaitRunAtOnce lets each wait until all have started, so it ends only if they run together.
func TestThoseThatWaitRunAtOnce(t *testing.T) {
	const n = 4
	stage := check.NewStage(checker{Name: "stage"}, func(_ context.Context, p *pass) (int, error) {
		p.Report(check.Finding{Code: "FIRST"})
		return len(p.Subject), nil
	})
	all := []*checker{stage.Checker}
	started := make(chan struct{}, n)
	together := make(chan struct{})
	go func() {
		defer close(together)
		for range n {
			<-started
		}
	}()
	for i := range n {
		all = append(all, &checker{Name: string(rune('a' + i)), Waits: true, Requires: []*checker{stage.Checker},
			Run: func(_ context.Context, p *pass) error {
				started <- struct{}{}
				<-together
				p.Ran("2.0")
				if got := stage.Result(p); got != 4 || len(p.Findings()) != 1 {
					t.Errorf("sees result %d and %d findings, want 4 and 1", got, len(p.Findings()))
				}
				p.Report(check.Finding{Code: "X"})
				p.Report(check.Finding{Code: "Y"})
				return nil
			}})
	}
	all[2].Run = func(context.Context, *pass) error {
		started <- struct{}{}
		panic("boom")
	}
	r := plan(t, all...).Run(t.Context(), "four", nil)
	want := []string{"stage flagged  stage/1=FIRST", "a flagged  a/1=X a/2=Y", "b failed did not work", "c flagged  c/1=X c/2=Y",
		"d flagged  d/1=X d/2=Y"}
	if diff := cmp.Diff(want, ended(r)); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	for i, id := range []string{"stage/1", "a/1", "a/2", "c/1", "c/2", "d/1", "d/2"} {
		if i >= len(r.Findings) || r.Findings[i].ID != id {
			t.Fatalf("finding %d is not %s: %v", i, id, r.Findings)
		}
	}
	if r.Outcomes[1].Version != "2.0" {
		t.Errorf("version %q ran", r.Outcomes[1].Version)
	}
}

func TestErrorsThatSayMore(t *testing.T) {
	timeout := &checker{Name: "slow", Run: func(context.Context, *pass) error {
		return &check.Failure{Reason: "did not answer within 300ms", Err: context.DeadlineExceeded}
	}}
	away := &checker{Name: "away", Run: func(context.Context, *pass) error {
		return fmt.Errorf("ask: %w", &check.Failure{Reason: "could not be reached"})
	}}
	other := &checker{Name: "other", Waits: true, Run: func(context.Context, *pass) error { return check.NotApplicable("judges JP only") }}
	want := []string{"slow timed out did not answer within 300ms", "away failed could not be reached", "other skipped judges JP only"}
	if diff := cmp.Diff(want, ended(plan(t, timeout, away, other).Run(t.Context(), "", nil))); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
}

func TestStageHandsItsResultOn(t *testing.T) {
	stage := check.NewStage(checker{Name: "length"}, func(_ context.Context, p *pass) (int, error) { return len(p.Subject), nil })
	var got int
	reader := &checker{Name: "reader", Requires: []*checker{stage.Checker}, Run: func(_ context.Context, p *pass) error {
		got = stage.Result(p)
		return nil
	}}
	r := plan(t, stage.Checker, reader).Run(t.Context(), "four", nil)
	if got != 4 || stage.In(r) != 4 {
		t.Errorf("the reader saw %d, the report holds %d, want 4", got, stage.In(r))
	}
}

func TestSelectTakesWhatIsRequired(t *testing.T) {
	a, b := reports("a", "A"), reports("b", "B")
	c := &checker{Name: "c", Requires: []*checker{a}, Run: reports("c", "C").Run}
	p := plan(t, a, b, c)
	selected, err := p.Select([]string{"c"})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"a flagged  a/1=A", "b skipped not asked for", "c flagged  c/1=C"}
	if diff := cmp.Diff(want, ended(p.Run(t.Context(), "", selected))); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	if _, err := p.Select([]string{"c", "x", "y"}); err == nil || !strings.Contains(err.Error(), `["x" "y"]`) {
		t.Errorf("unknown names give %v", err)
	}
}

func TestNewPlanSaysEverythingThatIsWrong(t *testing.T) {
	a := reports("a")
	needy := &checker{Name: "needy", Requires: []*checker{a}, Run: a.Run}
	slow := &checker{Name: "slow", Waits: true, Run: a.Run}
	hasty := &checker{Name: "hasty", Requires: []*checker{slow}, Run: a.Run}
	_, err := check.NewPlan(needy, a, reports("a"), &checker{Name: "empty"}, slow, hasty)
	want := `plan checker "needy": requires "a", which is not planned before it
plan checker "a": the name is taken
plan checker 3: needs a name and a run
plan checker "hasty": requires "slow", which waits: it is started when all others have ended
plan checker "hasty": those that wait come last`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestSurfaceIsCutAtACharacter(t *testing.T) {
	text := "x" + strings.Repeat("é", 200)
	if got := check.Surface(text, 0, len(text)); len(got) != 255 || !strings.HasPrefix(text, got) {
		t.Errorf("kept %d bytes, want 255", len(got))
	}
	if got := check.Surface("nike air", 5, 8); got != "air" {
		t.Errorf("got %q", got)
	}
}
