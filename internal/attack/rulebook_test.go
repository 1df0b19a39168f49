package attack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

var rulebookAttacks = []attack{
	{id: "R01", what: "a new rulebook again and again under load", must: "no call fails; each verdict names one whole rulebook", run: reloads, book: map[string]string{}},
	{id: "R02", what: "files of the rulebook cut, emptied, flipped, swapped, filled with noise, taken away while it serves", must: "what is broken never comes into force; the old one decides", run: brokenBooks, whole: true, book: map[string]string{}},
	{id: "R03", what: "a start with a rulebook that is missing, empty, unreadable, a file, or broken", must: "no start; exit status not 0; few lines that say why", run: badStarts},
	{id: "R04", what: "rules that cost without end or cannot be evaluated: comprehensions in comprehensions, strings that double, patterns, division by zero", must: "refused at the start, or REVIEW of the listing within a second", run: costlyRules},
	{id: "R06", what: "links out of the rulebook, to devices, to itself, to secrets", must: "refused; nothing of what they point at is told", run: links, whole: true, book: map[string]string{}},
	{id: "R08", what: "a rulebook that has lost most of its words", must: "refused; taken where --allow-shrink says so", run: shrunk},
}

// replace writes a file of the rulebook in one step.
func (d *daemon) replace(f *field, name, content string) {
	f.Helper()
	path := filepath.Join(d.book, name)
	if err := errors.Join(os.WriteFile(d.book+".next", []byte(content), 0o644), os.Rename(d.book+".next", path)); err != nil {
		f.Fatal(err)
	}
}

func (f *field) rulebook() *assayv1.GetRulebookResponse {
	f.Helper()
	ctx, cancel := f.call()
	defer cancel()
	r, err := f.api.GetRulebook(ctx, &assayv1.GetRulebookRequest{})
	if err != nil {
		f.Error(err)
	}
	return r
}

// attempted waits until one more attempt to load was made, for up to a while.
func (f *field) attempted(before int64, long time.Duration) bool {
	for end := time.Now().Add(long); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if f.rulebook().GetLastLoad().GetAttempts() > before {
			return true
		}
	}
	return false
}

func reloads(f *field) string {
	ctx, stop := context.WithCancel(context.Background())
	var wait sync.WaitGroup
	var calls, failed atomic.Int64
	var digests sync.Map // label: digest
	for range 4 {
		wait.Go(func() {
			for ctx.Err() == nil {
				r, err := f.check(chair())
				calls.Add(1)
				book := r.GetVerdict().GetRulebook()
				if known, ok := digests.LoadOrStore(book.GetLabel(), book.GetSha256()); err != nil || ok && known != book.GetSha256() {
					failed.Add(1)
				}
				time.Sleep(20 * time.Millisecond)
			}
		})
	}
	begin, from := time.Now(), f.rulebook().GetLastLoad().GetAttempts()
	for n := range size(20, 300) {
		f.replace(f, "rulebook.yaml", fmt.Sprintf("label: version-%d\n", n))
		if !f.attempted(from+int64(n), 10*time.Second) {
			f.Fatalf("version %d is not loaded", n)
		}
	}
	took := time.Since(begin)
	stop()
	wait.Wait()
	last := f.rulebook().GetLastLoad()
	if failed.Load() > 0 || last.GetFailures() > 0 {
		f.Errorf("%d of %d calls went wrong; %v", failed.Load(), calls.Load(), last)
	}
	return fmt.Sprintf("%d reloads in %.1f s, %d calls, %d wrong", last.GetAttempts()-from, took.Seconds(), calls.Load(), failed.Load())
}

// brokenBooks breaks one file at a time and mends it.
func brokenBooks(f *field) string {
	good := map[string]string{}
	entries, err := os.ReadDir(f.book)
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range entries {
		if b, err := os.ReadFile(filepath.Join(f.book, e.Name())); err == nil {
			good[e.Name()] = string(b)
		}
	}
	var names []string
	for name := range good {
		names = append(names, name)
	}
	slices.Sort(names)
	refused, taken := 0, 0
	for range size(15, 100) {
		name := names[f.rng.IntN(len(names))]
		before := f.rulebook()
		f.replace(f, name, broken(f, good[name], good[names[f.rng.IntN(len(names))]]))
		f.attempted(before.GetLastLoad().GetAttempts(), 400*time.Millisecond) // what changes nothing is not loaded
		after := f.rulebook()
		switch failed := after.GetLastLoad().GetError() != "" && after.GetLastLoad().GetAttempts() > before.GetLastLoad().GetAttempts(); {
		case failed && after.GetRulebook().GetSha256() != before.GetRulebook().GetSha256():
			f.Errorf("%s: refused, and in force", name)
		case failed:
			refused++
		default:
			taken++
		}
		if _, err := f.check(chair()); err != nil {
			f.Errorf("with %s broken: %v", name, err)
		}
		at := f.rulebook().GetLastLoad().GetAttempts()
		f.replace(f, name, good[name])
		f.attempted(at, 2*time.Second)
	}
	return fmt.Sprintf("%d refused, %d taken or without effect", refused, taken)
}

