package client_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/assay-project/assay/client"
	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/rulebook/embedded"
	assayv1 "github.com/assay-project/assay/proto/assay/v1"
	"github.com/assay-project/assay/server"
)

// start serves the embedded rulebook at a free port of this machine.
func start(config server.Config) (target string, stop func()) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	return l.Addr().String(), serve(config, l)
}

func serve(config server.Config, l net.Listener) (stop func()) {
	book, err := rulebook.Load(embedded.FS())
	if err != nil {
		panic(err)
	}
	e, err := engine.New(book)
	if err != nil {
		panic(err)
	}
	s := server.New(config)
	s.Use(e)
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	return func() {
		err := s.Shutdown(context.Background())
		if err = errors.Join(err, <-served); err != nil {
			panic(err)
		}
	}
}

func dial(t *testing.T, target string, opts ...client.CallOption) *client.Client {
	t.Helper()
	c, err := client.Dial(target, client.WithDefaults(opts...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// examples are the submissions that the command line shows.
func examples(t *testing.T) []*assayv1.Submission {
	t.Helper()
	text, err := os.ReadFile("cmd/assay/testdata/submissions.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var list []*assayv1.Submission
	for line := range strings.Lines(string(text)) {
		s := &assayv1.Submission{}
		if err := protojson.Unmarshal([]byte(line), s); err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	return list
}

func TestStreamsAnswerAsSingleCallsDo(t *testing.T) {
	target, stop := start(server.Config{DrainDelay: -1})
	defer stop()
	c := dial(t, target)
	list := examples(t)
	broken := &assayv1.Submission{SubmissionId: "broken", Product: &assayv1.Product{}, Markets: []string{"Mars"}}
	list = append(list[:5:5], append([]*assayv1.Submission{broken}, list[5:]...)...)
	i := 0
	for r, err := range c.CheckAll(t.Context(), all(list), client.Locale("de")) {
		if err != nil {
			t.Fatal(err)
		}
		v, err := c.Check(t.Context(), list[i], client.Locale("de"))
		if !proto.Equal(v, r.GetVerdict()) {
			t.Errorf("%s: the stream says %v, the call %v", list[i].GetSubmissionId(), r.GetVerdict(), v)
		}
		if alone, streamed := reason(err), reason(client.ResultError(r)); alone != streamed {
			t.Errorf("%s: the stream refuses with %q, the call with %q", list[i].GetSubmissionId(), streamed, alone)
		}
		i++
	}
	if i != len(list) {
		t.Errorf("%d results for %d submissions", i, len(list))
	}
}

// reason is what an error says of the fields it refuses.
func reason(err error) string {
	e, ok := errors.AsType[*client.Error](err)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%v %s %v", e.Code, e.Reason, e.Violations)
}

func all(list []*assayv1.Submission) iter.Seq2[*assayv1.Submission, error] {
	return func(yield func(*assayv1.Submission, error) bool) {
		for _, s := range list {
			if !yield(s, nil) {
				return
			}
		}
	}
}

// plenty yields n submissions, and calls at before each.
func plenty(n int, at func(i int)) iter.Seq2[*assayv1.Submission, error] {
	return func(yield func(*assayv1.Submission, error) bool) {
		for i := range n {
			at(i)
			s := &assayv1.Submission{SubmissionId: fmt.Sprint(i), Product: &assayv1.Product{Title: "Stoneware mug"}, Markets: []string{"DE"}}
			if !yield(s, nil) {
				return
			}
		}
	}
}

func wantPlenty(t *testing.T, results iter.Seq2[*assayv1.CheckResult, error], n int) {
	t.Helper()
	i := 0
	for r, err := range results {
		if err != nil {
			t.Fatalf("after %d results: %v", i, err)
		}
		if r.GetPosition() != int64(i) || r.GetVerdict().GetSubmissionId() != fmt.Sprint(i) {
			t.Fatalf("result %d is %v", i, r)
		}
		i++
	}
	if i != n {
		t.Fatalf("%d results; want %d", i, n)
	}
}

func TestARunOutlivesTheAgeOfStreams(t *testing.T) {
	target, stop := start(server.Config{DrainDelay: -1, StreamAge: 10 * time.Millisecond})
	defer stop()
	wantPlenty(t, dial(t, target).CheckAll(t.Context(), plenty(60, func(int) { time.Sleep(time.Millisecond) })), 60)
}

func TestARunOutlivesAServerThatIsReplaced(t *testing.T) {
	target, stopOld := start(server.Config{DrainDelay: -1})
	c := dial(t, target, client.Window(4), client.Tries(client.Retry{Attempts: 20, Base: 10 * time.Millisecond, Max: time.Second}))
	var stopNew atomic.Pointer[func()]
	replace := func(i int) {
		if i != 100 {
			return
		}
		stopOld()
		l, err := net.Listen("tcp", target)
		if err != nil {
			t.Error(err)
			return
		}
		stop := serve(server.Config{DrainDelay: -1}, l)
		stopNew.Store(&stop)
	}
	wantPlenty(t, c.CheckAll(t.Context(), plenty(200, replace)), 200)
	if stop := stopNew.Load(); stop != nil {
		(*stop)()
	}
}

func TestAnotherRulebookEndsTheRun(t *testing.T) {
	target, stop := start(server.Config{DrainDelay: -1})
	defer stop()
	for _, err := range dial(t, target).CheckAll(t.Context(), plenty(3, func(int) {}), client.Rulebook(strings.Repeat("0", 64))) {
		if e, ok := errors.AsType[*client.Error](err); !ok || e.Code != codes.FailedPrecondition {
			t.Errorf("got %v; want a failed precondition", err)
		}
	}
}

func TestTheServerDescribesItself(t *testing.T) {
	target, stop := start(server.Config{DrainDelay: -1})
	defer stop()
	c := dial(t, target)
	checkers, err := c.Checkers(t.Context())
	if err != nil || len(checkers) < 3 {
		t.Errorf("Checkers = %v, %v", checkers, err)
	}
	book, err := c.Rulebook(t.Context())
	if err != nil || len(book.GetRulebook().GetSha256()) != 64 || len(book.GetCodes()) == 0 {
		t.Errorf("Rulebook = %v, %v", book.GetRulebook(), err)
	}
}
