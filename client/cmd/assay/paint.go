package main

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// A paint is a way to show text on a terminal (ECMA-48 SGR parameters).
type paint string

const (
	bold    paint = "1"
	dim     paint = "2"
	red     paint = "31"
	green   paint = "32"
	yellow  paint = "33"
	magenta paint = "35"
	cyan    paint = "36"
)

// paintEnd ends every paint.
const paintEnd = "\x1b[0m"

// A painter shows text in colours, or does without.
type painter struct{ color bool }

// in paints text. It must be printable already.
func (p painter) in(how paint, text string) string {
	if !p.color || text == "" {
		return text
	}
	return "\x1b[" + string(how) + "m" + text + paintEnd
}

// marked shows words that matter: in colours, underlined, or in brackets.
func (p painter) marked(how paint, text string) string {
	if !p.color {
		return "[" + text + "]"
	}
	return p.in(how+";1;4", text)
}

// paintOf is the colour of a decision.
func paintOf(d assayv1.Decision) paint {
	switch d {
	case assayv1.Decision_DECISION_APPROVE:
		return green
	case assayv1.Decision_DECISION_REJECT:
		return red
	default:
		return yellow
	}
}

// A span is a stretch of bytes to mark in a text.
type span struct {
	start, end int
	how        paint
}

// Bounds of what is shown of a long text, in bytes.
const (
	shownWhole   = 240
	shownHead    = 120
	shownAround  = 30 // on either side of a span
	shownSpanMax = 5
)

// highlight shows a text with spans marked. Spans that do not fit the text are left out; of a long text it shows the
// beginning and the surroundings of the first spans.
func (p painter) highlight(text string, spans []span) string {
	spans = tidy(text, spans)
	var b strings.Builder
	at := 0
	for _, window := range windows(text, spans) {
		if window.start > at {
			b.WriteString(" … ")
		}
		at = window.start
		for _, s := range spans {
			if s.start < at || s.end > window.end {
				continue
			}
			b.WriteString(printable(text[at:s.start]))
			b.WriteString(p.marked(s.how, printable(text[s.start:s.end])))
			at = s.end
		}
		b.WriteString(printable(text[at:window.end]))
		at = window.end
	}
	if at < len(text) {
		b.WriteString(" …")
	}
	return b.String()
}

// tidy sorts spans, drops those that do not fit and joins those that overlap.
func tidy(text string, spans []span) []span {
	var out []span
	for _, s := range slices.SortedStableFunc(slices.Values(spans), func(a, b span) int { return a.start - b.start }) {
		switch {
		case s.start < 0 || s.start >= s.end || s.end > len(text):
		case len(out) > 0 && s.start < out[len(out)-1].end:
			out[len(out)-1].end = max(s.end, out[len(out)-1].end)
		default:
			out = append(out, s)
		}
	}
	return out
}

// windows returns which parts of a text to show.
func windows(text string, spans []span) []span {
	if len(text) <= shownWhole {
		return []span{{end: len(text)}}
	}
	out := []span{{end: edge(text, shownHead)}}
	for _, s := range spans[:min(len(spans), shownSpanMax)] {
		if s.end-s.start > shownWhole {
			s.end = s.start // too long to show; its place is shown
		}
		w := span{start: edge(text, s.start-shownAround), end: edge(text, s.end+shownAround)}
		if last := &out[len(out)-1]; w.start <= last.end {
			last.end = max(last.end, w.end)
			continue
		}
		out = append(out, w)
	}
	return out
}

// edge moves an offset back to the start of a character, into the text.
func edge(text string, at int) int {
	at = min(max(at, 0), len(text))
	for at > 0 && at < len(text) && !utf8.RuneStart(text[at]) {
		at--
	}
	return at
}

// summary is the last line of a run.
func summary(n *tally, p painter) string {
	part := func(how paint, count int64, what string) string {
		text := fmt.Sprintf("%d %s", count, what)
		if count == 0 {
			return text
		}
		return p.in(how, text)
	}
	copies := ""
	if n.twins != nil {
		copies = ", " + part(yellow, int64(n.twins()), "near copies")
	}
	return fmt.Sprintf("%d checked: %s, %s, %s, %s%s; %.1f s, %.0f/s", n.all(),
		part(green, n.approve.Load(), "approve"), part(yellow, n.review.Load(), "review"),
		part(red, n.reject.Load(), "reject"), part(magenta, n.errors.Load(), "errors"), copies, n.seconds(), n.rate())
}
