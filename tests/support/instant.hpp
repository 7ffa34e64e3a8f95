// Where time begins for tests that hand it over.
#pragma once

#include <chrono>

namespace freehold::testing {

/// Not the clock's zero, which is "never" in places.
inline constexpr std::chrono::steady_clock::time_point start{std::chrono::hours{1}};

} // namespace freehold::testing
