package server_test

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"text/tabwriter"
	"time"

	"golang.org/x/net/http2/hpack"
	"google.golang.org/grpc/codes"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/rulebook/embedded"
	"github.com/assay-project/assay/server"
)

// TestOverload offers a server more than it can do. Server and generator are processes of their own: the server's memory is its
// alone, and the generator does not wait behind the server's goroutines. How long each part lasts:
//
//	go test ./server -run TestOverload -v -args -overload 60s
//
// By default it takes a few seconds and only holds the server to bounds that hold on a machine that does other things, too.
var overloadFor = flag.Duration("overload", time.Second, "how long each part of TestOverload lasts")

// servesInstead makes of this process a server on loopback, which says its address and serves until its input ends.
const servesInstead = "ASSAY_TEST_SERVES"

func serveInstead() error {
	debug.SetGCPercent(400) // as assayd serve
	e, err := burning()
	if err != nil {
		return err
	}
	s := server.New(server.Config{})
	s.Use(e)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	go func() { _, _ = io.Copy(io.Discard, os.Stdin); s.Close() }()
	return s.Serve(l)
}

// burning is an engine with the embedded rulebook and a rule that has about a millisecond of work with a submission of burnt.
func burning() (*engine.Engine, error) {
	dir, err := os.MkdirTemp("", "burning")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	rules := "rules:\n  - {name: burn, doc: d, code: PRICE_INVALID, message: m, when: " +
		`'submission.product.keywords.exists(a, submission.product.keywords.exists(b, a.size() + b.size() < 0))'` + "}\n"
	if err := errors.Join(os.CopyFS(dir, embedded.FS()), os.WriteFile(filepath.Join(dir, "rules.yaml"), []byte(rules), 0o600)); err != nil {
		return nil, err
	}
	book, err := rulebook.Load(os.DirFS(dir))
	if err != nil {
		return nil, err
	}
	return engine.New(book)
}

// burnt is a submission that keeps a processor busy for about a millisecond.
func burnt() *assayv1.Submission {
	s := submission("s1")
	for i := range 45 {
		s.Product.Keywords = append(s.Product.Keywords, fmt.Sprint("k", i))
	}
	return s
}

// A generator offers calls over some connections.
type generator struct {
	message []byte
	conns   []*loaded
	now     atomic.Pointer[part]
}

// A loaded connection knows when each of its calls was due.
type loaded struct {
	*rawConn
	mu  sync.Mutex
	due map[uint32]time.Time
}

// A part is a time of one load, and what became of its calls.
type part struct {
	name     string
	begun    time.Time
	offered  int
	mu       sync.Mutex
	answered []time.Duration // how long the answered took
	refused  []time.Duration
	failed   map[int]int   // by code
	again    func(*loaded) // closed loop: what follows an answer
}

func (p *part) tell(code int, due, at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	took := at.Sub(due)
	switch code {
	case 0:
		p.answered = append(p.answered, took)
	case int(codes.ResourceExhausted):
		p.refused = append(p.refused, took)
	default:
		p.failed[code]++
	}
}

func newGenerator(t *testing.T, from, address string, conns int) *generator {
	g := &generator{message: checkBytes(t, burnt())}
	for range conns {
		c := &loaded{rawConn: dialRawFrom(t, from, address), due: map[uint32]time.Time{}}
		g.conns = append(g.conns, c)
		go c.read(func(e endedCall) { g.ended(c, e) })
	}
	return g
}

func (g *generator) ended(c *loaded, e endedCall) {
	c.mu.Lock()
	due, ok := c.due[e.stream]
	delete(c.due, e.stream)
	c.mu.Unlock()
	p := g.now.Load()
	if !ok {
		return
	}
	if !due.Before(p.begun) {
		p.tell(e.code, due, e.at)
	}
	if p.again != nil {
		p.again(c)
	}
}

// call makes a call that was due at a time.
func (g *generator) call(c *loaded, due time.Time) {
	c.writing.Lock()
	defer c.writing.Unlock()
	c.mu.Lock()
	c.due[c.next] = due
	c.mu.Unlock()
	id, err := c.headers(assayv1.ComplianceService_CheckSubmission_FullMethodName, false, hpack.HeaderField{Name: "grpc-timeout", Value: "1S"})
	if err == nil {
		err = c.framer.WriteData(id, true, framed(g.message))
	}
	_ = err // the call does not end, and is counted as one that did not
}

func (g *generator) begin(name string) *part {
	p := &part{name: name, begun: time.Now(), failed: map[int]int{}}
	g.now.Store(p)
	return p
}

// closed keeps a number of calls under way.
func (g *generator) closed(name string, atATime int, d time.Duration) *part {
	p := &part{name: name, begun: time.Now(), failed: map[int]int{}}
	var over atomic.Bool
	p.again = func(c *loaded) {
		if !over.Load() {
			g.call(c, time.Now())
		}
	}
	g.now.Store(p)
	for i := range atATime {
		g.call(g.conns[i%len(g.conns)], time.Now())
	}
	time.Sleep(d)
	over.Store(true)
	p.offered = g.settle(p)
	return p
}

// open makes so many calls a second, however many are answered.
func (g *generator) open(name string, rate float64, d time.Duration) *part {
	p := g.begin(name)
	for time.Since(p.begun) < d {
		for due := int(rate * time.Since(p.begun).Seconds()); p.offered < due; p.offered++ {
			g.call(g.conns[p.offered%len(g.conns)], p.begun.Add(time.Duration(float64(p.offered)/rate*1e9)))
		}
		time.Sleep(time.Millisecond)
	}
	g.settle(p)
	return p
}

