package auth

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"google.golang.org/grpc/peer"
)

// quiet is how long one reason is not logged again. Whoever is refused can be refused a million times.
const quiet = 10 * time.Second

// refusals remember which reasons were logged when.
type refusals struct {
	mu   sync.Mutex
	told map[Reason]*told
}

type told struct {
	at   time.Time
	more int // since then
}

func newRefusals() *refusals { return &refusals{told: map[Reason]*told{}} }

// due tells whether a reason is to be logged now, and how often it was not since it was.
func (r *refusals) due(reason Reason, now time.Time) (more int, yes bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	last := r.told[reason]
	if last != nil && now.Sub(last.at) < quiet {
		last.more++
		return 0, false
	}
	if last != nil {
		more = last.more
	}
	r.told[reason] = &told{at: now}
	return more, true
}

// refused counts and logs a refusal. Nothing of a credential that was not good is logged: it may be a good one for another.
func (a *Authenticator) refused(ctx context.Context, method string, known *Identity, err error) {
	refusal, ok := errors.AsType[*Refusal](err)
	if !ok {
		return // the call has ended
	}
	if a.config.Refused != nil {
		a.config.Refused(refusal.Reason)
	}
	more, due := a.refusals.due(refusal.Reason, a.config.Now())
	if !due {
		return
	}
	attributes := []slog.Attr{slog.String("reason", string(refusal.Reason)), slog.String("method", method), slog.Int("unlogged_before", more)}
	if p, ok := peer.FromContext(ctx); ok && p.Addr != nil {
		attributes = append(attributes, slog.String("peer", p.Addr.String()))
	}
	if known != nil {
		attributes = append(attributes, slog.String("tenant", known.Tenant), slog.String("subject", known.Subject))
	}
	a.config.Logger.LogAttrs(ctx, slog.LevelWarn, "call refused", attributes...)
}
