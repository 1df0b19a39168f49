package qualification

import (
	"slices"
	"time"

	"github.com/assay-project/assay/internal/checkers/authorization"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/rulebook"
)

// A standing is how a rule stands. A greater one is worse.
type standing uint8

const (
	idle standing = iota // it is not asked for, or nothing is said of it
	holds
	noted   // does not stand in the way, but should be told
	unclear // cannot be told from what was extracted: a person must look
	broken
)

// A judgement is how a rule stands and the code that says so.
type judgement struct {
	standing      standing
	code, variant string
}

var (
	held         = judgement{standing: holds}
	notExtracted = judgement{unclear, fieldMissing, "not_extracted"} // nobody knows what the paper says
	notThere     = judgement{broken, fieldMissing, ""}               // the paper does not say it
)

func breaks(code string) judgement { return judgement{broken, code, ""} }

// A question is whether a paper does for a requirement, in a market.
type question struct {
	*inquiry
	*requirement
	*accepted
	names  []rulebook.PaperFor // what the paper must name
	market listing.Market      // empty while only rules are judged that do not depend on it
	zone   *time.Location
}

// must reports whether the paper must name something.
func (q *question) must(name rulebook.PaperFor) bool { return slices.Contains(q.names, name) }

// A rule is one constraint on a paper.
type rule struct {
	fields   []string // of the document, whose extraction must be sure; evidence shows the first
	identity bool     // whom or what the paper is for
	local    bool     // it may stand otherwise in another market
	judge    func(*question, *paper) judgement
	show     func(*question, *paper) shown
}

// shown is a rule for people.
type shown struct {
	expected, actual string
	words            string // of one that does not hold: what the paper does, "ended with 2026-10-01"
	has, needs       string // the same in no language: names, days and numbers
}

// rules are the constraints on every paper, in the order they are told.
var rules = [...]rule{
	{[]string{"subject"}, true, false, judgeMerchant, showMerchant},
	{[]string{"subject"}, true, false, judgeMaker, showMaker},
	{[]string{"brands"}, true, false, judgeBrand, showBrand},
	{[]string{"models", "gtins", "lines"}, true, false, judgeProduct, showProduct},
	{[]string{"categories"}, true, false, judgeCategory, showCategory},
	{[]string{"territories"}, true, true, judgeMarket, showMarket},
	{[]string{"status"}, false, false, judgeStatus, showStatus},
	{[]string{"dispute"}, false, false, judgeDispute, showDispute},
	{[]string{"effective"}, false, true, judgeTerm, showTerm},
	{[]string{"issued_on"}, false, true, judgeAge, showAge},
	{[]string{"effective"}, false, true, judgeRemaining, showRemaining},
	{[]string{"issuer"}, false, false, judgeSelf, showSelf},
	{[]string{"issuer"}, false, false, judgeIssuer, showIssuer},
	{[]string{"accreditations"}, false, false, judgeAccreditation, showAccreditation},
	{[]string{"schemes"}, false, false, judgeScheme, showScheme},
	{[]string{"outcome"}, false, false, judgeOutcome, showOutcome},
}

// judged tells how a rule stands for a paper. What holds by a field that was hardly readable is unclear, and what was surely
// looked for and is not there is broken.
func (r *rule) judged(q *question, p *paper) judgement {
	j := r.judge(q, p)
	switch {
	case len(p.Confidence) == 0:
	case j == notExtracted && authorization.Lacks(p.Document, q.confidence, r.fields[0]):
		return notThere
	case (j.standing == holds || j.standing == noted) && sharesAny(r.fields, p.unsure):
		return notExtracted
	}
	return j
}
