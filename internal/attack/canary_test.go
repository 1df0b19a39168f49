package attack

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/assay-project/assay/client"
	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// A canary is an honest client: it asks about a chair ten times a second, on a connection of its own, with the public SDK as it comes.
type canary struct {
	stop context.CancelFunc
	done sync.WaitGroup

	mu    sync.Mutex
	took  []time.Duration // of calls that were answered rightly
	wrong []error
}

func (d *daemon) canary(t testing.TB) *canary {
	t.Helper()
	sdk, err := client.Dial(d.address)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	c := &canary{stop: cancel}
	c.done.Go(func() {
		defer sdk.Close()
		var asked sync.WaitGroup
		defer asked.Wait()
		for tick := time.NewTicker(100 * time.Millisecond); ; {
			asked.Go(func() { c.ask(sdk) })
			select {
			case <-ctx.Done():
				tick.Stop()
				return
			case <-tick.C:
			}
		}
	})
	return c
}

func (c *canary) ask(sdk *client.Client) {
	begin := time.Now()
	v, err := sdk.Check(context.Background(), chair())
	took := time.Since(begin)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil && v.GetDecision() != assayv1.Decision_DECISION_APPROVE {
		err = fmt.Errorf("the chair is answered with %v", v.GetDecision())
	}
	if err != nil {
		c.wrong = append(c.wrong, err)
		return
	}
	c.took = append(c.took, took)
}

// end stops asking and wants at most one call of a thousand to have gone wrong.
func (c *canary) end(t testing.TB) *canary {
	t.Helper()
	c.stop()
	c.done.Wait()
	if len(c.wrong) > len(c.took)/1000 {
		t.Errorf("the honest client: %d of %d calls went wrong, the first: %v", len(c.wrong), len(c.wrong)+len(c.took), c.wrong[0])
	}
	slices.Sort(c.took)
	return c
}

// String says how it fared.
func (c *canary) String() string {
	if len(c.took) == 0 {
		return "honest client: no answers"
	}
	at := func(q float64) float64 { return c.took[int(q*float64(len(c.took)-1))].Seconds() * 1000 }
	return fmt.Sprintf("honest client %d of %d, p50 %.1f ms, p99 %.1f ms", len(c.took), len(c.took)+len(c.wrong), at(0.5), at(0.99))
}
