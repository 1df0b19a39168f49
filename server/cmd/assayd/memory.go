package main

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/assay-project/assay/internal/rulebook"
)

// tuneCollector lets garbage grow to four times what is live before it is collected, which is the cheapest speed there
// is for a service whose live memory is one rulebook (a call costs 1.3 times as much processor time at Go's 100), and sets
// the soft limit that makes it safe: near the limit the collector runs as often as it must. Tables as they stand in files are live,
// too, but garbage need not grow with them: they have no pointers to follow.
func (c serveCommand) tuneCollector(book *rulebook.Book) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(c.gcPercent(book))
	}
	if limit, ok := c.memoryLimit(); ok {
		debug.SetMemoryLimit(limit)
	}
}

// memoryLimit is the soft limit of memory, where there is one.
func (c serveCommand) memoryLimit() (int64, bool) {
	if os.Getenv("GOMEMLIMIT") != "" {
		limit := debug.SetMemoryLimit(-1) // the runtime has read it
		return limit, limit < math.MaxInt64
	}
	if c.MemoryLimit > 0 {
		return c.MemoryLimit, true
	}
	limit, ok := containerMemory()
	return limit / 10 * 7, ok
}

// messageMemory is what requests may take when they are decoded: a sixteenth of little memory, as their verdicts take several times as
// much; 0: as usual.
func (c serveCommand) messageMemory() int {
	limit, ok := c.memoryLimit()
	if !ok || limit >= 1<<30 {
		return 0
	}
	return int(max(limit/16, 4<<20))
}

const (
	largeTables = 16 << 20 // bytes from which tables are told from other memory
	leastGC     = 25       // percent
)

// gcPercent is how far garbage may grow beside a book's tables, as a share of all that is live.
func (c serveCommand) gcPercent(book *rulebook.Book) int {
	tables := 0
	if book.Register != nil {
		tables += book.Register.Bytes()
	}
	if book.Cohorts != nil {
		tables += book.Cohorts.Bytes()
	}
	if tables < largeTables {
		return c.GCPercent
	}
	runtime.GC()
	var heap runtime.MemStats
	runtime.ReadMemStats(&heap)
	return percentBeside(c.GCPercent, tables, int(heap.HeapAlloc))
}

// percentBeside is the share of all live memory that is a percentage of what is live besides tables, within bounds.
func percentBeside(percent, tables, live int) int {
	return min(percent, max(leastGC, percent*max(live-tables, 0)/max(live, 1)))
}

// containerMemory is the memory that Linux lets this container have, in bytes.
func containerMemory() (int64, bool) {
	for _, file := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		// Version 1 writes a number near the greatest for "none", version 2 the word max.
		if limit, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && limit < math.MaxInt64/2 {
			return limit, true
		}
	}
	return 0, false
}
