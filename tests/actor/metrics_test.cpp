#include "actors/metrics.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/full_snapshot.hpp"
#include "tests/support/near.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <regex>
#include <set>

using namespace freehold;
using namespace freehold::testing;

namespace {

struct described {
  std::string type;
  std::set<std::string> labels;
  std::string help;
  bool operator==(const described&) const = default;
};

std::string type_name(prometheus::MetricType type) {
  switch (type) {
  case prometheus::MetricType::Counter:
    return "counter";
  case prometheus::MetricType::Gauge:
    return "gauge";
  case prometheus::MetricType::Histogram:
    return "histogram";
  default:
    return "untyped";
  }
}

std::map<std::string, described> exported() {
  std::map<std::string, described> all;
  for (const prometheus::MetricFamily& each : metric_families(full_snapshot())) {
    described made{type_name(each.type), {}, each.help};
    INFO(each.name);
    REQUIRE_FALSE(each.metric.empty());
    for (const auto& label : each.metric.front().label)
      made.labels.insert(label.name);
    CHECK(all.emplace(each.name, made).second);
  }
  return all;
}

// The rows of the tables: | `name` | type | `label`, `label` | meaning |
std::map<std::string, described> documented() {
  std::ifstream file{std::string{FREEHOLD_SOURCE_DIR} + "/docs/METRICS.md"};
  REQUIRE(file);
  const std::regex row{"\\| `([a-z0-9_]+)` \\| ([a-z]+) \\| ([^|]*) \\| (.*) \\|"};
  const std::regex label{"`([a-z_]+)`"};
  std::map<std::string, described> all;
  for (std::string line; std::getline(file, line);) {
    std::smatch found;
    if (!std::regex_match(line, found, row))
      continue;
    described made{found[2], {}, found[4]};
    const std::string labels = found[3];
    for (auto each = std::sregex_iterator{labels.begin(), labels.end(), label};
         each != std::sregex_iterator{}; ++each)
      made.labels.insert((*each)[1]);
    CHECK(all.emplace(found[1], made).second);
  }
  return all;
}

bool shows(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

} // namespace

TEST_CASE("docs/METRICS.md lists what is exported, and nothing else") {
  const auto written = documented();
  const auto real = exported();
  for (const auto& [name, each] : real) {
    INFO(name);
    REQUIRE(written.contains(name));
    CHECK(written.at(name).type == each.type);
    CHECK(written.at(name).labels == each.labels);
    CHECK(written.at(name).help == each.help);
  }
  for (const auto& [name, each] : written) {
    INFO(name);
    CHECK(real.contains(name));
  }
}

TEST_CASE("figures come out under their names and labels") {
  const std::string text = metrics_text(full_snapshot());
  INFO(text);
  CHECK(shows(text, "db_client_connection_count{pool_name=\"primary\",state=\"used\"} 3"));
  CHECK(shows(text, "db_client_connection_max{pool_name=\"primary\"} 4"));
  CHECK(shows(text, "freehold_circuit_state{pool_name=\"primary\",state=\"closed\"} 1"));
  CHECK(shows(text, "freehold_circuit_state{pool_name=\"primary\",state=\"open\"} 0"));
  CHECK(
      shows(text, "freehold_child_restarts_total{child=\"runtime/primary\",kind=\"database\"} 2"));
  CHECK(shows(text, "freehold_statement_executions_total{pool_name=\"primary\","
                    "statement=\"homes_in_city\"} 3"));
  CHECK(shows(text, "freehold_batch_requests_bucket{pool_name=\"primary\",le=\"7\"} 1"));
  CHECK(shows(text, "freehold_batch_requests_bucket{pool_name=\"primary\",le=\"15\"} 2"));
  CHECK(shows(text,
              "db_client_operation_duration_seconds_bucket{pool_name=\"primary\",le=\"+Inf\"} "
              "3"));
  CHECK(shows(text, "# TYPE freehold_ready gauge"));
}

TEST_CASE("a histogram counts what is below each bound") {
  for (const prometheus::MetricFamily& each : metric_families(full_snapshot())) {
    if (each.name != "db_client_connection_use_time_seconds")
      continue;
    const auto& of = each.metric.front().histogram;
    CHECK(of.sample_count == 3);
    CHECK(near(of.sample_sum, 0.0102, 1e-9));
    for (const auto& bucket : of.bucket) {
      const std::uint64_t right = bucket.upper_bound > 0.0104   ? 3
                                  : bucket.upper_bound > 0.0001 ? 2
                                                                : 0;
      INFO(bucket.upper_bound);
      CHECK(bucket.cumulative_count == right);
    }
    return;
  }
  FAIL("it is not exported");
}

TEST_CASE("a database that does not answer is down, and no figure of it is made up") {
  runtime_snapshot seen = full_snapshot();
  database_snapshot silent;
  silent.name = "silent";
  silent.problem = "its supervisor did not answer within 250 ms";
  seen.databases.push_back(silent);
  const std::string text = metrics_text(seen);
  CHECK(shows(text, "freehold_database_up{pool_name=\"silent\"} 0"));
  CHECK(shows(text, "freehold_database_up{pool_name=\"primary\"} 1"));
  std::size_t lines = 0;
  for (std::size_t at = text.find("silent"); at != std::string::npos;
       at = text.find("silent", at + 1))
    ++lines;
  CHECK(lines == 1);
}
