#include "runtime/slow_queries.hpp"

#include <utility>

namespace freehold {

std::optional<std::uint64_t> slow_query_sampling::admit(double fraction, double chance,
                                                        time_point now) {
  if (now - second_ >= std::chrono::seconds{1}) {
    second_ = now;
    in_second_ = 0;
  }
  if (chance >= fraction || in_second_ >= most_in_a_second) {
    ++left_out_;
    return std::nullopt;
  }
  ++in_second_;
  return std::exchange(left_out_, 0);
}

void slow_queries::set(std::chrono::milliseconds threshold, double fraction) noexcept {
  threshold_us_.store(std::chrono::microseconds{threshold}.count(), std::memory_order_relaxed);
  fraction_.store(fraction, std::memory_order_relaxed);
}

std::optional<std::uint64_t> slow_queries::admit(time_point now) {
  constexpr int bits = 53; // of a double's mantissa
  const std::lock_guard lock{guard_};
  const double chance = static_cast<double>(entropy_() >> (64 - bits)) /
                        static_cast<double>(std::uint64_t{1} << bits);
  return sampling_.admit(fraction_.load(std::memory_order_relaxed), chance, now);
}

} // namespace freehold
