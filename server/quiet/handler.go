package quiet

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// Bounds of what is told.
const (
	burst   = 20           // lines of one kind at once
	refill  = time.Second  // for each further one
	maxKind = 1000         // kinds that are told apart; the rest share one
	maxKey  = 200          // bytes of a kind
	many    = "not_logged" // how many lines of the kind were not told since the one before
)

// A Handler passes on warnings and errors, of one kind at most 20 at once and one a second after that. Lines are of one kind that
// say the same and have the same values at the keys it was made with. The next line of a kind says how many were held back. Lines of
// lower levels all pass: whoever asks for them wants them. It is safe for concurrent use.
type Handler struct {
	next  slog.Handler
	keys  []string
	kinds *kinds
	inner string // groups and attributes make kinds of their own
}

// NewHandler makes a handler before another one. The keys are those of attributes with few values: codes and names, never ids.
func NewHandler(next slog.Handler, now func() time.Time, keys ...string) *Handler {
	return &Handler{next: next, keys: keys, kinds: &kinds{now: now, seen: map[string]*kind{}}}
}

// Enabled is that of the handler behind.
func (h *Handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

// WithAttrs keeps the bounds: they are shared with h.
func (h *Handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &Handler{h.next.WithAttrs(attrs), h.keys, h.kinds, h.inner}
}

// WithGroup keeps the bounds too.
func (h *Handler) WithGroup(name string) slog.Handler {
	return &Handler{h.next.WithGroup(name), h.keys, h.kinds, h.inner + name + "."}
}

// Handle passes a line on if its kind may be told again.
func (h *Handler) Handle(ctx context.Context, r slog.Record) error {
	if r.Level < slog.LevelWarn {
		return h.next.Handle(ctx, r)
	}
	held, ok := h.kinds.take(h.kindOf(&r))
	if !ok {
		return nil
	}
	if held > 0 {
		r = r.Clone()
		r.AddAttrs(slog.Int(many, held))
	}
	return h.next.Handle(ctx, r)
}

// kindOf is what a line has in common with others of its kind.
func (h *Handler) kindOf(r *slog.Record) string {
	var b strings.Builder
	b.WriteString(h.inner)
	b.WriteString(r.Message)
	r.Attrs(func(a slog.Attr) bool {
		for _, key := range h.keys {
			if a.Key == key {
				b.WriteByte(0)
				b.WriteString(a.Value.String())
			}
		}
		return b.Len() < maxKey
	})
	return b.String()[:min(b.Len(), maxKey)]
}

type kinds struct {
	now func() time.Time

	mu   sync.Mutex
	seen map[string]*kind
}

type kind struct {
	left   int       // lines that may be told at once
	filled time.Time // when left was brought up to date
	held   int
}

// take reports whether one more of a kind may be told, and how many were held back before it.
func (k *kinds) take(name string) (held int, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.now()
	of := k.of(name, now)
	if more := int(now.Sub(of.filled) / refill); more > 0 {
		of.left, of.filled = min(of.left+more, burst), of.filled.Add(time.Duration(more)*refill)
	}
	if of.left == 0 {
		of.held++
		return 0, false
	}
	of.left--
	held, of.held = of.held, 0
	return held, true
}

func (k *kinds) of(name string, now time.Time) *kind {
	if len(k.seen) >= maxKind && k.seen[name] == nil {
		name = ""
	}
	of := k.seen[name]
	if of == nil {
		of = &kind{left: burst, filled: now}
		k.seen[name] = of
	}
	return of
}
