// How long requests took, in buckets that each are 1.6 % wide or less.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstdint>

namespace bench {

class latency {
public:
  void add(std::chrono::nanoseconds took) {
    const auto time = std::uint64_t(std::max<std::int64_t>(took.count(), 1));
    ++buckets_[index(time)];
    ++count_;
    longest_ = std::max(longest_, time);
  }
  void add(const latency& other) {
    for (std::size_t i = 0; i < buckets_.size(); ++i)
      buckets_[i] += other.buckets_[i];
    count_ += other.count_;
    longest_ = std::max(longest_, other.longest_);
  }
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  /// In microseconds.
  [[nodiscard]] double longest() const noexcept { return double(longest_) / 1'000; }
  /// In microseconds; of no measurements 0.
  [[nodiscard]] double quantile(double q) const {
    std::uint64_t before = 0;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      before += buckets_[i];
      if (count_ > 0 && double(before) >= q * double(count_))
        return std::min(middle(i), double(longest_)) / 1'000;
    }
    return 0;
  }

private:
  // A number is its highest bit and the six after it: no logarithm on the measured path.
  static constexpr int digits = 6;
  static constexpr std::uint64_t steps = 1U << digits;

  static std::size_t index(std::uint64_t time) {
    const int shift = std::max(0, int(std::bit_width(time)) - digits - 1);
    return std::size_t(std::uint64_t(shift) * steps + (time >> shift));
  }
  static double middle(std::size_t at) {
    if (at < 2 * steps)
      return double(at);
    const std::uint64_t shift = at / steps - 1;
    return (double(at - shift * steps) + 0.5) * double(std::uint64_t{1} << shift);
  }

  std::array<std::uint32_t, 38 * steps> buckets_{}; // up to 2^43 ns, two hours
  std::uint64_t count_ = 0;
  std::uint64_t longest_ = 0; // nanoseconds
};

} // namespace bench
