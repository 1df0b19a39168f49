package metrics

import (
	"net/http"
	"time"

	grpcprom "github.com/grpc-ecosystem/go-grpc-middleware/providers/prometheus"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"google.golang.org/grpc"

	"github.com/assay-project/assay/internal/check"
	"github.com/assay-project/assay/internal/verdict"
	"github.com/assay-project/assay/server/auth"
)

// Metrics are those of one server. They are safe for concurrent use.
type Metrics struct {
	registry *prometheus.Registry
	calls    *grpcprom.ServerMetrics

	verdicts  *prometheus.CounterVec
	degraded  prometheus.Counter
	shadow    *prometheus.CounterVec
	findings  *prometheus.CounterVec
	runs      *prometheus.CounterVec
	durations *prometheus.HistogramVec

	info   *prometheus.GaugeVec
	loaded *prometheus.GaugeVec
	loadOK *prometheus.GaugeVec
	loads  *prometheus.CounterVec

	refused *prometheus.CounterVec
	access  *prometheus.CounterVec
}

// Buckets, in seconds: calls are seconds at most, checkers begin at a microsecond.
var (
	callBuckets    = prometheus.ExponentialBucketsRange(100e-6, 5, 12)
	checkerBuckets = prometheus.ExponentialBucketsRange(1e-6, 1, 13)
)

// New makes metrics in a registry of their own, with those of the Go runtime and the process.
func New() *Metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "assay", Name: name, Help: help}, labels)
	}
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "assay", Name: name, Help: help}, labels)
	}
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		calls:    grpcprom.NewServerMetrics(grpcprom.WithServerHandlingTimeHistogram(grpcprom.WithHistogramBuckets(callBuckets))),
		verdicts: counter("verdicts_total", "Verdicts, by decision.", "decision"),
		degraded: prometheus.NewCounter(prometheus.CounterOpts{Namespace: "assay", Name: "degraded_verdicts_total",
			Help: "Verdicts that rest on less than every check."}),
		shadow:   counter("shadow_verdicts_total", "Verdicts, by decision and by what would have been decided with what is in shadow.", "decision", "shadow_decision"),
		findings: counter("findings_total", "Verdicts that hold a code that nothing excuses.", "code"),
		runs:     counter("checker_runs_total", "Runs of checkers, by how they ended.", "checker", "status"),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "assay", Name: "checker_duration_seconds",
			Help: "How long checkers ran.", Buckets: checkerBuckets}, []string{"checker"}),
		info:   gauge("rulebook_info", "1 for the rulebook in force, and for the one in shadow.", "place", "label", "sha256"),
		loaded: gauge("rulebook_loaded_timestamp_seconds", "When the rulebook came into force, or into shadow.", "place"),
		loadOK: gauge("rulebook_load_ok", "Whether the latest attempt to load another rulebook was well.", "place"),
		loads:  counter("rulebook_loads_total", "Attempts to load another rulebook, by how they ended.", "place", "outcome"),

		refused: counter("calls_refused_total", "Calls refused because of who called, by reason.", "reason"),
		access:  counter("credential_loads_total", "Attempts to load other credentials or certificates, by what and how they ended.", "what", "outcome"),
	}
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), m.calls,
		m.verdicts, m.degraded, m.shadow, m.findings, m.runs, m.durations, m.info, m.loaded, m.loadOK, m.loads,
		m.refused, m.access)
	return m
}

// Handler answers scrapes.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 10 * time.Second})
}

// Unary and Stream count calls. They belong outside of what turns errors into statuses.
func (m *Metrics) Unary() grpc.UnaryServerInterceptor { return m.calls.UnaryServerInterceptor() }

// Stream is as Unary.
func (m *Metrics) Stream() grpc.StreamServerInterceptor { return m.calls.StreamServerInterceptor() }

// A Place is where a rulebook runs.
type Place string

// Places.
const (
	InForce  Place = "in_force"
	InShadow Place = "shadow"
)

