package server

import (
	"context"

	"google.golang.org/protobuf/proto"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/assessment"
	"github.com/assay-project/assay/internal/wire"
)

// An assessing is one assessment: a merchant, and an assortment as far as it is answered.
type assessing struct {
	*compliance
	asked      question
	merchant   *wire.Merchant
	assortment *assessment.Assortment
}

// assess begins an assessment. Its error is about the request as a whole.
func (c *compliance) assess(r *assayv1.AssessMerchantRequest) (*assessing, error) {
	asked, err := c.ask(r.GetOptions())
	m, invalid := wire.Assessment(r, c.config.Now())
	if err := merged(invalid, err); err != nil {
		return nil, err
	}
	return &assessing{compliance: c, asked: asked, merchant: m,
		assortment: assessment.New(m.Merchant, m.Documents, m.Markets, m.AsOf)}, nil
}

// AssessMerchant answers on a merchant and for each of up to a hundred submissions. A bad submission fails alone.
func (c *compliance) AssessMerchant(ctx context.Context, r *assayv1.AssessMerchantRequest) (*assayv1.AssessMerchantResponse, error) {
	a, err := c.assess(r)
	if err != nil {
		return nil, err
	}
	results := c.results(ctx, a.asked, r.GetSubmissions(), a.result)
	for _, result := range results {
		if result.GetError() != nil {
			a.assortment.Miss()
		}
	}
	v := a.verdict(ctx)
	return &assayv1.AssessMerchantResponse{Verdict: v, Results: fitting(results, r.GetSubmissions(), c.config.MaxResponseBytes-proto.Size(v)-refusalBytes)}, nil
}

// result answers for one submission, with what it leaves out filled in, and gathers it.
func (a *assessing) result(ctx context.Context, asked question, m *assayv1.Submission, position int64) *assayv1.CheckResult {
	submission, v, err := a.judge(ctx, asked, a.merchant.Fill(m))
	if err != nil {
		return refusal(m, position, err)
	}
	a.assortment.Add(submission, v)
	return &assayv1.CheckResult{SubmissionId: m.GetSubmissionId(), Position: position,
		Outcome: &assayv1.CheckResult_Verdict{Verdict: asked.encoder.Verdict(v)}}
}

// verdict is the answer on the merchant. Its requests take at most half of a response; what it has to say else is bounded.
func (a *assessing) verdict(ctx context.Context) *assayv1.MerchantVerdict {
	v, outcomes := a.asked.engine.Assess(ctx, a.assortment, a.asked.options)
	a.logOutcomes(ctx, outcomes)
	m := a.asked.inForce.encoder.MerchantVerdict(v)
	left := a.config.MaxResponseBytes / 2
	for i, r := range m.GetRequests() {
		if left -= proto.Size(r) + refusalBytes; left < 0 {
			m.RequestsLeftOut += int32(len(m.GetRequests()) - i)
			m.Requests = m.GetRequests()[:i]
			break
		}
	}
	return m
}
