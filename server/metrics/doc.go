// Package metrics counts what a server does, for Prometheus.
//
// Nothing in a label comes from a caller: methods, statuses, decisions, names of checkers and codes of the rulebook in
// force, so there are as many series as there are of those and no more. A code that the rulebook does not name is counted
// as "other". A rulebook's codes and checkers are looked up once, when it comes into force (see [Metrics.For]).
//
//	grpc_server_*                             of go-grpc-middleware: calls by method and status, and how long they took
//	assay_verdicts_total                      by decision
//	assay_degraded_verdicts_total             verdicts that rest on less than every check
//	assay_shadow_verdicts_total               by decision, and by what would have been decided with what is in shadow
//	assay_findings_total                      by code: verdicts that hold it, excused ones left out
//	assay_checker_runs_total                  by checker and how it ended
//	assay_checker_duration_seconds            by checker, of those that ran
//	assay_rulebook_info                       1, with label and sha256 of the rulebook in force and of the one in shadow
//	assay_rulebook_loaded_timestamp_seconds   when each came into force
//	assay_rulebook_load_ok                    1 when the latest attempt to load another one was well
//	assay_rulebook_loads_total                attempts, by how they ended
//	assay_calls_refused_total                 by reason: who called was not known, or had not the role; such calls are counted here alone
//	assay_credential_loads_total              attempts to load other keys, certificates, lists, by what and how they ended
//	assay_shed_calls_total                    calls that were not let in, by the limit that was reached (see package admission)
//	assay_in_flight                           calls, streams, probes, and checks that run or wait, now
//	assay_connections                         now
//	assay_closed_connections_total            by us, and why: evicted (idle, to make room), refused (no room), stalled (took no answers)
//	assay_held_bytes                          requests that are decoded (estimated), and answers that are not sent yet, now
//
// A dashboard for Grafana and rules for alerts that ask for these lie beside this file; promtool tries the rules
// (testdata/alerts_test.yaml).
package metrics
