package attack

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// A daemon is a running assayd.
type daemon struct {
	process *os.Process
	address string // of the service
	metrics string // and of its metrics
	book    string // directory of its rulebook; "": the embedded one

	rest resources // after the latest attack

	mu     sync.Mutex
	logged []string

	exited chan struct{} // closed once it has; status is its exit status then
	status int
}

var builds struct {
	sync.Mutex
	dir   string
	paths map[string]string
}

func TestMain(m *testing.M) {
	status := m.Run()
	_ = os.RemoveAll(builds.dir)
	os.Exit(status)
}

// build builds a program of this module once and returns its path.
func build(t testing.TB, pkg string) string {
	t.Helper()
	builds.Lock()
	defer builds.Unlock()
	if path, ok := builds.paths[pkg]; ok {
		return path
	}
	if builds.dir == "" {
		dir, err := os.MkdirTemp("", "attack")
		if err != nil {
			t.Fatal(err)
		}
		builds.dir, builds.paths = dir, map[string]string{}
	}
	path := filepath.Join(builds.dir, filepath.Base(pkg))
	if out, err := exec.Command("go", "build", "-o", path, "../../"+pkg).CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", pkg, err, out)
	}
	builds.paths[pkg] = path
	return path
}

func assayd(t testing.TB) string {
	if *program != "" {
		return *program
	}
	return build(t, "server/cmd/assayd")
}

// usualFlags are those of every daemon. The heap is collected early so that what leaks is told from what is not collected yet.
var usualFlags = []string{"serve", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--drain-delay", "0s", "--gc-percent", "50"}

// start starts a daemon and waits until it serves. It is killed when the test ends.
func start(t testing.TB, flags []string, book map[string]string) *daemon {
	t.Helper()
	args := slices.Concat(usualFlags, flags)
	dir := ""
	if book != nil {
		dir = smallBook(t, book)
		args = append(args, "--rulebook", dir, "--reload-every", "20ms")
	}
	return ready(t, launch(t, exec.Command(assayd(t), args...)), dir)
}

// startLimited starts a daemon that may hold so few descriptors.
func startLimited(t testing.TB, descriptors int) *daemon {
	t.Helper()
	script := fmt.Sprintf(`ulimit -n %d && exec "$0" "$@"`, descriptors)
	return ready(t, launch(t, exec.Command("sh", append([]string{"-c", script, assayd(t)}, usualFlags...)...)), "")
}

// ready waits until a daemon serves.
func ready(t testing.TB, d *daemon, book string) *daemon {
	t.Helper()
	d.book = book
	if err := d.until("msg=serving "); err != nil {
		t.Fatal(err)
	}
	d.metrics, d.address = d.addressOf("serving metrics"), d.addressOf("msg=serving ")
	return d
}

// launch starts a command that is, or ends in, an assayd.
func launch(t testing.TB, cmd *exec.Cmd) *daemon {
	t.Helper()
	pipe, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	d := &daemon{process: cmd.Process, exited: make(chan struct{})}
	go func() {
		defer close(d.exited)
		for lines := bufio.NewReader(pipe); ; {
			line, err := lines.ReadString('\n')
			if line != "" {
				d.log(line)
			}
			if err != nil {
				break
			}
		}
		_ = cmd.Wait()
		d.status = cmd.ProcessState.ExitCode()
	}()
	t.Cleanup(func() { _ = d.process.Kill(); <-d.exited })
	return d
}

// smallBook is a copy of the smallest rulebook, with more files or other ones.
func smallBook(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "book")
	if err := os.CopyFS(dir, os.DirFS("../../server/cmd/assayd/testdata/book")); err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// maxLogged bounds the lines that are kept of a log.
const maxLogged = 100_000

func (d *daemon) log(line string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.logged) < maxLogged {
		d.logged = append(d.logged, line)
	}
}

// lines is how many lines were logged.
func (d *daemon) lines() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.logged)
}

// logs is what was logged from a line on.
func (d *daemon) logs(from int) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.Join(d.logged[from:], "")
}

// until waits until a line with this text is logged.
func (d *daemon) until(text string) error {
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if strings.Contains(d.logs(0), text) {
			return nil
		}
		select {
		case <-d.exited:
			return fmt.Errorf("assayd ended with %d: %s", d.status, d.logs(0))
		default:
		}
	}
	return fmt.Errorf("assayd does not say %q: %s", text, d.logs(0))
}

func (d *daemon) addressOf(line string) string {
	if found := regexp.MustCompile(line + `.*?address=(\S+)`).FindStringSubmatch(d.logs(0)); found != nil {
		return found[1]
	}
	return ""
}

func (d *daemon) signal(t testing.TB, s os.Signal) {
	t.Helper()
	if err := d.process.Signal(s); err != nil {
		t.Error(err)
	}
}

