// Waiting for a socket, a wake-up and a deadline at once.
#pragma once

#include <chrono>

namespace freehold {

enum class wake_reason { ready, woken, timed_out };

/// Waits until the socket is readable or writable as asked, `wake` is readable,
/// or `deadline` has passed. Retries when a signal interrupts it; throws
/// `std::system_error` when poll itself fails.
[[nodiscard]] wake_reason wait_for_socket(int socket, bool read, bool write, int wake,
                                          std::chrono::steady_clock::time_point deadline);

/// The same for reading, and for writing too where `write`.
[[nodiscard]] inline wake_reason wait_for(int socket, bool write, int wake,
                                          std::chrono::steady_clock::time_point deadline) {
  return wait_for_socket(socket, true, write, wake, deadline);
}

} // namespace freehold
