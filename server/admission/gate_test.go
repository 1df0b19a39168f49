package admission

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/stats"
	"pgregory.net/rapid"
)

// kindNamed has methods named after kinds.
func kindNamed(method string) Kind {
	return map[string]Kind{"probe": Probe, "single": Single, "bulk": Bulk, "stream": Stream}[method]
}

func newGate(calls, streams, checks int) *Gate {
	return New(Config{KindOf: kindNamed, MaxCalls: calls, MaxStreams: streams, MaxChecks: checks, Wait: 20 * time.Millisecond,
		Tenant: func(_ context.Context, md metadata.MD) string { return first(md["tenant"]) }})
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// enter makes a call of a tenant; refused is the limit that was reached.
func enter(g *Gate, ctx context.Context, method, tenant string) (entered context.Context, refused string) {
	ctx, err := g.Enter(ctx, method, metadata.MD{"tenant": {tenant}}, time.Minute)
	if err != nil {
		ctx, err = Refuse(ctx, err, time.Minute)
	}
	if why, ok := errors.AsType[*Refusal](err); ok {
		return nil, why.Name
	}
	return ctx, ""
}

// leave ends a call as the transport does.
func leave(g *Gate, ctx context.Context) {
	g.HandleRPC(g.TagRPC(ctx, &stats.RPCTagInfo{}), &stats.End{})
}

// fill makes calls of a tenant until one is refused.
func fill(g *Gate, method, tenant string) (calls []context.Context, refused string) {
	for {
		var ctx context.Context
		if ctx, refused = enter(g, context.Background(), method, tenant); refused != "" {
			return calls, refused
		}
		calls = append(calls, ctx)
	}
}

func TestOneTenantLeavesRoomForOthers(t *testing.T) {
	g := newGate(100, 100, 1000)
	for _, method := range []string{"single", "stream"} {
		greedy, refused := fill(g, method, "greedy")
		if n := len(greedy); n < 70 || n > 85 || refused != "share" {
			t.Errorf("%s: one tenant gets %d of 100 and then %q", method, n, refused)
		}
		second, refused := fill(g, method, "second")
		if n := len(second); n < 10 || refused != "share" {
			t.Errorf("%s: the second one gets %d and then %q", method, n, refused)
		}
		if _, refused := enter(g, context.Background(), method, "newcomer"); refused != "" {
			t.Errorf("%s: a newcomer is refused: %s", method, refused)
		}
	}
}

func TestThoseWhoAreNotKnownShareALittle(t *testing.T) {
	g := newGate(160, 160, 1000)
	if unknown, refused := fill(g, "single", ""); len(unknown) > 20 || len(unknown) < 10 || refused != "share" {
		t.Errorf("those who are not known get %d of 160 and then %q", len(unknown), refused)
	}
	if known, _ := fill(g, "single", "known"); len(known) < 100 {
		t.Errorf("one who is known gets %d beside them", len(known))
	}
}

func TestACallThatWouldWaitTooLongIsRefused(t *testing.T) {
	g := newGate(10000, 10, 2)
	g.took = time.Millisecond - aroundCheck // two at a time in 20 ms: 40
	calls, refused := fill(g, "single", "a")
	if len(calls) != 40*burst || refused != "waiting" {
		t.Errorf("%d calls are let in at once, then %q", len(calls), refused)
	}
	for _, ctx := range calls[40:] {
		leave(g, ctx)
	}
	if more, refused := fill(g, "single", "a"); len(more) > 0 || refused != "waiting" {
		t.Errorf("once one was refused, %d more are let in, then %q", len(more), refused)
	}
	calls = calls[:40]
	if others, refused := fill(g, "single", "b"); len(others) != 20*burst || refused != "waiting" {
		t.Errorf("of another tenant, with half the turns, %d are let in, then %q", len(others), refused)
	}
	if batches, refused := fill(g, "bulk", "c"); len(batches) < 4 || refused != "waiting" {
		t.Errorf("%d batches are let in, then %q", len(batches), refused)
	}
	for _, ctx := range calls {
		leave(g, ctx)
	}
	g.took = time.Second
	if slow, refused := fill(g, "single", "d"); len(slow) > 3 || refused != "waiting" {
		t.Errorf("%d calls of seconds each are let in, then %q", len(slow), refused)
	}
}

func TestABatchCountsForItsItems(t *testing.T) {
	g := newGate(100, 10, 2)
	ctx, _ := enter(g, context.Background(), "bulk", "a")
	Expect(ctx, 100)
	bulk := &g.tenants["a"].bulk
	if bulk.units != 100 {
		t.Errorf("a batch of 100 counts for %d", bulk.units)
	}
	turn, err := Run(ctx)
	if err != nil {
		t.Fatal(err)
	}
	turn.Done()
	if bulk.units != 99 {
		t.Errorf("after one of them %d are to come", bulk.units)
	}
	Apart(ctx)
	if bulk.units != 0 {
		t.Errorf("of checks that wait for others %d are in line", bulk.units)
	}
	leave(g, ctx)
}

// TestWhatACallHoldsComesBack ends calls in every way in which a transport can.
func TestWhatACallHoldsComesBack(t *testing.T) {
	for _, method := range []string{"probe", "single", "bulk", "stream"} {
		for name, end := range map[string]func(*Gate, context.Context){
			"handler returns": leave,
			"no handler, as its time is up": func(_ *Gate, ctx context.Context) {
				for ctx.Err() == nil {
					time.Sleep(time.Millisecond)
				}
			},
			"both": func(g *Gate, ctx context.Context) {
				ctx = g.TagRPC(ctx, &stats.RPCTagInfo{})
				time.Sleep(20 * time.Millisecond)
				_ = ctx.Err()
				g.HandleRPC(ctx, &stats.End{})
				g.HandleRPC(ctx, &stats.End{})
			},
		} {
			g := newGate(10, 10, 2)
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
			defer cancel()
			ctx = g.TagConn(ctx, &stats.ConnTagInfo{RemoteAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}})
			ctx, refused := enter(g, ctx, method, "a")
			if held := g.Held(); refused != "" || held == (Held{}) {
				t.Fatalf("%s: refused %q, holds %+v", method, refused, held)
			}
			end(g, ctx)
			if held := g.Held(); held != (Held{}) || len(g.tenants) != 0 || g.active != 0 {
				t.Errorf("%s, %s: still holds %+v, %d tenants", method, name, held, len(g.tenants))
			}
		}
	}
}

