package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/catalogue"
	"github.com/assay-project/assay/internal/twin"
)

// attacks are texts that would run, load, hide or break something where they were taken for more than text.
var attacks = []string{
	"</script><script>window.attacked=1</script>",
	`<img src=x onerror="window.attacked=2">`,
	`"><svg onload=window.attacked=3>`,
	"' onmouseover='window.attacked=4",
	"</style><style>*{display:none}</style>",
	"</title></textarea><!-- <base href=//attack.example>",
	"javascript:window.attacked=5",
	"=cmd|' /C calc'!A0",
	"{{.Counts}} ${window.attacked=6} `",
	"a\u2028b\u2029c\x00d\x1b[31m",
	"Ni\u202eek\u202c \u2066x\u2069 \u200bend",
	strings.Repeat("á\u0301\u0301\u0301\u0301\u0301", 40),
	strings.Repeat("W<b>", 16<<10),
	"متجر <b>النيل</b> للتجارة",
	"한빛상사 株式会社 ﷽ 🧿‍🔥",
}

// hostile is a report in which every text is an attack.
func hostile() (*Report, Run) {
	r := New()
	for i, attack := range attacks {
		for _, effect := range []assayv1.Decision{assayv1.Decision_DECISION_REVIEW, assayv1.Decision_DECISION_REJECT} {
			r.Add(attacked(attack, int64(2*i)+int64(effect), effect))
		}
		r.Add(catalogue.Entry{File: attack, Line: i}, &assayv1.CheckResult{SubmissionId: attack, Position: int64(i), Outcome: &assayv1.CheckResult_Error{Error: &status.Status{Code: 3, Message: attack}}})
	}
	return r, Run{Files: attacks, Version: attacks[0], Broken: errors.New(attacks[1]), Book: &assayv1.GetRulebookResponse{
		Rulebook: &assayv1.RulebookRef{Label: attacks[0], Sha256: attacks[1]},
		Lists:    []*assayv1.RulebookList{{List: &assayv1.ListRef{List: attacks[2], Sha256: attacks[3]}}},
		Codes:    []*assayv1.CodeInfo{{Code: cut(attacks[1], maxName), Title: attacks[0], Doc: attacks[1]}}}, Twins: twins(attacks)}
}

// twins are near copies, with a word of each text everywhere.
func twins(texts []string) *twin.Summary {
	s := &twin.Summary{}
	for i, x := range texts {
		ref := func(at int) twin.Ref {
			return twin.Ref{ID: x + fmt.Sprint(at), Merchant: x, Brand: x, File: x, Line: at, Position: int64(at), Rejected: at%2 == 0}
		}
		s.Add(&twin.Found{Ref: ref(2*i + 1), Twins: []twin.Twin{{Kind: twin.Kind(1 + i%int(twin.Template)), Ref: ref(2 * i), Like: 0.9, Margin: 0.1, Shared: []string{x, x}, Images: i}}})
	}
	return s
}

