// What each statement has cost so far, by name.
#pragma once

#include "runtime/histogram.hpp"

#include <freehold/stats.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace freehold {

/// For a bounded number of statements, those seen first; the others are counted
/// together. Names are what the service calls its statements, never their SQL.
class statement_totals {
public:
  /// Under this name the rest is shown.
  static constexpr const char* other_name = "(other)";
  /// Bytes of a name that are shown; a service may have made one of its SQL.
  static constexpr std::size_t longest_name = 64;

  explicit statement_totals(std::size_t bound = 100) : bound_{bound} {}

  /// An execution of what `key` identifies. `share`: its part of the server's time;
  /// `took`: how long its answer took. `name` gives its name, and is called once.
  template <class Name>
  void record(std::uint64_t key, const Name& name, std::chrono::nanoseconds share,
              std::chrono::nanoseconds took, bool failed) {
    entry& of = find(key, name);
    ++of.count;
    of.failed += failed ? 1 : 0;
    of.total += share;
    of.times.record(static_cast<std::uint64_t>(took.count()));
  }

  /// Most time first; "(other)" comes last.
  [[nodiscard]] std::vector<statement_snapshot> shown() const;

private:
  struct entry {
    std::string name;
    std::uint64_t count = 0;
    std::uint64_t failed = 0;
    std::chrono::nanoseconds total{0};
    histogram times;
  };

  template <class Name>
  entry& find(std::uint64_t key, const Name& name) {
    if (latest_ != nullptr && latest_key_ == key)
      return *latest_;
    const auto found = entries_.find(key);
    if (found == entries_.end() && entries_.size() >= bound_)
      return other_;
    latest_ = found != entries_.end() ? found->second.get() : &add(key, name());
    latest_key_ = key;
    return *latest_;
  }
  entry& add(std::uint64_t key, std::string name);
  [[nodiscard]] static statement_snapshot shown(const entry& what);

  std::size_t bound_;
  std::unordered_map<std::uint64_t, std::unique_ptr<entry>> entries_;
  entry other_{other_name};
  // The one looked up last: requests of one statement often come in a row.
  std::uint64_t latest_key_ = 0;
  entry* latest_ = nullptr;
};

} // namespace freehold
