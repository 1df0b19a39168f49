package client

import (
	"time"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// Defaults of every call.
const (
	// DefaultTimeout bounds a call with all its tries; for [Client.CheckAll] it bounds the wait for each result.
	DefaultTimeout = 10 * time.Second
	// DefaultWindow is how many submissions of [Client.CheckAll] are on their way at once.
	DefaultWindow = 64
	// MaxWindow is the widest window.
	MaxWindow = 1024
)

// MaxRequestBytes is the largest request that a server reads, in bytes on the wire.
const MaxRequestBytes = 1 << 20

// A CallOption changes one call.
type CallOption func(*callOptions)

type callOptions struct {
	locale   string
	mode     assayv1.CheckMode
	checkers []string
	rulebook string
	listless bool
	timeout  time.Duration
	window   int
	retry    Retry
}

func defaultCallOptions() callOptions {
	return callOptions{timeout: DefaultTimeout, window: DefaultWindow, retry: DefaultRetry()}
}

// Timeout bounds a call with all its tries, besides the deadline of its context; for [Client.CheckAll] it bounds the
// wait for each result. Values of 0 or less mean [DefaultTimeout]: no call is without a deadline.
func Timeout(d time.Duration) CallOption {
	return func(o *callOptions) {
		if d <= 0 {
			d = DefaultTimeout
		}
		o.timeout = d
	}
}

// Window sets how many submissions of [Client.CheckAll] are on their way at once, 1 to [MaxWindow]. Memory grows with it: up to
// [MaxRequestBytes] and a verdict each.
func Window(n int) CallOption {
	return func(o *callOptions) { o.window = min(max(n, 1), MaxWindow) }
}

// Tries replaces how failures are tried again.
func Tries(r Retry) CallOption {
	return func(o *callOptions) { o.retry = r }
}

// Locale asks for messages to merchants in a language, BCP 47 ("de", "zh-Hans"). Without it they are English.
func Locale(tag string) CallOption {
	return func(o *callOptions) { o.locale = tag }
}

// Preview marks verdicts as asked for while the merchant is still drafting. The checks are the same.
func Preview() CallOption {
	return func(o *callOptions) { o.mode = assayv1.CheckMode_CHECK_MODE_PREVIEW }
}

// Checkers runs only the named checkers and what they require; the verdict is then marked as partial.
func Checkers(names ...string) CallOption {
	return func(o *callOptions) { o.checkers = names }
}

// Rulebook insists on one rulebook by its SHA-256, 64 lower-case hex digits. While another one is in force calls end with
// FAILED_PRECONDITION.
func Rulebook(sha256 string) CallOption {
	return func(o *callOptions) { o.rulebook = sha256 }
}

// OmitLists leaves out of verdicts on submissions which lists of the rulebook each checker used: they are the same in every verdict under
// one rulebook, and most of what an ordinary one holds.
func OmitLists() CallOption {
	return func(o *callOptions) { o.listless = true }
}

// with returns the options as changed by opts, in order.
func (o callOptions) with(opts []CallOption) callOptions {
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

// message returns what the server is to know of the options; nil when that is nothing.
func (o callOptions) message() *assayv1.CheckOptions {
	if o.locale == "" && o.mode == 0 && len(o.checkers) == 0 && o.rulebook == "" && !o.listless {
		return nil
	}
	return &assayv1.CheckOptions{Mode: o.mode, Locale: o.locale, Checkers: o.checkers, RulebookSha256: o.rulebook, OmitLists: o.listless}
}
