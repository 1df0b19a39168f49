package server

import (
	"testing"
	"time"
)

func TestALongLookLeavesNobodyBlind(t *testing.T) {
	for _, test := range []struct{ poll, looked, want time.Duration }{
		{time.Second, time.Millisecond, time.Second},
		{time.Second, 50 * time.Millisecond, 5 * time.Second},
		{time.Second, time.Minute, longest},
		{time.Hour, time.Minute, time.Hour},
		{0, time.Minute, never},
	} {
		w := &watch{folder: Folder{Poll: test.poll}}
		if got := w.pause(test.looked); got != test.want {
			t.Errorf("every %v, after a look of %v: waits %v, want %v", test.poll, test.looked, got, test.want)
		}
	}
}
