// Waiting for something that happens outside of this thread.
#pragma once

#include <chrono>
#include <thread>

namespace freehold::testing {

/// Whether the condition came to hold within that time.
template <class Condition>
[[nodiscard]] bool eventually(const Condition& holds,
                              std::chrono::milliseconds within = std::chrono::seconds{5}) {
  const auto give_up = std::chrono::steady_clock::now() + within;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    // waits for the outside: servers, processes and threads that tell nobody when they are ready
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  return true;
}

} // namespace freehold::testing