// broken is a file as crashes, editors and enemies leave it.
func broken(f *field, content, other string) string {
	if content == "" {
		return "\x00"
	}
	at := f.rng.IntN(len(content))
	switch f.rng.IntN(9) {
	case 0:
		return content[:at]
	case 1:
		return ""
	case 2:
		return content[:at] + string(rune(f.rng.IntN(128))) + content[at+1:]
	case 3:
		return other
	case 4:
		return content + content
	case 5:
		return "&a [*a, *a]\n" + content
	case 6:
		return "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d]\n"
	case 7:
		return strings.Repeat("[", 100_000)
	}
	return content[:at] + "\xff\xfe\x00" + content[at:]
}

func badStarts(f *field) string {
	dir := f.TempDir()
	file := filepath.Join(dir, "file")
	empty := filepath.Join(dir, "empty")
	if err := errors.Join(os.WriteFile(file, []byte("x"), 0o644), os.Mkdir(empty, 0o755)); err != nil {
		f.Fatal(err)
	}
	starts := map[string][]string{
		"missing": {"--rulebook", filepath.Join(dir, "none")}, "empty": {"--rulebook", empty}, "a file": {"--rulebook", file}, "a device": {"--rulebook", "/dev/null"},
		"broken":        {"--rulebook", smallBook(f, map[string]string{"decisions.yaml": "codes: ["})},
		"no decisions":  {"--rulebook", smallBook(f, map[string]string{"decisions.yaml": ""})},
		"its own tests": {"--rulebook", smallBook(f, map[string]string{"tests/more.yaml": "tests:\n  - {name: wrong, submission: {submission_id: a, markets: [DE], product: {title: chair}}, decision: DECISION_REJECT}\n"})},
		"a bad shadow":  {"--shadow-rulebook", empty}, "a bad address": {"--listen", "nowhere:99999"}, "a bad flag": {"--no-such-flag"}, "a bad number": {"--max-streams", "many"},
		"plaintext for all": {"--listen", "0.0.0.0:0"}, "half a certificate": {"--tls-cert", file}, "a bad certificate": {"--tls-cert", file, "--tls-key", file},
	}
	for name, flags := range starts {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		cmd := exec.CommandContext(ctx, assayd(f), slices.Concat(usualFlags, flags)...)
		said, err := cmd.CombinedOutput()
		cancel()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() <= 0 {
			f.Errorf("%s: %v\n%s", name, err, said)
		}
		if lines := strings.Count(string(said), "\n"); lines == 0 || lines > 20 || strings.Contains(string(said), "goroutine") {
			f.Errorf("%s: it says %d lines:\n%s", name, lines, said)
		}
	}
	return fmt.Sprintf("%d starts refused", len(starts))
}

