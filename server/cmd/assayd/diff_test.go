package main

import (
	"testing"

	"github.com/assay-project/assay/internal/compare"
	"github.com/assay-project/assay/internal/verdict"
)

// TestLimitsAreExact holds flips against limits that they reach and do not pass, and that they pass by one.
func TestLimitsAreExact(t *testing.T) {
	flip := compare.Flip{From: verdict.Approve, To: verdict.Reject}
	for _, test := range []struct {
		limit    string
		flips    int64
		of       int64
		exceeded bool
	}{
		{"any=0.7%", 7, 1000, false},
		{"any=0.7%", 8, 1000, true},
		{"any=0.57%", 57, 10_000, false},
		{"approve-reject=0.1%", 1, 1000, false},
		{"approve-reject=0.1%", 1, 999, true},
		{"stricter=.1%", 1, 1000, false},
		{"any=100%", 3, 3, false},
		{"any=0", 0, 5, false},
		{"any=0%", 1, 1_000_000_000, true},
		{"milder=0", 5, 5, false},
		{"any=999999999999999999999999999999", 5, 5, false},
	} {
		l, err := limitOf(test.limit)
		if err != nil {
			t.Errorf("%s: %v", test.limit, err)
			continue
		}
		r := &compare.Report{Submissions: test.of, Flips: map[compare.Flip]int64{flip: test.flips}}
		if err := exceeded(r, []limit{l}); (err != nil) != test.exceeded {
			t.Errorf("%d of %d, at most %s: %v", test.flips, test.of, test.limit, err)
		}
	}
	for _, text := range []string{"any", "any=", "any=%", "any=-1", "any=+1", "any=1e3", "any=1/2", "any=NaN", "any=Inf%", "any=0x1p-2", "any=1_0", "any=.", "any=1.2.3",
		"any=1%%", "none=1", "approve-approve=1", "any=1000000000000000000000000000000"} {
		if l, err := limitOf(text); err == nil {
			t.Errorf("%s: taken as %v", text, l.most)
		}
	}
}
