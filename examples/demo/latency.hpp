// How long things took, in buckets that each are 4 % wide.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <istream>
#include <ostream>

namespace demo {

class latency {
public:
  void add(std::chrono::nanoseconds took) {
    const double microseconds = std::max(1.0, double(took.count()) / 1'000);
    ++buckets_[std::min(buckets_.size() - 1, std::size_t(std::log2(microseconds) * per_octave))];
  }
  void add(const latency& other) {
    for (std::size_t i = 0; i < buckets_.size(); ++i)
      buckets_[i] += other.buckets_[i];
  }
  /// In microseconds; of no measurements 0.
  [[nodiscard]] double quantile(double q) const {
    std::uint64_t all = 0;
    for (const std::uint64_t each : buckets_)
      all += each;
    std::uint64_t before = 0;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      before += buckets_[i];
      if (all > 0 && double(before) >= q * double(all)) {
        return std::exp2((double(i) + 0.5) / per_octave);
      }
    }
    return 0;
  }

  friend std::ostream& operator<<(std::ostream& out, const latency& value) {
    for (const std::uint64_t each : value.buckets_)
      out << each << ' ';
    return out;
  }
  friend std::istream& operator>>(std::istream& in, latency& value) {
    for (std::uint64_t& each : value.buckets_)
      in >> each;
    return in;
  }

private:
  static constexpr double per_octave = 16;
  std::array<std::uint64_t, 480> buckets_{}; // up to 2^30 us
};

} // namespace demo
