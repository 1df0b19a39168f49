package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/assay-project/assay/server/admission"
)

// Watch has a gate tell what it holds and what it has refused, at each scrape. A Metrics watches one gate.
func (m *Metrics) Watch(g *admission.Gate) { m.registry.MustRegister(gate{g}) }

type gate struct{ *admission.Gate }

var (
	shed     = prometheus.NewDesc("assay_shed_calls_total", "Calls that were not let in, by the limit that was reached.", []string{"limit"}, nil)
	inFlight = prometheus.NewDesc("assay_in_flight", "Calls, streams and probes under way, and checks that run or wait for their turn.", []string{"what"}, nil)
)

// Describe and Collect make a gate a prometheus.Collector.
func (g gate) Describe(to chan<- *prometheus.Desc) {
	to <- shed
	to <- inFlight
}

// Collect reads the gate.
func (g gate) Collect(to chan<- prometheus.Metric) {
	for _, r := range admission.Refusals() {
		to <- prometheus.MustNewConstMetric(shed, prometheus.CounterValue, float64(g.Refused(r.Reason)), r.Name)
	}
	held := g.Held()
	for what, n := range map[string]int{"calls": held.Calls, "streams": held.Streams, "probes": held.Probes,
		"checks_running": held.Running, "checks_waiting": held.Waiting} {
		to <- prometheus.MustNewConstMetric(inFlight, prometheus.GaugeValue, float64(n), what)
	}
}
