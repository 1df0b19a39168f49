package rulebook

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Bounds on a rulebook directory. Each kind of file has its own, see kinds.
const (
	maxFiles = 1000
	maxBytes = 768 << 20
	maxYAML  = 16 << 20 // of all YAML files together: their trees are many times their size
)

const (
	kib = 1 << 10
	mib = 1 << 20
)

// A kind is a file that a rulebook has, or files, where its pattern has a star.
type kind struct {
	pattern  string
	limit    int64 // bytes
	optional bool
	binary   bool
	instead  string             // of a file that must be there: one that may be there in its place
	parse    func(*source) part // nil: only counted into the digest
}

// kinds are the files that a rulebook may have. What is not optional must be there, or what may stand in its place, with at least
// one row.
func kinds(v *validator) []kind {
	return []kind{
		{"rulebook.yaml", mib, false, false, "", v.parseSettings},
		{"decisions.yaml", 4 * mib, false, false, "", v.parseDecisions},
		{"wording.yaml", 4 * mib, false, false, "", v.parseWording},
		{"gates.yaml", 4 * mib, false, false, "", v.parseGates},
		{"packs.yaml", mib, false, false, "", v.parsePacks},
		{"prices.yaml", mib, false, false, "", v.parsePrices},
		{"tests/*.yaml", mib, false, false, "", v.parseTests},
		{marksName, 128 * mib, false, false, registerName, parseMarks},
		{registerName, 512 * mib, true, true, "", parseRegister},
		{"words.tsv", 64 * mib, false, false, "", parseWords},
		{"dictionary.txt", 16 * mib, true, false, "", parseDictionary},
		{"categories.csv", 16 * mib, false, false, "", parseCategories},
		{"category_aliases.csv", 16 * mib, false, false, "", parseCategoryAliases},
		{"baselines.csv", 64 * mib, false, false, "baselines.bin", parseBaselines},
		{"baselines.bin", 224 * mib, true, true, "", parseCohorts},
		{"rates.csv", 4 * mib, true, false, "", parseRates},
		{ordersName, 128 * mib, true, false, "", parseOrders},
		{"remotes.yaml", mib, true, false, "", v.parseRemotes},
		{"*.pem", mib, true, false, "", parsePEM},
		{"rules.yaml", mib, true, false, "", v.parseRules},
		{"merchants.yaml", mib, true, false, "", v.parseMerchants},
		{"requirements.yaml", mib, true, false, "", v.parseRequirements},
		{"README.md", mib, true, false, "", nil},
		{"LICENSE*", mib, true, false, "", nil},
	}
}

func kindOf(kinds []kind, name string) *kind {
	i := slices.IndexFunc(kinds, func(k kind) bool {
		ok, err := path.Match(k.pattern, name)
		return ok && err == nil
	})
	if i < 0 {
		return nil
	}
	return &kinds[i]
}

// A directory is a rulebook's files as read, before anything is parsed.
type directory struct {
	fsys     fs.FS
	kinds    []kind
	sources  []*source // by name
	problems Problems
	files    int
	bytes    int64
	yaml     int64

	digestOnly bool // sources get a digest and no data
}

// read reads every file of the rulebook once, within bounds.
func (d *directory) read() {
	d.readNames(".")
	slices.SortFunc(d.sources, func(a, b *source) int { return strings.Compare(a.name, b.name) })
	for _, k := range d.kinds {
		isOne := func(s *source) bool { return kindOf(d.kinds, s.name).pattern == k.pattern }
		isOther := func(s *source) bool { return s.name == k.instead }
		if !k.optional && !slices.ContainsFunc(d.sources, isOne) && !slices.ContainsFunc(d.sources, isOther) {
			d.refuse(k.pattern, "the file is missing")
		}
	}
}

func (d *directory) refuse(name, format string, args ...any) {
	d.problems = append(d.problems, NewProblem(Position{File: name}, format, args...))
}

