//go:build !unix

package main

import "os"

// lock does nothing where files cannot be locked: two runs at once are then the caller's to avoid.
func lock(*os.File) error { return nil }
