package server

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"google.golang.org/protobuf/proto"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/verdict"
	"github.com/assay-project/assay/internal/wire"
	"github.com/assay-project/assay/server/admission"
)

const (
	maxBatch     = 100 // submissions
	refusalBytes = 512 // of a result that says only that there is no more room, and of its tag
)

// compliance is the service: message in, check, message out.
type compliance struct {
	assayv1.UnimplementedComplianceServiceServer
	*Server
}

// CheckSubmission answers for one submission.
func (c *compliance) CheckSubmission(ctx context.Context, r *assayv1.CheckSubmissionRequest) (*assayv1.CheckSubmissionResponse, error) {
	asked, err := c.ask(r.GetOptions())
	submission, invalid := wire.Submission(r.GetSubmission(), c.config.Now())
	if err := merged(under("submission", invalid), err); err != nil {
		return nil, err
	}
	v, outcomes, err := asked.check(ctx, submission)
	if err != nil {
		return nil, err
	}
	c.logOutcomes(ctx, outcomes)
	return &assayv1.CheckSubmissionResponse{Verdict: asked.encoder.Verdict(v), Timings: wire.Timings(outcomes)}, nil
}

// BatchCheckSubmissions answers for each of up to a hundred. Bad options fail the call, a bad submission fails alone.
func (c *compliance) BatchCheckSubmissions(ctx context.Context, r *assayv1.BatchCheckSubmissionsRequest) (*assayv1.BatchCheckSubmissionsResponse, error) {
	asked, err := c.ask(r.GetOptions())
	if err := merged(batchSize(len(r.GetSubmissions())), err); err != nil {
		return nil, err
	}
	results := c.results(ctx, asked, r.GetSubmissions(), c.result)
	return &assayv1.BatchCheckSubmissionsResponse{Results: fitting(results, r.GetSubmissions(), c.config.MaxResponseBytes)}, nil
}

// fitting are the results, and in place of those that do not fit into so many bytes with the ones before them, refusals.
func fitting(results []*assayv1.CheckResult, submissions []*assayv1.Submission, bytes int) []*assayv1.CheckResult {
	left := bytes - len(results)*refusalBytes
	for i, result := range results {
		size := proto.Size(result)
		if v := result.GetVerdict(); size > left && len(v.GetShadowFindings()) > 0 {
			v.ShadowFindings = nil // what decides nothing does not cost a caller the answer
			size = proto.Size(result)
		}
		if size <= left {
			left -= size
		} else {
			results[i] = refusal(submissions[i], int64(i), errTooLarge)
		}
	}
	return results
}

// batchAtOnce is how many submissions of a batch are checked at a time where checks wait for outside checkers.
const batchAtOnce = 16

// An answering answers for one of many.
type answering func(ctx context.Context, asked question, m *assayv1.Submission, position int64) *assayv1.CheckResult

// results answers for each. One after another they share the call's processor; where checks wait, several do at a time.
func (c *compliance) results(ctx context.Context, asked question, submissions []*assayv1.Submission, answer answering) []*assayv1.CheckResult {
	admission.Expect(ctx, len(submissions))
	results := make([]*assayv1.CheckResult, len(submissions))
	if !asked.waits() {
		for i, m := range submissions {
			results[i] = answer(ctx, asked, m, int64(i))
		}
		return results
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(batchAtOnce, len(submissions)) {
		wait.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(submissions); i = next.Add(1) - 1 {
				results[i] = c.guarded(ctx, asked, submissions[i], i, answer)
			}
		})
	}
	wait.Wait()
	return results
}

// guarded answers for one of many in a goroutine of its own, where no interceptor would catch a panic.
func (c *compliance) guarded(ctx context.Context, asked question, m *assayv1.Submission, position int64, answer answering) (result *assayv1.CheckResult) {
	defer func() {
		if cause := recover(); cause != nil {
			result = refusal(m, position, c.caught(ctx, cause))
		}
	}()
	return answer(ctx, asked, m, position)
}

func batchSize(n int) error {
	if n >= 1 && n <= maxBatch {
		return nil
	}
	return violation("submissions", "must hold 1 to 100 items")
}

