package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/assay-project/assay/server/admission"
	"github.com/assay-project/assay/server/peers"
)

// Watch has a gate and its peers tell at each scrape what they hold and what they have refused, and decoded how many bytes requests
// take. A Metrics watches one server.
func (m *Metrics) Watch(g *admission.Gate, p *peers.Peers, decoded func() int64) {
	m.registry.MustRegister(limits{g, p, decoded})
}

type limits struct {
	gate    *admission.Gate
	peers   *peers.Peers
	decoded func() int64
}

var (
	shed        = describe("shed_calls_total", "Calls that were not let in, by the limit that was reached.", "limit")
	inFlight    = describe("in_flight", "Calls, streams and probes under way, and checks that run or wait for their turn.", "what")
	connections = describe("connections", "Connections.")
	closed      = describe("closed_connections_total", "Connections that the server closed: idle ones to make room, new ones without room, those that took no answers.", "why")
	bytes       = describe("held_bytes", "Bytes of requests that are decoded, as estimated, and of answers that are not sent yet.", "what")
)

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("assay_"+name, help, labels, nil)
}

// Describe makes limits a prometheus.Collector.
func (limits) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{shed, inFlight, connections, closed, bytes} {
		to <- d
	}
}

// Collect reads what is held and counted.
func (l limits) Collect(to chan<- prometheus.Metric) {
	tell := func(d *prometheus.Desc, kind prometheus.ValueType, value int64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, kind, float64(value), labels...)
	}
	for _, r := range admission.Refusals() {
		tell(shed, prometheus.CounterValue, l.gate.Refused(r.Reason), r.Name)
	}
	held := l.gate.Held()
	for what, n := range map[string]int{"calls": held.Calls, "streams": held.Streams, "probes": held.Probes,
		"checks_running": held.Running, "checks_waiting": held.Waiting} {
		tell(inFlight, prometheus.GaugeValue, int64(n), what)
	}
	tell(connections, prometheus.GaugeValue, int64(l.peers.Connections()))
	for end, name := range peers.Ends() {
		tell(closed, prometheus.CounterValue, l.peers.Closed(peers.End(end)), name)
	}
	tell(bytes, prometheus.GaugeValue, l.decoded(), "requests")
	tell(bytes, prometheus.GaugeValue, l.peers.Owed(), "answers")
}
