package server_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/server"
)

// edition writes a rulebook to dir that says n in three of its files, and returns dir.
func edition(t testing.TB, dir string, n int) string {
	t.Helper()
	base := os.DirFS("cmd/assayd/testdata/book")
	err := fs.WalkDir(base, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := fs.ReadFile(base, name)
		if err != nil {
			return err
		}
		path := filepath.Join(dir, name)
		return writeFile(path, editionOf(name, string(data), n))
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func editionOf(name, text string, n int) string {
	switch name {
	case "rulebook.yaml":
		return fmt.Sprintf("label: v%d\n", n)
	case "decisions.yaml":
		return strings.Replace(text, "that can be paid", fmt.Sprintf("v%d", n), 1)
	case "marks.jsonl", "gates.yaml":
		return strings.ReplaceAll(text, "lumora", fmt.Sprintf("lumora.v%d", n))
	}
	return text
}

func writeFile(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// editions are what a verdict says of the edition it comes from: its label, a message of its table, the id of its mark.
func editions(t testing.TB, v *assayv1.Verdict) [3]string {
	t.Helper()
	said := [3]string{v.GetRulebook().GetLabel()}
	for _, f := range v.GetFindings() {
		if f.GetCode() == "PRICE_INVALID" {
			said[1] = strings.TrimSuffix(strings.TrimPrefix(f.GetMerchantMessage(), "State a price "), ".")
		}
	}
	for _, m := range v.GetMentions() {
		said[2] = strings.TrimPrefix(m.GetMarkId(), "lumora.")
	}
	return said
}

func whole(said [3]string) bool {
	return strings.HasPrefix(said[0], "v") && said[0] == said[1] && said[1] == said[2]
}

// telling is a submission whose verdict names the edition.
func telling() *assayv1.Submission {
	s := submission("s")
	s.Product.Title, s.Product.Price = "Lumora chair", &money.Money{CurrencyCode: "EUR"}
	return s
}

// following is a server with the book in dir in force, which follows it; look makes it look and waits until it has.
func following(t *testing.T, f server.Folder) (client assayv1.ComplianceServiceClient, look func() *assayv1.GetRulebookResponse) {
	t.Helper()
	f.Compile = engine.New
	s := server.New(server.Config{})
	s.Use(load(t, f.Dir))
	client = assayv1.NewComplianceServiceClient(start(t, s, inMemory()))
	now := make(chan os.Signal)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); s.Follow(ctx, f, now) }()
	t.Cleanup(func() { cancel(); <-done })
	status := func() *assayv1.GetRulebookResponse {
		r, err := client.GetRulebook(background(t), &assayv1.GetRulebookRequest{})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	return client, func() *assayv1.GetRulebookResponse {
		t.Helper()
		before := status().GetLastLoad().GetAttempts()
		now <- syscall.SIGHUP
		for ctx := background(t); ; time.Sleep(time.Millisecond) {
			if r := status(); r.GetLastLoad().GetAttempts() > before {
				return r
			}
			if ctx.Err() != nil {
				t.Fatal("it was asked to look and did not")
			}
		}
	}
}

// await asks until the edition in force is the wanted one.
func await(t *testing.T, client assayv1.ComplianceServiceClient, want string) {
	t.Helper()
	ctx := background(t)
	for ctx.Err() == nil {
		r, err := client.GetRulebook(ctx, &assayv1.GetRulebookRequest{})
		if err != nil {
			t.Fatal(err)
		}
		if r.GetRulebook().GetLabel() == want {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("%s never came into force", want)
}

// swap makes link lead to target in one step.
func swap(t testing.TB, link, target string) {
	t.Helper()
	if err := os.Symlink(target, link+".new"); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if err := os.Rename(link+".new", link); err != nil {
		t.Fatal(err)
	}
}

// TestFollowSeesEveryKindOfChange changes a rulebook in the ways that editors, deployments and mounts do.
func TestFollowSeesEveryKindOfChange(t *testing.T) {
	for name, layout := range map[string]func(t *testing.T, top string) (dir string, change func(n int)){
		"files written in place": func(t *testing.T, top string) (string, func(int)) {
			return edition(t, top, 0), func(n int) { edition(t, top, n) }
		},
		"a link to a directory": func(t *testing.T, top string) (string, func(int)) {
			link := filepath.Join(top, "current")
			change := func(n int) { swap(t, link, edition(t, filepath.Join(top, fmt.Sprint(n)), n)) }
			change(0)
			return link, change
		},
		"a mounted ConfigMap": func(t *testing.T, top string) (string, func(int)) {
			link := filepath.Join(top, "..data")
			change := func(n int) {
				edition(t, filepath.Join(top, fmt.Sprintf("..2026_%d", n)), n)
				swap(t, link, fmt.Sprintf("..2026_%d", n))
				os.RemoveAll(filepath.Join(top, fmt.Sprintf("..2026_%d", n-1)))
			}
			change(0)
			for _, name := range []string{"rulebook.yaml", "marks.jsonl", "tests"} {
				if err := os.Symlink(filepath.Join("..data", name), filepath.Join(top, name)); err != nil {
					t.Fatal(err)
				}
			}
			return top, change
		},
		"a directory put in the place of another": func(t *testing.T, top string) (string, func(int)) {
			dir := filepath.Join(top, "book")
			change := func(n int) {
				next := edition(t, filepath.Join(top, fmt.Sprint(n)), n)
				os.RemoveAll(dir)
				if err := os.Rename(next, dir); err != nil {
					t.Fatal(err)
				}
			}
			change(0)
			return dir, change
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir, change := layout(t, t.TempDir())
			client, _ := following(t, server.Folder{Dir: dir, Poll: 10 * time.Millisecond})
			for n := 1; n <= 3; n++ {
				change(n)
				await(t, client, fmt.Sprintf("v%d", n))
			}
		})
	}
}

// TestABadRulebookChangesNothing breaks the files in every way, asks, puts them right and asks again.
func TestABadRulebookChangesNothing(t *testing.T) {
	put := func(name, text string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			if err := writeFile(filepath.Join(dir, name), text); err != nil {
				t.Fatal(err)
			}
		}
	}
	words := ""
	for i := range 50 {
		words += fmt.Sprintf("word%s\t%d\n", strings.Repeat("a", i), i+1)
	}
	for name, row := range map[string]struct {
		spoil func(t *testing.T, dir string)
		says  string
	}{
		"a file half written": {put("marks.jsonl", `{"id":"lumora","te`), "marks.jsonl:1"},
		"a file emptied":      {put("wording.yaml", ""), "wording.yaml: the file is empty"},
		"bad syntax":          {put("gates.yaml", "gates: ["), "gates.yaml:1"},
		"an unknown mark":     {put("gates.yaml", "gates:\n  - marks: [nobody]\n    pack: default\n"), "nobody"},
		"a file of others":    {put("notes.txt", "x"), "notes.txt"},
		"its own test fails": {put("tests/own.yaml", "cases:\n  - name: refused\n    submission: {product: {title: Oak chair}}\n"+
			"    expect: {decision: DECISION_REJECT}\n"), "decision is APPROVE, want REJECT"},
		"a file gone":      {func(t *testing.T, dir string) { os.Remove(filepath.Join(dir, "packs.yaml")) }, "packs.yaml: the file is missing"},
		"the folder gone":  {func(t *testing.T, dir string) { os.RemoveAll(dir) }, "open rulebook"},
		"most rows gone":   {put("words.tsv", "chair\t1\n"), "words.tsv: 1 rows, where the rulebook in force has 50"},
		"a link elsewhere": {func(t *testing.T, dir string) { swap(t, filepath.Join(dir, "gates.yaml"), "/etc/hostname") }, "links are not followed"},
		"a folder as file": {func(t *testing.T, dir string) {
			os.Remove(filepath.Join(dir, "words.tsv"))
			os.Mkdir(filepath.Join(dir, "words.tsv"), 0o755)
		}, "words.tsv"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "book")
			restore := func(n int) {
				os.RemoveAll(dir)
				put("words.tsv", words)(t, edition(t, dir, n))
			}
			restore(1)
			client, look := following(t, server.Folder{Dir: dir})
			row.spoil(t, dir)
			r := look()
			if r.GetRulebook().GetLabel() != "v1" || !strings.Contains(r.GetLastLoad().GetError(), row.says) || r.GetLastLoad().GetFailures() != 1 {
				t.Errorf("in force: %v; last load: %v; want an error with %q", r.GetRulebook(), r.GetLastLoad(), row.says)
			}
			answer, err := client.CheckSubmission(background(t), &assayv1.CheckSubmissionRequest{Submission: telling()})
			if err != nil || !whole(editions(t, answer.GetVerdict())) {
				t.Errorf("a check gives %v, %v", answer, err)
			}
			restore(2)
			if r := look(); r.GetRulebook().GetLabel() != "v2" || r.GetLastLoad().GetError() != "" || r.GetLastLoad().GetAttempts() != 2 {
				t.Errorf("put right, in force is %v; last load: %v", r.GetRulebook(), r.GetLastLoad())
			}
		})
	}
}

