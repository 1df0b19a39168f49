package main

import (
	"math"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
	"google.golang.org/genproto/googleapis/type/money"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// Widths of a plot, in columns. Below the least nothing can be told apart.
const (
	leastPlot = 24
	mostPlot  = 64
)

// A pen is the characters that a plot is drawn with, each one column wide.
type pen struct {
	offered, apart, span, middle   rune
	least, most, low, high, median rune
}

var (
	lines = pen{offered: '◆', apart: '┄', span: '─', middle: '━', least: '├', most: '┤', low: '┣', high: '┫', median: '╋'}
	ascii = pen{offered: '*', apart: '.', span: '-', middle: '=', least: '|', most: '|', low: '[', high: ']', median: '+'}
)

// pen is that of a screen. Where characters of lines are two columns wide, as in some East Asian fonts, and where there are no
// colours, ASCII does.
func (p painter) pen() pen {
	if !p.color || text.RuneWidth(lines.span) != 1 || text.RuneWidth(lines.offered) != 1 {
		return ascii
	}
	return lines
}

// plot shows where an offer stands beside what others ask: a line from the lowest price to the highest, thick where nine of ten
// are, on a scale of ratios; below it what the marks stand for. It is empty where the finding has no such evidence or there is
// no room.
func (t *tablePrinter) plot(f *assayv1.Finding, how paint) string {
	width := min(t.widths[2], mostPlot)
	for _, e := range f.GetEvidence() {
		if p := e.GetPrice(); width >= leastPlot && drawable(p) {
			pen := t.paint.pen()
			return t.drawn(p, pen, width, how) + "\n" + t.paint.in(dim, legend(p, pen))
		}
	}
	return ""
}

// drawable tells whether evidence is of amounts in one currency, above zero and in order. The server may be anybody's.
func drawable(p *assayv1.PriceEvidence) bool {
	rising := []*money.Money{p.GetLow(), p.GetMedian(), p.GetHigh()}
	if p.GetLeast() != nil && p.GetMost() != nil {
		rising = []*money.Money{p.GetLeast(), p.GetLow(), p.GetMedian(), p.GetHigh(), p.GetMost()}
	}
	before := 0.0
	for _, m := range rising {
		if m.GetCurrencyCode() != p.GetOffered().GetCurrencyCode() || value(m) < before || !(value(m) > 0) {
			return false
		}
		before = value(m)
	}
	return value(p.GetOffered()) > 0 && value(rising[0]) < before
}

func value(m *money.Money) float64 { return float64(m.GetUnits()) + float64(m.GetNanos())/1e9 }

// drawn is the line.
func (t *tablePrinter) drawn(p *assayv1.PriceEvidence, pen pen, width int, how paint) string {
	least, most := p.GetLow(), p.GetHigh()
	if p.GetLeast() != nil && p.GetMost() != nil {
		least, most = p.GetLeast(), p.GetMost()
	}
	offered := value(p.GetOffered())
	from, to := math.Log(min(offered, value(least))), math.Log(max(offered, value(most)))
	at := func(v float64) int { return int(math.Round((math.Log(v) - from) / (to - from) * float64(width-1))) }
	cells := []rune(strings.Repeat(" ", width))
	fill := func(a, b int, r rune) {
		for i := min(a, b); i <= max(a, b); i++ {
			cells[i] = r
		}
	}
	here := at(offered)
	fill(here, min(max(here, at(value(least))), at(value(most))), pen.apart)
	fill(at(value(least)), at(value(most)), pen.span)
	cells[at(value(least))], cells[at(value(most))] = pen.least, pen.most
	fill(at(value(p.GetLow())), at(value(p.GetHigh())), pen.middle)
	cells[at(value(p.GetLow()))], cells[at(value(p.GetHigh()))] = pen.low, pen.high
	cells[at(value(p.GetMedian()))] = pen.median
	return t.paint.in(dim, string(cells[:here])) + t.paint.in(how+";1", string(pen.offered)) +
		t.paint.in(dim, strings.TrimRight(string(cells[here+1:]), " "))
}

// legend says what the marks stand for, from left to right.
func legend(p *assayv1.PriceEvidence, pen pen) string {
	marks := []struct {
		mark rune
		m    *money.Money
	}{{pen.least, p.GetLeast()}, {pen.low, p.GetLow()}, {pen.median, p.GetMedian()}, {pen.high, p.GetHigh()}, {pen.most, p.GetMost()}}
	parts := []string{string(pen.offered) + " " + amount(p.GetOffered())}
	for _, k := range marks {
		if k.m != nil && (k.mark != pen.least && k.mark != pen.most || p.GetLeast() != nil && p.GetMost() != nil) {
			parts = append(parts, string(k.mark)+" "+strings.TrimSuffix(amount(k.m), " "+short(k.m.GetCurrencyCode())))
		}
	}
	return printable(strings.Join(parts, "  "))
}
