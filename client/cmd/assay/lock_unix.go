//go:build unix

package main

import (
	"os"
	"syscall"
)

// lock makes the file this process's own until it ends, however it ends.
func lock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }
