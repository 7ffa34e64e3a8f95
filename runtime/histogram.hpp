// How a quantity is distributed, in fixed memory.
#pragma once

#include <freehold/stats.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace freehold {

/// Counts whole numbers in log-linear buckets, as HdrHistogram does: exactly up to
/// 16, and each power of two above in eight equal parts, so that a bucket is never
/// wider than an eighth of what it counts. Count and sum are exact. Times are
/// counted in nanoseconds, which takes no division; the largest bucket begins at
/// two hours and has everything above in it.
///
/// To record costs some ten instructions, which is why nothing is kept that could
/// be derived.
class histogram {
public:
  static constexpr unsigned fine_bits = 3; ///< an octave has 2^fine_bits buckets
  static constexpr unsigned octaves = 40;
  static constexpr std::size_t size = std::size_t{octaves + 1} << fine_bits;

  void record(std::uint64_t value) noexcept {
    ++counts_[index(value)];
    ++count_;
    sum_ += value;
  }
  /// As if it had recorded what the other did.
  void merge(const histogram& other) noexcept;

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] std::uint64_t sum() const noexcept { return sum_; }
  /// The value that a fraction `q` of all does not exceed, guessed within its
  /// bucket; 0 when there is none.
  [[nodiscard]] double quantile(double q) const noexcept;

  /// For people and for metrics: each number times `unit`.
  [[nodiscard]] distribution shown(double unit) const;

  [[nodiscard]] static std::size_t index(std::uint64_t value) noexcept {
    const auto octave = static_cast<unsigned>(std::bit_width(value >> fine_bits));
    if (octave == 0)
      return static_cast<std::size_t>(value);
    const std::uint64_t within = value >> (octave - 1);
    const std::size_t found =
        (static_cast<std::size_t>(octave - 1) << fine_bits) + static_cast<std::size_t>(within);
    return found < size ? found : size - 1;
  }
  /// The least value of a bucket; that of one past the last is where it ends.
  [[nodiscard]] static std::uint64_t lower(std::size_t bucket) noexcept;

private:
  std::array<std::uint64_t, size> counts_{};
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
};

/// What was recorded between two looks at one histogram.
[[nodiscard]] distribution difference(const distribution& later, const distribution& earlier);

} // namespace freehold
