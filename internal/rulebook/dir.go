package rulebook

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// A Dir is a rulebook's directory on disk as it was when it was opened: another one put under its name while it is read
// does not mix into it. It may be used concurrently, and must be closed.
type Dir struct {
	root   *os.Root
	target string
}

// current is the link by which volumes that Kubernetes mounts are swapped whole.
const current = "..data"

// OpenDir opens the directory that a name stands for now. Links in the name are followed, and so is the link ..data in
// the directory, where there is one; no file is reached that lies outside of what is opened.
func OpenDir(name string) (*Dir, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("open rulebook: %w", err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("open rulebook %s: not a directory", name)
	}
	target, err := filepath.EvalSymlinks(filepath.Join(name, current))
	if err != nil {
		target, err = filepath.EvalSymlinks(name)
	}
	if err != nil {
		return nil, fmt.Errorf("open rulebook: %w", err)
	}
	root, err := os.OpenRoot(target)
	if err != nil {
		return nil, fmt.Errorf("open rulebook: %w", err)
	}
	return &Dir{root: root, target: target}, nil
}

// LoadDir loads the book in a directory.
func LoadDir(name string) (*Book, error) {
	dir, err := OpenDir(name)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	return Load(dir.FS())
}

// Target is the directory that was opened, with all links followed. Where it changes, all of the book was swapped at once.
func (d *Dir) Target() string { return d.target }

// FS is what is in the directory.
func (d *Dir) FS() fs.FS { return files{d.root} }

// files are what is below a root.
type files struct{ root *os.Root }

// Open opens a file or folder and waits for nothing: a named pipe would have it wait until somebody writes into it.
func (f files) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	file, err := f.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	return file, nil
}

// Close gives the directory back.
func (d *Dir) Close() error { return d.root.Close() }

// Fingerprint is the digest that a book read from these files would have, without keeping them: what costs is reading
// and hashing. Where files cannot be read, or there are some that a book must not have, it is some other text, which is
// the same as long as the same is wrong.
func Fingerprint(fsys fs.FS) string {
	dir := &directory{fsys: fsys, kinds: kinds(nil), digestOnly: true}
	dir.read()
	lists := make([]List, len(dir.sources))
	problems := dir.problems
	for i, s := range dir.sources {
		lists[i] = List{Name: s.name, Digest: s.digest}
		problems = append(problems, s.problems...)
	}
	if len(problems) == 0 {
		return digestOf(lists)
	}
	problems.Sort()
	return fmt.Sprintf("unreadable %s %s", digestOf(lists), digest([]byte(problems.Error())))
}

// hashBounded is the digest of a regular file of at most limit bytes, and its size.
func hashBounded(fsys fs.FS, name string, limit int64) (string, int64, error) {
	f, size, err := openBounded(fsys, name, limit)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, io.LimitReader(f, size+1))
	if err == nil && n > size {
		err = errGrew
	}
	return hex.EncodeToString(h.Sum(nil)), n, err
}