func attacked(x string, position int64, effect assayv1.Decision) (catalogue.Entry, *assayv1.CheckResult) {
	money := priced(5, x)
	money.Offered.CurrencyCode = "EUR"
	money.Source, money.Level, money.Caveats = x, x, []string{x}
	span := &assayv1.TextSpan{Field: "title", End: int32(len(x)), Surface: x, Canonical: x, Transforms: []string{x}, MarkId: x}
	away := &assayv1.TextSpan{Field: "attributes[\"" + x + "\"]", Start: 1, End: 4, Surface: x, Canonical: x, Transforms: []string{x}}
	f := &assayv1.Finding{FindingId: x, Code: x, Variant: x, Checker: x, Severity: assayv1.Severity_SEVERITY_HIGH, Effect: effect, Message: x, MerchantMessage: x, Citation: x,
		Evidence: []*assayv1.Evidence{{Kind: &assayv1.Evidence_TextSpan{TextSpan: span}}, {Kind: &assayv1.Evidence_TextSpan{TextSpan: away}}, {Kind: &assayv1.Evidence_Price{Price: money}}}}
	paper := func() *assayv1.Document {
		return &assayv1.Document{DocumentId: x, Type: assayv1.DocumentType_DOCUMENT_TYPE_OTHER, Issuer: &assayv1.Party{LegalName: x}, Subject: &assayv1.Party{LegalName: x},
			Territories: []string{x}, Brands: []*assayv1.BrandGrant{{Text: x}}, Language: x, Effective: &assayv1.Validity{End: &assayv1.Validity_EndTime{EndTime: timestamppb.New(noon)}}}
	}
	in := &assayv1.Submission{SubmissionId: x, Markets: []string{x}, Merchant: &assayv1.Merchant{MerchantId: x, LegalName: x + " Ltd"}, Documents: []*assayv1.Document{paper()},
		Product: &assayv1.Product{Title: x, Brand: x, Category: x, Attributes: map[string]string{x: x}}}
	v := &assayv1.Verdict{SubmissionId: x, Decision: effect, RiskScore: 0.5, Findings: []*assayv1.Finding{f}, AsOf: timestamppb.New(noon), Rulebook: &assayv1.RulebookRef{Label: x, Sha256: x},
		MarketDecisions: []*assayv1.MarketDecision{{Market: x, Decision: effect, FindingIds: []string{x}}},
		Mentions:        []*assayv1.Mention{{MarkId: x, Canonical: x, Reason: x, Spans: []*assayv1.TextSpan{span}, Role: assayv1.Role_ROLE_REPLICA, Gated: true}},
		CheckerRuns:     []*assayv1.CheckerRun{{Checker: x, Version: x, Reason: x, Status: assayv1.RunStatus_RUN_STATUS_FAILED}},
		Fixes: []*assayv1.Fix{
			{Kind: &assayv1.Fix_ProvideDocument{ProvideDocument: &assayv1.ProvideDocument{MarkId: x, Requirement: paper(), Alternatives: []*assayv1.Document{paper()}}}},
			{Kind: &assayv1.Fix_SetField{SetField: &assayv1.SetField{Field: x}}},
		}}
	return catalogue.Entry{File: x, Line: 1, Submission: in}, &assayv1.CheckResult{SubmissionId: x, Position: position, Outcome: &assayv1.CheckResult_Verdict{Verdict: v}}
}

// hostileMerchant is a report on a merchant whose every text is an attack.
func hostileMerchant() (*Report, Run) {
	r, run := hostile()
	r.AddUntold(5, 1, 0, 0)
	run.Merchant, run.Verdict = &assayv1.Merchant{MerchantId: attacks[0], LegalName: attacks[1]}, &assayv1.MerchantVerdict{Decision: assayv1.Decision_DECISION_REVIEW, RequestsLeftOut: 3}
	for _, x := range attacks {
		_, result := attacked(x, 0, assayv1.Decision_DECISION_REVIEW)
		run.Verdict.Findings = append(run.Verdict.Findings, result.GetVerdict().GetFindings()...)
		for _, fix := range result.GetVerdict().GetFixes() {
			run.Verdict.Requests = append(run.Verdict.Requests, &assayv1.MerchantRequest{Fix: fix, SubmissionIds: []string{x}})
		}
	}
	return r, run
}

// usual is a report of made-up listings of every kind.
func usual() (*Report, Run) { return madeUp(3000) }

// madeUp is a report of n of them.
func madeUp(n int) (*Report, Run) {
	r, w := New(), newWorld(5, 60)
	for range n {
		r.Add(w.next())
	}
	return r, Run{Files: []string{"a.jsonl"}, Version: "test", Twins: twins([]string{"hand mixer"}), Book: &assayv1.GetRulebookResponse{Rulebook: &assayv1.RulebookRef{Label: "book", Sha256: "ab"}}}
}

