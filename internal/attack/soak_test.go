package attack

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	grpccodes "google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// TestSoak asks for as long as -soak says, at half load, soundly and unsoundly, and prints a line for each window: memory, goroutines,
// descriptors and latency must not drift.
func TestSoak(t *testing.T) {
	if *soakTime == 0 {
		t.Skip("give -soak a duration")
	}
	rng := newRand(t)
	d := start(t, []string{"--gc-percent", "400"}, nil)
	conn := d.dial(t)
	load := &load{api: assayv1.NewComplianceServiceClient(conn), conn: conn}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	rate := cmp.Or(*soakRate, load.capacity(t, rng)/2)
	t.Logf("%d calls a second for %v", rate, *soakTime)
	const windows = 10
	var seen []window
	var memory []sample
	var watching sync.WaitGroup
	for i := range windows {
		if i == 1 { // all is warm
			watching.Go(func() { memory = d.watch(ctx, t) })
		}
		w := load.window(t, d, rng, rate, *soakTime/windows)
		seen = append(seen, w)
		t.Logf("window %2d: %v", i+1, w)
	}
	stop()
	watching.Wait()
	conn.Close()
	t.Logf("resident memory grows by %.2f MiB in 10 minutes, by the line of least squares through %d samples", slope(memory)*600/(1<<20), len(memory))
	judge(t, seen)
	d.healthy(t)
}

// A sample is resident memory at a time.
type sample struct{ seconds, bytes float64 }

// watch looks at the resident memory each second until ctx ends.
func (d *daemon) watch(ctx context.Context, t *testing.T) (seen []sample) {
	begin, tick := time.Now(), time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return seen
		case <-tick.C:
			seen = append(seen, sample{time.Since(begin).Seconds(), float64(d.memory(t, "VmRSS"))})
		}
	}
}

// slope is that of the line of least squares, in bytes a second.
func slope(of []sample) float64 {
	var meanX, meanY, xy, xx float64
	for _, s := range of {
		meanX += s.seconds / float64(len(of))
		meanY += s.bytes / float64(len(of))
	}
	for _, s := range of {
		xy += (s.seconds - meanX) * (s.bytes - meanY)
		xx += (s.seconds - meanX) * (s.seconds - meanX)
	}
	return xy / xx
}

// A load asks soundly and unsoundly.
type load struct {
	api  assayv1.ComplianceServiceClient
	conn *grpc.ClientConn
}

// A window is what was seen in a part of a soak.
type window struct {
	length         time.Duration
	calls, shed    int
	lost           int // neither shed, nor answered if sound, nor refused if not
	p50, p99       time.Duration
	resident, heap int
	goroutines     int
	descriptors    int
}

func (w window) String() string {
	return fmt.Sprintf("%d calls, %d shed, %d lost, sound ones p50 %.2f ms p99 %.2f ms; resident %.1f MiB, heap %.1f MiB, %d goroutines, %d descriptors",
		w.calls, w.shed, w.lost, w.p50.Seconds()*1000, w.p99.Seconds()*1000, float64(w.resident)/(1<<20), float64(w.heap)/(1<<20), w.goroutines, w.descriptors)
}

// capacity is how many calls a second four callers get answered one after another.
func (l *load) capacity(t *testing.T, rng *rand.Rand) int {
	t.Helper()
	var calls atomic.Int64
	var wait sync.WaitGroup
	begin := time.Now()
	for range 4 {
		own := rand.New(rand.NewPCG(rng.Uint64(), 1))
		wait.Go(func() {
			for time.Since(begin) < 5*time.Second {
				l.ask(own)
				calls.Add(1)
			}
		})
	}
	wait.Wait()
	return int(calls.Load() / 5)
}

// window asks at a rate, open loop, and looks at the daemon at its end.
func (l *load) window(t *testing.T, d *daemon, rng *rand.Rand, rate int, long time.Duration) window {
	t.Helper()
	w := window{length: long}
	var mu sync.Mutex
	var took []time.Duration
	var wait sync.WaitGroup
	begin := time.Now()
	for n := 0; ; n++ {
		due := begin.Add(time.Duration(n) * time.Second / time.Duration(rate))
		if due.Sub(begin) >= long {
			break
		}
		time.Sleep(time.Until(due))
		own := rand.New(rand.NewPCG(rng.Uint64(), 1))
		wait.Go(func() {
			sound, ended := l.ask(own)
			late := time.Since(due)
			mu.Lock()
			defer mu.Unlock()
			w.calls++
			switch {
			case ended == shed:
				w.shed++
			case ended == lost:
				w.lost++
			case sound:
				took = append(took, late)
			}
		})
	}
	wait.Wait()
	slices.Sort(took)
	if n := len(took); n > 0 {
		w.p50, w.p99 = took[n/2], took[n*99/100]
	}
	rest := d.resources(t)
	w.resident, w.heap, w.goroutines, w.descriptors = d.memory(t, "VmRSS"), rest.heap, rest.goroutines, rest.descriptors
	return w
}

