package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/types/known/timestamppb"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/catalogue"
	"github.com/assay-project/assay/internal/report"
)

// A flatResult is a result in columns, as CSV and Parquet have them. Lists are separated by |.
type flatResult struct {
	File            string   `parquet:"file,dict"`
	Line            int64    `parquet:"line"`                  // from 1; of Parquet, the row
	SubmissionID    string   `parquet:"submission_id"`         // empty where the line could not be read
	MerchantID      string   `parquet:"merchant_id,dict"`      //
	Decision        string   `parquet:"decision,dict"`         // APPROVE, REVIEW or REJECT; empty with an error
	MarketDecisions string   `parquet:"market_decisions,dict"` // DE=REVIEW
	RiskScore       *float64 `parquet:"risk_score,optional"`   // 0 to 1
	Codes           string   `parquet:"codes,dict"`            // CODE or CODE/variant of findings that nothing excuses
	ExcusedCodes    string   `parquet:"excused_codes,dict"`    // and of the others
	Message         string   `parquet:"message"`               // of the first finding that led to the decision
	MerchantMessage string   `parquet:"merchant_message"`      // what the merchant can do about it
	Mentions        string   `parquet:"mentions,dict"`         // the marks found
	AsOf            *int64   `parquet:"as_of,optional,timestamp(microsecond)"`
	ValidUntil      *int64   `parquet:"valid_until,optional,timestamp(microsecond)"`
	Completeness    string   `parquet:"completeness,dict"`
	Rulebook        string   `parquet:"rulebook_sha256,dict"`
	Error           string   `parquet:"error"` // empty where there is a verdict
}

var flatColumns = []string{"file", "line", "submission_id", "merchant_id", "decision", "market_decisions", "risk_score", "codes",
	"excused_codes", "message", "merchant_message", "mentions", "as_of", "valid_until", "completeness", "rulebook_sha256", "error"}

// flatten puts a result into columns.
func flatten(e catalogue.Entry, r *assayv1.CheckResult) *flatResult {
	row := &flatResult{File: e.File, Line: int64(e.Line), SubmissionID: r.GetSubmissionId(),
		MerchantID: e.Submission.GetMerchant().GetMerchantId(), Error: r.GetError().GetMessage()}
	v := r.GetVerdict()
	if v == nil {
		return row
	}
	row.Decision = name(v.GetDecision().String(), "DECISION_")
	row.MarketDecisions = list(v.GetMarketDecisions(), func(m *assayv1.MarketDecision) string {
		return m.GetMarket() + "=" + name(m.GetDecision().String(), "DECISION_")
	})
	score := v.GetRiskScore()
	row.RiskScore = &score
	row.Codes = list(v.GetFindings(), func(f *assayv1.Finding) string { return codeOf(f, len(f.GetMitigatedBy()) == 0) })
	row.ExcusedCodes = list(v.GetFindings(), func(f *assayv1.Finding) string { return codeOf(f, len(f.GetMitigatedBy()) > 0) })
	decisive := report.Decisive(v)
	if i := slices.IndexFunc(v.GetFindings(), func(f *assayv1.Finding) bool { return decisive[f.GetFindingId()] }); i >= 0 {
		row.Message, row.MerchantMessage = v.GetFindings()[i].GetMessage(), todo(v.GetFindings()[i])
	}
	row.Mentions = list(v.GetMentions(), (*assayv1.Mention).GetCanonical)
	row.AsOf, row.ValidUntil = microseconds(v.GetAsOf()), microseconds(v.GetValidUntil())
	row.Completeness = name(v.GetCompleteness().String(), "COMPLETENESS_")
	row.Rulebook = v.GetRulebook().GetSha256()
	return row
}

// list joins what is said of each of many, once.
func list[T any](all []T, say func(T) string) string {
	var words []string
	for _, one := range all {
		if word := say(one); word != "" && !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return strings.Join(words, "|")
}

// codeOf is the code of a finding with its variant, or nothing.
func codeOf(f *assayv1.Finding, wanted bool) string {
	if !wanted {
		return ""
	}
	return strings.TrimSuffix(f.GetCode()+"/"+f.GetVariant(), "/")
}

func microseconds(t *timestamppb.Timestamp) *int64 {
	if t == nil {
		return nil
	}
	n := t.AsTime().UnixMicro()
	return &n
}

// cells are the columns as text that is safe to open.
func (r *flatResult) cells() []string {
	score := ""
	if r.RiskScore != nil {
		score = strconv.FormatFloat(*r.RiskScore, 'g', -1, 64)
	}
	return []string{cell(r.File), fmt.Sprint(r.Line), cell(r.SubmissionID), cell(r.MerchantID), cell(r.Decision), cell(r.MarketDecisions), score,
		cell(r.Codes), cell(r.ExcusedCodes), cell(r.Message), cell(r.MerchantMessage), cell(r.Mentions), instant(r.AsOf), instant(r.ValidUntil),
		cell(r.Completeness), cell(r.Rulebook), cell(r.Error)}
}

// cell makes text of strangers safe to open in a spreadsheet or a terminal: what would count as a formula gets a ' before it.
func cell(s string) string {
	if s = printable(s); len(s) < 2 {
		return s
	}
	switch first, _ := utf8.DecodeRuneInString(strings.TrimSpace(s)); first {
	case '=', '+', '-', '@', '＝', '＋', '－', '＠':
		return "'" + s
	}
	return s
}

func instant(microseconds *int64) string {
	if microseconds == nil {
		return ""
	}
	return time.UnixMicro(*microseconds).UTC().Format(time.RFC3339Nano)
}
