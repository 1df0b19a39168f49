package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"
)

// AssessMerchant returns the verdict on a merchant with up to 100 submissions, the result of each of them, and what to ask the merchant
// for. A REJECT is an answer; an error holds an [Error]. Options that the request has itself stand before opts.
func (c *Client) AssessMerchant(ctx context.Context, req *assayv1.AssessMerchantRequest, opts ...CallOption) (*assayv1.AssessMerchantResponse, error) {
	o := c.defaults.with(opts)
	req = optioned(req, o)
	var resp *assayv1.AssessMerchantResponse
	err := c.invoke(ctx, o, func(ctx context.Context) (err error) {
		resp, err = c.api.AssessMerchant(ctx, req)
		if err == nil && resp.GetVerdict() == nil {
			return status.Error(codes.Internal, "the answer holds no verdict")
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("assess merchant %q: %w", req.GetMerchant().GetMerchantId(), err)
	}
	return resp, nil
}

// AssessAssortment is [Client.AssessMerchant] for more submissions, up to 10,000: those of the request, then more, one by one. Only
// results that are no approval come back, and counts. A pair of more with an error ends the call with that error: nothing is said
// on a part of an assortment. It is tried once, as a sequence may not begin again; [Timeout] bounds all of it.
func (c *Client) AssessAssortment(ctx context.Context, req *assayv1.AssessMerchantRequest, more iter.Seq2[*assayv1.Submission, error],
	opts ...CallOption) (*assayv1.AssessAssortmentResponse, error) {
	o := c.defaults.with(opts)
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	resp, err := c.assessAssortment(ctx, optioned(req, o), more)
	if err != nil {
		return nil, fmt.Errorf("assess merchant %q: %w", req.GetMerchant().GetMerchantId(), err)
	}
	return resp, nil
}

func (c *Client) assessAssortment(ctx context.Context, req *assayv1.AssessMerchantRequest, more iter.Seq2[*assayv1.Submission, error]) (*assayv1.AssessAssortmentResponse, error) {
	stream, err := c.api.AssessAssortment(ctx)
	if err != nil {
		return nil, toError(err)
	}
	err = stream.Send(&assayv1.AssessAssortmentRequest{Part: &assayv1.AssessAssortmentRequest_Merchant{Merchant: req}})
	for s, broken := range more {
		if broken != nil {
			return nil, broken // the context that ends with us ends the call
		}
		if err != nil {
			break
		}
		err = stream.Send(&assayv1.AssessAssortmentRequest{Part: &assayv1.AssessAssortmentRequest_Submission{Submission: s}})
	}
	if err != nil && !errors.Is(err, io.EOF) { // io.EOF: the server has ended the call, and says why below
		return nil, toError(err)
	}
	resp, err := stream.CloseAndRecv()
	switch {
	case err != nil:
		return nil, toError(err)
	case resp.GetVerdict() == nil:
		return nil, toError(status.Error(codes.Internal, "the answer holds no verdict"))
	}
	return resp, nil
}

// optioned is the request with the options of the call, where it has none.
func optioned(r *assayv1.AssessMerchantRequest, o callOptions) *assayv1.AssessMerchantRequest {
	if r.GetOptions() != nil {
		return r
	}
	return &assayv1.AssessMerchantRequest{Merchant: r.GetMerchant(), Documents: r.GetDocuments(), Submissions: r.GetSubmissions(),
		Markets: r.GetMarkets(), AsOf: r.GetAsOf(), Options: o.message()}
}
