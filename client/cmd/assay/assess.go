package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/assay-project/assay/client"
	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/catalogue"
)

// assessTimeout bounds an assessment; servers end one after a minute by default.
const assessTimeout = 90 * time.Second

// maxMerchantFile bounds the file of a merchant.
const maxMerchantFile = 64 << 20

type assessCommand struct {
	File       string   `arg:"" help:"The merchant: an AssessMerchantRequest in protojson, with markets, standing papers and submissions; - is standard input."`
	Assortment []string `arg:"" optional:"" help:"Files of further submissions, as check reads them."`

	shape
	Format string `enum:",jsonl,csv,parquet" default:"" help:"Format of the assortment's files: jsonl, csv or parquet. Without it the name of each tells."`
	Report string `placeholder:"FILE" help:"Also write a report for people to this file: one HTML page, which needs no network."`
	Locale string `placeholder:"TAG" help:"Language of the messages to merchants: de, zh, ..."`
	FailOn string `enum:"never,review,reject" default:"never" help:"Exit with 4 when the verdict on the merchant is this strict (${enum})."`
}

// Run assesses the merchant.
func (c *assessCommand) Run(ctx context.Context, con console, to *connection) error {
	request, err := c.request(con)
	if err != nil {
		return err
	}
	page, err := openPage(c.Report, c.files()...)
	if err != nil {
		return err
	}
	defer page.close()
	service, err := to.open()
	if err != nil {
		return err
	}
	defer service.close()
	book, err := service.Rulebook(ctx, askTries)
	if err != nil {
		return err
	}
	a, err := c.ask(ctx, con, service, request)
	if err != nil {
		return err
	}
	if c.table(con) {
		err = newAssessmentPrinter(con.stdout, book).print(request.GetMerchant(), a)
	} else {
		err = printJSON(con.stdout, a.whole)
	}
	if err != nil {
		return fmt.Errorf("write the assessment: %w", err)
	}
	if err := page.writeAssessment(c.files(), request, a, book); err != nil {
		return err
	}
	return c.outcome(a)
}

// request reads the file of the merchant.
func (c *assessCommand) request(con console) (*assayv1.AssessMerchantRequest, error) {
	from := con.stdin
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }() // only read
		from = f
	}
	text, err := io.ReadAll(io.LimitReader(from, maxMerchantFile+1))
	if err == nil && len(text) > maxMerchantFile {
		err = fmt.Errorf("more than %d bytes", maxMerchantFile)
	}
	request := &assayv1.AssessMerchantRequest{}
	if err == nil {
		err = protojson.Unmarshal(text, request)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: read the merchant: %w", c.File, err)
	}
	return request, nil
}

// An assessed is an answer of either call.
type assessed struct {
	whole                             proto.Message
	verdict                           *assayv1.MerchantVerdict
	results                           []*assayv1.CheckResult // at least the first of those that are no approval
	entries                           []catalogue.Entry      // what was asked, by position; only for a report
	approve, review, reject, failures int64
}

// ask makes the call that takes so much: one message where the assortment fits into one, else a stream.
func (c *assessCommand) ask(ctx context.Context, con console, service service, request *assayv1.AssessMerchantRequest) (*assessed, error) {
	if len(c.Assortment) == 0 && len(request.GetSubmissions()) <= 100 && proto.Size(request) < client.MaxRequestBytes {
		response, err := service.AssessMerchant(ctx, request, client.Locale(c.Locale), askTries)
		if err != nil {
			return nil, err
		}
		a := &assessed{whole: response, verdict: response.GetVerdict(), results: response.GetResults(), entries: c.own(request.GetSubmissions())}
		a.count()
		return a, nil
	}
	in := &catalogue.Input{Files: c.Assortment, Format: c.Format, Stdin: con.stdin}
	if len(c.Assortment) > 0 {
		if err := in.Prepare(); err != nil {
			return nil, err
		}
	}
	own := c.own(request.GetSubmissions())
	asked := own
	keep := func(e catalogue.Entry) {
		if c.Report != "" {
			asked = append(asked, e)
		}
	}
	request.Submissions = nil
	response, err := service.AssessAssortment(ctx, request, after(own, in, len(c.Assortment) > 0, keep), client.Locale(c.Locale), client.Timeout(assessTimeout))
	if err := errors.Join(append(in.Broken(), err)...); err != nil {
		return nil, err
	}
	return &assessed{whole: response, verdict: response.GetVerdict(), results: response.GetResults(), entries: asked, approve: response.GetApproved(),
		review: response.GetReviewed(), reject: response.GetRejected(), failures: response.GetErrors()}, nil
}

// own are the submissions of the merchant's file.
func (c *assessCommand) own(submissions []*assayv1.Submission) (entries []catalogue.Entry) {
	for i, s := range submissions {
		entries = append(entries, catalogue.Entry{File: c.File + ", submission", Line: i + 1, Submission: s})
	}
	return entries
}

// files are those that are read.
func (c *assessCommand) files() []string { return append([]string{c.File}, c.Assortment...) }

// after are the submissions of the merchant's file, then those of the input; keep sees these.
func after(own []catalogue.Entry, in *catalogue.Input, more bool, keep func(catalogue.Entry)) iter.Seq2[*assayv1.Submission, error] {
	return func(yield func(*assayv1.Submission, error) bool) {
		for _, e := range own {
			if !yield(e.Submission, nil) {
				return
			}
		}
		if !more {
			return
		}
		for s, err := range in.Submissions() {
			keep(in.Take())
			if !yield(s, err) {
				return
			}
		}
	}
}

// count counts the decisions of the results.
func (a *assessed) count() {
	for _, r := range a.results {
		switch decision := r.GetVerdict().GetDecision(); {
		case r.GetVerdict() == nil:
			a.failures++
		case decision == assayv1.Decision_DECISION_APPROVE:
			a.approve++
		case decision == assayv1.Decision_DECISION_REJECT:
			a.reject++
		default:
			a.review++
		}
	}
}

// outcome turns an answer into an exit status.
func (c *assessCommand) outcome(a *assessed) error {
	decision := a.verdict.GetDecision()
	switch {
	case a.failures > 0:
		return exitCode(exitErrors)
	case c.FailOn == "reject" && decision == assayv1.Decision_DECISION_REJECT, c.FailOn == "review" && decision != assayv1.Decision_DECISION_APPROVE:
		return exitCode(exitVerdict)
	}
	return nil
}
