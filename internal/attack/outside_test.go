package attack

import (
	"fmt"
	"io"
	"net"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/outside/faulty"
)

var outsideAttacks = []attack{
	{id: "G01", what: "a checker's process is stopped (SIGSTOP) and goes on", must: "REVIEW that names it, in its time; sound verdicts within 5 s of its going on", run: stoppedChecker, whole: true},
	{id: "G03", what: "checkers that lie: other ids, 100,000 findings, codes of ours, 5 MiB, no UTF-8, errors of every kind", must: "REVIEW that names it; nothing of their text is shown; never an error", run: lyingCheckers, whole: true},
	{id: "G07", what: "a checker behind a bad line: late, a byte at a time, cut after some bytes, reset, closed", must: "a verdict each, REVIEW where it could not answer", run: badLines},
	{id: "G08", what: "ten checkers that hang, a batch of a hundred, and callers who go away", must: "one time-out long, not ten; nothing stays", run: hangingCheckers, whole: true},
}

// behind starts a daemon whose rulebook names checkers at these addresses, and a field on it.
func (f *field) behind(addresses ...string) *field {
	f.Helper()
	remotes := "remotes:\n"
	for i, address := range addresses {
		remotes += fmt.Sprintf("  - {name: outside-%d, address: %q, max_concurrent: %d}\n", i, address, 32+i) // each with a connection of its own
	}
	return f.on(start(f, nil, map[string]string{"remotes.yaml": remotes}))
}

// on is a field on another daemon.
func (f *field) on(d *daemon) *field {
	g := &field{T: f.T, daemon: d, rng: f.rng, conn: d.dial(f)}
	g.api = assayv1.NewComplianceServiceClient(g.conn)
	return g
}

// banned is a listing that the sound checker of package faulty finds something in.
func banned() *assayv1.Submission {
	s := chair()
	s.Product.Title = "a banned chair"
	return s
}

// reviewed wants REVIEW for a verdict that a checker had no part in, and says how long it took.
func (f *field) reviewed(what string) time.Duration {
	f.Helper()
	begin := time.Now()
	r, err := f.check(banned())
	if v := r.GetVerdict(); err != nil || v.GetDecision() != assayv1.Decision_DECISION_REVIEW || !slices.Contains(codes(v), "SYS_CHECK_NOT_RUN") {
		f.Errorf("%s: %v %v, %v", what, v.GetDecision(), codes(v), err)
	} else if text := v.String(); strings.Contains(text, "what the merchant wrote") || strings.Contains(text, "<b>") {
		f.Errorf("%s: the verdict shows what the checker said: %s", what, text)
	}
	return time.Since(begin)
}

