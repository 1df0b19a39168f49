package catalogue

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// A Checkpoint says how far a run has come whose results go to a file: everything before Next has its result in the first
// Offset bytes of it, on the disk.
type Checkpoint struct {
	Inputs   []Fingerprint     `json:"inputs"`
	Papers   *Fingerprint      `json:"papers,omitempty"`
	Options  map[string]string `json:"options"` // that change results, by flag
	Rulebook string            `json:"rulebook"`
	Output   string            `json:"output"`
	AsOf     time.Time         `json:"asOf"` // of submissions that name no time

	Next   Mark  `json:"next"`
	Offset int64 `json:"offset"`
	Counts `json:"counts"`
	Report json.RawMessage `json:"report,omitempty"` // what was gathered for one of the results before Next
	Twins  json.RawMessage `json:"twins,omitempty"`  // of the search for near copies, where there is one
}

// Counts are how many results there were of each kind.
type Counts struct {
	Approve int64 `json:"approve"`
	Review  int64 `json:"review"`
	Reject  int64 `json:"reject"`
	Errors  int64 `json:"errors"`
}

// All is how many results there were.
func (c Counts) All() int64 { return c.Approve + c.Review + c.Reject + c.Errors }

// A Fingerprint tells whether a file is what it was.
type Fingerprint struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// FingerprintOf reads a whole regular file.
func FingerprintOf(path string) (Fingerprint, error) {
	f, err := os.Open(path)
	if err != nil {
		return Fingerprint{}, err
	}
	defer func() { _ = f.Close() }() // only read
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return Fingerprint{}, errors.Join(err, fmt.Errorf("%s is no regular file: a run cannot go on in the middle of it", path))
	}
	hash := sha256.New()
	n, err := io.Copy(hash, f)
	if err != nil {
		return Fingerprint{}, fmt.Errorf("read %s: %w", path, err)
	}
	return Fingerprint{path, n, hex.EncodeToString(hash.Sum(nil))}, nil
}

// Continues returns what about a run is not as it was when the checkpoint was made, or nil.
func (c *Checkpoint) Continues(now *Checkpoint) error {
	var faults []error
	if len(c.Inputs) != len(now.Inputs) {
		faults = append(faults, fmt.Errorf("there were %d files, now %d", len(c.Inputs), len(now.Inputs)))
	} else {
		for i, was := range c.Inputs {
			faults = append(faults, was.differs(now.Inputs[i]))
		}
	}
	none := Fingerprint{}
	if was, is := orElse(c.Papers, none), orElse(now.Papers, none); was != is {
		faults = append(faults, fmt.Errorf("the standing papers (%q) are others than they were (%q)", is.Path, was.Path))
	}
	for _, flag := range slices.Sorted(maps.Keys(now.Options)) {
		if was, is := c.Options[flag], now.Options[flag]; was != is {
			faults = append(faults, fmt.Errorf("%s was %q, now %q", flag, was, is))
		}
	}
	if c.Output != now.Output {
		faults = append(faults, fmt.Errorf("results went to %s, now to %s", c.Output, now.Output))
	}
	if c.Rulebook != now.Rulebook {
		faults = append(faults, fmt.Errorf("rulebook %s was in force, now %s", c.Rulebook, now.Rulebook))
	}
	return errors.Join(faults...)
}

func orElse(f *Fingerprint, none Fingerprint) Fingerprint {
	if f == nil {
		return none
	}
	return *f
}

func (f Fingerprint) differs(now Fingerprint) error {
	switch {
	case f == now:
		return nil
	case f.Path != now.Path:
		return fmt.Errorf("%s stands where %s stood", now.Path, f.Path)
	case f.Size != now.Size:
		return fmt.Errorf("%s had %d bytes, now %d", f.Path, f.Size, now.Size)
	default:
		return fmt.Errorf("the content of %s has changed", f.Path)
	}
}

// sealed is a checkpoint in its file, with the digest that tells whether it is whole.
type sealed struct {
	Checkpoint json.RawMessage `json:"checkpoint"`
	SHA256     string          `json:"sha256"`
}

// maxCheckpoint bounds the file of a checkpoint, in bytes: room for a hundred thousand inputs.
const maxCheckpoint = 32 << 20

// LoadCheckpoint reads a checkpoint. Without the file the error is fs.ErrNotExist; a file that is no whole checkpoint is an
// error, never a beginning.
func LoadCheckpoint(path string) (*Checkpoint, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	text, err := io.ReadAll(io.LimitReader(f, maxCheckpoint))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	var s sealed
	var c Checkpoint
	if json.Unmarshal(text, &s) != nil || digest(s.Checkpoint) != s.SHA256 || json.Unmarshal(s.Checkpoint, &c) != nil {
		return nil, fmt.Errorf("%s is no checkpoint, or a damaged one", path)
	}
	return &c, nil
}

func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Save puts the checkpoint on the disk, in the place of the one before. At every moment one of the two is whole.
func (c *Checkpoint) Save(path string) error {
	text, err := json.Marshal(c)
	if err == nil {
		text, err = json.Marshal(sealed{text, digest(text)})
	}
	if err == nil {
		err = replace(path, append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("save checkpoint: %w", err)
	}
	return nil
}

// replace puts text in the place of a file, durably.
func replace(path string, text []byte) error {
	next := path + ".next"
	f, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(next, path); err != nil {
		return err
	}
	return SyncDir(path)
}

// SyncDir makes the name of a file durable.
func SyncDir(path string) error {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
