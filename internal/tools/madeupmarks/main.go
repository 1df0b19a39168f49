// Command madeupmarks writes a list of marks that do not exist, for assayd marks build, to standard output:
//
//	go run ./internal/tools/madeupmarks -n 1000000 > marks.jsonl
package main

import (
	"bufio"
	"flag"
	"fmt"
	"os"

	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/rulebook/embedded"
	"github.com/assay-project/assay/internal/rulebook/madeup"
)

func main() {
	n := flag.Int("n", 1_000_000, "how many marks")
	seed := flag.Uint64("seed", 1, "which ones")
	flag.Parse()
	if err := write(*seed, *n); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(seed uint64, n int) error {
	book, err := rulebook.Load(embedded.FS())
	if err != nil {
		return err
	}
	out := bufio.NewWriter(os.Stdout)
	for line := range madeup.Lines(seed, n, book.Words, []string{"Apparel & Accessories", "Electronics", "Home & Garden", "Health & Beauty", "Hardware"}) {
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	return out.Flush()
}
