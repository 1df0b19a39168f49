package engine

import (
	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/verdict"
)

// checkers are the product's checkers, compiled from one book.
type checkers struct{}

// compile makes the checkers of a book.
func compile(book *rulebook.Book) (checkers, error) {
	return checkers{}, nil
}

// list is everything that the product checks, in the order it runs.
func (c checkers) list() []*check.Checker[*listing.Submission] {
	return []*check.Checker[*listing.Submission]{}
}

// complete adds what the stages found to the verdict.
func (c checkers) complete(v *verdict.Verdict, report *check.Report) {}
