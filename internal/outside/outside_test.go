package outside_test

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/outside"
)

func description(change func(*assayv1.DescribeCheckerResponse)) *assayv1.DescribeCheckerResponse {
	m := &assayv1.DescribeCheckerResponse{Name: "logos", Version: "1.0", ContractVersions: []string{"v1"}, Codes: []string{"MISSING", "WRONG"},
		Fields: []string{"product.title", "product.bullets", "markets", "documents.document_id"}}
	if change != nil {
		change(m)
	}
	return m
}

func describe(t testing.TB, change func(*assayv1.DescribeCheckerResponse)) *outside.Description {
	t.Helper()
	d, err := outside.Describe(description(change))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDescribeSaysEverythingThatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*assayv1.DescribeCheckerResponse)
		want   string
	}{
		"nothing":          {func(m *assayv1.DescribeCheckerResponse) {}, ""},
		"no name":          {func(m *assayv1.DescribeCheckerResponse) { m.Name = "" }, "name: 0 bytes, where 1 to 128 are allowed"},
		"another contract": {func(m *assayv1.DescribeCheckerResponse) { m.ContractVersions = []string{"v2"} }, `contract_versions: "v1" is not among them`},
		"lower code":       {func(m *assayv1.DescribeCheckerResponse) { m.Codes = []string{"bad code"} }, `codes[0]: "bad code" is not UPPER_SNAKE of at most 64 bytes`},
		"code twice":       {func(m *assayv1.DescribeCheckerResponse) { m.Codes = []string{"A", "A"} }, "codes[1]: A is given twice"},
		"unknown field":    {func(m *assayv1.DescribeCheckerResponse) { m.Fields = []string{"product.titel"} }, `fields[0]: "product.titel": Product has no field "titel"`},
		"into a map":       {func(m *assayv1.DescribeCheckerResponse) { m.Fields = []string{"product.attributes.key"} }, `fields[0]: "product.attributes.key": attributes holds no fields to choose from`},
		"into a text":      {func(m *assayv1.DescribeCheckerResponse) { m.Fields = []string{"markets.x"} }, `fields[0]: "markets.x": markets holds no fields to choose from`},
		"no field":         {func(m *assayv1.DescribeCheckerResponse) { m.Fields = []string{""} }, `fields[0]: "": Submission has no field ""`},
		"no market":        {func(m *assayv1.DescribeCheckerResponse) { m.Markets = []string{"EUR"} }, `markets: "EUR" is not a country code of ISO 3166-1 alpha-2`},
		"no language":      {func(m *assayv1.DescribeCheckerResponse) { m.Languages = []string{"!"} }, `languages[0]: "!" is not a language tag of BCP 47`},
		"a past cost":      {func(m *assayv1.DescribeCheckerResponse) { m.TypicalCost = &durationpb.Duration{Seconds: -1} }, "typical_cost: not a duration of 0 or more"},
		"too many":         {func(m *assayv1.DescribeCheckerResponse) { m.Fields = make([]string, 65); fillWith(m.Fields, "product") }, "fields: 65 items, where 64 are allowed"},
	} {
		_, err := outside.Describe(description(c.change))
		if got := text(err); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func fillWith(texts []string, text string) {
	for i := range texts {
		texts[i] = text
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func submission() *assayv1.Submission {
	return &assayv1.Submission{SubmissionId: "s1", Markets: []string{"DE", "JP"},
		Merchant: &assayv1.Merchant{LegalName: "secret", ShopName: "shop", Contact: &assayv1.Contact{Email: "secret"}},
		Product: &assayv1.Product{Title: "Käse 耐克", Description: "secret", Bullets: []string{"first", "zweiter"},
			Attributes: map[string]string{"Color \"x\"": "rot"}, Price: &money.Money{CurrencyCode: "EUR", Units: 5}},
		Documents: []*assayv1.Document{{DocumentId: "d1", Number: "secret", Issuer: &assayv1.Party{LegalName: "secret", Country: "DE"}},
			{DocumentId: "d2"}}}
}

// TestAskSendsWhatWasDeclared compares whole messages, so that nothing else is in them.
func TestAskSendsWhatWasDeclared(t *testing.T) {
	for name, c := range map[string]struct {
		fields []string
		want   *assayv1.Submission
	}{
		"nothing": {nil, &assayv1.Submission{SubmissionId: "s1"}},
		"texts":   {[]string{"product.title", "product.brand"}, &assayv1.Submission{SubmissionId: "s1", Product: &assayv1.Product{Title: "Käse 耐克"}}},
		"through lists": {[]string{"documents.issuer.country", "documents.document_id"}, &assayv1.Submission{SubmissionId: "s1",
			Documents: []*assayv1.Document{{DocumentId: "d1", Issuer: &assayv1.Party{Country: "DE"}}, {DocumentId: "d2"}}}},
		"whole after part": {[]string{"merchant.shop_name", "merchant", "merchant.country"}, &assayv1.Submission{SubmissionId: "s1",
			Merchant: submission().Merchant}},
		"maps and money": {[]string{"product.attributes", "product.price.units", "markets"}, &assayv1.Submission{SubmissionId: "s1",
			Markets: []string{"DE", "JP"},
			Product: &assayv1.Product{Attributes: map[string]string{"Color \"x\"": "rot"}, Price: &money.Money{Units: 5}}}},
	} {
		s := submission()
		q, skipped := describe(t, func(m *assayv1.DescribeCheckerResponse) { m.Fields = c.fields }).Ask(s, nil)
		if skipped != "" {
			t.Fatal(skipped)
		}
		if diff := cmp.Diff(c.want, q.Request.GetSubmission(), protocmp.Transform()); diff != "" {
			t.Errorf("%s (-want +sent):\n%s", name, diff)
		}
		if !proto.Equal(s, submission()) {
			t.Errorf("%s: the submission was changed", name)
		}
	}
}

func TestAskKeepsMentionsOfWhatIsNotSent(t *testing.T) {
	mentions := []*assayv1.Mention{
		{MarkId: "both", Reason: "stands in the description", Spans: []*assayv1.TextSpan{{Field: "title", End: 2}, {Field: "description", End: 2}}},
		{MarkId: "hidden", Spans: []*assayv1.TextSpan{{Field: "description", End: 2}, {Field: "merchant.shop_name", End: 2}}},
	}
	q, _ := describe(t, nil).Ask(submission(), mentions)
	want := []*assayv1.Mention{{MarkId: "both", Spans: []*assayv1.TextSpan{{Field: "title", End: 2}}}}
	if diff := cmp.Diff(want, q.Request.GetMentions(), protocmp.Transform()); diff != "" {
		t.Errorf("(-want +sent):\n%s", diff)
	}
	if len(mentions[0].GetSpans()) != 2 {
		t.Error("the mention was changed")
	}
}

func TestAskSkips(t *testing.T) {
	for name, c := range map[string]struct {
		markets, languages []string
		want               string
	}{
		"all":                 {nil, nil, ""},
		"one of the markets":  {[]string{"JP", "US"}, nil, ""},
		"other markets":       {[]string{"US", "FR"}, nil, "judges other markets (FR, US)"},
		"a script among two":  {nil, []string{"zh"}, ""},
		"another script":      {nil, []string{"ar", "ru"}, "judges other languages (ar, ru)"},
		"a script not known":  {nil, []string{"ar", "chr"}, ""},
		"a language not told": {nil, []string{"sv"}, ""},
	} {
		_, skipped := describe(t, func(m *assayv1.DescribeCheckerResponse) { m.Markets, m.Languages = c.markets, c.languages }).Ask(submission(), nil)
		if skipped != c.want {
			t.Errorf("%s: got %q, want %q", name, skipped, c.want)
		}
	}
	numbers := submission()
	numbers.Product = &assayv1.Product{Title: "501"}
	if _, skipped := describe(t, func(m *assayv1.DescribeCheckerResponse) { m.Languages = []string{"ar"} }).Ask(numbers, nil); skipped != "" {
		t.Errorf("a title without letters is skipped: %s", skipped)
	}
}

func TestAskTellsOnlyMarketsItJudges(t *testing.T) {
	q, _ := describe(t, func(m *assayv1.DescribeCheckerResponse) { m.Markets = []string{"JP"} }).Ask(submission(), nil)
	if diff := cmp.Diff([]string{"JP"}, q.Request.GetSubmission().GetMarkets()); diff != "" {
		t.Error(diff)
	}
	found, err := q.Findings("X_", &assayv1.RunCheckerResponse{SubmissionId: "s1", Findings: []*assayv1.CheckerFinding{{Code: "WRONG"}}})
	if err != nil || len(found[0].Markets) != 1 || found[0].Markets[0] != "JP" {
		t.Errorf("got %v, %v: a finding without markets is about those that were asked about", found, err)
	}
}

func answer(findings ...*assayv1.CheckerFinding) *assayv1.RunCheckerResponse {
	return &assayv1.RunCheckerResponse{SubmissionId: "s1", Findings: findings}
}

func with(e *assayv1.Evidence) *assayv1.RunCheckerResponse {
	return answer(&assayv1.CheckerFinding{Code: "WRONG", Evidence: []*assayv1.Evidence{e}})
}

func span(field string, start, end int32, surface string) *assayv1.Evidence {
	return &assayv1.Evidence{Kind: &assayv1.Evidence_TextSpan{TextSpan: &assayv1.TextSpan{Field: field, Start: start, End: end, Surface: surface}}}
}

func TestFindingsTakesWhatKeepsTheContract(t *testing.T) {
	q, _ := describe(t, nil).Ask(submission(), nil)
	a := answer(
		&assayv1.CheckerFinding{Code: "WRONG", Message: "the word is wrong", Markets: []string{"JP"}, Evidence: []*assayv1.Evidence{
			span("title", 6, 12, "耐克"), span("bullets[1]", 0, 7, "zweiter"),
			{Kind: &assayv1.Evidence_Document{Document: &assayv1.DocumentEvidence{DocumentId: "d2", Field: "number"}}},
			{Kind: &assayv1.Evidence_Opaque{Opaque: &assayv1.Opaque{Label: "score", Text: "0.97"}}},
			{Kind: &assayv1.Evidence_Price{Price: &assayv1.PriceEvidence{Ratio: 0.5, Offered: &money.Money{CurrencyCode: "EUR", Units: 5}}}},
		}},
		&assayv1.CheckerFinding{Code: "MISSING"})
	got, err := q.Findings("LOGOS_", a)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].Code != "LOGOS_WRONG" || got[0].Words != "耐克" || len(got[0].Evidence) != 5 || got[1].Message == "" || got[1].Markets != nil {
		t.Errorf("got %+v", got)
	}
	if s, ok := got[0].Evidence[0].(check.TextSpan); !ok || s.Field.String() != "title" || s.Start != 6 || s.End != 12 {
		t.Errorf("the span became %+v", got[0].Evidence[0])
	}
	for _, f := range got {
		if len(f.Mitigates) > 0 {
			t.Error("a finding from outside excuses another one")
		}
	}
}

// TestFindingsRefusesTheRest is one lie a row.
func TestFindingsRefusesTheRest(t *testing.T) {
	q, _ := describe(t, nil).Ask(submission(), nil)
	sixtyFive := make([]*assayv1.CheckerFinding, 65)
	for i := range sixtyFive {
		sixtyFive[i] = &assayv1.CheckerFinding{Code: "WRONG"}
	}
	for name, c := range map[string]struct {
		answer *assayv1.RunCheckerResponse
		want   string
	}{
		"no answer":           {nil, `submission_id: "" is not`},
		"another submission":  {&assayv1.RunCheckerResponse{SubmissionId: "s2"}, `submission_id: "s2" is not`},
		"too many findings":   {answer(sixtyFive...), "findings: 65 items"},
		"a code not declared": {answer(&assayv1.CheckerFinding{Code: "OTHER"}), "findings[0].code"},
		"our own code":        {answer(&assayv1.CheckerFinding{Code: "TM_CLEARED_OWNER"}), "findings[0].code"},
		"prefixed":            {answer(&assayv1.CheckerFinding{Code: "LOGOS_WRONG"}), "findings[0].code"},
		"too long a message":  {answer(&assayv1.CheckerFinding{Code: "WRONG", Message: strings.Repeat("x", 1025)}), "findings[0].message"},
		"invalid UTF-8":       {answer(&assayv1.CheckerFinding{Code: "WRONG", Message: "\xff"}), "not valid UTF-8"},
		"another market":      {answer(&assayv1.CheckerFinding{Code: "WRONG", Markets: []string{"US"}}), "findings[0].markets"},
		"too much evidence":   {answer(&assayv1.CheckerFinding{Code: "WRONG", Evidence: make([]*assayv1.Evidence, 17)}), "findings[0].evidence: 17"},
		"no kind":             {with(&assayv1.Evidence{}), "of no kind"},
		"a field not sent":    {with(span("description", 0, 6, "secret")), `no text "description" was sent`},
		"a field of no text":  {with(span("price", 0, 1, "5")), "was sent"},
		"a path of the proto": {with(span("product.title", 0, 1, "K")), "was sent"},
		"no such bullet":      {with(span("bullets[2]", 0, 1, "x")), "was sent"},
		"a spelling of it":    {with(span("bullets[01]", 0, 1, "z")), "was sent"},
		"backwards":           {with(span("title", 3, 1, "x")), "are no bytes of title"},
		"empty":               {with(span("title", 1, 1, "")), "are no bytes of title"},
		"negative":            {with(span("title", -1, 1, "K")), "are no bytes of title"},
		"beyond":              {with(span("title", 0, 100, "x")), "which has 12"},
		"inside a character":  {with(span("title", 0, 2, "K\xc3")), "cuts a character"},
		"another surface":     {with(span("title", 0, 1, "X")), "surface"},
		"UTF-16 offsets":      {with(span("title", 5, 6, "耐")), "surface"},
		"another document":    {with(&assayv1.Evidence{Kind: &assayv1.Evidence_Document{Document: &assayv1.DocumentEvidence{DocumentId: "d9"}}}), `no document "d9" was sent`},
		"long words":          {with(&assayv1.Evidence{Kind: &assayv1.Evidence_Opaque{Opaque: &assayv1.Opaque{Text: strings.Repeat("x", 257)}}}), "opaque.text: 257"},
		"a chain":             {with(&assayv1.Evidence{Kind: &assayv1.Evidence_Chain{Chain: &assayv1.ChainEvidence{}}}), "not taken from outside"},
		"NaN":                 {with(&assayv1.Evidence{Kind: &assayv1.Evidence_Price{Price: &assayv1.PriceEvidence{Ratio: math.NaN()}}}), "not a finite number"},
		"an unknown enum":     {with(&assayv1.Evidence{Kind: &assayv1.Evidence_Price{Price: &assayv1.PriceEvidence{Reference: 9999}}}), "9999 is not a value"},
		"impossible money":    {with(&assayv1.Evidence{Kind: &assayv1.Evidence_Price{Price: &assayv1.PriceEvidence{Median: &money.Money{CurrencyCode: "eur"}}}}), "not an amount"},
	} {
		found, err := q.Findings("LOGOS_", c.answer)
		if err == nil || !strings.Contains(err.Error(), c.want) || found != nil {
			t.Errorf("%s: got %v, %v; want an error with %q and no findings", name, found, err, c.want)
		}
	}
}

func TestPrefix(t *testing.T) {
	if got := outside.Prefix("logo-match_2"); got != "LOGO_MATCH_2_" {
		t.Error(got)
	}
	if err := describe(t, func(m *assayv1.DescribeCheckerResponse) { m.Codes = []string{strings.Repeat("X", 60)} }).Fits("LOGOS_"); err == nil {
		t.Error("a code of 66 bytes fits")
	}
}

// FuzzFindings reads arbitrary bytes as an answer: no panic, and what is taken keeps the bounds.
func FuzzFindings(f *testing.F) {
	q, _ := describe(f, nil).Ask(submission(), nil)
	for _, a := range []*assayv1.RunCheckerResponse{answer(), with(span("title", 0, 1, "K")), with(span("attributes[\"a\\u0062\"]", 0, 1, "K")),
		with(&assayv1.Evidence{Kind: &assayv1.Evidence_Price{Price: &assayv1.PriceEvidence{Ratio: 1}}})} {
		data, err := proto.Marshal(a)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var a assayv1.RunCheckerResponse
		if proto.Unmarshal(data, &a) != nil {
			return
		}
		found, err := q.Findings("LOGOS_", &a)
		if err != nil && len(err.Error()) > 20*400 {
			t.Errorf("the problems have %d bytes", len(err.Error()))
		}
		for _, x := range found {
			if !strings.HasPrefix(x.Code, "LOGOS_") || len(x.Mitigates) > 0 || len(x.Message) > outside.MaxMessage || len(x.Evidence) > outside.MaxEvidence {
				t.Errorf("taken: %+v", x)
			}
		}
	})
}

// FuzzDescribe reads arbitrary bytes as a description and asks by those that are taken.
func FuzzDescribe(f *testing.F) {
	data, err := proto.Marshal(description(nil))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		var m assayv1.DescribeCheckerResponse
		if proto.Unmarshal(data, &m) != nil {
			return
		}
		d, err := outside.Describe(&m)
		if err != nil {
			return
		}
		if q, skipped := d.Ask(submission(), nil); (q == nil) == (skipped == "") {
			t.Errorf("asked %v and skipped %q", q, skipped)
		}
	})
}