func stoppedChecker(f *field) string {
	cmd := exec.Command(build(f, "client/checker/examples/blockwords"), "--listen", "127.0.0.1:0")
	pipe, err := cmd.StderrPipe()
	if err != nil {
		f.Fatal(err)
	}
	address := freeAddress(f)
	cmd.Args[2] = address
	if err := cmd.Start(); err != nil {
		f.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	go func() { _, _ = io.Copy(io.Discard, pipe) }()
	g := f.behind(address)
	g.sound(5 * time.Second)
	before := g.settled(f, resources{})
	_ = cmd.Process.Signal(syscall.SIGSTOP)
	slowest := time.Duration(0)
	for range size(5, 200) {
		slowest = max(slowest, g.reviewed("stopped"))
	}
	_ = cmd.Process.Signal(syscall.SIGCONT)
	back := g.sound(10 * time.Second)
	g.conn.Close()
	after := g.settled(f, before)
	g.healthy(f)
	return fmt.Sprintf("answered in %.0f ms at most, sound again after %.1f s; %s", slowest.Seconds()*1000, back.Seconds(), after.since(before))
}

func freeAddress(f *field) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		f.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// sound waits until a chair is answered with APPROVE, for so long, and says how long it took.
func (f *field) sound(long time.Duration) time.Duration {
	f.Helper()
	begin := time.Now()
	for {
		r, err := f.check(chair())
		if err == nil && r.GetVerdict().GetDecision() == assayv1.Decision_DECISION_APPROVE {
			return time.Since(begin)
		}
		if time.Since(begin) > long {
			f.Errorf("after %v a chair is answered %v %v, %v", long, r.GetVerdict().GetDecision(), codes(r.GetVerdict()), err)
			return long
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func lyingCheckers(f *field) string {
	liars := faulty.Liars()
	slowest := time.Duration(0)
	names := slices.Sorted(func(yield func(string) bool) {
		for name := range liars {
			if !yield(name) {
				return
			}
		}
	})
	for i, name := range names {
		if !*full && i%5 != f.rng.IntN(5) {
			continue
		}
		g := f.behind(faulty.Serve(f, liars[name]))
		before := g.settled(f, resources{})
		for range size(3, 30) {
			slowest = max(slowest, g.reviewed(name))
		}
		g.conn.Close()
		g.settled(f, before)
		g.healthy(f)
		_ = g.process.Kill()
	}
	return fmt.Sprintf("%d kinds, slowest answer %.0f ms", len(names), slowest.Seconds()*1000)
}

// A badLine is a relay that hurts what goes from a checker to us.
type badLine struct {
	name string
	hurt func(from, to net.Conn)
	ok   bool // an answer may come in time
}

var lines = []badLine{
	{"20 ms late", func(from, to net.Conn) { relay(from, to, 32<<10, 20*time.Millisecond, -1) }, true},
	{"a second late", func(from, to net.Conn) { relay(from, to, 32<<10, time.Second, -1) }, false},
	{"a byte at a time", func(from, to net.Conn) { relay(from, to, 1, 5*time.Millisecond, -1) }, false},
	{"in small slices", func(from, to net.Conn) { relay(from, to, 7, 0, -1) }, true},
	{"cut after 100 bytes", func(from, to net.Conn) { relay(from, to, 50, 0, 100); to.Close() }, false},
	{"reset after 60 bytes", func(from, to net.Conn) { relay(from, to, 60, 0, 60); _ = to.(*net.TCPConn).SetLinger(0); to.Close() }, false},
	{"silent after 100 bytes", func(from, to net.Conn) { relay(from, to, 100, 0, 100); _, _ = io.Copy(io.Discard, from) }, false},
	{"closed at once", func(_, to net.Conn) { to.Close() }, false},
}

// relay passes slices on, each later by a pause, at most so many bytes (-1: all).
func relay(from, to net.Conn, slice int, pause time.Duration, most int) {
	for b := make([]byte, slice); most != 0; {
		n, err := from.Read(b)
		time.Sleep(pause)
		if most > 0 {
			n = min(n, most)
			most -= n
		}
		if _, failed := to.Write(b[:n]); failed != nil || err != nil {
			return
		}
	}
}

// through listens and passes connections on to an address over a bad line.
func (l badLine) through(f *field, address string) string {
	outer, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		f.Fatal(err)
	}
	var wait sync.WaitGroup
	var mu sync.Mutex
	var open []net.Conn
	over := false
	f.Cleanup(func() {
		outer.Close()
		mu.Lock()
		over = true
		for _, c := range open {
			c.Close()
		}
		mu.Unlock()
		wait.Wait()
	})
	wait.Go(func() {
		for {
			us, err := outer.Accept()
			if err != nil {
				return
			}
			checker, err := net.Dial("tcp", address)
			if err != nil {
				us.Close()
				continue
			}
			mu.Lock()
			if open = append(open, us, checker); over {
				us.Close()
				checker.Close()
			}
			mu.Unlock()
			wait.Go(func() { _, _ = io.Copy(checker, us); checker.Close() })
			wait.Go(func() { l.hurt(checker, us); us.Close() })
		}
	})
	return outer.Addr().String()
}

func badLines(f *field) string {
	address := faulty.Serve(f, faulty.Checker{})
	slowest := time.Duration(0)
	for _, l := range lines {
		g := f.behind(l.through(f, address))
		for range size(3, 20) {
			begin := time.Now()
			r, err := g.check(banned())
			slowest = max(slowest, time.Since(begin))
			v := r.GetVerdict()
			if err != nil || v.GetDecision() <= assayv1.Decision_DECISION_APPROVE || !l.ok && !slices.Contains(codes(v), "SYS_CHECK_NOT_RUN") {
				f.Errorf("%s: %v %v, %v", l.name, v.GetDecision(), codes(v), err)
			}
		}
		g.healthy(f)
		_ = g.process.Kill()
	}
	return fmt.Sprintf("%d lines, slowest answer %.0f ms", len(lines), slowest.Seconds()*1000)
}

func hangingCheckers(f *field) string {
	address := faulty.Serve(f, faulty.Stallers()["hangs"])
	g := f.behind(slices.Repeat([]string{address}, 10)...)
	one := g.reviewed("ten that hang")
	before := g.settled(f, resources{})
	begin := time.Now()
	for _, r := range g.judged(slices.Repeat([]*assayv1.Submission{chair()}, 100)) {
		if r.GetVerdict().GetDecision() != assayv1.Decision_DECISION_REVIEW {
			f.Errorf("of a batch: %v", r.GetOutcome())
		}
	}
	batch := time.Since(begin)
	cancels(&field{T: f.T, daemon: g.daemon, rng: f.rng, conn: g.conn, api: g.api})
	g.conn.Close()
	after := g.settled(f, before)
	g.healthy(f)
	return fmt.Sprintf("one answered in %.0f ms, a hundred in %.1f s; %s", one.Seconds()*1000, batch.Seconds(), after.since(before))
}