func TestShrinkingCanBeAllowed(t *testing.T) {
	dir := edition(t, t.TempDir(), 1)
	if err := writeFile(filepath.Join(dir, "words.tsv"), "table\t9\nchair\t5\nlamp\t3\n"); err != nil {
		t.Fatal(err)
	}
	_, look := following(t, server.Folder{Dir: dir, AllowShrink: true})
	if err := writeFile(filepath.Join(dir, "words.tsv"), "chair\t5\n"); err != nil {
		t.Fatal(err)
	}
	if r := look(); r.GetLastLoad().GetError() != "" {
		t.Errorf("last load: %v", r.GetLastLoad())
	}
}

// TestWholeSeesAMix shows that what TestReloadsUnderLoad looks for would be seen.
func TestWholeSeesAMix(t *testing.T) {
	for _, name := range []string{"rulebook.yaml", "decisions.yaml", "marks.jsonl"} {
		dir := edition(t, t.TempDir(), 1)
		other := edition(t, t.TempDir(), 2)
		for _, moved := range append([]string{name}, map[string][]string{"marks.jsonl": {"gates.yaml"}}[name]...) {
			if err := os.Rename(filepath.Join(other, moved), filepath.Join(dir, moved)); err != nil {
				t.Fatal(err)
			}
		}
		client, _ := following(t, server.Folder{Dir: dir})
		r, err := client.CheckSubmission(background(t), &assayv1.CheckSubmissionRequest{Submission: telling()})
		if err != nil {
			t.Fatal(err)
		}
		if said := editions(t, r.GetVerdict()); whole(said) {
			t.Errorf("%s of another edition is not seen: %v", name, said)
		}
	}
}

