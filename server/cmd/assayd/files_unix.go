//go:build unix

package main

import "syscall"

// openFiles is how many files this process may have open at a time; 0: nobody says.
func openFiles() int {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return 0
	}
	return int(min(limit.Cur, 1<<30))
}
