package main

import (
	"testing"

	"github.com/assay-project/assay/internal/rulebook"
)

func TestPercentBeside(t *testing.T) {
	for _, c := range []struct{ percent, tables, live, want int }{
		{400, 0, 40, 400},
		{400, 160, 200, 80}, // 160 of garbage, as beside 40 without tables
		{400, 199, 200, leastGC},
		{400, 300, 200, leastGC}, // a table that is no heap
		{10, 160, 200, 10},       // asked for less
		{400, 0, 0, leastGC},
	} {
		if got := percentBeside(c.percent, c.tables, c.live); got != c.want {
			t.Errorf("%+v: %d", c, got)
		}
	}
	if got := (serveCommand{GCPercent: 400}).gcPercent(new(rulebook.Book)); got != 400 {
		t.Errorf("without tables: %d", got)
	}
}
