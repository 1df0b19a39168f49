package main

import (
	"slices"
	"testing"

	"github.com/parquet-go/parquet-go"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/catalogue"
)

func TestCellsAreNoFormulas(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "-": "-", "Mug": "Mug", "=1+1": "'=1+1", "+1": "'+1", "-2": "'-2", "@SUM(A1)": "'@SUM(A1)", "\t=1": "' =1", " =1": "' =1",
		"\r\n=1": "'  =1", "＝1": "'＝1", "a=1": "a=1", "'=1": "'=1", "\x1b[2J": "<U+001B>[2J", "\u202egum": "<U+202E>gum", "两个": "两个",
	} {
		if got := cell(text); got != want {
			t.Errorf("cell(%q) = %q; want %q", text, got, want)
		}
	}
}

func TestColumnsAreTheSameInCSVAndParquet(t *testing.T) {
	var names []string
	for _, path := range parquet.SchemaOf(flatResult{}).Columns() {
		names = append(names, path[0])
	}
	if !slices.Equal(names, flatColumns) {
		t.Errorf("Parquet has %q, CSV %q", names, flatColumns)
	}
	if n := len((&flatResult{}).cells()); n != len(flatColumns) {
		t.Errorf("a record has %d cells, the header %d", n, len(flatColumns))
	}
}

func TestFlatten(t *testing.T) {
	r := &assayv1.CheckResult{SubmissionId: "s", Outcome: &assayv1.CheckResult_Verdict{Verdict: &assayv1.Verdict{
		Decision:        assayv1.Decision_DECISION_REVIEW,
		MarketDecisions: []*assayv1.MarketDecision{{Market: "DE", Decision: assayv1.Decision_DECISION_REVIEW}, {Market: "US", Decision: assayv1.Decision_DECISION_APPROVE}},
		Findings: []*assayv1.Finding{
			{FindingId: "1", Code: "A", Message: "excused", MitigatedBy: []string{"2"}, Effect: assayv1.Decision_DECISION_REVIEW},
			{FindingId: "2", Code: "B", Variant: "v", Message: "why", MerchantMessage: "do", Effect: assayv1.Decision_DECISION_REVIEW},
			{FindingId: "3", Code: "B", Variant: "v", Effect: assayv1.Decision_DECISION_REVIEW},
		},
		Mentions: []*assayv1.Mention{{Canonical: "Nike"}, {Canonical: "Puma"}, {Canonical: "Nike"}},
	}}}
	e := catalogue.Entry{File: "f", Line: 7, Submission: &assayv1.Submission{Merchant: &assayv1.Merchant{MerchantId: "m"}}}
	want := []string{"f", "7", "s", "m", "REVIEW", "DE=REVIEW|US=APPROVE", "0", "B/v", "A", "why", "do", "Nike|Puma", "", "", "UNSPECIFIED", "", ""}
	if got := flatten(e, r).cells(); !slices.Equal(got, want) {
		t.Errorf("columns %q; want %q", got, want)
	}
}
