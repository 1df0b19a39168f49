package trademark

import (
	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
)

// A Result is what the stage found in a submission. It is not changed after the stage has ended.
type Result struct {
	// Mentions are all marks found, flagged or not, in the order of their first field and offset. Marks of equal text
	// are separate mentions with the same spans.
	Mentions []Mention
	// Claims are the words that claim a tie to a holder, in the order of fields and offsets.
	Claims []Claim
}

// A Mention is one mark in one submission, with what the checkers of papers need to know of it.
type Mention struct {
	check.Mention // Gated is left false: it is the question of the checkers of papers

	Mark    *rulebook.Mark
	Markets []listing.Market // of those asked for, where the mark is in force as far as the book knows; may be empty

	InBrand       bool             // the brand field names it
	InTitle       bool             // the title names it
	ShopNameSpans []check.TextSpan // those of Spans in the shop name
	Disguised     bool             // at least one span hides it
	Findings      []string         // ids of this stage's findings that concern it
	Claims        []int            // indexes into Result.Claims of those beside it
}

// A Claim is wording that claims a tie to a mark's holder.
type Claim struct {
	Span     check.TextSpan
	Flagship bool // claims to be the flagship or the brand's own store
}
