// The last minutes of a runtime, a sample a second, for a chart to begin with.
#pragma once

#include <freehold/supervision.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace freehold {

/// Not for several threads at once. A database that did not answer is missing from
/// its sample: a gap says so better than zeros would.
class snapshot_history {
public:
  static constexpr std::chrono::milliseconds interval{1'000};
  static constexpr std::size_t most_samples = 300;

  void add(const runtime_snapshot& what);
  /// The samples taken after `since`.
  [[nodiscard]] std::string json(std::chrono::system_clock::time_point since = {}) const;

private:
  struct point {
    std::string name;
    database_snapshot counters;                                   // without what is of no use here
    std::optional<std::chrono::duration<double, std::milli>> p50; // of what was answered since
    std::optional<std::chrono::duration<double, std::milli>> p99;
  };
  struct sample {
    std::chrono::system_clock::time_point at;
    std::vector<point> databases;
  };

  std::deque<sample> samples_;
  std::map<std::string, distribution> previous_; // by database: `whole` of the sample before
};

} // namespace freehold
