// What a thread does in the moment before it falls asleep.
#pragma once

#include <algorithm>
#include <chrono>
#include <thread>

namespace freehold {

/// To be woken costs a thread some 10 µs, more where a core sleeps too, and
/// whoever wakes it a system call. For what is expected soon a thread rather
/// offers its core to others and looks again: with a core to spare that saves the
/// wake-ups, without one the others run. It does so only while that pays, and now
/// and then to see whether it would. One requester on two cores waits 45 µs for a
/// point select instead of 95. Belongs to one thread.
class brief_wait {
public:
  /// Whether `arrived()` became true within `longest`; may give up at once.
  template <class Predicate>
  bool until(Predicate arrived, std::chrono::microseconds longest) {
    if (credit_ < 0 && ++credit_ < 0)
      return false;
    const auto end = std::chrono::steady_clock::now() + longest;
    while (!arrived()) {
      if (std::chrono::steady_clock::now() >= end) {
        credit_ = credit_ > 0 ? credit_ - price_of_failure : pause;
        return false;
      }
      std::this_thread::yield();
    }
    credit_ = std::min(credit_ + 1, most_credit);
    return true;
  }

private:
  static constexpr int most_credit = 16;
  static constexpr int price_of_failure = 8;
  static constexpr int pause = -64; ///< calls until the next attempt

  int credit_ = 0;
};

} // namespace freehold
