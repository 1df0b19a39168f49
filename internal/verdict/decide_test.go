package verdict_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/verdict"
)

var table = func() *verdict.Table {
	t, err := verdict.NewTable([]verdict.Row{
		{Code: "INFO_X", Severity: verdict.Info, Effect: verdict.Approve},
		{Code: "LOW_X", Severity: verdict.Low, Effect: verdict.Approve},
		{Code: "MEDIUM_X", Severity: verdict.Medium, Effect: verdict.Approve},
		{Code: "MEDIUM_FORCED", Severity: verdict.Medium, Effect: verdict.Review},
		{Code: "HIGH_X", Severity: verdict.High, Effect: verdict.Review, Title: "high", Merchant: map[string]string{
			"en": "Take out {words} in {field}.", "de": "Bitte {words} entfernen."}},
		{Code: "CRITICAL_X", Severity: verdict.Critical, Effect: verdict.Reject},
		{Code: "CRITICAL_X", Variant: "weak", Severity: verdict.Low, Effect: verdict.Approve},
		{Code: verdict.NotRun, Severity: verdict.Medium, Effect: verdict.Review},
	}, []verdict.Escalation{{Severity: verdict.Medium, Count: 2, DistinctCheckers: true, Effect: verdict.Review}})
	if err != nil {
		panic(err)
	}
	return t
}()

func finding(id, checker, code string, markets ...listing.Market) check.Finding {
	return check.Finding{ID: id, Checker: checker, Code: code, Markets: markets, Words: id}
}

func excuse(id string, excused string, markets ...listing.Market) check.Finding {
	return check.Finding{ID: id, Checker: "a", Code: "INFO_X", Mitigates: []string{excused}, Markets: markets}
}

func TestRule(t *testing.T) {
	variant := finding("1", "a", "CRITICAL_X")
	variant.Variant = "weak"
	unlisted := finding("1", "a", "CRITICAL_X")
	unlisted.Variant = "unlisted"
	tests := map[string]struct {
		findings []check.Finding
		outcomes []check.Outcome
		failure  map[string]verdict.FailurePolicy
		us, de   verdict.Decision
	}{
		"nothing":                             {us: verdict.Approve, de: verdict.Approve},
		"a high one":                          {findings: []check.Finding{finding("1", "a", "HIGH_X")}, us: verdict.Review, de: verdict.Review},
		"strictest wins":                      {findings: []check.Finding{finding("1", "a", "HIGH_X"), finding("2", "a", "CRITICAL_X"), finding("3", "b", "INFO_X")}, us: verdict.Reject, de: verdict.Reject},
		"a finding of one market":             {findings: []check.Finding{finding("1", "a", "CRITICAL_X", "DE")}, us: verdict.Approve, de: verdict.Reject},
		"a code nobody weighed":               {findings: []check.Finding{finding("1", "a", "NEW_CODE")}, us: verdict.Review, de: verdict.Review},
		"a variant of its own weight":         {findings: []check.Finding{variant}, us: verdict.Approve, de: verdict.Approve},
		"a variant without weight of its own": {findings: []check.Finding{unlisted}, us: verdict.Reject, de: verdict.Reject},
		"one medium":                          {findings: []check.Finding{finding("1", "a", "MEDIUM_X")}, us: verdict.Approve, de: verdict.Approve},
		"a medium that forces":                {findings: []check.Finding{finding("1", "a", "MEDIUM_FORCED")}, us: verdict.Review, de: verdict.Review},
		"two medium of one checker":           {findings: []check.Finding{finding("1", "a", "MEDIUM_X"), finding("2", "a", "MEDIUM_X")}, us: verdict.Approve, de: verdict.Approve},
		"two medium of two checkers":          {findings: []check.Finding{finding("1", "a", "MEDIUM_X"), finding("2", "b", "MEDIUM_X")}, us: verdict.Review, de: verdict.Review},
		"two medium of two checkers, apart":   {findings: []check.Finding{finding("1", "a", "MEDIUM_X", "US"), finding("2", "b", "MEDIUM_X", "DE")}, us: verdict.Approve, de: verdict.Approve},
		"excused":                             {findings: []check.Finding{finding("1", "a", "CRITICAL_X"), excuse("2", "1")}, us: verdict.Approve, de: verdict.Approve},
		"excused in one market":               {findings: []check.Finding{finding("1", "a", "CRITICAL_X"), excuse("2", "1", "US")}, us: verdict.Approve, de: verdict.Reject},
		"an excuse for another finding":       {findings: []check.Finding{finding("1", "a", "CRITICAL_X"), excuse("2", "9")}, us: verdict.Reject, de: verdict.Reject},
		"an excused one does not escalate":    {findings: []check.Finding{finding("1", "a", "MEDIUM_X"), finding("2", "b", "MEDIUM_X"), excuse("3", "2")}, us: verdict.Approve, de: verdict.Approve},
		"a checker that failed":               {outcomes: []check.Outcome{{Checker: "a", Status: check.Failed}}, us: verdict.Review, de: verdict.Review},
		"a checker that timed out":            {outcomes: []check.Outcome{{Checker: "a", Status: check.TimedOut}}, us: verdict.Review, de: verdict.Review},
		"a checker that was skipped":          {outcomes: []check.Outcome{{Checker: "a", Status: check.Skipped}}, us: verdict.Approve, de: verdict.Approve},
		"a failure that is to reject":         {outcomes: []check.Outcome{{Checker: "a", Status: check.Failed}}, failure: map[string]verdict.FailurePolicy{"a": verdict.FailureReject}, us: verdict.Reject, de: verdict.Reject},
		"a failure that is to be ignored":     {outcomes: []check.Outcome{{Checker: "a", Status: check.Failed}}, failure: map[string]verdict.FailurePolicy{"a": verdict.FailureIgnore}, us: verdict.Approve, de: verdict.Approve},
		"a failure under an unknown policy":   {outcomes: []check.Outcome{{Checker: "a", Status: check.Failed}}, failure: map[string]verdict.FailurePolicy{"a": 77}, us: verdict.Review, de: verdict.Review},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := table.Rule(verdict.Case{Markets: []listing.Market{"US", "DE"}, Findings: test.findings, Outcomes: test.outcomes, Failure: test.failure})
			got := []verdict.Decision{r.Markets[0].Decision, r.Markets[1].Decision, r.Decision}
			if diff := cmp.Diff([]verdict.Decision{test.us, test.de, max(test.us, test.de)}, got); diff != "" {
				t.Errorf("decisions of US, DE and overall (-want +got):\n%s", diff)
			}
			for _, m := range r.Markets {
				if (m.Decision == verdict.Approve) != (len(m.Findings) == 0) {
					t.Errorf("%s: decision %v names findings %q", m.Market, m.Decision, m.Findings)
				}
			}
			if (r.Decision == verdict.Approve) != (len(r.Fixes) == 0) {
				t.Errorf("decision %v has fixes %v", r.Decision, r.Fixes)
			}
		})
	}
}

