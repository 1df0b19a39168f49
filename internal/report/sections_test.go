package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/catalogue"
)

// listingOf is an item of one merchant with a verdict.
func listingOf(id string, v *assayv1.Verdict, documents ...*assayv1.Document) (catalogue.Entry, *assayv1.CheckResult) {
	v.AsOf = timestamppb.New(noon)
	s := &assayv1.Submission{SubmissionId: id, Merchant: &assayv1.Merchant{MerchantId: "m"}, Product: &assayv1.Product{Title: "a chair"}, Documents: documents}
	return catalogue.Entry{File: "f", Line: 1, Submission: s}, &assayv1.CheckResult{SubmissionId: id, Outcome: &assayv1.CheckResult_Verdict{Verdict: v}}
}

func ending(id string, year, month, day int32) *assayv1.Document {
	return &assayv1.Document{DocumentId: id, Effective: &assayv1.Validity{End: &assayv1.Validity_EndDate{EndDate: &date.Date{Year: year, Month: month, Day: day}}}}
}

// Papers are told once each, by the last day they state; approvals by the month in which they end.
func TestPapers(t *testing.T) {
	instant := &assayv1.Document{DocumentId: "instant", Effective: &assayv1.Validity{End: &assayv1.Validity_EndTime{EndTime: timestamppb.New(noon.AddDate(0, 0, 11).Truncate(daySize))}}} // the first moment of December
	papers := []*assayv1.Document{
		ending("yesterday", 2026, 11, 19), ending("today", 2026, 11, 20), instant, ending("far", 2029, 1, 1), ending("last", 2028, 10, 31), ending("first not shown", 2028, 11, 1),
		ending("no day", 2027, 2, 30), {DocumentId: "nothing said"}, {DocumentId: "for ever", Effective: &assayv1.Validity{Perpetual: true}},
	}
	r := New()
	for i := range 3 {
		v := &assayv1.Verdict{Decision: assayv1.Decision_DECISION_APPROVE}
		if i > 0 {
			v.ValidUntil = timestamppb.New(noon.AddDate(0, i, 0))
		}
		r.Add(listingOf(fmt.Sprint(i), v, papers...))
	}
	v := r.s.Papers.view(r.s.Rests.To)
	var rows []string
	for _, row := range v.Rows {
		rows = append(rows, fmt.Sprintf("%s %s %d %v in %d", row.ID, row.End, row.Days, row.Over, row.Carried))
	}
	want := []string{"yesterday 2026-11-19 -1 true in 3", "today 2026-11-20 0 false in 3", "instant 2026-11-30 10 false in 3", "last 2028-10-31 711 false in 3"}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("papers (-want +got):\n%s", diff)
	}
	if got, want := fmt.Sprint(v.Overdue, v.Later, v.Perpetual, v.Unknown, v.Kept, v.Lasting), "1 2 1 2 9 1"; got != want {
		t.Errorf("ended, later, for ever, unknown, all, lasting approvals: %s, want %s", got, want)
	}
	if got := fmt.Sprint(v.Months[:3], v.Months[len(v.Months)-1]); got != "[{2026-11 2 0} {2026-12 0 1} {2027-01 0 1}] {2028-10 1 0}" {
		t.Errorf("months %s", got)
	}
}

func asking(territories []string, classes []int32, instead ...assayv1.DocumentType) *assayv1.Fix {
	ask := &assayv1.ProvideDocument{MarkId: "nike", Requirement: &assayv1.Document{Type: assayv1.DocumentType_DOCUMENT_TYPE_LETTER_OF_AUTHORIZATION, Territories: territories, NiceClasses: classes}}
	for _, kind := range instead {
		ask.Alternatives = append(ask.Alternatives, &assayv1.Document{Type: kind})
	}
	return &assayv1.Fix{Kind: &assayv1.Fix_ProvideDocument{ProvideDocument: ask}}
}

// Papers that differ in what they cover are one request; what no listing of it would take instead is not offered; who is beyond
// help is asked for nothing.
func TestAsks(t *testing.T) {
	const invoice, certificate = assayv1.DocumentType_DOCUMENT_TYPE_PURCHASE_INVOICE, assayv1.DocumentType_DOCUMENT_TYPE_TRADEMARK_CERTIFICATE
	remove := &assayv1.Fix{Kind: &assayv1.Fix_RemoveText{RemoveText: &assayv1.RemoveText{Field: "bullets[3]", End: 4}}}
	review := &assayv1.Fix{Kind: &assayv1.Fix_RequestReview{RequestReview: &assayv1.RequestReview{Reason: "look"}}}
	r := New()
	for i, fixes := range [][]*assayv1.Fix{
		{asking([]string{"DE"}, []int32{25}, invoice, certificate)},
		{asking([]string{"FR", "AT"}, nil, certificate), remove, review},
		{remove, remove},
		{},
	} {
		r.Add(listingOf(fmt.Sprint(i), &assayv1.Verdict{Decision: assayv1.Decision_DECISION_REVIEW, Fixes: fixes}))
	}
	r.Add(listingOf("hopeless", &assayv1.Verdict{Decision: assayv1.Decision_DECISION_REJECT, Fixes: []*assayv1.Fix{asking([]string{"US"}, nil), review}}))
	rows, left := r.asksView()
	var got []string
	for _, row := range rows {
		line := fmt.Sprintf("%d %s %s %v %v %v", row.Clears, row.Do, row.Paper.Kind, row.Paper.Covering, row.Paper.Classes, row.Listings)
		for _, w := range row.Instead {
			line += " or " + w.Kind
		}
		got = append(got, line)
	}
	want := []string{"2 provide a paper letter of authorization [AT DE FR] [] [0 1] or trademark certificate", "2 take the words named out of bullets  [] [] [1 2]"}
	if diff := cmp.Diff(want, got); diff != "" || left != 0 {
		t.Errorf("asked for (-want +got), %d left:\n%s", left, diff)
	}
}