// settle waits for the calls that are under way, as long as any may last, and returns how many have ended.
func (g *generator) settle(p *part) int {
	for end := time.Now().Add(1500 * time.Millisecond); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		left := 0
		for _, c := range g.conns {
			c.mu.Lock()
			left += len(c.due)
			c.mu.Unlock()
		}
		if left == 0 {
			break
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.answered) + len(p.refused)
	for _, failed := range p.failed {
		n += failed
	}
	return n
}

func quantile(all []time.Duration, q float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[int(q*float64(len(all)-1))]
}

func TestOverload(t *testing.T) {
	address, memory := serveElsewhere(t)
	resident := func() int { return memory("VmRSS") }
	g := newGenerator(t, "127.0.0.1", address, 8)
	d := *overloadFor
	g.closed("warm", 8, d/2)
	calm := resident()
	full := g.closed("closed loop", 16, d)
	capacity := float64(len(full.answered)) / d.Seconds()
	parts := []*part{full, g.open("0.8 x", .8*capacity, d)}
	taken := []int{0, 0}
	for _, times := range []float64{1.5, 3} {
		over := g.open(fmt.Sprint(times, " x"), times*capacity, d)
		if n := float64(len(over.answered)); n < capacity*d.Seconds()/4 || len(over.failed) > 0 { // a server that takes every call answers a few
			t.Errorf("at %v times what it can do it answers %.0f%% of that; calls fail with %v", times, 100*n/capacity/d.Seconds(), over.failed)
		}
		parts = append(parts, over)
		taken = append(taken, resident())
		parts = append(parts, g.open("0.8 x, first 2 s after", .8*capacity, min(d, 2*time.Second)))
		taken = append(taken, 0)
	}
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "load\toffered/s\tanswered/s\tof capacity\tp50\tp99\trefused\tp99\tfailed\tmemory")
	for i, p := range parts {
		took := d.Seconds()
		if strings.Contains(p.name, "after") {
			took = min(took, 2)
		}
		fmt.Fprintf(w, "%s\t%.0f\t%.0f\t%.0f%%\t%v\t%v\t%d\t%v\t%v\t%.2f\n", p.name, float64(p.offered)/took, float64(len(p.answered))/took,
			100*float64(len(p.answered))/took/capacity, quantile(p.answered, .5).Round(10*time.Microsecond), quantile(p.answered, .99).Round(10*time.Microsecond),
			len(p.refused), quantile(p.refused, .99).Round(10*time.Microsecond), p.failed, float64(taken[i])/float64(calm))
	}
	w.Flush()
	t.Logf("capacity %.0f/s, %d MB resident\n%s", capacity, calm>>20, &table)
}

// TestAGreedyCallerHarmsNobodyElse has one caller ask for ten times what it should, and looks at what that is for another. Without credentials, callers
// are told apart by address.
func TestAGreedyCallerHarmsNobodyElse(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("other systems have one address of loopback")
	}
	address, _ := serveElsewhere(t)
	greedy, modest := newGenerator(t, "127.0.0.2", address, 8), newGenerator(t, "127.0.0.1", address, 2)
	d := *overloadFor
	capacity := float64(len(greedy.closed("closed loop", 16, d).answered)) / d.Seconds()
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "the greedy one offers\tis answered\tthe modest one offers\tis answered\tp50\tp99\trefused\tfailed")
	for _, times := range []float64{1, 10} {
		var crowd *part
		var sending sync.WaitGroup
		sending.Go(func() { crowd = greedy.open("", .4*times*capacity, d) })
		p := modest.open("", .2*capacity, d)
		sending.Wait()
		fmt.Fprintf(w, "%.1f x\t%.0f%%\t0.2 x\t%.2f%%\t%v\t%v\t%d\t%v\n", .4*times, 100*float64(len(crowd.answered))/float64(crowd.offered),
			100*float64(len(p.answered))/float64(p.offered), quantile(p.answered, .5).Round(10*time.Microsecond), quantile(p.answered, .99).Round(10*time.Microsecond), len(p.refused), p.failed)
		if n := len(p.answered); n < p.offered/4 || len(p.failed) > 0 {
			t.Errorf("beside %v times what a server can do, somebody else gets %d answers of %d", .4*times, n, p.offered)
		}
	}
	w.Flush()
	t.Logf("capacity %.0f/s\n%s", capacity, &table)
}

// serveElsewhere starts a server in a process of its own, with variables of the environment. Memory is what Linux tells of the process's, in bytes: VmRSS now,
// VmHWM at most.
func serveElsewhere(t *testing.T, environment ...string) (address string, memory func(what string) int) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), servesInstead+"=1"), environment...)
	cmd.Stderr = os.Stderr
	input, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		input.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("the server ended: %v", err)
		}
	})
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line), func(what string) int { return memoryOf(t, cmd.Process.Pid, what) }
}

func memoryOf(t testing.TB, pid int, what string) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Skip("the memory of another process is read where Linux tells it: ", err)
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, what+":"); ok {
			kilobytes, err := strconv.Atoi(strings.Fields(value)[0])
			if err != nil {
				t.Fatal(err)
			}
			return kilobytes << 10
		}
	}
	t.Fatalf("there is no %s", what)
	return 0
}
