package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/verdict"
)

// A Report is what a comparison comes to. Its JSON is for programs.
type Report struct {
	Old           Rulebook  `json:"old"`
	New           Rulebook  `json:"new"`
	Submissions   int64     `json:"submissions"` // that both answered
	Errors        int64     `json:"errors"`      // lines without an answer
	Faults        []string  `json:"faults,omitempty"`
	Kept          Kept      `json:"kept"`
	Flips         Flips     `json:"flips"`
	OtherFindings int64     `json:"otherFindings"` // decided alike, for other reasons
	ByCode        Groups    `json:"byCode"`
	ByMark        Groups    `json:"byMark"`
	ByMarket      Groups    `json:"byMarket"`
	ByMerchant    Groups    `json:"byMerchant"`
	Examples      []Example `json:"examples"`

	most int // examples of each kind
}

// A Rulebook is one of the two.
type Rulebook struct {
	Label  string `json:"label"`
	SHA256 string `json:"sha256"`
}

// Kept counts decisions that stayed.
type Kept struct {
	Approve int64 `json:"approve"`
	Review  int64 `json:"review"`
	Reject  int64 `json:"reject"`
}

// A Flip is a decision that became another, written as "approve-reject".
type Flip struct{ From, To verdict.Decision }

// String is the flip's name.
func (f Flip) String() string { return strings.ToLower(f.From.String() + "-" + f.To.String()) }

// MarshalText makes names of flips keys of JSON objects.
func (f Flip) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// Stricter tells the direction.
func (f Flip) Stricter() bool { return f.To > f.From }

// Flips counts each kind.
type Flips map[Flip]int64

// Groups counts flips by a name.
type Groups map[string]Flips

// An Example is one submission that was decided otherwise.
type Example struct {
	Place        string   `json:"place"` // FILE:LINE
	SubmissionID string   `json:"submissionId"`
	Title        string   `json:"title"` // its first bytes
	Flip         Flip     `json:"flip"`
	Markets      []string `json:"markets"`        // in which it was
	Came         []Reason `json:"came,omitempty"` // what only the new rulebook finds, or weighs so
	Went         []Reason `json:"went,omitempty"` // what only the old one did
}

// A Reason is a finding that counts against a listing.
type Reason struct {
	Code   string `json:"code"`           // with its variant
	Effect string `json:"effect"`         // what it alone leads to
	Mark   string `json:"mark,omitempty"` // id
}

// Bounds on a report.
const (
	maxFaults = 20
	maxNames  = 10_000 // of a group; further ones are counted together
	maxTitle  = 200    // bytes
)

// others is the name of what is counted together.
const others = "(others)"

func newReport(old, new verdict.Rulebook, examples int) *Report {
	return &Report{Old: Rulebook{old.Label, old.Digest}, New: Rulebook{new.Label, new.Digest}, most: examples,
		Flips: Flips{}, ByCode: Groups{}, ByMark: Groups{}, ByMarket: Groups{}, ByMerchant: Groups{}, Examples: []Example{}}
}

func (r *Report) add(p *pair) {
	if p.err != nil {
		if r.Errors++; len(r.Faults) < maxFaults {
			r.Faults = append(r.Faults, fault(p))
		}
		return
	}
	r.Submissions++
	came, went := difference(p.new, p.old), difference(p.old, p.new)
	if p.old.Decision == p.new.Decision {
		r.keep(p.old.Decision)
		if len(came)+len(went) > 0 {
			r.OtherFindings++
		}
		return
	}
	r.flip(p, came, went)
}

// fault names the place; errors of the input do so themselves.
func fault(p *pair) string {
	if p.entry.Err != nil {
		return p.err.Error()
	}
	return fmt.Sprintf("%s: %v", p.entry.Place(), p.err)
}

func (r *Report) keep(d verdict.Decision) {
	switch d {
	case verdict.Approve:
		r.Kept.Approve++
	case verdict.Reject:
		r.Kept.Reject++
	default:
		r.Kept.Review++
	}
}

func (r *Report) flip(p *pair, came, went []weighed) {
	f := Flip{p.old.Decision, p.new.Decision}
	r.Flips[f]++
	codes, marks := namesOf(append(slices.Clone(came), went...))
	for _, code := range codes {
		r.ByCode.add(code, f)
	}
	for _, mark := range marks {
		r.ByMark.add(mark, f)
	}
	markets := changedMarkets(p.old, p.new)
	for _, m := range markets {
		r.ByMarket.add(string(m.market), m.flip)
	}
	r.ByMerchant.add(orNone(p.merchant), f)
	if r.Flips[f] <= int64(r.most) {
		r.Examples = append(r.Examples, p.example(f, markets, came, went))
	}
}

func orNone(name string) string {
	if name == "" {
		return "(none)"
	}
	return name
}

// add counts a flip under a name, or under the name of all others where there are too many.
func (g Groups) add(name string, f Flip) {
	if g[name] == nil && len(g) >= maxNames {
		name = others
	}
	if g[name] == nil {
		g[name] = Flips{}
	}
	g[name][f]++
}

func (p *pair) example(f Flip, markets []marketFlip, came, went []weighed) Example {
	e := Example{Place: p.entry.Place(), SubmissionID: p.entry.Submission.GetSubmissionId(), Title: check.Surface(p.title, 0, len(p.title)), Flip: f}
	if len(e.Title) > maxTitle {
		e.Title = strings.ToValidUTF8(e.Title[:maxTitle], "")
	}
	for _, m := range markets {
		e.Markets = append(e.Markets, string(m.market))
	}
	e.Came, e.Went = reasons(came), reasons(went)
	return e
}

func reasons(all []weighed) []Reason {
	var r []Reason
	for _, w := range all {
		r = append(r, Reason{Code: w.code, Effect: w.effect.String(), Mark: w.mark})
	}
	return r
}
