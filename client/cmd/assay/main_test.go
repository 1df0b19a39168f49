package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
	"google.golang.org/protobuf/encoding/protojson"
)

var update = flag.Bool("update", false, "write what the examples come to into their golden file")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"assay": main})
}

// Every file of testdata/script is a session at the command line.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", RequireExplicitExec: true, RequireUniqueNames: true})
}

// TestExamples holds the examples of the README to what they come to: per line the id, the decision (of each market, where
// there are several), and the codes that nothing excuses.
func TestExamples(t *testing.T) {
	const golden = "testdata/submissions.golden"
	out, err := exec.Command("assay", "check", "--output=jsonl", "testdata/submissions.jsonl").Output()
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for line := range bytes.Lines(out) {
		result := &assayv1.CheckResult{}
		if err := protojson.Unmarshal(line, result); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		fmt.Fprintln(&got, comesTo(result))
	}
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")); diff != "" {
		t.Errorf("what the examples come to (-want +got):\n%s", diff)
	}
}

func comesTo(r *assayv1.CheckResult) string {
	v := r.GetVerdict()
	words := []string{r.GetSubmissionId() + ":", bare(v.GetDecision())}
	if len(v.GetMarketDecisions()) > 1 {
		for _, m := range v.GetMarketDecisions() {
			words = append(words, m.GetMarket()+"="+bare(m.GetDecision()))
		}
	}
	for _, f := range v.GetFindings() {
		if len(f.GetMitigatedBy()) == 0 {
			words = append(words, strings.TrimSuffix(f.GetCode()+"/"+f.GetVariant(), "/"))
		}
	}
	return strings.Join(words, " ")
}

func bare(d assayv1.Decision) string { return strings.TrimPrefix(d.String(), "DECISION_") }
