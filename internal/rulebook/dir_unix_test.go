//go:build unix

package rulebook

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestNobodyWaitsForAPipe opens a named pipe that nobody writes into, as it may be put in the place of a file between the look
// at the folder and the look at the file.
func TestNobodyWaitsForAPipe(t *testing.T) {
	name := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(name, "rulebook.yaml"), 0o644); err != nil {
		t.Fatal(err)
	}
	dir, err := OpenDir(name)
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	opened := make(chan error)
	go func() { _, err := readBounded(dir.FS(), "rulebook.yaml", 1); opened <- err }()
	select {
	case err := <-opened:
		if err == nil || !strings.Contains(err.Error(), "not a regular file") {
			t.Errorf("got %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("it waits")
	}
}
