package wire

import (
	"cmp"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/verdict"
)

// An Encoder makes messages of one engine's verdicts. What every verdict repeats (the rulebook's name, the rows of checkers that
// ended as they usually do) it makes once; such messages are shared and must not be changed. It is safe for concurrent use.
type Encoder struct {
	rulebook *assayv1.RulebookRef
	rows     map[*verdict.Checker]*rows
}

// rows are what the messages of one checker's runs share, and those of its usual runs, by status.
type rows struct {
	lists []*assayv1.ListRef
	usual [check.Skipped]*assayv1.CheckerRun
}

// NewEncoder makes an encoder of the verdicts that come from these checkers under this rulebook. Without lists the runs do not
// say which lists they used.
func NewEncoder(checkers []verdict.Checker, rulebook verdict.Rulebook, withLists bool) *Encoder {
	e := &Encoder{rulebook: Rulebook(rulebook), rows: make(map[*verdict.Checker]*rows, len(checkers))}
	for i := range checkers {
		r := new(rows)
		if withLists {
			r.lists = lists(checkers[i].Lists)
		}
		for _, status := range []check.Status{check.Clean, check.Flagged} {
			r.usual[status] = checkerRun(verdict.Run{Checker: &checkers[i], Status: status}, r.lists)
		}
		e.rows[&checkers[i]] = r
	}
	return e
}

// Verdict makes a message of a verdict. The message shares strings and slices with the value.
func (e *Encoder) Verdict(v *verdict.Verdict) *assayv1.Verdict {
	m := &assayv1.Verdict{
		SubmissionId:         v.SubmissionID,
		Decision:             assayv1.Decision(v.Decision),
		RiskScore:            v.RiskScore,
		MarketDecisions:      make([]*assayv1.MarketDecision, len(v.Markets)),
		Mentions:             convert(v.Mentions, mention),
		Findings:             convert(v.Findings, finding),
		CheckerRuns:          make([]*assayv1.CheckerRun, len(v.Runs)),
		Fixes:                convert(v.Fixes, fixed),
		Rulebook:             e.rulebook,
		AsOf:                 timestamppb.New(v.AsOf),
		Completeness:         assayv1.Completeness(v.Completeness),
		Mode:                 assayv1.CheckMode(v.Mode),
		Annotations:          v.Annotations,
		ValidUntilDocumentId: v.ValidUntilDocument,
		ShadowFindings:       convert(v.Shadow, finding),
		ShadowDecision:       assayv1.Decision(v.ShadowDecision),
	}
	if !v.ValidUntil.IsZero() {
		m.ValidUntil = timestamppb.New(v.ValidUntil)
	}
	if v.ShadowRulebook != (verdict.Rulebook{}) {
		m.ShadowRulebook = Rulebook(v.ShadowRulebook)
	}
	for i, d := range v.Markets {
		m.MarketDecisions[i] = &assayv1.MarketDecision{Market: string(d.Market), Decision: assayv1.Decision(d.Decision),
			FindingIds: d.Findings, ShadowDecision: assayv1.Decision(d.ShadowDecision)}
	}
	for i, r := range v.Runs {
		m.CheckerRuns[i] = e.run(r)
	}
	return m
}

// run is the message of a run: a shared one, if it is a usual one.
func (e *Encoder) run(r verdict.Run) *assayv1.CheckerRun {
	known := e.rows[r.Checker]
	if known == nil {
		return checkerRun(r, lists(r.Lists))
	}
	if r.Reason == "" && r.Ran == "" && int(r.Status) < len(known.usual) && known.usual[r.Status] != nil {
		return known.usual[r.Status]
	}
	return checkerRun(r, known.lists)
}

func checkerRun(r verdict.Run, lists []*assayv1.ListRef) *assayv1.CheckerRun {
	return &assayv1.CheckerRun{Checker: r.Name, Status: assayv1.RunStatus(r.Status), Version: cmp.Or(r.Ran, r.Version),
		Lists: lists, FailurePolicy: assayv1.FailurePolicy(r.Failure), Reason: r.Reason, Mode: checkerMode(r.Shadow)}
}

func checkerMode(shadow bool) assayv1.CheckerMode {
	if shadow {
		return assayv1.CheckerMode_CHECKER_MODE_SHADOW
	}
	return assayv1.CheckerMode_CHECKER_MODE_ENFORCE
}

