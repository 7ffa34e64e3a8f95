// How long to wait before trying again.
//
// Source of both algorithms: Marc Brooker, "Exponential Backoff And Jitter",
// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>

namespace freehold {

/// Delays between connection attempts: a short first one, because most outages
/// are a blink, then decorrelated jitter: each is drawn between `base` and
/// three times the one before, at most `cap`. Clients that lost a server
/// together do not come back together.
class backoff {
public:
  /// `seed` decides the whole series; give each user its own.
  backoff(std::chrono::milliseconds first, std::chrono::milliseconds base,
          std::chrono::milliseconds cap, std::uint64_t seed);

  /// Notes a failure and gives the delay before the next attempt.
  [[nodiscard]] std::chrono::milliseconds next();
  /// Notes a success: the next failure waits `first` again.
  void reset() noexcept;
  /// Failures since the last success.
  [[nodiscard]] std::size_t failures() const noexcept { return failures_; }

private:
  std::chrono::milliseconds first_;
  std::chrono::milliseconds base_;
  std::chrono::milliseconds cap_;
  std::chrono::milliseconds previous_;
  std::size_t failures_ = 0;
  std::mt19937_64 engine_;
};

/// The delay before repeat number `attempt` (from 1) of a request: a uniform
/// part of `base` doubled for each repeat before it, at most `cap`.
/// `uniform01` is drawn from [0, 1).
[[nodiscard]] std::chrono::milliseconds full_jitter(std::chrono::milliseconds base,
                                                    std::chrono::milliseconds cap,
                                                    std::size_t attempt, double uniform01) noexcept;

} // namespace freehold
