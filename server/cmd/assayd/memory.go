package main

import (
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
)

// tuneCollector lets garbage grow to four times what is live before it is collected, which is the cheapest speed there
// is for a service whose live memory is one rulebook (a call costs 1.3 times as much processor time at Go's 100), and sets
// the soft limit that makes it safe: near the limit the collector runs as often as it must.
func (c serveCommand) tuneCollector() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(c.GCPercent)
	}
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	if limit := c.MemoryLimit; limit > 0 {
		debug.SetMemoryLimit(limit)
	} else if limit, ok := containerMemory(); ok {
		debug.SetMemoryLimit(limit / 5 * 4)
	}
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
