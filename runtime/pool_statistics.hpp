// What a database's supervisor counts of its pool, for whoever looks.
#pragma once

#include "runtime/histogram.hpp"
#include "runtime/request.hpp"
#include "runtime/statement_totals.hpp"

#include <freehold/stats.hpp>

#include <chrono>
#include <cstdint>

namespace freehold {

/// Recorded by the actor that learns of it anyway, so that nothing is shared and
/// nothing is locked. `settled` and `acquired` are on every request's way: they do
/// no more than they must (bench/guard counts the instructions).
class pool_statistics {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// A request got a connection.
  void acquired(const request& what, time_point now) noexcept {
    acquire_.record(nanoseconds(now - what.queued));
  }
  /// A connection is done with a request that it was assigned at `since`.
  void settled(const request& what, time_point since, time_point now);
  /// A pipeline, or one that ran alone, of that many.
  void batch(std::size_t requests) noexcept { batch_size_.record(requests); }
  void connected(std::chrono::steady_clock::duration took) noexcept {
    connect_.record(nanoseconds(took));
  }
  /// A request that no batch will report was answered.
  void answered() noexcept { ++answered_; }
  void failed() noexcept { ++failed_; }
  /// The circuit came into another state.
  void circuit_became(circuit_state state) noexcept { ++entered_[static_cast<std::size_t>(state)]; }

  void show(database_snapshot& in) const;

private:
  [[nodiscard]] static std::uint64_t nanoseconds(std::chrono::nanoseconds of) noexcept {
    return of.count() > 0 ? static_cast<std::uint64_t>(of.count()) : 0;
  }

  histogram acquire_;
  histogram execute_;
  histogram connect_;
  histogram whole_;
  histogram batch_size_;
  statement_totals statements_;
  std::uint64_t answered_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t entered_[4] = {};
};

} // namespace freehold