// Rulebook makes a message of what names a rulebook.
func Rulebook(r verdict.Rulebook) *assayv1.RulebookRef {
	return &assayv1.RulebookRef{Label: r.Label, Sha256: r.Digest}
}

// Checker makes a message of what is known of a checker, and what it looks at.
func Checker(c *verdict.Checker, subject assayv1.CheckerSubject) *assayv1.CheckerInfo {
	return &assayv1.CheckerInfo{Name: c.Name, Doc: c.Doc, Requires: c.Requires, Version: c.Version,
		FailurePolicy: assayv1.FailurePolicy(c.Failure), Lists: lists(c.Lists), Mode: checkerMode(c.Shadow), Subject: subject}
}

// Code makes a message of a row of the decision table.
func Code(r *verdict.Row) *assayv1.CodeInfo {
	return &assayv1.CodeInfo{Code: r.Code, Variant: r.Variant, Severity: assayv1.Severity(r.Severity),
		Effect: assayv1.Decision(r.Effect), Fixability: assayv1.Fixability(r.Fixability), Title: r.Title, Doc: r.Doc}
}

// Timings tells how long the checkers took.
func Timings(outcomes []check.Outcome) []*assayv1.CheckerTiming {
	timings := make([]*assayv1.CheckerTiming, len(outcomes))
	for i := range outcomes {
		timings[i] = &assayv1.CheckerTiming{Checker: outcomes[i].Checker, Elapsed: durationpb.New(outcomes[i].Elapsed)}
	}
	return timings
}

func lists(values []verdict.List) []*assayv1.ListRef {
	return convert(values, func(l verdict.List) *assayv1.ListRef { return &assayv1.ListRef{List: l.Name, Sha256: l.Digest} })
}

func mention(m check.Mention) *assayv1.Mention {
	return &assayv1.Mention{MarkId: m.MarkID, Canonical: m.Canonical, Spans: convert(m.Spans, span),
		Role: assayv1.Role(m.Role), Reason: m.Reason, Gated: m.Gated}
}

func span(s check.TextSpan) *assayv1.TextSpan {
	return &assayv1.TextSpan{Field: s.Field.String(), Start: int32(s.Start), End: int32(s.End), Surface: s.Surface,
		Canonical: s.Canonical, Transforms: s.Transforms, MarkId: s.MarkID}
}

func finding(f verdict.Finding) *assayv1.Finding {
	return &assayv1.Finding{
		FindingId: f.ID, Code: f.Code, Variant: f.Variant, Checker: f.Checker,
		Severity: assayv1.Severity(f.Row.Severity), Effect: assayv1.Decision(f.Effect),
		Markets:  convert(f.Markets, func(m listing.Market) string { return string(m) }),
		Evidence: convert(f.Evidence, evidence), Message: f.Message, MerchantMessage: f.MerchantMessage,
		Fixability: assayv1.Fixability(f.Row.Fixability),
		Remedies: convert(f.Remedies, func(r check.Remedy) *assayv1.Remedy {
			return &assayv1.Remedy{Text: r.Text, Fix: fix(r.Fix)}
		}),
		Mitigates: f.Mitigates, MitigatedBy: f.MitigatedBy, Citation: cmp.Or(f.Citation, f.Row.Citation),
	}
}

func evidence(e check.Evidence) *assayv1.Evidence {
	switch e := e.(type) {
	case check.TextSpan:
		return &assayv1.Evidence{Kind: &assayv1.Evidence_TextSpan{TextSpan: span(e)}}
	case check.Price:
		return &assayv1.Evidence{Kind: &assayv1.Evidence_Price{Price: Price(e)}}
	case check.Document:
		return &assayv1.Evidence{Kind: &assayv1.Evidence_Document{Document: &assayv1.DocumentEvidence{
			DocumentId: e.ID, Field: e.Field, Expected: e.Expected, Actual: e.Actual}}}
	case check.Chain:
		return &assayv1.Evidence{Kind: &assayv1.Evidence_Chain{Chain: chain(e)}}
	case check.ListEntry:
		return &assayv1.Evidence{Kind: &assayv1.Evidence_ListEntry{ListEntry: &assayv1.ListEntry{
			List: e.List, Entry: e.Entry, Version: e.Version}}}
	case check.Twin:
		return &assayv1.Evidence{Kind: &assayv1.Evidence_Twin{Twin: twin(e)}}
	case check.Opaque:
		return &assayv1.Evidence{Kind: &assayv1.Evidence_Opaque{Opaque: &assayv1.Opaque{Label: e.Label, Text: e.Text}}}
	}
	return &assayv1.Evidence{}
}

