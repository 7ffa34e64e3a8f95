// Whether a queue is merely full of a burst, or has become a place to live.
#pragma once

#include <freehold/config.hpp>

#include <chrono>

namespace freehold {

/// The judgement of CoDel (Nichols and Jacobson, "Controlling Queue Delay",
/// https://queue.acm.org/detail.cfm?id=2209336): a delay that was above the target
/// for a whole interval without ever falling below it is not a burst. What follows
/// differs from a router's: a request is refused when it arrives, which costs its
/// caller no time, and not dropped when its turn comes.
class standing_delay {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Something left the queue after it had waited that long.
  void left(std::chrono::nanoseconds waited, const shedding_options& options,
            time_point now) noexcept {
    if (waited <= options.target)
      above_since_ = never;
    else if (above_since_ == never)
      above_since_ = now;
  }
  /// The queue is empty: so is the delay.
  void emptied() noexcept { above_since_ = never; }

  /// Whether one that arrives now is to be refused. `head` is what the oldest has
  /// waited so far. Refusing goes on until nothing had to be refused for an
  /// interval; it would stop and begin with every breath of the queue otherwise.
  [[nodiscard]] bool refuses(std::chrono::nanoseconds head, const shedding_options& options,
                             time_point now) noexcept {
    if (above_since_ != never && now - above_since_ >= options.interval)
      until_ = now + options.interval;
    if (now >= until_ || head <= options.target)
      return false;
    until_ = now + options.interval;
    return true;
  }

private:
  static constexpr time_point never = time_point::max();

  time_point above_since_ = never;
  time_point until_{}; // refusing
};

} // namespace freehold
