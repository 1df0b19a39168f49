package check

import (
	"context"
	"fmt"
	"strings"

	"github.com/assay-project/assay/internal/listing"
)

// A Checker looks at a subject S and reports what it finds. It is immutable and safe for concurrent use.
type Checker[S any] struct {
	Name     string        // stable, lower case; rulebooks, verdicts and metrics use it
	Doc      string        // what is looked for; then how it is decided
	Version  string        // of its rules as coded
	Lists    []string      // files of the rulebook it is built from
	Requires []*Checker[S] // must have ended without error before this one starts
	Waits    bool          // Run mostly waits for somebody else; see [Plan.Run]

	// Skip says why the checker does not apply to a subject; "" when it does. A nil Skip always applies.
	Skip func(S) string
	// Run looks and reports. Its error means "could not look". It honours ctx where its work is not short.
	Run func(ctx context.Context, p *Pass[S]) error
}

// A Stage is a checker whose result, a T, is the input of checkers that require it.
type Stage[S, T any] struct{ *Checker[S] }

// NewStage makes a stage of c. run takes the place of c.Run and returns the result.
func NewStage[S, T any](c Checker[S], run func(context.Context, *Pass[S]) (T, error)) *Stage[S, T] {
	c.Run = func(ctx context.Context, p *Pass[S]) error {
		result, err := run(ctx, p)
		if err == nil {
			p.report.Outcomes[p.index].result = result
		}
		return err
	}
	return &Stage[S, T]{&c}
}

// Result is what the stage found in this run. It is for checkers that require the stage; the zero T where the stage
// was skipped.
func (s *Stage[S, T]) Result(p *Pass[S]) T { return s.In(p.report) }

// In is the stage's result in an ended run; the zero T where it was skipped or did not work.
func (s *Stage[S, T]) In(r *Report) T {
	var none T
	for i := range r.Outcomes {
		if r.Outcomes[i].Checker == s.Name {
			if result, ok := r.Outcomes[i].result.(T); ok {
				return result
			}
			return none
		}
	}
	return none
}

// A Pass is one checker's window on one run.
type Pass[S any] struct {
	Subject S
	report  *Report
	index   int
}

// Report files a finding and returns its id, by which later findings may excuse it. The pass sets ID and Checker.
func (p *Pass[S]) Report(f Finding) string {
	o := &p.report.Outcomes[p.index]
	o.Reported++
	f.Checker = o.Checker
	f.ID = fmt.Sprintf("%s/%d", o.Checker, o.Reported)
	p.report.Findings = append(p.report.Findings, f)
	return f.ID
}

// Degrade says that a bound on the checker's work was met and something may have gone unseen. The verdict says so too.
func (p *Pass[S]) Degrade(reason string) { p.report.Outcomes[p.index].Reason = reason }

// Ran tells which version looked, where that is known only when it answers.
func (p *Pass[S]) Ran(version string) { p.report.Outcomes[p.index].Version = version }

// Findings are those reported so far in the run, by all checkers; for one that waits, by itself and those that do not.
// They must not be changed.
func (p *Pass[S]) Findings() []Finding { return p.report.Findings }

// A Finding is something a person can act on.
type Finding struct {
	ID, Checker string // set by the pass
	Code        string // UPPER_SNAKE
	Variant     string // which weight of the code, where it has several
	Markets     []listing.Market
	Evidence    []Evidence
	Message     string   // for the reviewer; one sentence or two
	Words       string   // the submission's words concerned, for messages; may be empty
	Mark        string   // the mark concerned, for messages; may be empty
	Facts       Facts    // for messages to the merchant; each may be empty
	Citation    string   // law or clause it rests on, where that is not the code's; may be empty
	Remedies    []Remedy // the first is the smallest
	Mitigates   []string // ids of findings that this one excuses
}

// Facts are what messages in any language may name: names, days, numbers and codes as they are, words of the rulebook in each
// language, and no words of ours.
type Facts struct {
	Document string // ids of the documents concerned
	Has      string // what they say
	Needs    string // what they should say
	Proof    Proof

	Requirement Words  // what is asked for, as the rulebook calls it
	Issuer      Words  // who issues it, as the rulebook calls them
	Category    string // of the goods, a path of the taxonomy
}

// Words are a text of the rulebook by language (BCP 47), English among them. Nil: no text.
type Words map[string]string

// In is the text in a language, its base language, or English.
func (w Words) In(language string) string {
	if text, ok := w[language]; ok {
		return text
	}
	base, _, _ := strings.Cut(language, "-")
	if text, ok := w[strings.ToLower(base)]; ok {
		return text
	}
	return w["en"]
}

// A Proof is which papers would do, in no language. What is empty is not asked for.
type Proof struct {
	From, Owner string // who would have to give a grant; Owner: an exclusive one
	To, Until   string // to whom, and until when at least
	Onward      string // whom it must let authorize others
	Buyer       string // of an invoice
	Units, Days string // how many pieces it shows at least, how old it is at most
	Registrant  string // of a certificate of registration
}

// A Remedy is one way to put a finding right.
type Remedy struct {
	Text string
	Fix  Fix // nil where no program can apply it
}

// A Mention is a mark that the subject refers to, once context is considered.
type Mention struct {
	MarkID    string
	Canonical string // the mark's main text
	Spans     []TextSpan
	Role      Role
	Reason    string
	Gated     bool
}

// Role is how a mark is used.
type Role uint8

// Roles, numbered as in the contract.
const (
	RoleUnknown Role = iota
	OwnBrand
	Nominative
	Descriptive
	Comparison
	Replica
	Affiliation
	OtherClass
	OtherTerritory
	Unclear
)