// The farthest prices are shown first, those that held a listing before others, and few of one cohort.
func TestPrices(t *testing.T) {
	r := New()
	for i, c := range []struct {
		offered int64
		cohort  string
		effect  assayv1.Decision
	}{
		{30, "a", assayv1.Decision_DECISION_APPROVE}, {20, "a", assayv1.Decision_DECISION_APPROVE}, {10, "a", assayv1.Decision_DECISION_APPROVE},
		{50, "b", assayv1.Decision_DECISION_REVIEW}, {400, "c", assayv1.Decision_DECISION_APPROVE}, {0, "d", assayv1.Decision_DECISION_REVIEW},
	} {
		f := &assayv1.Finding{FindingId: "p/1", Code: "P", Effect: c.effect, Evidence: []*assayv1.Evidence{{Kind: &assayv1.Evidence_Price{Price: priced(c.offered, c.cohort)}}}}
		e, result := listingOf(fmt.Sprint(i), &assayv1.Verdict{Decision: c.effect, Findings: []*assayv1.Finding{f}})
		result.Position = int64(i)
		r.Add(e, result)
	}
	p := r.page(Run{})
	show := func(views []priceView) (all []string) {
		for _, v := range views {
			all = append(all, v.Offered+" "+v.Beside)
		}
		return all
	}
	if diff := cmp.Diff([]string{"50 50 % below the median", "10 90 % below the median", "20 80 % below the median"}, show(p.Low)); diff != "" {
		t.Errorf("low (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"400 4.0 times the median"}, show(p.High)); diff != "" || p.Judged != 5 {
		t.Errorf("high (-want +got), %d judged:\n%s", p.Judged, diff)
	}
}

// A disguised example of a mark is shown before one in plain spelling, and each role is counted once a listing.
func TestMarks(t *testing.T) {
	mention := func(surface string, role assayv1.Role, transforms ...string) *assayv1.Mention {
		return &assayv1.Mention{MarkId: "nike", Canonical: "Nike", Role: role, Spans: []*assayv1.TextSpan{{Field: "title", Surface: surface, Canonical: "Nike", Transforms: transforms}}}
	}
	r := New()
	r.Add(listingOf("plain", &assayv1.Verdict{RiskScore: 0.9, Decision: assayv1.Decision_DECISION_REVIEW, Mentions: []*assayv1.Mention{mention("Nike", 1), mention("nike", 1, "case"), mention("NIKE", 4)}}))
	r.Add(listingOf("disguised", &assayv1.Verdict{Decision: assayv1.Decision_DECISION_APPROVE, Mentions: []*assayv1.Mention{mention("Nіkе", 99, "look_alike", "case")}}))
	rows := r.marksView(titles{})
	if len(rows) != 1 {
		t.Fatalf("%d marks", len(rows))
	}
	got := fmt.Sprintln(rows[0].Counts, rows[0].Disguised, rows[0].Roles, rows[0].Example.ID, rows[0].Example.Words)
	if want := "[1 1 0 0] 1 [{comparison 1} {own brand 1} {unclear 1}] disguised [{Nіkе Nike look-alike, case і U+0456, е U+0435}]\n"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Whatever a server answers, the report takes it, goes through JSON, and can be written.
func FuzzAdd(f *testing.F) {
	w := newWorld(9, 3)
	for range 12 {
		e, result := w.next()
		s, _ := proto.Marshal(e.Submission)
		r, _ := proto.Marshal(result)
		f.Add(s, r)
	}
	for _, attack := range attacks {
		e, result := attacked(attack, 0, assayv1.Decision_DECISION_REJECT)
		s, _ := proto.Marshal(e.Submission)
		r, _ := proto.Marshal(result)
		f.Add(s[:min(len(s), 4096)], r[:min(len(r), 4096)])
	}
	f.Fuzz(func(t *testing.T, submission, result []byte) {
		e, answer := catalogue.Entry{File: "f", Line: 1, Submission: &assayv1.Submission{}}, &assayv1.CheckResult{}
		if proto.Unmarshal(result, answer) != nil {
			return
		}
		if proto.Unmarshal(submission, e.Submission) != nil {
			e.Submission = nil
		}
		r := New()
		r.Add(e, answer)
		r.Add(e, answer)
		text, err := json.Marshal(r)
		again := New()
		if err == nil {
			err = json.Unmarshal(text, again)
		}
		if err != nil {
			t.Fatal(err)
		}
		if now, err := json.Marshal(again); err != nil || !slices.Equal(now, text) {
			t.Fatalf("%v; another after JSON:\n%s\n%s", err, text, now)
		}
		if err := r.Write(io.Discard, Run{Merchant: e.Submission.GetMerchant(), Book: &assayv1.GetRulebookResponse{}}); err != nil {
			t.Fatal(err)
		}
	})
}
