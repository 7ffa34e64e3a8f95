// How long it took from the start of a runtime to its first answered request.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace freehold {

/// Any thread may call it; once it is known, it costs the reading of one atomic.
class first_answer {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit first_answer(time_point started) noexcept : started_{started} {}

  /// A request was answered then. True for the first one.
  bool answered(time_point at) noexcept {
    if (took_us_.load(std::memory_order_relaxed) != unknown)
      return false;
    std::int64_t expected = unknown;
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(at - started_);
    return took_us_.compare_exchange_strong(expected, took.count());
  }
  /// None before the first answer.
  [[nodiscard]] std::optional<std::chrono::microseconds> took() const noexcept {
    const std::int64_t known = took_us_.load(std::memory_order_relaxed);
    if (known == unknown)
      return std::nullopt;
    return std::chrono::microseconds{known};
  }

private:
  static constexpr std::int64_t unknown = -1;

  const time_point started_;
  std::atomic<std::int64_t> took_us_{unknown};
};

} // namespace freehold
