// The one thing of a session that other threads may touch.
#pragma once

#include <atomic>
#include <mutex>

namespace freehold {

/// Wakes a session out of its wait, or severs its socket. Safe from any thread
/// and at any time, also after the session has ended.
class interrupter {
public:
  interrupter();
  interrupter(const interrupter&) = delete;
  interrupter& operator=(const interrupter&) = delete;
  ~interrupter();

  /// Makes the session look at what it waits for: a request that is no longer
  /// wanted is then cancelled on the server.
  void wake() noexcept;
  /// Ends the connection as a cut cable would. Whatever waits, ends.
  void sever() noexcept;
  [[nodiscard]] bool severed() const noexcept { return severed_.load(std::memory_order_acquire); }

  // -- for the session's own thread ------------------------------------------

  /// Becomes readable on `wake`.
  [[nodiscard]] int wake_descriptor() const noexcept { return wake_; }
  /// Takes back pending wakes.
  void clear() noexcept;
  /// The socket to sever; -1 before the descriptor is closed, because the
  /// number may then belong to somebody else.
  void guard(int socket) noexcept;

private:
  int wake_;
  std::mutex mutex_;
  int socket_ = -1;
  std::atomic<bool> severed_{false};
};

} // namespace freehold
