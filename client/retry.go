package client

import (
	"context"
	"math/rand/v2"
	"time"

	"google.golang.org/grpc/codes"
)

// Retry says how failures are tried again. Only UNAVAILABLE is, and RESOURCE_EXHAUSTED when the server names a delay
// (google.rpc.RetryInfo); every other failure is final. A wait that would outlast the call's deadline is not begun.
type Retry struct {
	// Attempts bounds the tries in a row without an answer, the first included; 1 or less: no second try.
	Attempts int
	// Base is the wait before the second try. It doubles with each further one, and half of each wait is drawn at random.
	Base time.Duration
	// Max bounds each wait; a longer one that the server asks for is kept.
	Max time.Duration
}

// DefaultRetry is 5 tries within about 2 to 4 seconds.
func DefaultRetry() Retry {
	return Retry{Attempts: 5, Base: 250 * time.Millisecond, Max: 4 * time.Second}
}

// after returns how long to wait after failure number n, from 1, and whether to try again at all.
func (r Retry) after(e *Error, n int) (time.Duration, bool) {
	if n >= r.Attempts {
		return 0, false
	}
	switch {
	case e.Code == codes.Unavailable:
	case e.Code == codes.ResourceExhausted && e.comeBack:
	default:
		return 0, false
	}
	return e.RetryAfter + r.backoff(n), true
}

func (r Retry) backoff(n int) time.Duration {
	d := r.Base
	for i := 1; i < n && d < r.Max; i++ {
		d *= 2
	}
	d = max(0, min(d, r.Max))
	return d/2 + rand.N(d/2+1)
}

// invoke makes a call, with further tries, before the call's deadline.
func (c *Client) invoke(ctx context.Context, o callOptions, call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	for n := 1; ; n++ {
		err := call(ctx)
		if err == nil {
			return nil
		}
		e := toError(err)
		wait, again := o.retry.after(e, n)
		if !again || outlasts(ctx, wait) || c.pause(ctx, wait) != nil {
			return e
		}
	}
}

func outlasts(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ok && wait >= time.Until(deadline)
}

// pause waits for d, or until ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
