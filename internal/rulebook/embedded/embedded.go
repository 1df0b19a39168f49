// Package embedded is the rulebook that assay has with it and uses where no other is named.
//
// It is an ordinary rulebook directory; rulebook.Load reads it like any other.
package embedded

import (
	"embed"
	"io/fs"
)

// Everything is embedded, so that a file that has no business here fails the tests instead of being left out.
//
//go:embed *
var files embed.FS

// FS is the rulebook's directory. What it holds never changes.
func FS() fs.FS { return files }
