package client

import (
	"context"
	"fmt"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// Check returns the verdict on one submission. A REJECT is a verdict; an error holds an [Error].
func (c *Client) Check(ctx context.Context, s *assayv1.Submission, opts ...CallOption) (*assayv1.Verdict, error) {
	v, err := c.check(ctx, s, c.defaults.with(opts), nil)
	if err != nil {
		return nil, fmt.Errorf("check submission %q: %w", s.GetSubmissionId(), err)
	}
	return v, nil
}

// check asks about one submission. A failed try that was made elsewhere counts as the first.
func (c *Client) check(ctx context.Context, s *assayv1.Submission, o callOptions, failed error) (*assayv1.Verdict, error) {
	req := &assayv1.CheckSubmissionRequest{Submission: s, Options: o.message()}
	var verdict *assayv1.Verdict
	err := c.invoke(ctx, o, func(ctx context.Context) error {
		if err := failed; err != nil {
			failed = nil
			return err
		}
		resp, err := c.api.CheckSubmission(ctx, req)
		verdict = resp.GetVerdict()
		if err == nil && verdict == nil {
			return status.Error(codes.Internal, "the answer holds no verdict")
		}
		return err
	})
	return verdict, err
}

// Checkers lists the checkers of the server, in the order they run.
func (c *Client) Checkers(ctx context.Context, opts ...CallOption) ([]*assayv1.CheckerInfo, error) {
	var resp *assayv1.ListCheckersResponse
	err := c.invoke(ctx, c.defaults.with(opts), func(ctx context.Context) (err error) {
		resp, err = c.api.ListCheckers(ctx, &assayv1.ListCheckersRequest{})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list checkers: %w", err)
	}
	return resp.GetCheckers(), nil
}

// Rulebook describes the rulebook in force.
func (c *Client) Rulebook(ctx context.Context, opts ...CallOption) (*assayv1.GetRulebookResponse, error) {
	var resp *assayv1.GetRulebookResponse
	err := c.invoke(ctx, c.defaults.with(opts), func(ctx context.Context) (err error) {
		resp, err = c.api.GetRulebook(ctx, &assayv1.GetRulebookRequest{})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("get rulebook: %w", err)
	}
	return resp, nil
}
