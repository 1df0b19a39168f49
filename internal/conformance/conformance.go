package conformance

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/outside"
)

// A Case is a submission and the codes that the checker must report for it, each as often as it stands there, in any order.
type Case struct {
	Name       string // FILE:LINE
	Submission *assayv1.Submission
	Mentions   []*assayv1.Mention
	Codes      []string // without prefix
}

// Options say how to test.
type Options struct {
	Timeout  time.Duration // of one call
	Endure   time.Duration // how long it is asked again and again
	Cases    []Case
	Progress func(Result) // called after each trial; nil: not
}

// A Result is what came of one trial.
type Result struct {
	Trial    string   `json:"trial"`
	Demands  string   `json:"demands"` // what it shows, in a sentence
	Passed   bool     `json:"passed"`
	Skipped  string   `json:"skipped,omitempty"` // why it was not tried
	Problems []string `json:"problems,omitempty"`
	Note     string   `json:"note,omitempty"` // what was seen
}

// maxProblems is how many problems end a trial.
const maxProblems = 5

// Run puts the checker at the other end of a connection through all trials, in order. Calls must take answers of at most
// [outside.MaxAnswerBytes].
func Run(ctx context.Context, conn grpc.ClientConnInterface, o Options) []Result {
	k := &kit{api: assayv1.NewCheckerServiceClient(conn), options: o}
	var results []Result
	for _, t := range trials {
		r := Result{Trial: t.name, Demands: t.demands, Skipped: without(t, results)}
		if r.Skipped == "" {
			r.Note = t.run(k, ctx, &r)
			r.Passed = len(r.Problems) == 0 && r.Skipped == ""
		}
		results = append(results, r)
		if o.Progress != nil {
			o.Progress(r)
		}
	}
	return results
}

// without says which trial must be passed before one is worth while; "" where it was.
func without(t trial, results []Result) string {
	for _, r := range results {
		if r.Trial == t.after && !r.Passed {
			return "it would show nothing before the trial " + t.after + " is passed"
		}
	}
	return ""
}

// Passed tells whether nothing failed. A trial that could not be made counts as failed unless there was nothing to try.
func Passed(results []Result) bool {
	for _, r := range results {
		if !r.Passed && r.Skipped != noCases {
			return false
		}
	}
	return true
}

type kit struct {
	api         assayv1.CheckerServiceClient
	options     Options
	description *outside.Description
}

type trial struct {
	name, after, demands string
	run                  func(*kit, context.Context, *Result) (note string)
}

const (
	describing = "description"
	answering  = "ordinary"
	noCases    = "no --cases were given"
)

var trials = []trial{
	{describing, "", "It describes itself by the contract, and the same way twice.", (*kit).describe},
	{answering, describing, "It answers ordinary submissions by the contract, in time.", (*kit).ordinary},
	{"cases", describing, "It reports what the cases say, and nothing else.", (*kit).cases},
	{"hostile", describing, "It stands empty, full, odd and unknown input.", (*kit).hostile},
	{"determinism", answering, "It gives the same answer to the same question.", (*kit).determinism},
	{"concurrency", answering, "Of many questions at once each gets its own answer.", (*kit).concurrency},
	{"cancelled", answering, "Calls that callers give up leave it able to answer.", (*kit).cancelled},
	{"endurance", answering, "It answers again and again.", (*kit).endurance},
}

func (r *Result) problem(format string, args ...any) (enough bool) {
	r.Problems = append(r.Problems, clip(fmt.Sprintf(format, args...)))
	return len(r.Problems) >= maxProblems
}

// clip makes a text one line of bounded length that shows what it quotes.
func clip(text string) string {
	const most = 500
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "\uFFFD")), " ")
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + " ..."
	}
	return text
}

// describe asks twice.
func (k *kit) describe(ctx context.Context, r *Result) string {
	var first *assayv1.DescribeCheckerResponse
	for range 2 {
		ctx, cancel := context.WithTimeout(ctx, max(k.options.Timeout, describeTimeout))
		m, err := k.api.DescribeChecker(ctx, &assayv1.DescribeCheckerRequest{}, grpc.WaitForReady(first == nil))
		cancel()
		if err != nil {
			r.problem("DescribeChecker: %s", k.because(err))
			return ""
		}
		if first != nil && !proto.Equal(first, m) {
			r.problem("DescribeChecker: two answers differ")
		}
		first = m
	}
	d, err := outside.Describe(first)
	if err != nil {
		var problems outside.Problems
		errors.As(err, &problems)
		for _, p := range problems[:min(len(problems), maxProblems)] {
			r.problem("%s", p)
		}
		return ""
	}
	k.description = d
	return fmt.Sprintf("%s %s; codes %s; fields %s", d.Name, d.Version, list(d.Codes), list(d.Fields))
}

// describeTimeout is what a description may take: nobody waits for it.
const describeTimeout = 2 * time.Second

func list(names []string) string {
	const most = 8
	if len(names) == 0 {
		return "none"
	}
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

// An answer is what came of one question.
type answer struct {
	response *assayv1.RunCheckerResponse
	took     time.Duration
	err      error
}

// ask puts one question, and holds the answer to the contract. Submissions that the checker does not judge are not asked.
func (k *kit) ask(ctx context.Context, s *assayv1.Submission, mentions []*assayv1.Mention, spoil func(*assayv1.RunCheckerRequest)) answer {
	q, skipped := k.description.Ask(s, mentions)
	if skipped != "" {
		return answer{response: &assayv1.RunCheckerResponse{SubmissionId: s.GetSubmissionId()}}
	}
	if spoil != nil {
		spoil(q.Request)
	}
	ctx, cancel := context.WithTimeout(ctx, k.options.Timeout)
	defer cancel()
	begun := time.Now()
	response, err := k.api.RunChecker(ctx, q.Request)
	a := answer{response: response, took: time.Since(begun), err: err}
	if err != nil {
		a.err = errors.New(k.because(err))
	} else if _, broken := q.Findings("", response); broken != nil {
		a.err = fmt.Errorf("the answer breaks the contract: %w", broken)
	}
	return a
}

// because says why there was no answer.
func (k *kit) because(err error) string {
	s := status.Convert(err)
	switch {
	case s.Code() == codes.DeadlineExceeded:
		return fmt.Sprintf("no answer within %v", k.options.Timeout)
	case s.Code() == codes.ResourceExhausted && strings.HasPrefix(s.Message(), "grpc: received message larger than max"):
		return fmt.Sprintf("the answer is larger than %d KiB", outside.MaxAnswerBytes>>10)
	}
	return fmt.Sprintf("%v: %q", s.Code(), s.Message())
}

// same tells whether two answers say the same.
func same(a, b answer) bool { return proto.Equal(a.response, b.response) }

// together asks n questions at once and returns the answers in their order.
func together(n int, ask func(i int) answer) []answer {
	answers := make([]answer, n)
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() { answers[i] = ask(i) })
	}
	wait.Wait()
	return answers
}
