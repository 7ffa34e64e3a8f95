// Which of the slow queries are logged.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>

namespace freehold {

/// Lets a fraction of the slow queries through, 100 a second at most, and counts
/// the others.
class slow_query_sampling {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// When everything is slow, the log must not be what breaks next.
  static constexpr std::uint64_t most_in_a_second = 100;

  /// `chance` is drawn from [0, 1). How many were left out since the last one
  /// that is logged; none when this one is left out, too.
  [[nodiscard]] std::optional<std::uint64_t> admit(double fraction, double chance, time_point now);

private:
  time_point second_{};
  std::uint64_t in_second_ = 0;
  std::uint64_t left_out_ = 0;
};

/// The same for all threads of a runtime, with the limits in force. A query that
/// is not slow costs the reading of one atomic.
class slow_queries {
public:
  using time_point = slow_query_sampling::time_point;
  using entropy_source = std::function<std::uint64_t()>;

  explicit slow_queries(entropy_source entropy) : entropy_{std::move(entropy)} {}

  void set(std::chrono::milliseconds threshold, double fraction) noexcept;
  [[nodiscard]] bool is_slow(std::chrono::microseconds took) const noexcept {
    return took >= std::chrono::microseconds{threshold_us_.load(std::memory_order_relaxed)};
  }
  /// Of one that is slow: see `slow_query_sampling`.
  [[nodiscard]] std::optional<std::uint64_t> admit(time_point now);

private:
  const entropy_source entropy_;
  std::atomic<std::int64_t> threshold_us_{500'000};
  std::atomic<double> fraction_{1.0};
  std::mutex guard_;
  slow_query_sampling sampling_;
};

} // namespace freehold