// readNames goes through one folder. Names with a dot in front belong to other programs, and Go files to the package
// that may embed the directory; they are not part of the book.
func (d *directory) readNames(folder string) {
	entries, err := readDir(d.fsys, folder)
	if err != nil {
		d.refuse(folder, "read directory: %v", cause(err))
	}
	if d.files += len(entries); d.files > maxFiles {
		d.refuse(folder, "more than %d files", maxFiles)
		return
	}
	for _, e := range entries {
		if name := path.Join(folder, e.Name()); !strings.HasPrefix(e.Name(), ".") && path.Ext(name) != ".go" {
			d.readEntry(name, e)
		}
	}
}

// readDir lists a folder, at most one entry more than a rulebook may have.
func readDir(fsys fs.FS, folder string) ([]fs.DirEntry, error) {
	f, err := fsys.Open(folder)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	dir, ok := f.(fs.ReadDirFile)
	if !ok {
		return nil, errors.New("not a directory")
	}
	entries, err := dir.ReadDir(maxFiles + 1)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return entries, err
}

// cause takes the path off an error: a problem names its file itself.
func cause(err error) error {
	if pathError := (*fs.PathError)(nil); errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}

func (d *directory) readEntry(name string, e fs.DirEntry) {
	if e.IsDir() && name == "tests" {
		d.readNames(name)
		return
	}
	k := kindOf(d.kinds, name)
	switch {
	case !e.Type().IsRegular() && !e.IsDir():
		d.refuse(name, "not a regular file (%s): links are not followed", e.Type())
	case k == nil || e.IsDir() || strings.ContainsFunc(name, unusual):
		d.refuse(name, "not a file of a rulebook; it has %s", strings.Join(d.patterns(), ", "))
	default:
		d.readFile(name, k)
	}
}

// unusual reports characters that file names of a rulebook do not have, so that lists of them need no quoting.
func unusual(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("._-/", r)
}

func (d *directory) patterns() []string {
	names := make([]string, len(d.kinds))
	for i, k := range d.kinds {
		names[i] = k.pattern
	}
	return names
}

func (d *directory) readFile(name string, k *kind) {
	limit := min(k.limit, maxBytes-d.bytes)
	isYAML := path.Ext(name) == ".yaml"
	if isYAML {
		limit = min(limit, maxYAML-d.yaml)
	}
	s := &source{name: name}
	size, err := d.take(s, limit)
	if err != nil {
		s.refuse(0, 0, "read file: %v", cause(err))
	}
	s.lost = len(s.problems) > 0
	d.sources = append(d.sources, s)
	d.bytes += size
	if isYAML {
		d.yaml += size
	}
}

// take reads a source's data, or only its digest, and returns its size.
func (d *directory) take(s *source, limit int64) (size int64, err error) {
	if d.digestOnly {
		s.digest, size, err = hashBounded(d.fsys, s.name, limit)
		return size, err
	}
	s.data, err = readBounded(d.fsys, s.name, limit)
	return int64(len(s.data)), err
}

var errGrew = errors.New("the file grew while it was read")

// openBounded opens a regular file of at most limit bytes.
func openBounded(fsys fs.FS, name string, limit int64) (fs.File, int64, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case !info.Mode().IsRegular():
		err = errors.New("not a regular file")
	case info.Size() > limit:
		err = fmt.Errorf("%d bytes, where %d are left of the bounds on this file, on all, and on all YAML", info.Size(), limit)
	default:
		return f, info.Size(), nil
	}
	return nil, 0, errors.Join(err, f.Close())
}

// readBounded reads a regular file of at most limit bytes.
func readBounded(fsys fs.FS, name string, limit int64) ([]byte, error) {
	f, size, err := openBounded(fsys, name, limit)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data := make([]byte, size)
	if _, err := io.ReadFull(f, data); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if n, _ := f.Read(make([]byte, 1)); n > 0 {
		return nil, errGrew
	}
	return data, nil
}

// digest is the SHA-256 of a file's bytes in hex.
func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// digestOf is the SHA-256 over the lists' digests and names, in the form of the program sha256sum, ordered by name. So
//
//	find . -type f -printf '%P\n' | LC_ALL=C sort | xargs sha256sum | sha256sum
//
// prints it too, for a directory that holds nothing but the rulebook.
func digestOf(lists []List) string {
	h := sha256.New()
	for _, l := range lists {
		fmt.Fprintf(h, "%s  %s\n", l.Digest, l.Name)
	}
	return hex.EncodeToString(h.Sum(nil))
}
