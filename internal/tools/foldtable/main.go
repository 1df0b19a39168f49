// Command foldtable writes the table that package text folds with.
//
// Its sources are the Unicode data files beside it (UTS #39 confusables, case folding,
// default-ignorable code points, simplified forms of Han), the normalisation tables of golang.org/x/text, the scripts
// and categories of the standard library, and supplement.txt for what none of them know.
// The same sources always give the same bytes.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// unicodeVersion is the version of everything the table is made of.
const unicodeVersion = "15.0.0"

func main() {
	log.SetFlags(0)
	log.SetPrefix("foldtable: ")
	dir := flag.String("data", ".", "directory with supplement.txt and unicode/")
	out := flag.String("o", "table.bin", "file to write")
	flag.Parse()
	if err := run(*dir, *out); err != nil {
		log.Fatal(err)
	}
}

func run(dir, out string) error {
	if norm.Version != unicodeVersion || unicode.Version != unicodeVersion {
		return fmt.Errorf("want Unicode %s, have x/text %s and Go %s: use the Go version of go.mod",
			unicodeVersion, norm.Version, unicode.Version)
	}
	src, err := readSources(os.DirFS(dir))
	if err != nil {
		return err
	}
	b := newBuilder(src)
	data, err := b.table()
	if err != nil {
		return err
	}
	return os.WriteFile(out, data, 0o644)
}
