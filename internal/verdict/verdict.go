package verdict

import (
	"time"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
)

// A Verdict is the answer to one submission. It holds nothing that differs between two runs.
type Verdict struct {
	SubmissionID       string
	Ruling                             // the decision and what it rests on
	Mentions           []check.Mention // every mark found
	Runs               []Run           // one per checker, in plan order
	Rulebook           Rulebook
	AsOf               time.Time
	ValidUntil         time.Time // zero: rests on nothing that ends
	ValidUntilDocument string
	Completeness       Completeness
	Mode               Mode
	Annotations        map[string]string
	ShadowRulebook     Rulebook // zero: none was asked beside the one in force
	Needs              []Need   // for the verdict on the merchant; no part of the answer on the listing
}

// ShadowPrefix stands before the ids of findings of a rulebook in shadow.
const ShadowPrefix = "shadow/"

// Beside puts what a rulebook in shadow says of the same submission into a verdict, where it decides nothing. The other
// verdict must not be used after.
func (v *Verdict) Beside(other *Verdict) {
	v.ShadowRulebook, v.ShadowDecision = other.Rulebook, other.Decision
	for i := range v.Markets {
		v.Markets[i].ShadowDecision = other.Markets[i].Decision
	}
	for _, f := range other.Findings {
		f.ID, f.Mitigates, f.MitigatedBy = ShadowPrefix+f.ID, inShadow(f.Mitigates), inShadow(f.MitigatedBy)
		v.Shadow = append(v.Shadow, f)
	}
}

// inShadow are the ids as they stand in the verdict of the rulebook in force.
func inShadow(ids []string) []string {
	var prefixed []string
	for _, id := range ids {
		prefixed = append(prefixed, ShadowPrefix+id)
	}
	return prefixed
}

// A Ruling is what a table makes of findings.
type Ruling struct {
	Decision  Decision // the strictest of the markets'
	RiskScore float64  // in [0,1); orders queues
	Markets   []MarketDecision
	Findings  []Finding // those of the checkers, in order, then one per checker that did not end
	Fixes     []Fix     // what would turn the ruling into APPROVE

	Shadow         []Finding // of checkers in shadow; no part of the above
	ShadowDecision Decision  // if they were enforced; NoDecision: no checker is in shadow
}

// A MarketDecision is the decision for one market and the ids of the findings that lead to it.
type MarketDecision struct {
	Market         listing.Market
	Decision       Decision
	Findings       []string
	ShadowDecision Decision // as in Ruling
}

// A Finding is a checker's finding, weighed.
type Finding struct {
	check.Finding
	Row             *Row
	Effect          Decision // what it alone leads to: the row's, or the failure policy's
	MerchantMessage string
	MitigatedBy     []string
}

// A Fix is a change and the findings it would clear.
type Fix struct {
	Fix      check.Fix
	Findings []string
}

// A Run tells how one checker ended. What is the same in every verdict is shared.
type Run struct {
	*Checker
	Status check.Status
	Reason string
	Ran    string // version that looked; "": the checker's
}

// A Checker is what every verdict says of one checker.
type Checker struct {
	Name, Doc, Version string
	Requires           []string
	Lists              []List
	Failure            FailurePolicy
	Shadow             bool // what it finds counts for nothing
}

// A List is a file of the rulebook, by content.
type List struct{ Name, Digest string }

// A Rulebook is named by its content.
type Rulebook struct{ Label, Digest string }

// Completeness is whether a verdict rests on every check.
type Completeness uint8

// Completeness, numbered as in the contract.
const (
	CompletenessUnknown Completeness = iota
	Complete
	Degraded // a checker did not end, or met a bound on its work
	Partial  // only some were asked for
)

// Mode is what the caller asked for.
type Mode uint8

// Modes, numbered as in the contract.
const (
	ModeUnknown Mode = iota
	Enforce
	Preview
)
