#include "actors/snapshot_history.hpp"

#include "runtime/histogram.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace freehold {

using json = nlohmann::ordered_json;
using seconds = std::chrono::duration<double>;

namespace {

database_snapshot counters_of(const database_snapshot& all) {
  database_snapshot kept;
  kept.requests_total = all.requests_total;
  kept.answered_total = all.answered_total;
  kept.failed_total = all.failed_total;
  kept.refused_total = all.refused_total + all.circuit.refused_total;
  kept.shed_total = all.shed_total;
  kept.waiting = all.waiting;
  kept.connecting = all.connecting;
  kept.idle = all.idle;
  kept.busy = all.busy;
  kept.exclusive = all.exclusive;
  kept.leased = all.leased;
  kept.draining = all.draining;
  kept.circuit.state = all.circuit.state;
  return kept;
}

template <class Milliseconds>
json or_null(const std::optional<Milliseconds>& of) {
  return of ? json(of->count()) : json(nullptr);
}

} // namespace

void snapshot_history::add(const runtime_snapshot& what) {
  sample made{what.time, {}};
  for (const database_snapshot& each : what.databases) {
    if (!each.problem.empty())
      continue;
    point here{each.name, counters_of(each), {}, {}};
    const auto before = previous_.find(each.name);
    if (before != previous_.end()) {
      const distribution since = difference(each.whole, before->second);
      if (since.count > 0) {
        here.p50 = seconds{since.p50};
        here.p99 = seconds{since.p99};
      }
    }
    previous_.insert_or_assign(each.name, each.whole);
    made.databases.push_back(std::move(here));
  }
  samples_.push_back(std::move(made));
  if (samples_.size() > most_samples)
    samples_.pop_front();
}

std::string snapshot_history::json(std::chrono::system_clock::time_point since) const {
  auto samples = freehold::json::array();
  for (const sample& each : samples_) {
    // In the precision of what a client was told.
    if (std::chrono::floor<std::chrono::milliseconds>(each.at) <= since)
      continue;
    auto databases = freehold::json::object();
    for (const point& of : each.databases) {
      const database_snapshot& n = of.counters;
      databases[of.name] = {{"requests", n.requests_total},
                            {"answered", n.answered_total},
                            {"failed", n.failed_total},
                            {"refused", n.refused_total},
                            {"shed", n.shed_total},
                            {"waiting", n.waiting},
                            {"connecting", n.connecting},
                            {"idle", n.idle},
                            {"busy", n.busy},
                            {"exclusive", n.exclusive},
                            {"leased", n.leased},
                            {"draining", n.draining},
                            {"circuit", to_string(n.circuit.state)},
                            {"p50_ms", or_null(of.p50)},
                            {"p99_ms", or_null(of.p99)}};
    }
    const auto at =
        std::chrono::duration_cast<std::chrono::milliseconds>(each.at.time_since_epoch());
    samples.push_back({{"t", at.count()}, {"databases", std::move(databases)}});
  }
  return freehold::json{{"interval_ms", interval.count()}, {"samples", std::move(samples)}}.dump(
      -1, ' ', false, freehold::json::error_handler_t::replace);
}

} // namespace freehold