// costlyRules gives the daemon one rule at a time.
func costlyRules(f *field) string {
	list := "submission.product.keywords"
	conditions := map[string]string{
		"division by zero": "1 / (submission.product.title.size() - submission.product.title.size()) == 1", "an index too far": list + "[99999] == 'x'", "no such key": "submission.product.attributes['none'] == 'x'",
		"overflow": "9223372036854775807 + submission.product.title.size() > 0", "a pattern": "submission.product.title.matches('(a+)+$')", "patterns of patterns": "submission.product.title.matches('((((a{1,30}){1,30}){1,30}){1,30})')",
		"a pattern from the merchant": "submission.product.title.matches(submission.product.description)", "repeat 1001": "submission.product.title.matches('a{1001}')",
		"strings that double": "[1,2,3,4,5,6,7,8].all(x, (submission.product.title+submission.product.title+submission.product.title+submission.product.title).contains('x'))",
		"deep parentheses":    strings.Repeat("(", 300) + "true" + strings.Repeat(")", 300), "a long or": strings.Repeat("submission.product.title == 'x' || ", 200) + "false",
	}
	for depth := 1; depth <= 5; depth++ {
		inner := "a" + fmt.Sprint(depth) + " == 'never'"
		for i := depth; i >= 1; i-- {
			inner = fmt.Sprintf("%s.exists(a%d, %s)", list, i, inner)
		}
		conditions[fmt.Sprintf("%d lists deep", depth)] = inner
	}
	s := chair()
	s.Product.Title, s.Product.Description = strings.Repeat("a", 60_000)+"!", "(a*)*b"
	for i := range 100 {
		s.Product.Keywords = append(s.Product.Keywords, fmt.Sprintf("keyword %d", i))
	}
	refused, slowest := 0, time.Duration(0)
	for name, when := range conditions {
		rules := fmt.Sprintf("rules:\n  - name: attack\n    doc: d\n    when: %q\n    code: PRICE_INVALID\n    message: m\n", when)
		dir := smallBook(f, map[string]string{"rules.yaml": rules})
		d := launch(f, exec.Command(assayd(f), append(slices.Clone(usualFlags), "--rulebook", dir)...))
		if err := d.until("msg=serving "); err != nil {
			if d.status <= 0 {
				f.Errorf("%s: it ended with %d: %v", name, d.status, err)
			}
			refused++
			continue
		}
		d.metrics, d.address = d.addressOf("serving metrics"), d.addressOf("msg=serving ")
		g := f.on(d)
		begin := time.Now()
		r, err := g.check(s)
		took := time.Since(begin)
		slowest = max(slowest, took)
		if err != nil || took > 3*time.Second {
			f.Errorf("%s: %v after %v", name, err, took)
		}
		failing := slices.Contains([]string{"division by zero", "an index too far", "no such key", "overflow", "5 lists deep", "4 lists deep"}, name)
		if failing && r.GetVerdict().GetDecision() != assayv1.Decision_DECISION_REVIEW {
			f.Errorf("%s: %v %v", name, r.GetVerdict().GetDecision(), codes(r.GetVerdict()))
		}
		d.healthy(f)
		_ = d.process.Kill()
	}
	return fmt.Sprintf("%d rules, %d refused at the start, slowest answer %.0f ms", len(conditions), refused, slowest.Seconds()*1000)
}

func links(f *field) string {
	secret := filepath.Join(f.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("codes: [this-is-secret]\n"), 0o600); err != nil {
		f.Fatal(err)
	}
	refused := 0
	for _, name := range []string{"rules.yaml", "rulebook.yaml", "tests/linked.yaml"} {
		for _, to := range []string{secret, "/etc/passwd", "/dev/zero", "/dev/random", "/proc/self/environ", name, "..", f.book} {
			before := f.rulebook()
			path := filepath.Join(f.book, name)
			old, _ := os.ReadFile(path)
			_ = os.Remove(path)
			if err := os.Symlink(to, path); err != nil {
				f.Fatal(err)
			}
			f.attempted(before.GetLastLoad().GetAttempts(), 2*time.Second)
			load := f.rulebook().GetLastLoad()
			if load.GetError() == "" {
				f.Errorf("%s to %s: %v", name, to, load)
			} else {
				refused++
			}
			if told := load.GetError() + f.logs(0); strings.Contains(told, "this-is-secret") || strings.Contains(told, "root:") || strings.Contains(told, "PATH=") {
				f.Errorf("%s to %s: it tells %s", name, to, told)
			}
			_ = os.Remove(path)
			if old != nil {
				f.replace(f, name, string(old))
			}
			f.attempted(load.GetAttempts(), 2*time.Second)
		}
	}
	return fmt.Sprintf("%d links refused", refused)
}

func shrunk(f *field) string {
	var marks strings.Builder
	for i := range 100 {
		fmt.Fprintf(&marks, "{\"id\":\"lumora-%d\",\"text\":\"Lumora%s\",\"policy\":\"disguised\"}\n", i, strings.Repeat(string(rune('a'+i%26)), 1+i/26))
	}
	whole := marks.String() + "{\"id\":\"lumora\",\"text\":\"Lumora\"}\n"
	for _, allowed := range []bool{false, true} {
		var flags []string
		if allowed {
			flags = []string{"--allow-shrink"}
		}
		g := f.on(start(f, flags, map[string]string{"marks.jsonl": whole}))
		before := g.rulebook()
		g.replace(f, "marks.jsonl", "{\"id\":\"lumora\",\"text\":\"Lumora\"}\n")
		g.attempted(before.GetLastLoad().GetAttempts(), 5*time.Second)
		after := g.rulebook()
		if changed := after.GetRulebook().GetSha256() != before.GetRulebook().GetSha256(); changed != allowed {
			f.Errorf("allowed %v, changed %v: %v", allowed, changed, after.GetLastLoad())
		}
		g.signal(f, syscall.SIGKILL)
	}
	return "refused, and taken where it is meant"
}
