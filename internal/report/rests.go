package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	grpccodes "google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/timestamppb"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

const (
	keptFailures = 100
	keptBooks    = 4
	keptCheckers = 64
)

// failures are the listings without an answer.
type failures struct {
	Kinds map[string]int64 `json:"kinds"` // by gRPC code
	First []failure        `json:"first,omitempty"`
}

type failure struct{ Place, ID, Message string }

func (f *failures) add(it *item) {
	if it.verdict != nil {
		return
	}
	kind := grpccodes.Code(it.failure.GetCode())
	if kind > grpccodes.Unauthenticated {
		kind = grpccodes.Unknown
	}
	f.Kinds[kind.String()]++
	if len(f.First) < keptFailures {
		message := strings.TrimPrefix(it.failure.GetMessage(), it.place+": ")
		f.First = append(f.First, failure{cut(it.place, maxName), cut(it.id, maxName), cut(message, maxMessage)})
	}
}

// rests is what the verdicts rest on.
type rests struct {
	Books    []book              `json:"books,omitempty"`
	From     time.Time           `json:"from"` // the earliest as_of
	To       time.Time           `json:"to"`
	Checkers map[string]*checker `json:"checkers"`
	Degraded int64               `json:"degraded,omitempty"`
	Partial  int64               `json:"partial,omitempty"`
	Preview  int64               `json:"preview,omitempty"`
	Shadowed int64               `json:"shadowed,omitempty"` // another decision if what is in shadow counted
}

// A book is a rulebook that verdicts name.
type book struct {
	Label, SHA256 string
	Verdicts      int64
}

// A checker is how the runs of one ended.
type checker struct {
	Version string           `json:"v,omitempty"`
	Runs    map[string]int64 `json:"r"`           // by status, in words
	Why     reasons          `json:"w,omitempty"` // it was skipped, failed or timed out
}

func (s *rests) add(it *item) {
	v := it.verdict
	if v == nil {
		return
	}
	s.addBook(v.GetRulebook())
	s.addTime(v.GetAsOf())
	count := func(n *int64, yes bool) {
		if yes {
			*n++
		}
	}
	count(&s.Degraded, v.GetCompleteness() == assayv1.Completeness_COMPLETENESS_DEGRADED)
	count(&s.Partial, v.GetCompleteness() == assayv1.Completeness_COMPLETENESS_PARTIAL)
	count(&s.Preview, v.GetMode() == assayv1.CheckMode_CHECK_MODE_PREVIEW)
	count(&s.Shadowed, v.GetShadowDecision() != assayv1.Decision_DECISION_UNSPECIFIED && v.GetShadowDecision() != v.GetDecision())
	for _, run := range v.GetCheckerRuns() {
		s.addRun(run)
	}
}

// addTime widens the time that verdicts are for. A server that says nonsense is not listened to.
func (s *rests) addTime(asOf *timestamppb.Timestamp) {
	if !asOf.IsValid() {
		return
	}
	at := asOf.AsTime()
	if s.From.IsZero() || at.Before(s.From) {
		s.From = at
	}
	if at.After(s.To) {
		s.To = at
	}
}

func (s *rests) addBook(ref *assayv1.RulebookRef) {
	label, sha := cut(ref.GetLabel(), maxName), cut(ref.GetSha256(), maxName)
	i := slices.IndexFunc(s.Books, func(b book) bool { return b.SHA256 == sha })
	switch {
	case i >= 0:
		s.Books[i].Verdicts++
	case len(s.Books) < keptBooks:
		s.Books = append(s.Books, book{label, sha, 1})
	default:
		s.Books[keptBooks-1].Label, s.Books[keptBooks-1].SHA256 = "others", ""
		s.Books[keptBooks-1].Verdicts++
	}
}

func (s *rests) addRun(run *assayv1.CheckerRun) {
	name := cut(run.GetChecker(), maxName)
	if s.Checkers[name] == nil && len(s.Checkers) >= keptCheckers {
		name = "others"
	}
	if s.Checkers[name] == nil {
		s.Checkers[name] = &checker{Version: cut(run.GetVersion(), maxName), Runs: map[string]int64{}}
	}
	c := s.Checkers[name]
	status := run.GetStatus()
	if _, known := assayv1.RunStatus_name[int32(status)]; !known {
		status = assayv1.RunStatus_RUN_STATUS_FAILED
	}
	c.Runs[enumWords(status.String(), "RUN_STATUS_")]++
	if run.GetReason() != "" {
		c.Why.add(cut(run.GetReason(), maxName))
	}
}

// A checkerView is a row of the table of checkers.
type checkerView struct {
	Name, Version                             string
	Clean, Flagged, Skipped, TimedOut, Failed int64
	Why                                       []reason
}

func (s *rests) checkers() (rows []checkerView) {
	for _, name := range slices.Sorted(maps.Keys(s.Checkers)) {
		c := s.Checkers[name]
		rows = append(rows, checkerView{name, c.Version, c.Runs["clean"], c.Runs["flagged"], c.Runs["skipped"], c.Runs["timed out"], c.Runs["failed"], c.Why.most()})
	}
	return rows
}

// failureKinds are the kinds of errors with their numbers, most first.
func (f *failures) kinds() []reason {
	var kinds []reason
	for kind, n := range f.Kinds {
		kinds = append(kinds, reason{kind, n})
	}
	slices.SortFunc(kinds, func(a, b reason) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Code, b.Code)) })
	return kinds
}