// Rulebook says which one is in a place now. The zero reference: none.
func (m *Metrics) Rulebook(at Place, ref verdict.Rulebook, since time.Time) {
	m.info.DeletePartialMatch(prometheus.Labels{"place": string(at)})
	if ref == (verdict.Rulebook{}) {
		m.loaded.DeleteLabelValues(string(at))
		return
	}
	m.info.WithLabelValues(string(at), ref.Label, ref.Digest).Set(1)
	m.loaded.WithLabelValues(string(at)).Set(float64(since.UnixNano()) / 1e9)
}

// Load says how an attempt to load another rulebook ended.
func (m *Metrics) Load(at Place, ok bool) {
	outcome, value := "refused", 0.0
	if ok {
		outcome, value = "ok", 1
	}
	m.loads.WithLabelValues(string(at), outcome).Inc()
	m.loadOK.WithLabelValues(string(at)).Set(value)
}

// Refused says why a call was refused because of who called.
func (m *Metrics) Refused(r auth.Reason) { m.refused.WithLabelValues(string(r)).Inc() }

// Credentials says how an attempt to load other credentials, or the server's certificate, ended.
func (m *Metrics) Credentials(what string, ok bool) {
	outcome := "refused"
	if ok {
		outcome = "ok"
	}
	m.access.WithLabelValues(what, outcome).Inc()
}

// A Book counts the verdicts of one rulebook.
type Book struct {
	verdicts [verdict.Reject + 1]prometheus.Counter
	degraded prometheus.Counter
	shadow   [verdict.Reject + 1][verdict.Reject + 1]prometheus.Counter
	findings map[*verdict.Row]prometheus.Counter
	other    prometheus.Counter
	checkers []checkerMetrics // in plan order
}

type checkerMetrics struct {
	runs     [check.Failed + 1]prometheus.Counter
	duration prometheus.Observer
}

// statusNames are those of the contract, in lower case.
var statusNames = [check.Failed + 1]string{"unknown", "clean", "flagged", "skipped", "timed_out", "failed"}

// For prepares to count the verdicts of a rulebook with these rows and checkers, in plan order.
func (m *Metrics) For(rows []verdict.Row, checkers []verdict.Checker) *Book {
	b := &Book{degraded: m.degraded, findings: make(map[*verdict.Row]prometheus.Counter, len(rows)), other: m.findings.WithLabelValues("other")}
	for decided := verdict.Approve; decided <= verdict.Reject; decided++ {
		b.verdicts[decided] = m.verdicts.WithLabelValues(decided.String())
		for would := verdict.Approve; would <= verdict.Reject; would++ {
			b.shadow[decided][would] = m.shadow.WithLabelValues(decided.String(), would.String())
		}
	}
	for i := range rows {
		b.findings[&rows[i]] = m.findings.WithLabelValues(rows[i].Code)
	}
	for i := range checkers {
		c := checkerMetrics{duration: m.durations.WithLabelValues(checkers[i].Name)}
		for status := range c.runs {
			c.runs[status] = m.runs.WithLabelValues(checkers[i].Name, statusNames[status])
		}
		b.checkers = append(b.checkers, c)
	}
	return b
}

// Count counts a verdict and how its checkers ended.
func (b *Book) Count(v *verdict.Verdict, outcomes []check.Outcome) {
	b.verdicts[v.Decision].Inc()
	if v.Completeness == verdict.Degraded {
		b.degraded.Inc()
	}
	if v.ShadowDecision != verdict.NoDecision {
		b.shadow[v.Decision][v.ShadowDecision].Inc()
	}
	for i := range v.Findings {
		if f := &v.Findings[i]; len(f.MitigatedBy) == 0 && !codeBefore(v.Findings[:i], f.Code) {
			b.finding(f.Row).Inc()
		}
	}
	for i := range outcomes {
		o, c := &outcomes[i], &b.checkers[i]
		c.runs[o.Status].Inc()
		if o.Status != check.Skipped {
			c.duration.Observe(o.Elapsed.Seconds())
		}
	}
}

func (b *Book) finding(row *verdict.Row) prometheus.Counter {
	if counter, ok := b.findings[row]; ok {
		return counter
	}
	return b.other
}

// codeBefore tells whether a code was counted already.
func codeBefore(findings []verdict.Finding, code string) bool {
	for i := range findings {
		if findings[i].Code == code && len(findings[i].MitigatedBy) == 0 {
			return true
		}
	}
	return false
}
