package attack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	grpccodes "google.golang.org/grpc/codes"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"github.com/assay-project/assay/client"
	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

var lifeAttacks = []attack{
	{id: "L03", what: "SIGTERM while four callers, a batch and a stream ask, again and again", must: "health says NOT_SERVING first; no call that was begun before is lost; exit 0 within 15 s", run: restarts},
	{id: "L05", what: "one processor and 256 MiB: the fullest requests from 16 callers", must: "served or shed; peak at most 256 MiB", run: smallHost, whole: true},
	{id: "L10", what: "SIGTERM while a hundred streams hang and a hundred calls drip; a second signal", must: "exit within 30 s; at once at the second", run: hostileDrain, whole: true},
	{id: "L11", what: "signals: HUP, USR1, WINCH, PIPE, STOP and CONT, and an error output that nobody reads", must: "it serves on", run: signals},
	{id: "L12", what: "kill -9 and a new start on the same address, under a client of the SDK", must: "it serves at once; the client gets every answer", run: kills},
	{id: "L13", what: "flags that would undo a limit or name nothing; addresses that are taken", must: "no start; exit status not 0; one line that says why", run: badFlags},
	{id: "L14", what: "kill -9 and a new start on a socket of this machine; a second server on one that lives", must: "it serves at once; the second does not start and takes nothing away", run: abandonedSockets},
	{id: "L15", what: "SIGHUP without end, from the first line it writes until it has ended", must: "it serves, and exits with 0 at SIGTERM", run: hangups},
}

// restarts begins no call once health says NOT_SERVING, as an honest balancer does, and wants every other one answered.
func restarts(f *field) string {
	n := size(3, 50)
	answered, slowest := atomic.Int64{}, time.Duration(0)
	for range n {
		g := f.on(start(f, []string{"--drain-delay", "300ms"}, map[string]string{}))
		ctx, stop := context.WithCancel(context.Background())
		watch, err := grpc_health_v1.NewHealthClient(g.conn).Watch(context.Background(), &grpc_health_v1.HealthCheckRequest{})
		if err != nil {
			f.Fatal(err)
		}
		var wait sync.WaitGroup
		wait.Go(func() {
			for {
				r, err := watch.Recv()
				if err != nil || r.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
					if err != nil {
						f.Errorf("health ends with %v before it says NOT_SERVING", err)
					}
					stop()
					return
				}
			}
		})
		for caller := range 5 {
			wait.Go(func() {
				for ctx.Err() == nil {
					var err error
					if caller == 4 {
						_, err = g.batch(slices.Repeat([]*assayv1.Submission{chair()}, 50))
					} else {
						_, err = g.check(chair())
					}
					if err != nil {
						f.Errorf("a call before the end: %v", err)
						return
					}
					answered.Add(1)
					time.Sleep(10 * time.Millisecond)
				}
			})
		}
		wait.Go(func() { g.streamed(f, &answered) })
		time.Sleep(time.Duration(f.rng.Int64N(int64(200 * time.Millisecond))))
		begin := time.Now()
		g.signal(f, syscall.SIGTERM)
		wait.Wait()
		slowest = max(slowest, g.ends(f, begin, 15*time.Second))
		if g.status != 0 {
			f.Errorf("exit status %d: %s", g.status, g.logs(0))
		}
		g.conn.Close()
	}
	return fmt.Sprintf("%d restarts, %d calls answered, none lost, the slowest end %.1f s", n, answered.Load(), slowest.Seconds())
}

// streamed sends on one stream until the server ends it, and wants a result for everything that it took.
func (f *field) streamed(t *field, answered *atomic.Int64) {
	ctx, cancel := f.call()
	defer cancel()
	stream, err := f.api.StreamCheckSubmissions(ctx)
	if err != nil {
		return // it drains already
	}
	go func() {
		for stream.Send(&assayv1.StreamCheckSubmissionsRequest{Submission: chair()}) == nil {
			time.Sleep(time.Millisecond)
		}
	}()
	for {
		_, err := stream.Recv()
		if err == io.EOF {
			return
		}
		if err != nil {
			if code := status.Code(err); code != grpccodes.Unavailable {
				t.Errorf("the stream ends with %v", err)
			}
			return
		}
		answered.Add(1)
	}
}

