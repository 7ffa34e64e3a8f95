// How many of the calls of late went wrong.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace freehold {

/// Counts over a sliding window of time, in ten slices: what is older than the
/// window is forgotten a slice at a time, so that the counts are of between nine
/// and ten tenths of it.
class call_window {
public:
  using time_point = std::chrono::steady_clock::time_point;

  struct counts {
    std::uint64_t calls = 0;
    std::uint64_t failed = 0;
    std::uint64_t slow = 0;
  };

  explicit call_window(std::chrono::milliseconds length) : slice_{length / slices} {}

  void add(const counts& what, time_point now) noexcept {
    expire(now);
    counts& slice = all_[at_];
    slice.calls += what.calls;
    slice.failed += what.failed;
    slice.slow += what.slow;
  }
  [[nodiscard]] counts sum(time_point now) noexcept {
    expire(now);
    counts all;
    for (const counts& slice : all_) {
      all.calls += slice.calls;
      all.failed += slice.failed;
      all.slow += slice.slow;
    }
    return all;
  }
  void clear() noexcept { all_ = {}; }

private:
  static constexpr std::size_t slices = 10;

  void expire(time_point now) noexcept {
    if (now < until_)
      return;
    for (std::size_t n = 0; n < slices && now >= until_; ++n) {
      at_ = (at_ + 1) % slices;
      all_[at_] = {};
      until_ += slice_;
    }
    if (now >= until_) // nothing happened for longer than the window
      until_ = now + slice_;
  }

  std::chrono::nanoseconds slice_;
  std::array<counts, slices> all_{};
  std::size_t at_ = 0;
  time_point until_{}; // of the present slice
};

} // namespace freehold