// The page is what it says of itself: nothing is loaded, nothing runs but what its policy names, links lead somewhere, tables have heads.
func TestPage(t *testing.T) {
	empty := New()
	for name, make := range map[string]func() (*Report, Run){"usual": usual, "hostile": hostile, "empty": func() (*Report, Run) { return empty, Run{} }, "merchant": hostileMerchant} {
		t.Run(name, func(t *testing.T) {
			r, run := make()
			text := pageOf(t, r, run)
			if again := pageOf(t, r, run); !bytes.Equal(text, again) {
				t.Error("written twice, it differs")
			}
			root, err := html.Parse(bytes.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			holdPage(t, root)
		})
	}
}

// holdPage holds a parsed page to what must be true of any.
func holdPage(t *testing.T, root *html.Node) {
	t.Helper()
	ids, count := map[string]bool{}, map[string]int{}
	var links, policies, digests []string
	for n := range root.Descendants() {
		if n.Type == html.CommentNode {
			t.Errorf("a comment: %.80q", n.Data)
		}
		if n.Type != html.ElementNode {
			continue
		}
		count[n.Data]++
		for _, a := range n.Attr {
			switch {
			case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "src", a.Key == "srcset", a.Key == "action":
				t.Errorf("<%s> has %s=%.80q", n.Data, a.Key, a.Val)
			case a.Key == "href":
				links = append(links, a.Val)
			case a.Key == "id" && ids[a.Val]:
				t.Errorf("id %q stands twice", a.Val)
			case a.Key == "id":
				ids[a.Val] = true
			case a.Key == "http-equiv":
				policies = append(policies, n.Attr[1].Val)
			}
		}
		switch n.Data {
		case "img", "iframe", "object", "embed", "link", "base", "video", "audio", "form":
			t.Errorf("<%s> is on the page", n.Data)
		case "script", "style":
			sum := sha256.Sum256([]byte(n.FirstChild.Data))
			digests = append(digests, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
		case "table":
			if !strings.Contains(htmlOf(n), "<thead>") || !strings.Contains(htmlOf(n), `scope="col"`) {
				t.Errorf("a table without heads: %.100s", htmlOf(n))
			}
		}
	}
	for _, link := range links {
		if !strings.HasPrefix(link, "#") || !ids[link[1:]] {
			t.Errorf("a link to %q", link)
		}
	}
	if len(policies) != 1 || !strings.HasPrefix(policies[0], "default-src 'none'; ") || strings.Contains(policies[0], "unsafe") || count["script"] != 2 || count["style"] != 1 || count["h1"] != 1 {
		t.Errorf("policy %q, %v", policies, count)
	}
	for _, digest := range digests {
		if len(policies) == 1 && !strings.Contains(policies[0], digest) {
			t.Errorf("the policy does not allow %s", digest)
		}
	}
}

func htmlOf(n *html.Node) string {
	var text strings.Builder
	_ = html.Render(&text, n) // to memory
	return text.String()
}

// The chart library is the file that its notice names, and does without what the policy forbids.
func TestChartLibrary(t *testing.T) {
	text, err := files.ReadFile("page/chart.umd.min.js")
	if err != nil {
		t.Fatal(err)
	}
	notice, err := os.ReadFile("page/README.md")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text)
	if got := hex.EncodeToString(sum[:]); !bytes.Contains(notice, []byte(got)) {
		t.Errorf("page/README.md does not name sha256 %s", got)
	}
	for _, forbidden := range []string{"</script", "eval(", "new Function", "XMLHttpRequest", "fetch(", "import("} {
		if bytes.Contains(text, []byte(forbidden)) {
			t.Errorf("the library has %s", forbidden)
		}
	}
}

// A failing writer is an error.
func TestWriteFails(t *testing.T) {
	if err := New().Write(failing{}, Run{}); !errors.Is(err, errFull) {
		t.Errorf("error %v", err)
	}
}

var errFull = fmt.Errorf("no room")

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errFull }