func TestMessagesSpeakTheMerchantsLanguage(t *testing.T) {
	f := finding("1", "a", "HIGH_X")
	f.Words = "N1ke"
	f.Evidence = []check.Evidence{check.TextSpan{Field: listing.Field{Kind: listing.BulletField, Index: 2}}}
	for locale, want := range map[string]string{"": "Take out N1ke in bullets[2].", "de": "Bitte N1ke entfernen.",
		"de-AT": "Bitte N1ke entfernen.", "xx": "Take out N1ke in bullets[2]."} {
		r := table.Rule(verdict.Case{Markets: []listing.Market{"US"}, Findings: []check.Finding{f}, Locale: locale})
		if got := r.Findings[0].MerchantMessage; got != want {
			t.Errorf("locale %q: got %q, want %q", locale, got, want)
		}
	}
}

func TestFixesAreAskedForOnce(t *testing.T) {
	same := check.RemoveText{Field: listing.Field{Kind: listing.TitleField}, Start: 3, End: 7}
	first, second, third := finding("1", "a", "HIGH_X"), finding("2", "a", "HIGH_X"), finding("3", "a", "HIGH_X")
	first.Remedies = []check.Remedy{{Text: "in words only"}, {Fix: same}}
	second.Remedies = []check.Remedy{{Fix: same}}
	r := table.Rule(verdict.Case{Markets: []listing.Market{"US"}, Findings: []check.Finding{first, second, third, finding("4", "a", "LOW_X")}})
	want := []verdict.Fix{{Fix: same, Findings: []string{"1", "2"}}, {Fix: check.RequestReview{Reason: "high"}, Findings: []string{"3"}}}
	if diff := cmp.Diff(want, r.Fixes); diff != "" {
		t.Errorf("fixes (-want +got):\n%s", diff)
	}
}

