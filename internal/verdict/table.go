package verdict

import (
	"errors"
	"fmt"
	"slices"
)

// Decision is what should happen to the listing. A greater one is stricter.
type Decision uint8

// Decisions, numbered as in the contract.
const (
	NoDecision Decision = iota
	Approve
	Review
	Reject
)

var decisionNames = [...]string{"NONE", "APPROVE", "REVIEW", "REJECT"}

// String is the decision's name without prefix.
func (d Decision) String() string { return nameOf(decisionNames[:], int(d)) }

// Severity is how serious a finding is. A greater one is more so.
type Severity uint8

// Severities, numbered as in the contract.
const (
	NoSeverity Severity = iota
	Info
	Low
	Medium
	High
	Critical
)

var severityNames = [...]string{"NONE", "INFO", "LOW", "MEDIUM", "HIGH", "CRITICAL"}

// String is the severity's name without prefix.
func (s Severity) String() string { return nameOf(severityNames[:], int(s)) }

func nameOf(names []string, i int) string {
	if i < len(names) {
		return names[i]
	}
	return fmt.Sprint(i)
}

// Fixability is who can put a finding right.
type Fixability uint8

// Fixabilities, numbered as in the contract.
const (
	FixabilityUnknown Fixability = iota
	NothingToFix
	BySeller
	ByRightsOwner
	ByPlatform
	Terminal
)

// FailurePolicy is what a checker's failure means.
type FailurePolicy uint8

// Failure policies, numbered as in the contract. The zero value is the safe one.
const (
	FailureUnknown FailurePolicy = iota // counts as FailureReview
	FailureReview
	FailureReject
	FailureIgnore
)

// A Row is what one code, or one variant of it, means.
type Row struct {
	Code, Variant string
	Severity      Severity
	Effect        Decision
	Fixability    Fixability
	Title         string            // a few words
	Doc           string            // when it is reported
	Remedy        string            // what to do, for the reviewer
	Merchant      map[string]string // what to do, for the merchant, by language; {words} {mark} {field} {market}
	DSACategory   string
	DSAKeyword    string
	Citation      string
}

// An Escalation says what several findings mean together.
type Escalation struct {
	Severity         Severity // findings of this severity or above
	Count            int      // from this many on
	DistinctCheckers bool     // at most one per checker
	Effect           Decision
	Doc              string
}

// A Table says what findings mean. It is immutable.
type Table struct {
	rows        []Row
	byCode      map[codeKey]*Row
	escalations []Escalation
}

type codeKey struct{ code, variant string }

// NewTable refuses every code and variant that is given twice.
func NewTable(rows []Row, escalations []Escalation) (*Table, error) {
	t := &Table{rows: slices.Clone(rows), byCode: make(map[codeKey]*Row, len(rows)), escalations: slices.Clone(escalations)}
	var errs []error
	for i := range t.rows {
		r := &t.rows[i]
		key := codeKey{r.Code, r.Variant}
		if t.byCode[key] != nil {
			errs = append(errs, fmt.Errorf("decision table: %s is given twice", name(r.Code, r.Variant)))
		}
		t.byCode[key] = r
	}
	return t, errors.Join(errs...)
}

// Rows are the table's rows in order. They must not be changed.
func (t *Table) Rows() []Row { return t.rows }

// unknown is what a code without a row means: nobody has weighed it, so a person looks.
func unknown(code, variant string) *Row {
	return &Row{Code: code, Variant: variant, Severity: High, Effect: Review, Fixability: ByPlatform,
		Title: "code unknown to the rulebook", Doc: "The rulebook's decision table has no row for this code."}
}

// Row is what a code means. A variant without a row means what its code means; a code without one means REVIEW.
func (t *Table) Row(code, variant string) *Row {
	if r := t.byCode[codeKey{code, variant}]; r != nil {
		return r
	}
	if r := t.byCode[codeKey{code, ""}]; r != nil {
		return r
	}
	return unknown(code, variant)
}

func name(code, variant string) string {
	if variant == "" {
		return code
	}
	return code + "/" + variant
}
