// What is measured of each database, and of each of its statements.

#include "actors/metrics_database.hpp"

#include <cmath>
#include <utility>

namespace freehold {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

namespace {

// Of buckets that end at a bound and not beyond it.
std::uint64_t not_above(const distribution& of, double bound) {
  std::uint64_t count = 0;
  for (const distribution::bucket& each : of.buckets)
    if (each.upper <= bound * (1 + 1e-9))
      count += each.count;
  return count;
}

void add_distribution(const char* name, const char* help, distribution database_snapshot::*which,
                      const std::vector<double>& bounds,
                      const std::vector<database_snapshot>& databases,
                      std::vector<MetricFamily>& to, double beyond = 0.0) {
  to.push_back({name, help, MetricType::Histogram, {}});
  for (const database_snapshot& each : databases) {
    if (!each.problem.empty())
      continue;
    const distribution& of = each.*which;
    ClientMetric made;
    made.label = {{pool_label, each.name}};
    made.histogram.sample_count = of.count;
    made.histogram.sample_sum = of.sum;
    for (const double bound : bounds)
      made.histogram.bucket.push_back({not_above(of, bound + beyond), bound});
    made.histogram.bucket.push_back({of.count, INFINITY});
    to.back().metric.push_back(std::move(made));
  }
}

// The histogram's own octaves, 65 µs to 17 s: between them it would have to guess.
std::vector<double> bounds_of_times() {
  std::vector<double> bounds;
  for (int exponent = 16; exponent <= 34; ++exponent)
    bounds.push_back(std::ldexp(1e-9, exponent));
  return bounds;
}

} // namespace

void add_distributions(const std::vector<database_snapshot>& of, std::vector<MetricFamily>& to) {
  const std::vector<double> times = bounds_of_times();
  add_distribution("db_client_connection_create_time_seconds", "How long it took to connect.",
                   &database_snapshot::connect, times, of, to);
  add_distribution("db_client_connection_wait_time_seconds",
                   "How long requests waited for a connection.", &database_snapshot::acquire, times,
                   of, to);
  add_distribution("db_client_connection_use_time_seconds",
                   "Time on the server; statements that shared a Sync count the whole of it.",
                   &database_snapshot::execute, times, of, to);
  add_distribution("db_client_operation_duration_seconds",
                   "From the call to the answer, of requests that reached a connection.",
                   &database_snapshot::whole, times, of, to);
  // Whole numbers: those up to a bound are those below the next.
  add_distribution("freehold_batch_requests", "Requests that went out in one pipeline.",
                   &database_snapshot::batch_size, {1, 3, 7, 15, 31, 63, 127}, of, to, 1.0);
}

void add_statements(const std::vector<database_snapshot>& databases,
                    std::vector<MetricFamily>& to) {
  MetricFamily executions{"freehold_statement_executions_total",
                          "Executions of a statement, by the name the service gave it.",
                          MetricType::Counter,
                          {}};
  MetricFamily failures{"freehold_statement_failures_total",
                        "Executions of a statement that failed.",
                        MetricType::Counter,
                        {}};
  MetricFamily seconds{"freehold_statement_seconds_total",
                       "A statement's part of the time on the server.",
                       MetricType::Counter,
                       {}};
  for (const database_snapshot& each : databases) {
    for (const statement_snapshot& of : each.statements) {
      const metric_labels labels{{pool_label, each.name}, {"statement", of.name}};
      add_sample(executions, labels, static_cast<double>(of.count));
      add_sample(failures, labels, static_cast<double>(of.failed));
      add_sample(seconds, labels, std::chrono::duration<double>{of.total}.count());
    }
  }
  for (MetricFamily* each : {&executions, &failures, &seconds})
    to.push_back(std::move(*each));
}

} // namespace freehold
