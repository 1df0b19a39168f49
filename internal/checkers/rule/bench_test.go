package rule_test

import (
	"fmt"
	"testing"

	"github.com/assay-project/assay/internal/checkers/rule"
)

// BenchmarkNew compiles a file of rules: what a book with one rule, and with a hundred, adds to the start.
func BenchmarkNew(b *testing.B) {
	for _, n := range []int{1, 100} {
		rules := "rules:\n"
		for i := range n {
			rules += fmt.Sprintf("  - {name: r%d, doc: d, code: LST_RULE, message: \"{{ market }}\", when: 'containsFolded(submission.product.title, \"w%d\") && market in [\"US\", \"DE\"]'}\n", i, i)
		}
		book, err := bookOf(rules)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := rule.New(book, inputs(nil)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
