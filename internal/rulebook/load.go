package rulebook

import (
	"io/fs"
	"path"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Load reads a rulebook directory, all of it and once, and returns a valid book, or everything that is wrong with it as
// [Problems]. It may be called concurrently; the book does not keep the file system.
func Load(fsys fs.FS) (*Book, error) {
	dir := &directory{fsys: fsys, kinds: kinds(newValidator())}
	dir.read()
	parts := parseAll(dir)
	d := newDraft(dir.sources)
	for i, p := range parts {
		p(d)
		d.lists = append(d.lists, List{Name: dir.sources[i].name, Digest: dir.sources[i].digest, Rows: dir.sources[i].rows})
	}
	d.overlay()
	d.compare()
	book := d.finish()
	problems := append(dir.problems, d.problems...)
	for _, s := range dir.sources {
		problems = append(problems, s.all()...)
	}
	if len(problems) > 0 {
		problems.Sort()
		return nil, problems
	}
	return book, nil
}

// A part is what one file says, for the draft it becomes a part of.
type part func(*draft)

// parseAll parses every source, as many at a time as there are processors and the longest work first, and waits for all
// of them.
func parseAll(dir *directory) []part {
	parts := make([]part, len(dir.sources))
	order := make([]int, len(dir.sources))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return dir.sources[b].work() - dir.sources[a].work() })
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(order)) {
		wait.Go(func() {
			for n := next.Add(1); int(n) <= len(order); n = next.Add(1) {
				i := order[n-1]
				parts[i] = parseOne(dir.sources[i], kindOf(dir.kinds, dir.sources[i].name))
			}
		})
	}
	wait.Wait()
	return parts
}

// work is roughly how long a source takes. YAML takes some eight times as long as the rest.
func (s *source) work() int {
	if path.Ext(s.name) == ".yaml" {
		return 8 * len(s.data)
	}
	return len(s.data)
}

func parseOne(s *source, k *kind) part {
	var digested sync.WaitGroup
	digested.Go(func() { s.digest = digest(s.data) })
	defer digested.Wait()
	if k.parse == nil || s.lost || !k.binary && !s.plain() {
		return func(*draft) {}
	}
	return k.parse(s)
}
