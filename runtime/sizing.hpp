// How many connections to open now.
#pragma once

#include "runtime/pool_ledger.hpp"

#include <freehold/config.hpp>

#include <chrono>
#include <cstddef>
#include <limits>

namespace freehold {

/// What the decision depends on besides the options.
struct sizing_input {
  pool_counts counts{};
  std::size_t waiting = 0;  ///< requests in the queue
  bool all_busy = false;    ///< no idle connection is left
  bool backing_off = false; ///< a connect failed and its delay has not passed
  /// Besides `max_connections`: slow start after an outage, a
  /// `connection_ceiling`; the lowest of them.
  std::size_t ceiling = std::numeric_limits<std::size_t>::max();
};

/// How many connects to start now. Always up to `min_connections`; one more
/// when none is idle; one for each waiting request, since how soon the others
/// become free is not known. Draining connections count towards the maximum:
/// the server still holds a slot for them. Never more than `concurrent`
/// connects under way, and none while backing off.
[[nodiscard]] std::size_t connections_to_open(const pool_options& pool,
                                              const connect_options& connect,
                                              const sizing_input& now) noexcept;

/// A limit learned from the server: after 53300 (too many connections) the pool
/// keeps to what it has and feels its way up by one connection a step. Additive
/// increase as in Chiu and Jain, "Analysis of the Increase and Decrease
/// Algorithms for Congestion Avoidance", 1989.
class connection_ceiling {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit connection_ceiling(std::chrono::milliseconds step = std::chrono::seconds{10});

  /// The server refused one more; `current` are open. The ceiling is never
  /// below 1, or nothing would ever find out that there is room again.
  void too_many(std::size_t current, time_point now) noexcept;
  /// The most connections to have at `now`; the largest value when unlimited.
  [[nodiscard]] std::size_t limit(time_point now) const noexcept;
  /// Forgets what was learned, as after a change of the server.
  void lift() noexcept { lowered_ = unlimited; }

private:
  static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

  std::chrono::milliseconds step_;
  std::size_t lowered_ = unlimited;
  time_point since_{};
};

} // namespace freehold
