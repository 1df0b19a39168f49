package rulebook

import (
	"fmt"
	"io/fs"
	"runtime"
	"sync"
	"sync/atomic"
)

// Load reads a rulebook directory, all of it and once, and returns a valid book, or everything that is wrong with it as
// [Problems]. It may be called concurrently; the book does not keep the file system.
func Load(fsys fs.FS) (*Book, error) {
	v, err := newValidator()
	if err != nil {
		return nil, fmt.Errorf("load rulebook: %w", err)
	}
	dir := &directory{fsys: fsys, kinds: kinds(v)}
	dir.read()
	parts := parseAll(dir)
	d := newDraft(dir.sources)
	for i, p := range parts {
		p(d)
		d.lists = append(d.lists, List{Name: dir.sources[i].name, Digest: dir.sources[i].digest, Rows: dir.sources[i].rows})
	}
	d.compare()
	book := d.finish()
	problems := append(dir.problems, d.problems...)
	for _, s := range dir.sources {
		problems = append(problems, s.all()...)
	}
	if len(problems) > 0 {
		problems.sort()
		return nil, problems
	}
	return book, nil
}

// A part is what one file says, for the draft it becomes a part of.
type part func(*draft)

// parseAll parses every source, as many at a time as there are processors, and waits for all of them. The longest work
// should start first; the parsers of YAML are the slowest per byte.
func parseAll(dir *directory) []part {
	parts := make([]part, len(dir.sources))
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(dir.sources)) {
		wait.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(parts); i = next.Add(1) - 1 {
				parts[i] = parseOne(dir.sources[i], kindOf(dir.kinds, dir.sources[i].name))
			}
		})
	}
	wait.Wait()
	return parts
}

func parseOne(s *source, k *kind) part {
	s.digest = digest(s.data)
	if k.parse == nil || s.lost || !s.plain() {
		return func(*draft) {}
	}
	return k.parse(s)
}
