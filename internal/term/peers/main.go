package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"syscall"
	"time"

	ahocorasick "github.com/anknown/ahocorasick"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/assay-project/assay/internal/term"
	"github.com/assay-project/assay/internal/text"
)

func main() {
	terms := flag.Int("terms", 1_000_000, "number of terms")
	rounds := flag.Int("rounds", 5, "rounds; each measures every contestant once")
	profile := flag.String("profile", "", "write a CPU profile of the measurements")
	only := flag.String("only", "", "build and measure only contestants whose name this regular expression matches")
	peers := flag.Bool("aho", true, "also measure Aho-Corasick, which takes long to build")
	flag.Parse()
	runtime.GOMAXPROCS(1)
	c := newCorpus(1, *terms)
	texts := map[string][]string{"title": nil, "description": nil}
	for range 20_000 {
		texts["title"] = append(texts["title"], c.text(125))
	}
	for range 2_000 {
		texts["description"] = append(texts["description"], c.text(1600))
	}
	contestants := contestants(c, *peers)
	wanted, err := regexp.Compile(*only)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	contestants = slices.DeleteFunc(contestants, func(c contestant) bool { return !wanted.MatchString(c.name) })
	for i := range contestants {
		contestants[i].scan = contestants[i].build()
	}
	if *profile != "" {
		f, _ := os.Create(*profile)
		pprof.StartCPUProfile(f)
		defer pprof.StopCPUProfile()
	}
	for _, kind := range []string{"title", "description"} {
		measure(kind, contestants, texts[kind], *rounds)
	}
}

// A contestant prepares texts outside of the measured time and then counts hits in them with what
// build has returned.
type contestant struct {
	name    string
	prepare func(string) string
	build   func() func(string) int
	scan    func(string) int
}

func contestants(c *corpus, aho bool) []contestant {
	raw := func(s string) string { return s }
	out := []contestant{
		{name: "index, exact", prepare: raw, build: func() func(string) int { return buildIndex("exact", c, term.Exact) }},
		{name: "index, everything on", prepare: raw, build: func() func(string) int { return buildIndex("everything on", c, term.Fuzzy) }},
		{name: "fold only", prepare: raw, build: foldOnly},
		{name: "x/text NFKC+Fold+NFKC", prepare: raw, build: xtext},
		{name: "Go map of n-grams", prepare: folded, build: func() func(string) int { return buildMap(c) }},
	}
	if aho {
		out = append(out, contestant{name: "anknown Aho-Corasick", prepare: folded, build: func() func(string) int { return buildAho(c) }})
	}
	return out
}

// report prints what it took to build a contestant of the given size in bytes.
func report(name string, took time.Duration, size uint64, terms int) {
	fmt.Printf("build %-22s %8.0f ms %8.1f B/term\n", name, milliseconds(took), float64(size)/float64(terms))
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1e3 }

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func buildIndex(name string, c *corpus, p term.Policy) func(string) int {
	list := make([]term.Term, len(c.marks))
	for i, m := range c.marks {
		list[i] = term.Term{Text: m, Policy: p}
	}
	runtime.GC()
	start := time.Now()
	x, err := term.Build(list, c.vocabulary)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	report("index, "+name, time.Since(start), uint64(x.Size()), len(list))
	x = reopen(x)
	var f text.Folded
	var s term.Scratch
	var hits []term.Hit
	return func(in string) int {
		f.Fold(in)
		hits = x.Append(hits[:0], &f, &s)
		return len(hits)
	}
}

