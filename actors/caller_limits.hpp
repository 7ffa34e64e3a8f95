// What the threads of callers look at of a database's options.
#pragma once

#include <freehold/config.hpp>

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <vector>

namespace freehold {

/// Read by any thread with every request, and changed while they do: the actors of a
/// database are told of other options, its callers are not.
class caller_limits {
public:
  void apply(const database_options& options) {
    statement_timeout_.store(options.statements.timeout, std::memory_order_relaxed);
    acquire_timeout_.store(options.pool.acquire_timeout, std::memory_order_relaxed);
    const std::lock_guard lock{guard_};
    required_settings_ = options.statements.required_settings;
    requires_settings_.store(!required_settings_.empty(), std::memory_order_release);
  }

  [[nodiscard]] std::chrono::milliseconds statement_timeout() const noexcept {
    return statement_timeout_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::chrono::milliseconds acquire_timeout() const noexcept {
    return acquire_timeout_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::vector<std::string> required_settings() const {
    if (!requires_settings_.load(std::memory_order_acquire)) // as a rule, and without the lock
      return {};
    const std::lock_guard lock{guard_};
    return required_settings_;
  }

private:
  std::atomic<std::chrono::milliseconds> statement_timeout_{statement_options{}.timeout};
  std::atomic<std::chrono::milliseconds> acquire_timeout_{pool_options{}.acquire_timeout};
  std::atomic<bool> requires_settings_{false};
  mutable std::mutex guard_;
  std::vector<std::string> required_settings_;
};

} // namespace freehold
