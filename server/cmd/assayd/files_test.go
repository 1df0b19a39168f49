package main

import (
	"bytes"
	"log/slog"
	"testing"
)

func TestConnectionsLeaveFilesForTheRest(t *testing.T) {
	for _, test := range []struct {
		asked, files, want int
		said               bool
	}{
		{1000, 0, 1000, false}, {1000, 20000, 1000, false}, {1000, 1064, 1000, false},
		{1000, 1063, 999, true}, {1000, 256, 192, true}, {1000, 50, 1, true},
	} {
		var log bytes.Buffer
		got := connections(test.asked, test.files, slog.New(slog.NewTextHandler(&log, nil)))
		if got != test.want || (log.Len() > 0) != test.said {
			t.Errorf("of %d asked for with %d files: %d, %s", test.asked, test.files, got, &log)
		}
	}
}
