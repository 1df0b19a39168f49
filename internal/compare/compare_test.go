package compare

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/assay-project/assay/internal/catalogue"
	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/verdict"
)

// edited is the smallest rulebook with other words in one file.
func edited(t *testing.T, file, old, new string) *engine.Engine {
	t.Helper()
	fsys := fstest.MapFS{}
	base := os.DirFS("../../server/cmd/assayd/testdata/book")
	err := fs.WalkDir(base, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := fs.ReadFile(base, name)
		if name == file {
			if !strings.Contains(string(data), old) {
				t.Errorf("%s does not hold %q", file, old)
			}
			data = []byte(strings.ReplaceAll(string(data), old, new))
		}
		fsys[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	book, err := rulebook.Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.New(book)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func asIs(t *testing.T) *engine.Engine {
	return edited(t, "rulebook.yaml", "corner-shop", "corner-shop")
}

// lines are n listings: every third has a price of zero, every fifth a mark, every seventh is broken.
func lines(n int) string {
	var b strings.Builder
	for i := range n {
		title, price := "Oak chair", ""
		if i%3 == 0 {
			price = `,"price":{"currencyCode":"EUR"}`
		}
		if i%5 == 0 {
			title = "Lumora chair"
		}
		if i%7 == 0 {
			fmt.Fprintln(&b, "broken")
			continue
		}
		fmt.Fprintf(&b, `{"submissionId":"s%d","markets":["DE","US"],"merchant":{"merchantId":"m%d"},"product":{"title":"%s"%s}}`+"\n",
			i, i%4, title, price)
	}
	return b.String()
}

func run(t *testing.T, old, new *engine.Engine, text string) *Report {
	t.Helper()
	in := &catalogue.Input{Files: []string{"-"}, Stdin: strings.NewReader(text)}
	r, err := Run(t.Context(), old, new, in, Options{Now: time.Unix(1, 0), Examples: 2})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestFlipsAreCountedByWhatMovedThem(t *testing.T) {
	strict := edited(t, "decisions.yaml", "DECISION_REVIEW", "DECISION_REJECT")
	r := run(t, asIs(t), strict, lines(700))
	flip := Flip{verdict.Review, verdict.Reject}
	if r.Submissions != 600 || r.Errors != 100 || len(r.Faults) != maxFaults || r.Faults[0] != "-:1: syntax error column 1: invalid value broken" {
		t.Errorf("%d submissions, %d errors, faults %q", r.Submissions, r.Errors, r.Faults)
	}
	if want := (Flips{flip: 200}); !maps.Equal(r.Flips, want) {
		t.Errorf("flips %v, want %v", r.Flips, want)
	}
	if sum := r.Kept.Approve + r.Kept.Review + r.Kept.Reject; sum != 400 {
		t.Errorf("%d kept and 200 flipped of 600", sum)
	}
	for name, groups := range map[string]struct{ got, want Groups }{
		"code":     {r.ByCode, Groups{"PRICE_INVALID": {flip: 200}}},
		"mark":     {r.ByMark, Groups{}},
		"market":   {r.ByMarket, Groups{"DE": {flip: 200}, "US": {flip: 200}}},
		"merchant": {r.ByMerchant, Groups{"m0": {flip: 50}, "m1": {flip: 49}, "m2": {flip: 50}, "m3": {flip: 51}}},
	} {
		if diff := cmp.Diff(groups.want, groups.got); diff != "" {
			t.Errorf("by %s (-want +got):\n%s", name, diff)
		}
	}
	want := Example{Place: "-:4", SubmissionID: "s3", Title: "Oak chair", Flip: flip, Markets: []string{"DE", "US"},
		Came: []Reason{{Code: "PRICE_INVALID", Effect: "REJECT"}}, Went: []Reason{{Code: "PRICE_INVALID", Effect: "REVIEW"}}}
	if diff := cmp.Diff(want, r.Examples[0]); diff != "" || len(r.Examples) != 2 {
		t.Errorf("%d examples; the first (-want +got):\n%s", len(r.Examples), diff)
	}
}

// TestAMarkThatIsNoLongerThere is found under its own name, and as a reason that went where the decision stayed.
func TestAMarkThatIsNoLongerThere(t *testing.T) {
	r := run(t, asIs(t), edited(t, "marks.jsonl", `"text":"Lumora"`, `"text":"Somebody"`), lines(700))
	flip := Flip{verdict.Review, verdict.Approve}
	if r.Flips[flip] != 80 || r.ByMark["lumora"][flip] != 80 || r.OtherFindings != 40 {
		t.Errorf("flips %v, by mark %v, %d for other reasons", r.Flips, r.ByMark, r.OtherFindings)
	}
}

// TestTheOtherWayRoundIsTheMirror swaps the rulebooks.
func TestTheOtherWayRoundIsTheMirror(t *testing.T) {
	a, b := asIs(t), edited(t, "decisions.yaml", "DECISION_REVIEW", "DECISION_REJECT")
	there, back := run(t, a, b, lines(100)), run(t, b, a, lines(100))
	for f, n := range there.Flips {
		if back.Flips[Flip{f.To, f.From}] != n {
			t.Errorf("%v: %d there, %v back", f, n, back.Flips)
		}
	}
	if same := run(t, a, asIs(t), lines(100)); len(same.Flips)+len(same.Examples) > 0 || same.OtherFindings > 0 {
		t.Errorf("a rulebook differs from itself: %+v", same)
	}
}

func TestCoresDoNotMatter(t *testing.T) {
	a, b := asIs(t), edited(t, "decisions.yaml", "DECISION_REVIEW", "DECISION_REJECT")
	want := run(t, a, b, lines(1000))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, procs := range []int{1, 3} {
		runtime.GOMAXPROCS(procs)
		if diff := cmp.Diff(want, run(t, a, b, lines(1000)), cmpopts.IgnoreUnexported(Report{})); diff != "" {
			t.Errorf("on %d cores (-want +got):\n%s", procs, diff)
		}
	}
}

func TestNamesAreBounded(t *testing.T) {
	g := Groups{}
	for i := range maxNames + 10 {
		g.add(fmt.Sprint(i), Flip{verdict.Approve, verdict.Reject})
	}
	if n := g[others][Flip{verdict.Approve, verdict.Reject}]; len(g) != maxNames+1 || n != 10 {
		t.Errorf("%d names, %d under others", len(g), n)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	in := &catalogue.Input{Files: []string{"-"}, Stdin: strings.NewReader(lines(1000))}
	e := asIs(t)
	if r, err := Run(ctx, e, e, in, Options{}); err == nil || r.Submissions > 1 {
		t.Errorf("%+v, %v", r, err)
	}
}