// reopen writes the index to a file, reads it back and finds something with it.
func reopen(x *term.Index) *term.Index {
	file, err := os.CreateTemp("", "index")
	if err == nil {
		defer os.Remove(file.Name())
		_, err = x.WriteTo(file)
	}
	runtime.GC()
	start := time.Now()
	var data []byte
	if err == nil {
		data, err = os.ReadFile(file.Name())
	}
	if err == nil {
		x, err = term.Decode(data)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	var f text.Folded
	f.Fold("any title")
	x.Append(nil, &f, new(term.Scratch))
	fmt.Printf("read  %-22s %8.0f ms %8.1f MB\n", "and verify", milliseconds(time.Since(start)), float64(len(data))/1e6)
	return x
}

func foldOnly() func(string) int {
	var f text.Folded
	return func(in string) int {
		f.Fold(in)
		return f.NumTokens()
	}
}

// xtext is the folding that golang.org/x/text offers, without words, hashes or offsets.
func xtext() func(string) int {
	fold := cases.Fold()
	return func(in string) int { return len(norm.NFKC.String(fold.String(norm.NFKC.String(in)))) }
}

// folded is the text as the peers get it: folded words with spaces between.
func folded(s string) string {
	var f text.Folded
	f.Fold(s)
	var words []string
	for i := range f.NumTokens() {
		words = append(words, string(f.Letters(i)))
	}
	return strings.Join(words, " ")
}

func foldedMarks(c *corpus) []string {
	out := make([]string, len(c.marks))
	for i, m := range c.marks {
		out[i] = folded(m)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// buildMap looks up every run of one to five words.
func buildMap(c *corpus) func(string) int {
	marks := foldedMarks(c)
	before, start := heap(), time.Now()
	m := make(map[string]int32, len(marks))
	for i, s := range marks {
		m[s] = int32(i)
	}
	took := time.Since(start)
	report("Go map", took, heap()-before, len(marks))
	var ends []int
	return func(in string) int {
		ends = ends[:0]
		for i := range len(in) {
			if in[i] == ' ' {
				ends = append(ends, i)
			}
		}
		ends = append(ends, len(in))
		hits, from := 0, 0
		for i := range ends {
			for j := i; j < min(i+5, len(ends)); j++ {
				if _, ok := m[in[from:ends[j]]]; ok {
					hits++
				}
			}
			from = ends[i] + 1
		}
		return hits
	}
}

func buildAho(c *corpus) func(string) int {
	marks := foldedMarks(c)
	keys := make([][]rune, len(marks))
	for i, s := range marks {
		keys[i] = []rune(s)
	}
	before, start := heap(), time.Now()
	var m ahocorasick.Machine
	if err := m.Build(keys); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	took := time.Since(start)
	report("Aho-Corasick", took, heap()-before, len(marks))
	runtime.KeepAlive(&m)
	return func(in string) int { return len(m.MultiPatternSearch([]rune(in), false)) }
}

// measure runs the rounds and prints the median of each contestant and its ratio to the first.
func measure(kind string, cs []contestant, texts []string, rounds int) {
	prepared := make([][]string, len(cs))
	for i, c := range cs {
		for _, s := range texts {
			prepared[i] = append(prepared[i], c.prepare(s))
		}
	}
	times := make([][]float64, len(cs))
	hits := make([]int, len(cs))
	for range rounds {
		for i, c := range cs {
			start := cpuTime()
			hits[i] = 0
			for _, s := range prepared[i] {
				hits[i] += c.scan(s)
			}
			times[i] = append(times[i], float64((cpuTime()-start).Nanoseconds())/float64(len(texts)))
		}
	}
	for i, c := range cs {
		fmt.Printf("%-12s %-22s %9.0f ns [%.0f-%.0f] %6.2f hits  %s\n", kind, c.name, median(times[i]), slices.Min(times[i]), slices.Max(times[i]),
			float64(hits[i])/float64(len(texts)), ratios(times, i))
	}
}

// cpuTime is the time that the processor has spent on this process. Others may use the machine as well.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // it has no reason to fail
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// ratios are the medians over the rounds of how many times longer contestant i takes than the
// first two, in the same round.
func ratios(times [][]float64, i int) string {
	var out []string
	for base := range min(2, len(times)) {
		var r []float64
		for k := range times[i] {
			r = append(r, times[i][k]/times[base][k])
		}
		out = append(out, fmt.Sprintf("%.2f", median(r)))
	}
	return "x " + strings.Join(out, " / x ")
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}
