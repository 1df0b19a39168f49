package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/assay-project/assay/internal/assessment"
	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/twin"
)

// A board is what has been measured.
type board struct {
	engine   *engine.Engine
	seed     uint64
	out      io.Writer
	examples int
}

// A row is one listing of a file.
type row struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Brand    string `json:"brand"`
	Market   string `json:"market"`
	Category string `json:"category"`
}

// listing judges a row and makes of it what is compared.
func (b *board) listing(ctx context.Context, r row, merchant string) (twin.Listing, error) {
	s := &listing.Submission{ID: r.ID, Merchant: listing.Merchant{ID: merchant}, Markets: []listing.Market{"US"}, AsOf: asOf,
		Product: listing.Product{Title: r.Title, Brand: r.Brand, Category: r.Category, StockQuantity: -1}}
	if r.Market != "" {
		s.Markets[0] = listing.Market(r.Market)
	}
	v, _, err := b.engine.Check(ctx, s, engine.Options{})
	if err != nil {
		return twin.Listing{}, err
	}
	return assessment.TwinListing(s, v), nil
}

var asOf = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// kinds are those that are counted, in the order of the columns.
var kinds = []twin.Kind{twin.Copied, twin.Unbranded, twin.Template, twin.Relisted, twin.Alike}

// real compares the listings of files to each other, and returns those whose titles are long enough to be copied.
func (b *board) real(ctx context.Context, files []string) ([]row, error) {
	w := tabwriter.NewWriter(b.out, 0, 8, 2, ' ', tabwriter.AlignRight)
	defer w.Flush()
	fmt.Fprint(w, "real listings with a twin\tlistings\t")
	for _, k := range kinds {
		fmt.Fprintf(w, "%s\t", name(k))
	}
	fmt.Fprint(w, "\tus each, check\tsketch\tfind\t\n")
	var long []row
	for _, file := range files {
		rows, err := readRows(file)
		if err != nil {
			return nil, err
		}
		for _, many := range []bool{true, false} {
			t := &trial{board: b, name: filepath.Base(file) + ", one merchant", many: many}
			if many {
				t.name = filepath.Base(file) + ", a merchant each"
			}
			more, err := t.run(ctx, rows)
			if err != nil {
				return nil, err
			}
			if many {
				long = append(long, more...)
			}
			t.print(w)
		}
	}
	return long, nil
}

func readRows(file string) ([]row, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	var rows []row
	for d := json.NewDecoder(bufio.NewReader(f)); ; {
		var r row
		if err := d.Decode(&r); errors.Is(err, io.EOF) {
			return rows, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s: listing %d: %w", file, len(rows)+1, err)
		}
		rows = append(rows, r)
	}
}

// A trial is one pass over a file.
type trial struct {
	*board
	name                string
	many                bool // merchants, one for each listing
	listings            int
	found               map[twin.Kind]int // listings whose strongest twin is of the kind
	check, sketch, find time.Duration
}

func (t *trial) run(ctx context.Context, rows []row) (long []row, err error) {
	finder, sketcher := twin.NewFinder(twin.Window), &twin.Sketcher{}
	t.found = make(map[twin.Kind]int)
	titles := make(map[string]row, len(rows))
	for _, r := range rows {
		titles[r.ID] = r
		merchant := "m"
		if t.many {
			merchant = r.ID
		}
		begun := time.Now()
		l, err := t.listing(ctx, r, merchant)
		if err != nil {
			return nil, err
		}
		checked := time.Now()
		sketch := sketcher.Sketch(&l)
		sketched := time.Now()
		found := finder.Add(&sketch)
		t.check, t.sketch, t.find = t.check+checked.Sub(begun), t.sketch+sketched.Sub(checked), t.find+time.Since(sketched)
		t.listings++
		if sketch.Title.Size >= minLong && sketch.Brand != "" {
			r.Brand = sketch.Brand
			long = append(long, r)
		}
		if found == nil {
			continue
		}
		best := found.Twins[0]
		if t.found[best.Kind]++; t.found[best.Kind] <= t.examples {
			fmt.Fprintf(t.out, "%s %.2f±%.2f\n  %s [%s]\n  %s [%s]\n", name(best.Kind), best.Like, best.Margin,
				titles[best.ID].Title, best.Brand, r.Title, sketch.Brand)
		}
	}
	return long, nil
}

func (t *trial) print(w io.Writer) {
	fmt.Fprintf(w, "%s\t%d\t", t.name, t.listings)
	for _, k := range kinds {
		fmt.Fprintf(w, "%d\t", t.found[k])
	}
	each := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 / float64(max(t.listings, 1)) }
	fmt.Fprintf(w, "\t%.1f\t%.1f\t%.1f\t\n", each(t.check), each(t.sketch), each(t.find))
}

func name(k twin.Kind) string {
	text, _ := k.MarshalText() // it never fails
	return string(text)
}