// result answers for one of many.
func (c *compliance) result(ctx context.Context, asked question, m *assayv1.Submission, position int64) *assayv1.CheckResult {
	v, err := c.verdict(ctx, asked, m)
	if err != nil {
		return refusal(m, position, err)
	}
	return &assayv1.CheckResult{SubmissionId: m.GetSubmissionId(), Position: position, Outcome: &assayv1.CheckResult_Verdict{Verdict: v}}
}

func refusal(m *assayv1.Submission, position int64, err error) *assayv1.CheckResult {
	return &assayv1.CheckResult{
		SubmissionId: clip(m.GetSubmissionId(), maxViolation),
		Position:     position,
		Outcome:      &assayv1.CheckResult_Error{Error: statusOf(err).Proto()},
	}
}

func (c *compliance) verdict(ctx context.Context, asked question, m *assayv1.Submission) (*assayv1.Verdict, error) {
	_, v, err := c.judge(ctx, asked, m)
	if err != nil {
		return nil, err
	}
	return asked.encoder.Verdict(v), nil
}

// judge is the verdict on a submission, beside what was judged.
func (c *compliance) judge(ctx context.Context, asked question, m *assayv1.Submission) (*listing.Submission, *verdict.Verdict, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err // not begun: the caller may ask again, where a verdict without checks would say REVIEW
	}
	submission, err := wire.Submission(m, c.config.Now())
	if err != nil {
		return nil, nil, under("submission", err)
	}
	v, outcomes, err := asked.check(ctx, submission)
	if err != nil {
		return nil, nil, err
	}
	c.logOutcomes(ctx, outcomes)
	return submission, v, nil
}

// ListCheckers tells which checkers run.
func (c *compliance) ListCheckers(context.Context, *assayv1.ListCheckersRequest) (*assayv1.ListCheckersResponse, error) {
	if now := c.current.Load(); now != nil {
		return checkersOf(now.engine), nil
	}
	return nil, errNoRulebook
}

// GetRulebook tells which rulebook is in force, and, to those who may see it, how the latest attempt to replace it went and what
// is in shadow.
func (c *compliance) GetRulebook(ctx context.Context, _ *assayv1.GetRulebookRequest) (*assayv1.GetRulebookResponse, error) {
	load, shadow := c.lastLoad.Load(), c.lastShadow.Load() // before the engine: what came into force in between is never called refused
	now := c.current.Load()
	if now == nil {
		return nil, errNoRulebook
	}
	r := now.rulebook
	response := &assayv1.GetRulebookResponse{Rulebook: r.Rulebook, Lists: r.Lists, LoadedAt: r.LoadedAt, Codes: r.Codes}
	if c.seesOperations(ctx) {
		response.LastLoad, response.Shadow = load, now.shadowStatus(shadow)
	}
	return response, nil
}

// A question is how one call asks, and the engine that answers it from its first item to its last.
type question struct {
	*inForce
	encoder *wire.Encoder // of the verdicts on submissions
	options engine.Options
}

// ask takes the engine in force. Its error is about the call as a whole.
func (s *Server) ask(m *assayv1.CheckOptions) (question, error) {
	options, err := wire.CheckOptions(m)
	if err != nil {
		return question{}, under("options", err)
	}
	now := s.current.Load()
	if now == nil {
		return question{}, errNoRulebook
	}
	if asked := options.RulebookSHA256; asked != "" && asked != now.engine.Book().Digest {
		return question{}, &mismatchError{asked: asked, inForce: now.engine.Book().Digest}
	}
	if i := slices.IndexFunc(options.Checkers, now.lacks); i >= 0 {
		return question{}, violation("options.checkers", "name only checkers that ListCheckers names")
	}
	encoder := now.encoder
	if options.OmitLists {
		encoder = now.listless
	}
	return question{now, encoder, engine.Options{Mode: options.Mode, Locale: options.Locale, Checkers: options.Checkers}}, nil
}

// lacks tells whether no checker has this name.
func (f *inForce) lacks(name string) bool {
	return !slices.ContainsFunc(f.engine.Checkers(), func(c verdict.Checker) bool { return c.Name == name })
}
