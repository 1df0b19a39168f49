package rule_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/rule"
	"github.com/assay-project/assay/internal/rulebook"
)

// FuzzRules compiles any condition, message and evidence, and runs what is taken. (The file around them has a target of its own,
// in package rulebook.) The corpus is rules of the tests and what was found.
func FuzzRules(f *testing.F) {
	for _, when := range []string{
		`containsFolded(submission.product.title, "gift card") && below(submission.product.price, "5 USD")`,
		`submission.product.unit_codes.exists(a, submission.product.bullets.filter(b, b != a).size() > 1)`,
		`has(price.median) && price.ratio < 0.5 && mentions.exists(m, m.role == Role.ROLE_REPLICA)`,
		`submission.documents.exists(d, daysBetween(day(d.issued_on), now) > 28)`,
		`values(submission.product.attributes).exists(v, v.matches("^[0-9]+$")) ? market == "US" : 1 / 0 == 1`,
		"size([1u, 2u]) == int('2') &&\n {'a': b'x'}['a'] == b'x' && timestamp('2026-01-01T00:00:00Z') + duration('1h') < now",
	} {
		f.Add(when, "{{ now }} {{ submission.product.price }} {{ submission.product.bullets[7] }}", "findFolded(submission.product.title, 'gift')")
	}
	s := submission(f, `{"product": {"title": "Gift-card", "bullets": ["a", "b"], "unitCodes": ["a"], "attributes": {"k": "1"},
		"price": {"currencyCode": "USD", "units": "4"}}, "documents": [{"documentId": "d", "type": "DOCUMENT_TYPE_PURCHASE_INVOICE"}],
		"markets": ["US", "DE"]}`)
	f.Fuzz(func(t *testing.T, when, message, show string) {
		if !utf8.ValidString(when+message+show) || len(when+message+show) > 10_000 {
			return // a rulebook has text, of bounded length
		}
		book := &rulebook.Book{Rules: []rulebook.Rule{{Name: "it", Code: "LST_RULE", When: rulebook.Expression{Text: when},
			Message: rulebook.Expression{Text: message}, Evidence: []rulebook.RuleEvidence{{Field: "title", Show: rulebook.Expression{Text: show}}}}}}
		checkers, err := rule.New(book, inputs([]check.Mention{{MarkID: "m", Role: check.Replica}}))
		if err != nil {
			for _, p := range problemsOf(t, err) {
				if p.Text == "" || strings.ContainsAny(p.Text, "\n\x00") || !utf8.ValidString(p.Text) {
					t.Fatalf("%q is no line of a report", p.Text)
				}
			}
			return
		}
		r := asked(t, t.Context(), checkers, s)
		if o := r.Outcomes[0]; o.Status == check.Failed && o.Code != rule.ErrorCode && o.Code != rule.CostCode || o.Status == check.TimedOut {
			t.Fatalf("%+v: %v", o, o.Err)
		}
		for _, f := range r.Findings {
			if len(f.Message) > 1024 || !utf8.ValidString(f.Message) || len(f.Words) > check.MaxSurface || len(f.Mitigates) > 0 {
				t.Fatalf("%+v", f)
			}
		}
	})
}
