package remote_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/remote"
	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/outside/faulty"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/rulebook/embedded"
	"github.com/assay-project/assay/internal/verdict"
	"github.com/assay-project/assay/internal/wire"
)

// TestMain fails when a test leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// book is the embedded rulebook, read once.
var book = sync.OnceValues(func() (*rulebook.Book, error) { return rulebook.Load(embedded.FS()) })

// row is a row of remotes.yaml.
func row(name, address string) rulebook.Remote {
	return rulebook.Remote{Name: name, Address: address, Timeout: 300 * time.Millisecond, MaxConcurrent: 32}
}

// connect makes an engine of the embedded rulebook with outside checkers. The pool ends with the test.
func connect(t testing.TB, rows ...rulebook.Remote) *engine.Engine {
	t.Helper()
	pool := remote.NewPool(nil)
	t.Cleanup(pool.Close)
	return connectTo(t, pool, rows...)
}

func connectTo(t testing.TB, pool *remote.Pool, rows ...rulebook.Remote) *engine.Engine {
	t.Helper()
	b, err := book()
	if err != nil {
		t.Fatal(err)
	}
	with := *b
	with.Remotes = rows
	e, err := engine.Connect(&with, pool)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// ask checks a title and reports the verdict and how long it took.
func ask(ctx context.Context, t testing.TB, e *engine.Engine, id, title string) (*verdict.Verdict, time.Duration) {
	t.Helper()
	s, err := wire.Submission(&assayv1.Submission{SubmissionId: id, Markets: []string{"DE"}, Product: &assayv1.Product{Title: title}}, time.Unix(1.75e9, 0))
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	v, _, err := e.Check(ctx, s, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return v, time.Since(start)
}

// failed finds the finding that a checker did not end.
func failed(v *verdict.Verdict, checker string) *verdict.Finding {
	i := slices.IndexFunc(v.Findings, func(f verdict.Finding) bool { return f.Code == verdict.NotRun && f.Checker == checker })
	if i < 0 {
		return nil
	}
	return &v.Findings[i]
}

func run(v *verdict.Verdict, checker string) verdict.Run {
	return v.Runs[slices.IndexFunc(v.Runs, func(r verdict.Run) bool { return r.Name == checker })]
}

func TestAnswersArePartOfTheVerdict(t *testing.T) {
	e := connect(t, row("words", faulty.Serve(t, faulty.Checker{})))
	v, _ := ask(t.Context(), t, e, "1", "a clay pot")
	if v.Decision != verdict.Approve || v.Completeness != verdict.Complete || run(v, "words").Status != check.Clean || run(v, "words").Ran != "1.2.3" {
		t.Errorf("a clean title: %v, %v, row %+v", v.Decision, v.Completeness, run(v, "words"))
	}
	v, _ = ask(t.Context(), t, e, "2", "a banned pot")
	if v.Decision != verdict.Review || v.Completeness != verdict.Complete || len(v.Findings) != 1 {
		t.Fatalf("a banned word: %v, %v, %d findings", v.Decision, v.Completeness, len(v.Findings))
	}
	f := v.Findings[0]
	if f.Code != "WORDS_WORD" || f.ID != "words/1" || f.Checker != "words" || f.Words != "banned" || run(v, "words").Status != check.Flagged {
		t.Errorf("finding %+v, row %+v", f.Finding, run(v, "words"))
	}
	rows := e.Describe()
	if last := rows[len(rows)-1]; last.Name != "words" || last.Version != "1.2.3" || last.Doc != "Looks for banned words." {
		t.Errorf("described as %+v", last)
	}
}

// TestLiars: an answer that breaks the contract counts for nothing, and a person looks.
func TestLiars(t *testing.T) {
	for name, c := range faulty.Liars() {
		t.Run(name, func(t *testing.T) {
			e := connect(t, row("liar", faulty.Serve(t, c)))
			v, _ := ask(t.Context(), t, e, "1", "a banned pot")
			f := failed(v, "liar")
			if v.Decision != verdict.Review || v.Completeness != verdict.Degraded || f == nil || len(v.Findings) != 1 {
				t.Fatalf("got %v, %v, findings %v", v.Decision, v.Completeness, v.Findings)
			}
			if !strings.Contains(f.Message, "liar") || strings.Contains(f.Message, "did not work;") || len(f.Message) > 600 ||
				strings.Contains(f.Message, "merchant") || strings.Contains(f.Message, "<b>") {
				t.Errorf("the finding says %q", f.Message)
			}
			t.Log(f.Message)
		})
	}
}

// TestStallers: whoever does not answer costs its timeout and no more, alone or ten at once.
func TestStallers(t *testing.T) {
	for name, c := range faulty.Stallers() {
		t.Run(name, func(t *testing.T) {
			address := faulty.Serve(t, c)
			var rows []rulebook.Remote
			for i := range 10 {
				r := row(fmt.Sprintf("slow-%d", i), address)
				r.MaxConcurrent += i // each has a connection of its own
				rows = append(rows, r)
			}
			v, took := ask(t.Context(), t, connect(t, rows...), "1", "a clay pot")
			if v.Decision != verdict.Review || len(v.Findings) != 10 {
				t.Fatalf("got %v, %d findings", v.Decision, len(v.Findings))
			}
			for i := range 10 {
				f := failed(v, fmt.Sprintf("slow-%d", i))
				if f == nil || f.Variant != "timed_out" || !strings.Contains(f.Message, "within 300ms") {
					t.Errorf("slow-%d: %+v", i, f)
				}
			}
			if took > 1200*time.Millisecond { // one after the other they take 3 s
				t.Errorf("it took %v", took)
			}
			t.Log(took, v.Findings[0].Message)
		})
	}
}

func TestNobodyIsThere(t *testing.T) {
	v, took := ask(t.Context(), t, connect(t, row("gone", "127.0.0.1:1")), "1", "a clay pot")
	f := failed(v, "gone")
	if v.Decision != verdict.Review || f == nil || !strings.Contains(f.Message, "could not be reached") || took > 250*time.Millisecond {
		t.Errorf("got %v, %+v after %v", v.Decision, f, took)
	}
	v, _ = ask(t.Context(), t, connect(t, row("socket", "unix:/nowhere/at/all")), "1", "a clay pot")
	if failed(v, "socket") == nil {
		t.Error("a socket that is not there answered")
	}
	pool := remote.NewPool(nil)
	e := connectTo(t, pool, row("closed", faulty.Serve(t, faulty.Checker{})))
	pool.Close()
	if v, _ = ask(t.Context(), t, e, "1", "a clay pot"); failed(v, "closed") == nil {
		t.Error("a closed pool answered")
	}
}

// TestNamesLeadNowhereReserved: what a name of a host leads to is looked at when it is known, not only what the rulebook says.
func TestNamesLeadNowhereReserved(t *testing.T) {
	for _, address := range []string{"169.254.169.254:80", "[fe80::1%lo]:80", "0.0.0.0:80", "[::]:80", "[fd00:ec2::254]:80", "[64:ff9b::a9fe:a9fe]:80"} {
		if c, err := remote.Reach(t.Context(), address); err == nil || !strings.Contains(err.Error(), "no checker can be there") {
			t.Errorf("%s: %v, %v", address, c, err)
		}
	}
}

// TestNobodyWaitsForADescriptionTwice: a checker that never describes itself costs the first request its timeout, and no other one.
func TestNobodyWaitsForADescriptionTwice(t *testing.T) {
	silent := make(chan struct{})
	defer close(silent)
	first := make(chan struct{}, 100)
	e := connect(t, row("silent", faulty.Serve(t, faulty.Checker{Describe: func(ctx context.Context) (*assayv1.DescribeCheckerResponse, error) {
		if len(first) == 0 {
			first <- struct{}{}
			return nil, status.Error(codes.DataLoss, "once")
		}
		first <- struct{}{}
		select {
		case <-silent:
		case <-ctx.Done():
		}
		return nil, ctx.Err()
	}})))
	for len(first) < 2 { // until a description hangs
		if v, _ := ask(t.Context(), t, e, "1", "a clay pot"); failed(v, "silent") == nil {
			t.Fatal("it was asked")
		}
	}
	v, took := ask(t.Context(), t, e, "1", "a clay pot")
	if f := failed(v, "silent"); f == nil || !strings.Contains(f.Message, "failed with DataLoss when asked to describe itself") {
		t.Errorf("after %v: %+v", took, f)
	}
}

// TestCallersDeadlineComesFirst: a request that has less time than the checker gets its verdict within it, and the checker is not
// blamed.
func TestCallersDeadlineComesFirst(t *testing.T) {
	var asked sync.WaitGroup
	release := make(chan struct{})
	c := faulty.Checker{Run: func(ctx context.Context, r *assayv1.RunCheckerRequest) (*assayv1.RunCheckerResponse, error) {
		if r.GetSubmission().GetSubmissionId() == "hurry" {
			select {
			case <-release:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		return faulty.Sound(ctx, r)
	}}
	e := connect(t, row("words", faulty.Serve(t, c)))
	ask(t.Context(), t, e, "warm", "a clay pot")
	for range 40 {
		asked.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 120*time.Millisecond)
			defer cancel()
			v, _ := ask(ctx, t, e, "hurry", "a clay pot")
			if f := failed(v, "words"); v.Decision != verdict.Review || f == nil {
				t.Errorf("got %v", v.Decision)
			}
		})
	}
	asked.Wait()
	close(release)
	if v, _ := ask(t.Context(), t, e, "calm", "a clay pot"); v.Decision != verdict.Approve {
		t.Errorf("after callers in a hurry a calm one gets %v: %s", v.Decision, v.Findings[0].Message)
	}
}

// TestSwappedAnswersAreNoneOfOurs: no submission gets what was found in another one.
func TestSwappedAnswersAreNoneOfOurs(t *testing.T) {
	e := connect(t, row("swap", faulty.Serve(t, faulty.Swapping())))
	ask(t.Context(), t, e, "warm", "a clay pot")
	var wait sync.WaitGroup
	for i := range 16 {
		wait.Go(func() {
			title, want := "a clay pot", ""
			if i%2 == 0 {
				title, want = "a banned pot", "SWAP_WORD"
			}
			v, _ := ask(t.Context(), t, e, fmt.Sprint(i), title)
			for _, f := range v.Findings {
				if f.Code != verdict.NotRun && f.Code != want {
					t.Errorf("%q got %s", title, f.Code)
				}
			}
			if want != "" && v.Decision == verdict.Approve {
				t.Errorf("%q is approved", title)
			}
		})
	}
	wait.Wait()
}

// TestBreakerSparesADeadChecker: one that hangs is soon not waited for, and asked again when it works.
func TestBreakerSparesADeadChecker(t *testing.T) {
	var mu sync.Mutex
	calls, hang := 0, true
	c := faulty.Checker{Run: func(ctx context.Context, r *assayv1.RunCheckerRequest) (*assayv1.RunCheckerResponse, error) {
		mu.Lock()
		calls++
		hanging := hang
		mu.Unlock()
		if hanging {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return faulty.Sound(ctx, r)
	}}
	r := row("words", faulty.Serve(t, c))
	r.Timeout = 50 * time.Millisecond
	e := connect(t, r)
	for range 5 {
		var wait sync.WaitGroup
		for range 8 {
			wait.Go(func() { ask(t.Context(), t, e, "1", "a clay pot") })
		}
		wait.Wait()
	}
	mu.Lock()
	if calls > 32 {
		t.Errorf("a checker that hangs was asked %d times of 40", calls)
	}
	hang = false
	mu.Unlock()
	v, _ := ask(t.Context(), t, e, "1", "a clay pot")
	if f := failed(v, "words"); f == nil || !strings.Contains(f.Message, "was not asked") || v.Decision != verdict.Review {
		t.Errorf("the breaker let a call through, or said nothing: %v", v.Findings)
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if v, _ := ask(t.Context(), t, e, "1", "a clay pot"); v.Decision == verdict.Approve {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("it works again and is not asked")
		}
	}
}

// TestPoisonHurtsItselfOnly: one listing that always fails, tried again and again among others, costs the others nothing.
func TestPoisonHurtsItselfOnly(t *testing.T) {
	c := faulty.Checker{Run: func(ctx context.Context, r *assayv1.RunCheckerRequest) (*assayv1.RunCheckerResponse, error) {
		if strings.Contains(r.GetSubmission().GetProduct().GetTitle(), "poison") {
			return nil, status.Error(codes.Internal, "crash")
		}
		return faulty.Sound(ctx, r)
	}}
	e := connect(t, row("words", faulty.Serve(t, c)))
	for i := range 60 {
		title := "a clay pot"
		if i%3 == 0 {
			title = "poison"
		}
		if v, _ := ask(t.Context(), t, e, fmt.Sprint(i), title); (v.Decision == verdict.Approve) != (title != "poison") {
			t.Fatalf("call %d, %q: %v", i, title, v.Decision)
		}
	}
}

// TestAnswersOutliveConnections: a checker that closes connections in order, or dies and comes back, is asked again soon, and no
// listing that it would flag is approved meanwhile.
func TestAnswersOutliveConnections(t *testing.T) {
	for name, address := range map[string]string{
		"going away": faulty.Serve(t, faulty.GoingAway()),
		"dying":      faulty.Dying(t, 700*time.Millisecond, 200*time.Millisecond),
	} {
		t.Run(name, func(t *testing.T) {
			e := connect(t, row("words", address))
			answered := 0
			for end := time.Now().Add(2500 * time.Millisecond); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
				v, _ := ask(t.Context(), t, e, "1", "a banned pot")
				if v.Decision == verdict.Approve {
					t.Fatal("approved")
				}
				if failed(v, "words") == nil {
					answered++
				}
			}
			if answered == 0 {
				t.Error("it never answered")
			}
			t.Log("answered", answered)
		})
	}
}

// TestOutsideMayOnlyRaise: whatever an outside checker says, no decision is milder and no risk lower than without it.
func TestOutsideMayOnlyRaise(t *testing.T) {
	alone := connect(t)
	checkers := faulty.Liars()
	checkers["sound"] = faulty.Checker{}
	for name, c := range checkers {
		e := connect(t, row("trademark-2", faulty.Serve(t, c)))
		for _, title := range []string{"a clay pot", "N1ke shoes", "replica of a Rolex, banned"} {
			without, _ := ask(t.Context(), t, alone, "1", title)
			with, _ := ask(t.Context(), t, e, "1", title)
			if with.Decision < without.Decision || with.RiskScore < without.RiskScore || len(with.Findings) < len(without.Findings) {
				t.Errorf("%s: %q is %v (%v) and with it %v (%v)", name, title, without.Decision, without.RiskScore, with.Decision, with.RiskScore)
			}
		}
	}
}

// TestOfflineIsSkipped: the book's own tests and tools ask nobody; an engine that was never connected fails closed.
func TestOfflineIsSkipped(t *testing.T) {
	e := connectTo(t, nil, row("words", "127.0.0.1:1"))
	s, err := wire.Submission(&assayv1.Submission{SubmissionId: "1", Markets: []string{"DE"}, Product: &assayv1.Product{Title: "a clay pot"}}, time.Unix(1.75e9, 0))
	if err != nil {
		t.Fatal(err)
	}
	v, _, err := e.Check(t.Context(), s, engine.Options{Offline: true})
	if err != nil || v.Decision != verdict.Approve || v.Completeness != verdict.Partial || run(v, "words").Status != check.Skipped {
		t.Errorf("offline: %v, %v, %+v, %v", v.Decision, v.Completeness, run(v, "words"), err)
	}
	if v, _ := ask(t.Context(), t, e, "1", "a clay pot"); v.Decision != verdict.Review || failed(v, "words") == nil {
		t.Errorf("without connections: %v", v.Decision)
	}
	if failures := e.Test(t.Context()); len(failures) > 0 {
		t.Errorf("the book's own tests fail: %v", failures)
	}
}

// TestSkipsWhatItDoesNotJudge shows the row of a checker for other markets.
func TestSkipsWhatItDoesNotJudge(t *testing.T) {
	c := faulty.Checker{Describe: func(context.Context) (*assayv1.DescribeCheckerResponse, error) {
		d := faulty.Description()
		d.Markets = []string{"JP", "CN"}
		return d, nil
	}}
	v, _ := ask(t.Context(), t, connect(t, row("words", faulty.Serve(t, c))), "1", "a banned pot")
	if r := run(v, "words"); v.Decision != verdict.Approve || r.Status != check.Skipped || r.Reason != "judges other markets (CN, JP)" {
		t.Errorf("got %v, row %+v", v.Decision, r)
	}
}

// TestPoolKeepsWhatIsUsed: an engine that names the same checker shares its connection, and what nobody can reach is closed.
func TestPoolKeepsWhatIsUsed(t *testing.T) {
	var mu sync.Mutex
	described := 0
	c := faulty.Checker{Describe: func(context.Context) (*assayv1.DescribeCheckerResponse, error) {
		mu.Lock()
		defer mu.Unlock()
		described++
		return faulty.Description(), nil
	}}
	pool := remote.NewPool(nil)
	t.Cleanup(pool.Close)
	words := row("words", faulty.Serve(t, c))
	first := connectTo(t, pool, words)
	ask(t.Context(), t, first, "1", "a clay pot")
	before := runtime.NumGoroutine()
	second := connectTo(t, pool, words)
	if v, _ := ask(t.Context(), t, second, "1", "a clay pot"); v.Decision != verdict.Approve {
		t.Error("the second engine gets no answer")
	}
	mu.Lock()
	if described != 1 || runtime.NumGoroutine() > before {
		t.Errorf("described %d times, %d goroutines more: the connection is not shared", described, runtime.NumGoroutine()-before)
	}
	mu.Unlock()
	if got := remote.Open(pool); got != 1 {
		t.Errorf("%d connections are open, want 1", got)
	}
	runtime.KeepAlive(first)
	runtime.KeepAlive(second)
	first, second = nil, nil
	for deadline := time.Now().Add(10 * time.Second); remote.Open(pool) > 0; time.Sleep(10 * time.Millisecond) {
		runtime.GC()
		if time.Now().After(deadline) {
			t.Fatal("no engine is left, and the connection is open")
		}
	}
}

// TestNoGoroutineIsLeft asks one that hangs many times and counts.
func TestNoGoroutineIsLeft(t *testing.T) {
	r := row("slow", faulty.Serve(t, faulty.Stallers()["hangs"]))
	r.Timeout = 20 * time.Millisecond
	e := connect(t, r)
	ask(t.Context(), t, e, "1", "a clay pot")
	before := runtime.NumGoroutine()
	for range 20 {
		var wait sync.WaitGroup
		for range 20 {
			wait.Go(func() { ask(t.Context(), t, e, "1", "a clay pot") })
		}
		wait.Wait()
	}
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before+5; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines before 400 calls, %d after", before, runtime.NumGoroutine())
		}
	}
}

// BenchmarkCheck is a check without outside checkers, and with one that answers at once over loopback.
func BenchmarkCheck(b *testing.B) {
	for name, rows := range map[string][]rulebook.Remote{"none": nil, "one": {row("words", faulty.Serve(b, faulty.Checker{}))}} {
		b.Run(name, func(b *testing.B) {
			e := connect(b, rows...)
			s, err := wire.Submission(&assayv1.Submission{SubmissionId: "1", Markets: []string{"DE"},
				Product: &assayv1.Product{Title: "Stoneware dinner plates, set of 6", Description: strings.Repeat("Each plate is thrown by hand. ", 16)}}, time.Unix(1.75e9, 0))
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if v, _, err := e.Check(context.Background(), s, engine.Options{}); err != nil || v.Decision != verdict.Approve {
					b.Fatal(v.Decision, err)
				}
			}
		})
	}
}
