// Waiting for something that happens outside of this thread.
#pragma once

#include <chrono>
#include <thread>

namespace freehold::testing {

/// Whether the condition came to hold within that time.
template <class Condition>
[[nodiscard]] bool eventually(const Condition& holds,
                              std::chrono::milliseconds within = std::chrono::seconds{5}) {
  constexpr std::chrono::milliseconds pause{5};
  const auto give_up = std::chrono::steady_clock::now() + within;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > give_up)
      return false;
    // Servers, processes and threads tell nobody when they are ready.
    std::this_thread::sleep_for(pause); // waits for the outside: see above
  }
  return true;
}

} // namespace freehold::testing
