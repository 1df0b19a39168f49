package main

import (
	"fmt"
	"io"
	"time"

	"github.com/assay-project/assay/internal/catalogue"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// When a run counts as long enough for a progress bar.
const (
	longInput = 8 << 20 // bytes
	longRun   = time.Second
)

// A progress shows on standard error how far a long run has come. Without a terminal it shows nothing.
type progress struct {
	on    screen
	in    *catalogue.Input
	count *tally
	bars  *mpb.Progress // nil: no bar is shown
	bar   *mpb.Bar
	over  bool
	first int64 // bytes read when the first result came: of runs before this one
}

func newProgress(on screen, in *catalogue.Input, count *tally) *progress {
	return &progress{on: on, in: in, count: count, over: !on.terminal}
}

// step moves the bar after a result.
func (p *progress) step() {
	if p.over {
		return
	}
	if p.first == 0 && p.in.From != (catalogue.Mark{}) {
		p.first = p.in.Done()
	}
	if p.bars == nil {
		if p.in.Size() < longInput && time.Since(p.count.begun) < longRun {
			return
		}
		p.show()
	}
	p.bar.SetCurrent(p.in.Done())
}

func (p *progress) show() {
	p.bars = mpb.New(mpb.WithOutput(p.on.Writer), mpb.WithWidth(min(p.on.width(), 30)))
	style := mpb.BarStyle().Lbound("").Rbound("").Filler("█").Tip("█").Padding("░")
	text := decor.Any(func(decor.Statistics) string { return p.text() })
	if p.in.Size() > 0 {
		p.bar = p.bars.New(p.in.Size(), style, mpb.BarRemoveOnComplete(), mpb.AppendDecorators(text))
		return
	}
	p.bar = p.bars.New(0, mpb.SpinnerStyle(), mpb.BarRemoveOnComplete(), mpb.AppendDecorators(text))
}

// text is what stands beside the bar.
func (p *progress) text() string {
	n := p.count
	text := fmt.Sprintf(" %d checked, %d review, %d reject, %d errors, %.0f/s", n.all(), n.review.Load(), n.reject.Load(), n.errors.Load(), n.rate())
	if done, size := p.in.Done(), p.in.Size(); size > 0 && done > p.first {
		left := time.Since(n.begun).Seconds() * float64(size-done) / float64(done-p.first)
		text += fmt.Sprintf(", %s left", time.Duration(max(left, 0)*float64(time.Second)).Round(time.Second))
	}
	return text
}

// finish takes the bar away. It may be called again.
func (p *progress) finish() {
	if p.bars != nil && !p.over {
		p.bar.Abort(true)
		p.bars.Wait()
	}
	p.over = true
}

// above returns a writer to s whose lines stand above the bar where both share a terminal. Every write must end a line.
func (p *progress) above(s screen) io.Writer {
	if !s.terminal {
		return s
	}
	return aboveBar{p, s}
}

type aboveBar struct {
	p *progress
	s screen
}

func (a aboveBar) Write(b []byte) (int, error) {
	if a.p.bars == nil || a.p.over {
		return a.s.Write(b)
	}
	return a.p.bars.Write(b)
}