// TestReloadsUnderLoad swaps the rulebook again and again while clients ask, and reads every verdict.
func TestReloadsUnderLoad(t *testing.T) {
	const reloads = 100
	top := t.TempDir()
	link := filepath.Join(top, "current")
	swap(t, link, edition(t, filepath.Join(top, "0"), 0))
	client, look := following(t, server.Folder{Dir: link})
	var asked atomic.Int64
	ctx, stop := context.WithCancel(background(t))
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			digests := map[string]string{}
			for ctx.Err() == nil {
				r, err := client.CheckSubmission(background(t), &assayv1.CheckSubmissionRequest{Submission: telling()})
				if err != nil {
					t.Errorf("a call failed: %v", err)
					return
				}
				asked.Add(1)
				said, digest := editions(t, r.GetVerdict()), r.GetVerdict().GetRulebook().GetSha256()
				if !whole(said) {
					t.Errorf("a verdict is of several editions: %v", said)
				}
				if before, ok := digests[said[0]]; ok && before != digest {
					t.Errorf("%s has the digests %s and %s", said[0], before, digest)
				}
				digests[said[0]] = digest
				time.Sleep(5 * time.Millisecond)
			}
		})
	}
	for n := 1; n <= reloads; n++ {
		swap(t, link, edition(t, filepath.Join(top, fmt.Sprint(n)), n))
		if r := look(); r.GetRulebook().GetLabel() != fmt.Sprintf("v%d", n) {
			t.Fatalf("in force is %v; last load: %v", r.GetRulebook(), r.GetLastLoad())
		}
	}
	stop()
	clients.Wait()
	if asked.Load() < reloads {
		t.Errorf("only %d calls", asked.Load())
	}
}

