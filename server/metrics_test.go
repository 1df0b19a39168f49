package server_test

import (
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	assayv1 "github.com/assay-project/assay/proto/assay/v1"

	"github.com/assay-project/assay/server"
	"github.com/assay-project/assay/server/metrics"
)

// scrape is what is counted, a line for each series.
func scrape(t *testing.T, m *metrics.Metrics) map[string]string {
	t.Helper()
	r := httptest.NewRecorder()
	m.Handler().ServeHTTP(r, httptest.NewRequest("GET", "/metrics", nil))
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if at := strings.LastIndexByte(line, ' '); at > 0 && line[0] != '#' {
			values[line[:at]] = strings.TrimSpace(line[at:])
		}
	}
	return values
}

// TestMetricsCountWhatHappens asks with and without a rulebook in shadow, and reads what is counted.
func TestMetricsCountWhatHappens(t *testing.T) {
	m := metrics.New()
	dir := edition(t, t.TempDir(), 1)
	s := server.New(server.Config{Metrics: m, Now: func() time.Time { return time.Unix(1_790_000_000, 0) }})
	s.Use(load(t, dir))
	client := assayv1.NewComplianceServiceClient(start(t, s, inMemory()))
	check(t, client, telling())
	s.Shadow(load(t, edition(t, t.TempDir(), 2)))
	check(t, client, telling())
	if _, err := client.CheckSubmission(background(t), &assayv1.CheckSubmissionRequest{}); err == nil {
		t.Error("an empty request is answered")
	}
	got := scrape(t, m)
	for series, want := range map[string]string{
		`assay_verdicts_total{decision="REVIEW"}`:                                 "2",
		`assay_verdicts_total{decision="APPROVE"}`:                                "0",
		`assay_shadow_verdicts_total{decision="REVIEW",shadow_decision="REVIEW"}`: "1",
		`assay_findings_total{code="PRICE_INVALID"}`:                              "2",
		`assay_findings_total{code="other"}`:                                      "4",
		`assay_checker_runs_total{checker="trademark",status="clean"}`:            "2",
		`assay_checker_duration_seconds_count{checker="price"}`:                   "2",
		`assay_rulebook_loaded_timestamp_seconds{place="in_force"}`:               "1.79e+09",
		`grpc_server_handled_total{grpc_code="InvalidArgument",grpc_method="CheckSubmission",grpc_service="assay.v1.ComplianceService",grpc_type="unary"}`: "1",
	} {
		if got[series] != want {
			t.Errorf("%s is %q, want %q", series, got[series], want)
		}
	}
	info := 0
	for series := range got {
		if strings.HasPrefix(series, "assay_rulebook_info{") {
			info++
		}
		if strings.Contains(series, "Lumora") {
			t.Errorf("%s tells of a listing", series)
		}
	}
	s.Shadow(nil)
	if _, ok := scrape(t, m)[`assay_rulebook_loaded_timestamp_seconds{place="shadow"}`]; ok || info != 2 {
		t.Errorf("%d rulebooks; the one in shadow is still told: %v", info, ok)
	}
}

// TestMetricsOfLoads counts attempts and keeps how the latest one ended.
func TestMetricsOfLoads(t *testing.T) {
	m := metrics.New()
	m.Load(metrics.InForce, false)
	if got := scrape(t, m)[`assay_rulebook_load_ok{place="in_force"}`]; got != "0" {
		t.Errorf("after a refusal: %s", got)
	}
	m.Load(metrics.InForce, true)
	got := scrape(t, m)
	if got[`assay_rulebook_load_ok{place="in_force"}`] != "1" || got[`assay_rulebook_loads_total{outcome="refused",place="in_force"}`] != "1" ||
		got[`assay_rulebook_loads_total{outcome="ok",place="in_force"}`] != "1" {
		t.Errorf("after both: %v", got)
	}
}

// TestWhatNobodyServesIsNotCounted calls methods that do not exist: their names are no labels.
func TestWhatNobodyServesIsNotCounted(t *testing.T) {
	m := metrics.New()
	s := server.New(server.Config{Metrics: m})
	s.Use(newEngine(t, "test"))
	conn := start(t, s, inMemory())
	err := conn.Invoke(background(t), "/assay.v1.ComplianceService/NobodyServesThis", &assayv1.ListCheckersRequest{}, &assayv1.ListCheckersResponse{})
	wantCode(t, err, codes.Unimplemented)
	for name := range scrape(t, m) {
		if strings.Contains(name, "NobodyServesThis") {
			t.Errorf("a caller's text is in the metrics: %s", name)
		}
	}
}