func TestACallWithALongTimeIsRefusedInside(t *testing.T) {
	g := newGate(1, 1, 1)
	if _, refused := enter(g, context.Background(), "single", "a"); refused != "" {
		t.Fatal(refused)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	inside, refused := enter(g, ctx, "single", "b")
	if refused != "" || Refused(inside) == nil {
		t.Errorf("refused at the door %q, inside %v", refused, Refused(inside))
	}
	leave(g, inside)
	if held := g.Held(); held.Calls != 1 {
		t.Errorf("a call that was refused gives back what it did not have: %+v", held)
	}
	short, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if _, refused := enter(g, short, "single", "b"); refused != "calls" {
		t.Errorf("a call with a short time is refused with %q", refused)
	}
	if n := g.Refused(Calls); n != 2 {
		t.Errorf("%d refusals are counted", n)
	}
}

func TestProbesAreLetInWhateverElseIsUnderWay(t *testing.T) {
	g := newGate(1, 1, 1)
	fill(g, "single", "a")
	fill(g, "stream", "a")
	ctx := g.TagConn(context.Background(), &stats.ConnTagInfo{})
	for range maxProbes {
		if _, refused := enter(g, ctx, "probe", ""); refused != "" {
			t.Fatal(refused)
		}
	}
	if _, refused := enter(g, ctx, "probe", ""); refused != "probes" {
		t.Errorf("one more on the same connection is refused with %q", refused)
	}
	if _, refused := enter(g, g.TagConn(context.Background(), &stats.ConnTagInfo{}), "probe", ""); refused != "" {
		t.Errorf("one on another connection is refused: %s", refused)
	}
}

// TestLinesTakeTurns has a tenant with a crowd of checks and one with a single one.
func TestLinesTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1000, 10, 1)
		var order []string
		check := func(tenant, method string) {
			ctx, refused := enter(g, t.Context(), method, tenant)
			if refused != "" {
				t.Fatal(refused)
			}
			go func() {
				turn, err := Run(ctx)
				if err != nil {
					t.Error(err)
				}
				time.Sleep(time.Millisecond)
				order = append(order, tenant+" "+method)
				turn.Done()
				leave(g, ctx)
			}()
			synctest.Wait()
		}
		for range 6 {
			check("crowd", "single")
		}
		check("crowd", "bulk")
		check("quiet", "single")
		time.Sleep(time.Second)
		synctest.Wait()
		want := []string{"crowd single", "crowd single", "crowd bulk", "quiet single"}
		if len(order) != 8 || !slices.Equal(order[:4], want) {
			t.Errorf("order is %q", order)
		}
	})
}

func TestACheckThatGivesUpLeavesItsPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1000, 10, 1)
		running, _ := enter(g, t.Context(), "single", "a")
		turn, _ := Run(running)
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		waiting, _ := enter(g, ctx, "single", "a")
		if _, err := Run(waiting); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waiting ends with %v", err)
		}
		next, _ := enter(g, t.Context(), "stream", "b")
		got := make(chan error)
		go func() { _, err := Run(next); got <- err }()
		synctest.Wait()
		if held := g.Held(); held.Waiting != 1 {
			t.Errorf("%+v", held)
		}
		turn.Done()
		if err := <-got; err != nil {
			t.Error(err)
		}
	})
}

// TestCountsAddUp makes and ends calls and checks at random.
func TestCountsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := newGate(20, 10, 3)
		var calls []context.Context
		turns := map[context.Context][]Turn{}
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			i := 0
			if len(calls) > 0 {
				i = rapid.IntRange(0, len(calls)-1).Draw(t, "call")
			}
			switch step := rapid.IntRange(0, 3).Draw(t, "step"); {
			case step == 0 || len(calls) == 0:
				method := rapid.SampledFrom([]string{"probe", "single", "bulk", "stream"}).Draw(t, "method")
				if ctx, refused := enter(g, context.Background(), method, fmt.Sprint(rapid.IntRange(0, 3).Draw(t, "tenant"))); refused == "" {
					calls = append(calls, ctx)
				}
			case step == 1 && g.running < 3:
				turn, err := Run(calls[i])
				if err != nil {
					t.Fatal(err)
				}
				turns[calls[i]] = append(turns[calls[i]], turn)
			default:
				for _, turn := range turns[calls[i]] {
					turn.Done()
				}
				delete(turns, calls[i])
				leave(g, calls[i])
				calls = slices.Delete(calls, i, i+1)
			}
			if held := g.Held(); held.Calls > 20 || held.Streams > 10 || held.Running > 3 {
				t.Fatalf("too much: %+v", held)
			}
		}
		for _, ctx := range calls {
			for _, turn := range turns[ctx] {
				turn.Done()
			}
			leave(g, ctx)
		}
		if held := g.Held(); held != (Held{}) || len(g.tenants) != 0 || g.active != 0 {
			t.Fatalf("what is left: %+v, %d tenants, %d lines", held, len(g.tenants), g.active)
		}
	})
}
