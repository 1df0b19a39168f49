package wire_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"google.golang.org/protobuf/testing/protocmp"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/wire"
)

// TestMessageSaysAll fills every field of a message and makes it again of its value.
func TestMessageSaysAll(t *testing.T) {
	m := &assayv1.Submission{}
	fill(m.ProtoReflect())
	s, err := wire.Submission(m, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m, wire.Message(s), protocmp.Transform()); diff != "" {
		t.Errorf("(-given +made of the value):\n%s", diff)
	}
}

// TestMessageMeansItsValue makes messages of the values of generated ones: read again, they give the same values.
func TestMessageMeansItsValue(t *testing.T) {
	g := generator{rand.New(rand.NewPCG(3, 4))}
	// What does not exist is left out; lists without items are absent.
	options := cmp.Options{cmpopts.EquateEmpty(), cmp.Transformer("possible", func(b listing.Bound) listing.Bound {
		if b.State == listing.Impossible {
			return listing.Bound{}
		}
		return b
	})}
	valid := 0
	for range 20_000 {
		s, err := wire.Submission(g.submission(), time.Unix(1.7e9, 0))
		if err != nil {
			continue
		}
		valid++
		again, err := wire.Submission(wire.Message(s), time.Time{})
		if err != nil {
			t.Fatalf("the message of a valid value is refused: %v", err)
		}
		if diff := cmp.Diff(s, again, options); diff != "" {
			t.Fatalf("(-value +of its message):\n%s", diff)
		}
	}
	if valid < 1000 {
		t.Errorf("only %d messages were valid", valid)
	}
}
