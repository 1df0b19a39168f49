package engine_test

import (
	"testing"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/engine"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/internal/verdict"
)

// withPolicies is an engine of the embedded book with other policies.
func withPolicies(t testing.TB, policies map[string]rulebook.Policy) *engine.Engine {
	t.Helper()
	book := *inForce.Book()
	book.Policies = policies
	e, err := engine.New(&book)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestShadowTakesOnlyItsOwnFindingsAway puts every checker in shadow, one after the other, on all cases of the book:
// nothing else in the verdict changes but what rests on its findings.
func TestShadowTakesOnlyItsOwnFindingsAway(t *testing.T) {
	apart := 0
	for _, c := range inForce.Checkers() {
		e := withPolicies(t, map[string]rulebook.Policy{c.Name: {Shadow: true}})
		for i, s := range cases(t) {
			enforced := answer(t, s, engine.Options{})
			v, outcomes, err := e.Check(t.Context(), s, engine.Options{})
			if err != nil {
				t.Fatal(err)
			}
			apart += len(v.Shadow)
			if v.ShadowDecision != enforced.Decision || len(v.Findings)+len(v.Shadow) != len(enforced.Findings) {
				t.Errorf("%s in shadow, case %d: would decide %v of %d findings; enforced it decides %v of %d", c.Name, i,
					v.ShadowDecision, len(v.Findings)+len(v.Shadow), enforced.Decision, len(enforced.Findings))
			}
			for _, f := range v.Findings {
				if f.Checker == c.Name {
					t.Errorf("%s in shadow, case %d: %s is enforced", c.Name, i, f.ID)
				}
			}
			if diff := cmp.Diff(enforced.Mentions, v.Mentions, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s in shadow, case %d: mentions (-enforced +shadow):\n%s", c.Name, i, diff)
			}
			for j, run := range v.Runs {
				if run.Shadow != (run.Name == c.Name) || outcomes[j].Shadow != run.Shadow {
					t.Errorf("%s in shadow, case %d: row %+v, outcome %+v", c.Name, i, run, outcomes[j])
				}
			}
			if c.Name == "authorization" && !v.ValidUntil.IsZero() {
				t.Errorf("case %d: the verdict holds until %v by papers that nobody enforced", i, v.ValidUntil)
			}
		}
	}
	if apart == 0 {
		t.Error("no checker found anything: the test shows nothing")
	}
}

// TestAStageInShadowStillServes: the marks are found for the papers although what is said of the marks alone counts for
// nothing.
func TestAStageInShadowStillServes(t *testing.T) {
	e := withPolicies(t, map[string]rulebook.Policy{"trademark": {Shadow: true}})
	s := submission(t, &assayv1.Product{Title: "N1ke Air Max running shoes", Brand: "Nike", Category: "Apparel & Accessories > Shoes"}, "US")
	v, _, err := e.Check(t.Context(), s, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Mentions) == 0 || len(v.Shadow) == 0 || len(v.Findings) == 0 || v.Decision == verdict.Approve {
		t.Errorf("got %v with %d mentions, %d findings, %d in shadow", v.Decision, len(v.Mentions), len(v.Findings), len(v.Shadow))
	}
}

// TestAShadowThatFailsDegradesNothing: nobody looked, and nobody who counts was to look.
func TestAShadowThatFailsDegradesNothing(t *testing.T) {
	all := map[string]rulebook.Policy{}
	for _, c := range inForce.Checkers() {
		all[c.Name] = rulebook.Policy{Shadow: true, Failure: verdict.FailureReject}
	}
	v, _, err := withPolicies(t, all).Check(cancelled(t), submission(t, &assayv1.Product{Title: "Clay pot"}, "US"), engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if v.Decision != verdict.Approve || v.Completeness != verdict.Complete || v.RiskScore != 0 || len(v.Fixes) > 0 {
		t.Errorf("got %v, %v, risk %v, fixes %v", v.Decision, v.Completeness, v.RiskScore, v.Fixes)
	}
	if v.ShadowDecision != verdict.Reject || len(v.Shadow) != len(all) || v.Runs[0].Status != check.TimedOut {
		t.Errorf("in shadow %v of %d findings, row %v", v.ShadowDecision, len(v.Shadow), v.Runs[0])
	}
}

func TestPoliciesOfNobodyAreRefused(t *testing.T) {
	book := *inForce.Book()
	book.Policies = map[string]rulebook.Policy{
		"prise":     {At: rulebook.Position{File: "rulebook.yaml", Line: 7, Column: 15}, Shadow: true},
		"trademrak": {At: rulebook.Position{File: "rulebook.yaml", Line: 6, Column: 15}, Shadow: true},
	}
	_, err := engine.New(&book)
	want := `rulebook.yaml:6:15: no checker is named "trademrak"
rulebook.yaml:7:15: no checker is named "prise"`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
