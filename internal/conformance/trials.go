package conformance

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// questions are ordinary submissions, and those of the cases: where these make the checker find something, the trials that
// compare answers have more to compare.
func (k *kit) questions() []*assayv1.Submission {
	all := ordinarySubmissions(k.description.Markets)
	for _, c := range k.options.Cases[:min(len(k.options.Cases), mostQuestions)] {
		all = append(all, c.Submission)
	}
	return all
}

const (
	mostQuestions = 64                     // of the cases, in trials that ask all of them
	atOnce        = 64                     // questions, the trial of many
	repeats       = 5                      // of the same question
	perSecond     = 100                    // questions, the trial of endurance
	impatience    = 300 * time.Microsecond // by so much each of the calls that are given up waits longer than the one before
)

func (k *kit) ordinary(ctx context.Context, r *Result) string {
	var slowest time.Duration
	found, asked := 0, 0
	for _, s := range ordinarySubmissions(k.description.Markets) {
		a := k.ask(ctx, s, nil, nil)
		if a.err != nil {
			if r.problem("%s: %v", s.GetSubmissionId(), a.err) {
				break
			}
			continue
		}
		asked++
		found += len(a.response.GetFindings())
		slowest = max(slowest, a.took)
	}
	return fmt.Sprintf("%d answered, %d findings, the slowest in %v", asked, found, slowest.Round(10*time.Microsecond))
}

func (k *kit) cases(ctx context.Context, r *Result) string {
	if len(k.options.Cases) == 0 {
		r.Skipped = noCases
		return ""
	}
	for _, c := range k.options.Cases {
		a := k.ask(ctx, c.Submission, c.Mentions, nil)
		problem := ""
		if a.err != nil {
			problem = a.err.Error()
		} else if got, want := codesOf(a.response), slices.Sorted(slices.Values(c.Codes)); !slices.Equal(got, want) {
			problem = fmt.Sprintf("it reports %s, where %s are expected", list(got), list(want))
		}
		if problem != "" && r.problem("%s: %s", c.Name, problem) {
			break
		}
	}
	return fmt.Sprintf("%d cases", len(k.options.Cases))
}

func codesOf(m *assayv1.RunCheckerResponse) []string {
	var codes []string
	for _, f := range m.GetFindings() {
		codes = append(codes, f.GetCode())
	}
	return slices.Sorted(slices.Values(codes))
}

func (k *kit) hostile(ctx context.Context, r *Result) string {
	inputs := hostileSubmissions(k.description.Markets)
	for _, name := range slices.Sorted(maps.Keys(inputs)) {
		spoil := func(*assayv1.RunCheckerRequest) {}
		if name == unknownFields {
			spoil = addUnknown
		}
		if a := k.ask(ctx, inputs[name], hostileMentions(inputs[name]), spoil); a.err != nil && r.problem("%s: %v", name, a.err) {
			break
		}
	}
	return fmt.Sprintf("%d inputs", len(inputs))
}

func (k *kit) determinism(ctx context.Context, r *Result) string {
	questions := k.questions()
	for _, s := range questions {
		first := k.ask(ctx, s, nil, nil)
		for range repeats {
			a := k.ask(ctx, s, nil, nil)
			switch {
			case first.err != nil || a.err != nil:
				if r.problem("%s: %v", s.GetSubmissionId(), firstOf(first.err, a.err)) {
					return ""
				}
			case !same(first, a):
				if r.problem("%s: asked again it answers otherwise: %s, then %s", s.GetSubmissionId(), list(codesOf(first.response)), list(codesOf(a.response))) {
					return ""
				}
			default:
				continue
			}
			break
		}
	}
	return fmt.Sprintf("%d questions, %d times each", len(questions), repeats+1)
}

func firstOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// concurrency asks questions that differ, alone first and then all at once.
func (k *kit) concurrency(ctx context.Context, r *Result) string {
	base := k.questions()
	questions := make([]*assayv1.Submission, atOnce)
	alone := make([]answer, atOnce)
	for i := range questions {
		questions[i] = proto.Clone(base[i%len(base)]).(*assayv1.Submission)
		questions[i].SubmissionId = fmt.Sprintf("at-once-%d", i)
		if alone[i] = k.ask(ctx, questions[i], nil, nil); alone[i].err != nil {
			r.problem("%s, alone: %v", questions[i].GetSubmissionId(), alone[i].err)
			return ""
		}
	}
	wrong := 0
	for i, a := range together(atOnce, func(i int) answer { return k.ask(ctx, questions[i], nil, nil) }) {
		switch {
		case a.err != nil:
			wrong++
			if len(r.Problems) < maxProblems {
				r.problem("%s: %v", questions[i].GetSubmissionId(), a.err)
			}
		case !same(alone[i], a):
			wrong++
			if len(r.Problems) < maxProblems {
				r.problem("%s: among others it answers otherwise than alone: %s, and %s", questions[i].GetSubmissionId(),
					list(codesOf(a.response)), list(codesOf(alone[i].response)))
			}
		}
	}
	return fmt.Sprintf("%d questions at once, %d answers wrong", atOnce, wrong)
}

// cancelled gives many calls up, some before they arrive and some while they run, then asks in earnest.
func (k *kit) cancelled(ctx context.Context, r *Result) string {
	questions := ordinarySubmissions(k.description.Markets)
	for range repeats {
		together(atOnce, func(i int) answer {
			gone, cancel := context.WithTimeout(ctx, time.Duration(i)*impatience)
			defer cancel()
			return k.ask(gone, questions[i%len(questions)], nil, nil)
		})
	}
	for _, s := range questions {
		if a := k.ask(ctx, s, nil, nil); a.err != nil && r.problem("%s, after others were given up: %v", s.GetSubmissionId(), a.err) {
			break
		}
	}
	return fmt.Sprintf("%d calls given up", repeats*atOnce)
}

// endurance asks at a steady pace.
func (k *kit) endurance(ctx context.Context, r *Result) string {
	questions := k.questions()
	tick := time.NewTicker(time.Second / perSecond)
	defer tick.Stop()
	end := time.Now().Add(k.options.Endure)
	n, failed := 0, 0
	for ; time.Now().Before(end) && ctx.Err() == nil; n++ {
		s := questions[n%len(questions)]
		if a := k.ask(ctx, s, nil, nil); a.err != nil {
			if failed++; len(r.Problems) < maxProblems {
				r.problem("question %d: %v", n+1, a.err)
			}
			if failed >= perSecond {
				break
			}
		}
		<-tick.C
	}
	return fmt.Sprintf("%d questions, %d without an answer", n, failed)
}

// repeated is a text of n bytes.
func repeated(text string, n int) string { return strings.Repeat(text, n/len(text)) }