// TestFixesAskForNoMoreThanNeeded puts a finding that counts only together with another beside one that counts alone.
func TestFixesAskForNoMoreThanNeeded(t *testing.T) {
	for name, test := range map[string]struct {
		findings []check.Finding
		want     []string
	}{
		"the high one is enough":       {[]check.Finding{finding("1", "a", "HIGH_X"), finding("2", "b", "MEDIUM_X")}, []string{"1"}},
		"the medium ones count anyway": {[]check.Finding{finding("1", "a", "HIGH_X"), finding("2", "b", "MEDIUM_X"), finding("3", "c", "MEDIUM_X")}, []string{"1", "2", "3"}},
	} {
		r := table.Rule(verdict.Case{Markets: []listing.Market{"US"}, Findings: test.findings})
		var got []string
		for _, f := range r.Fixes {
			got = append(got, f.Findings...)
		}
		slices.Sort(got)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: findings to put right (-want +got):\n%s", name, diff)
		}
	}
}

func drawFindings(t *rapid.T) []check.Finding {
	codes := rapid.SampledFrom([]string{"INFO_X", "LOW_X", "MEDIUM_X", "MEDIUM_FORCED", "HIGH_X", "CRITICAL_X", "NEW_CODE"})
	ids := rapid.SampledFrom([]string{"0", "1", "2", "3", "4", "5"})
	n := rapid.IntRange(0, 6).Draw(t, "findings")
	findings := make([]check.Finding, n)
	for i := range findings {
		findings[i] = finding(string(rune('0'+i)), rapid.SampledFrom([]string{"a", "b"}).Draw(t, "checker"), codes.Draw(t, "code"),
			rapid.SliceOfN(rapid.SampledFrom([]listing.Market{"US", "DE"}), 0, 1).Draw(t, "markets")...)
		if rapid.Bool().Draw(t, "excuses") {
			findings[i].Mitigates = []string{ids.Draw(t, "excused")}
		}
	}
	return findings
}

// TestOrderAndDuplicatesChangeNothing is the promise of the package: a decision is a function of a set.
func TestOrderAndDuplicatesChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		findings := drawFindings(t)
		markets := []listing.Market{"US", "DE"}
		want := table.Rule(verdict.Case{Markets: markets, Findings: findings})
		mixed := append(append([]check.Finding{}, findings...), findings...)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		r.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		got := table.Rule(verdict.Case{Markets: markets, Findings: mixed})
		for i := range markets {
			if got.Markets[i].Decision != want.Markets[i].Decision {
				t.Fatalf("%s: %v in order, %v shuffled and doubled", markets[i], want.Markets[i].Decision, got.Markets[i].Decision)
			}
		}
		if got.RiskScore != want.RiskScore {
			t.Fatalf("risk score %v in order, %v shuffled and doubled", want.RiskScore, got.RiskScore)
		}
	})
}

// TestMoreFindingsAreNeverLaxer holds for findings that excuse nothing.
func TestMoreFindingsAreNeverLaxer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		findings := drawFindings(t)
		before := table.Rule(verdict.Case{Markets: []listing.Market{"US", "DE"}, Findings: findings})
		more := finding("new", "c", rapid.SampledFrom([]string{"LOW_X", "MEDIUM_X", "HIGH_X"}).Draw(t, "code"))
		after := table.Rule(verdict.Case{Markets: []listing.Market{"US", "DE"}, Findings: append(findings, more)})
		if after.Decision < before.Decision || after.RiskScore <= before.RiskScore || after.RiskScore >= 1 {
			t.Fatalf("%v at %v, with one more %v at %v", before.Decision, before.RiskScore, after.Decision, after.RiskScore)
		}
	})
}

// TestMarketsAloneAreMarketsTogether says that no market leans on another.
func TestMarketsAloneAreMarketsTogether(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		findings := drawFindings(t)
		together := table.Rule(verdict.Case{Markets: []listing.Market{"US", "DE"}, Findings: findings})
		for i, m := range []listing.Market{"US", "DE"} {
			alone := table.Rule(verdict.Case{Markets: []listing.Market{m}, Findings: findings})
			if alone.Decision != together.Markets[i].Decision {
				t.Fatalf("%s: %v alone, %v together", m, alone.Decision, together.Markets[i].Decision)
			}
		}
	})
}

func TestNewTableNamesEveryDoubleRow(t *testing.T) {
	_, err := verdict.NewTable([]verdict.Row{{Code: "A"}, {Code: "A"}, {Code: "B", Variant: "v"}, {Code: "B", Variant: "v"}}, nil)
	if err == nil || err.Error() != "decision table: A is given twice\ndecision table: B/v is given twice" {
		t.Errorf("got %v", err)
	}
}
