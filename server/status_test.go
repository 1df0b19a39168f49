package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"unicode/utf8"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/assay-project/assay/internal/wire"
)

func TestStatusOf(t *testing.T) {
	tests := map[string]struct {
		err     error
		code    codes.Code
		message string
	}{
		"violations":        {under("submission", violation("product", "is required")), codes.InvalidArgument, "the request breaks the contract: submission.product is required"},
		"wrapped":           {fmt.Errorf("check: %w", violation("a", "b")), codes.InvalidArgument, "the request breaks the contract: a b"},
		"another rulebook":  {&mismatchError{asked: "a", inForce: "b"}, codes.FailedPrecondition, "rulebook b is in force, not a"},
		"no rulebook":       {errNoRulebook, codes.Unavailable, "no rulebook is in force yet"},
		"out of time":       {fmt.Errorf("check: %w", context.DeadlineExceeded), codes.DeadlineExceeded, "the call ran out of time"},
		"cancelled":         {context.Canceled, codes.Canceled, "the call was cancelled"},
		"already a status":  {status.Error(codes.Unimplemented, "not built"), codes.Unimplemented, "not built"},
		"paths say nothing": {&fs.PathError{Op: "open", Path: "/etc/shadow", Err: fs.ErrPermission}, codes.Internal, "internal error"},
		"anything":          {errors.New("secret"), codes.Internal, "internal error"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := statusOf(test.err)
			if s.Code() != test.code || s.Message() != test.message {
				t.Errorf("status is %v %q, want %v %q", s.Code(), s.Message(), test.code, test.message)
			}
		})
	}
}

func TestClipCutsAtACharacter(t *testing.T) {
	for n := range 8 {
		got := clip(strings.Repeat("x", n)+strings.Repeat("语", 300), 512)
		if len(got) > 512 || !utf8.ValidString(got) || !strings.HasSuffix(got, " ...") {
			t.Errorf("clip leaves %d bytes: %q", len(got), got)
		}
	}
	if got := clip("short", 5); got != "short" {
		t.Errorf("clip changes a short text to %q", got)
	}
}

func TestMergedKeepsEveryViolation(t *testing.T) {
	a, b := violation("a", "x"), violation("b", "y")
	var invalid *wire.Invalid
	if !errors.As(merged(a, b), &invalid) || len(invalid.Violations) != 2 {
		t.Errorf("merged: %v", merged(a, b))
	}
	if merged(nil, nil) != nil || merged(a, nil) != a || merged(nil, b) != b || merged(a, errNoRulebook) != a {
		t.Error("merged loses an error")
	}
}

func TestSaneID(t *testing.T) {
	for id, want := range map[string]bool{"a": true, "A-1_b.c:d": true, "": false, "a b": false, "a\nb": false, "ä": false} {
		if saneID(id) != want {
			t.Errorf("saneID(%q) = %v", id, !want)
		}
	}
}
