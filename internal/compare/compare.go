package compare

import (
	"context"
	"runtime"
	"sync"
	"time"

	"github.com/assay-project/assay/internal/catalogue"
	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/verdict"
	"github.com/assay-project/assay/internal/wire"
)

// Options say how to compare.
type Options struct {
	Now      time.Time // for submissions without as_of
	Examples int       // kept of each kind of flip
}

// Run asks both engines about every submission of an input. Its error is that of ctx; faults of single lines, and files that
// could not be read to their end, are in the report and in the input.
func Run(ctx context.Context, old, new *engine.Engine, in *catalogue.Input, o Options) (*Report, error) {
	r := newReport(old.Rulebook(), new.Rulebook(), o.Examples)
	chunk := make([]pair, 0, chunkSize)
	flush := func() {
		each(chunk, func(p *pair) { p.ask(ctx, old, new, o.Now) })
		for i := range chunk {
			r.add(&chunk[i])
		}
		chunk = chunk[:0]
	}
	for range in.Submissions() {
		if ctx.Err() != nil {
			break
		}
		if chunk = append(chunk, pair{entry: in.Take()}); len(chunk) == chunkSize {
			flush()
		}
	}
	flush()
	return r, ctx.Err()
}

// chunkSize is how many submissions are held at once.
const chunkSize = 256

// each calls f for every pair, on all cores, and waits.
func each(pairs []pair, f func(*pair)) {
	workers := runtime.GOMAXPROCS(0)
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			for i := w; i < len(pairs); i += workers {
				f(&pairs[i])
			}
		})
	}
	wait.Wait()
}

// A pair is what two rulebooks say of one submission.
type pair struct {
	entry    catalogue.Entry
	err      error // no verdict
	merchant string
	title    string
	old, new *verdict.Verdict
}

func (p *pair) ask(ctx context.Context, old, new *engine.Engine, now time.Time) {
	if p.err = p.entry.Err; p.err != nil {
		return
	}
	var s *listing.Submission
	if s, p.err = wire.Submission(p.entry.Submission, now); p.err != nil {
		return
	}
	p.merchant, p.title = s.Merchant.ID, s.Product.Title
	if p.old, _, p.err = old.Check(ctx, s, engine.Options{Offline: true}); p.err == nil {
		p.new, _, p.err = new.Check(ctx, s, engine.Options{Offline: true})
	}
}
