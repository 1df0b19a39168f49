package verdict_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/listing"
	"github.com/assay-project/assay/internal/verdict"
)

func TestShadowStandsApart(t *testing.T) {
	enforced, shadow := check.Outcome{Checker: "a", Status: check.Flagged}, check.Outcome{Checker: "s", Status: check.Flagged, Shadow: true}
	dead := check.Outcome{Checker: "s", Status: check.Failed, Shadow: true, Reason: "did not work"}
	excusing := finding("s1", "s", "INFO_X")
	excusing.Mitigates = []string{"1"}
	tests := map[string]struct {
		findings    []check.Finding
		outcomes    []check.Outcome
		want, would verdict.Decision
		apart       []string
	}{
		"nobody is":              {outcomes: []check.Outcome{enforced}, want: verdict.Approve, would: verdict.NoDecision},
		"and found nothing":      {outcomes: []check.Outcome{enforced, shadow}, want: verdict.Approve, would: verdict.Approve},
		"what it found":          {findings: []check.Finding{finding("s1", "s", "CRITICAL_X")}, outcomes: []check.Outcome{enforced, shadow}, want: verdict.Approve, would: verdict.Reject, apart: []string{"s1"}},
		"beside another's":       {findings: []check.Finding{finding("1", "a", "HIGH_X"), finding("s1", "s", "CRITICAL_X")}, outcomes: []check.Outcome{enforced, shadow}, want: verdict.Review, would: verdict.Reject, apart: []string{"s1"}},
		"what it would excuse":   {findings: []check.Finding{finding("1", "a", "HIGH_X"), excusing}, outcomes: []check.Outcome{enforced, shadow}, want: verdict.Review, would: verdict.Approve, apart: []string{"s1"}},
		"what another excuses":   {findings: []check.Finding{finding("s1", "s", "CRITICAL_X"), excuse("2", "s1")}, outcomes: []check.Outcome{enforced, shadow}, want: verdict.Approve, would: verdict.Approve, apart: []string{"s1"}},
		"half of an escalation":  {findings: []check.Finding{finding("1", "a", "MEDIUM_X"), finding("s1", "s", "MEDIUM_X")}, outcomes: []check.Outcome{enforced, shadow}, want: verdict.Approve, would: verdict.Review, apart: []string{"s1"}},
		"one that did not end":   {outcomes: []check.Outcome{enforced, dead}, want: verdict.Approve, would: verdict.Review, apart: []string{"s/not-run"}},
		"one beside a dead one":  {outcomes: []check.Outcome{{Checker: "a", Status: check.TimedOut}, shadow}, want: verdict.Review, would: verdict.Review},
		"finding then not ended": {findings: []check.Finding{finding("s1", "s", "LOW_X")}, outcomes: []check.Outcome{dead}, want: verdict.Approve, would: verdict.Review, apart: []string{"s1", "s/not-run"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := table.Rule(verdict.Case{Markets: []listing.Market{"US"}, Findings: test.findings, Outcomes: test.outcomes})
			if r.Decision != test.want || r.ShadowDecision != test.would || r.Markets[0].ShadowDecision != test.would {
				t.Errorf("decision %v, in shadow %v and %v; want %v and %v", r.Decision, r.ShadowDecision, r.Markets[0].ShadowDecision, test.want, test.would)
			}
			if diff := cmp.Diff(test.apart, ids(r.Shadow)); diff != "" {
				t.Errorf("shadow findings (-want +got):\n%s", diff)
			}
		})
	}
}

func ids(findings []verdict.Finding) []string {
	var all []string
	for i := range findings {
		all = append(all, findings[i].ID)
	}
	return all
}

// TestShadowChangesNothing is the promise of the mode: a ruling is the one that would be without the checkers in shadow,
// and the one with them is that of a table where nobody is in shadow.
func TestShadowChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		findings := drawFindings(t)
		status := rapid.SampledFrom([]check.Status{check.Clean, check.Skipped, check.TimedOut, check.Failed})
		outcomes := []check.Outcome{{Checker: "a", Status: status.Draw(t, "a")}, {Checker: "b", Status: status.Draw(t, "b")}}
		markets := []listing.Market{"US", "DE"}
		all := table.Rule(verdict.Case{Markets: markets, Findings: findings, Outcomes: outcomes})
		without := table.Rule(verdict.Case{Markets: markets, Outcomes: outcomes[:1],
			Findings: slices.DeleteFunc(slices.Clone(findings), func(f check.Finding) bool { return f.Checker == "b" })})

		outcomes = slices.Clone(outcomes)
		outcomes[1].Shadow = true
		got := table.Rule(verdict.Case{Markets: markets, Findings: findings, Outcomes: outcomes})
		if got.ShadowDecision != all.Decision || len(got.Shadow)+len(got.Findings) != len(all.Findings) {
			t.Fatalf("in shadow %v with %d findings, enforced %v with %d", got.ShadowDecision, len(got.Shadow)+len(got.Findings), all.Decision, len(all.Findings))
		}
		got.Shadow, got.ShadowDecision = nil, verdict.NoDecision
		for i := range got.Markets {
			if got.Markets[i].ShadowDecision != all.Markets[i].Decision {
				t.Fatalf("%s: in shadow %v, enforced %v", markets[i], got.Markets[i].ShadowDecision, all.Markets[i].Decision)
			}
			got.Markets[i].ShadowDecision = verdict.NoDecision
		}
		if diff := cmp.Diff(without, got); diff != "" {
			t.Fatalf("the ruling differs from the one without (-without +in shadow):\n%s", diff)
		}
	})
}

func TestFailuresSpeakForThemselves(t *testing.T) {
	for name, test := range map[string]struct {
		outcome       check.Outcome
		code, variant string
	}{
		"failed":         {check.Outcome{Status: check.Failed}, verdict.NotRun, "failed"},
		"timed out":      {check.Outcome{Status: check.TimedOut}, verdict.NotRun, "timed_out"},
		"a variant":      {check.Outcome{Status: check.Failed, Variant: "unavailable"}, verdict.NotRun, "unavailable"},
		"a code":         {check.Outcome{Status: check.Failed, Code: "SYS_RULE_ERROR"}, "SYS_RULE_ERROR", ""},
		"code, variant":  {check.Outcome{Status: check.TimedOut, Code: "SYS_RULE_ERROR", Variant: "v"}, "SYS_RULE_ERROR", "v"},
		"its usual code": {check.Outcome{Status: check.TimedOut, Code: verdict.NotRun}, verdict.NotRun, "timed_out"},
	} {
		test.outcome.Checker = "a"
		r := table.Rule(verdict.Case{Markets: []listing.Market{"US"}, Outcomes: []check.Outcome{test.outcome}})
		if f := r.Findings[0]; f.Code != test.code || f.Variant != test.variant || r.Decision != verdict.Review {
			t.Errorf("%s: got %s/%s, %v", name, f.Code, f.Variant, r.Decision)
		}
	}
}
