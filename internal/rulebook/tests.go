package rulebook

import (
	"fmt"
	"slices"
	"time"

	rulebookv1 "github.com/assay-project/assay/proto/assay/rulebook/v1"
	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/verdict"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// parseTests reads a file below tests/.
func (v *validator) parseTests(s *source) part {
	var f rulebookv1.TestsFile
	doc := v.decode(s, &f)
	tests := make([]Test, len(f.Cases))
	var references []reference
	for i, c := range f.Cases {
		tests[i] = doc.test(c)
		e := c.Expect
		references = append(references, doc.references(e, "codes", codeName, e.GetCodes())...)
		references = append(references, doc.references(e, "shadow_codes", codeName, e.GetShadowCodes())...)
		references = append(references, doc.references(e, "absent", codeName, e.GetAbsent())...)
		for _, m := range e.GetMentions() {
			references = append(references, reference{doc.field(m, "mark_id"), markName, m.MarkId})
		}
	}
	s.rows = len(tests)
	return func(d *draft) {
		for _, t := range tests {
			d.define(testName, t.Name, t.At)
		}
		d.book.Tests = append(d.book.Tests, tests...)
		d.references = append(d.references, references...)
	}
}

func (d *document) test(c *rulebookv1.TestCase) Test {
	e := c.Expect
	t := Test{At: d.at(c), Name: c.Name, Submission: d.completed(c), Decision: verdict.Decision(e.GetDecision()),
		Codes: e.GetCodes(), Absent: e.GetAbsent(), Shadow: e.GetShadowCodes()}
	for _, m := range e.GetMentions() {
		t.Mentions = append(t.Mentions, ExpectedMention{MarkID: m.MarkId, Role: check.Role(m.Role)})
	}
	if e != nil && t.Decision == 0 && len(t.Codes)+len(t.Absent)+len(t.Shadow)+len(t.Mentions) == 0 {
		d.refuseAt(d.at(c), "the case expects nothing, so it cannot fail")
	}
	for i, code := range t.Absent {
		if slices.Contains(t.Codes, code) {
			d.refuseAt(d.item(e, "absent", i), "%q is expected to be there, too", code)
		}
	}
	return t
}

// completed is the submission of a case with what the schema says is filled in where it has none.
func (d *document) completed(c *rulebookv1.TestCase) *assayv1.Submission {
	s := c.Submission
	if s.GetProduct() == nil {
		d.refuseAt(d.at(c), "the case has no product to check")
		return s
	}
	if s.SubmissionId == "" {
		s.SubmissionId = fmt.Sprintf("%s:%d", d.name, d.at(c).Line)
	}
	if len(s.Markets) == 0 {
		s.Markets = []string{"US"}
	}
	if s.AsOf == nil {
		s.AsOf = timestamppb.New(time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC))
	}
	return s
}