// TestAShadowDecidesNothing runs another edition beside the one in force, which refuses what that one reviews.
func TestAShadowDecidesNothing(t *testing.T) {
	dir, candidate := edition(t, t.TempDir(), 1), edition(t, t.TempDir(), 2)
	table, err := os.ReadFile(filepath.Join(candidate, "decisions.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	stricter := strings.Replace(string(table), "DECISION_REVIEW", "DECISION_REJECT", 1)
	if err := writeFile(filepath.Join(candidate, "decisions.yaml"), stricter); err != nil {
		t.Fatal(err)
	}
	s := server.New(server.Config{})
	s.Use(load(t, dir))
	client := assayv1.NewComplianceServiceClient(start(t, s, inMemory()))
	alone := check(t, client, telling())
	s.Shadow(load(t, candidate))
	v := check(t, client, telling())
	if v.GetShadowRulebook().GetLabel() != "v2" || v.GetShadowDecision() != assayv1.Decision_DECISION_REJECT ||
		v.GetMarketDecisions()[0].GetShadowDecision() != assayv1.Decision_DECISION_REJECT {
		t.Errorf("in shadow: %v decides %v", v.GetShadowRulebook(), v.GetShadowDecision())
	}
	for _, f := range v.GetShadowFindings() {
		if !strings.HasPrefix(f.GetFindingId(), "shadow/") {
			t.Errorf("a finding in shadow has the id %s", f.GetFindingId())
		}
	}
	if len(v.GetShadowFindings()) != len(v.GetFindings()) {
		t.Errorf("%d findings, %d in shadow", len(v.GetFindings()), len(v.GetShadowFindings()))
	}
	v.ShadowFindings, v.ShadowDecision, v.ShadowRulebook = nil, 0, nil
	for _, m := range v.GetMarketDecisions() {
		m.ShadowDecision = 0
	}
	if diff := cmp.Diff(alone, v, protocmp.Transform()); diff != "" {
		t.Errorf("the shadow changes the verdict (-alone +beside it):\n%s", diff)
	}
	status, err := client.GetRulebook(background(t), &assayv1.GetRulebookRequest{})
	if err != nil {
		t.Fatal(err)
	}
	want := []*assayv1.ShadowCount{{Decision: assayv1.Decision_DECISION_REVIEW, ShadowDecision: assayv1.Decision_DECISION_REJECT, Count: 1}}
	if diff := cmp.Diff(want, status.GetShadow().GetCounts(), protocmp.Transform()); diff != "" || status.GetShadow().GetRulebook().GetLabel() != "v2" {
		t.Errorf("counts of %v (-want +got):\n%s", status.GetShadow().GetRulebook(), diff)
	}
	s.Use(load(t, dir))
	if v := check(t, client, telling()); v.GetShadowRulebook().GetLabel() != "v2" {
		t.Errorf("after a reload the shadow is %v", v.GetShadowRulebook())
	}
	s.Shadow(nil)
	if v := check(t, client, telling()); v.GetShadowRulebook() != nil || v.GetShadowDecision() != 0 {
		t.Errorf("after it was taken away the shadow is %v", v.GetShadowRulebook())
	}
}

func load(t *testing.T, dir string) *engine.Engine {
	t.Helper()
	book, err := rulebook.LoadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.New(book)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func check(t *testing.T, client assayv1.ComplianceServiceClient, s *assayv1.Submission) *assayv1.Verdict {
	t.Helper()
	s.AsOf = timestamppb.New(time.Unix(1_790_000_000, 0))
	r, err := client.CheckSubmission(background(t), &assayv1.CheckSubmissionRequest{Submission: s})
	if err != nil {
		t.Fatal(err)
	}
	return r.GetVerdict()
}
