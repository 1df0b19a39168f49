package follow

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// MaxBytes is how long a file may be.
const MaxBytes = 16 << 20

// A Source is a value and the files it is made of. Value may be called concurrently with anything.
type Source[T any] struct {
	name  string
	files []string
	build func(contents [][]byte) (T, error)
	value atomic.Pointer[T]

	looking sync.Mutex
	seen    string // at the latest look
	tried   string // what the value was made of, or could not be
}

// Open reads the files and builds the first value of their contents, which come in the order of their names. The name says in
// reports what is followed.
func Open[T any](name string, files []string, build func(contents [][]byte) (T, error)) (*Source[T], error) {
	s := &Source[T]{name: name, files: files, build: build}
	if _, err := s.Look(true); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return s, nil
}

// Name is what reports call the value.
func (s *Source[T]) Name() string { return s.name }

// Value is the last good one. It is shared: nobody may change it.
func (s *Source[T]) Value() T { return *s.value.Load() }

// Look looks at the files. It reports whether there was something new to tell: another value is in force, or the error why not.
// A change is taken when it is seen for the second time, or at once where somebody asked.
func (s *Source[T]) Look(asked bool) (news bool, err error) {
	s.looking.Lock()
	defer s.looking.Unlock()
	contents, found, err := s.read()
	settled := asked || found == s.seen
	s.seen = found
	if found == s.tried || !settled {
		return false, nil
	}
	s.tried = found
	if err != nil {
		return true, err
	}
	value, err := s.build(contents)
	if err != nil {
		return true, err
	}
	s.value.Store(&value)
	return true, nil
}

// read returns the contents and what tells them from others: their digest, or the error's text.
func (s *Source[T]) read() (contents [][]byte, found string, err error) {
	digest := sha256.New()
	for _, name := range s.files {
		content, err := readFile(name)
		if err != nil {
			return nil, err.Error(), err
		}
		contents = append(contents, content)
		_ = binary.Write(digest, binary.BigEndian, int64(len(content))) // a hash takes everything
		digest.Write(content)
	}
	return contents, string(digest.Sum(nil)), nil
}

func readFile(name string) (content []byte, err error) {
	f, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe would keep us until somebody writes to it
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(err, fmt.Errorf("read %s: not a regular file", name))
	}
	content, err = io.ReadAll(io.LimitReader(f, MaxBytes+1))
	if err == nil && len(content) > MaxBytes {
		return nil, fmt.Errorf("read %s: longer than %d bytes", name, MaxBytes)
	}
	return content, err
}

// A Looker is a Source of any value.
type Looker interface {
	Name() string
	Look(asked bool) (news bool, err error)
}

// Follow looks at all sources again and again until ctx ends, and reports what is new: a nil error for another value in
// force. A pause that is not positive means only when asked; a signal from now asks.
func Follow(ctx context.Context, every time.Duration, now <-chan os.Signal, report func(name string, err error), sources ...Looker) {
	var ticks <-chan time.Time
	if every > 0 {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		ticks = ticker.C
	}
	for {
		asked := false
		select {
		case <-ctx.Done():
			return
		case <-now:
			asked = true
		case <-ticks:
		}
		for _, s := range sources {
			if news, err := s.Look(asked); news {
				report(s.Name(), err)
			}
		}
	}
}
