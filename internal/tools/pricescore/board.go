package main

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"text/tabwriter"
)

// A board is what was measured.
type board struct {
	trials   []trial
	unjudged int // prices without a cohort of five
}

// sizes are bounds of cohort sizes that are told apart.
var sizes = []int64{5, 10, 20, 50, 200, 1 << 62}

// share is how many of the trials that are asked about do something, and of how many.
func (b *board) share(of, does func(*trial) bool) (share float64, n int) {
	hits := 0
	for i := range b.trials {
		if t := &b.trials[i]; of(t) {
			n++
			if does(t) {
				hits++
			}
		}
	}
	return float64(hits) / float64(max(n, 1)), n
}

func genuine(t *trial) bool { return t.kind == untouched }
func asked(t *trial) bool   { return t.kind != untouched && t.outside }
func flagged(t *trial) bool { return t.tier >= 2 }
func extreme(t *trial) bool { return t.tier >= 3 }

// and is both of two questions.
func and(a, b func(*trial) bool) func(*trial) bool {
	return func(t *trial) bool { return a(t) && b(t) }
}

// A summary is the figures that goals are set for.
type summary struct{ recall, low, alarms, extremes float64 }

func (b *board) summary() summary {
	var s summary
	s.recall, _ = b.share(asked, flagged)
	s.low, _ = b.share(and(asked, ofKind("5 to 30 %")), flagged)
	s.alarms, _ = b.share(genuine, flagged)
	s.extremes, _ = b.share(genuine, extreme)
	return s
}

func ofKind(kind string) func(*trial) bool { return func(t *trial) bool { return t.kind == kind } }

func (b *board) print(w io.Writer) {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	line := func(format string, args ...any) { fmt.Fprintf(out, format+"\n", args...) }
	_, honest := b.share(genuine, flagged)
	judged, _ := b.share(genuine, func(t *trial) bool { return t.tier >= 0 })
	fmt.Fprintf(w, "%d genuine prices with a cohort of five (%.1f %% judged), %d without\n", honest, 100*judged, b.unjudged)
	line("genuine prices that reach\ttier 2\ttier 3\tof\t")
	b.alarms(line, "all", genuine)
	for i := range sizes[:len(sizes)-1] {
		b.alarms(line, sizeName(i), and(genuine, ofSize(i)))
	}
	for _, level := range levels {
		b.alarms(line, level, and(genuine, ofLevel(level)))
	}
	for _, file := range b.files() {
		b.alarms(line, filepath.Base(file), and(genuine, func(t *trial) bool { return t.file == file }))
	}
	line("anomalies outside the range\trecall\ttier 3\tof\t")
	b.alarms(line, "all", asked)
	for _, kind := range anomalies {
		b.alarms(line, kind, and(asked, ofKind(kind)))
	}
	for i := range sizes[:len(sizes)-1] {
		b.alarms(line, sizeName(i), and(asked, ofSize(i)))
	}
	for _, level := range levels {
		b.alarms(line, level, and(asked, ofLevel(level)))
	}
	for _, low := range [...]bool{true, false} {
		b.alarms(line, map[bool]string{true: "downward", false: "upward"}[low], and(asked, func(t *trial) bool { return t.low == low }))
	}
	b.compare(line, "at the same false alarms", func(*trial) bool { return true })
	b.compare(line, "the same, cohorts below 20", func(t *trial) bool { return t.votes < 20 })
	_ = out.Flush()
}

// compare shows the checker beside the other rules, each at the threshold of as many false alarms among the same trials.
func (b *board) compare(line func(string, ...any), title string, among func(*trial) bool) {
	line("%s\trecall\tlow kind\tat\t", title)
	row := func(name, at string, does func(*trial) bool) {
		recall, _ := b.share(and(among, asked), does)
		low, _ := b.share(and(among, and(asked, ofKind("5 to 30 %"))), does)
		line("%s\t%.3f\t%.3f\t%s\t", name, recall, low, at)
	}
	row("assay", "", flagged)
	alarms, _ := b.share(and(among, genuine), flagged)
	for i, name := range rivalNames {
		at := b.threshold(i, alarms, among)
		row(name, fmt.Sprintf("%.2f", at), func(t *trial) bool { return t.rivals[i] > at })
	}
}

func (b *board) alarms(line func(string, ...any), name string, of func(*trial) bool) {
	two, n := b.share(of, flagged)
	three, _ := b.share(of, extreme)
	line("%s\t%.4f\t%.4f\t%d\t", name, two, three, n)
}

func ofSize(i int) func(*trial) bool {
	return func(t *trial) bool { return t.votes >= sizes[i] && t.votes < sizes[i+1] }
}

func ofLevel(level string) func(*trial) bool { return func(t *trial) bool { return t.level == level } }

func sizeName(i int) string {
	if i == len(sizes)-2 {
		return fmt.Sprintf("cohorts of %d and more", sizes[i])
	}
	return fmt.Sprintf("cohorts of %d to %d", sizes[i], sizes[i+1]-1)
}

func (b *board) files() (names []string) {
	for i := range b.trials {
		if !slices.Contains(names, b.trials[i].file) {
			names = append(names, b.trials[i].file)
		}
	}
	return names
}

// threshold is where another rule has a share of false alarms.
func (b *board) threshold(rival int, alarms float64, among func(*trial) bool) float64 {
	var scores []float64
	for i := range b.trials {
		if t := &b.trials[i]; genuine(t) && among(t) {
			scores = append(scores, b.trials[i].rivals[rival])
		}
	}
	if len(scores) == 0 {
		return 0
	}
	slices.Sort(scores)
	return scores[min(int(float64(len(scores))*(1-alarms)), len(scores)-1)]
}