// ends waits for the end of the process.
func (d *daemon) ends(f *field, begin time.Time, long time.Duration) time.Duration {
	f.Helper()
	select {
	case <-d.exited:
	case <-time.After(long - time.Since(begin)):
		f.Errorf("it has not ended after %v", long)
	}
	return time.Since(begin)
}

func smallHost(f *field) string {
	cmd := exec.Command(assayd(f), "serve", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--memory-limit", fmt.Sprint(256<<20*8/10))
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	g := f.on(ready(f, launch(f, cmd), ""))
	g.forgetPeak(f)
	var wait sync.WaitGroup
	seen := tally{}
	end := time.Now().Add(size(3*time.Second, 30*time.Second))
	for range 16 {
		wait.Go(func() {
			for time.Now().Before(end) {
				s := chained()
				s.Product.Title, s.Product.Description = strings.Repeat("N1ke ", 13_000), strings.Repeat("soft and light ", 17_000)
				_, err := g.check(s)
				switch seen.add(status.Code(err)) {
				case grpccodes.OK, grpccodes.ResourceExhausted, grpccodes.DeadlineExceeded:
				default:
					f.Errorf("%v", err)
				}
			}
		})
	}
	wait.Wait()
	peak := g.peak(f)
	if peak > 256<<20 {
		f.Errorf("peak is %d MiB", peak>>20)
	}
	g.healthy(f)
	g.conn.Close()
	return fmt.Sprintf("%v; its peak %d MiB", &seen, peak>>20)
}

func hostileDrain(f *field) string {
	slowest := time.Duration(0)
	for _, twice := range []bool{false, true} {
		d := start(f, []string{"--drain-timeout", "3s"}, map[string]string{})
		p := d.peer(f, false)
		_ = p.write(func() {
			for range 50 {
				p.open(usualHeaders(streamPath)...)
				s := p.open(usualHeaders(checkPath)...)
				_ = p.WriteData(s, false, []byte{0, 0, 0})
			}
		})
		deaf := d.peer(f, true, http2NoWindow)
		_ = deaf.write(func() {
			for range 50 {
				_ = deaf.WriteData(deaf.open(usualHeaders(checkPath)...), true, framed(0, encoded(asking())))
			}
		})
		time.Sleep(200 * time.Millisecond)
		begin := time.Now()
		d.signal(f, syscall.SIGTERM)
		if twice {
			time.Sleep(100 * time.Millisecond)
			d.signal(f, syscall.SIGTERM)
		}
		slowest = max(slowest, d.ends(f, begin, 30*time.Second))
		p.Close()
		deaf.Close()
	}
	return fmt.Sprintf("the slowest end %.1f s", slowest.Seconds())
}

func signals(f *field) string {
	for _, s := range []syscall.Signal{syscall.SIGHUP, syscall.SIGWINCH, syscall.SIGPIPE, syscall.SIGURG, syscall.SIGSTOP, syscall.SIGCONT, syscall.SIGHUP} {
		f.signal(f, s)
		time.Sleep(50 * time.Millisecond)
		if s != syscall.SIGSTOP {
			f.healthy(f)
		}
	}
	read, write, err := os.Pipe()
	if err != nil {
		f.Fatal(err)
	}
	defer read.Close() // nobody reads it: at some time it is full
	address := freeAddress(f)
	cmd := exec.Command(assayd(f), "serve", "--listen", address, "--drain-delay", "0s")
	cmd.Stderr = write
	if err := cmd.Start(); err != nil {
		f.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	write.Close()
	g := f.on(&daemon{process: cmd.Process, address: address})
	ctx, cancel := f.call()
	defer cancel()
	if _, err := g.api.CheckSubmission(ctx, asking()); status.Code(err) != grpccodes.Unavailable && err != nil {
		f.Errorf("with an output that nobody reads: %v", err)
	}
	g.sound(20 * time.Second)
	g.conn.Close()
	return "it serves on"
}

func kills(f *field) string {
	address := freeAddress(f)
	flags := []string{"--listen", address}
	d := start(f, flags, map[string]string{})
	sdk, err := client.Dial(address)
	if err != nil {
		f.Fatal(err)
	}
	defer sdk.Close()
	answered, slowest := 0, time.Duration(0)
	for range size(3, 30) {
		begin := time.Now()
		d.signal(f, syscall.SIGKILL)
		<-d.exited
		d = start(f, flags, map[string]string{})
		if v, err := sdk.Check(context.Background(), chair()); err != nil || v.GetDecision() != assayv1.Decision_DECISION_APPROVE {
			f.Errorf("after a kill: %v, %v", v.GetDecision(), err)
		}
		slowest = max(slowest, time.Since(begin))
		answered++
	}
	return fmt.Sprintf("%d kills, answered again within %.1f s", answered, slowest.Seconds())
}

// badFlags starts it with each bad flag.
func badFlags(f *field) string {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		f.Fatal(err)
	}
	defer taken.Close()
	dir := f.TempDir()
	lists := [][]string{{"--listen", taken.Addr().String()}, {"--metrics-listen", taken.Addr().String()}, {"--listen", ""}, {"--listen", "unix:"}, {"--listen", "unix:" + dir}, {"--listen", "unix:" + dir + "/no/such"},
		{"--listen", "unix:" + strings.Repeat("x", 200)}, {"--listen", "127.0.0.1:-1"}, {"--metrics-listen", "nowhere"}, {"--log-level", "loud"}, {"--log-format", "xml"}, {"more"}, {"--api-keys", dir}, {"--api-keys", "/dev/null"},
		{"--api-keys", "/dev/zero"}, {"--tls-client-require"}, {"--jwt-issuer", "https://x"}, {"--max-request-bytes", "9223372036854775807"}, {"--max-streams", "99999999999999999999"}, {"--max-streams", "1e3"}}
	for _, flag := range []string{"max-request-bytes", "max-streams", "max-connections", "max-per-host", "max-in-flight", "max-open-streams", "memory-limit"} {
		lists = append(lists, []string{"--" + flag + "=-1"})
	}
	for _, flag := range []string{"max-wait", "call-timeout", "stream-age", "slow-call", "drain-delay", "drain-timeout", "reload-every"} {
		lists = append(lists, []string{"--" + flag + "=-1ns"})
	}
	for _, flags := range lists {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		cmd := exec.CommandContext(ctx, assayd(f), slices.Concat([]string{"serve", "--listen", "127.0.0.1:0", "--rulebook", "../../server/cmd/assayd/testdata/book"}, flags)...)
		said, err := cmd.CombinedOutput()
		cancel()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() <= 0 || strings.Count(string(said), "\n") != 1 || !strings.HasPrefix(string(said), "assayd: ") {
			f.Errorf("%.100q: %v\n%s", flags, err, said)
		}
	}
	return fmt.Sprintf("%d starts refused", len(lists))
}

func abandonedSockets(f *field) string {
	path := filepath.Join(f.TempDir(), "assay.sock")
	flags := []string{"--listen", "unix:" + path}
	for range size(3, 20) {
		d := start(f, flags, map[string]string{})
		d.address = "unix:" + path
		g := f.on(d)
		g.sound(time.Minute)
		second, err := exec.Command(assayd(f), slices.Concat(usualFlags, flags, []string{"--rulebook", d.book})...).CombinedOutput()
		if err == nil || !strings.Contains(string(second), "already in use") {
			f.Errorf("a second server: %v\n%s", err, second)
		}
		g.sound(time.Minute)
		g.conn.Close()
		d.signal(f, syscall.SIGKILL)
		<-d.exited
	}
	return fmt.Sprintf("%d kills", size(3, 20))
}

func hangups(f *field) string {
	sent := 0
	for range size(2, 20) {
		args := slices.Concat(usualFlags, []string{"--rulebook", smallBook(f, nil)})
		d := launch(f, exec.Command(assayd(f), args...))
		if err := d.until("serving metrics"); err != nil { // its first line
			f.Fatal(err)
		}
		stop, stopped := make(chan struct{}), make(chan int)
		go func() {
			n := 0
			for ; ; n++ {
				select {
				case <-stop:
					stopped <- n
					return
				case <-time.After(200 * time.Microsecond):
					_ = d.process.Signal(syscall.SIGHUP) // it fails once it has ended
				}
			}
		}()
		g := f.on(ready(f, d, ""))
		g.sound(time.Minute)
		g.conn.Close()
		begin := time.Now()
		d.signal(f, syscall.SIGTERM)
		d.ends(f, begin, time.Minute)
		close(stop)
		sent += <-stopped
		if d.status != 0 {
			f.Errorf("exit status %d: %s", d.status, d.logs(0))
		}
	}
	return fmt.Sprintf("%d hangups", sent)
}
