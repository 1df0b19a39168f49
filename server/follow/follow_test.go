package follow_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/assay-project/assay/server/follow"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errNoWord = errors.New("holds no word")

// joined is the value of these tests: the contents in a row, or an error where one is empty.
func joined(contents [][]byte) (string, error) {
	var all string
	for _, c := range contents {
		if len(c) == 0 {
			return "", errNoWord
		}
		all += string(c)
	}
	return all, nil
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func two(t *testing.T) (a, b string, s *follow.Source[string]) {
	t.Helper()
	dir := t.TempDir()
	a, b = filepath.Join(dir, "a"), filepath.Join(dir, "b")
	write(t, a, "one ")
	write(t, b, "two")
	s, err := follow.Open("words", []string{a, b}, joined)
	if err != nil || s.Value() != "one two" {
		t.Fatalf("opened %v, %v", s, err)
	}
	return a, b, s
}

// look expects news of a look, and a value after it.
func look(t *testing.T, s *follow.Source[string], asked, news bool, problem, value string) {
	t.Helper()
	got, err := s.Look(asked)
	said := ""
	if err != nil {
		said = err.Error()
	}
	if got != news || (problem == "") != (err == nil) || !strings.Contains(said, problem) || s.Value() != value {
		t.Fatalf("Look = %v, %v with value %q; want %v, %q, %q", got, err, s.Value(), news, problem, value)
	}
}

func TestAChangeIsTakenWhenItHasSettled(t *testing.T) {
	a, b, s := two(t)
	look(t, s, false, false, "", "one two")
	write(t, a, "thr")
	look(t, s, false, false, "", "one two") // half written
	write(t, a, "three ")
	look(t, s, false, false, "", "one two")
	look(t, s, false, true, "", "three two")
	look(t, s, false, false, "", "three two")
	write(t, b, "four")
	look(t, s, true, true, "", "three four")
}

func TestTheLastGoodValueStays(t *testing.T) {
	a, b, s := two(t)
	write(t, a, "")
	look(t, s, false, false, "", "one two")
	look(t, s, false, true, "holds no word", "one two")
	look(t, s, false, false, "", "one two") // it is told once
	if err := os.Remove(b); err != nil {
		t.Fatal(err)
	}
	look(t, s, true, true, "no such file", "one two")
	look(t, s, true, false, "", "one two")
	write(t, a, "one ")
	write(t, b, "two")
	look(t, s, true, true, "", "one two")
}

// TestWhatIsNoFileIsRefused and not waited for: of a pipe that nobody writes to, reading would never end.
func TestWhatIsNoFileIsRefused(t *testing.T) {
	a, _, s := two(t)
	if err := errors.Join(os.Remove(a), syscall.Mkfifo(a, 0o600)); err != nil {
		t.Fatal(err)
	}
	look(t, s, true, true, "not a regular file", "one two")
	if err := errors.Join(os.Remove(a), os.Mkdir(a, 0o700)); err != nil {
		t.Fatal(err)
	}
	look(t, s, true, false, "", "one two") // it is told once
	if err := errors.Join(os.Remove(a), os.Symlink("/dev/zero", a)); err != nil {
		t.Fatal(err)
	}
	look(t, s, true, false, "", "one two")
	if err := os.Remove(a); err != nil {
		t.Fatal(err)
	}
	write(t, a, "three ")
	look(t, s, true, true, "", "three two")
}

func TestContentsThatMoveFromOneFileToTheNextAreAnother(t *testing.T) {
	a, b, s := two(t)
	write(t, a, "one")
	write(t, b, " two")
	look(t, s, true, true, "", "one two")
}

func TestOpenSaysWhatIsMissing(t *testing.T) {
	if _, err := follow.Open("words", []string{filepath.Join(t.TempDir(), "gone")}, joined); err == nil || !strings.HasPrefix(err.Error(), "words: open ") {
		t.Errorf("of a file that is not there: %v", err)
	}
	long := filepath.Join(t.TempDir(), "long")
	write(t, long, strings.Repeat("x", follow.MaxBytes+1))
	if _, err := follow.Open("words", []string{long}, joined); err == nil || !strings.Contains(err.Error(), "longer than") {
		t.Errorf("of a long file: %v", err)
	}
}

// TestFollow waits for what it expects: how fast it comes is not tested.
func TestFollow(t *testing.T) {
	a, _, s := two(t)
	ctx, stop := context.WithCancel(t.Context())
	said := make(chan error)
	ended := make(chan struct{})
	now := make(chan os.Signal)
	go func() {
		defer close(ended)
		follow.Follow(ctx, time.Millisecond, nil, func(_ string, err error) { said <- err }, s)
	}()
	write(t, a+".new", "polled ") // renamed over the old one: it is never seen empty
	if err := os.Rename(a+".new", a); err != nil {
		t.Fatal(err)
	}
	if err := <-said; err != nil || s.Value() != "polled two" {
		t.Errorf("after a change: %v, %q", err, s.Value())
	}
	stop()
	<-ended
	ctx, stop = context.WithCancel(t.Context())
	ended = make(chan struct{})
	go func() {
		defer close(ended)
		follow.Follow(ctx, 0, now, func(_ string, err error) { said <- err }, s)
	}()
	write(t, a, "asked ")
	now <- os.Interrupt
	if err := <-said; err != nil || s.Value() != "asked two" {
		t.Errorf("when asked: %v, %q", err, s.Value())
	}
	stop()
	<-ended
}