// An ending is how a call of a soak ended.
type ending int

const (
	well ending = iota // sound and answered, or unsound and refused
	shed
	lost
)

// endingOf is how a call ended that was to end with one of these codes.
func endingOf(err error, wanted ...grpccodes.Code) ending {
	switch code := status.Code(err); {
	case slices.Contains(wanted, code):
		return well
	case code == grpccodes.ResourceExhausted:
		return shed
	}
	return lost
}

// ask makes one call of those that are drawn: three of four are sound.
func (l *load) ask(rng *rand.Rand) (sound bool, how ending) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	want := grpccodes.OK
	var err error
	switch rng.IntN(16) {
	case 0:
		var b []byte
		err = l.conn.Invoke(ctx, checkPath, []byte("\xff\xff\xff"), &b, grpc.ForceCodecV2(rawBytes{}))
		want = grpccodes.Internal
	case 1:
		_, err = l.api.CheckSubmission(ctx, &assayv1.CheckSubmissionRequest{Submission: &assayv1.Submission{}})
		want = grpccodes.InvalidArgument
	case 2:
		_, err = l.api.CheckSubmission(ctx, &assayv1.CheckSubmissionRequest{Submission: shoes(strings.Repeat("n1ke \u0301\u200b", rng.IntN(500)))})
		return false, endingOf(err, grpccodes.OK)
	case 3:
		time.AfterFunc(time.Duration(rng.Int64N(int64(2*time.Millisecond))), cancel)
		_, err = l.api.CheckSubmission(ctx, asking())
		return false, endingOf(err, grpccodes.OK, grpccodes.Canceled)
	case 4:
		_, err = l.api.BatchCheckSubmissions(ctx, &assayv1.BatchCheckSubmissionsRequest{Submissions: []*assayv1.Submission{chair(), chained(), {}, shoes("N1ke")}})
		return false, endingOf(err, grpccodes.OK)
	case 5, 6:
		_, err = l.api.CheckSubmission(ctx, &assayv1.CheckSubmissionRequest{Submission: chained()})
	case 7, 8:
		_, err = l.api.CheckSubmission(ctx, &assayv1.CheckSubmissionRequest{Submission: shoes(brands[rng.IntN(len(brands))] + " runners " + strconv.Itoa(rng.IntN(1e6)))})
	default:
		s := chair()
		s.SubmissionId, s.Product.Title = strconv.FormatUint(rng.Uint64(), 36), honest[rng.IntN(len(honest))]
		_, err = l.api.CheckSubmission(ctx, &assayv1.CheckSubmissionRequest{Submission: s})
	}
	return want == grpccodes.OK, endingOf(err, want)
}

// judge wants what must not drift not to: between the second window, when all is warm, and the last.
func judge(t *testing.T, seen []window) {
	t.Helper()
	first, last := seen[1], seen[len(seen)-1]
	calls, refused, gone := 0, 0, 0
	for _, w := range seen {
		calls, refused, gone = calls+w.calls, refused+w.shed, gone+w.lost
	}
	tens := (time.Duration(len(seen)-2) * first.length).Minutes() / 10
	t.Logf("%d calls, %d shed, %d lost; heap at rest %+.1f MiB per 10 minutes; goroutines %+d, descriptors %+d; p50 %+.0f %%, p99 %+.0f %%", calls, refused, gone,
		float64(last.heap-first.heap)/(1<<20)/tens, last.goroutines-first.goroutines, last.descriptors-first.descriptors,
		100*(last.p50.Seconds()/first.p50.Seconds()-1), 100*(last.p99.Seconds()/first.p99.Seconds()-1))
	if gone > calls/1000 {
		t.Errorf("%d calls of %d were lost", gone, calls)
	}
	if last.goroutines > first.goroutines+5 || last.descriptors > first.descriptors+5 {
		t.Errorf("goroutines or descriptors grow: %v, then %v", first, last)
	}
	if grown := last.heap - first.heap; grown > 16<<20 {
		t.Errorf("the heap grew by %d MiB", grown>>20)
	}
}
