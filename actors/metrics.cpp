#include "actors/metrics.hpp"

#include "actors/metrics_database.hpp"

#include <prometheus/text_serializer.h>

#include <sstream>
#include <utility>

namespace freehold {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

namespace {

double seconds_of(std::chrono::duration<double> of) {
  return of.count();
}

void add_children(const child_snapshot& of, const std::string& path, MetricFamily& restarts,
                  MetricFamily& running) {
  const metric_labels labels{{"child", path}, {"kind", of.kind}};
  add_sample(restarts, labels, static_cast<double>(of.restarts_total));
  add_sample(running, labels, of.state == child_state::running ? 1.0 : 0.0);
  for (const child_snapshot& each : of.children)
    add_children(each, path + "/" + each.name, restarts, running);
}

void add_tree(const runtime_snapshot& of, std::vector<MetricFamily>& to) {
  MetricFamily restarts{"freehold_child_restarts_total",
                        "How often a child of the supervision tree was started again.",
                        MetricType::Counter,
                        {}};
  MetricFamily running{"freehold_child_running",
                       "Whether a child of the supervision tree runs.",
                       MetricType::Gauge,
                       {}};
  add_children(of.tree, of.tree.name, restarts, running);
  to.push_back(std::move(restarts));
  to.push_back(std::move(running));
}

void add_one(std::vector<MetricFamily>& to, const char* name, const char* help, MetricType type,
             double value, const metric_labels& labels = {}) {
  to.push_back({name, help, type, {}});
  add_sample(to.back(), labels, value);
}

void add_process(const runtime_snapshot& of, std::vector<MetricFamily>& to) {
  add_one(to, "freehold_build_info", "Always 1; says which version runs, as which service.",
          MetricType::Gauge, 1.0,
          {{"version", of.version}, {"service", of.service}, {"profile", of.profile}});
  add_one(to, "freehold_uptime_seconds", "Since the runtime was started.", MetricType::Gauge,
          seconds_of(of.uptime));
  add_one(to, "freehold_ready", "Whether requests can be served, as /health/ready says.",
          MetricType::Gauge, of.ready ? 1.0 : 0.0);
  add_one(to, "freehold_tree_failed", "Whether the supervision tree has failed as a whole.",
          MetricType::Gauge, of.failure.empty() ? 0.0 : 1.0);
  to.push_back({"freehold_first_answer_seconds",
                "From the start to the first query that was answered.",
                MetricType::Gauge,
                {}});
  if (of.first_answer)
    add_sample(to.back(), {}, seconds_of(*of.first_answer));
  to.push_back({"freehold_reloads_total",
                "Changes of the configuration while it runs.",
                MetricType::Counter,
                {}});
  add_sample(to.back(), {{"result", "applied"}}, static_cast<double>(of.reload.applied_total));
  add_sample(to.back(), {{"result", "refused"}}, static_cast<double>(of.reload.refused_total));
}

} // namespace

void add_sample(MetricFamily& to, const metric_labels& labels, double value) {
  ClientMetric made;
  made.label = labels;
  switch (to.type) {
  case MetricType::Counter:
    made.counter.value = value;
    break;
  case MetricType::Gauge:
    made.gauge.value = value;
    break;
  default:
    made.untyped.value = value;
    break;
  }
  to.metric.push_back(std::move(made));
}

std::vector<MetricFamily> metric_families(const runtime_snapshot& of) {
  std::vector<MetricFamily> all;
  add_process(of, all);
  add_tree(of, all);
  add_databases(of, all);
  return all;
}

std::string metrics_text(const runtime_snapshot& of) {
  std::ostringstream text;
  std::vector<MetricFamily> all = metric_families(of);
  // Nothing to show is no metric, and its title alone would be one without samples.
  std::erase_if(all, [](const MetricFamily& each) { return each.metric.empty(); });
  prometheus::TextSerializer{}.Serialize(text, all);
  return std::move(text).str();
}

} // namespace freehold