func twin(t check.Twin) *assayv1.TwinEvidence {
	return &assayv1.TwinEvidence{SubmissionId: t.ID, MerchantId: t.Merchant, Brand: t.Brand, TwinSubmissionId: t.OtherID,
		TwinMerchantId: t.OtherMerchant, TwinBrand: t.OtherBrand, Similarity: t.Similarity, Margin: t.Margin,
		SharedWords: t.SharedWords, SharedImages: int32(t.SharedImages)}
}

// Price makes the message of a price beside a reference.
func Price(p check.Price) *assayv1.PriceEvidence {
	m := &assayv1.PriceEvidence{Reference: assayv1.PriceReference(p.Reference), Cohort: p.Cohort, Level: p.Level,
		Observations: p.Observations, Offered: amount(p.Offered), PackQuantity: p.PackQuantity, Median: amount(p.Median),
		Low: amount(p.Low), High: amount(p.High), Ratio: p.Ratio, Spread: p.Spread, Z: p.Z, AsOf: dateOf(p.AsOf),
		Source: p.Source, Caveats: p.Caveats, Least: amount(p.Least), Most: amount(p.Most)}
	if p.Merchants >= 0 {
		m.Merchants = &p.Merchants
	}
	return m
}

// amount makes a message of money; none of the zero value.
func amount(m listing.Money) *money.Money {
	if m == (listing.Money{}) {
		return nil
	}
	return &money.Money{CurrencyCode: m.Currency, Units: m.Units, Nanos: m.Nanos}
}

func dateOf(d listing.Date) *date.Date {
	if d == (listing.Date{}) {
		return nil
	}
	return &date.Date{Year: int32(d.Year), Month: int32(d.Month), Day: int32(d.Day)}
}

func chain(c check.Chain) *assayv1.ChainEvidence {
	return &assayv1.ChainEvidence{MarkId: c.MarkID, Holder: c.Holder, Merchant: c.Merchant, Levels: int32(c.Levels),
		FirstFailingLink: int32(c.FirstFailing),
		Links: convert(c.Links, func(l check.Link) *assayv1.ChainLink {
			return &assayv1.ChainLink{From: l.From, To: l.To, DocumentId: l.DocumentID,
				Constraints: convert(l.Constraints, func(c check.Constraint) *assayv1.ConstraintResult {
					return &assayv1.ConstraintResult{Constraint: c.Name, Holds: c.Holds, Expected: c.Expected, Actual: c.Actual}
				})}
		})}
}

func fixed(f verdict.Fix) *assayv1.Fix {
	m := fix(f.Fix)
	m.FindingIds = f.Findings
	return m
}

// fix makes a message of a fix; nil of none.
func fix(f check.Fix) *assayv1.Fix {
	switch f := f.(type) {
	case check.RemoveText:
		return &assayv1.Fix{Kind: &assayv1.Fix_RemoveText{RemoveText: &assayv1.RemoveText{
			Field: f.Field.String(), Start: int32(f.Start), End: int32(f.End)}}}
	case check.SetField:
		return &assayv1.Fix{Kind: &assayv1.Fix_SetField{SetField: &assayv1.SetField{Field: f.Field, Value: f.Value}}}
	case check.ProvideDocument:
		return &assayv1.Fix{Kind: &assayv1.Fix_ProvideDocument{ProvideDocument: &assayv1.ProvideDocument{
			Requirement: documentMessage(f.Requirement), Alternatives: convert(f.Alternatives, documentMessage), MarkId: f.MarkID}}}
	case check.ConfirmPrice:
		return &assayv1.Fix{Kind: &assayv1.Fix_ConfirmPrice{ConfirmPrice: &assayv1.ConfirmPrice{
			Field: f.Field, Price: amount(f.Price), Suggestion: amount(f.Suggestion)}}}
	case check.RequestReview:
		return &assayv1.Fix{Kind: &assayv1.Fix_RequestReview{RequestReview: &assayv1.RequestReview{Reason: f.Reason}}}
	}
	return nil
}
