// Whether a failed request is sent again, and when.
#pragma once

#include "runtime/sqlstate.hpp"

#include <freehold/config.hpp>
#include <freehold/error.hpp>
#include <freehold/statement.hpp>

#include <chrono>
#include <cstddef>

namespace freehold {

/// What is known after an attempt failed.
struct failed_attempt {
  errc code = errc::none;
  failure_class kind = failure_class::permanent;
  freehold::fate fate = freehold::fate::unknown;
  /// Of a transaction: the strongest effect of its statements.
  freehold::effect effect = freehold::effect::writes;
  /// The next attempt finds out first what became of this one.
  bool looks_up = false;
  std::size_t attempts = 1; ///< made so far, this one included
  /// To the deadline of the request.
  std::chrono::milliseconds remaining{0};
};

struct retry_decision {
  bool retry = false;
  std::chrono::milliseconds delay{0};
  friend bool operator==(const retry_decision&, const retry_decision&) = default;
};

/// The law: what may have reached the server is not sent again, unless it is
/// read-only or idempotent, or the server says that it rolled back. Statement
/// conflicts are the session's to heal and are never repeated from here; nor is
/// what an overload refused, because a repeat adds to it. The delay has full
/// jitter (`uniform01` from [0, 1)) and has to fit into the remaining time.
[[nodiscard]] retry_decision decide_retry(const failed_attempt& attempt,
                                          const retry_options& options, double uniform01) noexcept;

/// Keeps repeats to a fraction of the traffic, so that they cannot multiply an
/// overload: a token bucket after Finagle's RetryBudget
/// (https://twitter.github.io/finagle/guide/Clients.html#retries). A request
/// deposits `fraction`, a repeat takes 1. A few repeats a second are allowed
/// without traffic, or a quiet service could not retry at all.
class retry_budget {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// `minimum_per_second`: granted by time alone, saved up for `reserve_time`
  /// at most. A `fraction` of 0 allows no repeats whatsoever.
  retry_budget(double fraction, time_point now, double minimum_per_second = 1.0) noexcept;

  /// A request was made (not: a repeat).
  void deposit(time_point now) noexcept;
  /// Takes a token for one repeat; false: do not repeat.
  [[nodiscard]] bool withdraw(time_point now) noexcept;
  [[nodiscard]] double balance(time_point now) noexcept;
  void set_fraction(double fraction) noexcept { fraction_ = fraction; }

  /// Finagle lets deposits count for ten seconds.
  static constexpr std::chrono::seconds reserve_time{10};
  /// The most tokens that traffic can save up: a burst of repeats ends here.
  static constexpr double most = 100.0;

private:
  void refill(time_point now) noexcept;

  double fraction_;
  double minimum_per_second_;
  double tokens_;
  time_point refilled_;
};

} // namespace freehold
