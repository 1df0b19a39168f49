package wire

import (
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/verdict"
)

// MaxInline is how many submissions one message of an assessment may hold.
const MaxInline = 100

// A Merchant is who is assessed, and what submissions that leave it out are given.
type Merchant struct {
	Merchant  listing.Merchant
	Documents []listing.Document // standing papers
	Markets   []listing.Market
	AsOf      time.Time

	request *assayv1.AssessMerchantRequest
	asOf    *timestamppb.Timestamp
}

// Assessment makes a value of what a request says of the merchant. now stands in for a missing as_of. Its submissions are
// counted and not looked at: each fails by itself. The error is an *Invalid.
func Assessment(m *assayv1.AssessMerchantRequest, now time.Time) (*Merchant, error) {
	var v validator
	if m.GetMerchant() == nil {
		v.add("merchant", "is required")
	} else {
		v.push("merchant")
		v.merchant(m.GetMerchant())
		v.pop()
	}
	v.markets(m.GetMarkets())
	v.documents(m.GetDocuments())
	v.asOf(m.GetAsOf())
	v.count("submissions", len(m.GetSubmissions()), MaxInline)
	if err := v.err(); err != nil {
		return nil, err
	}
	to := &Merchant{Merchant: merchant(m.GetMerchant()), Documents: documents(m.GetDocuments()), AsOf: now.UTC(), request: m, asOf: m.GetAsOf()}
	for _, market := range m.GetMarkets() {
		to.Markets = append(to.Markets, listing.Market(market))
	}
	if to.asOf == nil {
		to.asOf = timestamppb.New(now)
	}
	to.AsOf = to.asOf.AsTime()
	return to, nil
}

// Fill is a submission of the assessment with what it leaves out. The message given is not changed and shares what it holds.
func (a *Merchant) Fill(m *assayv1.Submission) *assayv1.Submission {
	full := &assayv1.Submission{SubmissionId: m.GetSubmissionId(), Merchant: m.GetMerchant(), Product: m.GetProduct(), Markets: m.GetMarkets(),
		Documents: m.GetDocuments(), AsOf: m.GetAsOf(), Annotations: m.GetAnnotations()}
	ours := a.request.GetMerchant()
	if full.Merchant == nil || full.Merchant.GetMerchantId() == ours.GetMerchantId() {
		full.Documents = a.withStanding(full.Documents)
	}
	if full.Merchant == nil {
		full.Merchant = ours
	}
	if len(full.Markets) == 0 {
		full.Markets = a.request.GetMarkets()
	}
	if full.AsOf == nil {
		full.AsOf = a.asOf
	}
	return full
}

// withStanding adds the standing papers that are not among a submission's own.
func (a *Merchant) withStanding(own []*assayv1.Document) []*assayv1.Document {
	all := slices.Clip(own)
	for _, d := range a.request.GetDocuments() {
		known := func(o *assayv1.Document) bool { return o.GetDocumentId() == d.GetDocumentId() }
		if !slices.ContainsFunc(own, known) {
			all = append(all, d)
		}
	}
	return all
}

// MerchantVerdict makes a message of a verdict on a merchant. The message shares strings and slices with the value.
func (e *Encoder) MerchantVerdict(v *verdict.Merchant) *assayv1.MerchantVerdict {
	m := &assayv1.MerchantVerdict{
		Decision: assayv1.Decision(v.Decision),
		Findings: convert(v.Findings, finding),
		Requests: convert(v.Requests, func(r verdict.Request) *assayv1.MerchantRequest {
			return &assayv1.MerchantRequest{Fix: fixed(verdict.Fix{Fix: r.Fix, Findings: r.Findings}), SubmissionIds: r.Submissions}
		}),
		RequestsLeftOut: int32(v.RequestsLeftOut),
		Rulebook:        e.rulebook,
		AsOf:            timestamppb.New(v.AsOf),
		CheckerRuns:     convert(v.Runs, e.run),
		Completeness:    assayv1.Completeness(v.Completeness),
	}
	if !v.ValidUntil.IsZero() {
		m.ValidUntil = timestamppb.New(v.ValidUntil)
	}
	return m
}
