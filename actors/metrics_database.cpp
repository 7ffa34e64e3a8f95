#include "actors/metrics_database.hpp"

#include <functional>
#include <string>
#include <utility>

namespace freehold {

using prometheus::MetricFamily;
using prometheus::MetricType;

namespace {

/// A figure of a database, or several that a label tells apart.
struct figure {
  const char* name;
  MetricType type;
  const char* help;
  const char* label; // null: there is only one
  struct part {
    const char* value; // of the label
    double (*of)(const database_snapshot&);
  };
  std::vector<part> parts;
};

template <class T>
double number(T of) {
  return static_cast<double>(of);
}

// What OpenTelemetry has a name for (db.client.connection.*).
std::vector<figure> of_connections() {
  using d = const database_snapshot&;
  return {
      // Not a gauge: to promtool that suffix of OpenTelemetry's is a histogram's.
      {"db_client_connection_count",
       MetricType::Untyped,
       "Connections by what they do.",
       "state",
       {{"idle", [](d s) { return number(s.idle); }},
        {"used", [](d s) { return number(s.busy + s.exclusive + s.leased); }}}},
      {"db_client_connection_max",
       MetricType::Gauge,
       "Connections there may be (pool.max_connections).",
       nullptr,
       {{nullptr, [](d s) { return number(s.max_connections); }}}},
      {"db_client_connection_idle_min",
       MetricType::Gauge,
       "Connections kept open when idle (pool.min_connections).",
       nullptr,
       {{nullptr, [](d s) { return number(s.min_connections); }}}},
      {"db_client_connection_pending_requests",
       MetricType::Gauge,
       "Requests that wait for a connection.",
       nullptr,
       {{nullptr, [](d s) { return number(s.waiting); }}}},
      {"db_client_connection_timeouts_total",
       MetricType::Counter,
       "Requests that waited for a connection in vain.",
       nullptr,
       {{nullptr, [](d s) { return number(s.acquire_timeouts_total); }}}},
      {"freehold_connections",
       MetricType::Gauge,
       "Connections by state.",
       "state",
       {{"connecting", [](d s) { return number(s.connecting); }},
        {"idle", [](d s) { return number(s.idle); }},
        {"busy", [](d s) { return number(s.busy); }},
        {"exclusive", [](d s) { return number(s.exclusive); }},
        {"leased", [](d s) { return number(s.leased); }},
        {"draining", [](d s) { return number(s.draining); }}}},
      {"freehold_sessions",
       MetricType::Gauge,
       "Sessions by how they execute statements.",
       "mode",
       {{"named", [](d s) { return number(s.named_sessions); }},
        {"unnamed", [](d s) { return number(s.unnamed_sessions); }}}},
      {"freehold_pooler",
       MetricType::Gauge,
       "Whether a pooler lies between the runtime and the server.",
       nullptr,
       {{nullptr, [](d s) { return s.server && s.server->pooler ? 1.0 : 0.0; }}}},
      {"freehold_connects_total",
       MetricType::Counter,
       "Sessions that were made.",
       nullptr,
       {{nullptr, [](d s) { return number(s.connects_total); }}}},
      {"freehold_connect_failures_total",
       MetricType::Counter,
       "Connects that failed.",
       nullptr,
       {{nullptr, [](d s) { return number(s.connect_failures_total); }}}},
      {"freehold_sessions_lost_total",
       MetricType::Counter,
       "Sessions that ended without having been closed.",
       nullptr,
       {{nullptr, [](d s) { return number(s.sessions_lost_total); }}}},
  };
}

std::vector<figure> of_requests() {
  using d = const database_snapshot&;
  return {
      {"freehold_requests_total",
       MetricType::Counter,
       "Requests submitted, repeats included.",
       nullptr,
       {{nullptr, [](d s) { return number(s.requests_total); }}}},
      {"freehold_answers_total",
       MetricType::Counter,
       "Requests answered after a connection had them.",
       "outcome",
       {{"result", [](d s) { return number(s.answered_total); }},
        {"error", [](d s) { return number(s.failed_total); }}}},
      {"freehold_refusals_total",
       MetricType::Counter,
       "Requests answered with an error without a connection: no place or no patience to wait, "
       "an open circuit, shedding.",
       "reason",
       {{"queue", [](d s) { return number(s.refused_total); }},
        {"circuit", [](d s) { return number(s.circuit.refused_total); }},
        {"shedding", [](d s) { return number(s.shed_total); }}}},
      {"freehold_retries_total",
       MetricType::Counter,
       "Requests that were sent again.",
       nullptr,
       {{nullptr, [](d s) { return number(s.retries_total); }}}},
      {"freehold_fallbacks_total",
       MetricType::Counter,
       "Requests that a fallback answered in place of the database.",
       nullptr,
       {{nullptr, [](d s) { return number(s.fallbacks_total); }}}},
      {"freehold_queue_limit",
       MetricType::Gauge,
       "Requests that may wait (pool.queue_length).",
       nullptr,
       {{nullptr, [](d s) { return number(s.queue_length); }}}},
      {"freehold_queue_longest_wait_seconds",
       MetricType::Gauge,
       "How long the oldest of the queue has waited.",
       nullptr,
       {{nullptr, [](d s) { return std::chrono::duration<double>{s.longest_wait}.count(); }}}},
  };
}

std::vector<figure> of_health() {
  using d = const database_snapshot&;
  return {
      {"freehold_circuit_state",
       MetricType::Gauge,
       "1 for the state the circuit is in.",
       "state",
       {{"closed", [](d s) { return number(s.circuit.state == circuit_state::closed); }},
        {"open", [](d s) { return number(s.circuit.state == circuit_state::open); }},
        {"half_open", [](d s) { return number(s.circuit.state == circuit_state::half_open); }},
        {"recovering", [](d s) { return number(s.circuit.state == circuit_state::recovering); }}}},
      {"freehold_circuit_forced",
       MetricType::Gauge,
       "Whether a person decides about the circuit.",
       nullptr,
       {{nullptr, [](d s) { return number(s.circuit.forced != circuit_override::automatic); }}}},
      {"freehold_circuit_transitions_total",
       MetricType::Counter,
       "How often the circuit came into a state.",
       "to",
       {{"open", [](d s) { return number(s.circuit.opened_total); }},
        {"half_open", [](d s) { return number(s.circuit.half_opened_total); }},
        {"recovering", [](d s) { return number(s.circuit.recovering_total); }},
        {"closed", [](d s) { return number(s.circuit.closed_total); }}}},
      {"freehold_healed_statements_total",
       MetricType::Counter,
       "Statements whose state on the server was not what the session believed.",
       "kind",
       {{"name_taken", [](d s) { return number(s.healed.names_taken); }},
        {"name_unknown", [](d s) { return number(s.healed.names_unknown); }},
        {"stale_plan", [](d s) { return number(s.healed.stale_plans); }}}},
      {"freehold_statement_cache_hits_total",
       MetricType::Counter,
       "Executions under a name that the server had.",
       nullptr,
       {{nullptr, [](d s) { return number(s.cache.hits); }}}},
      {"freehold_statement_cache_misses_total",
       MetricType::Counter,
       "Executions that had to prepare, or went without a name.",
       nullptr,
       {{nullptr, [](d s) { return number(s.cache.misses); }}}},
      {"freehold_statement_cache_evictions_total",
       MetricType::Counter,
       "Names given up to make room.",
       nullptr,
       {{nullptr, [](d s) { return number(s.cache.evictions); }}}},
  };
}

void add(const figure& what, const std::vector<database_snapshot>& databases,
         std::vector<MetricFamily>& to) {
  to.push_back({what.name, what.help, what.type, {}});
  for (const database_snapshot& each : databases) {
    if (!each.problem.empty())
      continue;
    for (const figure::part& part : what.parts) {
      metric_labels labels{{pool_label, each.name}};
      if (what.label != nullptr)
        labels.push_back({what.label, part.value});
      add_sample(to.back(), labels, part.of(each));
    }
  }
}

} // namespace

void add_databases(const runtime_snapshot& of, std::vector<MetricFamily>& to) {
  to.push_back({"freehold_database_up",
                "Whether the supervisor of the database answers; not whether the server does.",
                MetricType::Gauge,
                {}});
  for (const database_snapshot& each : of.databases)
    add_sample(to.back(), {{pool_label, each.name}}, each.problem.empty() ? 1.0 : 0.0);
  for (const auto& figures : {of_connections(), of_requests(), of_health()})
    for (const figure& each : figures)
      add(each, of.databases, to);
  add_distributions(of.databases, to);
  add_statements(of.databases, to);
}

} // namespace freehold
