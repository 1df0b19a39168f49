package rule_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/checkers/rule"
	"github.com/assay-project/assay/internal/listing"
)

// TestFindingsSayWhatTheRuleSays fires one rule with everything.
func TestFindingsSayWhatTheRuleSays(t *testing.T) {
	checkers := compiled(t, `rules:
  - name: card
    doc: Gift cards need a licence.
    when: containsFolded(submission.product.title, "gift card") && market != "CN"
    code: LST_RULE
    variant: slight
    message: "{{ findFolded(submission.product.title, 'gift card') }} of {{submission.product.price}} in {{ market == 'US' ? 'America' : 'Europe' }} on {{ now }}, {{ size(submission.markets) }} markets, {{ 1.5 }}, {{ true }}."
    citation: house rule 7
    evidence:
      - {field: title, show: "findFolded(submission.product.title, 'gift card')"}
      - {field: bullets, show: "'refund'"}
      - {field: brand}
      - {field: product.gtin, show: submission.product.gtin}
      - {field: description, show: "submission.product.model"}
`)
	s := submission(t, `{"product": {"title": "A Gift-Card", "brand": "Ours", "bullets": ["new", "no refund"], "gtin": "123", "price": {"currencyCode": "USD", "units": "25"}},
		"markets": ["US", "DE", "FR", "CN"]}`)
	r := asked(t, t.Context(), checkers, s)
	message := "Gift-Card of 25.00 USD in %s on 2026-03-01T12:00:00Z, 4 markets, 1.5, true."
	evidence := []check.Evidence{
		check.TextSpan{Field: listing.Field{Kind: listing.TitleField}, Start: 2, End: 11, Surface: "Gift-Card"},
		check.TextSpan{Field: listing.Field{Kind: listing.BulletField, Index: 1}, Start: 3, End: 9, Surface: "refund"},
		check.TextSpan{Field: listing.Field{Kind: listing.BrandField}, End: 4, Surface: "Ours"},
		check.Opaque{Label: "product.gtin", Text: "123"},
	}
	want := []check.Finding{
		{ID: "rule/card/1", Checker: "rule/card", Code: "LST_RULE", Variant: "slight", Citation: "house rule 7", Words: "Gift-Card",
			Markets: []listing.Market{"US"}, Message: fmt.Sprintf(message, "America"), Evidence: evidence},
		{ID: "rule/card/2", Checker: "rule/card", Code: "LST_RULE", Variant: "slight", Citation: "house rule 7", Words: "Gift-Card",
			Markets: []listing.Market{"DE", "FR"}, Message: fmt.Sprintf(message, "Europe"), Evidence: evidence},
	}
	if diff := cmp.Diff(want, r.Findings); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

// TestInForce tells when and where a rule is asked.
func TestInForce(t *testing.T) {
	checkers := compiled(t, `rules:
  - {name: it, doc: d, code: LST_RULE, message: m, when: "true", from: "2026-02-01", until: "2026-03-01T00:00:00Z", markets: [US, DE]}
`)
	for _, test := range []struct{ asOf, markets, want string }{
		{"2026-01-31T23:59:59.999999999Z", `["US"]`, "skipped: in force from 2026-02-01T00:00:00Z"},
		{"2026-02-01T00:00:00Z", `["US"]`, "flagged: []"},
		{"2026-02-01T00:00:00+01:00", `["US"]`, "skipped: in force from 2026-02-01T00:00:00Z"},
		{"2026-02-28T23:59:59.999999999Z", `["US"]`, "flagged: []"},
		{"2026-03-01T00:00:00Z", `["US"]`, "skipped: in force until 2026-03-01T00:00:00Z"},
		{"2026-02-10T00:00:00Z", `["US", "DE"]`, "flagged: []"},
		{"2026-02-10T00:00:00Z", `["FR", "DE"]`, "flagged: [DE]"},
		{"2026-02-10T00:00:00Z", `["FR"]`, "skipped: for other markets"},
	} {
		s := submission(t, `{"asOf": "`+test.asOf+`", "markets": `+test.markets+`}`)
		r := asked(t, t.Context(), checkers, s)
		got := map[check.Status]string{check.Clean: "clean", check.Skipped: "skipped: " + r.Outcomes[0].Reason}[r.Outcomes[0].Status]
		if len(r.Findings) > 0 {
			got = fmt.Sprintf("flagged: %v", r.Findings[0].Markets)
		}
		if got != test.want {
			t.Errorf("%s in %s: %s, want %s", test.asOf, test.markets, got, test.want)
		}
	}
}

// TestErrorsAreOfOneRuleOnOneListing: what goes wrong is told by its kind, costs nothing but the rule, and takes away nothing
// that was found.
func TestErrorsAreOfOneRuleOnOneListing(t *testing.T) {
	for expression, want := range map[string]string{
		`1 / submission.product.price.units == 1`:              "SYS_RULE_ERROR ended with an error (division by zero)",
		`submission.product.attributes["secret words"] == "x"`: "SYS_RULE_ERROR ended with an error (no such key)",
		`submission.product.bullets[3] == "x"`:                 "SYS_RULE_ERROR ended with an error (index out of bounds)",
		`int(submission.product.title) == 1`:                   "SYS_RULE_ERROR ended with an error",
		`now < day(submission.product.variants.exists(v, true) ? submission.documents[0].issued_on : google.type.Date{year: 2026, month: 2, day: 30})`: "SYS_RULE_ERROR ended with an error (no such day)",
		`9223372036854775807 + submission.product.variants.size() + 1 == 0`:                                                                            "SYS_RULE_ERROR ended with an error (integer overflow)",
		`market == "US" ? true : submission.product.bullets[3] == "x"`:                                                                                 "SYS_RULE_ERROR ended with an error (index out of bounds) + LST_RULE [US]",
	} {
		checkers := append(compiled(t, when(expression)), &native{Name: "after", Run: func(context.Context, *check.Pass[*listing.Submission]) error { return nil }})
		r := asked(t, t.Context(), checkers, submission(t, `{"product": {"title": "merchants words"}, "markets": ["DE", "US"]}`))
		o := r.Outcomes[0]
		got := o.Code + " " + o.Reason
		for _, f := range r.Findings {
			got += fmt.Sprintf(" + %s %v", f.Code, f.Markets)
		}
		if got != want || o.Status != check.Failed || r.Outcomes[1].Status != check.Clean {
			t.Errorf("%s: got %q, want %q", expression, got, want)
		}
	}
	sound := asked(t, t.Context(), compiled(t, when(`1 / submission.product.price.units == 1`)), submission(t, `{"product": {"price": {"currencyCode": "USD", "units": "1"}}}`))
	if sound.Outcomes[0].Status != check.Flagged {
		t.Errorf("another listing: %+v", sound.Outcomes[0])
	}
}

// TestAMessageThatFailsHidesNoFinding breaks the message and the evidence.
func TestAMessageThatFailsHidesNoFinding(t *testing.T) {
	checkers := compiled(t, `rules:
  - name: it
    doc: d
    code: LST_RULE
    when: "true"
    message: "One {{ submission.product.bullets[7] }} three."
    evidence: [{field: title, show: "submission.product.bullets[7]"}, {field: title}]
`)
	r := asked(t, t.Context(), checkers, submission(t, `{"product": {"title": "x"}}`))
	if len(r.Findings) != 1 || r.Findings[0].Message != "One (not told: an error) three." || len(r.Findings[0].Evidence) != 1 {
		t.Errorf("got %+v", r.Findings)
	}
}

func TestMessagesAreBounded(t *testing.T) {
	checkers := compiled(t, `rules:
  - {name: it, doc: d, code: LST_RULE, when: "true", message: "{{ submission.product.title }}{{ submission.product.title }}", evidence: [{field: title}]}
`)
	r := asked(t, t.Context(), checkers, submission(t, `{"product": {"title": "x`+strings.Repeat("é", 30000)+`"}}`))
	f := r.Findings[0]
	if len(f.Message) > 1024 || len(f.Message) < 1023 || !utf8.ValidString(f.Message) || len(f.Words) > check.MaxSurface {
		t.Errorf("a message of %d bytes, words of %d", len(f.Message), len(f.Words))
	}
}

// list is a JSON list of n texts.
func list(n int, text string) string {
	return `["` + strings.TrimSuffix(strings.Repeat(text+`","`, n), `","`) + `"]`
}

// TestHostileRulesAreStopped runs rules that would go on for minutes, on the largest listing that the contract allows. Each is
// refused for what it may cost at worst, or stopped by what it does, whatever the time.
func TestHostileRulesAreStopped(t *testing.T) {
	s := submission(t, `{"product": {"title": "`+strings.Repeat("a", 65536)+`", "description": "`+strings.Repeat("a a", 87381)+`",
		"bullets": `+list(50, strings.Repeat("a", 8192))+`, "unitCodes": `+list(1000, "a")+`, "keywords": `+list(100, strings.Repeat("b", 1024))+`},
		"markets": ["US", "DE", "FR", "CN", "GB", "IT", "ES", "JP"]}`)
	for name, expression := range map[string]string{
		"nested loops":            `submission.product.unit_codes.exists(a, submission.product.unit_codes.exists(b, a != b))`,
		"loops over long texts":   `submission.product.bullets.all(a, submission.product.bullets.all(b, a == b || a.contains(b)))`,
		"patterns in a loop":      `submission.product.bullets.exists(b, b.matches("(a+)+x(a|b)(a+)$b"))`,
		"a slow pattern":          `submission.product.description.matches("(a|aa| ){1,15}c")`,
		"folding in a loop":       `submission.product.unit_codes.exists(a, containsFolded(submission.product.title, "zz"))`,
		"lists in a loop":         `submission.product.unit_codes.exists(a, submission.product.unit_codes.exists(b, size([a, b, a, b, a, b, a, b]) == 7))`,
		"messages in a loop":      `submission.product.unit_codes.exists(a, submission.product.unit_codes.exists(b, Product{title: a, brand: b, model: a}.mpn != ""))`,
		"filters":                 `submission.product.unit_codes.exists(a, submission.product.unit_codes.filter(b, b == a).size() == 0)`,
		"conversions":             `submission.product.unit_codes.exists(a, submission.product.unit_codes.exists(b, string(b == "c") == a))`,
		"sizes of long texts":     `submission.product.unit_codes.exists(a, submission.product.unit_codes.exists(b, size(submission.product.description) < 5))`,
		"long texts beside short": `submission.product.unit_codes.exists(a, submission.product.unit_codes.exists(b, submission.product.description == b))`,
		"long numbers":            `submission.product.unit_codes.exists(a, submission.product.unit_codes.exists(b, string(submission.product.pack_quantity) == submission.product.title))`,
		"order of long texts":     `submission.product.unit_codes.exists(a, submission.product.unit_codes.exists(b, submission.product.description < b))`,
		"parts of long texts":     `submission.product.unit_codes.exists(a, submission.product.description.contains("aab"))`,
		"members of long lists":   `submission.product.unit_codes.exists(a, submission.product.unit_codes.exists(b, "c" in submission.product.unit_codes))`,
		"per market":              `submission.product.unit_codes.exists(a, containsFolded(submission.product.title, "zz") || market == a)`,
	} {
		book, err := bookOf(when(expression))
		if err != nil {
			t.Fatal(err)
		}
		checkers, err := rule.New(book, inputs(nil))
		if err != nil {
			if !strings.Contains(err.Error(), "at worst") {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		start := time.Now()
		r := asked(t, t.Context(), checkers, s)
		if o := r.Outcomes[0]; o.Code != "SYS_RULE_COST" || o.Status != check.Failed {
			t.Errorf("%s: ended as %+v", name, o)
		}
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
	}
}

// TestRulesTogetherAreBounded has many dear rules; the last are not asked any more.
func TestRulesTogetherAreBounded(t *testing.T) {
	var rules strings.Builder
	rules.WriteString("rules:\n")
	for i := range 60 {
		fmt.Fprintf(&rules, "  - {name: r%d, doc: d, code: LST_RULE, message: m, when: \"submission.product.unit_codes.exists(a, submission.product.unit_codes.exists(b, a != b))\"}\n", i)
	}
	s := submission(t, `{"product": {"unitCodes": `+list(1000, "a")+`}}`)
	r := asked(t, t.Context(), compiled(t, rules.String()), s)
	reasons := map[string]int{}
	for _, o := range r.Outcomes {
		reasons[o.Reason]++
	}
	want := map[string]int{"was stopped at its cost limit": 20, "was not asked: the rules before it cost too much on this submission": 40}
	if diff := cmp.Diff(want, reasons); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
}

// TestADeadlineStopsARule ends the time while a loop runs: cancelled before it starts its second round, as the first evaluates
// nothing but the time itself.
func TestADeadlineStopsARule(t *testing.T) {
	checkers := compiled(t, when(`submission.product.unit_codes.all(a, a == "a")`))
	ctx, cancel := context.WithCancelCause(t.Context())
	before := &native{Name: "before", Run: func(context.Context, *check.Pass[*listing.Submission]) error { return nil }}
	after := *checkers[0]
	after.Run = func(_ context.Context, p *check.Pass[*listing.Submission]) error {
		cancel(context.DeadlineExceeded)
		return checkers[0].Run(ctx, p)
	}
	r := asked(t, t.Context(), []*native{before, &after}, submission(t, `{"product": {"unitCodes": `+list(1000, "a")+`}}`))
	if o := r.Outcomes[1]; o.Status != check.TimedOut {
		t.Errorf("ended as %+v", o)
	}
}

// TestRulesMayBeAskedAtOnce asks the same rules about different listings from several goroutines; each gets its own answer.
func TestRulesMayBeAskedAtOnce(t *testing.T) {
	checkers := compiled(t, when(`containsFolded(submission.product.title, "gift card") && submission.product.title.matches("[0-9]+ USD") && below(submission.product.price, "5 USD")`))
	plan, err := check.NewPlan(checkers...)
	if err != nil {
		t.Fatal(err)
	}
	fires := submission(t, `{"product": {"title": "Gift-card 9 USD", "price": {"currencyCode": "USD", "units": "4"}}}`)
	silent := submission(t, `{"product": {"title": "Card, a gift of 9 USD", "price": {"currencyCode": "USD", "units": "4"}}}`)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for range 200 {
				if a, b := plan.Run(t.Context(), fires, nil), plan.Run(t.Context(), silent, nil); len(a.Findings) != 1 || len(b.Findings) != 0 {
					t.Errorf("%d and %d findings, want 1 and 0", len(a.Findings), len(b.Findings))
				}
			}
		})
	}
	wait.Wait()
}
