package report

import (
	"encoding/json"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/catalogue"
)

// A Report gathers results. It is not safe for concurrent use.
type Report struct{ s state }

// A state is all of a report; JSON keeps all of it.
type state struct {
	Counts     counts        `json:"counts"`
	Rests      rests         `json:"rests"`
	Codes      codes         `json:"codes"`
	Brands     names         `json:"brands"`
	Categories names         `json:"categories"`
	Markets    names         `json:"markets"`
	Merchants  names         `json:"merchants"`
	Queue      best[example] `json:"queue"`
	Prices     prices        `json:"prices"`
	Marks      *top[mark]    `json:"marks"`
	Papers     papers        `json:"papers"`
	Asks       *top[ask]     `json:"asks"`
	Failures   failures      `json:"failures"`
	Untold     counts        `json:"untold"` // listings of which nothing but the decision is known; in Counts too
}

// New returns a report of nothing.
func New() *Report {
	return &Report{state{Codes: codes{}, Brands: newNames(), Categories: newNames(), Markets: newNames(), Merchants: newNames(),
		Marks: newTop[mark](keptMarks), Papers: newPapers(), Asks: newTop[ask](keptAsks),
		Rests: rests{Checkers: map[string]*checker{}}, Failures: failures{Kinds: map[string]int64{}}}}
}

// Add takes the next result with the entry it is for; positions rise. It keeps neither.
func (r *Report) Add(e catalogue.Entry, result *assayv1.CheckResult) {
	it := newItem(e, result)
	r.s.Counts[it.outcome]++
	r.s.Rests.add(it)
	r.s.Failures.add(it)
	r.s.Codes.add(it)
	r.addNames(it)
	r.addQueue(it)
	r.s.Prices.add(it)
	r.addMarks(it)
	r.s.Papers.add(it)
	r.addAsks(it)
}

// AddUntold counts listings of which only the decision is known.
func (r *Report) AddUntold(approve, review, reject, errors int64) {
	for o, n := range (counts{approve, review, reject, errors}) {
		r.s.Counts[o] += n
		r.s.Untold[o] += n
	}
}

// MarshalJSON is the state of a report, for a run that goes on later.
func (r *Report) MarshalJSON() ([]byte, error) { return json.Marshal(r.s) }

// UnmarshalJSON takes up the state of a report made by [New].
func (r *Report) UnmarshalJSON(text []byte) error {
	r.s = New().s
	return json.Unmarshal(text, &r.s)
}