// dial is a connection to the service, which is closed when the test ends.
func (d *daemon) dial(t testing.TB, options ...grpc.DialOption) *grpc.ClientConn {
	t.Helper()
	options = append([]grpc.DialOption{grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(64 << 20))}, options...)
	conn, err := grpc.NewClient(d.address, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// healthy wants the process alive and its health SERVING within seconds, asked on a new connection.
func (d *daemon) healthy(t testing.TB) {
	t.Helper()
	if err := d.process.Signal(syscall.Signal(0)); err != nil {
		t.Fatalf("the process is gone: %v\n%s", err, d.logs(max(0, d.lines()-20)))
	}
	conn := d.dial(t)
	defer conn.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	r, err := grpc_health_v1.NewHealthClient(conn).Check(ctx, &grpc_health_v1.HealthCheckRequest{}, grpc.WaitForReady(true))
	if err != nil || r.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
		t.Errorf("health is %v, %v", r.GetStatus(), err)
	}
	if said := d.logs(0); strings.Contains(said, "msg=panic") || strings.Contains(said, "goroutine 1 [") {
		t.Errorf("it panicked: %s", said[max(0, len(said)-4096):])
	}
}

// resources are what a process holds.
type resources struct{ goroutines, descriptors, heap int }

func (r resources) String() string {
	return fmt.Sprintf("%d goroutines, %d descriptors, %d MiB of heap", r.goroutines, r.descriptors, r.heap>>20)
}

// since says how much more they are than before.
func (r resources) since(before resources) string {
	return fmt.Sprintf("afterwards goroutines %+d, descriptors %+d, heap %+.1f MiB", r.goroutines-before.goroutines,
		r.descriptors-before.descriptors, float64(r.heap-before.heap)/(1<<20))
}

// back tells whether they are back where they were: 5 and 16 MiB are noise.
func (r resources) back(before resources) bool {
	return r.goroutines <= before.goroutines+5 && r.descriptors <= before.descriptors+5 && r.heap <= before.heap+16<<20
}

// settled waits until resources are back where they were before, for up to 15 s. Before nothing, it waits until they are at rest.
func (d *daemon) settled(t testing.TB, before resources) (now resources) {
	t.Helper()
	last := resources{}
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		now = d.resources(t)
		if before != (resources{}) && now.back(before) || before == (resources{}) && now.back(last) && last.back(now) {
			return now
		}
		last = now
	}
	t.Errorf("resources do not come back: before %v, now %v", before, now)
	return now
}

// resources makes the heap be collected and asks the daemon.
func (d *daemon) resources(t testing.TB) resources {
	t.Helper()
	d.collect(t)
	m := d.scrape(t)
	return resources{int(m["go_goroutines"]), int(m["process_open_fds"]), int(m["go_memstats_heap_alloc_bytes"])}
}

// collect keeps the daemon busy until its heap has been collected twice: once for garbage and once for what pools hold.
func (d *daemon) collect(t testing.TB) {
	t.Helper()
	conn := d.dial(t)
	defer conn.Close()
	api := assayv1.NewComplianceServiceClient(conn)
	s := chair()
	s.Product.Description = strings.Repeat("oak and beech, oiled. ", 10_000)
	s.Product.Title = strings.Repeat("chair ", 10_000)
	const collections = "go_gc_duration_seconds_count"
	for from, i := d.scrape(t)[collections], 0; i < 60 && d.scrape(t)[collections] < from+2; i++ {
		for range 10 {
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			_, err := api.CheckSubmission(ctx, &assayv1.CheckSubmissionRequest{Submission: s}, grpc.WaitForReady(true))
			cancel()
			if err != nil {
				t.Logf("while it settles: %v", err)
			}
		}
	}
}

var scraper = http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}

// scrape reads the metrics that are single numbers.
func (d *daemon) scrape(t testing.TB) map[string]float64 {
	t.Helper()
	values := map[string]float64{}
	for line := range strings.Lines(d.rawMetrics(t)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		if n, err := strconv.ParseFloat(value, 64); err == nil {
			values[name] = n
		}
	}
	return values
}

func (d *daemon) rawMetrics(t testing.TB) string {
	t.Helper()
	r, err := scraper.Get("http://" + d.metrics + "/metrics")
	if err != nil {
		t.Fatalf("metrics: %v", err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatalf("metrics: %v", err)
	}
	return string(b)
}

// proc is a file of the process's own under /proc.
func (d *daemon) proc(name string) string { return fmt.Sprintf("/proc/%d/%s", d.process.Pid, name) }

// forgetPeak makes peak count from now on.
func (d *daemon) forgetPeak(t testing.TB) {
	t.Helper()
	if err := os.WriteFile(d.proc("clear_refs"), []byte("5"), 0); err != nil && !errors.Is(err, os.ErrPermission) {
		t.Logf("peaks of memory are those since the start: %v", err)
	}
}

// peak is the most memory that was resident, in bytes.
func (d *daemon) peak(t testing.TB) int { return d.memory(t, "VmHWM") }

// memory is a number of bytes of the process's status.
func (d *daemon) memory(t testing.TB, name string) int {
	t.Helper()
	status, err := os.ReadFile(d.proc("status"))
	if err != nil {
		t.Error(err)
	}
	found := regexp.MustCompile(name + `:\s+(\d+) kB`).FindSubmatch(status)
	if found == nil {
		return 0
	}
	kilobytes, err := strconv.Atoi(string(found[1]))
	if err != nil {
		t.Error(err)
	}
	return kilobytes << 10
}
