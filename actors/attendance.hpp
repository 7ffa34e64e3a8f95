// Waiting until everybody has left.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>

namespace freehold {

/// Counts those who are there. For what happens seldom: it takes a lock.
class attendance {
public:
  /// Is there until it is destroyed.
  class seat {
  public:
    explicit seat(std::shared_ptr<attendance> of) : of_{std::move(of)} { of_->change(1); }
    seat(const seat&) = delete;
    seat& operator=(const seat&) = delete;
    ~seat() { of_->change(-1); }

  private:
    std::shared_ptr<attendance> of_;
  };

  /// Blocks until nobody is there, or that time; whether nobody is.
  [[nodiscard]] bool empty_by(std::chrono::steady_clock::time_point when) {
    std::unique_lock lock{guard_};
    return left_.wait_until(lock, when, [this] { return there_ == 0; });
  }

private:
  void change(int by) {
    const std::lock_guard lock{guard_};
    there_ += by;
    if (there_ == 0)
      left_.notify_all();
  }

  std::mutex guard_;
  std::condition_variable left_;
  int there_ = 0;
};

} // namespace freehold
