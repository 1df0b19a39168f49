package server_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/internal/outside/faulty"
	"github.com/assay-project/assay/internal/rulebook"
	"github.com/assay-project/assay/server"
)

// hearing is a server with an outside checker that has the usual time.
func hearing(t *testing.T, address string) assayv1.ComplianceServiceClient {
	t.Helper()
	s := server.New(server.Config{})
	book := *newBook(t, "hearing")
	book.Remotes = []rulebook.Remote{{Name: "words", Address: address, Timeout: 300 * time.Millisecond, MaxConcurrent: 32}}
	e, err := s.Compile(&book)
	if err != nil {
		t.Fatal(err)
	}
	s.Use(e)
	return assayv1.NewComplianceServiceClient(start(t, s, inMemory()))
}

// TestABatchOutlivesACheckerThatHangs asks about a hundred submissions of which each waits for a checker in vain. One after the
// other they would take six times as long as the call may.
func TestABatchOutlivesACheckerThatHangs(t *testing.T) {
	client := hearing(t, faulty.Serve(t, faulty.Stallers()["hangs"]))
	var all []*assayv1.Submission
	for i := range 100 {
		all = append(all, submission(fmt.Sprint(i)))
	}
	batch, err := client.BatchCheckSubmissions(background(t), &assayv1.BatchCheckSubmissionsRequest{Submissions: all})
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range batch.GetResults() {
		v := r.GetVerdict()
		named := slices.ContainsFunc(v.GetFindings(), func(f *assayv1.Finding) bool {
			return f.GetChecker() == "words" && f.GetCode() == "SYS_CHECK_NOT_RUN"
		})
		if r.GetSubmissionId() != fmt.Sprint(i) || v.GetDecision() != assayv1.Decision_DECISION_REVIEW || !named {
			t.Fatalf("item %d: %v", i, r)
		}
	}
}

// TestListCheckersTellsWhatOutsideOnesSay waits until the checker has described itself.
func TestListCheckersTellsWhatOutsideOnesSay(t *testing.T) {
	client := hearing(t, faulty.Serve(t, faulty.Checker{}))
	check(t, client, submission("1"))
	list, err := client.ListCheckers(background(t), &assayv1.ListCheckersRequest{})
	if err != nil {
		t.Fatal(err)
	}
	ofSubmissions := slices.DeleteFunc(list.GetCheckers(), func(c *assayv1.CheckerInfo) bool {
		return c.GetSubject() != assayv1.CheckerSubject_CHECKER_SUBJECT_SUBMISSION
	})
	last := ofSubmissions[len(ofSubmissions)-1]
	if last.GetName() != "words" || last.GetVersion() != "1.2.3" || last.GetDoc() != "Looks for banned words." {
		t.Errorf("got %v", last)
	}
}
