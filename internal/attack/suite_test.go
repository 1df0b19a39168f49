package attack

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

var (
	full     = flag.Bool("full", false, "run every attack, at its full size")
	program  = flag.String("binary", "", "attack this assayd instead of building one")
	table    = flag.String("table", "", "write how it went into the table of this file")
	soakTime = flag.Duration("soak", 0, "instead of attacks: so long a load of good and bad input")
	soakRate = flag.Int("rate", 0, "calls a second of a soak; 0: half of what the daemon takes when it begins")
	seed     = flag.Uint64("seed", 1, "of what is drawn at random; 0: by the clock, which finds what a fixed draw does not")
)

// An attack is a class of things that somebody does to the daemon.
type attack struct {
	id   string
	what string // is done
	must string // hold, besides what must after every attack

	flags []string          // of assayd, besides the usual ones: it gets a daemon of its own
	book  map[string]string // files beside those of the small rulebook: likewise
	whole bool              // takes long: only with -full

	// run attacks and returns figures. It may be nil where the field is all there is to see.
	run func(*field) string
}

// A field is where an attack takes place.
type field struct {
	*testing.T
	*daemon
	rng  *rand.Rand
	conn *grpc.ClientConn
	api  assayv1.ComplianceServiceClient
}

// size is how much of something there is: less in the fast part.
func size[T any](fast, whole T) T {
	if *full {
		return whole
	}
	return fast
}

func TestAttacks(t *testing.T) {
	if *soakTime > 0 {
		t.Skip("soaking")
	}
	if testing.Short() {
		t.Skip("builds and attacks a daemon for half a minute")
	}
	rng := newRand(t)
	usual := start(t, nil, nil)
	before := usual.settled(t, resources{})
	usual.rest = before
	rows := make([]row, len(all()))
	for i, a := range all() {
		rows[i] = row{id: a.id, what: a.what, must: a.must, outcome: "not run"}
	}
	for i, a := range all() {
		if !a.whole || *full {
			t.Run(a.id, func(t *testing.T) { rows[i].of(t, a, usual, rng) })
		}
		saveTable(t, rows) // one by one: what is done is known if the rest is not
	}
	after := usual.settled(t, before)
	t.Logf("before all attacks: %v; after: %v", before, after)
}

func saveTable(t *testing.T, rows []row) {
	t.Helper()
	if *table != "" {
		if err := writeTable(*table, rows); err != nil {
			t.Error(err)
		}
	}
}

// all are the attacks, in the order of their letters.
func all() []attack {
	return slices.Concat(textAttacks, priceAttacks, documentAttacks, wireAttacks, streamAttacks, outsideAttacks, rulebookAttacks, lifeAttacks, accessAttacks, surfaceAttacks)
}

func newRand(t *testing.T) *rand.Rand {
	drawn := *seed
	if drawn == 0 {
		drawn = uint64(time.Now().UnixNano())
	}
	t.Logf("-seed %d", drawn)
	return rand.New(rand.NewPCG(drawn, 0))
}

// A row of the table says how an attack went.
type row struct {
	id, what, must string
	outcome        string
	figures        string
}

// of runs the attack and holds the daemon to what must hold after every one.
func (r *row) of(t *testing.T, a attack, d *daemon, rng *rand.Rand) {
	if a.flags != nil || a.book != nil {
		d = start(t, a.flags, a.book)
	}
	before := d.rest
	if before == (resources{}) {
		before = d.settled(t, resources{})
	}
	d.forgetPeak(t)
	logged := d.lines()
	honest := d.canary(t)
	f := &field{T: t, daemon: d, rng: rand.New(rand.NewPCG(rng.Uint64(), 0)), conn: d.dial(t)}
	f.api = assayv1.NewComplianceServiceClient(f.conn)
	figures := a.run(f)
	f.conn.Close()
	peak := d.peak(t)
	lived := honest.end(t)
	d.healthy(t)
	after := d.settled(t, before)
	d.rest = after
	r.outcome = "held"
	if t.Failed() {
		r.outcome = "**broken**"
	}
	r.figures = strings.TrimPrefix(fmt.Sprintf("%s; %v; peak %d MiB; %v; %d lines logged", figures, lived, peak>>20, after.since(before), d.lines()-logged), "; ")
	t.Logf("%s: %s", r.outcome, r.figures)
}

// Between these marks of a file stands the table.
const tableBegins, tableEnds = "<!-- table -->\n", "<!-- end of table -->\n"

func writeTable(file string, rows []row) error {
	old, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	head, rest, ok := strings.Cut(string(old), tableBegins)
	_, tail, ends := strings.Cut(rest, tableEnds)
	if !ok || !ends {
		return fmt.Errorf("write the table: %s has no place for it", file)
	}
	var b strings.Builder
	b.WriteString(head + tableBegins + "| case | what is done | what must hold besides | outcome | figures |\n|---|---|---|---|---|\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.id, r.what, r.must, r.outcome, strings.ReplaceAll(r.figures, "|", "\\|"))
	}
	return os.WriteFile(file, []byte(b.String()+tableEnds+tail), 0o644)
}
